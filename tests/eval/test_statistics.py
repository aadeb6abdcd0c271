"""Intervals cover what they should, tests reject as often as they say."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from eval.statistics import Values, compare, holm, interval, randomisation_test, t_test


@pytest.mark.parametrize(
    ("draw", "truth"),
    [
        (lambda random: random.beta(2, 1, 80), 2 / 3),
        # nDCG as it looks where one passage is relevant: most questions 1, the others spread.
        (
            lambda random: random.choice(
                [0, 0.387, 0.5, 0.631, 1], 120, p=[0.1, 0.1, 0.1, 0.1, 0.6]
            ),
            0.0387 + 0.05 + 0.0631 + 0.6,
        ),
        (lambda random: random.normal(0.02, 0.2, 30), 0.02),
    ],
)
def test_intervals_cover_the_true_mean(
    draw: Callable[[np.random.Generator], Values], truth: float
) -> None:
    random = np.random.default_rng(11)
    covered = 0
    for turn in range(3000):
        told = interval(draw(random), draws=800, seed=turn)
        covered += told.low <= truth <= told.high
    assert 0.93 <= covered / 3000 <= 0.97


@pytest.mark.parametrize("number", [12, 60])
def test_the_randomisation_test_rejects_one_in_twenty_of_equal_systems(number: int) -> None:
    random = np.random.default_rng(12)
    rejected = 0
    for turn in range(8000):
        difference = random.normal(size=number) * random.exponential(size=number)
        rejected += randomisation_test(difference, draws=600, seed=turn) <= 0.05
    assert 0.04 <= rejected / 8000 <= 0.06


def test_the_randomisation_test_finds_a_difference() -> None:
    random = np.random.default_rng(13)
    assert randomisation_test(random.normal(0.5, 1, 200)) < 0.001
    assert randomisation_test(-random.normal(0.5, 1, 200)) < 0.001


def test_few_differences_are_counted_exactly() -> None:
    # Of the 8 assignments only +++ and --- reach the observed sum.
    assert randomisation_test(np.array([0.1, 0.2, 0.3, 0.0, 0.0])) == 2 / 8
    assert randomisation_test(np.zeros(50)) == 1.0


def test_drawn_and_counted_p_values_agree() -> None:
    random = np.random.default_rng(14)
    values = random.normal(0.4, 1, 13)
    theirs = stats.permutation_test(
        (values,), np.mean, permutation_type="samples", n_resamples=np.inf
    ).pvalue
    assert randomisation_test(values) == pytest.approx(theirs, abs=1e-12)
    longer = random.normal(0.2, 1, 40)
    drawn = stats.permutation_test(
        (longer,), np.mean, permutation_type="samples", n_resamples=20000, rng=random
    ).pvalue
    assert randomisation_test(longer) == pytest.approx(drawn, abs=0.02)


def test_the_t_test_is_scipys() -> None:
    random = np.random.default_rng(15)
    for number in (2, 5, 100):
        values = random.normal(0.1, 1, number)
        assert t_test(values) == pytest.approx(stats.ttest_1samp(values, 0).pvalue, abs=1e-12)
    assert t_test(np.zeros(9)) == 1.0
    for steady in (np.full(9, 0.25), np.array([0.3 - 0.2, 0.2 - 0.1, 0.9 - 0.8]), np.ones(1)):
        assert t_test(steady) is None
    assert compare(np.zeros(3), [np.full(3, 0.25)])[0].randomisation == 0.25


def test_holm_corrects_step_by_step() -> None:
    # By hand: 0.01·4, max(0.04, 0.02·3), max(0.06, 0.03·2), max(0.06, 0.04·1).
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_the_same_values_give_the_same_numbers_each_time() -> None:
    values = np.random.default_rng(16).random(500)
    assert interval(values) == interval(values.copy())
    told = interval(np.array([0.5]))
    assert (told.mean, told.low, told.high, told.number) == (0.5, 0.5, 0.5, 1)


def test_wins_ties_and_losses() -> None:
    first = np.array([0.0, 0.5, 1.0, 1.0])
    second = np.array([1.0, 0.5, 0.5, 1.0])
    (told,) = compare(first, [second])
    assert (told.wins, told.ties, told.losses) == (1, 2, 1)
    assert told.mean.mean == pytest.approx(0.125)
    assert told.holm == told.randomisation
    two = compare(first, [second, second])
    assert [each.holm for each in two] == [1.0, 1.0]
