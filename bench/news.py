"""What numbers, dates and names add to search over many news articles.

    python bench/news.py sets/news-24k.jsonl.gz
    wenju add sets/news-24k.jsonl.gz --collection news && python bench/news.py --collection news

Asks the questions of bench/news_questions.jsonl, which write numbers and dates otherwise than the
articles do; those of the test split came after all weights were chosen. Of a file lexical search
alone is measured, without embedding anything; of a collection, hybrid search and both of its
halves. Prints for each split the share of questions with the right article first and among the
first five, and the mean reciprocal rank, with all ingredients and without each of them, and what
each of them wins and loses in first places.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from index.collection import Collection, Indexes
from index.embedders.base import Identity, PassageInput, PassageVectors, Vectors
from index.readers import read_path
from qa.fusion import SHIPPED, Weights
from qa.records import Mode
from qa.search import retrieve
from qa.understanding import Interpretation

QUESTIONS = Path(__file__).parent / "news_questions.jsonl"
TODAY = date(2023, 8, 20)
DEEP = 100


class NoEmbedder:
    """Stands where a model would; its vectors say nothing."""

    identity = Identity("none", "1", 2, "mean", "", "")
    window = 512

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Their lengths."""
        return [len(text) for text in texts]

    def embed_questions(self, questions: Sequence[str]) -> Vectors:
        """The same for all."""
        return np.ones((len(questions), 2), dtype=np.float32)

    def embed_passages(
        self, passages: Sequence[PassageInput]
    ) -> Iterator[tuple[int, PassageVectors]]:
        """The same for all."""
        for place, given in enumerate(passages):
            vectors = np.ones((max(1, len(given.sentences)), 2), dtype=np.float32)
            yield place, PassageVectors(vectors[0], vectors)


def ranks(
    collection: Collection,
    indexes: Indexes,
    asked: list[dict[str, str]],
    mode: Mode,
    weights: Weights = SHIPPED,
) -> list[int]:
    """The place of the right article among those found, counted from 1; 0 where it is not."""
    places = []
    for one in asked:
        given = (one["question"], DEEP, mode, None, None, weights, Interpretation(TODAY))
        hits = retrieve(collection, indexes, *given).hits
        ids = list(dict.fromkeys(hit.stored.article.id for hit in hits))
        places.append(ids.index(one["article"]) + 1 if one["article"] in ids else 0)
    return places


def measure(label: str, found: list[int], whole: list[int]) -> None:
    count = len(found)
    won = sum(a == 1 != b for a, b in zip(whole, found, strict=True))
    lost = sum(b == 1 != a for a, b in zip(whole, found, strict=True))
    print(
        f"{label:32} {count} questions  first {sum(r == 1 for r in found) / count:.3f}"
        f"  in five {sum(0 < r <= 5 for r in found) / count:.3f}"
        f"  MRR {sum(1 / r for r in found if r) / count:.3f}"
        f"  it wins {won} and loses {lost} first places",
        flush=True,
    )


def compare(collection: Collection, modes: Sequence[Mode]) -> None:
    """Print what the first mode finds, without each ingredient too, and what the others find."""
    asked = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    print(collection.store.counts())
    known = {a.id for a in collection.store.articles()}
    if missing := [a["article"] for a in asked if a["article"] not in known]:
        raise SystemExit(f"not in the collection: {', '.join(missing)}")
    with collection.reading() as indexes:
        for split in ("dev", "test"):
            some = [a for a in asked if a["split"] == split]
            whole = ranks(collection, indexes, some, modes[0])
            measure(f"{split}: {modes[0]}, everything", whole, whole)
            for name in ("fact_weight", "kind_weight", "name_weight"):
                without = replace(SHIPPED, **{name: 0.0})
                found = ranks(collection, indexes, some, modes[0], without)
                measure(f"{split}: without {name}", found, whole)
            for mode in modes[1:]:
                measure(f"{split}: {mode}", ranks(collection, indexes, some, mode), whole)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument("news", type=Path, nargs="?")
    given.add_argument("--collection", type=Path)
    options = parser.parse_args()
    if options.collection:
        with Collection.open(options.collection) as collection:
            compare(collection, (Mode.HYBRID, Mode.DENSE, Mode.LEXICAL))
        return
    with (
        tempfile.TemporaryDirectory() as place,
        Collection.create(Path(place) / "news", embedder=NoEmbedder()) as collection,
    ):
        reads = read_path(options.news)
        collection.add(article for read in reads for article in read.articles)
        compare(collection, (Mode.LEXICAL,))


if __name__ == "__main__":
    main()
