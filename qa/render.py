"""Answers and passages as a person reads them in a terminal."""

from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from index.terminal import harmless
from index.text import folder
from index.translations import translated
from index.words import analyzer
from qa.expected import expected, found_in
from qa.records import Answer, Citation, Hit, SearchResult
from qa.understanding import Understood

_WIDEST = 100
_SHOWN = 160  # characters of a passage
_CERTAIN = 0.8  # confidence


def print_answer(answer: Answer) -> None:
    """Print the answer with the answering words in bold, its citations, and the passages."""
    console = _console()
    _print_understood(console, answer.understood)
    if answer.abstained:
        console.print(Text("没有找到可靠的答案", style="bold"))
    elif answer.candidates:
        given = answer.candidates[0]
        sure = f"（{certainty(given.confidence)}）\n"
        console.print(Text.assemble((harmless(given.text), "bold"), sure))
    for citation in answer.citations:
        console.print(_highlighted(citation, answer))
    if answer.citations:
        console.print()
        for line in dict.fromkeys(map(reference, answer.citations)):
            console.print(Text(f"—— {harmless(line)}", style="cyan"))
    others = answer.candidates if answer.abstained else answer.candidates[1:]
    if others:
        console.print()
        head = "把握不足的候选答案" if answer.abstained else "其他可能的答案"
        console.print(Text(head, style="bold"))
        for other in others:
            console.print(Text(f"{harmless(other.text)}  {other.confidence:.0%}", style="dim"))
    _print_hits(console, answer.question, answer.hits)


def print_search(result: SearchResult) -> None:
    """Print ranked passages."""
    console = _console()
    _print_understood(console, result.understood)
    if not result.hits:
        console.print(Text("没有找到相关的段落", style="bold"))
    _print_hits(console, result.question, result.hits)


def understood_as(understood: Understood) -> str:
    """How dates, quantities and names in the question were read, as one line; empty for none."""
    parts = []
    for day in understood.dates:
        if day.first:
            meant = day.first if day.first == day.last else f"{day.first} 至 {day.last}"
            parts.append(f"{day.text} 指 {meant}")
    for name, others in understood.aliases:
        parts.append(f"{name} {'或指' if name.isascii() else '又作'} {'、'.join(others)}")
    return "；".join(parts)


def reference(citation: Citation) -> str:
    """The citation as it is written under a quote: 《标题》（日期）第n段."""
    day = f"（{citation.published[:10]}）" if citation.published else ""
    return f"《{citation.title}》{day}第{citation.paragraph}段"


def answering(quote: str, question: str) -> list[tuple[int, int]]:
    """Where ``quote`` has the words that answer, as far as it can be told without reading.

    Numbers and dates for questions that ask for those, else the words shared with the question.
    """
    plain = folder().fold(question)
    folded = folder().fold_with_origin(quote)
    kind = expected(plain)
    spans = [folded.original(*span) for span in found_in(kind, folded.text, plain)]
    return spans or shared_words(quote, question)


def shared_words(quote: str, question: str) -> list[tuple[int, int]]:
    """Where ``quote`` has words of the question, or what its words in English may mean.

    Single characters are passed over.
    """
    meant = " ".join(other for word in translated(question) for other in word.words)
    words = (*analyzer().words(question), *analyzer().words(meant))
    asked = {word.text for word in words if len(word.text) > 1}
    return [(word.start, word.end) for word in analyzer().words(quote) if word.text in asked]


def _console() -> Console:
    console = Console(highlight=False)
    console.width = min(console.width, _WIDEST)
    return console


def _print_understood(console: Console, understood: Understood) -> None:
    if line := understood_as(understood):
        console.print(Text(f"（{harmless(line)}）", style="dim"))
        console.print()


def certainty(confidence: float) -> str:
    """The confidence of an answer that is given, in words."""
    return "确定" if confidence >= _CERTAIN else "可能"


def _highlighted(citation: Citation, answer: Answer) -> Text:
    if answer.candidates:
        inside = [
            (exact.start - citation.start, exact.end - citation.start)
            for exact in answer.candidates[0].citations
            if exact.article_id == citation.article_id
            and citation.start <= exact.start < exact.end <= citation.end
        ]
    else:
        inside = answering(citation.quote, answer.question)
    return _marked(citation.quote, inside, "bold reverse")


def _marked(quote: str, spans: Iterable[tuple[int, int]], style: str) -> Text:
    text = Text(harmless(quote))
    for start, end in spans:
        text.stylize(style, start, end)
    return text


def _print_hits(console: Console, question: str, hits: tuple[Hit, ...]) -> None:
    if not hits:
        return
    console.print()
    console.print(Text("相关段落", style="bold"))
    for rank, hit in enumerate(hits, 1):
        citation = hit.citation()
        console.print()
        head = Text(f"{rank}. ")
        head.append(harmless(reference(citation)), style="cyan")
        head.append(f"  {citation.score:.3f}", style="dim")
        console.print(head)
        passage = hit.stored.passage.text
        shown = passage[:_SHOWN] + ("…" if len(passage) > _SHOWN else "")
        shown = " ".join(shown.split())
        text = _marked(shown, shared_words(shown, question), "bold")
        console.print(Padding(text, (0, 0, 0, 3)))
