"""The list of articles: all of it, a page of it, its labels and days."""

from index.database import Database
from index.stored import ArticleSummary, Filter, Position
from index.text import folder


class Listing:
    """The list of a store's articles."""

    def __init__(self, db: Database) -> None:
        self._db = db
        db.create_function("folded", 1, _folded, deterministic=True)

    def summaries(self, where: Filter) -> list[ArticleSummary]:
        """All articles that pass, the newest first."""
        passes, values = condition(where)
        rows = self._db.rows(
            "SELECT a.id, title, label, published, url, source, length(text), count(p.id) "  # noqa: S608
            f"FROM articles a LEFT JOIN passages p ON p.article_id = a.id WHERE {passes} "
            "GROUP BY a.id ORDER BY published DESC, a.rowid",
            values,
        )
        return [ArticleSummary(*row) for row in rows]

    def page(
        self, where: Filter, title: str, after: Position | None, limit: int
    ) -> tuple[list[ArticleSummary], Position | None]:
        """A part of what ``summaries`` gives, and where the next part goes on, if there is one.

        Args:
            where: which articles.
            title: words, apart by white space, that the title or the label must hold, in either
                script, width or case.
            after: where the part before ended.
            limit: how many articles at most.
        """
        passes, values = condition(where)
        parts = [passes]
        given: list[str | int] = [*values]
        for word in title.split():
            parts.append("instr(folded(a.title || char(10) || coalesce(a.label, '')), ?)")
            given.append(_folded(word))
        if after:
            parts.append("(coalesce(a.published, ''), -a.rowid) < (?, ?)")
            given += [after.published, -after.row]
        rows = list(
            self._db.rows(
                "SELECT coalesce(published, ''), a.rowid, a.id, title, label, published, url, "  # noqa: S608
                "source, length(text), "
                "(SELECT count(*) FROM passages p WHERE p.article_id = a.id) "
                f"FROM articles a WHERE {' AND '.join(parts)} "
                "ORDER BY coalesce(published, '') DESC, a.rowid LIMIT ?",
                [*given, limit + 1],
            )
        )
        summaries = [ArticleSummary(*row[2:]) for row in rows[:limit]]
        return summaries, Position(*rows[limit - 1][:2]) if len(rows) > limit else None

    def labels(self) -> dict[str, int]:
        """The number of articles of each label, the largest first."""
        return dict(
            self._db.rows(
                "SELECT label, count(*) AS held FROM articles WHERE label IS NOT NULL "
                "GROUP BY label ORDER BY held DESC, label"
            )
        )

    def days(self) -> tuple[str | None, str | None]:
        """The first and the last day on which an article was published; None where none tells."""
        first, last = self._db.row(
            "SELECT min(substr(published, 1, 10)), max(substr(published, 1, 10)) FROM articles"
        )
        return first, last


def _folded(text: str) -> str:
    return folder().fold_alone(text)


def condition(where: Filter) -> tuple[str, list[str]]:
    """The filter as a condition on ``articles a``, and its values."""
    parts = ["1"]
    values: list[str] = []
    for part, value in (
        ("substr(a.published, 1, 10) >= ?", where.since),
        ("substr(a.published, 1, 10) <= ?", where.until),
        ("a.label = ?", where.label),
    ):
        if value:
            parts.append(part)
            values.append(value)
    return " AND ".join(parts), values
