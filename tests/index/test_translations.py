"""What the English words of a question may mean in Chinese."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import translations as module
from index.translations import Translated, translated, turned_round

LINES = """# CC-CEDICT
樁 桩 [zhuang1] /stump/stake/pile/classifier for items/
風險 风险 [feng1 xian3] /risk; hazard/
香港 香港 [Xiang1 gang3] /Hong Kong/
跑馬地 跑马地 [Pao3 ma3 di4] /Happy Valley, Hong Kong/
計劃 计划 [ji4 hua4] /plan (for sth); project/to plan; to map out/CL:個|个[ge4]/
王 王 [Wang2] /surname Wang/
不是一行
"""


def words(question: str) -> dict[str, tuple[str, ...]]:
    return {word.text: word.words for word in translated(question)}


def test_the_dictionary_is_turned_round() -> None:
    assert turned_round(iter(LINES.splitlines())) == {
        "stump": ("桩",),
        "stake": ("桩",),
        "pile": ("桩",),
        "risk": ("风险",),
        "hazard": ("风险",),
        "hong kong": ("香港",),
        "happy valley": ("跑马地",),
        "plan": ("计划",),
        "project": ("计划",),
        "map out": ("计划",),
    }


@pytest.mark.parametrize(
    ("question", "english", "chinese"),
    [
        ("What is the risk?", "risk", "风险"),
        ("How many piles were driven?", "piles", "桩"),
        ("Which cities are planned?", "cities", "城市"),
        ("Which cities are planned?", "planned", "计划"),
        ("Who lives in Hong Kong?", "Hong Kong", "香港"),
        ("the bank's harbour", "bank's", "银行"),
        ("BRIDGE", "BRIDGE", "桥"),
    ],
)
def test_a_word_has_its_meanings_however_it_ends(question: str, english: str, chinese: str) -> None:
    assert chinese in words(question)[english]


def test_the_longest_phrase_is_taken_and_what_says_nothing_is_left_out() -> None:
    found = translated("How much is the high-speed rail in Hong Kong?")
    assert [word.text for word in found] == ["high-speed", "rail", "Hong Kong"]
    assert all(not word.words or word.text != "is" for word in found)


def test_what_the_dictionary_does_not_have_is_told_without_meanings() -> None:
    assert translated("Tangjiadu?") == (Translated("Tangjiadu", 0, 9, ()),)


@pytest.mark.parametrize("question", ["", "2023?", "光谷 fund", "Où est-ce?", "？！", "ＦＵＮＤ"])
def test_questions_that_are_not_in_english_have_none(question: str) -> None:
    assert translated(question) == ()


@given(st.text(max_size=60) | st.text("abcdefgh '-’ ", max_size=60))
def test_each_stands_where_it_says(question: str) -> None:
    end = 0
    for word in translated(question):
        assert end <= word.start < word.end
        assert question[word.start : word.end] == word.text
        end = word.end


def test_a_damaged_table_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENJU_CACHE", str(tmp_path))
    module._table.cache_clear()
    try:
        assert "风险" in words("risk")["risk"]
        (kept,) = tmp_path.glob("translations-*.json")
        whole = kept.read_bytes()
        for damage in (b"[]", b'{"risk": 1}', whole[:100], b"\xff"):
            kept.write_bytes(damage)
            module._table.cache_clear()
            assert "风险" in words("risk")["risk"]
            assert kept.read_bytes() == whole
    finally:
        module._table.cache_clear()
