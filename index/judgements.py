"""What people said about passages."""

from dataclasses import replace

from index.database import Database
from index.stored import Judgement

# Made with the first judgement, so that collections made before there were any need no change.
_TABLE = """
CREATE TABLE IF NOT EXISTS judgements (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    question TEXT NOT NULL,
    article_id TEXT NOT NULL,
    paragraph INTEGER NOT NULL,
    relevant INTEGER NOT NULL,
    text TEXT NOT NULL,
    judged REAL NOT NULL,
    UNIQUE (question, article_id, paragraph)
)
"""


class Judgements:
    """The judgements that a store keeps."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def kept(self, after: int = 0, limit: int = -1, question: str | None = None) -> list[Judgement]:
        """Judgements in the order they were made, from the one after that id on.

        Args:
            after: an id, or 0.
            limit: how many at most; -1 for all.
            question: the question that they are of; None for all.
        """
        if not self._are_any():
            return []
        rows = self._db.rows(
            "SELECT question, article_id, paragraph, relevant, text, judged, id FROM judgements "
            "WHERE id > ? AND question = coalesce(?, question) ORDER BY id LIMIT ?",
            (after, question, limit),
        )
        return [
            Judgement(question, article_id, paragraph, bool(relevant), text, judged, number)
            for question, article_id, paragraph, relevant, text, judged, number in rows
        ]

    def keep(self, judgement: Judgement) -> Judgement:
        """Keep a judgement, in place of one of the same question and passage; with its id."""
        with self._db.transaction():
            self._db.execute(_TABLE)
            self._db.execute(
                "INSERT OR REPLACE INTO judgements "
                "(question, article_id, paragraph, relevant, text, judged) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (
                    judgement.question,
                    judgement.article_id,
                    judgement.paragraph,
                    judgement.relevant,
                    judgement.text,
                    judgement.judged,
                ),
            )
            (number,) = self._db.row("SELECT last_insert_rowid()")
        return replace(judgement, id=number)

    def withdraw(self, question: str, article_id: str, paragraph: int) -> None:
        """Keep no judgement of a question and passage any more, if there is one."""
        with self._db.transaction():
            if self._are_any():
                self._db.execute(
                    "DELETE FROM judgements "
                    "WHERE question = ? AND article_id = ? AND paragraph = ?",
                    (question, article_id, paragraph),
                )

    def _are_any(self) -> bool:
        return bool(self._db.row("SELECT 1 FROM sqlite_master WHERE name = 'judgements'"))
