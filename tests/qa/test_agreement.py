"""F1 by the longest common run."""

from hypothesis import given
from hypothesis import strategies as st

from qa.agreement import longest_run, run_f1

answers = st.text("甲乙丙1a", max_size=9)


@given(answers, answers)
def test_the_longest_run_is_the_longest_of_all(one: str, other: str) -> None:
    runs = {one[low:high] for low in range(len(one)) for high in range(low + 1, len(one) + 1)}
    assert longest_run(one, other) == max((len(run) for run in runs if run in other), default=0)
    assert longest_run(list(other), list(one)) == longest_run(one, other)


def test_common_units_that_stand_apart_do_not_add_up() -> None:
    assert run_f1("甲丙乙", "甲乙") == 2 / 5
    assert run_f1(["共", "1,000", "人"], ["1,000", "人"]) == 4 / 5
    assert run_f1("50亿元", "50亿元") == 1
    assert run_f1("北京", "上海") == 0
    assert run_f1("", "") == 0
