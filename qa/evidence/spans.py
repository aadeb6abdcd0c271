"""From scores of tokens to answers."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.text import folder

LONGEST = 60  # tokens of an answer
_EACH = 3  # answers of a window

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scores:
    """What the network says of one window.

    Attributes:
        starts: score of each token as an answer's first, the first token's standing for none.
        ends: as its last.
        relevance: log odds that the window answers.
    """

    starts: Floats
    ends: Floats
    relevance: float


@dataclass(frozen=True, slots=True)
class Span:
    """An answer: characters ``start`` to ``end`` of a passage.

    ``margin`` is its log odds against there being none.
    """

    start: int
    end: int
    margin: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model reads in a passage.

    Attributes:
        relevance: log odds that the passage answers.
        spans: the best answers in it, best first; characters of the passage as given.
        covered: share of the question's tokens that share two characters or more with it.
    """

    relevance: float
    spans: tuple[Span, ...]
    covered: float


def best_spans(
    scores: Scores, low: int, high: int, each: int = _EACH
) -> Iterator[tuple[int, int, float]]:
    """The best answers within tokens ``low`` to ``high``: first token, last token, margin.

    They do not overlap.
    """
    none = float(scores.starts[0] + scores.ends[0])
    together = scores.starts[low:high, None] + scores.ends[None, low:high]
    row, column = np.indices(together.shape)
    together = np.where((column < row) | (column >= row + LONGEST), -np.inf, together)
    for _ in range(min(each, high - low)):
        first, last = divmod(int(together.argmax()), together.shape[1])
        best = float(together[first, last])
        if not np.isfinite(best):
            return
        yield first + low, last + low, best - none
        together[: last + 1, first:] = -np.inf


def plain(text: str) -> str:
    """What an answer is compared by: its letters and digits in normal form."""
    return "".join(c for c in folder().fold(text) if c.isalnum())
