"""What a reader found in one file."""

from dataclasses import dataclass

from index.errors import ReadError
from index.records import Article


@dataclass(frozen=True, slots=True)
class Found:
    """A file's articles, and the errors of the records that gave none.

    Attributes:
        articles: in the file's order.
        errors: the first ones; where there are more, the last one tells how many.
        failed: how many records gave no article.
    """

    articles: tuple[Article, ...]
    errors: tuple[ReadError, ...] = ()
    failed: int = 0

    @property
    def error(self) -> ReadError:
        """The first error, with how many records more have one."""
        first, more = self.errors[0], self.failed - 1
        if not more:
            return first
        return ReadError(
            f"{first.english} ({more:,} more records have errors)",
            f"{first.chinese}（另有 {more:,} 条记录有错误）",
        )
