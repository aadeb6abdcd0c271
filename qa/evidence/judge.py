"""Ranks passages and answers by retrieval and reading together, and says how sure that is.

Three linear models, whose numbers are shipped with the weights. The ranker gives each passage a
score from what retrieval and the model say of it; the chooser weighs the answers that were read by
it, by the model's margin and by what is known of their sentences; the chance that the best one is
right comes from a logistic regression on what is known of it. All are fitted by
``qa.evidence.fit``.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qa.evidence.spans import Reading, Span, plain

Floats = npt.NDArray[np.float64]

FEATURES = 6
KNOWN = 3
SIGNS = 7
_CLIP = 12.0
_LEAD = 2.0
_SURE = 1e-4  # a share is no surer than this


@dataclass(frozen=True, slots=True)
class Support:
    """How like the question the sentence is that an answer stands in.

    Attributes:
        near: cosine of the two, in units of the collection's spread.
        held: share of the question that the sentence holds.
    """

    near: float
    held: float


@dataclass(frozen=True, slots=True)
class Seen:
    """All that is known of a passage, for a question.

    Attributes:
        fused: retrieval's score in units of the collection's spread.
        lexical: share of the question held.
        reading: what the model reads in it.
        quotes: the words of the reading's spans.
        fits: whether each is of the kind that the question asks for, 0 to 1.
        supports: what is known of the sentence of each.
    """

    fused: float
    lexical: float
    reading: Reading
    quotes: tuple[str, ...]
    fits: tuple[float, ...]
    supports: tuple[Support, ...]

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
    """The numbers of the three models.

    Attributes:
        ranker: weights of ``features``.
        chooser: weights of what ``options`` knows.
        sure: weights of ``signs``, the last one the constant.
        threshold: the least confidence with which an answer is given.
    """

    ranker: tuple[float, ...]
    chooser: tuple[float, ...]
    sure: tuple[float, ...]
    threshold: float

    @classmethod
    def of(cls, numbers: dict[str, Any]) -> "Judge":
        """The judge with the numbers of a manifest.

        Raises:
            ValueError: there are not as many as this version weighs.
        """
        judge = cls(
            tuple(numbers["ranker"]),
            tuple(numbers["chooser"]),
            tuple(numbers["sure"]),
            float(numbers["threshold"]),
        )
        sizes = len(judge.ranker), len(judge.chooser), len(judge.sure)
        if sizes != (FEATURES, KNOWN, SIGNS + 1):
            raise ValueError(f"{sizes[0]}, {sizes[1]} and {sizes[2]} weights")
        return judge

    def scores(self, seen: Sequence[Seen]) -> Floats:
        """The ranker's of passages, shape (passages,); the differences between them count."""
        scores: Floats = np.array([features(one) for one in seen]) @ np.array(self.ranker)
        return scores

    def verdict(self, seen: Sequence[Seen]) -> Verdict:
        """Rank passages, and weigh the answers read in them."""
        if not seen:
            return Verdict((), (), (), 0.0)
        scores = self.scores(seen)
        order = tuple(int(place) for place in np.argsort(-scores, kind="stable"))
        ranked = [seen[place] for place in order]
        ordered = tuple(float(scores[place]) for place in order)
        found = answers(ranked, ordered, self.chooser)
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
    number = holder.reading.spans.index(span)
    agreeing = {place for place, _ in answer.places}
    others = [one.fused for place, one in enumerate(ranked) if place not in agreeing]
    lead = holder.fused - max(others, default=holder.fused - _LEAD)
    return [
        _clip(holder.reading.relevance),
        holder.lexical,
        holder.reading.covered,
        max(-_LEAD, min(_LEAD, lead)),
        math.log((answer.share + _SURE) / (1 - answer.share + _SURE)),
        holder.fits[number],
        holder.supports[number].held,
    ]


@dataclass(frozen=True, slots=True)
class Option:
    """An answer read in one passage.

    Attributes:
        place: of the passage among those given.
        number: of the span in its reading.
        known: what the chooser weighs: the log odds that ranker and margin give it, and its
            sentence's support.
    """

    place: int
    number: int
    known: tuple[float, ...]


def options(seen: Sequence[Seen], scores: Sequence[float] | Floats) -> Iterator[Option]:
    """The answers read in passages; ``scores`` are the ranker's."""
    margin = max((one.margin for one in seen), default=0.0)
    for place, one in enumerate(seen):
        lead = scores[place] - max(scores)
        for number, (span, support) in enumerate(zip(one.reading.spans, one.supports, strict=True)):
            odds = lead + span.margin - margin
            yield Option(place, number, (odds, support.near, support.held))


def answers(
    ranked: Sequence[Seen], scores: Sequence[float], chooser: Sequence[float]
) -> list[Found]:
    """Answers in ranked passages, best first; the same words in several passages are one."""
    read = [
        (option, key)
        for option in options(ranked, scores)
        if (key := plain(ranked[option.place].quotes[option.number]))
    ]
    if not read:
        return []
    logits = np.array([option.known for option, _ in read]) @ np.array(chooser)
    chances: dict[str, float] = {}
    places: dict[str, list[tuple[int, Span]]] = {}
    texts: dict[str, str] = {}
    for (option, key), chance in zip(read, np.exp(logits - logits.max()), strict=True):
        holder = ranked[option.place]
        chances[key] = chances.get(key, 0.0) + float(chance)
        places.setdefault(key, []).append((option.place, holder.reading.spans[option.number]))
        texts.setdefault(key, holder.quotes[option.number])
    total = sum(chances.values())
    return [
        Found(texts[key], chance / total, tuple(places[key]))
        for key, chance in sorted(chances.items(), key=lambda item: -item[1])
    ]


def _clip(value: float) -> float:
    return max(-_CLIP, min(_CLIP, value))
