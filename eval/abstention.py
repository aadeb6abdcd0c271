"""How well a system knows what it does not know."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

_BINS = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question.

    Attributes:
        answerable: what the set says.
        abstained: whether no answer was given.
        confidence: the system's probability that its answer is right, or None.
        right: whether the answer, given or withheld, is right; one to an unanswerable question is
            not. None where the set cannot tell.
    """

    answerable: bool
    abstained: bool
    confidence: float | None
    right: bool | None


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of like confidence: mean confidence, share of right ones, number."""

    confidence: float
    right: float
    number: int


@dataclass(frozen=True, slots=True)
class Abstention:
    """Measures over all questions of a run; None where something that they need is not known.

    Attributes:
        answerable: number of answerable questions.
        unanswerable: number of the others.
        abstained: number of questions without an answer.
        with_confidence: number of questions that came with a confidence.
        precision: share of the abstentions that were to unanswerable questions.
        recall: share of the unanswerable questions that were abstained from.
        f1: their harmonic mean.
        auroc: the probability that an answerable question has more confidence than an
            unanswerable one, ties counting half.
        aurc: area under the risk-coverage curve (Geifman and El-Yaniv 2017), 0 is best.
        ece: expected calibration error in ten bins of equal width (Guo et al. 2017), of the answers
            that were given.
        risk_coverage: pairs of coverage and risk, by falling confidence, over all questions, as if
            none were abstained from: so runs with different thresholds can be compared.
        given: coverage and risk at the threshold of the run; None where nothing was answered.
        calibration: the bins that hold something.
    """

    answerable: int
    unanswerable: int
    abstained: int
    with_confidence: int
    precision: float | None
    recall: float | None
    f1: float | None
    auroc: float | None
    aurc: float | None
    ece: float | None
    risk_coverage: tuple[tuple[float, float], ...]
    given: tuple[float, float] | None
    calibration: tuple[Bin, ...]

    def as_dict(self) -> dict[str, Any]:
        """The measures as JSON can hold them."""
        return asdict(self)


def measure(outcomes: Sequence[Outcome]) -> Abstention:
    """All measures of a run's outcomes."""
    unanswerable = [o for o in outcomes if not o.answerable]
    abstained = [o for o in outcomes if o.abstained]
    caught = sum(not o.answerable for o in abstained)
    precision = caught / len(abstained) if abstained and unanswerable else None
    recall = caught / len(unanswerable) if unanswerable else None
    sure = [o for o in outcomes if o.confidence is not None]
    judged = [o for o in sure if o.right is not None]
    confidence = np.array([o.confidence for o in judged], dtype=np.float64)
    right = np.array([o.right for o in judged], dtype=bool)
    given = np.array([not o.abstained for o in judged], dtype=bool)
    bins = calibration_bins(confidence[given], right[given])
    curve = risk_coverage(confidence, right)
    return Abstention(
        answerable=len(outcomes) - len(unanswerable),
        unanswerable=len(unanswerable),
        abstained=len(abstained),
        with_confidence=len(sure),
        precision=precision,
        recall=recall,
        f1=_harmonic(precision, recall),
        auroc=auroc(
            np.array([o.confidence for o in sure if o.answerable], dtype=np.float64),
            np.array([o.confidence for o in sure if not o.answerable], dtype=np.float64),
        ),
        aurc=float(np.mean([risk for _, risk in curve])) if curve else None,
        ece=_error(bins),
        risk_coverage=tuple(dict.fromkeys(curve)),
        given=(float(given.mean()), float((~right[given]).mean())) if given.any() else None,
        calibration=bins,
    )


def auroc(positive: npt.NDArray[np.float64], negative: npt.NDArray[np.float64]) -> float | None:
    """The share of pairs in which the positive one is larger, ties half; None without pairs.

    The Mann-Whitney statistic (Hanley and McNeil 1982), from two sorted arrays.
    """
    if not len(positive) or not len(negative):
        return None
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, side="left")
    up_to = np.searchsorted(ordered, positive, side="right")
    return float((below + up_to).mean() / (2 * len(negative)))


def risk_coverage(
    confidence: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]
) -> tuple[tuple[float, float], ...]:
    """For each number of answers, by falling confidence: their share and their error rate.

    Answers of equal confidence are given together, as no threshold tells them apart; each of
    them stands for the group's point, so that the mean over answers is the area.

    Args:
        confidence: of the answers, shape (answers,).
        right: whether they are right, shape (answers,).
    """
    if not len(confidence):
        return ()
    order = np.argsort(-confidence, kind="stable")
    ordered = confidence[order]
    wrong = np.cumsum(~right[order])
    # The last place of each group of equals.
    last = np.searchsorted(-ordered, -ordered, side="right")
    return tuple((int(given) / len(order), float(wrong[given - 1] / given)) for given in last)


def calibration_bins(
    confidence: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]
) -> tuple[Bin, ...]:
    """Answers by confidence in ten bins of equal width, without the empty ones."""
    places = np.clip(np.ceil(confidence * _BINS).astype(int) - 1, 0, _BINS - 1)
    bins = []
    for place in range(_BINS):
        held = places == place
        if held.any():
            bins.append(
                Bin(float(confidence[held].mean()), float(right[held].mean()), int(held.sum()))
            )
    return tuple(bins)


def _error(bins: Sequence[Bin]) -> float | None:
    total = sum(each.number for each in bins)
    if not total:
        return None
    return sum(each.number * abs(each.confidence - each.right) for each in bins) / total


def _harmonic(precision: float | None, recall: float | None) -> float | None:
    if precision is None or recall is None:
        return None
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
