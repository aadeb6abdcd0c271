"""Collections for the corpora of data sets, kept and used again."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from eval.records import Dataset
from index.collection import Collection
from index.embedders.base import Embedder, Progress
from index.paths import cache_dir, replace_file
from index.records import Article

_COMPLETE = "complete.json"
_CHUNK_ARTICLES = 5_000
_CHUNK_CHARACTERS = 10_000_000
# What shows results and takes commands, but makes no results.
_UNRELATED = frozenset(
    {"commands.py", "errors.py", "plots.py", "render.py", "report.py", "terminal.py"}
)


def open_cached(dataset: Dataset, embedder: Embedder, progress: Progress) -> Collection:
    """The collection of a set's documents, made by this model and this code.

    It lies under ``$WENJU_CACHE/eval``, under a name that depends on the documents' content, the
    model and the sources that divide, embed and index. One that was not finished is gone on with.

    Raises:
        CollectionError, ModelError: it cannot be made or used.
    """
    folder = cache_dir() / "eval" / _key(dataset, embedder)
    marker = folder / _COMPLETE
    collection = Collection.create(folder, progress=progress, embedder=embedder)
    try:
        if not _is_complete(marker, collection):
            for number, chunk in enumerate(_chunks(dataset.documents()), 1):
                if dataset.size > _CHUNK_ARTICLES:
                    done = min(number * _CHUNK_ARTICLES, dataset.size)
                    progress("建立文集", done, dataset.size + 1)
                collection.add(chunk)
            counts = collection.store.counts()
            replace_file(marker, json.dumps(counts).encode())
    except BaseException:
        collection.close()
        raise
    return collection


def code_digest(*packages: str) -> str:
    """A digest of the sources of these packages, so that a change of code shows."""
    digest = hashlib.sha256()
    root = Path(__file__).parent.parent
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            if path.name not in _UNRELATED:
                digest.update(path.relative_to(root).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _key(dataset: Dataset, embedder: Embedder) -> str:
    parts = [
        dataset.corpus_digest,
        embedder.identity.as_dict(),
        code_digest("index"),
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:24]


def _is_complete(marker: Path, collection: Collection) -> bool:
    try:
        told = json.loads(marker.read_bytes())
    except (OSError, ValueError):
        return False
    return bool(told == collection.store.counts())


def _chunks(articles: Iterable[Article]) -> Iterator[list[Article]]:
    chunk: list[Article] = []
    characters = 0
    for article in articles:
        chunk.append(article)
        characters += len(article.text)
        if len(chunk) >= _CHUNK_ARTICLES or characters >= _CHUNK_CHARACTERS:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk
