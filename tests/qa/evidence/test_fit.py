"""The ranker and the calibration."""

import numpy as np
import pytest

from qa.evidence.fit import Read, auroc, calibration_error, crossed, figures, fit, fit_ranker
from qa.evidence.judge import Judge, Seen
from qa.evidence.spans import Reading, Span


def seen(fused: float, relevance: float) -> Seen:
    return Seen(fused, 0.5, Reading(relevance, (Span(0, 2, relevance),), 0.5))


def rows(count: int, noise: float) -> list[Read]:
    """Questions whose right passage is found second, and read as relevant with some noise."""
    random = np.random.default_rng(5)
    made = []
    for number in range(count):
        first = number % 2
        passages = [
            seen(
                10.0 - 0.3 * place,
                (3.0 if place == first else -3.0) + noise * float(random.normal()),
            )
            for place in range(6)
        ]
        gold = tuple(place == first for place in range(6))
        right = tuple(float(value) for value in gold)
        made.append(Read(f"article {number // 3}", "set", tuple(passages), gold, right, right))
    return made


def test_the_ranker_learns_whom_to_trust() -> None:
    judge = Judge(fit_ranker(rows(60, 0.5)), (0.0,) * 6, 0.0)
    found = figures(rows(40, 0.5), Judge(judge.ranker, (0.0,) * 6, 0.0))
    assert found["hit1 fused"] == 0.5
    assert found["hit1 ranked"] > 0.95
    assert found["lost"] == 0


def test_a_fitted_judge_tells_answerable_from_not() -> None:
    judge = fit(rows(60, 1.0))
    found = figures(rows(60, 1.0), judge)
    assert found["AUROC"] > 0.95
    assert found["ECE"] < 0.1
    assert 0 < judge.threshold < 1
    crossed_figures = crossed(rows(60, 1.0))
    assert crossed_figures["questions"] == 60
    assert crossed_figures["hit1 ranked"] == pytest.approx(found["hit1 ranked"], abs=0.05)


def test_auroc_counts_ties_half() -> None:
    scores = np.array([0.1, 0.5, 0.5, 0.9])
    assert auroc(scores, np.array([False, True, False, True])) == pytest.approx(0.875)
    assert auroc(np.zeros(4), np.array([True, False, True, False])) == 0.5


def test_calibration_error_is_the_mean_gap() -> None:
    chances = np.array([0.95, 0.95, 0.15, 0.15])
    labels = np.array([True, True, False, True])
    assert calibration_error(chances, labels) == pytest.approx(0.5 * 0.05 + 0.5 * 0.35)
