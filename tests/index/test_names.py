"""Names that articles introduce, and the lists that a collection's owner writes."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.collection import Collection
from index.errors import SettingError
from index.names import Names, Naming, mine
from index.namings import FOLDER, NameIndex
from index.records import Article
from index.text import folder
from index.wordlists import ALIASES_FILE, WORDS_FILE, read_aliases, read_words
from tests.support import HashEmbedder


def pairs(text: str) -> list[tuple[str, str]]:
    return [(naming.name, naming.alias) for naming in mine(folder().fold(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("昨天，东海海洋研究院（简称“海院”）挂牌。", ("东海海洋研究院", "海院")),
        ("根据《港口岸线管理条例》（以下简称《岸线条例》）", ("港口岸线管理条例", "岸线条例")),
        ("位於北岸的臨江新區（又稱「江新」）", ("临江新区", "江新")),
        ("他加入世界气象组织（WMO）工作", ("世界气象组织", "wmo")),
        ("在北海（山口）自由贸易区（下称“北海片区”）设立", ("北海(山口)自由贸易区", "北海片区")),
        ("国际大坝委员会（英文：ICOLD）", ("国际大坝委员会", "icold")),
    ],
)
def test_names_are_found_where_they_are_introduced(text: str, expected: tuple[str, str]) -> None:
    assert pairs(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "东海船舶股份公司（以下简称“公司”）",
        "他（简称他）",
        "价格（上涨）了",
        "第3名（2023）",
        "首席执行官（CEO）",
    ],
)
def test_what_names_nothing(text: str) -> None:
    assert pairs(text) == []


@settings(max_examples=500)
@given(
    st.text(st.characters(codec="utf-8"), max_size=80)
    | st.text("甲乙(（“”)）简称又名《》a,，的", max_size=60)
)
def test_any_text_is_mined(text: str) -> None:
    for naming in mine(folder().fold(text)):
        assert len(naming.name) >= 2
        assert len(naming.alias) >= 2


def test_names_lead_to_each_other_and_are_found_whole() -> None:
    names = Names([Naming("世界气象组织", "wmo"), Naming("东海研究院", "海院")], [("海院", "海研")])
    assert list(names.found_in("wmo和海院")) == [
        (0, "wmo", ("世界气象组织",)),
        (4, "海院", ("海研", "东海研究院")),
    ]
    assert list(names.found_in("wmox")) == []


def test_a_name_of_too_many_things_is_none() -> None:
    names = Names([Naming(f"第{n}研究院", "研院") for n in "一二三四五"])
    assert list(names.found_in("研院")) == []
    assert list(names.found_in("第一研究院")) == [(0, "第一研究院", ("研院",))]


def test_the_owners_lists_are_read_and_folded(tmp_path: Path) -> None:
    assert (read_words(tmp_path), read_aliases(tmp_path)) == ((), ())
    (tmp_path / WORDS_FILE).write_text("# 词\n\n見貸即保\n", encoding="utf-8")
    (tmp_path / ALIASES_FILE).write_text("光谷 = 東湖高新區＝OVC\n", encoding="utf-8")
    assert read_words(tmp_path) == ("见贷即保",)
    assert read_aliases(tmp_path) == (("光谷", "东湖高新区", "ovc"),)


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        (WORDS_FILE, "两 个".encode(), "line 1"),
        (ALIASES_FILE, "a=b\n只有一个\n".encode(), "line 2"),
        (ALIASES_FILE, "光谷=硅谷".encode("gb18030"), "UTF-8"),
    ],
)
def test_a_list_that_cannot_be_read_is_told(
    tmp_path: Path, file: str, content: bytes, told: str
) -> None:
    (tmp_path / file).write_bytes(content)
    with pytest.raises(SettingError, match=told) as error:
        (read_words if file == WORDS_FILE else read_aliases)(tmp_path)
    assert error.value.chinese


def article(number: int, text: str) -> Article:
    return Article(f"a{number}", f"题目{number}", text, "test")


def test_names_follow_the_articles(tmp_path: Path, hash_embedder: HashEmbedder) -> None:
    with Collection.create(tmp_path / "c", embedder=hash_embedder) as collection:
        collection.add([article(1, "东海海洋研究院（简称“海院”）今天挂牌。")])
        with collection.reading() as indexes:
            assert list(indexes.names.found_in("海院")) == [(0, "海院", ("东海海洋研究院",))]
        collection.add([article(2, "世界气象组织（WMO）发布报告。")])
        collection.remove(["a1"])
        with collection.reading() as indexes:
            assert set(indexes.names) == {"世界气象组织", "wmo"}
        for damage in (b"", b"[]", b"broken"):
            (tmp_path / "c" / FOLDER / "names.json").write_bytes(damage)
            assert NameIndex.load(collection.folder, collection.store) is None
            repaired = NameIndex.repair(collection.folder, collection.store)
            assert set(repaired.names()) == {"世界气象组织", "wmo"}


def test_names_are_not_divided_and_the_owners_words_take_effect(
    tmp_path: Path, hash_embedder: HashEmbedder
) -> None:
    place = tmp_path / "c"
    texts = ["东海海洋研究院（简称“海院”）今天挂牌。", "凌家渡口是老码头。"]
    with Collection.create(place, embedder=hash_embedder) as collection:
        collection.add([article(n, text) for n, text in enumerate(texts)])
        with collection.reading() as indexes:
            assert "海院" in indexes.lexical.analyzer.terms("问海院在哪").row
            assert "凌家渡口" not in indexes.lexical.analyzer.terms("在凌家渡口").row
    (place / WORDS_FILE).write_text("凌家渡口\n", encoding="utf-8")
    collection = Collection.open(place, embedder=hash_embedder)
    with collection, collection.reading() as indexes:
        assert "凌家渡口" in indexes.lexical.analyzer.terms("在凌家渡口").row
        assert indexes.lexical.passages == 2


def test_an_open_collection_takes_what_its_lists_say_now(
    tmp_path: Path, hash_embedder: HashEmbedder
) -> None:
    with Collection.create(tmp_path / "c", embedder=hash_embedder) as collection:
        collection.add([article(1, "凌家渡口是老码头。")])
        with collection.reading() as before:
            assert not list(before.names.found_in("凌家渡"))
        with collection.reading() as again:
            assert again is before
        for written, others in (("凌家渡=老渡", "老渡"), ("凌家渡=旧渡口", "旧渡口")):
            (tmp_path / "c" / ALIASES_FILE).write_text(written, encoding="utf-8")
            with collection.reading() as indexes:
                assert list(indexes.names.found_in("凌家渡")) == [(0, "凌家渡", (others,))]
        (tmp_path / "c" / ALIASES_FILE).unlink()
        (tmp_path / "c" / WORDS_FILE).write_text("凌家渡口", encoding="utf-8")
        with collection.reading() as indexes:
            assert not list(indexes.names.found_in("凌家渡"))
            assert "凌家渡口" in indexes.lexical.analyzer.terms("在凌家渡口").row
