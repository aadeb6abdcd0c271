"""How far two answers agree."""

from collections.abc import Sequence

from qa.evidence.spans import plain

RIGHT = 0.5  # F1 from which an answer counts as right; what a confidence is the chance of


def longest_run(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest contiguous run of units that two sequences share."""
    best, ending = 0, [0] * (len(other) + 1)  # runs that end with the unit before this one
    for unit in one:
        ending = [0] + [ending[at] + 1 if unit == given else 0 for at, given in enumerate(other)]
        best = max(best, *ending)
    return best


def run_f1(one: Sequence[str], other: Sequence[str]) -> float:
    """F1 of two answers by the longest contiguous run of units that they share, 0 to 1.

    The run takes the place of the number of common units, as in the script of CMRC 2018 (Cui et
    al. 2019, "A Span-Extraction Dataset for Chinese Machine Reading Comprehension", section 3.3).
    """
    run = longest_run(one, other)
    return 2 * run / (len(one) + len(other)) if run else 0.0


def agreement(given: str, accepted: Sequence[str]) -> tuple[float, float]:
    """Exact match, and ``run_f1`` over letters and digits, the best of the accepted answers.

    0 where none is accepted.
    """
    one = plain(given)
    pairs = [(float(one == other), run_f1(one, other)) for other in map(plain, accepted)]
    return max((em for em, _ in pairs), default=0.0), max((f1 for _, f1 in pairs), default=0.0)
