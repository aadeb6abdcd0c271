"""Passages of articles: where they end, what they are called, and what always holds for them."""

import json
import random
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import SettingError
from index.records import Article, Passage
from index.sentences import sentences
from index.split import split_passages

CHECKOUT = Path(__file__).parents[2]
SEED_PAGE = CHECKOUT.parent / "shared" / "seed" / "page.txt"
SAMPLE = CHECKOUT / "data" / "sample"

# Paragraphs of 40 characters and more, so that they stand by themselves.
RIVER = (
    "江水在这里转了一个大弯，流速慢下来，泥沙沉积成滩，"
    "两岸的居民很早就在滩上种菜，把菜卖到对面的城里。"
)
MARKET = (
    "每天凌晨三点，菜贩划船过江，天亮以前赶到市场。"
    "卖完菜，他们在茶馆里坐到中午，再顺着水流慢慢划回家。"
)
BRIDGE = (
    "大桥通车以后，渡船停了，茶馆也搬走了。如今滩上建起公园，"
    "只有几块旧石碑还记着当年渡口的位置和名字。"
)


def characters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


def split(text: str, limit: int = 2000) -> list[Passage]:
    article = Article(id="a", title="题", text=text, source="test")
    return split_passages(article, limit=limit, measure=characters)


def texts(text: str, limit: int = 2000) -> list[str]:
    return [passage.text for passage in split(text, limit)]


def headings(text: str, limit: int = 2000) -> list[tuple[str, ...]]:
    return [passage.headings for passage in split(text, limit)]


def page_bodies(path: Path) -> list[str]:
    """The bodies of a copied page: each block is a hyphen, a title, one line of text, a date."""
    lines = path.read_text(encoding="utf-8").split("\n")
    starts = [
        i
        for i, line in enumerate(lines[:-3])
        if line == "-" and lines[i + 3][:4].isdecimal() and len(lines[i + 3]) == 10
    ]
    return [lines[i + 2] for i in starts]


# --- The pages that the splitter was written for


def test_seed_page_is_divided_as_a_reader_would() -> None:
    assert SEED_PAGE.is_file(), f"{SEED_PAGE} is missing: it belongs next to the checkout"
    bodies = page_bodies(SEED_PAGE)
    passages = [split(body) for body in bodies]
    assert [len(each) for each in passages] == [6, 6, 5, 6, 5, 7, 7, 7, 6, 5]
    for each in passages:
        assert each[0].headings == ()
        assert not each[0].text.startswith(("一", "（", "("))
    for body, each in zip(bodies, passages, strict=True):
        # Whatever is numbered starts a passage, and nothing else is cut but the closing words.
        numbered = [passage for passage in each if passage.text[:2] in ("一、", "二、", "三、")]
        assert len(numbered) == 3 or body.count("(一)") == 1
    titled = [passage for each in passages for passage in each if passage.headings]
    assert len(titled) == 46
    for passage in titled:
        assert len(passage.headings) == 1
        assert passage.text.startswith(passage.headings[0] + " ") or passage.number == 6


def test_sample_page_is_divided_into_lead_and_sections() -> None:
    passages = [split(body) for body in page_bodies(SAMPLE / "page.txt")]
    assert [len(each) for each in passages] == [6, 6, 6, 6, 9, 6, 6]
    rollout = passages[4]
    assert [passage.headings for passage in rollout[4:6]] == [
        ("四、怎样落地", "（一）组织"),
        ("四、怎样落地", "（二）政策"),
    ]
    assert [passage.headings for passage in passages[6][1:3]] == [
        ("一、老街醒来",),
        ("二、批发遇到瓶颈",),
    ]


def test_sample_articles_have_a_passage_for_each_section() -> None:
    counts = []
    for line in (SAMPLE / "articles.jsonl").read_text(encoding="utf-8").splitlines():
        text = json.loads(line)["text"]
        marked = [part for part in text.split("\n\n") if part[:1] == "（" or part[1:2] == "、"]
        childless = [part for part in marked if f"{part}\n\n（一）" not in text]
        counts.append(len(split(text)))
        assert counts[-1] == 1 + len(childless)
    assert counts == [6, 7, 7, 8, 6, 6, 7]


# --- One line


def test_one_line_body() -> None:
    text = f"{RIVER} 一、渡口的早晨 {MARKET} 二、大桥之后 {BRIDGE} {RIVER}"
    assert texts(text) == [RIVER, f"一、渡口的早晨 {MARKET}", f"二、大桥之后 {BRIDGE}", RIVER]
    assert headings(text) == [(), ("一、渡口的早晨",), ("二、大桥之后",), ("二、大桥之后",)]


def test_numbered_paragraphs_without_heading_text() -> None:
    first = "一、渡口在最热闹的年月里，每天要送三千多个过江的人。" + MARKET
    second = "二、大桥的建成让两岸的来往从两个钟头缩短到了五分钟。" + BRIDGE
    assert texts(f"{RIVER} {first} {second}") == [RIVER, first, second]
    assert headings(f"{RIVER} {first} {second}") == [(), (), ()]


def test_a_short_first_clause_is_a_heading() -> None:
    text = f"一、渡口醒来。{MARKET} 二、桥从哪里来？{BRIDGE}"
    assert headings(text) == [("一、渡口醒来",), ("二、桥从哪里来？",)]


def test_headings_in_brackets_alone() -> None:
    text = f"{RIVER} (一)渡口 {MARKET} (二)大桥 {BRIDGE}"
    assert headings(text) == [(), ("(一)渡口",), ("(二)大桥",)]


def test_spaces_around_latin_words_do_not_end_a_heading() -> None:
    text = f"一、打造 AI 渡口 {MARKET} 二、从 2022 年起，渡口就停了，{BRIDGE}"
    assert headings(text) == [("一、打造 AI 渡口",), ()]


def test_a_list_announced_by_a_colon_can_be_sections() -> None:
    text = f"{RIVER}事项如下： 一、渡口。{MARKET} 二、大桥。{BRIDGE}"
    assert texts(text) == [f"{RIVER}事项如下：", f"一、渡口。{MARKET}", f"二、大桥。{BRIDGE}"]
    assert headings(text) == [(), ("一、渡口",), ("二、大桥",)]


@pytest.mark.parametrize(
    "text",
    [
        f"按照第三条（一）项办理。{MARKET}",
        f"{MARKET}二、三线城市也在建桥，每座1.2万元，从2023.6起算。",
        f"二、三线城市在建桥。{MARKET}",
        f"IT之家 8 月 16 日消息，Valve 今日发布 3.5 版。{MARKET}",
        f"【招募详情】【申请须知】1、全新。2、升级前备份。3、{MARKET}",
        f"第一条生产线投产。{MARKET}",
        f"图/张三  文/李四  编辑：王五  {MARKET}",
    ],
)
def test_numbers_references_and_loose_spaces_divide_nothing(text: str) -> None:
    assert texts(text) == [text]
    assert headings(text) == [()]


def test_a_marker_out_of_sequence_is_no_heading() -> None:
    text = f"{RIVER} 二、三线城市 {MARKET} 第一条生产线 {BRIDGE}"
    assert set(headings(text)) == {()}


def test_two_numbers_that_count_things_are_no_heading() -> None:
    text = f"{RIVER} 一、二号渡口 {MARKET} 二、三号渡口 {BRIDGE}"
    assert set(headings(text)) == {()}


def test_a_space_after_every_sentence_means_nothing() -> None:
    text = " ".join(f"第{i}天江上有雾，船开得很慢。" for i in range(10))
    assert texts(text) == [text]


def test_english_sentences_are_not_paragraphs() -> None:
    text = (
        "The ferry left at three. It was dark! 30 people crossed; nobody spoke. Then it came back."
    )
    assert texts(text) == [text]


# --- Lines


@pytest.mark.parametrize("between", ["\n", "\n\n", "\n \n\u3000\n", "\r\n"])
def test_lines_are_paragraphs(between: str) -> None:
    assert texts(between.join([RIVER, MARKET, BRIDGE])) == [RIVER, MARKET, BRIDGE]


def test_hard_wrapped_lines_are_joined() -> None:
    first = "\n".join(textwrap.wrap(RIVER + MARKET, 30))
    second = "\n".join(textwrap.wrap(BRIDGE + RIVER, 30))
    assert texts(f"{first}\n\n{second}") == [first, second]
    english = textwrap.fill("the slow ferry crossed the wide river before the dawn " * 9, 64)
    assert texts(f"{english}\n\n{english}") == [english, english]


def test_a_sentence_of_a_hard_wrapped_paragraph_is_not_cut() -> None:
    wrapped = "\n".join(textwrap.wrap(RIVER + MARKET + BRIDGE, 30))
    assert [part.replace("\n", "") for part in texts(wrapped, limit=60)] == [
        RIVER,
        MARKET,
        BRIDGE,
    ]


def test_tiny_paragraphs_join_a_neighbour_under_the_same_heading() -> None:
    text = f"短一。\n短二。\n{RIVER}\n短三。\n\n一、渡口\n短四。\n\n二、大桥\n{BRIDGE}\n短五。"
    assert texts(text) == [
        f"短一。\n短二。\n{RIVER}\n短三。",
        "一、渡口\n短四。",
        f"二、大桥\n{BRIDGE}\n短五。",
    ]


def test_a_tiny_paragraph_joins_nothing_that_it_would_make_too_large() -> None:
    assert texts(f"短一。\n{RIVER}", limit=len(RIVER) + 1) == ["短一。", RIVER]


# --- Headings


def test_headings_nest() -> None:
    text = "\n".join(
        [
            "一、总则",
            "（一）范围",
            RIVER,
            "（二）原则",
            "1. 渡口优先",
            MARKET,
            "2. 桥梁从缓",
            BRIDGE,
            "二、附则",
            RIVER,
            MARKET,
        ]
    )
    passages = split(text)
    assert [passage.headings for passage in passages] == [
        ("一、总则", "（一）范围"),
        ("一、总则", "（二）原则", "1. 渡口优先"),
        ("一、总则", "（二）原则", "2. 桥梁从缓"),
        ("二、附则",),
        ("二、附则",),
    ]
    assert passages[0].text == f"一、总则\n（一）范围\n{RIVER}"
    assert passages[1].text == f"（二）原则\n1. 渡口优先\n{MARKET}"
    assert passages[0].heading == "一、总则 › （一）范围"


def test_an_unusual_order_of_markers_is_followed() -> None:
    text = f"1. 旧事\n一、渡口\n{RIVER}\n二、市场\n{MARKET}\n2. 新事\n一、大桥\n{BRIDGE}"
    assert headings(text) == [
        ("1. 旧事", "一、渡口"),
        ("1. 旧事", "二、市场"),
        ("2. 新事", "一、大桥"),
    ]


def test_long_numbered_paragraphs_with_a_clause_have_headings() -> None:
    text = f"（一）做法。\n1.疏浚航道。{RIVER}{MARKET}\n2.加固堤岸。{MARKET}{BRIDGE}"
    assert headings(text) == [("（一）做法", "1.疏浚航道"), ("（一）做法", "2.加固堤岸")]


def test_trailing_colons_are_dropped_and_long_headings_are_paragraphs() -> None:
    long = "一、" + "很长的标题" * 10
    assert headings(f"一、渡口：\n{RIVER}") == [("一、渡口",)]
    assert headings(f"{long}\n{RIVER}") == [(), ()]


def test_headings_at_the_end_go_to_the_passage_before() -> None:
    assert texts(f"{RIVER}\n\n一、待续") == [f"{RIVER}\n\n一、待续"]
    assert headings(f"{RIVER}\n\n一、待续") == [()]
    assert headings("一、待续") == [("一、待续",)]
    assert texts(f"{RIVER}\n\n一、待续", limit=len(RIVER)) == [RIVER, "一、待续"]


def test_a_table_of_contents_is_no_row_of_headings() -> None:
    text = f"目录\n一、渡口\n二、市场\n三、大桥\n\n一、渡口\n{RIVER}\n二、市场\n{MARKET}"
    assert texts(text)[0] == "目录\n一、渡口\n二、市场\n三、大桥"
    assert headings(text) == [(), ("一、渡口",), ("二、市场",)]


LAW = (
    "第一章　总则\n第一条　为了管好渡口，制定本条例。\n"
    "第二条【适用范围】　本条例适用于本市的渡口。\n前款所称渡口，包括废弃的渡口。\n"
    "第二章　管理\n第一节　登记\n第三条　登记应当提交：\n（一）申请书；\n（二）船舶证书；\n"
    "（三）其他材料。\n第四条　自公布之日起施行。"
)


def test_each_article_of_a_law_is_a_passage() -> None:
    passages = split(LAW)
    assert [passage.headings for passage in passages] == [
        ("第一章　总则", "第一条"),
        ("第一章　总则", "第二条【适用范围】"),
        ("第二章　管理", "第一节　登记", "第三条"),
        ("第二章　管理", "第一节　登记", "第四条"),
    ]
    assert passages[1].text.endswith("包括废弃的渡口。")
    assert passages[2].text.startswith("第二章　管理\n第一节　登记\n第三条　登记应当提交：")
    assert passages[2].text.endswith("（三）其他材料。")


def test_a_law_on_one_line() -> None:
    text = LAW.replace("\n", " ")
    assert headings(text) == headings(LAW)
    assert texts(text) == [passage.replace("\n", " ") for passage in texts(LAW)]


# --- Lists


def test_a_short_list_stays_with_its_introduction() -> None:
    items = "1. 疏浚江心航道；\n2. 加固南北两段堤岸；\n3. 迁走滩上茶馆，另建一座公园。"
    text = f"{RIVER}\n\n办法有三种：\n\n{items}\n\n{BRIDGE}"
    assert texts(text) == [RIVER, f"办法有三种：\n\n{items}", BRIDGE]
    for bullet in ("- ", "• ", "* "):
        points = ["疏浚江心航道", "加固南北两段堤岸", "迁走滩上茶馆，另建一座公园"]
        marked = "办法有三种，都要花钱：\n" + "\n".join(bullet + point for point in points)
        assert texts(f"{RIVER}\n\n{marked}\n\n{BRIDGE}") == [RIVER, marked, BRIDGE]


def test_a_list_of_bracketed_items_is_no_row_of_headings() -> None:
    text = f"一、材料 （一）申请书原件及复印件。 （二）船舶证书。 （三）照片。 二、时间 {BRIDGE}"
    assert headings(text) == [("一、材料",), ("二、时间",)]


def test_a_list_over_the_limit_is_divided_between_items() -> None:
    items = [f"{i}. 第{i}段堤岸由第{i}组负责。" for i in range(1, 7)]
    parts = texts("分工如下：\n" + "\n".join(items), limit=50)
    assert parts == ["分工如下：\n" + "\n".join(items[:3]), "\n".join(items[3:])]


def test_long_items_are_passages() -> None:
    text = f"{RIVER}\n1. {RIVER}{MARKET}\n2. {MARKET}{BRIDGE}"
    assert texts(text) == [RIVER, f"1. {RIVER}{MARKET}", f"2. {MARKET}{BRIDGE}"]


# --- Markdown

CODE = (
    "```python\nferry = 1\n\n# not a heading\nferry += 1\nprint(ferry, 'over the wide river')\n```"
)
TABLE = (
    "| 渡口 | 每日人数 |\n|---|---|\n| 东渡 | 3000人，多数是菜贩 |\n| 西渡 | 1200人，多数是学生 |"
)
QUOTE = "> 渡口是城里人的菜篮子，\n> 也是乡下人的钱袋子，两头都少不了它。江水涨落，船来船往。"


def test_markdown() -> None:
    text = "\n\n".join(
        [
            "# 江边",
            RIVER,
            "## 渡口：",
            MARKET,
            CODE,
            "### 人数 ###",
            TABLE,
            QUOTE,
            "## 大桥",
            BRIDGE,
        ]
    )
    passages = split(text)
    assert [(passage.headings, passage.text) for passage in passages] == [
        (("江边",), f"# 江边\n\n{RIVER}"),
        (("江边", "渡口"), f"## 渡口：\n\n{MARKET}"),
        (("江边", "渡口"), CODE),
        (("江边", "渡口", "人数"), f"### 人数 ###\n\n{TABLE}"),
        (("江边", "渡口", "人数"), QUOTE),
        (("江边", "大桥"), f"## 大桥\n\n{BRIDGE}"),
    ]


def test_bold_markers_and_hash_tags() -> None:
    assert headings(f"**一、渡口**\n\n{RIVER}\n\n#渡口# {MARKET}") == [("一、渡口",)] * 2


def test_code_over_the_limit_is_divided_at_line_ends() -> None:
    lines = [f"for (i = {n}; i < 9; i++) row();" for n in range(8)]
    parts = texts("```\n" + "\n".join(lines) + "\n```", limit=80)
    assert "\n".join(parts) == "```\n" + "\n".join(lines) + "\n```"
    assert len(parts) > 1
    assert all(line in ["```", *lines] for part in parts for line in part.split("\n"))


def test_a_fence_that_is_never_closed_is_text() -> None:
    assert headings(f"```\n# 江边\n{RIVER}") == [(), ("江边",)]


# --- Sizes


def test_a_long_paragraph_is_divided_evenly_at_sentence_ends() -> None:
    text = "".join(f"第{i:03}天江上有雾，渡船晚点。" for i in range(10))
    parts = texts(text, limit=70)
    assert "".join(parts) == text
    assert [len(part) for part in parts] == [45, 45, 60]


def test_points_of_an_enumeration_are_preferred_as_cuts() -> None:
    plain = "渡口整治分两步走。疏浚航道很费时。涉及三段。加固堤岸很费钱。也费时。需要一年。"
    points = plain.replace("加固", "二是加固").replace("疏浚", "一是疏浚")
    assert [part[:2] for part in texts(plain, limit=28)] == ["渡口", "涉及"]
    assert [part[:2] for part in texts(points, limit=28)] == ["渡口", "二是"]


def test_a_sentence_over_the_limit_stays_whole() -> None:
    long = "江" * 50 + "。"
    assert texts(f"短句。{long}又一短句。", limit=20) == ["短句。", long, "又一短句。"]


def test_headings_stay_with_the_first_sentence_of_a_divided_section() -> None:
    parts = split(f"一、渡口\n{MARKET}{BRIDGE}", limit=60)
    assert parts[0].text.startswith("一、渡口\n每天凌晨")
    assert all(part.headings == ("一、渡口",) for part in parts)


def test_measure_is_called_once_and_counts() -> None:
    calls: list[list[str]] = []

    def words(given: Sequence[str]) -> list[int]:
        calls.append(list(given))
        return [2 for _ in given]

    article = Article(id="a", title="题", text="甲。乙。丙。丁。", source="test")
    passages = split_passages(article, limit=4, measure=words)
    assert [passage.text for passage in passages] == ["甲。乙。", "丙。丁。"]
    assert calls == [["甲。", "乙。", "丙。", "丁。"]]
    assert {passage.article_id for passage in passages} == {"a"}


def test_nothing_and_white_space_give_no_passages() -> None:
    assert split("") == []
    assert split(" \n\u3000\t\n ") == []


def test_bad_settings_are_refused() -> None:
    with pytest.raises(SettingError, match="limit is 0"):
        split("甲。", limit=0)
    with pytest.raises(ValueError, match="0 sizes for 1 texts"):
        split_passages(Article("a", "题", "甲。", "test"), limit=9, measure=lambda _: [])


# --- What always holds

PIECES = st.sampled_from(
    [
        *"甲乙一二。！？；…!?;.，：“”（）()《》[]\"' \u3000\t\n\r\u2028a1|>-#`*",
        *("一、", "二、", "三、", "（一）", "（二）", "1. ", "2. ", "3、", "（1）", "①", "②", "- "),
        *("第一节 ", "第二条　", "一是", "标题 "),
        *("\n\n", "\n# ", "\n## ", "\n```\n", "\n| ", "\n> ", "第一章 甲 ", "第一条 ", RIVER),
        *"\u0301\u200f\u202e\ufe0f\U0001f600\U00020000",
    ]
)
ANY_TEXT = st.one_of(st.text(max_size=120), st.lists(PIECES, max_size=50).map("".join))
LINES = st.lists(
    st.sampled_from(
        [RIVER, RIVER[:30], MARKET[:31], "", "　　" + BRIDGE[:28], "标题", "a b c. " * 8]
    ),
    max_size=12,
).map("\n".join)


@given(st.one_of(ANY_TEXT, LINES), st.integers(1, 90))
def test_invariants(text: str, limit: int) -> None:
    passages = split(text, limit)
    at = 0
    for number, passage in enumerate(passages, 1):
        assert passage.number == number
        assert passage.text == text[passage.start : passage.end]
        assert passage.text == passage.text.strip() != ""
        assert at <= passage.start
        assert not text[at : passage.start].strip()
        at = passage.end
    assert not text[at:].strip()


@given(st.one_of(ANY_TEXT, LINES), st.integers(1, 90))
def test_sentences_are_never_cut_and_the_limit_is_kept(text: str, limit: int) -> None:
    whole = sentences(text)
    for passage in split(text, limit):
        own = [span for span in whole if span.start < passage.end and span.end > passage.start]
        assert (own[0].start, own[-1].end) == (passage.start, passage.end)
        assert len(own) == 1 or sum(span.end - span.start for span in own) <= limit


@given(ANY_TEXT)
def test_headings_are_words_of_the_article(text: str) -> None:
    for passage in split(text):
        for heading in passage.headings:
            assert heading
            assert heading == heading.strip()
            assert heading in text
            assert len(heading) <= 60


ODD = {
    "one line": RIVER * 100_000,
    "no stop": "字" * 1_000_000,
    "brackets": "（" * 100_000,
    "markers": "一、" * 100_000,
    "spaced markers": "。 1. " * 50_000,
    "marker lines": "一、甲\n" * 50_000,
    "chapters": "第一章 甲 " * 50_000,
    "articles": "第一条 甲。\n" * 50_000,
    "spaces": " " * 1_000_000,
    "hashes": "# a\n" * 50_000,
    "fences": "```\n" * 50_000,
    "rows": "|a|b|\n" * 50_000,
    "bullets": "- a\n" * 50_000,
    "seeds": "：一、" * 100_000,
    "line breaks": "\n" * 500_000,
    "wrapped": (RIVER[:30] + "\n") * 30_000,
    "nested": "一、x\n（一）y\n1. z\n" * 15_000,
    "many items": "".join(f"{i}. {RIVER}\n" for i in range(1, 999)) * 5,
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", ODD)
def test_long_and_odd_texts_take_linear_time(name: str) -> None:
    passages = split(ODD[name], limit=400)
    assert "".join("".join(passage.text.split()) for passage in passages) == "".join(
        ODD[name].split()
    )


def test_random_articles_keep_their_paragraphs() -> None:
    rng = random.Random(7)
    for _ in range(50):
        paragraphs = [rng.choice([RIVER, MARKET, BRIDGE]) for _ in range(rng.randint(1, 9))]
        assert texts("\n\n".join(paragraphs)) == paragraphs
        assert texts(" ".join(paragraphs)) == paragraphs
