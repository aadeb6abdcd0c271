"""The vocabulary of the index: articles, their passages, and the sentences in those."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Article:
    """A document as it was given.

    Attributes:
        id: stable across re-reads of the same source.
        title: without the label that may stand before it.
        text: the body exactly as given, line ends normalised to a line feed.
        source: where it was read: an absolute path, or whatever the caller names.
        label: a category such as the 武汉招商 of 【武汉招商】, or None.
        published: ISO 8601 date, or date and time, or None.
        url: where it was published, or None.
    """

    id: str
    title: str
    text: str
    source: str
    label: str | None = None
    published: str | None = None
    url: str | None = None

    @property
    def full_title(self) -> str:
        """The title with its label before it, as it was printed."""
        return f"【{self.label}】{self.title}" if self.label else self.title


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start`` to ``end`` (exclusive) of an article's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of an article, the unit that is indexed and cited.

    ``article.text[start:end] == text`` holds for every passage.

    Attributes:
        article_id: the article it belongs to.
        number: its place in the article, from 1.
        start: first character in the article's text.
        end: one past its last character.
        text: its characters.
        headings: the headings it stands under, outermost first.
        body: where it says more than its heading, in the article's text; ``start`` by default.
    """

    article_id: str
    number: int
    start: int
    end: int
    text: str
    headings: tuple[str, ...] = ()
    body: int = -1

    def __post_init__(self) -> None:
        if self.body < 0:
            object.__setattr__(self, "body", self.start)

    @property
    def heading(self) -> str | None:
        """The heading path as one line, or None."""
        return " › ".join(self.headings) or None


def article_as_dict(article: Article, passages: Sequence[Passage]) -> dict[str, Any]:
    """An article with its passages for programs; the fields are described in the documents."""
    return {
        **asdict(article),
        "passages": [
            {
                "paragraph": passage.number,
                "heading": passage.heading,
                "start": passage.start,
                "end": passage.end,
                "text": passage.text,
            }
            for passage in passages
        ],
    }
