"""From scores to answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evidence.judge import Judge, Seen, answers
from qa.evidence.measure import agreement
from qa.evidence.spans import LONGEST, Reading, Scores, Span, best_spans, plain

numbers = st.lists(st.floats(-9, 9, width=32), min_size=8, max_size=8)


@given(numbers, numbers)
def test_the_best_span_is_the_best_of_all(starts: list[float], ends: list[float]) -> None:
    scores = Scores(np.array(starts, np.float32), np.array(ends, np.float32), 0.0)
    found = list(best_spans(scores, 2, 7))
    best = max(starts[i] + ends[j] for i in range(2, 7) for j in range(i, 7))
    assert found[0][2] == pytest.approx(best - starts[0] - ends[0], abs=1e-4)
    taken: set[int] = set()
    for first, last, _ in found:
        assert 2 <= first <= last < 7
        assert not taken & set(range(first, last + 1))
        taken |= set(range(first, last + 1))


def test_no_span_is_longer_than_allowed() -> None:
    starts, ends = np.zeros(200, np.float32), np.zeros(200, np.float32)
    starts[1], ends[199] = 5, 5
    ((first, last, margin),) = best_spans(Scores(starts, ends, 0.0), 1, 200, 1)
    assert last - first < LONGEST
    assert margin == 5


def reading(relevance: float, *spans: Span) -> Reading:
    return Reading(relevance, spans, 0.5)


def test_the_same_answer_in_two_passages_is_one_with_both_places() -> None:
    texts = ["规模为５０亿元。", "共50亿元的基金", "有30家"]
    seen = [
        Seen(3.0, 0.5, reading(2, Span(3, 7, 4.0))),
        Seen(2.9, 0.5, reading(2, Span(1, 5, 4.0))),
        Seen(2.9, 0.5, reading(2, Span(1, 4, 4.1))),
    ]
    first, second = answers(seen, [0.0, 0.0, 0.0], texts)
    assert first.text == "５０亿元"
    assert [number for number, _ in first.places] == [0, 1]
    assert second.text == "30家"
    assert first.share + second.share == pytest.approx(1)
    assert first.share > second.share


def test_a_judge_ranks_by_all_it_sees_and_is_surer_of_a_wider_margin() -> None:
    judge = Judge((1.0, 1.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0, 0.0, 0.0), 0.5)
    near, far = Seen(2.0, 0.1, reading(-3, Span(0, 1, -2))), Seen(1.0, 0.1, reading(3))
    assert judge.scores([near, far]).argmax() == 1
    wide = Seen(2.0, 0.1, reading(0, Span(0, 1, 3.0)))
    assert judge.confidence([wide]) > 0.9 > 0.2 > judge.confidence([near])
    assert judge.confidence([]) == 0.0


def test_agreement_counts_the_longest_common_run() -> None:
    assert agreement("５０億元", ["50亿元"]) == (1.0, 1.0)
    em, f1 = agreement("约50亿元", ["50亿元"])
    assert (em, round(f1, 3)) == (0.0, 0.889)
    assert agreement("甲", ["乙", "甲"]) == (1.0, 1.0)
    assert agreement("", ["乙"]) == (0.0, 0.0)


def test_answers_are_compared_by_letters_and_digits() -> None:
    assert plain("《Ａ、b》 臺灣！") == "ab台湾"
