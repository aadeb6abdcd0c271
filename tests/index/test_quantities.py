"""Quantities: every form of a number comes back as the value it was written from."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.quantities import Quantity, quantity_reader
from index.text import folder

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=200)
NUMERIC = st.text(
    "0123456789零一二两三四五十百千万亿几数半成余多来点分之年月日元第约近-—~至到,. %５億萬兩點a$",
    max_size=40,
)
FIGURES = "零一二三四五六七八九"


def parts(found: Quantity) -> tuple[object, ...]:
    return found.low, found.high, found.unit


def read(text: str) -> list[Quantity]:
    return quantity_reader().read(folder().fold(text))


def in_chinese(number: int) -> str:
    """A number from 1 to 10^12 - 1 as it is spoken; written apart from the reader's rules."""
    groups = []
    while number:
        number, group = divmod(number, 10000)
        groups.append(group)
    spoken = ""
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            continue
        if (spoken and group < 1000) or (
            spoken and place + 1 < len(groups) and not groups[place + 1]
        ):
            spoken += "零"
        part, gap = "", False
        for unit, scale in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
            figure = group // unit % 10
            if figure:
                part += ("零" if gap and part else "") + FIGURES[figure] + scale
                gap = False
            else:
                gap = True
        if not spoken and part.startswith("一十"):
            part = part[1:]
        spoken += part + ["", "万", "亿"][place]
    return spoken


@pytest.mark.parametrize(
    ("number", "spoken"),
    [(10, "十"), (12, "十二"), (105, "一百零五"), (20_030, "二万零三十"), (10**8 + 5, "一亿零五")],
)
def test_the_grammar_speaks_as_people_do(number: int, spoken: str) -> None:
    assert in_chinese(number) == spoken


@given(st.integers(2, 10**12 - 1))
def test_spoken_numbers_round_trip(number: int) -> None:
    for written in (in_chinese(number), in_chinese(number).replace("万", "萬").replace("亿", "億")):
        (found,) = read(f"共{written}元")
        assert parts(found) == (number, number, "元")
        assert (found.start, found.end) == (1, len(written) + 2)


@given(st.integers(2, 10**12 - 1), st.sampled_from(["", ","]))
def test_arabic_numbers_round_trip(number: int, mark: str) -> None:
    plain = f"{number:,}".replace(",", mark)
    wide = plain.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789,"})
    for written in (plain, wide):
        (found,) = read(f"共{written}家")
        assert parts(found) == (number, number, "家")


@given(
    st.integers(1, 99_999), st.integers(0, 3), st.sampled_from(["万", "亿", "千万", "百万", "万亿"])
)
def test_scaled_numbers_round_trip(figures: int, places: int, scale: str) -> None:
    value = Decimal(figures).scaleb(-places)
    factor = {"万": 4, "亿": 8, "千万": 7, "百万": 6, "万亿": 12}[scale]
    for gap in ("", " "):
        (found,) = read(f"{value}{gap}{scale}{gap}元")
        assert found.low == found.high == value.scaleb(factor)
        assert found.unit == "元"


@given(st.integers(1, 998), st.integers(1, 998), st.sampled_from("-—~～至到"))
def test_ranges_round_trip(first: int, second: int, mark: str) -> None:
    low, high = sorted((first, second))
    if low == high:
        high += 1
    (found,) = read(f"{low}{mark}{high}万元")
    assert parts(found) == (low * 10_000, high * 10_000, "元")
    (spoken,) = read(f"{in_chinese(low)}元至{in_chinese(high)}元") if low > 1 else (None,)
    if spoken:
        assert parts(spoken) == (low, high, "元")


@given(st.integers(1, 99))
def test_shares_round_trip(share: int) -> None:
    for written in (f"{share}%", f"{share}％", f"百分之{in_chinese(share)}", f"百分之{share}"):
        (found,) = read(f"占{written}")
        assert parts(found) == (share, share, "%"), written


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("50亿元", "五十亿元"),
        ("5,000,000,000元", "５０亿 元"),
        ("50億元", "5 billion yuan"),
        ("14万平方米", "十四万平米"),
        ("90%", "百分之九十"),
        ("九成", "90％"),
        ("2.3万户", "23000户"),
        ("两公里", "2000米"),
        ("48小时", "两天"),
        ("三年", "36个月"),
        ("两年半", "30个月"),
        ("两个半小时", "150分钟"),
        ("三点五倍", "3.5倍"),
        ("1亿5000万元", "一亿五千万元"),
        ("三万五元", "35000元"),
        ("$5 million", "500万美元"),
        ("九成五", "95%"),
        ("1平方公里", "100公顷"),
        ("twenty-five percent", "25%"),
        ("千分之五", "0.5%"),
    ],
)
def test_forms_meet(one: str, other: str) -> None:
    (first,), (second,) = read(one), read(other)
    assert (first.low, first.high, first.unit) == (second.low, second.high, second.unit)


@pytest.mark.parametrize(
    ("text", "low", "high", "approximate"),
    [
        ("近百亿元", 10**10, 10**10, True),
        ("30余台", 30, 30, True),
        ("超百万标箱", 10**6, None, False),
        ("20余万户", 200_000, 200_000, True),
        ("三四十人", 30, 40, True),
        ("十五六岁", 15, 16, True),
        ("十几家", 11, 19, True),
        ("数百人", 200, 900, True),
        ("不少于1000亩", 1000, None, False),
        ("不超过3项", None, 3, False),
        ("500元以下", None, 500, False),
        ("约8万人", 80_000, 80_000, True),
        ("3000—5000元", 3000, 5000, False),
    ],
)
def test_bounds_and_approximations(
    text: str, low: int | None, high: int | None, approximate: bool
) -> None:
    (found,) = read(text)
    assert (*parts(found)[:2], found.approximate) == (low, high, approximate)


@pytest.mark.parametrize(
    "text", ["老百姓", "万一下雨", "统一部署", "第三季度", "5G与K12", "成立五成员", "千万别去"]
)
def test_words_are_no_quantities(text: str) -> None:
    assert read(text) == []


@settings(max_examples=1500)
@given(ANY_TEXT | NUMERIC)
def test_any_text_is_read_and_spans_lead_back_into_it(text: str) -> None:
    folded = folder().fold_with_origin(text)
    end = 0
    for found in quantity_reader().read(folded.text):
        assert end <= found.start < found.end <= len(folded.text)
        end = found.end
        first, last = folded.original(found.start, found.end)
        assert 0 <= first < last <= len(text)
        assert found.values
        if found.low is not None and found.high is not None:
            assert found.low <= found.high


@pytest.mark.parametrize(
    "piece", ["一", "万", "9", "九百", "1,", "1-", "one ", "三四", "几十", "百分之", "余"]
)
def test_what_is_read_does_not_depend_on_how_long_the_text_is(piece: str) -> None:
    # Quadratic reading of this would last beyond the suite's limit.
    assert isinstance(read(piece * 100_000), list)
