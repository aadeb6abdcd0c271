"""Names that articles introduce, and the lists that a collection's owner writes."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.collection import Collection
from index.errors import SettingError
from index.names import Names, Naming, mine, named
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


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("华为技术有限公司（简称“简”）", "华为技术有限公司"),
        ("记者在华为技术有限公司（简称“简”）", "华为技术有限公司"),
        ("高等教育（简称“简”）", "高等教育"),
        ("对外经济贸易大学（简称“简”）", "对外经济贸易大学"),
        ("他对东海大学（简称“简”）", "东海大学"),
        ("临江大数据管理局（简称“简”）", "临江大数据管理局"),
        ("据东海大学（简称“简”）", "东海大学"),
        ("武汉在线教育协会（简称“简”）", "武汉在线教育协会"),
        ("他在东海大学（简称“简”）", "东海大学"),
        ("行为金融学（简称“简”）", "行为金融学"),
        ("他创办的学校改名为东海大学（简称“简”）", "东海大学"),
        ("从业人员（简称“简”）", "从业人员"),
        ("他从东海大学（简称“简”）", "东海大学"),
        ("和谐号（简称“简”）", "和谐号"),
        ("校方和东海大学（简称“简”）", "东海大学"),
        ("让·雅克·卢梭（简称“简”）", "让·雅克·卢梭"),
        ("这让东海大学（简称“简”）", "东海大学"),
        ("位于东海大学（简称“简”）", "东海大学"),
        ("由东海大学（简称“简”）", "东海大学"),
        ("自由贸易区（简称“简”）", "自由贸易区"),
        ("昨天通过东海大学（简称“简”）", "东海大学"),
    ],
)
def test_a_name_begins_behind_particles_that_are_words(text: str, name: str) -> None:
    assert pairs(text.replace("“简”", "“简名”")) == [(name, "简名")]


@pytest.mark.parametrize(
    ("text", "name", "alias"),
    [
        ("工业和信息化部（简称“工信部”）", "工业和信息化部", "工信部"),
        ("国家发展和改革委员会（简称“发改委”）", "国家发展和改革委员会", "发改委"),
        ("记者和国家发展和改革委员会（简称“发改委”）", "国家发展和改革委员会", "发改委"),
        ("小米和华为技术有限公司（简称“华为”）", "华为技术有限公司", "华为"),
        ("学校与东海研究院（简称“海院”）", "东海研究院", "海院"),
    ],
)
def test_a_joining_word_is_in_a_name_where_the_short_name_tells_it(
    text: str, name: str, alias: str
) -> None:
    assert pairs(text) == [(name, alias)]


@pytest.mark.parametrize(
    "generic",
    [
        "技术有限公司",
        "有限公司",
        "股份有限公司",
        "有限责任公司",
        "科技集团股份有限公司",
        "管理局",
        "监督管理局",
        "委员会",
        "管委会",
        "协会",
        "研究院",
        "服务中心",
    ],
)
def test_words_that_any_organisation_has_are_no_name(generic: str) -> None:
    assert pairs(f"{generic}（简称“江新”）") == []
    assert pairs(f"临江新区（简称“{generic}”）") == []
    assert pairs(f"凌江{generic}（简称“江新”）") == [(f"凌江{generic}", "江新")]


@pytest.mark.parametrize("name", ["科学技术部", "国际商会", "投资银行", "项目管理", "国家数据局"])
def test_names_that_have_such_words_are_names(name: str) -> None:
    assert pairs(f"{name}（简称“江新”）") == [(name, "江新")]
    assert pairs("科学技术部（简称“科技部”）") == [("科学技术部", "科技部")]


@pytest.mark.parametrize(
    ("brackets", "aliases"),
    [
        ("World Meteorological Organization，WMO", "world meteorological organization|wmo"),
        ("WMO，World Meteorological Organization", "world meteorological organization|wmo"),
        ("World Meteorological Organization；WMO", "world meteorological organization|wmo"),
        ("英语：World Meteo Organization，缩写：WMO", "world meteo organization|wmo"),
        ("英文名称：World Meteo Organization，缩写为WMO", "world meteo organization|wmo"),
        ("World Meteo Organization，简称WMO", "world meteo organization|wmo"),
        ("法语：Organisation météo，缩写：OMM，又称“世气”", "omm|世气"),
        ("Education, Science and Culture，ESC", "education, science and culture|esc"),
        ("简称“世气”，缩写：WMO", "世气|wmo"),
        ("简称“世气”", "世气"),
        ("WMO", "wmo"),
        ("Beijing, China", ""),
        ("WMO, IMF", ""),
        ("1950年，Geneva", ""),
    ],
)
def test_all_that_a_bracket_introduces_are_names_of_what_stands_before(
    brackets: str, aliases: str
) -> None:
    expected = [("世界气象组织", alias) for alias in aliases.split("|") if alias]
    assert pairs(f"世界气象组织（{brackets}）") == expected


def test_names_between_commas_follow_each_other() -> None:
    text = "东海海洋研究院，简称海院，又称江海院，成立于1950年，东海大学，简称海大，"
    assert pairs(text) == [
        ("东海海洋研究院", "海院"),
        ("东海海洋研究院", "江海院"),
        ("东海大学", "海大"),
    ]


def test_a_name_does_not_go_back_over_what_was_introduced_before() -> None:
    assert pairs(
        "世界气象组织（WMO）发展信息技术（IT），北海（山口）自由贸易区（简称“北海片区”）"
    ) == [
        ("世界气象组织", "wmo"),
        ("发展信息技术", "it"),
        ("北海(山口)自由贸易区", "北海片区"),
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("今年前三季度国内生产总值（GDP）", "国内生产总值"),
        ("2023年国内生产总值（GDP）", "国内生产总值"),
        ("我国2023年1-6月国内生产总值（GDP）", "国内生产总值"),
        ("去年以来国内生产总值（GDP）", "国内生产总值"),
        ("10月份国内生产总值（GDP）", "国内生产总值"),
        ("十月革命（GDP）", "十月革命"),
        ("五月天（GDP）", "五月天"),
        ("今日头条（GDP）", "今日头条"),
        ("青年志愿者（GDP）", "青年志愿者"),
    ],
)
def test_a_date_before_a_name_is_not_in_it(text: str, name: str) -> None:
    assert pairs(text) == [(name, "gdp")]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("WHO是什么时候成立的", True),
        ("when was the WHO founded", True),
        ("WHO 2023", True),
        ("who founded it", False),
        ("Who founded it", False),
        ("WHO FOUNDED IT", False),
    ],
)
def test_english_words_are_names_in_capitals_only(question: str, expected: bool) -> None:
    at = question.lower().index("who")
    assert named("who", question[at : at + 3], question) is expected
    assert named("wmo", "wmo", question)


@settings(max_examples=500)
@given(
    st.text(st.characters(codec="utf-8"), max_size=80)
    | st.text("甲乙(（“”)）简称又名《》a,，的和英语:; 2年", max_size=60)
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
