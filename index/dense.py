"""Dense search: exact inner product over unit vectors of passages and of their sentences, in FAISS.

The files are a snapshot. Passages that came or went since are read from the store on opening, and
the snapshot is written anew when they have become many, so that adding one article to a large
collection does not rewrite it.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from index.derived import discard, read_manifest, read_verified, write_manifest
from index.embedders.base import Identity, PassageVectors, Vectors
from index.store import Store

FOLDER = "dense"
_PASSAGES = "passages.faiss"
_SENTENCES = "sentences.faiss"
# A sentence's id is its passage's, shifted, plus its number.
_SHIFT = 16
_MOST_SENTENCES = 1 << _SHIFT
# The snapshot is written anew past this many changes, or this share of all.
_TAIL = 2000
_TAIL_SHARE = 0.1
_CHUNK = 2000
_SPREAD = 0.02  # the default model's over mixed texts, for collections that cannot tell
_SPREAD_NEEDS = 30
_LEAST_SPREAD = 1e-4  # less is rounding: the passages are copies of each other
_SPREAD_SAMPLE = 256


class DenseIndex:
    """Vectors of a collection's passages and sentences, in memory."""

    def __init__(self, dimension: int) -> None:
        self._passages: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._sentences: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._spread: float | None = None

    @classmethod
    def load(cls, folder: Path, store: Store) -> "DenseIndex | None":
        """The index as of the store's generation, from the files as they are.

        None where they are missing, broken or of another history. Writes nothing; safe while
        another process writes the files.
        """
        loaded = cls._from_files(folder, store)
        return loaded[0] if loaded else None

    @classmethod
    def repair(cls, folder: Path, store: Store) -> "DenseIndex":
        """The index as of the store's generation, with files that are not far behind it.

        For the collection's only writer.
        """
        loaded = cls._from_files(folder, store)
        if loaded:
            index, changes = loaded
            if changes <= max(_TAIL, _TAIL_SHARE * index.passages):
                return index
        else:
            index = cls.build(store)
        index._write(folder / FOLDER, store)
        return index

    @classmethod
    def build(cls, store: Store) -> "DenseIndex":
        """The index as of the store's generation, from the store alone."""
        index = cls(store.embedder.dimension)
        index._add_from(store, store.added_since(0))
        return index

    @classmethod
    def _from_files(cls, folder: Path, store: Store) -> "tuple[DenseIndex, int] | None":
        """The caught up index with the number of changes since its files were written."""
        home = folder / FOLDER
        manifest = read_manifest(home, _basis(store.embedder))
        behind = store.generation_of(manifest.stamp) if manifest else None
        if manifest is None or behind is None:
            return None
        # Another process may put new files in place meanwhile: only what was hashed is used.
        passages = read_verified(home, manifest, _PASSAGES)
        sentences = read_verified(home, manifest, _SENTENCES)
        if passages is None or sentences is None:
            return None
        index = cls(store.embedder.dimension)
        index._passages = faiss.deserialize_index(np.frombuffer(passages, dtype=np.uint8))
        index._sentences = faiss.deserialize_index(np.frombuffer(sentences, dtype=np.uint8))
        removed, added = store.removed_since(behind), store.added_since(behind)
        index.remove(removed)
        index._add_from(store, added)
        return index, len(removed) + len(added)

    @property
    def passages(self) -> int:
        """Number of passages."""
        return int(self._passages.ntotal)

    @property
    def sentences(self) -> int:
        """Number of sentences."""
        return int(self._sentences.ntotal)

    @property
    def spread(self) -> float:
        """Standard deviation of the cosines between passages, from a sample of them.

        Models differ in how far apart they put texts; this is the unit of a difference.
        """
        number = self.passages
        if number < _SPREAD_NEEDS:
            return _SPREAD
        if self._spread is None:
            step = max(1, number // _SPREAD_SAMPLE)
            rows = np.stack([self._passages.index.reconstruct(i) for i in range(0, number, step)])
            cosines = (rows @ rows.T)[np.triu_indices(len(rows), k=1)]
            spread = float(cosines.std())
            self._spread = spread if spread >= _LEAST_SPREAD else _SPREAD
        return self._spread

    def add(self, vectors: dict[int, PassageVectors]) -> None:
        """Add passages by id."""
        if not vectors:
            return
        ids = np.fromiter(vectors, dtype=np.int64)
        self._passages.add_with_ids(np.stack([v.passage for v in vectors.values()]), ids)
        numbered = [
            (number << _SHIFT) + np.arange(min(len(v.sentences), _MOST_SENTENCES))
            for number, v in vectors.items()
        ]
        rows = [v.sentences[:_MOST_SENTENCES] for v in vectors.values()]
        self._sentences.add_with_ids(np.concatenate(rows), np.concatenate(numbered))

    def remove(self, ids: Sequence[int]) -> None:
        """Remove passages by id; unknown ids are ignored."""
        if not ids:
            return
        gone = np.array(ids, dtype=np.int64)
        self._passages.remove_ids(gone)
        held = faiss.vector_to_array(self._sentences.id_map)
        self._sentences.remove_ids(held[np.isin(held >> _SHIFT, gone)])

    def search(
        self, question: Vectors, count: int, among: npt.NDArray[np.int64] | None = None
    ) -> list[int]:
        """Ids of the passages nearest to a question, by themselves or by one of their sentences.

        Args:
            question: unit vector, shape (dimension,).
            count: how many to take by passage, and how many by sentence.
            among: the only ids to consider, ascending, or None for all.

        Returns:
            Up to twice ``count`` ids, without repetition.
        """
        query = question[None].astype(np.float32)
        by_passage = _nearest(self._passages, query, count, among)
        allowed = None
        if among is not None:
            held = faiss.vector_to_array(self._sentences.id_map)
            allowed = held[np.isin(held >> _SHIFT, among)]
        # Several sentences of one passage take several places.
        by_sentence = _nearest(self._sentences, query, 3 * count, allowed) >> _SHIFT
        return list(dict.fromkeys([*by_passage.tolist(), *_first(by_sentence.tolist(), count)]))

    def _add_from(self, store: Store, ids: Sequence[int]) -> None:
        for low in range(0, len(ids), _CHUNK):
            self.add(store.vectors(ids[low : low + _CHUNK]))

    def _write(self, home: Path, store: Store) -> None:
        discard(home)
        home.mkdir(parents=True)
        faiss.write_index(self._passages, str(home / _PASSAGES))
        faiss.write_index(self._sentences, str(home / _SENTENCES))
        write_manifest(home, store.stamp, _basis(store.embedder), (_PASSAGES, _SENTENCES))


def _basis(identity: Identity) -> str:
    return f"flat-ip-1 {sorted(identity.as_dict().items())}"


def _nearest(
    index: Any, query: Vectors, count: int, among: npt.NDArray[np.int64] | None
) -> npt.NDArray[np.int64]:
    count = min(count, index.ntotal if among is None else len(among))
    if not count:
        return np.empty(0, dtype=np.int64)
    parameters = None
    if among is not None:
        # The stubs do not know that fields are given as keywords.
        parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(among))  # type: ignore[call-arg]
    # A single question is searched for by one thread; the others would only spin and take the
    # processors from whoever embeds meanwhile. The number holds for the calling thread.
    faiss.omp_set_num_threads(1)
    _, ids = index.search(query, count, params=parameters)
    found: npt.NDArray[np.int64] = ids[0]
    return found[found >= 0]


def _first(items: Iterable[int], count: int) -> Iterator[int]:
    """The first ``count`` different items."""
    seen: set[int] = set()
    for item in items:
        if len(seen) == count:
            return
        if item not in seen:
            seen.add(item)
            yield item
