"""The store: one SQLite file that holds everything that cannot be derived.

Each change of what can be seen is one transaction that raises the generation by one. Vectors are
kept by content under a key of their own, so that embedding that was interrupted is not lost: a
vector that no passage refers to changes nothing that can be seen.
"""

import hashlib
import json
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.database import Database
from index.embedders.base import Identity, PassageInput, PassageVectors
from index.errors import CollectionCorrupt, NoCollection
from index.judgements import Judgements
from index.listing import Listing, condition
from index.records import Article, Passage, Span
from index.schema import check_schema, write_schema
from index.stored import Filter, Prepared, StoredPassage

FILE = "store.sqlite"


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

    def __init__(self, db: Database) -> None:
        self._db = db
        self.path = db.path
        self.listing = Listing(db)
        self.judgements = Judgements(db)

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
        store = cls(Database(building))
        with store._db.transaction():
            write_schema(store._db)
            store._db.execute("INSERT INTO generations VALUES (0, ?)", (secrets.token_hex(8),))
            store._set("embedder", identity.as_dict())
            store._set("created", time.time())
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
        db = Database(path)
        check_schema(db)
        db.row("PRAGMA journal_mode = WAL")
        return cls(db)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def snapshot(self) -> Iterator[int]:
        """What is read inside is all of one generation, which is given."""
        with self._db.reading():
            yield self.generation

    # What it holds

    @property
    def generation(self) -> int:
        """Raised by one with each change of what can be seen."""
        return int(self._db.row("SELECT max(generation) FROM generations")[0])

    @property
    def stamp(self) -> str:
        """Names this generation of this very history; a restored copy goes on with other stamps."""
        (stamp,) = self._db.row("SELECT stamp FROM generations ORDER BY generation DESC LIMIT 1")
        return str(stamp)

    def generation_of(self, stamp: str) -> int | None:
        """The generation that bears the stamp, or None where this history has none."""
        row = self._db.row("SELECT generation FROM generations WHERE stamp = ?", (stamp,))
        return row[0] if row else None

    @property
    def embedder(self) -> Identity:
        """The model that made the vectors."""
        return Identity(**self._get("embedder"))

    def counts(self) -> dict[str, int]:
        """Numbers of articles, passages and characters."""
        articles, characters = self._db.row(
            "SELECT count(*), coalesce(sum(length(text)), 0) FROM articles"
        )
        (passages,) = self._db.row("SELECT count(*) FROM passages")
        return {"articles": articles, "passages": passages, "characters": characters}

    def digests(self) -> dict[str, bytes]:
        """The digest of each article by its id."""
        return dict(self._db.rows("SELECT id, digest FROM articles"))

    def article(self, article_id: str) -> Article | None:
        """The article of that id."""
        row = self._db.row(
            f"SELECT {_ARTICLE} FROM articles a WHERE id = ?",  # noqa: S608
            (article_id,),
        )
        return Article(*row) if row else None

    def find_articles(self, name: str) -> list[str]:
        """Ids of the articles of which ``name`` is the start of the id, or the title."""
        rows = self._db.rows(
            "SELECT id FROM articles WHERE substr(id, 1, ?) = ? OR title = ? ORDER BY rowid",
            (len(name), name, name),
        )
        return [article_id for (article_id,) in rows]

    def articles(self) -> Iterator[Article]:
        """All articles in the order they were added."""
        for row in self._db.rows(f"SELECT {_ARTICLE} FROM articles a ORDER BY rowid"):  # noqa: S608
            yield Article(*row)

    @property
    def examples(self) -> list[str]:
        """Questions that show what the collection can answer."""
        row = self._db.row("SELECT value FROM meta WHERE key = 'examples'")
        return list(json.loads(row[0])) if row else []

    def passages_of(self, article: Article) -> list[Passage]:
        """The passages of an article, in order."""
        rows = self._db.rows(
            'SELECT number, start, "end", headings, body FROM passages WHERE article_id = ? '
            "ORDER BY number",
            (article.id,),
        )
        return [_passage(article, *row) for row in rows]

    def passages(self, ids: Sequence[int]) -> dict[int, StoredPassage]:
        """Passages with their articles, by id; an id that is not there is left out."""
        found: dict[int, StoredPassage] = {}
        for part in _parts(ids):
            rows = self._db.rows(
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
            rows = self._db.rows(
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
        passes, values = condition(where)
        rows = self._db.rows(
            "SELECT p.id FROM passages p JOIN articles a ON a.id = p.article_id "  # noqa: S608
            f"WHERE {passes} ORDER BY p.id",
            values,
        )
        return np.fromiter((row[0] for row in rows), dtype=np.int64)

    def added_since(self, generation: int) -> list[int]:
        """Ids of the passages that came after ``generation``, ascending."""
        rows = self._db.rows(
            "SELECT id FROM passages WHERE generation > ? ORDER BY id", (generation,)
        )
        return [row[0] for row in rows]

    def removed_since(self, generation: int) -> list[int]:
        """Ids of the passages that went after ``generation``, ascending."""
        rows = self._db.rows(
            "SELECT passage_id FROM removed WHERE generation > ? ORDER BY passage_id", (generation,)
        )
        return [row[0] for row in rows]

    # Changes

    def known_vectors(self, keys: Iterable[bytes]) -> set[bytes]:
        """Those of ``keys`` under which vectors are kept."""
        known: set[bytes] = set()
        for part in _parts(list(keys)):
            marks = ",".join("?" * len(part))
            rows = self._db.rows(f"SELECT key FROM vectors WHERE key IN ({marks})", part)  # noqa: S608
            known.update(row[0] for row in rows)
        return known

    def keep_vectors(self, made: Iterable[tuple[bytes, PassageVectors]]) -> None:
        """Keep vectors by key; nothing that can be seen changes."""
        with self._db.transaction():
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
        with self._db.transaction():
            if identity:
                self._set("embedder", identity.as_dict())
            generation = self.generation + 1
            self._drop([article.id for article, _ in items], generation)
            for article, prepared in items:
                self._insert(article, prepared, generation)
            self._finish(generation)

    def remove(self, ids: Sequence[str]) -> None:
        """Remove articles with their passages."""
        with self._db.transaction():
            generation = self.generation + 1
            self._drop(ids, generation)
            self._db.executemany("DELETE FROM articles WHERE id = ?", [(i,) for i in ids])
            self._finish(generation)

    def keep_examples(self, questions: Sequence[str]) -> None:
        """Keep questions that show what the collection can answer, in place of those before."""
        with self._db.transaction():
            self._set("examples", list(questions))

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
        row = self._db.row("SELECT value FROM meta WHERE key = ?", (key,))
        if row is None:
            raise CollectionCorrupt(f"{self.path} lacks its {key}; restore it from a copy")
        return json.loads(row[0])

    def _set(self, key: str, value: Any) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value)))


_ARTICLE = "a.id, a.title, a.text, a.source, a.label, a.published, a.url"


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
