"""Sentence ends in Chinese and English text."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.records import Span
from index.sentences import sentences


def split(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今天很好。明天呢？走吧！", ["今天很好。", "明天呢？", "走吧！"]),
        ("一是修路；二是种树；三是清淤。", ["一是修路；", "二是种树；", "三是清淤。"]),
        ("我想……算了。", ["我想……", "算了。"]),
        ("真的吗？！真的。", ["真的吗？！", "真的。"]),
        ("没有句号的结尾", ["没有句号的结尾"]),
        ("半角!也行?可以;好", ["半角!", "也行?", "可以;", "好"]),
        ("他走了.她来了.", ["他走了.", "她来了."]),
        ("第一行\n第二行\n\n第三行", ["第一行", "第二行", "第三行"]),
        ("  前后有空白。　 ", ["前后有空白。"]),
        ("", []),
        (" \n\u3000\t", []),
    ],
)
def test_stops_end_sentences(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“走吧！”他说。", ["“走吧！”", "他说。"]),
        ("“甲？”“乙。”", ["“甲？”", "“乙。”"]),
        ("「好。」她答。", ["「好。」", "她答。"]),
        ("（他来了。）我走了。", ["（他来了。）", "我走了。"]),
        ("（真的吗？）我不信。", ["（真的吗？）", "我不信。"]),
        ('他说"好。"她说"不。"完', ['他说"好。"', '她说"不。"', "完"]),
        ('来了。"你好"她说。', ["来了。", '"你好"她说。']),
        ("他问：“怎么办？”，没人答。", ["他问：“怎么办？”，没人答。"]),
        ("喊着“加油！”的人群散了。", ["喊着“加油！”的人群散了。"]),
        ("惊叹号后有变体选择符！\ufe0f好。", ["惊叹号后有变体选择符！\ufe0f", "好。"]),
    ],
)
def test_quotes_and_brackets_close_with_their_sentence(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "《谁在付钱？一份账单的旅行》印了三次。",
        "材料（身份证；户口本）要带齐。",
        "增长3.5个百分点，到2023.6为止。",
        "网址是https://a.example/b?x=1;y=2!z/c.html。",
        "IT之家 8 月 16 日消息，Valve 今日发布。",
        "【申请须知】【时间？待定】以公告为准。",
    ],
)
def test_stops_inside_titles_brackets_numbers_and_addresses_end_nothing(text: str) -> None:
    assert split(text) == [text]


def test_english_text() -> None:
    text = (
        "Mr. Smith paid $3.5 in the U.S. last year. He left! Did he? J. K. Rowling, e.g., did "
        "not (see p. 3); nor did Acme Inc. and others. “Really?” Yes... maybe. It was 2023. Then"
    )
    assert split(text) == [
        "Mr. Smith paid $3.5 in the U.S. last year.",
        "He left!",
        "Did he?",
        "J. K. Rowling, e.g., did not (see p. 3);",
        "nor did Acme Inc. and others.",
        "“Really?”",
        "Yes... maybe.",
        "It was 2023.",
        "Then",
    ]


def test_list_numbers_stay_with_their_items() -> None:
    assert split("1. First. 2. Second.\n3. Third.") == ["1. First.", "2. Second.", "3. Third."]


def test_a_colon_before_a_spaced_list_ends_a_sentence() -> None:
    assert split("事项如下： 一、开会。 二、散会。") == ["事项如下：", "一、开会。", "二、散会。"]
    assert split("办法：一、开会。") == ["办法：一、开会。"]


CHINESE = (
    "江边的码头从早到晚都有船靠岸，搬运工人把一箱箱货物抬上平板车，再由拖车送到三公里外的仓库去。"
    "仓库管理员要把每个箱子的编号、重量和到达时间记下来，遇到破损的就拍照留底，通知货主尽快来处理。"
)
ENGLISH = (
    "The harbour was busy from dawn to dusk, and every crate that came ashore was weighed, marked "
    "and photographed. Nobody had time to rest! At night the clerks compared their lists; when the "
    "numbers differed, they started again from the first page of the ledger. "
)


@pytest.mark.parametrize("width", [24, 30, 38])
def test_hard_wrapped_chinese_lines_are_joined(width: int) -> None:
    lines = [CHINESE[i : i + width] for i in range(0, len(CHINESE), width)]
    wrapped = "\n".join(lines)
    assert [sentence.replace("\n", "") for sentence in split(wrapped)] == split(CHINESE)


@pytest.mark.parametrize("width", [50, 72])
def test_hard_wrapped_english_lines_are_joined(width: int) -> None:
    wrapped = textwrap.fill(ENGLISH, width)
    assert [sentence.replace("\n", " ") for sentence in split(wrapped)] == split(ENGLISH)


def test_an_indent_starts_a_paragraph_in_hard_wrapped_text() -> None:
    first, second = CHINESE[:46], CHINESE[46:]
    wrapped = f"　　{first[:28]}\n{first[28:]}\n　　{second[:28]}\n{second[28:]}"
    assert split(wrapped) == [f"{first[:28]}\n{first[28:]}", f"{second[:28]}\n{second[28:]}"]


def test_headlines_under_each_other_are_not_joined() -> None:
    lines = ["码头扩建工程今日开工市民可以绕行南侧便道通过", "仓库新规下月施行", "江上游船恢复夜航"]
    assert split("\n".join(lines)) == lines


def test_a_range_has_only_its_own_sentences() -> None:
    text = "甲甲。乙乙。丙丙。"
    assert sentences(text, 3, 6) == [Span(3, 6)]
    assert sentences(text, 4) == [Span(4, 6), Span(6, 9)]
    assert sentences(text, 1, 5) == [Span(1, 3), Span(3, 5)]


@pytest.mark.parametrize("width", [28, 34, 36])
def test_a_range_is_read_as_in_its_context(width: int) -> None:
    text = CHINESE.replace("三公里", " 3.5 km ") * 3
    wrapped = "\n".join(text[i : i + width] for i in range(0, len(text), width))
    whole = sentences(wrapped)
    assert len(whole) == 6
    for i, first in enumerate(whole):
        for last in whole[i:]:
            assert sentences(wrapped, first.start, last.end) == whole[i : whole.index(last) + 1]


PIECES = st.sampled_from(
    [
        *"甲乙。！？；…!?;.．，：、“”‘’「」《》（）()[]【】\"' \u3000\t\n\r\u2028ab1",
        *"\u0301\ufe0f\u200f\u202e\U0001f600\U00020000",
        *("3.5", "e.g. ", "\n\n", "： 一、"),
    ]
)
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=60).map("".join))


@given(TEXTS, st.integers(0, 80), st.integers(0, 80))
def test_sentences_cover_every_character_in_order(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))
    at = start
    for span in sentences(text, start, end):
        assert at <= span.start < span.end <= end
        assert not text[at : span.start].strip()
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        at = span.end
    assert not text[at:end].strip()


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text",
    [
        CHINESE * 20_000,
        "（" * 300_000,
        "《（【“" * 100_000,
        "。”" * 150_000,
        "。" + "”" * 500_000,
        '。"' * 150_000,
        " " * 1_000_000,
        "\n " * 300_000,
        " " * 500_000 + "1. " * 50_000,
        "：" * 300_000 + " " * 300_000,
        (CHINESE[:30] + "\n") * 30_000,
        "短。\n" * 100_000,
    ],
    ids=range(12),
)
def test_long_and_odd_texts_take_linear_time(text: str) -> None:
    found = sentences(text)
    assert sum(span.end - span.start for span in found) <= len(text)
    assert bool(found) == bool(text.strip())
