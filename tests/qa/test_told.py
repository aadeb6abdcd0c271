"""What a sentence tells in numbers and times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.told import DAY, ORDINAL, amounts, times


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("三分之一", "%"), ("一半", "%"), ("1/3", "%"), ("第三", ORDINAL), ("第十届", ORDINAL),
        ("首个", ORDINAL), ("百余家", "家"), ("三本", "本"), ("26国", "国"), ("30日", DAY),
        ("好几年", "月"), ("半个月", "月"), ("大半天", "秒"), ("每周", "秒"), ("每年", "月"),
        ("一个", "个"), ("七席", ""), ("三", ""), ("iii级", "级"),
    ],
)  # fmt: skip
def test_numbers_that_no_fact_is_made_of(text: str, unit: str) -> None:
    assert [amount.unit for amount in amounts(text)] == [unit]


@pytest.mark.parametrize(
    "text", ["8月30日", "2023年", "9:00", "一般", "一些人", "几乎", "光谷", ""]
)
def test_what_tells_no_number(text: str) -> None:
    assert amounts(text) == []


def test_one_of_something_says_little_beside_other_numbers() -> None:
    assert [amount.unit for amount in amounts("一个公司有三栋楼")] == ["栋"]


@pytest.mark.parametrize(
    "text",
    [
        "清末", "明代", "唐朝", "康熙年间", "建安二十四年", "春节前", "国庆期间", "周五", "周六晚",
        "昨天", "上周", "月底", "第三季度", "上午9点", "九点半", "9:00", "17时许", "16时40分",
        "1998", "年内", "三年后", "140年前", "秋季", "石器时代", "侏罗纪", "955年", "第72分钟",
        "monday",
    ],
)  # fmt: skip
def test_times_that_no_date_is_made_of(text: str) -> None:
    assert times(text)


@pytest.mark.parametrize(
    "text",
    [
        "三天", "一周", "两周", "五个月", "15年时间", "三点意见", "50亿元", "2%", "一点", "300公里",
        "朝鲜", "周边", "3号线", "明代表", "美元代币", "更新世界", "第三名", "光谷", "",
    ],
)  # fmt: skip
def test_what_names_no_time(text: str) -> None:
    assert times(text) == []


@given(st.text(alphabet="第一二三十半年月日天点时分周个0123:. 清末每", max_size=60))
def test_spans_are_within_the_text(text: str) -> None:
    spans = [(amount.start, amount.end) for amount in amounts(text)] + times(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
