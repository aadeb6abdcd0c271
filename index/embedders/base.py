"""What every embedder offers, and how token states become vectors."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.records import Span

Vectors = npt.NDArray[np.float32]
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done and how many there are, 0 while unknown."""


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Show nothing."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which model made a vector; vectors are compared only when these are equal.

    Attributes:
        name: of the model, as it is opened again.
        revision: of its weights.
        dimension: of its vectors.
        pooling: how token states become one vector: ``mean``, ``cls``, ``lasttoken``…
        query_prefix: put before a question.
        passage_prefix: put before a passage.
    """

    name: str
    revision: str
    dimension: int
    pooling: str
    query_prefix: str
    passage_prefix: str

    def as_dict(self) -> dict[str, str | int]:
        """The identity as JSON can hold it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class PassageInput:
    """A passage to embed.

    Attributes:
        context: read before the text: the article's title with its label.
        text: the passage.
        sentences: its sentences, as spans of ``text``.
    """

    context: str
    text: str
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """Unit vectors of a passage.

    Attributes:
        passage: shape (dimension,).
        sentences: shape (sentences, dimension), each pooled from the states its tokens have
            within the whole passage (late chunking, Günther et al. 2024, arXiv:2409.04701);
            shape (0, dimension) where the model's pooling does not allow it.
    """

    passage: Vectors
    sentences: Vectors


class Embedder(Protocol):
    """Turns questions and passages into unit vectors of one space."""

    @property
    def identity(self) -> Identity:
        """Which model this is."""
        ...

    @property
    def window(self) -> int:
        """The largest passage, in tokens, that is read in one piece, prefix and context apart."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens in each text, markers and prefixes apart."""
        ...

    def embed_questions(self, questions: Sequence[str]) -> Vectors:
        """Unit vectors of questions, shape (questions, dimension)."""
        ...

    def embed_passages(
        self, passages: Sequence[PassageInput]
    ) -> Iterator[tuple[int, PassageVectors]]:
        """Vectors of passages, each with the passage's place in ``passages``, as they get ready."""
        ...


def unit(vectors: Vectors) -> Vectors:
    """``vectors`` scaled to length one along the last axis; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = vectors / np.maximum(lengths, np.float32(1e-12))
    return scaled


def pool_sentences(
    states: Vectors, starts: npt.NDArray[np.int64], sentences: Sequence[Span], fallback: Vectors
) -> Vectors:
    """Mean state of each sentence's tokens.

    Args:
        states: token states, shape (tokens, dimension).
        starts: where each token starts, in the same characters as the sentences, ascending.
        sentences: spans in order.
        fallback: shape (dimension,), for a sentence in which no token starts.

    Returns:
        Unit vectors, shape (sentences, dimension).
    """
    pooled = np.empty((len(sentences), fallback.shape[0]), dtype=np.float32)
    lows = np.searchsorted(starts, [span.start for span in sentences], side="left")
    highs = np.searchsorted(starts, [span.end for span in sentences], side="left")
    for row, (low, high) in enumerate(zip(lows, highs, strict=True)):
        pooled[row] = states[low:high].mean(axis=0) if high > low else fallback
    return unit(pooled)
