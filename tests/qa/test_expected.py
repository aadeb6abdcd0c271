"""What kind of answer a question expects."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.expected import Expected, expected, found_in


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("小米何时决定落户武汉?", Expected.TIME),
        ("园区是哪一年启用的", Expected.TIME),
        ("大桥几月通车", Expected.TIME),
        ("基金会是几年成立的", Expected.TIME),
        ("when did the plan start?", Expected.TIME),
        ("What year was it founded?", Expected.TIME),
        ("光谷的基金有多大", Expected.QUANTITY),
        ("一共打了多少根桩", Expected.QUANTITY),
        ("工期用了几年", Expected.QUANTITY),
        ("这条路多长", Expected.QUANTITY),
        ("本地员工占比是", Expected.QUANTITY),
        ("How many companies came?", Expected.QUANTITY),
        ("强夯法是谁首创的", Expected.OTHER),
        ("几何学的起源", Expected.OTHER),
        ("几乎没有人去的地方在哪", Expected.OTHER),
        ("许多重点项目落在哪里", Expected.OTHER),
        ("很多高校为什么搬走", Expected.OTHER),
        ("任何时候都能去的地方", Expected.OTHER),
        ("几内亚的首都在哪里", Expected.OTHER),
        ("谁做的茶几", Expected.OTHER),
        ("whenever it rains", Expected.OTHER),
        ("", Expected.OTHER),
    ],
)
def test_the_words_of_a_question_tell_its_kind(question: str, kind: Expected) -> None:
    assert expected(question) is kind


@pytest.mark.parametrize(
    ("kind", "sentence", "words"),
    [
        (Expected.QUANTITY, "基金规模50亿元,另有1,000亩地", ["50", "1,000"]),
        (Expected.QUANTITY, "队伍有三百多人,分成八个组", ["三百", "八个"]),
        (Expected.QUANTITY, "一般没有问题", []),
        (Expected.TIME, "2019 年7月在香港上市", ["2019 年", "7月"]),
        (Expected.TIME, "十九世纪末、二〇二〇年", ["世纪", "二〇二〇年"]),
        (Expected.TIME, "规模50亿元", []),
        (Expected.OTHER, "2019年有50家", []),
    ],
)
def test_finds_what_is_expected(kind: Expected, sentence: str, words: list[str]) -> None:
    assert [sentence[a:b] for a, b in found_in(kind, sentence, "")] == words


def test_what_the_question_says_itself_is_no_answer() -> None:
    sentence = "2023年有50家,2025年有80家"
    found = found_in(Expected.QUANTITY, sentence, "2023年有50家,后来有多少家")
    assert [sentence[a:b] for a, b in found] == ["80家"]


@given(st.sampled_from(Expected), st.text(alphabet="年月日0123一二十百个家在有", max_size=40))
def test_a_sentence_never_answers_itself(kind: Expected, sentence: str) -> None:
    assert found_in(kind, sentence, sentence) == []
    spans = found_in(kind, sentence, "")
    assert all(0 <= a < b <= len(sentence) for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in pairwise(spans))
