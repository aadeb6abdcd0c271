"""Which questions a step of training takes."""

from collections import Counter

import pytest

from qa.evidence.train import due


@pytest.mark.parametrize(("count", "number"), [(10, 2), (10, 3), (7, 6), (3, 8), (1, 4)])
def test_every_question_comes_once_before_any_comes_again(count: int, number: int) -> None:
    taken: list[int] = []
    for step in range(2 * count):
        taken += due(count, number, step, seed=7)
    assert len(taken) == 2 * count * number
    for low in range(0, len(taken), count):
        assert Counter(taken[low : low + count]) == Counter(range(count))


def test_a_run_that_goes_on_takes_what_would_have_come() -> None:
    whole = [place for step in range(9) for place in due(50, 6, step, seed=7)]
    later = [place for step in range(4, 9) for place in due(50, 6, step, seed=7)]
    assert whole[24:] == later


def test_passes_come_in_different_orders() -> None:
    first, second = (due(40, 40, step, seed=7) for step in (0, 1))
    assert sorted(first) == sorted(second)
    assert first != second


def test_nothing_is_due_of_no_questions() -> None:
    assert due(0, 0, 5, seed=7) == []
