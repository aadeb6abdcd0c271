"""Lexical search: BM25 over words, pairs and characters, in tantivy.

Each kind of term is a field; a passage is indexed with its article's title and label, which its
own words often leave out. A score comes with the largest score the question could reach, so that
it tells how much of the question a passage holds, whatever the question's length.

Numbers, dates and Chinese names in Latin letters are facts: they are found by what they mean,
whatever they are written like, and have a score of their own, for in a question in another
language they are all that words can tell.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import tantivy

from index.derived import Manifest, discard, is_whole, read_manifest, read_verified, write_manifest
from index.embedders.base import Progress
from index.facts import interval_levels, read_facts, yearless
from index.matching import (
    DATES,
    FIELDS,
    KINDS,
    LATIN,
    PUBLISHED,
    VALUES,
    Matcher,
    TermWeights,
    any_of,
)
from index.query import Query
from index.romanized import Romanizer
from index.store import Store
from index.stored import Filter, StoredPassage
from index.words import Analyzer, Terms, analyzer

FOLDER = "lexical"

_BASIS = "tantivy-8"
_META = "meta.json"
_DICTIONARY = "dictionary.txt"
_GROWTH = 0.1  # share of the passages that are new, past which it is made anew for new names
_ANALYZER = "terms"
_CHUNK = 500
_HEAP = 64_000_000
_K1 = 1.2  # tantivy's
_KEPT_TERMS = 4096  # texts; some tens of megabytes when all are used


@dataclass(frozen=True, slots=True)
class LexicalHits:
    """What a question matches.

    Attributes:
        scores: BM25 score by passage id.
        ceiling: what a passage would score that held every term of the question, each so often
            that it counts in full; terms that no passage holds are in it too.
        facts: the share of the question's facts that a passage holds, by their rarity, 0 to 1, by
            passage id; passages that hold none are left out.
    """

    scores: dict[int, float]
    ceiling: float
    facts: dict[int, float]


class LexicalIndex:
    """The terms of a collection's passages.

    Attributes:
        analyzer: what turned the passages into terms.
        terms: gives the terms of a text as they are indexed.
    """

    def __init__(self, index: tantivy.Index, words: Analyzer) -> None:
        index.register_tokenizer(
            _ANALYZER, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        )
        self._index = index
        self.analyzer = words
        # A question is read several times, and the sentences of popular passages again and again.
        self.terms: Callable[[str], Terms] = lru_cache(_KEPT_TERMS)(words.terms)
        self._romanizer = Romanizer()
        self._look()

    @classmethod
    def load(cls, folder: Path, store: Store, words: Sequence[str]) -> "LexicalIndex | None":
        """The index, from the files as they are; ``words`` are the owner's.

        None where they are missing, broken, or not of the store's generation. Writes nothing;
        safe while another process writes the files.
        """
        home = folder / FOLDER
        manifest = read_manifest(home, _basis(words))
        if manifest is None or manifest.stamp != store.stamp or not is_whole(home, manifest):
            return None
        try:
            index = cls(tantivy.Index.open(str(home)), analyzer(_dictionary(home)))
        except (ValueError, OSError):
            return None
        # Unchanged after opening, so what was opened is what was verified.
        return index if read_verified(home, manifest, _META) else None

    @classmethod
    def repair(
        cls,
        folder: Path,
        store: Store,
        words: Sequence[str],
        names: Iterable[str],
        progress: Progress,
    ) -> "LexicalIndex":
        """The index as of the store's generation, with its files.

        For the collection's only writer. ``words`` are the owner's, ``names`` those that the
        articles introduce; passages are divided into words by the names that were known when the
        index was made, and it is made anew when it has grown much and other names are known.
        """
        home = folder / FOLDER
        manifest = read_manifest(home, _basis(words))
        behind = store.generation_of(manifest.stamp) if manifest else None
        dictionary = _together(words, names)
        if manifest is None or behind is None or not is_whole(home, manifest):
            anew = True
        else:
            if behind == store.generation:
                return cls(tantivy.Index.open(str(home)), analyzer(_dictionary(home)))
            _clean(home, manifest)
            added = len(store.added_since(behind))
            grown = added > _GROWTH * store.counts()["passages"]
            anew = grown and _dictionary(home) != dictionary
        if anew:
            discard(home)
            home.mkdir(parents=True)
            (home / _DICTIONARY).write_text("\n".join(dictionary), encoding="utf-8")
            behind = 0
        index = cls(tantivy.Index(_schema(), path=str(home)), analyzer(_dictionary(home)))
        # Until the new manifest is there, the old one differs from what lies here.
        index._update(store, behind or 0, progress)
        write_manifest(home, store.stamp, _basis(words), _files(home))
        return index

    @classmethod
    def build(
        cls, store: Store, words: Sequence[str], names: Iterable[str], progress: Progress
    ) -> "LexicalIndex":
        """The index as of the store's generation, in memory."""
        dictionary = _together(words, names)
        index = cls(tantivy.Index(_schema()), analyzer(dictionary))
        index._update(store, 0, progress)
        return index

    @property
    def passages(self) -> int:
        """Number of passages."""
        return int(self._searcher.num_docs)

    def search(self, query: Query, count: int, where: Filter | None = None) -> LexicalHits:
        """The ``count`` best passages for a question, and its ceiling."""
        restrictions = list(_restrictions(self._index.schema, where)) if where else []
        # What each term adds at most: Robertson and Zaragoza 2009, section 3.4.
        ceiling = self.weights(query).total * (_K1 + 1)
        found = self._run(self._matcher.words(query), restrictions, count)
        return LexicalHits(found, ceiling, self._held_facts(query, restrictions, count))

    def weights(self, query: Query) -> TermWeights:
        """How much each term of a question counts, by its rarity among the passages."""
        return self._matcher.weights(query)

    def holds(self, word: str) -> bool:
        """Whether some passage may have the word: all of its pairs, or its one character."""
        terms = self.terms(word)
        field = "pairs" if terms.pairs else "characters"
        held = [self._searcher.doc_freq(field, term) for term in getattr(terms, field)]
        return bool(held) and all(held)

    def scores(self, query: Query, ids: Sequence[int]) -> dict[int, float]:
        """Scores of given passages; one that shares no term with the question is left out."""
        return self._run(self._matcher.words(query), [self._among(ids)], len(ids)) if ids else {}

    def facts(self, query: Query, ids: Sequence[int]) -> dict[int, float]:
        """The share of the question's facts that given passages hold."""
        return self._held_facts(query, [self._among(ids)], len(ids)) if ids else {}

    def _held_facts(
        self, query: Query, restrictions: Sequence[tantivy.Query], count: int
    ) -> dict[int, float]:
        wanted = self._matcher.facts(query)
        found = self._run(wanted.parts, restrictions, count)
        return {number: score / wanted.total for number, score in found.items()}

    def _among(self, ids: Sequence[int]) -> tantivy.Query:
        return tantivy.Query.term_set_query(self._index.schema, "id", list(ids))

    def _run(
        self,
        parts: Sequence[tantivy.Query],
        restrictions: Sequence[tantivy.Query],
        count: int,
    ) -> dict[int, float]:
        if not parts or not self._searcher.num_docs:
            return {}
        query = any_of(parts)
        if restrictions:
            # A restriction must hold and adds nothing to the score.
            held = [tantivy.Query.const_score_query(part, 0.0) for part in restrictions]
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, part) for part in (query, *held)]
            )
        hits = self._searcher.search(query, limit=count, count=False).hits
        ids = self._searcher.fast_field_values("id", [address for _, address in hits])
        return {int(number): score for number, (score, _) in zip(ids, hits, strict=True)}

    def _update(self, store: Store, behind: int, progress: Progress) -> None:
        """Bring the index from generation ``behind`` to the store's."""
        writer = self._index.writer(heap_size=_HEAP, num_threads=1)
        if removed := store.removed_since(behind):
            # Deleting by term would look for a signed number and find nothing.
            writer.delete_documents_by_query(
                tantivy.Query.term_set_query(self._index.schema, "id", removed)
            )
        added = store.added_since(behind)
        for low in range(0, len(added), _CHUNK):
            for stored in store.passages(added[low : low + _CHUNK]).values():
                writer.add_document(self._document(stored))
            progress("词法索引", min(low + _CHUNK, len(added)), len(added))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._look()

    def _look(self) -> None:
        """See the index as it is now."""
        self._searcher = self._index.searcher()
        self._matcher = Matcher(self._index.schema, self._searcher)

    def _document(self, stored: StoredPassage) -> tantivy.Document:
        document = tantivy.Document()
        document.add_unsigned("id", stored.id)
        article = stored.article
        published = _published(article.published)
        text = f"{article.full_title}\n{stored.passage.text}"
        terms = self.analyzer.terms(text)
        facts = read_facts("".join(terms.row), published)
        document.add_text("words", " ".join(terms.words))
        document.add_text("pairs", " ".join(terms.pairs))
        document.add_text("characters", " ".join(terms.characters))
        document.add_text(VALUES, " ".join(facts.value_terms()))
        document.add_text(DATES, " ".join(facts.date_terms()))
        document.add_text(KINDS, " ".join(set(facts.kind_terms())))
        document.add_text(PUBLISHED, " ".join(_day_terms(published)))
        document.add_text(LATIN, " ".join(self._romanizer.terms(terms.row)))
        document.add_text("label", article.label or "")
        document.add_integer("day", _day(article.published))
        return document


def _basis(words: Sequence[str]) -> str:
    """What the content depends on besides the store: the format and the owner's words."""
    return f"{_BASIS} {hashlib.sha256(chr(10).join(words).encode()).hexdigest()[:16]}"


def _dictionary(home: Path) -> tuple[str, ...]:
    """The words that the passages were divided by, besides the segmenter's own."""
    return tuple((home / _DICTIONARY).read_text(encoding="utf-8").split())


def _together(words: Sequence[str], names: Iterable[str]) -> tuple[str, ...]:
    """The owner's words and those names that the segmenter could keep whole."""
    whole = sorted(name for name in names if name.isalnum() and not name.isascii())
    return tuple(dict.fromkeys((*words, *whole)))


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    for field in (*FIELDS, VALUES, DATES, KINDS, PUBLISHED, LATIN):
        builder.add_text_field(field, tokenizer_name=_ANALYZER, index_option="freq")
    builder.add_text_field("label", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    return builder.build()


def _published(written: str | None) -> date | None:
    """The day of an article's date; None where it has none that the calendar knows."""
    try:
        return date.fromisoformat(written[:10]) if written else None
    except ValueError:
        return None


def _day_terms(day: date | None) -> Iterator[str]:
    if day:
        for level in interval_levels(day, day):
            yield from level
        yield from yearless(day, day)


def _restrictions(schema: tantivy.Schema, where: Filter) -> Iterator[tantivy.Query]:
    if where.label:
        yield tantivy.Query.term_query(schema, "label", where.label, "basic")
    if where.since or where.until:
        yield tantivy.Query.range_query(
            schema,
            "day",
            tantivy.FieldType.Integer,
            lower_bound=_day(where.since) or 1,  # 0 is an article without a date
            upper_bound=_day(where.until) or 99999999,
        )


def _day(date: str | None) -> int:
    """2023-06-01 as 20230601; 0 for none."""
    return int(date[:10].replace("-", "")) if date else 0


def _clean(home: Path, manifest: Manifest) -> None:
    """Remove what a killed writer left behind: new files might take the same names."""
    for name in set(_files(home)) - set(manifest.files):
        (home / name).unlink(missing_ok=True)


def _files(home: Path) -> list[str]:
    """Names of the files that make up the index; locks and working notes are left out."""
    return [path.name for path in home.iterdir() if path.suffix not in {".lock", ".json"}] + [_META]
