"""Records of what the store holds, and of what is asked of it."""

from dataclasses import dataclass

from index.errors import SettingError
from index.records import Article, Passage, Span


@dataclass(frozen=True, slots=True)
class Prepared:
    """A passage ready to be stored: where its sentences are, and the key of its vectors."""

    passage: Passage
    sentences: tuple[Span, ...]
    key: bytes


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its article, as the store holds them.

    ``sentences`` are spans of the article's text.
    """

    id: int
    passage: Passage
    article: Article
    sentences: tuple[Span, ...]

    def sentences_at(self, start: int, end: int) -> tuple[Span, ...]:
        """The sentences that characters ``start`` to ``end`` of the article stand in."""
        return tuple(one for one in self.sentences if one.start < end and start < one.end)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles a question is asked of.

    Attributes:
        since: first day, ISO 8601, or None; articles without a date are then left out.
        until: last day, likewise.
        label: the articles' label, or None.

    Raises:
        SettingError: on construction, when ``until`` comes before ``since``.
    """

    since: str | None = None
    until: str | None = None
    label: str | None = None

    def __post_init__(self) -> None:
        if self.since and self.until and self.since > self.until:
            raise SettingError(
                f"until ({self.until}) comes before since ({self.since}); exchange them",
                f"截止日期 {self.until} 早于起始日期 {self.since}，请对调",
            )

    def __bool__(self) -> bool:
        return any((self.since, self.until, self.label))


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """A line of the list of articles."""

    id: str
    title: str
    label: str | None
    published: str | None
    url: str | None
    source: str
    characters: int
    passages: int


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page of the list of articles ends: the last one's date, or nothing, and row."""

    published: str
    row: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody said about a passage.

    Attributes:
        question: as it was asked.
        article_id: the passage's article; it may be gone by now.
        paragraph: the passage's number in it.
        relevant: whether the passage helps to answer the question.
        text: the passage as it was judged, as the article may have changed since.
        judged: when, in seconds since 1970.
        id: ascending in the order of judging.
    """

    question: str
    article_id: str
    paragraph: int
    relevant: bool
    text: str
    judged: float
    id: int = 0
