"""Answers and passages as a person reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.collection import Collection
from index.records import Article, Passage, Span
from index.stored import StoredPassage
from qa.answer import ask
from qa.records import Answer, Candidate, Hit, Scores, SearchResult, cite
from qa.render import answering, print_answer, print_search, reference, shared_words

SENTENCE = "光谷设立了50亿元的基金，另有30家\x1b[31m机构。"


def read_answer(confidence: float, given: bool) -> Answer:
    """An answer as it is where passages were read."""
    hit = hit_of(SENTENCE)
    spans = [(5, 9), (15, 25)]
    candidates = tuple(
        Candidate(
            SENTENCE[start:end],
            chance,
            (cite(hit.stored, start, end, 0.5),),
            (cite(hit.stored, 0, len(SENTENCE), 0.5),),
        )
        for (start, end), chance in zip(spans, (confidence, 0.04), strict=True)
    )
    first = candidates[0]
    return Answer(
        "有多大？",
        first.text if given else None,
        confidence,
        first.context if given else (),
        (hit,),
        0.1,
        candidates=candidates,
    )


@pytest.mark.parametrize(("confidence", "word"), [(0.9, "确定"), (0.8, "确定"), (0.5, "可能")])
def test_the_words_read_come_first_with_how_sure_they_are(
    capsys: pytest.CaptureFixture[str], confidence: float, word: str
) -> None:
    print_answer(read_answer(confidence, given=True))
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == f"50亿元（{word}）"
    assert "其他可能的答案" in rest
    assert any(line.endswith("4%") and "机构" in line for line in rest)
    assert "\x1b" not in "".join(rest)


def test_unsure_answers_are_listed_under_the_abstention(capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(read_answer(0.1, given=False))
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == "没有找到可靠的答案"
    assert rest[rest.index("把握不足的候选答案") + 1] == "50亿元  10%"


TEXTS = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("2023年５０億元ﬁ①港口")))


def hit_of(text: str, title: str = "港", published: str | None = None) -> Hit:
    article = Article("a", title, text, "test", published=published)
    passage = Passage("a", 1, 0, len(text), text)
    return Hit(StoredPassage(1, passage, article, (Span(0, len(text)),)), 0.5, Scores(0.5, 0, 0.5))


def words(quote: str, spans: list[tuple[int, int]]) -> list[str]:
    return [quote[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("published", "line"),
    [
        (None, "《港》第1段"),
        ("2025-07-21", "《港》（2025-07-21）第1段"),
        ("2025-07-21T08:30:00", "《港》（2025-07-21）第1段"),
    ],
)
def test_a_reference_names_title_day_and_paragraph(published: str | None, line: str) -> None:
    stored = hit_of("港口。", published=published).stored
    assert reference(cite(stored, 0, 3, 0.5)) == line


@pytest.mark.parametrize(
    ("quote", "question", "marked"),
    [
        ("基金规模为50亿元。", "基金有多大？", ["50亿元"]),
        ("總規模５０億元。", "规模是多少？", ["５０億元"]),
        ("ﬁber网２０２３年建成。", "什么时候建成？", ["２０２３年"]),
        ("武漢的碼頭很多。", "武汉有什么？", ["武漢"]),
        ("没有一样的词。", "港口在哪里？", []),
        ("武汉没有数字。", "武汉有多少？", ["武汉"]),
    ],
)
def test_marks_the_words_that_answer(quote: str, question: str, marked: list[str]) -> None:
    assert words(quote, answering(quote, question)) == marked


def test_marks_shared_words_but_no_single_characters() -> None:
    quote = "武汉的企业在武汉。"
    assert words(quote, shared_words(quote, "武汉的企業")) == ["武汉", "企业", "武汉"]
    assert shared_words("的在人", "的在人") == []


def test_marks_what_english_words_may_mean() -> None:
    quote = "新港口的桥有风险。"
    assert words(quote, shared_words(quote, "Which port is at risk, which bridge?")) == [
        "港口",
        "风险",
    ]


@given(TEXTS, st.sampled_from(["多少港口？", "什么时候？", "港口在哪里", ""]))
def test_marks_lie_within_the_quote(quote: str, question: str) -> None:
    for start, end in answering(quote, question):
        assert 0 <= start < end <= len(quote)


def test_an_answer_is_printed_with_its_source(
    sample: Collection, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = ask(sample, "光谷的产业引导基金有多大？", 2)
    print_answer(answer)
    printed = capsys.readouterr().out
    assert "50亿元" in printed.split("——")[0]
    assert f"—— {reference(answer.citations[0])}" in printed
    assert "1. 《" in printed
    assert "2. 《" in printed
    assert "3. 《" not in printed


def test_sentences_of_one_passage_share_a_reference(capsys: pytest.CaptureFixture[str]) -> None:
    hit = hit_of("港口很大。码头很多。")
    citations = (cite(hit.stored, 0, 5, 1), cite(hit.stored, 5, 10, 1))
    print_answer(Answer("港口？", "港口很大。\n码头很多。", None, citations, (), 0))
    assert capsys.readouterr().out.split() == ["港口很大。", "码头很多。", "——", "《港》第1段"]


def test_abstaining_is_said_and_passages_still_shown(capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(Answer("港口？", None, None, (), (hit_of("港口很大。"),), 0))
    printed = capsys.readouterr().out
    assert "没有找到可靠的答案" in printed
    assert "港口很大。" in printed
    assert "——" not in printed


def test_a_search_without_hits_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    print_search(SearchResult("港口？", (), 0))
    assert capsys.readouterr().out.split() == ["没有找到相关的段落"]


@pytest.mark.parametrize(("length", "cut"), [(160, False), (161, True)])
def test_long_passages_are_cut(capsys: pytest.CaptureFixture[str], length: int, cut: bool) -> None:
    print_search(SearchResult("港口？", (hit_of("港" * length),), 0))
    printed = "".join(capsys.readouterr().out.split())
    assert printed.count("港") == 160 + 1  # and the title
    assert ("…" in printed) is cut


def test_markup_in_texts_is_printed_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    print_search(SearchResult("[red]", (hit_of("看[bold]这里[/bold]。", "[i]题[/x]"),), 0))
    printed = capsys.readouterr().out
    assert "看[bold]这里[/bold]。" in printed
    assert "《[i]题[/x]》" in printed


def test_texts_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hit = hit_of("港\x1b[2J口\x07\x9b2J。", "题\x1b]0;x\x07")
    cited = cite(hit.stored, 0, len(hit.stored.passage.text), 1)
    print_answer(Answer("港", cited.quote, None, (cited,), (hit,), 0))
    printed = capsys.readouterr().out
    assert not set(printed) & {"\x1b", "\x07", "\x9b"}
    assert "港\ufffd[2J口\ufffd\ufffd2J。" in printed
    assert "《题\ufffd]0;x\ufffd》" in printed
