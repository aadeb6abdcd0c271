"""The store: one SQLite file that holds everything that cannot be derived.

Each change of what can be seen is one transaction that raises the generation by one. Vectors are
kept by content under a key of their own, so that embedding that was interrupted is not lost: a
vector that no passage refers to changes nothing that can be seen.
"""

import hashlib
import json
import re
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.embedders.base import Identity, PassageInput, PassageVectors
from index.errors import CollectionBusy, CollectionCorrupt, CollectionError, NoCollection
from index.records import Article, Passage, Span
from index.stored import ArticleSummary, Filter, Judgement, Position, Prepared, StoredPassage

FILE = "store.sqlite"
_VERSION = 1
_PATIENCE = 30.0  # seconds to wait for another process's transaction
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

# Made with the first judgement, so that collections made before there were any need no change.
_JUDGEMENTS = """
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


def vector_key(identity: Identity, given: PassageInput) -> bytes:
    """The key under which the vectors of this input by this model are kept."""
    spans = [(span.start, span.end) for span in given.sentences]
    parts = [identity.as_dict(), given.context, given.text, spans]
    return _digest(parts)


def article_digest(article: Article) -> bytes:
    """Equal for articles that are equal in all that is stored of them."""
    parts = [
        article.title,
        article.text,
        article.source,
        article.label,
        article.published,
        article.url,
    ]
    return _digest(parts)


def _digest(parts: Sequence[Any]) -> bytes:
    return hashlib.blake2b(json.dumps(parts, ensure_ascii=False).encode(), digest_size=16).digest()


class Store:
    """A collection's SQLite file."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db = connection
        self.path = path

    @classmethod
    def create(cls, folder: Path, identity: Identity) -> "Store":
        """Make a new, empty store in ``folder``, or open the one that is there."""
        path = folder / FILE
        if path.exists():
            return cls.open(folder)
        folder.mkdir(parents=True, exist_ok=True)
        # Built aside and renamed, so that a store is there whole or not at all.
        building = path.with_name(f".{FILE}.building")
        building.unlink(missing_ok=True)
        store = cls(_connect(building), building)
        with store.transaction():
            for statement in _SCHEMA.split(";\n"):
                store._db.execute(statement)
            store._db.execute("INSERT INTO generations VALUES (0, ?)", (secrets.token_hex(8),))
            store._set("embedder", identity.as_dict())
            store._set("created", time.time())
            store._db.execute(f"PRAGMA application_id = {_APPLICATION}")
            store._db.execute(f"PRAGMA user_version = {_VERSION}")
        store.close()
        building.rename(path)
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> "Store":
        """Open the store in ``folder``.

        Raises:
            NoCollection: there is none.
            CollectionCorrupt: there is something that cannot be read as a store of this version.
        """
        path = folder / FILE
        if not path.is_file():
            raise NoCollection(
                f"no collection at {folder}; make one with "
                f"`wenju add FILE_OR_FOLDER --collection {folder}`",
                f"{folder} 没有文集，请先用“wenju add 文件或文件夹 --collection {folder}”建立",
            )
        try:
            connection = _connect(path)
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if application == _APPLICATION:  # anything else is left as it is
                connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.DatabaseError as error:
            raise _told(path, error) from error
        if application != _APPLICATION:
            raise CollectionCorrupt(
                f"{path} is not a Wenju store; move it away or name another folder",
                f"{path} 不是问据的文集，请移走它，或者换一个文件夹",
            )
        if version != _VERSION:
            raise CollectionCorrupt(
                f"{path} has format {version}, this Wenju reads {_VERSION}; "
                "add the sources to a new collection",
                f"{path} 的格式为 {version}，本版本只读 {_VERSION}；请把原文加入一个新文集",
            )
        return cls(connection, path)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes inside, or none of them."""
        with self._guarded():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[int]:
        """What is read inside is all of one generation, which is given."""
        if self._db.in_transaction:
            yield self.generation
            return
        with self._guarded():
            self._db.execute("BEGIN")
            try:
                yield self.generation
            finally:
                self._db.execute("COMMIT")

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise _told(self.path, error) from error

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Any]:
        with self._guarded():
            yield from self._db.execute(sql, values)

    def _row(self, sql: str, values: Sequence[Any] = ()) -> Any:
        return next(self._rows(sql, values), None)

    # What it holds

    @property
    def generation(self) -> int:
        """Raised by one with each change of what can be seen."""
        return int(self._row("SELECT max(generation) FROM generations")[0])

    @property
    def stamp(self) -> str:
        """Names this generation of this very history; a restored copy goes on with other stamps."""
        (stamp,) = self._row("SELECT stamp FROM generations ORDER BY generation DESC LIMIT 1")
        return str(stamp)

    def generation_of(self, stamp: str) -> int | None:
        """The generation that bears the stamp, or None where this history has none."""
        row = self._row("SELECT generation FROM generations WHERE stamp = ?", (stamp,))
        return row[0] if row else None

    @property
    def embedder(self) -> Identity:
        """The model that made the vectors."""
        return Identity(**self._get("embedder"))

    def counts(self) -> dict[str, int]:
        """Numbers of articles, passages and characters."""
        articles, characters = self._row(
            "SELECT count(*), coalesce(sum(length(text)), 0) FROM articles"
        )
        (passages,) = self._row("SELECT count(*) FROM passages")
        return {"articles": articles, "passages": passages, "characters": characters}

    def digests(self) -> dict[str, bytes]:
        """The digest of each article by its id."""
        return dict(self._rows("SELECT id, digest FROM articles"))

    def article(self, article_id: str) -> Article | None:
        """The article of that id."""
        row = self._row(
            f"SELECT {_ARTICLE} FROM articles a WHERE id = ?",  # noqa: S608
            (article_id,),
        )
        return Article(*row) if row else None

    def find_articles(self, name: str) -> list[str]:
        """Ids of the articles of which ``name`` is the start of the id, or the title."""
        rows = self._rows(
            "SELECT id FROM articles WHERE substr(id, 1, ?) = ? OR title = ? ORDER BY rowid",
            (len(name), name, name),
        )
        return [article_id for (article_id,) in rows]

    def articles(self) -> Iterator[Article]:
        """All articles in the order they were added."""
        for row in self._rows(f"SELECT {_ARTICLE} FROM articles a ORDER BY rowid"):  # noqa: S608
            yield Article(*row)

    def summaries(self, where: Filter) -> list[ArticleSummary]:
        """All articles that pass, the newest first."""
        condition, values = _condition(where)
        rows = self._rows(
            "SELECT a.id, title, label, published, url, source, length(text), count(p.id) "  # noqa: S608
            f"FROM articles a LEFT JOIN passages p ON p.article_id = a.id WHERE {condition} "
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
            title: words, apart by white space, that the title or the label must hold.
            after: where the part before ended.
            limit: how many articles at most.
        """
        condition, values = _condition(where)
        parts = [condition]
        given: list[str | int] = [*values]
        for word in title.split():
            literal = re.sub("[!%_]", r"!\g<0>", word)
            parts.append("(a.title LIKE ? ESCAPE '!' OR a.label LIKE ? ESCAPE '!')")
            given += [f"%{literal}%"] * 2
        if after:
            parts.append("(coalesce(a.published, ''), -a.rowid) < (?, ?)")
            given += [after.published, -after.row]
        rows = list(
            self._rows(
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
            self._rows(
                "SELECT label, count(*) AS held FROM articles WHERE label IS NOT NULL "
                "GROUP BY label ORDER BY held DESC, label"
            )
        )

    def days(self) -> tuple[str | None, str | None]:
        """The first and the last day on which an article was published; None where none tells."""
        first, last = self._row(
            "SELECT min(substr(published, 1, 10)), max(substr(published, 1, 10)) FROM articles"
        )
        return first, last

    @property
    def examples(self) -> list[str]:
        """Questions that show what the collection can answer."""
        row = self._row("SELECT value FROM meta WHERE key = 'examples'")
        return list(json.loads(row[0])) if row else []

    def judgements(self, after: int = 0, limit: int = -1) -> list[Judgement]:
        """Judgements in the order they were made, from the one after that id on."""
        if not self._row("SELECT 1 FROM sqlite_master WHERE name = 'judgements'"):
            return []
        rows = self._rows(
            "SELECT question, article_id, paragraph, relevant, text, judged, id FROM judgements "
            "WHERE id > ? ORDER BY id LIMIT ?",
            (after, limit),
        )
        return [
            Judgement(question, article_id, paragraph, bool(relevant), text, judged, number)
            for question, article_id, paragraph, relevant, text, judged, number in rows
        ]

    def passages_of(self, article: Article) -> list[Passage]:
        """The passages of an article, in order."""
        rows = self._rows(
            'SELECT number, start, "end", headings, body FROM passages WHERE article_id = ? '
            "ORDER BY number",
            (article.id,),
        )
        return [_passage(article, *row) for row in rows]

    def passages(self, ids: Sequence[int]) -> dict[int, StoredPassage]:
        """Passages with their articles, by id; an id that is not there is left out."""
        found: dict[int, StoredPassage] = {}
        for part in _parts(ids):
            rows = self._rows(
                'SELECT p.id, p.number, p.start, p."end", p.headings, p.body, p.sentences, '  # noqa: S608
                f"{_ARTICLE} FROM passages p JOIN articles a ON a.id = p.article_id "
                f"WHERE p.id IN ({','.join('?' * len(part))})",
                part,
            )
            for row in rows:
                article = Article(*row[7:])
                found[row[0]] = StoredPassage(
                    row[0], _passage(article, *row[1:6]), article, _unpack_spans(row[6])
                )
        return found

    def vectors(self, ids: Sequence[int]) -> dict[int, PassageVectors]:
        """Vectors of passages by passage id; an id that is not there is left out."""
        dimension = self.embedder.dimension
        found: dict[int, PassageVectors] = {}
        for part in _parts(ids):
            rows = self._rows(
                "SELECT p.id, v.passage, v.sentences "  # noqa: S608
                "FROM passages p JOIN vectors v ON v.key = p.vector_key "
                f"WHERE p.id IN ({','.join('?' * len(part))})",
                part,
            )
            for number, passage, sentences in rows:
                found[number] = PassageVectors(
                    _unpack(passage, dimension)[0], _unpack(sentences, dimension)
                )
        return found

    def passing(self, where: Filter) -> npt.NDArray[np.int64]:
        """Ids of the passages whose articles pass, ascending."""
        condition, values = _condition(where)
        rows = self._rows(
            "SELECT p.id FROM passages p JOIN articles a ON a.id = p.article_id "  # noqa: S608
            f"WHERE {condition} ORDER BY p.id",
            values,
        )
        return np.fromiter((row[0] for row in rows), dtype=np.int64)

    def added_since(self, generation: int) -> list[int]:
        """Ids of the passages that came after ``generation``, ascending."""
        rows = self._rows("SELECT id FROM passages WHERE generation > ? ORDER BY id", (generation,))
        return [row[0] for row in rows]

    def removed_since(self, generation: int) -> list[int]:
        """Ids of the passages that went after ``generation``, ascending."""
        rows = self._rows(
            "SELECT passage_id FROM removed WHERE generation > ? ORDER BY passage_id", (generation,)
        )
        return [row[0] for row in rows]

    # Changes

    def known_vectors(self, keys: Iterable[bytes]) -> set[bytes]:
        """Those of ``keys`` under which vectors are kept."""
        known: set[bytes] = set()
        for part in _parts(list(keys)):
            marks = ",".join("?" * len(part))
            rows = self._rows(f"SELECT key FROM vectors WHERE key IN ({marks})", part)  # noqa: S608
            known.update(row[0] for row in rows)
        return known

    def keep_vectors(self, made: Iterable[tuple[bytes, PassageVectors]]) -> None:
        """Keep vectors by key; nothing that can be seen changes."""
        with self.transaction():
            self._db.executemany(
                "INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)",
                ((key, _pack(v.passage), _pack(v.sentences)) for key, v in made),
            )

    def replace(
        self,
        items: Sequence[tuple[Article, Sequence[Prepared]]],
        identity: Identity | None = None,
    ) -> None:
        """Store articles with their passages in place of what went by the same ids before.

        With ``identity`` the vectors are of another model than before; ``items`` are then all
        articles there are.
        """
        with self.transaction():
            if identity:
                self._set("embedder", identity.as_dict())
            generation = self.generation + 1
            self._drop([article.id for article, _ in items], generation)
            for article, prepared in items:
                self._insert(article, prepared, generation)
            self._finish(generation)

    def remove(self, ids: Sequence[str]) -> None:
        """Remove articles with their passages."""
        with self.transaction():
            generation = self.generation + 1
            self._drop(ids, generation)
            self._db.executemany("DELETE FROM articles WHERE id = ?", [(i,) for i in ids])
            self._finish(generation)

    def keep_examples(self, questions: Sequence[str]) -> None:
        """Keep questions that show what the collection can answer, in place of those before."""
        with self.transaction():
            self._set("examples", list(questions))

    def judge(self, judgement: Judgement) -> Judgement:
        """Keep a judgement, in place of one of the same question and passage; with its id."""
        with self.transaction():
            self._db.execute(_JUDGEMENTS)
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
            (number,) = self._row("SELECT last_insert_rowid()")
        return replace(judgement, id=number)

    def _drop(self, ids: Sequence[str], generation: int) -> None:
        self._db.executemany(
            "INSERT INTO removed SELECT id, ? FROM passages WHERE article_id = ?",
            [(generation, article_id) for article_id in ids],
        )
        self._db.executemany("DELETE FROM passages WHERE article_id = ?", [(i,) for i in ids])

    def _insert(self, article: Article, prepared: Sequence[Prepared], generation: int) -> None:
        self._db.execute(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET title = excluded.title, text = excluded.text, "
            "source = excluded.source, label = excluded.label, published = excluded.published, "
            "url = excluded.url, digest = excluded.digest, added = excluded.added",
            (
                article.id,
                article.title,
                article.text,
                article.source,
                article.label,
                article.published,
                article.url,
                article_digest(article),
                time.time(),
            ),
        )
        self._db.executemany(
            'INSERT INTO passages (article_id, number, start, "end", body, headings, '
            "sentences, vector_key, generation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    article.id,
                    item.passage.number,
                    item.passage.start,
                    item.passage.end,
                    item.passage.body,
                    json.dumps(item.passage.headings, ensure_ascii=False),
                    _pack_spans(item.sentences),
                    item.key,
                    generation,
                )
                for item in prepared
            ),
        )

    def _finish(self, generation: int) -> None:
        self._db.execute("DELETE FROM vectors WHERE key NOT IN (SELECT vector_key FROM passages)")
        self._db.execute(
            "INSERT INTO generations VALUES (?, ?)", (generation, secrets.token_hex(8))
        )

    def _get(self, key: str) -> Any:
        row = self._row("SELECT value FROM meta WHERE key = ?", (key,))
        if row is None:
            raise CollectionCorrupt(f"{self.path} lacks its {key}; restore it from a copy")
        return json.loads(row[0])

    def _set(self, key: str, value: Any) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value)))


_ARTICLE = "a.id, a.title, a.text, a.source, a.label, a.published, a.url"


def _connect(path: Path) -> sqlite3.Connection:
    # The URI keeps a missing file from being made; threads are kept apart by the collection.
    mode = "rw" if path.exists() else "rwc"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=_PATIENCE,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _told(path: Path, error: sqlite3.DatabaseError) -> Exception:
    """What SQLite says as an error of ours; a mistake in the code stays what it is."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest are details
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return CollectionBusy(
            f"another process keeps {path} locked; try again when it is done",
            f"另一个进程占用着 {path}，请等它结束后再试",
        )
    if code in (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
    ):
        return CollectionError(
            f"cannot read or write {path} ({error}); see to its permissions and the free space",
            f"无法读写 {path}（{error}），请检查权限和剩余空间",
        )
    if code not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return error
    return CollectionCorrupt(
        f"{path} cannot be read ({error}); restore it from a copy, "
        "or move the folder away and add the sources again",
        f"无法读取 {path}（{error}）；请用备份恢复，或移走这个文件夹后重新加入原文",
    )


def _condition(where: Filter) -> tuple[str, list[str]]:
    parts = ["1"]
    values: list[str] = []
    for condition, value in (
        ("substr(a.published, 1, 10) >= ?", where.since),
        ("substr(a.published, 1, 10) <= ?", where.until),
        ("a.label = ?", where.label),
    ):
        if value:
            parts.append(condition)
            values.append(value)
    return " AND ".join(parts), values


def _passage(
    article: Article, number: int, start: int, end: int, headings: str, body: int
) -> Passage:
    path = tuple(json.loads(headings))
    return Passage(article.id, number, start, end, article.text[start:end], path, body)


def _parts(items: Sequence[Any], size: int = 500) -> Iterator[list[Any]]:
    for low in range(0, len(items), size):
        yield list(items[low : low + size])


def _pack(vectors: npt.NDArray[np.float32]) -> bytes:
    return vectors.astype("<f2").tobytes()


def _unpack(data: bytes, dimension: int) -> npt.NDArray[np.float32]:
    return np.frombuffer(data, dtype="<f2").astype(np.float32).reshape(-1, dimension)


def _pack_spans(spans: Sequence[Span]) -> bytes:
    return np.array([(s.start, s.end) for s in spans], dtype="<i4").tobytes()


def _unpack_spans(data: bytes) -> tuple[Span, ...]:
    return tuple(Span(a, b) for a, b in np.frombuffer(data, dtype="<i4").reshape(-1, 2).tolist())
