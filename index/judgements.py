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

    def kept(self, after: int = 0, limit: int = -1) -> list[Judgement]:
        """Judgements in the order they were made, from the one after that id on."""
        if not self._db.row("SELECT 1 FROM sqlite_master WHERE name = 'judgements'"):
            return []
        rows = self._db.rows(
            "SELECT question, article_id, paragraph, relevant, text, judged, id FROM judgements "
            "WHERE id > ? ORDER BY id LIMIT ?",
            (after, limit),
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
