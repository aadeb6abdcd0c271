"""One score from the words and the meaning."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embedders.base import PassageVectors, unit
from qa.fusion import dense_score, fuse

COSINES = st.floats(-1, 1)
SHARES = st.floats(0, 1)
SPREADS = st.floats(1e-4, 0.5)
NUMBERS = st.lists(st.floats(-1, 1, width=32), min_size=4, max_size=4).filter(
    lambda numbers: float(np.linalg.norm(numbers)) > 0.1
)
UNITS = NUMBERS.map(lambda numbers: unit(np.array(numbers, dtype=np.float32)))


@given(COSINES, COSINES, SHARES, SPREADS)
def test_nearer_in_meaning_never_scores_less(
    one: float, other: float, lexical: float, spread: float
) -> None:
    low, high = sorted((one, other))
    assert fuse(low, lexical, spread) <= fuse(high, lexical, spread)


@given(COSINES, SHARES, SHARES, SPREADS)
def test_more_shared_words_never_score_less(
    dense: float, one: float, other: float, spread: float
) -> None:
    low, high = sorted((one, other))
    assert fuse(dense, low, spread) <= fuse(dense, high, spread)


@given(COSINES, SPREADS)
def test_without_shared_words_the_meaning_decides_alone(dense: float, spread: float) -> None:
    assert fuse(dense, 0.0, spread) == dense
    assert fuse(dense, 1.0, spread) > dense


@given(st.floats(0.1, 0.9), SPREADS)
def test_half_the_words_say_less_than_half(share: float, spread: float) -> None:
    assert fuse(0.0, share / 2, spread) < fuse(0.0, share, spread) / 2


@given(SHARES, SHARES, st.floats(-1, 1), st.floats(-1, 1), st.floats(0.01, 100))
def test_the_spread_is_the_unit_of_both_sides(
    held: float, other_held: float, near: float, other_near: float, scale: float
) -> None:
    """A model that puts all texts closer together by one factor ranks them alike."""
    before = fuse(near, held, 0.02) - fuse(other_near, other_held, 0.02)
    after = fuse(near * scale, held, 0.02 * scale) - fuse(
        other_near * scale, other_held, 0.02 * scale
    )
    assert after == pytest.approx(before * scale, abs=1e-9 * max(1, scale))


@given(UNITS, UNITS, st.lists(UNITS, min_size=1, max_size=4))
def test_the_dense_score_lies_between_the_passage_and_its_nearest_sentence(
    question: np.ndarray, passage: np.ndarray, sentences: list[np.ndarray]
) -> None:
    score = dense_score(question, PassageVectors(passage, np.stack(sentences)))
    whole = float(passage @ question)
    nearest = max(float(sentence @ question) for sentence in sentences)
    assert min(whole, nearest) - 1e-6 <= score <= max(whole, nearest) + 1e-6


def test_a_sentence_that_answers_lifts_its_passage() -> None:
    question = np.array([1, 0], dtype=np.float32)
    passage = np.array([0, 1], dtype=np.float32)
    without = dense_score(question, PassageVectors(passage, np.stack([passage])))
    lifted = dense_score(question, PassageVectors(passage, np.stack([passage, question])))
    assert without == 0
    assert lifted > 0.5


def test_without_sentences_the_passage_counts_alone() -> None:
    passage = unit(np.array([3, 4], dtype=np.float32))
    none = np.zeros((0, 2), dtype=np.float32)
    question = np.array([1, 0], dtype=np.float32)
    assert dense_score(question, PassageVectors(passage, none)) == pytest.approx(0.6)
