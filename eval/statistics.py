"""Intervals and tests over questions, seeded, so that the same run gives the same numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

DRAWS = 10_000
_SEED = 20_240_229
_CELLS = 4_000_000  # random numbers made at once
_EXACT = 13  # up to this many differences every assignment of signs is counted


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95 % interval and the number of values it is of."""

    mean: float
    low: float
    high: float
    number: int


@dataclass(frozen=True, slots=True)
class Difference:
    """How the second of two runs differs from the first on the same questions.

    Attributes:
        mean: mean of second minus first, with a paired bootstrap interval.
        randomisation: two-sided p value of the paired randomisation test.
        t: two-sided p value of the paired t test; None where it is not defined.
        holm: ``randomisation`` after Holm's correction over the comparisons made.
        wins: number of questions on which the second is better.
        ties: number on which they are equal.
        losses: number on which it is worse.
    """

    mean: Interval
    randomisation: float
    t: float | None
    holm: float
    wins: int
    ties: int
    losses: int


def interval(values: Values, *, draws: int = DRAWS, seed: int = _SEED) -> Interval:
    """The mean with a 95 % bootstrap interval over questions.

    The percentile interval, expanded for small samples: its tails are those of Student's t, and
    it is widened by the square root of n / (n - 1) (Hesterberg 2015, "What Teachers Should Know
    About the Bootstrap", The American Statistician 69, expanded percentile interval).

    Args:
        values: one a question, shape (questions,), at least one.
        draws: bootstrap samples.
        seed: of the random numbers.
    """
    from scipy.special import ndtr, stdtrit

    number = len(values)
    mean = float(values.mean())
    if number < 2 or np.all(values == values[0]):
        return Interval(mean, mean, mean, number)
    means = np.empty(draws)
    random = np.random.default_rng(seed)
    chunk = max(1, _CELLS // number)
    for low in range(0, draws, chunk):
        size = min(chunk, draws - low)
        picked = random.integers(0, number, size=(size, number), dtype=np.int32)
        means[low : low + size] = values[picked].mean(axis=1)
    tail = float(ndtr(math.sqrt(number / (number - 1)) * stdtrit(number - 1, 0.025)))
    bottom, top = np.quantile(means, [tail, 1 - tail])
    return Interval(mean, float(bottom), float(top), number)


def randomisation_test(differences: Values, *, draws: int = DRAWS, seed: int = _SEED) -> float:
    """Two-sided p value of the paired randomisation test of the mean.

    If two systems were the same, each question's difference could as well have the other sign
    (Smucker, Allan and Carterette 2007, "A Comparison of Statistical Significance Tests for
    Information Retrieval Evaluation"). Few differences are counted exactly; for many, signs are
    drawn, and the observed assignment counts as one of the draws, so that p is never 0 (Phipson
    and Smyth 2010).

    Args:
        differences: one a question, shape (questions,).
        draws: assignments drawn.
        seed: of the random numbers.
    """
    moved = differences[differences != 0]
    number = len(moved)
    if not number:
        return 1.0
    # Sums in another order differ in their last digits; those count as equal.
    reached = abs(float(moved.sum())) * (1 - 1e-12) - 1e-15
    if number <= _EXACT:
        signs = (np.arange(1 << number)[:, None] >> np.arange(number)) & 1
        return float(np.mean(np.abs((2 * signs - 1) @ moved) >= reached))
    extreme = 0
    random = np.random.default_rng(seed)
    chunk = max(1, _CELLS // number)
    total = moved.sum()
    for low in range(0, draws, chunk):
        size = min(chunk, draws - low)
        flipped = random.integers(0, 2, size=(size, number), dtype=np.int8)
        sums = 2 * (flipped @ moved) - total
        extreme += int(np.count_nonzero(np.abs(sums) >= reached))
    return (extreme + 1) / (draws + 1)


def t_test(differences: Values) -> float | None:
    """Two-sided p value of the paired t test; 1 where all differences are 0.

    None where they are not but do not vary either, as t is not defined then.
    """
    from scipy.special import stdtr

    number = len(differences)
    if not differences.any():
        return 1.0
    mean = abs(float(differences.mean()))
    error = float(differences.std(ddof=1)) / math.sqrt(number) if number > 1 else 0.0
    # Equal differences may differ in their last digits, as 0.3 - 0.2 and 0.2 - 0.1 do.
    if error <= 1e-12 * mean:
        return None
    return float(2 * stdtr(number - 1, -mean / error))


def holm(p_values: Sequence[float]) -> list[float]:
    """The p values corrected for being several (Holm 1979), in the order given."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    corrected = [0.0] * len(p_values)
    largest = 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = largest
    return corrected


def compare(first: Values, others: Sequence[Values]) -> list[Difference]:
    """Each of ``others`` against ``first``, over the same questions in the same order."""
    differences = [other - first for other in others]
    randomised = [randomisation_test(difference) for difference in differences]
    return [
        Difference(
            mean=interval(difference),
            randomisation=p,
            t=t_test(difference),
            holm=corrected,
            wins=int(np.count_nonzero(difference > 0)),
            ties=int(np.count_nonzero(difference == 0)),
            losses=int(np.count_nonzero(difference < 0)),
        )
        for difference, p, corrected in zip(differences, randomised, holm(randomised), strict=True)
    ]
