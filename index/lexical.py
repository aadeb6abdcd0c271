"""Lexical search: BM25 over words, pairs and characters, in tantivy.

Each kind of term is a field; a passage is indexed with its article's title and label, which its
own words often leave out. A score comes with the largest score the question could reach, so that
it tells how much of the question a passage holds, whatever the question's length.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import tantivy

from index.derived import Manifest, discard, is_whole, read_manifest, read_verified, write_manifest
from index.embedders.base import Progress
from index.store import Store
from index.stored import Filter, StoredPassage
from index.words import Analyzer, Terms

FOLDER = "lexical"
# They count alike: other weights were no better on the development halves of DRCD and CMRC 2018.
FIELDS = ("words", "pairs", "characters")

_BASIS = "tantivy-1"
_META = "meta.json"
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
    """

    scores: dict[int, float]
    ceiling: float


@dataclass(frozen=True, slots=True)
class TermWeights:
    """How much each term of a question counts.

    Attributes:
        of: weight by field and term.
        total: their sum.
    """

    of: dict[tuple[str, str], float]
    total: float

    def held_by(self, terms: Terms) -> float:
        """The share of the question, by weight, that a text with these terms holds; 0 to 1."""
        if not self.total:
            return 0.0
        fields = {field: set(getattr(terms, field)) for field in FIELDS}
        return sum(w for (field, term), w in self.of.items() if term in fields[field]) / self.total


class LexicalIndex:
    """The terms of a collection's passages.

    Attributes:
        terms: gives the terms of a text as they are indexed.
    """

    def __init__(self, index: tantivy.Index, analyzer: Analyzer) -> None:
        index.register_tokenizer(
            _ANALYZER, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        )
        self._index = index
        self._analyzer = analyzer
        # A question is read several times, and the sentences of popular passages again and again.
        self.terms: Callable[[str], Terms] = lru_cache(_KEPT_TERMS)(analyzer.terms)
        self._searcher = index.searcher()

    @classmethod
    def load(cls, folder: Path, store: Store, analyzer: Analyzer) -> "LexicalIndex | None":
        """The index, from the files as they are.

        None where they are missing, broken, or not of the store's generation. Writes nothing;
        safe while another process writes the files.
        """
        home = folder / FOLDER
        manifest = read_manifest(home, _BASIS)
        if manifest is None or manifest.stamp != store.stamp or not is_whole(home, manifest):
            return None
        try:
            index = cls(tantivy.Index.open(str(home)), analyzer)
        except (ValueError, OSError):
            return None
        # Unchanged after opening, so what was opened is what was verified.
        return index if read_verified(home, manifest, _META) else None

    @classmethod
    def repair(
        cls, folder: Path, store: Store, analyzer: Analyzer, progress: Progress
    ) -> "LexicalIndex":
        """The index as of the store's generation, with its files.

        For the collection's only writer.
        """
        home = folder / FOLDER
        manifest = read_manifest(home, _BASIS)
        behind = store.generation_of(manifest.stamp) if manifest else None
        if manifest is None or behind is None or not is_whole(home, manifest):
            discard(home)
            home.mkdir(parents=True)
            behind = 0
        elif behind == store.generation:
            return cls(tantivy.Index.open(str(home)), analyzer)
        else:
            _clean(home, manifest)
        index = cls(tantivy.Index(_schema(), path=str(home)), analyzer)
        # Until the new manifest is there, the old one differs from what lies here.
        index._update(store, behind, progress)
        write_manifest(home, store.stamp, _BASIS, _files(home))
        return index

    @classmethod
    def build(cls, store: Store, analyzer: Analyzer, progress: Progress) -> "LexicalIndex":
        """The index as of the store's generation, in memory."""
        index = cls(tantivy.Index(_schema()), analyzer)
        index._update(store, 0, progress)
        return index

    @property
    def passages(self) -> int:
        """Number of passages."""
        return int(self._searcher.num_docs)

    def search(self, question: str, count: int, where: Filter | None = None) -> LexicalHits:
        """The ``count`` best passages for a question, and its ceiling."""
        terms = self.terms(question)
        restrictions = list(_restrictions(self._index.schema, where)) if where else []
        # What each term adds at most: Robertson and Zaragoza 2009, section 3.4.
        ceiling = self._weights(terms).total * (_K1 + 1)
        return LexicalHits(self._run(terms, restrictions, count), ceiling)

    def weights(self, question: str) -> TermWeights:
        """The rarity of the question's terms among the passages."""
        return self._weights(self.terms(question))

    def scores(self, question: str, ids: Sequence[int]) -> dict[int, float]:
        """BM25 scores of given passages; one that shares no term with the question is left out."""
        if not ids:
            return {}
        among = tantivy.Query.term_set_query(self._index.schema, "id", list(ids))
        return self._run(self.terms(question), [among], len(ids))

    def _weights(self, terms: Terms) -> TermWeights:
        number = self._searcher.num_docs
        weights = {}
        for field, term in _different(terms):
            frequency = min(self._searcher.doc_freq(field, term), number)
            weights[field, term] = math.log(1 + (number - frequency + 0.5) / (frequency + 0.5))
        return TermWeights(weights, sum(weights.values()))

    def _run(
        self, terms: Terms, restrictions: Sequence[tantivy.Query], count: int
    ) -> dict[int, float]:
        parts = [
            tantivy.Query.term_query(self._index.schema, field, term, "freq")
            for field, term in _different(terms)
        ]
        if not parts or not self._searcher.num_docs:
            return {}
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in parts])
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
        self._searcher = self._index.searcher()

    def _document(self, stored: StoredPassage) -> tantivy.Document:
        document = tantivy.Document()
        document.add_unsigned("id", stored.id)
        article = stored.article
        terms = self._analyzer.terms(f"{article.full_title}\n{stored.passage.text}")
        document.add_text("words", " ".join(terms.words))
        document.add_text("pairs", " ".join(terms.pairs))
        document.add_text("characters", " ".join(terms.characters))
        document.add_text("label", article.label or "")
        document.add_integer("day", _day(article.published))
        return document


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    for field in FIELDS:
        builder.add_text_field(field, tokenizer_name=_ANALYZER, index_option="freq")
    builder.add_text_field("label", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    return builder.build()


def _different(terms: Terms) -> Iterator[tuple[str, str]]:
    """Each different term of a question, with its field."""
    for field in FIELDS:
        for term in dict.fromkeys(getattr(terms, field)):
            yield field, term


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
