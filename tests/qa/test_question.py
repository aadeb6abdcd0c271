"""What a question is about, apart from its asking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.question import without_asking

PIECES = st.sampled_from(
    ["谁", "什么", "為什麼", "几", "多少", "吗", "呢", "哪里", "光谷", "5G", "？", " ", "when"]
)


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("强夯法是谁首创的？", "强夯法是首创的？"),
        ("请问光谷的核心园区在哪里？", "光谷的核心园区在？"),
        ("為什麼小米選擇武漢？", "小米選擇武漢？"),
        ("基金有多少亿元呢", "基金有亿元"),
        ("基金有多大", "基金有"),
        ("花了几个月建成", "花了月建成"),
        ("漢陽鐵廠是哪年建成的嗎", "漢陽鐵廠是建成的"),
        ("How long is the bridge?", "Howlongisthebridge?"),
    ],
)
def test_asking_words_go_and_the_rest_stays(question: str, left: str) -> None:
    assert "".join(without_asking(question).split()) == left


def test_words_on_both_sides_do_not_grow_together() -> None:
    assert without_asking("武汉什么大学").split() == ["武汉", "大学"]


@pytest.mark.parametrize("question", ["为什么？", "谁", "多少呢？？", "什麼"])
def test_a_question_of_asking_words_alone_stays_whole(question: str) -> None:
    assert without_asking(question) == question


@pytest.mark.parametrize("word", ["几乎", "幾何", "几何学", "何塞", "大学", "多样性", "光谷"])
def test_words_that_only_look_like_asking_stay(word: str) -> None:
    assert word in without_asking(f"{word}是什么？")


@pytest.mark.parametrize(
    "question",
    [
        "哪吒汽车的总部",
        "幾內亞的鐵礦",
        "许多大学的位置",
        "任何时候都开放",
        "任何人",
        "嗎啡的用途",
        "呢绒出口",
        "茶几的价格",
        "武汉下雨的几率",
        "这么多大企业的选择",
        "這麼多大企業的選擇",
        "拥有最多大学的城市",
        "近几年的政策",
        "过去几个月的变化",
        "十几家企业",
        "几经周折的收购",
        "几度易主的公司",
    ],
)
def test_asking_characters_inside_other_words_stay(question: str) -> None:
    assert without_asking(question) == question


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_never_empties_a_question(question: str) -> None:
    left = without_asking(question)
    assert any(map(str.isalnum, left)) == any(map(str.isalnum, question))


@given(st.text(alphabet="abcxyz 0189-?!", max_size=30))
def test_leaves_other_languages_alone(question: str) -> None:
    assert without_asking(question) == question
