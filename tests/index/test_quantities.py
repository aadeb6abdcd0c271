"""Quantities: every form of a number comes back as the value it was written from."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.quantities import Quantity, quantity_reader
from index.text import folder

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=200)
NUMERIC = st.text(
    "0123456789零一二两三四五十百千万亿几数半成余多来点分之年月日元第约近-—~至到,. %５億萬兩點a$"
    "个下度℃/½−过内后代km㎡",
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
        ("120㎡", "120平方米"),
        ("20万㎡", "20万平方米"),
        ("100m2", "100平方米"),
        ("50km", "50公里"),
        ("35kg", "35公斤"),
        ("10kW", "10千瓦"),
        ("60kWh", "60度电"),
        ("5GB", "50亿字节"),
        ("300mm", "30厘米"),
        ("7nm", "7纳米"),
        ("3.5GHz", "3.5吉赫"),
        ("1000mAh", "1000毫安时"),
        ("500ml", "500毫升"),
        ("120hz", "120赫兹"),
        ("5000rmb", "5000元"),
        ("1000g", "两斤"),
        ("$5m", "500万美元"),
        ("1/3", "三分之一"),
        ("½", "二分之一"),
        ("2/3", "三分之二"),
        ("½", "一半"),
        ("半数", "五成"),
        ("百分之五到百分之八", "5%—8%"),
        ("百分之五至八", "5%—8%"),
        ("百分之五至8%", "5%—8%"),
        ("三分之一到一半", "1/3-1/2"),
        ("万分之零点五", "0.005%"),
        ("3‰", "千分之三"),
        ("十二分之六", "50%"),
        ("半年", "六个月"),
        ("半个小时", "30分钟"),
        ("半公里", "500米"),
        ("-5℃", "零下5度"),
        ("−3.5%", "-3.5%"),
        ("-10℃至-5℃", "零下10到5度"),
        ("-5~8℃", "零下5℃至零上8℃"),
        ("3个亿", "3亿"),
        ("两个亿", "2亿"),
        ("10个亿美元", "10亿美元"),
        ("1万2", "12000"),
        ("3亿5", "3.5亿"),
        ("1万2元", "12000元"),
        ("1万2到1万5元", "12000至15000元"),
        ("十五至二十万元", "15万至20万元"),
        ("三至五千万元", "3000万至5000万元"),
        ("三千年前", "3000年前"),
        ("叁佰伍拾陆元", "356元"),
        ("伍元", "5元"),
        ("5%——8%", "5%-8%"),
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
        ("五至二十人", 5, 20, False),
        ("一百五六十家", 150, 160, True),
        ("一千二三百人", 1200, 1300, True),
        ("十五六万", 150_000, 160_000, True),
        ("三两家", 2, 3, True),
        ("三五家", 3, 5, True),
        ("一两个", 1, 2, True),
        ("十四五岁", 14, 15, True),
        ("两个多月", 2, None, True),
        ("1个多月", 1, None, True),
        ("三个多小时", 10_800, None, True),
        ("半个多月", Decimal("0.5"), None, True),
        ("3个多亿", 300_000_000, 300_000_000, True),
        ("过半", 50, None, False),
        ("超过半数", 50, None, False),
        ("不到一半", None, 50, False),
        ("近一半", 50, 50, True),
        ("一大半", 50, None, True),
        ("零下5度以下", None, -5, False),
        ("超过3项", 3, None, False),
        ("过百家", 100, None, False),
        ("上百家", 100, None, False),
        ("票房破亿", 10**8, None, False),
        ("近百亿", 10**10, 10**10, True),
        ("超百万", 10**6, None, False),
        ("年过60", 60, None, False),
        ("产值过50亿元", 5 * 10**9, None, False),
        ("越过1000亿元", 10**11, None, False),
        ("满18岁", 18, None, False),
        ("不满18岁", None, 18, False),
        ("500家以上", 500, None, False),
        ("5天内", None, 432_000, False),
        ("三年内部署", None, 36, False),
        ("三个月内销量", None, 3, False),
        ("三天内陆续", None, 259_200, False),
        ("100元内", None, 100, False),
        ("3年多", 36, None, True),
    ],
)
def test_bounds_and_approximations(
    text: str, low: int | None, high: int | None, approximate: bool
) -> None:
    (found,) = read(text)
    assert (*parts(found)[:2], found.approximate) == (low, high, approximate)


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("以上3家企业", 3, "家"),
        ("通过3项决议", 3, "项"),
        ("满足3项条件", 3, "项"),
        ("做过3次手术", 3, "次"),
        ("最近3个月", 3, "月"),
        ("打破3项纪录", 3, "项"),
        ("附近3家", 3, "家"),
        ("签约3家", 3, "家"),
        ("中超16队", 16, "队"),
        ("5家内资银行", 5, "家"),
        ("3个内陆省份", 3, "个"),
        ("3年内部审计", 36, "月"),
        ("3家以上海为总部", 3, "家"),
        ("3年多次获奖", 36, "月"),
        ("负5度", 5, "度"),
        ("下降3.5%", Decimal("3.5"), "%"),
        ("项目-5家", 5, "家"),
        ("3个百分点", 3, "百分点"),
        ("3个亿元县", 3, "个"),
    ],
)
def test_what_belongs_to_another_word_is_no_bound(
    text: str, number: int | Decimal, unit: str
) -> None:
    (found,) = read(text)
    assert (*parts(found), found.approximate) == (number, number, unit, False)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("9/11", [9, 11]),
        ("1/4决赛", [1, 4]),
        ("3亿5年建成", [300_000_000, 60]),
        ("5万3人", [50_000, 3]),
        ("两年半公里", [30]),
        ("5%-3%", [5, 3]),
        ("5G基站20万", [200_000]),
        ("第十五届有3人", [3]),
        ("三三两两来了5人", [5]),
        ("一年半载", [12]),
        ("五〇〇元", [500]),
        ("男双十米台", [10]),
        ("无双3", [3]),
        ("EA-18G", []),
        ("一九九八", [1998]),
        ("七五折", [75]),
        ("3500年历史", [42_000]),
        ("5000年文明", [60_000]),
        ("距今2100年", [25_200]),
    ],
)
def test_numbers_side_by_side(text: str, numbers: list[int]) -> None:
    assert [found.low for found in read(text)] == numbers


@pytest.mark.parametrize(
    ("text", "piece"),
    [("气温为-5℃", "-5°c"), ("气温零下5度", "零下5度"), ("有一百五六十家店", "一百五六十家")],
)
def test_spans_are_exact(text: str, piece: str) -> None:
    folded = folder().fold(text)
    (found,) = quantity_reader().read(folded)
    assert folded[found.start : found.end] == piece


@pytest.mark.parametrize(
    "text",
    [
        "老百姓", "万一下雨", "统一部署", "第三季度", "5G与K12", "成立五成员", "千万别去",
        "4K", "G20", "SU7", "5g网络", "三两", "三五成群", "三三两两", "三四线城市",
        "十四五", "十四五国家规划", "十三五", "五一", "五一节", "三八节", "九一八事变", "双十一",
        "双11", "双十二", "90年代", "九十年代", "80后", "90后", "八零后", "上半年", "头半年",
        "半年报", "半导体", "半斤八两", "过半百", "百度一下", "贴近百姓", "零事故", "陆家嘴",
    ],
)  # fmt: skip
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
    ("text", "taken", "ends"),
    [("3年半后", (2, 3), [2]), ("3家-5家", (3, 5), [2]), ("$3m一个", (2, 3), [])],
)
def test_nothing_is_read_into_what_is_taken(
    text: str, taken: tuple[int, int], ends: list[int]
) -> None:
    assert [found.end for found in quantity_reader().read(text, [taken])] == ends


@pytest.mark.parametrize(
    "piece",
    [
        "一",
        "万",
        "9",
        "九百",
        "1,",
        "1-",
        "one ",
        "三四",
        "几十",
        "百分之",
        "余",
        "半",
        "十",
        "零",
        "1/",
        "三两",
        "零下1",
        "1万2",
        "一百五六",
        "1个亿",
        "5km",
        "-1%",
        "第",
        "一半至",
    ],
)
def test_what_is_read_does_not_depend_on_how_long_the_text_is(piece: str) -> None:
    # Quadratic reading of this would last beyond the suite's limit.
    assert isinstance(read(piece * 100_000), list)
