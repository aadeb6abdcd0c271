"""What is read in a question, and what that does to the search."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.collection import Collection
from index.embedders.base import Embedder
from index.errors import SettingError
from index.records import Article
from index.regions import regions, regions_of
from index.romanized import Romanizer, latin_names
from index.words import analyzer
from qa.answer import ask
from qa.expected import kinds
from qa.records import Mode
from qa.render import understood_as
from qa.search import search
from qa.understanding import Asked, Interpretation, understand
from tests.support import HashEmbedder

TODAY = date(2024, 5, 20)
ARTICLES = [
    Article("fund", "基金", "临江新区（简称“江新”）设立四十亿元产业基金，重点投向船舶制造。", "t"),
    Article(
        "port",
        "码头",
        "凌家渡口今年前三个月吞吐量为3万标箱，共投入30余台设备。",
        "t",
        published="2022-04-10",
    ),
    Article(
        "rail",
        "铁路",
        "新线于去年10月开工，全长一百二十公里，设站十二座。",
        "t",
        published="2024-03-01",
    ),
    Article("taxi", "交通", "城区投放了一批出租车，并升级了调度软件。", "t"),
    Article("soft", "園區", "園區裡的軟體公司去年營收成長。", "t", published="2021-01-05"),
]


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory, e5: Embedder) -> Iterator[Collection]:
    place = tmp_path_factory.mktemp("understanding") / "c"
    with Collection.create(place, embedder=e5) as collection:
        collection.add(ARTICLES)
        yield collection


def read(collection: Collection, question: str, *ignore: str) -> Asked:
    with collection.reading() as indexes:
        interpretation = Interpretation(TODAY, frozenset(ignore))
        return understand(question, indexes.lexical, indexes.names, interpretation)


def test_dates_quantities_terms_and_names_are_told_with_their_place(collection: Collection) -> None:
    question = "江新去年上半年投了５０億元以上嗎？"
    told = read(collection, question).understood.as_dict()
    assert told["dates"] == [
        {"text": "去年上半年", "start": 2, "end": 7, "first": "2023-01-01", "last": "2023-06-30"}
    ]
    assert told["quantities"] == [
        {
            "text": "５０億元", "start": 9, "end": 13, "low": 5e9, "high": None, "unit": "元",
            "approximate": False,
        }
    ]  # fmt: skip
    assert {"江新", "上半年"} <= set(told["terms"])
    assert {"name": "江新", "aliases": ["临江新区"]} in told["aliases"]


@settings(max_examples=300)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=80))
def test_spans_are_of_the_question_as_it_was_asked(collection: Collection, question: str) -> None:
    understood = read(collection, question).understood
    told = [(one.span, one.text) for one in understood.dates]
    told += [(one.span, one.text) for one in understood.quantities]
    for span, text in told:
        assert question[span.start : span.end] == text


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("哪只基金有4,000,000,000元？", "fund"),
        ("2022年一季度完成了三万标箱的是哪里？", "port"),
        ("2023年10月什么工程开工？", "rail"),
        ("哪条线有120公里长？", "rail"),
        ("江新的产业基金投向哪里？", "fund"),
        ("計程車投放在哪裡？", "taxi"),
        ("软件公司营收如何？", "soft"),
        ("Which new line started in October 2023?", "rail"),
        ("What did Lingjia Dukou handle, 30,000 TEU?", "port"),
    ],
)
def test_what_is_written_otherwise_is_found(
    collection: Collection, question: str, article: str
) -> None:
    found = search(collection, question, k=1, interpretation=Interpretation(TODAY))
    assert found.hits[0].stored.article.id == article


def test_facts_alone_find_a_passage(collection: Collection) -> None:
    (hit,) = search(collection, "4 billion yuan", k=1, mode=Mode.LEXICAL).hits
    assert hit.stored.article.id == "fund"
    assert hit.scores.facts == pytest.approx(1)
    assert hit.scores.dense is None


def test_a_date_counts_from_the_askers_day(collection: Collection) -> None:
    for today, first in ((date(2024, 1, 1), "2023-01-01"), (date(2020, 1, 1), "2019-01-01")):
        asked = ask(collection, "去年怎么样？", interpretation=Interpretation(today))
        (read_date,) = asked.understood.dates
        assert read_date.first == first


def test_what_is_ignored_is_neither_told_nor_searched_for(collection: Collection) -> None:
    question = "江新去年投了５０億元吗？"
    whole = read(collection, question)
    for key, part in (
        ("date:去年", "dates"), ("quantity:５０億元", "quantities"), ("alias:江新", "aliases"),
    ):  # fmt: skip
        rest = read(collection, question, key)
        before, after = whole.understood.as_dict(), rest.understood.as_dict()
        assert before[part]
        assert after == {**before, part: []}
        assert rest.query != whole.query
        assert rest.query.terms == whole.query.terms
    rest = read(collection, question, "term:江新")
    assert set(rest.understood.terms) == set(whole.understood.terms) - {"江新"}
    assert "江新" not in (*rest.query.terms.words, *rest.query.terms.pairs)
    assert read(collection, question, "date:前年", "term:没有") == whole


@pytest.mark.parametrize("mode", Mode)
def test_a_question_whose_every_term_is_ignored_is_searched(
    collection: Collection, mode: Mode
) -> None:
    question = "基金多少？"
    interpretation = Interpretation(TODAY, frozenset(["term:基金"]))
    assert not read(collection, question, "term:基金").understood.terms
    hits = search(collection, question, mode=mode, interpretation=interpretation).hits
    assert hits
    assert {hit.scores.lexical for hit in hits} == {None if mode is Mode.DENSE else 0.0}
    assert ask(collection, question, mode=mode, interpretation=interpretation).hits


def test_english_words_are_looked_for_by_what_they_may_mean(collection: Collection) -> None:
    question = "How many taxis does the software of 2023 schedule?"
    asked = read(collection, question)
    assert asked.understood.terms == ("taxis", "software", "schedule", "2023")
    meant = dict(asked.understood.aliases)
    assert "出租车" in meant["taxis"]
    assert "软件" in meant["software"]
    assert "飞机" not in meant
    assert asked.query.terms.words == ("2023",)
    found = search(collection, question, mode=Mode.LEXICAL).hits
    # Both words are in one passage; the other has 軟體 alone.
    assert found[0].stored.article.id == "taxi"
    first, second = (hit.scores.lexical or 0.0 for hit in found[:2])
    assert first > 2 * second > 0

    without = read(collection, question, "alias:taxis")
    assert "taxis" in without.understood.terms
    assert "taxis" not in dict(without.understood.aliases)
    assert "software" not in read(collection, question, "term:software").understood.terms


def test_names_that_articles_introduce_are_read_as_names_in_english_too(
    tmp_path: Path, e5: Embedder
) -> None:
    question = "What does ZIoT make?"
    with Collection.create(tmp_path / "c", embedder=e5) as collection:
        collection.add(
            [
                Article("introduced", "设备", "智联物网（ZIoT）由凌江工厂制造。", "t"),
                Article("named", "家电", "智联物网让家电互相交谈，销量大增。", "t"),
                *ARTICLES,
            ]
        )
        asked = read(collection, question)
        assert dict(asked.understood.aliases)["ziot"] == ("智联物网",)
        assert "ziot" in asked.understood.terms
        assert asked.query.terms.words == ("ziot",)
        found = search(collection, question, mode=Mode.LEXICAL).hits
        assert [hit.stored.article.id for hit in found[:2]] == ["introduced", "named"]
        inside = read(collection, "What does ZIoT make of idioziotic homes?")
        assert inside.query.terms.words == ("ziot",)
        ignored = read(collection, question, "alias:ziot")
        assert not ignored.query.names
        assert "ziot" in ignored.understood.terms


def test_names_that_are_english_words_are_meant_in_capitals(
    tmp_path: Path, hash_embedder: HashEmbedder
) -> None:
    with Collection.create(tmp_path / "c", embedder=hash_embedder) as collection:
        collection.add([Article("who", "组织", "世界卫生组织（WHO）的信息技术（IT）。", "t")])
        for question, expected in (
            ("WHO是什么时候成立的", {"who": ("世界卫生组织",)}),
            ("Is it the WHO?", {"who": ("世界卫生组织",)}),
            ("IT的发展", {"it": ("信息技术",)}),
            ("ＩＴ的发展", {"it": ("信息技术",)}),
        ):
            assert dict(read(collection, question).understood.aliases) == expected
        for question in ("who founded xiaomi and where is it?", "WHO FOUNDED IT?"):
            asked = read(collection, question)
            assert not asked.query.names
            assert not {"who", "it"} & {*dict(asked.understood.aliases), *asked.understood.terms}


def test_what_a_word_may_mean_counts_once(collection: Collection) -> None:
    with collection.reading() as indexes:
        query = read(collection, "software, software?").query
        weights = indexes.lexical.weights(query)
    assert len(weights.meant) == 1
    assert weights.held_by(analyzer().terms("调度软件")) == 1
    assert weights.held_by(analyzer().terms("調度軟體，軟件")) == 1
    assert weights.held_by(analyzer().terms("出租车")) == 0


@pytest.mark.parametrize("key", ["去年", "day:去年", "date:", "date: ", ":去年", ""])
def test_what_has_no_kind_or_text_cannot_be_ignored(key: str) -> None:
    with pytest.raises(SettingError, match="KIND:TEXT"):
        Interpretation(ignore=frozenset([key]))


def test_ignoring_a_fact_changes_what_is_found(collection: Collection) -> None:
    question = "4 billion yuan"
    interpretation = Interpretation(ignore=frozenset(["quantity:4 billion yuan"]))
    assert search(collection, question, mode=Mode.LEXICAL, interpretation=interpretation).hits == ()


def test_the_line_for_people_tells_dates_and_names(collection: Collection) -> None:
    understood = read(collection, "江新去年怎么样").understood
    assert understood_as(understood) == "去年 指 2023-01-01 至 2023-12-31；江新 又作 临江新区"
    assert understood_as(read(collection, "基金投向哪里").understood) == ""


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("打了多少根桩", ("根",)), ("规模多少亿元", ("元",)), ("有几家银行", ("家",)),
        ("占比是多少", ("%",)), ("要多久", ("月", "秒", "工作日")), ("哪一年成立", ("date",)),
        ("规模有多大", ("number",)), ("谁创办的", ()), ("how many days", ("月", "秒", "工作日")),
    ],
)  # fmt: skip
def test_the_kind_asked_for(question: str, expected: tuple[str, ...]) -> None:
    assert kinds(question) == expected


def test_words_of_other_regions() -> None:
    assert regions_of(["软件", "出租车", "计程车", "武汉"]) == {
        "软件": ("软体",),
        "出租车": ("计程车",),
        "计程车": ("出租车",),
    }


def test_the_table_of_regions_is_kept_and_made_anew_when_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WENJU_CACHE", str(tmp_path))
    regions.cache_clear()
    try:
        made = regions()
        (kept,) = tmp_path.glob("regions-*.json")
        whole = kept.read_bytes()
        kept.write_bytes(whole[:100])
        regions.cache_clear()
        assert regions() == made
        assert kept.read_bytes() == whole
    finally:
        regions.cache_clear()


def test_chinese_names_in_latin_letters() -> None:
    row = analyzer().terms("重庆市长江边的凌家渡，雷军在汉阳").row
    terms = Romanizer().terms(row)
    assert {"chongqing", "changjiang", "lingjiadu", "leijun", "hanyang"} <= terms
    assert "zhangjiang" not in terms
    names = list(latin_names("When did Lei Jun visit Hanyang?"))
    assert names == ["when", "leijun", "hanyang"]
    assert "hanyang" in latin_names("where is hanyang")
