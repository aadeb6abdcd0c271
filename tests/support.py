"""Data and stand-ins that the tests share."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from index.embedders.base import Identity, PassageInput, PassageVectors, Vectors, unit
from index.embedders.ready import MANIFEST
from index.readers import read_path
from index.records import Article

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "data" / "sample"
SHARED = ROOT.parent / "shared"


def in_8_bits(folder: Path) -> bool:
    """Whether a prepared model computes in 8 bits on this machine."""
    precision: str = json.loads((folder / MANIFEST).read_text())["precision"]
    return precision == "int8"


class HashEmbedder:
    """A fast stand-in for unit tests: texts that share character pairs are near each other."""

    def __init__(self, name: str = "hash", dimension: int = 64) -> None:
        self.identity = Identity(name, "1", dimension, "mean", "", "")
        self.window = 512
        self.embedded = 0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]

    def embed_questions(self, questions: Sequence[str]) -> Vectors:
        return np.stack([self._vector(question) for question in questions])

    def embed_passages(
        self, passages: Sequence[PassageInput]
    ) -> Iterator[tuple[int, PassageVectors]]:
        for place, given in enumerate(passages):
            self.embedded += 1
            sentences = [self._vector(given.text[s.start : s.end]) for s in given.sentences]
            yield place, PassageVectors(self._vector(given.text), np.stack(sentences))

    def _vector(self, text: str) -> Vectors:
        vector = np.zeros(self.identity.dimension, dtype=np.float32)
        for pair in pairwise(text):
            digest = hashlib.blake2b("".join(pair).encode(), digest_size=8).digest()
            vector[int.from_bytes(digest) % vector.size] += 1
        return unit(vector)


def sample_articles() -> list[Article]:
    """The articles of the sample collection."""
    return [
        article
        for name in ("articles.jsonl", "page.txt")
        for read in read_path(SAMPLE / name)
        for article in read.articles
    ]
