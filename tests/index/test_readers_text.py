"""Encodings, plain text, saved pages and Markdown."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import ReadError
from index.readers import read_bytes
from index.readers.encoding import decode
from index.records import Article

CHECKOUT = Path(__file__).parents[2]
SAMPLE = (CHECKOUT / "data" / "sample" / "page.txt").read_text("utf-8")
TRADITIONAL = (
    "漢陽是武漢的老工業區，清末創辦的鐵廠就在這裡。一百多年過去，煙囪少了，企業卻還在。"
    "銀行與企業每個月開一次小會，缺錢的時候先找銀行，再找擔保公司。"
)
KOREAN = (
    "대한민국의 수도 서울은 한강을 끼고 있으며 인구가 천만 명에 이른다. 정부는 새로운 정책을 "
    "발표하였고 기업들은 이에 대해 환영의 뜻을 나타냈다. 이번 사업은 지역 경제를 활성화하고 "
    "일자리를 만드는 것을 목표로 한다. 시장은 앞으로 더 많은 투자를 유치하겠다고 말했다."
)
JAPANESE = "東京都は新しい政策を発表し、中小企業の支援を強化すると述べた。融資の枠は二倍に増える。"
RUSSIAN = "Правительство объявило о новой программе поддержки малого бизнеса в регионах."
FRENCH = "Le gouvernement élargit l’accès au crédit; déjà, les entrepreneurs espèrent mieux."
GERMAN = "Die Regierung hat ein Förderprogramm für kleine Unternehmen beschlossen. Größere Straßen."


def one(name: str, text: str | bytes) -> Article:
    data = text.encode() if isinstance(text, str) else text
    (article,) = read_bytes(name, data, source="s")
    return article


def normal(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


anything = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\r\t"), min_size=1
)
chinese = st.text(st.sampled_from(TRADITIONAL + SAMPLE), min_size=2, max_size=90)


@given(text=anything, encoding=st.sampled_from(["utf-8", "utf-8-sig"]))
def test_utf8_is_read_back(text: str, encoding: str) -> None:
    expected = normal(text if encoding == "utf-8-sig" else text.removeprefix("\ufeff"))
    assert decode(text.encode(encoding), "f") == expected


@given(text=chinese.filter(lambda text: max(text) > "\x7f"))
def test_gb18030_is_read_back(text: str) -> None:
    # Two characters beside each other are the least that can be told from Latin-1.
    text = "武汉：" + text + "。长江边"
    assert decode(text.encode("gb18030"), "f") == normal(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("text", [SAMPLE, TRADITIONAL, "武汉", "code  # 注释：这里\n" * 3])
def test_encodings_of_real_text(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "f") == text


def test_gb18030_with_a_mark_and_beyond_gbk() -> None:
    assert decode("\ufeff武汉真好玩\U0001f600".encode("gb18030"), "f") == "武汉真好玩\U0001f600"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TRADITIONAL, "big5"),
        (SAMPLE, "utf-16-le"),
        (SAMPLE, "utf-16-be"),
        (FRENCH, "cp1252"),
        (FRENCH.replace("’", "'"), "latin-1"),
        (GERMAN, "latin-1"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "cp1251"),
        (KOREAN, "euc-kr"),
        (JAPANESE, "euc-jp"),
        (JAPANESE, "shift-jis"),
    ],
)
def test_other_encodings_are_an_error_and_not_mojibake(text: str, encoding: str) -> None:
    with pytest.raises(ReadError, match=r"convert it to UTF-8|binary"):
        decode(text.encode(encoding), "f")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_utf16_with_its_mark_is_named(encoding: str) -> None:
    with pytest.raises(ReadError, match=rf"f: .*{encoding.upper()}.*convert it to UTF-8"):
        decode(SAMPLE.encode(encoding), "f")


@pytest.mark.parametrize(
    "data", ["武汉\0".encode(), b"\x7fELF\x02\x01\x01" + b"\x03" * 9, b"\x1b[0m\x07" * 9]
)
def test_binary_content_is_an_error(data: bytes) -> None:
    with pytest.raises(ReadError, match="binary"):
        decode(data, "f")


def test_a_broken_character_is_an_error() -> None:
    with pytest.raises(ReadError, match="neither UTF-8 nor GB18030"):
        decode(SAMPLE.encode()[:-12] + b"\xe6\xad", "f")


# Plain text


def test_plain_title_and_date_stay_out_of_the_text() -> None:
    article = one("a.txt", "\n 小米与武汉 \n\n2023年8月16日\n\n　　第一段。\r\n\r\n第二段。\n")
    assert article.title == "小米与武汉"
    assert article.published == "2023-08-16"
    assert article.text == "　　第一段。\n\n第二段。\n"


@pytest.mark.parametrize(
    "text",
    [
        "一句完整的话。\n第二段。",
        "小米为什么来武汉？\n第二段。",
        "长" * 61 + "\n第二段。",
        "只有一行",
        "题目\n2023-08-16\n",
        "- 苹果\n- 梨\n",
        "----\n正文",
        "  \n一句话，\n  缩进。  \n",
    ],
)
def test_plain_without_a_title_keeps_the_whole_text(text: str) -> None:
    article = one("报告.v2.txt", text)
    assert article.title == "报告.v2"
    assert article.text == text
    assert article.published is None


def test_plain_title_of_just_sixty_characters() -> None:
    assert one("a.txt", "长" * 60 + "\n正文").title == "长" * 60


def test_plain_second_line_that_is_more_than_a_date() -> None:
    article = one("a.txt", "题目\n2023-08-16 武汉电\n正文")
    assert article.published is None
    assert article.text == "2023-08-16 武汉电\n正文"


# Saved pages

BODY = "正文在这里。一、时间线 正文还有。"


def page(text: str) -> list[Article]:
    return read_bytes("page.txt", text.encode(), source="s")


def test_page() -> None:
    first, second = page(
        f"-\n【武汉招商】甲 乙\n{BODY}\n2025-07-23\n-\n丙\n{BODY}二\n2025-07-16\n"
        "有想补充的信息?点我投稿\n\n- 联系我们\n- 企业入驻\n"
    )
    assert (first.label, first.title, first.published) == ("武汉招商", "甲 乙", "2025-07-23")
    assert first.text == BODY
    assert (second.label, second.title, second.published) == (None, "丙", "2025-07-16")
    assert second.text == BODY + "二"
    assert first.full_title == "【武汉招商】甲 乙"


@pytest.mark.parametrize("dash", ["－", "—", " – ", "\t-  ", "―"])
def test_page_tolerates_blank_lines_spaces_and_dashes(dash: str) -> None:
    first, second = page(
        f"\n{dash}\n\n 甲  \n\n  {BODY}  \n 第二行。 \n\n第三行。\n\n 2025-07-23 \n\n"
        f"{dash}\r\n乙\r\n{BODY}\r\n2025-07-16\r\n"
    )
    assert first.title == "甲"
    assert first.text == f"{BODY}  \n 第二行。 \n\n第三行。"
    assert first.published == "2025-07-23"
    assert (second.title, second.text) == ("乙", BODY)


def test_page_with_dates_missing() -> None:
    articles = page(
        f"-\n甲\n{BODY}\n-\n乙\n{BODY}\n2025-07-23\n"
        f"-\n丙\n{BODY}\n有想补充的信息?点我投稿\n\n- 联系我们\n"
    )
    assert [(a.title, a.published, a.text) for a in articles] == [
        ("甲", None, BODY),
        ("乙", "2025-07-23", BODY),
        ("丙", None, BODY),
    ]


def test_page_footer_with_a_dash_of_its_own() -> None:
    for footer in (
        "-\n联系我们\n企业入驻\n-\n版权\n武汉\n",
        "有想补充的信息？点我投稿\n-\n联系我们\n",
    ):
        (article,) = page(f"-\n甲\n{BODY}\n2025-07-23\n{footer}")
        assert (article.text, article.published) == (BODY, "2025-07-23")


def test_page_body_with_dates_on_their_own_lines() -> None:
    first, second = page(
        f"-\n甲\n2017-01-02\n开工。\n2019-03-04\n竣工。\n2025-07-23\n-\n乙\n{BODY}\n2025-07-16"
    )
    assert first.text == "2017-01-02\n开工。\n2019-03-04\n竣工。"
    assert first.published == "2025-07-23"
    assert second.text == BODY


def test_page_article_without_text_is_an_error_and_the_others_are_kept(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r'page.txt, line 2: the record\'s "text" is empty'):
        page(f"-\n甲\n2025-07-23\n-\n乙\n{BODY}\n2025-07-16")


def test_page_ids_are_distinct_and_stay_when_an_article_is_put_before() -> None:
    article = f"-\n甲\n{BODY}\n2025-07-23\n"
    before = page(article * 2)
    after = page(f"-\n新\n{BODY}\n2025-07-24\n" + article * 2)
    assert before[0].id != before[1].id
    assert [a.id for a in before] == [a.id for a in after[1:]]


@pytest.mark.parametrize(
    "text",
    [
        "购物清单\n- 苹果\n- 梨\n2023-08-16\n都要买。\n",
        "-\n苹果\n-\n梨\n-\n桃子\n",
        "-\n2023-08-16\n今天下雨。\n-\n2023-08-17\n今天天晴。\n",
        f"论武汉\n{BODY}\n-\n编辑\n张三\n2025-07-23\n",
        "- 苹果\n红色。\n2023-08-16\n- 梨\n黄色。\n2023-08-16\n",
    ],
)
def test_text_with_a_list_is_not_a_page(text: str) -> None:
    article = one("清单.txt", text)
    assert article.text.rstrip().endswith(text.rstrip()[-3:])
    assert text.endswith(article.text)


# Markdown


def test_markdown_front_matter() -> None:
    article = one(
        "a.md",
        "---\ntitle: 012\nDate: 2023-08-16 18:02:41 +0800\nlink: https://example.org/a\n"
        "tags: [武汉招商, 光谷]\nextra: {a: 1}\n---\n\n# 标题\n\n正文 **加粗**。\r\n",
    )
    assert article.title == "012"
    assert article.published == "2023-08-16T18:02:41+08:00"
    assert article.url == "https://example.org/a"
    assert article.label == "武汉招商"
    assert article.text == "# 标题\n\n正文 **加粗**。\n"


@pytest.mark.parametrize(
    ("front", "label", "url"),
    [
        ("categories:\n  - 甲\n  - 乙", "甲", None),
        ("category: 甲\ntags: 乙", "甲", None),
        ("label: 甲\nsource: 长江日报", "甲", None),
        ("source: https://example.org", None, "https://example.org"),
        ("url:\nlabel: ~\ntags: []", None, None),
        ("", None, None),
        ("# 注释", None, None),
    ],
)
def test_markdown_labels_and_addresses(front: str, label: str | None, url: str | None) -> None:
    article = one("a.md", f"---\n{front}\n---\n正文。\n")
    assert (article.title, article.label, article.url) == ("a", label, url)
    assert article.text == "正文。\n"


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("# 题 #\n\n正文。", "题", "正文。"),
        ("\n\n# C#\n正文。", "C#", "正文。"),
        ("引言。\n# 题\n正文。", "题", "引言。\n# 题\n正文。"),
        ("## 二级\n正文。", "a", "## 二级\n正文。"),
        ("#标签 正文。", "a", "#标签 正文。"),
        ("```sh\n# 注释\n```\n# 题\n正文。", "题", "```sh\n# 注释\n```\n# 题\n正文。"),
        ("~~~\n```\n# 注释\n~~~~\n正文。", "a", "~~~\n```\n# 注释\n~~~~\n正文。"),
        ("````\n```\n# 注释", "a", "````\n```\n# 注释"),
        ("``` a`b\n# 题\n正文。", "题", "``` a`b\n# 题\n正文。"),
        ("    # 代码\n正文。", "a", "    # 代码\n正文。"),
        ("#\n正文。", "a", "#\n正文。"),
        ("---\n两条横线之间的一段话\n---\n正文。", "a", "---\n两条横线之间的一段话\n---\n正文。"),
        ("---\n没有结尾的横线\n", "a", "---\n没有结尾的横线\n"),
    ],
)
def test_markdown_titles(text: str, title: str, body: str) -> None:
    article = one("a.md", text)
    assert article.title == title
    assert article.text == body


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("---\ntitle: 甲\ndate: [2023\n---\n正文", "line [34]: the front matter is not YAML"),
        ("---\ntitle: a: b\n---\n正文", "line 2: the front matter is not YAML"),
        ("---\na: *b\n---\n正文", "line 2: the front matter is not YAML"),
        (f"---\na: {'[' * 3000}\n---\n正文", "front matter is not YAML"),
        (f"---\n{'a: b' * 30_000}\n---\n正文", "front matter has more than 100,000"),
        ("---\ntitle: 甲\ndate: 2023-13-40\n---\n正文", 'line 3: "2023-13-40" is not a date'),
        ("---\npublished: 昨天\n---\n正文", 'line 2: "昨天" is not a date'),
        ("---\ntitle: {a: 1}\n---\n正文", 'line 2: "title" is a mapping'),
        ('---\ntitle: "\\0"\n---\n正文', r"line 2: .* U\+0000"),
        ("---\ntitle: 甲\n---\n\n", "no text below its title"),
        ("# 只有标题", "no text below its title"),
    ],
)
def test_markdown_errors(text: str, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        one("a.md", text)


def test_markdown_takes_nothing_from_tags_of_python() -> None:
    article = one("a.md", "---\ntitle: !!python/object/apply:os.getcwd []\n---\n正文。")
    assert article.title == "a"


@pytest.mark.parametrize(
    "line",
    ["# 题" + " " * 200_000 + "。", "#" * 200_000, "`" * 200_000 + " ~", " " * 200_000 + "#"],
)
def test_long_lines_take_no_time(line: str) -> None:
    start = time.perf_counter()
    for name in ("a.md", "a.txt"):
        read_bytes(name, f"{line}\n\n{line}\n正文".encode(), source="s")
    assert time.perf_counter() - start < 2
