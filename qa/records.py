"""The vocabulary of answering: citations, hits, answers."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from index.errors import CitationError
from index.stored import StoredPassage
from qa.understanding import Understood


class Mode(StrEnum):
    """How passages are searched for."""

    HYBRID = "hybrid"
    DENSE = "dense"
    LEXICAL = "lexical"


class Evidence(StrEnum):
    """Whether answers come from the model that reads passages.

    ``auto`` reads where a model is shipped that is better than none.
    """

    OFF = "off"
    ON = "on"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a quote stands. ``article.text[start:end] == quote`` holds; ``cite`` sees to it.

    Attributes:
        article_id: the article.
        title: its title, without the label.
        label: its label, or None.
        published: ISO 8601 date or date and time, or None.
        url: where it was published, or None.
        paragraph: number of the passage in the article, from 1.
        heading: the passage's heading path, or None.
        start: first character of the quote in the article's text.
        end: one past its last character.
        quote: the characters.
        score: how well it fits the question; comparable within one result.
    """

    article_id: str
    title: str
    label: str | None
    published: str | None
    url: str | None
    paragraph: int
    heading: str | None
    start: int
    end: int
    quote: str
    score: float


@dataclass(frozen=True, slots=True)
class Scores:
    """A passage's scores; None where the mode does not use one.

    Attributes:
        dense: cosine of question and passage, in which its nearest sentence takes part.
        lexical: share of the question's terms that the passage holds, by their rarity; 0 to 1.
        fused: all together.
        facts: share of its numbers, dates and names in Latin letters that the passage holds.
    """

    dense: float | None
    lexical: float | None
    fused: float | None
    facts: float | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found.

    Attributes:
        stored: the passage, its article and its sentences.
        score: the one that ranked it.
        scores: the ones it came from.
    """

    stored: StoredPassage
    score: float
    scores: Scores

    def citation(self) -> Citation:
        """Where the passage stands."""
        passage = self.stored.passage
        return cite(self.stored, passage.start, passage.end, self.score)

    def as_dict(self) -> dict[str, Any]:
        """The passage as the JSON output has it."""
        return {
            **asdict(self.citation()),
            "text": self.stored.passage.text,
            "scores": asdict(self.scores),
        }


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Ranked passages for a question."""

    question: str
    hits: tuple[Hit, ...]
    seconds: float
    understood: Understood = Understood()  # noqa: RUF009 - frozen

    def as_dict(self) -> dict[str, Any]:
        """The result as the JSON output has it."""
        return {
            "question": self.question,
            "understood": self.understood.as_dict(),
            "passages": [hit.as_dict() for hit in self.hits],
            "seconds": self.seconds,
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible answer, read in the passages.

    Attributes:
        text: its words, as the first citation quotes them.
        confidence: the probability that it is right.
        citations: of the words, wherever they were read.
        context: citations of the sentences that hold them.
    """

    text: str
    confidence: float
    citations: tuple[Citation, ...]
    context: tuple[Citation, ...]

    def as_dict(self) -> dict[str, Any]:
        """The candidate as the JSON output has it."""
        return {
            "text": self.text,
            "confidence": self.confidence,
            "citations": [asdict(citation) for citation in self.citations],
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known about a question: quoted sentences, or an abstention, and the passages.

    Attributes:
        question: as it was asked.
        answer: the words that answer, where passages were read; else the quotes of the
            citations, one a line; None when abstained.
        confidence: the probability that the answer is right; None where no passage was read.
        citations: of the sentences that answer, in the order they are given.
        hits: the passages, best first.
        seconds: from question to answer.
        understood: what was read in the question.
        candidates: the answers that were read, the given one first; empty where none was read.
    """

    question: str
    answer: str | None
    confidence: float | None
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    seconds: float
    understood: Understood = Understood()  # noqa: RUF009 - frozen
    candidates: tuple[Candidate, ...] = ()

    @property
    def abstained(self) -> bool:
        """Whether no answer was given."""
        return self.answer is None

    def as_dict(self) -> dict[str, Any]:
        """The answer as the JSON output has it."""
        return {
            "question": self.question,
            "understood": self.understood.as_dict(),
            "answer": self.answer,
            "abstained": self.abstained,
            "confidence": self.confidence,
            "citations": [asdict(citation) for citation in self.citations],
            "candidates": [candidate.as_dict() for candidate in self.candidates],
            "passages": [hit.as_dict() for hit in self.hits],
            "seconds": self.seconds,
        }


def cite(stored: StoredPassage, start: int, end: int, score: float) -> Citation:
    """The citation of characters ``start`` to ``end`` of a passage's article.

    Raises:
        CitationError: they are not characters of that passage.
    """
    article, passage = stored.article, stored.passage
    quote = article.text[start:end]
    inside = passage.start <= start < end <= passage.end
    if not inside or passage.text != article.text[passage.start : passage.end]:
        raise CitationError(
            f"characters {start} to {end} of article {article.id} are not a quote from "
            f"paragraph {passage.number} ({passage.start} to {passage.end})"
        )
    return Citation(
        article_id=article.id,
        title=article.title,
        label=article.label,
        published=article.published,
        url=article.url,
        paragraph=passage.number,
        heading=passage.heading,
        start=start,
        end=end,
        quote=quote,
        score=score,
    )
