"""What a reader found in one file."""

from dataclasses import dataclass

from index.errors import ReadError
from index.records import Article


@dataclass(frozen=True, slots=True)
class Found:
    """A file's articles, and the errors of the records that gave none."""

    articles: tuple[Article, ...]
    errors: tuple[ReadError, ...] = ()
