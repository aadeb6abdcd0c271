import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text import folder
from index.words import analyzer

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=200)
CHINESE = st.text("武漢汉光谷產产業业基金發髮发後后里裡ＡｂC１２３，。①㎡ ﬁ軟體", max_size=60)


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("武漢東湖", "武汉东湖"),
        ("ＡＢＣ１２３％", "abc123%"),
        ("50 亿元，①", "50 亿元,1"),
        ("頭髮與發展", "头发与发展"),
        ("ß İ", "ss i̇"),
        ("", ""),
    ],
)
def test_normal_form(given_text: str, expected: str) -> None:
    assert folder().fold(given_text) == expected


def test_alone_a_part_of_a_text_stays_a_part_of_it() -> None:
    whole, part = "乾隆年間的ＧＤＰ", "乾"
    assert folder().fold(part) not in folder().fold(whole)
    assert folder().fold_alone(whole) == "干隆年间的gdp"
    assert folder().fold_alone(part) == "干"


@given(ANY_TEXT | CHINESE)
def test_the_way_back_leads_to_the_characters_it_came_from(text: str) -> None:
    folded = folder().fold_with_origin(text)
    assert folded.text == folder().fold(text)
    assert len(folded.origin) == len(folded.text) + 1
    assert list(folded.origin) == sorted(folded.origin)
    assert folded.origin[-1] == len(text)
    for place in range(len(folded.text)):
        start, end = folded.original(place, place + 1)
        assert (start, end) == (folded.origin[place], folded.origin[place] + 1)
        assert 0 <= start < end <= len(text)


@given(ANY_TEXT | CHINESE)
def test_folding_twice_changes_nothing_more_in_chinese(text: str) -> None:
    once = folder().fold(text)
    if unicodedata.normalize("NFKC", once).casefold() == once:
        assert folder().fold(folder().fold(once)) == folder().fold(once)


@given(ANY_TEXT | CHINESE)
def test_words_stand_where_they_are_said_to(text: str) -> None:
    for word in analyzer().words(text):
        assert 0 <= word.start < word.end <= len(text)
        assert word.text in folder().fold(text[word.start : word.end])


@given(ANY_TEXT | CHINESE)
def test_terms_have_no_white_space_and_are_those_of_the_simplified_text(text: str) -> None:
    terms = analyzer().terms(text)
    for term in (*terms.words, *terms.pairs, *terms.characters):
        assert term
        assert not any(character.isspace() for character in term)


def test_terms() -> None:
    terms = analyzer().terms("武漢東湖ＡＩ產業基金4170.93億元，5G設備")
    assert terms == analyzer().terms("武汉东湖AI产业基金4170.93亿元,5g设备")
    assert terms.words == (
        "武汉", "东湖", "ai", "产业", "基金", "4170.93", "亿元", "5g", "设备",
    )  # fmt: skip
    assert terms.pairs[:5] == ("武汉", "汉东", "东湖", "ai", "产业")
    assert terms.characters[-3:] == ("5g", "设", "备")
    assert "4170.93" in terms.characters


def test_a_long_word_is_found_by_the_words_inside_it() -> None:
    assert {"产业", "引导", "基金"} <= set(analyzer().terms("设立产业引导基金").words)
    assert {"人民", "银行", "分行"} <= set(analyzer().terms("中国人民银行武汉分行").words)


def test_a_damaged_dictionary_cache_is_made_anew(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pathlib import Path

    from index.words import _frequencies, _Segmenter

    home = Path(str(tmp_path))
    monkeypatch.setenv("WENJU_CACHE", str(home))
    _frequencies.cache_clear()
    assert _Segmenter().lcut("武汉市长江大桥")
    (cached,) = home.iterdir()
    whole = cached.read_bytes()
    cached.write_bytes(whole[: len(whole) // 2])
    _frequencies.cache_clear()
    assert _Segmenter().lcut("产业引导基金") == ["产业", "引导", "基金"]
    assert cached.read_bytes() == whole
