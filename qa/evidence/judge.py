"""Ranks passages and answers by retrieval and reading together, and says how sure that is.

Two linear models, whose numbers are shipped with the weights. The ranker gives each passage a
score from what retrieval and the model say of it; the chance that an answer is right comes from a
logistic regression on the best passage. Both are fitted by ``qa.evidence.fit``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qa.evidence.spans import Reading, Span, plain

Floats = npt.NDArray[np.float64]

_CLIP = 12.0
_TEMPERATURE = 1.0


@dataclass(frozen=True, slots=True)
class Seen:
    """All that is known of a passage, for a question.

    Attributes:
        fused: retrieval's score in units of the collection's spread.
        lexical: share of the question held.
        reading: what the model reads in it.
    """

    fused: float
    lexical: float
    reading: Reading

    @property
    def margin(self) -> float:
        """Log odds of the best answer against none."""
        return self.reading.spans[0].margin if self.reading.spans else -_CLIP


@dataclass(frozen=True, slots=True)
class Judge:
    """The numbers of both models.

    Attributes:
        ranker: weights of ``features``.
        sure: weights of ``signs``, the last one the constant.
        threshold: the least confidence with which an answer is given.
    """

    ranker: tuple[float, ...]
    sure: tuple[float, ...]
    threshold: float

    @classmethod
    def of(cls, numbers: dict[str, Any]) -> "Judge":
        """The judge with the numbers of a manifest."""
        return cls(tuple(numbers["ranker"]), tuple(numbers["sure"]), float(numbers["threshold"]))

    def scores(self, seen: Sequence[Seen]) -> Floats:
        """A score for each passage; the differences between them count."""
        known = np.array([features(one) for one in seen]).reshape(-1, len(self.ranker))
        scores: Floats = known @ np.array(self.ranker)
        return scores

    def confidence(self, seen: Sequence[Seen]) -> float:
        """The chance that the best answer is right; ``seen`` is ranked, best first."""
        if not seen:
            return 0.0
        logit = float(np.dot([*signs(seen), 1.0], self.sure))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


@dataclass(frozen=True, slots=True)
class Found:
    """An answer, in the passages that hold it.

    Attributes:
        text: the words, as the first passage has them.
        share: its part of all answers' chances; they sum to one.
        places: (number of the passage among those seen, span).
    """

    text: str
    share: float
    places: tuple[tuple[int, Span], ...]


def features(seen: Seen) -> list[float]:
    """What the ranker weighs."""
    return [seen.fused, _clip(seen.reading.relevance), _clip(seen.margin), seen.reading.covered]


def signs(seen: Sequence[Seen]) -> list[float]:
    """What tells whether the best of ranked passages answers."""
    best = seen[0]
    lead = best.fused - max((one.fused for one in seen[1:]), default=best.fused - 2.0)
    return [
        _clip(best.reading.relevance),
        _clip(best.margin),
        best.lexical,
        best.reading.covered,
        max(-2.0, min(2.0, lead)),
    ]


def answers(seen: Sequence[Seen], scores: Sequence[float], texts: Sequence[str]) -> list[Found]:
    """Answers in ranked passages, best first; the same words in several passages are one."""
    chances: dict[str, float] = {}
    places: dict[str, list[tuple[int, Span]]] = {}
    top = max(scores, default=0.0)
    margin = max((one.margin for one in seen), default=0.0)
    for number, one in enumerate(seen):
        for span in one.reading.spans:
            key = plain(texts[number][span.start : span.end])
            if not key:
                continue
            logit = scores[number] - top + (span.margin - margin) / _TEMPERATURE
            chances[key] = chances.get(key, 0.0) + math.exp(logit)
            places.setdefault(key, []).append((number, span))
    whole = sum(chances.values())
    found = []
    for key, chance in sorted(chances.items(), key=lambda item: -item[1]):
        own = tuple(sorted(places[key], key=lambda place: place[0]))
        number, span = own[0]
        found.append(Found(texts[number][span.start : span.end], chance / whole, own))
    return found


def _clip(value: float) -> float:
    return max(-_CLIP, min(_CLIP, value))
