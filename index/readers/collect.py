"""The collecting of a file's articles, record by record."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from index.errors import ReadError
from index.readers import fields
from index.readers.found import Found
from index.readers.ids import article_id, explicit_id
from index.readers.origin import Origin
from index.records import Article

# A file that is not what its name says fails at every line; nobody reads a million messages.
ERRORS_KEPT = 100


@dataclass(slots=True)
class Collector:
    """Makes articles of the records of one file, and keeps their ids apart."""

    origin: Origin
    _articles: list[Article] = field(default_factory=list)
    _errors: list[ReadError] = field(default_factory=list)
    _failed: int = 0
    _lines: dict[str, int] = field(default_factory=dict)
    _titles: Counter[str] = field(default_factory=Counter)

    def add(self, record: Mapping[str, object], line: int) -> None:
        """Add a record, or the error that tells why it cannot be read.

        Args:
            record: values under ``id``, ``title``, ``text``, ``published``, ``url`` and
                ``label``; None is the same as no value.
            line: where it starts in the file, from 1.
        """
        try:
            self._articles.append(self._article(record, line))
        except ReadError as error:
            self.fail(error)

    def fail(self, error: ReadError) -> None:
        """Add the error of a record."""
        self._failed += 1
        if len(self._errors) < ERRORS_KEPT:
            self._errors.append(error)

    def found(self) -> Found:
        """Return what was collected.

        Raises:
            ReadError: there was not a single record.
        """
        errors = list(self._errors)
        if more := self._failed - len(errors):
            errors.append(
                ReadError(
                    f"{self.origin.name}: {more:,} more records cannot be read; expected records "
                    f"like the others; check that the file is what its name says.",
                    f"{self.origin.name}：还有 {more:,} 条记录读不了；"
                    "请检查文件是不是它的后缀所说的格式",
                )
            )
        if not self._articles and not errors:
            raise ReadError(
                f"{self.origin.name}: the file holds no record; expected at least one; "
                f"check where it is from.",
                f"{self.origin.name}：文件里一条记录也没有；请检查来源",
            )
        return Found(tuple(self._articles), tuple(errors), self._failed)

    def _article(self, record: Mapping[str, object], line: int) -> Article:
        """Make a record an article.

        Raises:
            ReadError: a value is missing or of the wrong kind, or the id was used before.
        """
        where = f"{self.origin.name}, line {line}"
        text = fields.body(record.get("text"), where)
        title = fields.one_line(record.get("title"), "title", where) or fields.first_words(text)
        published = fields.date(record.get("published"), where)
        url = fields.one_line(record.get("url"), "url", where)
        label = fields.one_line(record.get("label"), "label", where)
        key = self._id(record.get("id"), title, line)
        return Article(key, title, text, self.origin.source, label, published, url)

    def _id(self, given: object, title: str, line: int) -> str:
        """Return a record's id, which no other record of the file has.

        Raises:
            ReadError: the given id is of the wrong kind or was used before.
        """
        where = f"{self.origin.name}, line {line}"
        if given is None:
            key = article_id(self.origin.source, title, self._titles[title])
            self._titles[title] += 1
        else:
            key = explicit_id(given, where)
        if key in self._lines:
            raise ReadError(
                f'{where}: the id "{key}" is that of line {self._lines[key]} already; '
                f"expected an id of its own for each record; change one or leave both out.",
                f"{where}：编号“{key}”在第 {self._lines[key]} 行已经用过；请改一个，或者两个都不写",
            )
        self._lines[key] = line
        return key
