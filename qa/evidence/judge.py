"""Ranks passages and answers by retrieval and reading together, and says how sure that is.

Two linear models, whose numbers are shipped with the weights. The ranker gives each passage a
score from what retrieval and the model say of it; the chance that an answer is right comes from a
logistic regression on what is known of the best answer. Both are fitted by ``qa.evidence.fit``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qa.evidence.spans import Reading, Span, plain

Floats = npt.NDArray[np.float64]

FEATURES = 6
SIGNS = 7
_CLIP = 12.0
_LEAD = 2.0


@dataclass(frozen=True, slots=True)
class Seen:
    """All that is known of a passage, for a question.

    Attributes:
        fused: retrieval's score in units of the collection's spread.
        lexical: share of the question held.
        reading: what the model reads in it.
        quotes: the words of the reading's spans.
        fits: whether each is of the kind that the question asks for, 0 to 1.
    """

    fused: float
    lexical: float
    reading: Reading
    quotes: tuple[str, ...]
    fits: tuple[float, ...]

    @property
    def margin(self) -> float:
        """Log odds of the best answer against none."""
        return self.reading.spans[0].margin if self.reading.spans else -_CLIP


@dataclass(frozen=True, slots=True)
class Found:
    """An answer, in the passages that hold it.

    Attributes:
        text: the words, as the first passage has them.
        share: its part of all answers' chances; they sum to one.
        places: (place of the passage among the ranked ones, span), the best passage first.
    """

    text: str
    share: float
    places: tuple[tuple[int, Span], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What comes of passages.

    Attributes:
        order: places of the passages given, the best first.
        scores: the ranker's, in that order; the differences between them count.
        answers: best first; their ``places`` count in that order.
        confidence: the chance that the first answer is right; 0 where there is none.
    """

    order: tuple[int, ...]
    scores: tuple[float, ...]
    answers: tuple[Found, ...]
    confidence: float


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
        """The judge with the numbers of a manifest.

        Raises:
            ValueError: there are not as many as this version weighs.
        """
        judge = cls(tuple(numbers["ranker"]), tuple(numbers["sure"]), float(numbers["threshold"]))
        if len(judge.ranker) != FEATURES or len(judge.sure) != SIGNS + 1:
            raise ValueError(f"{len(judge.ranker)} and {len(judge.sure)} weights")
        return judge

    def verdict(self, seen: Sequence[Seen]) -> Verdict:
        """Rank passages, and weigh the answers read in them."""
        if not seen:
            return Verdict((), (), (), 0.0)
        known = np.array([features(one) for one in seen])
        scores = known @ np.array(self.ranker)
        order = tuple(int(place) for place in np.argsort(-scores, kind="stable"))
        ranked = [seen[place] for place in order]
        ordered = tuple(float(scores[place]) for place in order)
        found = answers(ranked, ordered)
        return Verdict(order, ordered, tuple(found), self._confidence(ranked, found))

    def _confidence(self, ranked: Sequence[Seen], found: Sequence[Found]) -> float:
        if not found:
            return 0.0
        logit = float(np.dot([*signs(ranked, found[0]), 1.0], self.sure))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def features(seen: Seen) -> list[float]:
    """What the ranker weighs."""
    return [
        seen.fused,
        _clip(seen.reading.relevance),
        _clip(seen.margin),
        seen.reading.covered,
        seen.lexical,
        seen.fits[0] if seen.fits else 0.0,
    ]


def signs(ranked: Sequence[Seen], answer: Found) -> list[float]:
    """What tells whether an answer is right."""
    place, span = answer.places[0]
    holder = ranked[place]
    agreeing = {number for number, _ in answer.places}
    others = [one.fused for number, one in enumerate(ranked) if number not in agreeing]
    lead = holder.fused - max(others, default=holder.fused - _LEAD)
    return [
        _clip(holder.reading.relevance),
        _clip(max(span.margin for _, span in answer.places)),
        holder.lexical,
        holder.reading.covered,
        max(-_LEAD, min(_LEAD, lead)),
        answer.share,
        holder.fits[holder.reading.spans.index(span)],
    ]


def answers(ranked: Sequence[Seen], scores: Sequence[float]) -> list[Found]:
    """Answers in ranked passages, best first; the same words in several passages are one."""
    chances: dict[str, float] = {}
    places: dict[str, list[tuple[int, Span]]] = {}
    texts: dict[str, str] = {}
    margin = max((one.margin for one in ranked), default=0.0)
    for number, one in enumerate(ranked):
        for span, quote in zip(one.reading.spans, one.quotes, strict=True):
            key = plain(quote)
            if not key:
                continue
            logit = scores[number] - scores[0] + span.margin - margin
            chances[key] = chances.get(key, 0.0) + math.exp(logit)
            places.setdefault(key, []).append((number, span))
            texts.setdefault(key, quote)
    total = sum(chances.values())
    return [
        Found(texts[key], chance / total, tuple(places[key]))
        for key, chance in sorted(chances.items(), key=lambda item: -item[1])
    ]


def _clip(value: float) -> float:
    return max(-_CLIP, min(_CLIP, value))
