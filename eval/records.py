"""The vocabulary of evaluation: questions, judgements, data sets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from index.records import Article, Span


class Unit(StrEnum):
    """What a run ranks, and what its judgements are about.

    ``DOCUMENT``: the corpus's documents, each by its best passage. ``PASSAGE``: passages, named
    ``article id/number``; judgements are about places in articles and count for the passages that
    overlap with them, however articles are divided.
    """

    DOCUMENT = "document"
    PASSAGE = "passage"


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a data set.

    Attributes:
        id: distinct within the set.
        text: as it is asked.
        answers: the accepted answers; empty where the set has none.
        answerable: False where the set says that its documents hold no answer.
        kind: what sort of question the set says it is, or empty.
        split: the part of the set that it belongs to, or empty.
        synthetic: whether a program made it.
    """

    id: str
    text: str
    answers: tuple[str, ...] = ()
    answerable: bool = True
    kind: str = ""
    split: str = ""
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """How relevant a document, or a place in it, is to a question.

    Attributes:
        question_id: the question.
        document_id: the document.
        relevance: 0 for not, 1 and more for relevant.
        span: the place in the document's text; None for the whole.
        paragraph: the passage's number in it, where the set names passages by number.
    """

    question_id: str
    document_id: str
    relevance: int
    span: Span | None = None
    paragraph: int | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """A labelled set, read and checked; its documents are read again each time they are needed.

    Attributes:
        name: as tables show it.
        path: where it was read.
        layout: ``beir``, ``squad``, ``trec`` or ``wenju``.
        unit: what is ranked.
        questions: those that are asked, in the set's order.
        judgements: of those questions.
        documents: gives the documents, one after another, from the disk.
        size: the number of documents.
        corpus_digest: SHA-256 of all documents.
        digest: SHA-256 of documents, questions and judgements.
        counts: how many questions and judgements were read, left out and why.
    """

    name: str
    path: Path
    layout: str
    unit: Unit
    questions: tuple[Question, ...]
    judgements: tuple[Judgement, ...]
    documents: Callable[[], Iterator[Article]]
    size: int
    corpus_digest: str
    digest: str
    counts: dict[str, int] = field(default_factory=dict)
