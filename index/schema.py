"""The form of the store: its tables, and the marks by which a file of this form is known."""

from index.database import Database
from index.errors import CollectionCorrupt

_VERSION = 1
_APPLICATION = 0x57454E4A  # "WENJ"

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE generations (generation INTEGER PRIMARY KEY, stamp TEXT NOT NULL);
CREATE TABLE articles (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    source TEXT NOT NULL,
    label TEXT,
    published TEXT,
    url TEXT,
    digest BLOB NOT NULL,
    added REAL NOT NULL
);
CREATE INDEX articles_by_day ON articles (substr(published, 1, 10));
CREATE TABLE vectors (key BLOB PRIMARY KEY, passage BLOB NOT NULL, sentences BLOB NOT NULL);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id TEXT NOT NULL REFERENCES articles (id),
    number INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    body INTEGER NOT NULL,
    headings TEXT NOT NULL,
    sentences BLOB NOT NULL,
    vector_key BLOB NOT NULL REFERENCES vectors (key),
    generation INTEGER NOT NULL,
    UNIQUE (article_id, number)
);
CREATE INDEX passages_by_generation ON passages (generation);
CREATE INDEX passages_by_vector ON passages (vector_key);
CREATE TABLE removed (
    passage_id INTEGER PRIMARY KEY,
    generation INTEGER NOT NULL
);
CREATE INDEX removed_by_generation ON removed (generation);
"""


def write_schema(db: Database) -> None:
    """Make the tables in an empty file; inside a transaction."""
    for statement in _SCHEMA.split(";\n"):
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {_APPLICATION}")
    db.execute(f"PRAGMA user_version = {_VERSION}")


def check_schema(db: Database) -> None:
    """See that a file is a store of this version.

    Raises:
        CollectionCorrupt: it is not.
    """
    (application,) = db.row("PRAGMA application_id")
    if application != _APPLICATION:
        raise CollectionCorrupt(
            f"{db.path} is not a Wenju store; move it away or name another folder",
            f"{db.path} 不是问据的文集，请移走它，或者换一个文件夹",
        )
    (version,) = db.row("PRAGMA user_version")
    if version != _VERSION:
        raise CollectionCorrupt(
            f"{db.path} has format {version}, this Wenju reads {_VERSION}; "
            "add the sources to a new collection",
            f"{db.path} 的格式为 {version}，本版本只读 {_VERSION}；请把原文加入一个新文集",
        )
