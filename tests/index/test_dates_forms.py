"""Dates: forms that begin other words, share a year, or count from the day of the text."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.dates import read_dates
from index.facts import Facts, read_facts
from index.text import folder

TODAY = date(2025, 8, 20)  # a Wednesday
YEAR_2023 = ("2023-01-01", "2023-12-31")


def facts(text: str, today: date | None = TODAY) -> Facts:
    return read_facts(folder().fold(text), today)


def spans(text: str, today: date | None = TODAY) -> list[tuple[str, str, str]]:
    plain = folder().fold(text)
    return [
        (plain[found.start : found.end], str(found.first), str(found.last))
        for found in read_dates(plain, today)
    ]


def days(text: str, today: date | None = TODAY) -> tuple[str, str]:
    ((_, first, last),) = spans(text, today)
    return first, last


@pytest.mark.parametrize(
    "after",
    [
        "中小企业", "初创企业", "初步核算", "中秋", "中超", "中芯国际", "中标金额", "中心城区",
        "中长期", "中学生", "初中招生", "中国", "中考", "底层", "底价", "末位", "中报", "初级",
    ],
)  # fmt: skip
def test_parts_of_a_year_are_not_read_inside_words(after: str) -> None:
    assert spans(f"2023年{after}") == [("2023年", *YEAR_2023)]
    assert days(f"今年{after}") == ("2025-01-01", "2025-12-31")
    if after[0] in "中初":
        assert spans(f"2023年6月{after}") == [("2023年6月", "2023-06-01", "2023-06-30")]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023年中", "2023-06-01", "2023-07-31"),
        ("2023年中，", "2023-06-01", "2023-07-31"),
        ("2023年年中的会", "2023-06-01", "2023-07-31"),
        ("2023年中发布", "2023-06-01", "2023-07-31"),
        ("2023年初 开工", "2023-01-01", "2023-02-28"),
        ("2023年初开始", "2023-01-01", "2023-02-28"),
        ("2023年初，", "2023-01-01", "2023-02-28"),
        ("2023年底完成", "2023-11-01", "2023-12-31"),
        ("2023年底前", "2023-11-01", "2023-12-31"),
        ("2023年末增长", "2023-11-01", "2023-12-31"),
        ("去年底", "2024-11-01", "2024-12-31"),
        ("2023年6月初", "2023-06-01", "2023-06-10"),
        ("2023年6月中旬", "2023-06-11", "2023-06-20"),
        ("2023年6月中下旬", "2023-06-11", "2023-06-30"),
        ("2023年2月底", "2023-02-21", "2023-02-28"),
    ],
)
def test_parts_of_a_year_or_month_are_read_where_they_stand_alone(
    text: str, first: str, last: str
) -> None:
    assert days(text) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "如今年轻人", "80后年轻人", "改革开放后年均", "此后年均", "疫情前年均", "以上年薪",
        "基本年薪", "文明年代", "日本月球", "基本月薪", "今日头条", "明天系", "说明天气",
        "目前天气", "后天性", "失去年轻", "表明日本", "以上月薪", "成本周期", "每周五", "周六福",
        "一周五天", "送上月球", "青年中", "两年内", "三年前后", "五年来自", "多年前", "第十年前",
        "一百二十年前", "周日均", "周一、周三", "调查说明天气好", "回本周期", "年内部", "星期日报",
    ],
)  # fmt: skip
def test_relative_dates_are_not_read_inside_words(text: str) -> None:
    assert spans(text) == []


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("至今年", "2025-01-01", "2025-12-31"),
        ("如今年7月", "2025-07-01", "2025-07-31"),
        ("比上年增长", "2024-01-01", "2024-12-31"),
        ("超过去年", "2024-01-01", "2024-12-31"),
        ("上年度", "2024-01-01", "2024-12-31"),
        ("在后年", "2027-01-01", "2027-12-31"),
        ("前年", "2023-01-01", "2023-12-31"),
        ("民众党前年余绌", "2023-01-01", "2023-12-31"),
        ("实现今年目标", "2025-01-01", "2025-12-31"),
        ("调查显示明年薪资", "2026-01-01", "2026-12-31"),
        ("外资本周净流入", "2025-08-18", "2025-08-24"),
        ("沙利文本月表示", "2025-08-01", "2025-08-31"),
        ("大前年", "2022-01-01", "2022-12-31"),
        ("大后年", "2028-01-01", "2028-12-31"),
        ("今日", "2025-08-20", "2025-08-20"),
        ("后天", "2025-08-22", "2025-08-22"),
        ("大后天", "2025-08-23", "2025-08-23"),
        ("大前天", "2025-08-17", "2025-08-17"),
        ("上上周", "2025-08-04", "2025-08-10"),
        ("上周", "2025-08-11", "2025-08-17"),
        ("上个星期", "2025-08-11", "2025-08-17"),
        ("下一周", "2025-08-25", "2025-08-31"),
        ("周五", "2025-08-22", "2025-08-22"),
        ("上周五", "2025-08-15", "2025-08-15"),
        ("下周三", "2025-08-27", "2025-08-27"),
        ("本周日", "2025-08-24", "2025-08-24"),
        ("下星期天", "2025-08-31", "2025-08-31"),
        ("上周末", "2025-08-16", "2025-08-17"),
        ("周一至周五", "2025-08-18", "2025-08-22"),
        ("这个月", "2025-08-01", "2025-08-31"),
        ("上上个月", "2025-06-01", "2025-06-30"),
        ("本月25日", "2025-08-25", "2025-08-25"),
        ("本季度", "2025-07-01", "2025-09-30"),
        ("上季度", "2025-04-01", "2025-06-30"),
        ("下季度", "2025-10-01", "2025-12-31"),
        ("年底", "2025-11-01", "2025-12-31"),
        ("较年初", "2025-01-01", "2025-02-28"),
        ("年内", "2025-01-01", "2025-12-31"),
        ("三年前", "2022-01-01", "2022-12-31"),
        ("十年前", "2015-01-01", "2015-12-31"),
        ("3天前", "2025-08-17", "2025-08-17"),
        ("两周前", "2025-08-04", "2025-08-10"),
    ],
)
def test_relative_dates_count_from_the_day_of_the_text(text: str, first: str, last: str) -> None:
    assert days(text) == (first, last)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("近7天", 0.23), ("最近一周", 0.23), ("最近半个月", 0.5), ("近半年", 6), ("过去的三年", 36),
        ("五年来", 60), ("近五年来", 60), ("the last two weeks", 0.46),
    ],
)  # fmt: skip
def test_the_time_up_to_today(text: str, months: float) -> None:
    first, last = map(date.fromisoformat, days(text))
    assert last == TODAY
    assert abs(TODAY - first - timedelta(30.44 * months)) <= timedelta(1)
    assert facts(text).quantities == ()


def test_a_number_of_years_with_near_before_it_is_none() -> None:
    assert facts("将近三年").dates == facts("历时近3个月").dates == ()
    assert len(facts("将近三年").quantities) == 1


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023年1—6月", "2023-01-01", "2023-06-30"),
        ("2023年1-9月份", "2023-01-01", "2023-09-30"),
        ("今年1至7月", "2025-01-01", "2025-07-31"),
        ("1-6月", "2025-01-01", "2025-06-30"),
        ("2023年一至三月", "2023-01-01", "2023-03-31"),
        ("2023年9月25—27日", "2023-09-25", "2023-09-27"),
        ("2023年9月25日至27日", "2023-09-25", "2023-09-27"),
        ("2023年9月25日至10月3日", "2023-09-25", "2023-10-03"),
        ("6月1日至3日", "2025-06-01", "2025-06-03"),
        ("7月29日至8月1日", "2025-07-29", "2025-08-01"),
        ("12月30日至1月2日", "2025-12-30", "2026-01-02"),
        ("2023年11月至2月", "2023-11-01", "2024-02-29"),
        ("2023年二三季度", "2023-04-01", "2023-09-30"),
        ("2023年第二、三季度", "2023-04-01", "2023-09-30"),
        ("2023年一季度至三季度", "2023-01-01", "2023-09-30"),
        ("2022—2023年", "2022-01-01", "2023-12-31"),
        ("2000年至2017年1月", "2000-01-01", "2017-01-31"),
        ("2020—2023年上半年", "2020-01-01", "2023-06-30"),
        ("2019年至今年6月", "2019-01-01", "2025-06-30"),
        ("2019年以来", "2019-01-01", "2025-08-20"),
        ("2019年至今", "2019-01-01", "2025-08-20"),
        ("今年到目前为止", "2025-01-01", "2025-08-20"),
        ("6月以来", "2025-06-01", "2025-08-20"),
        ("年初至今", "2025-01-01", "2025-08-20"),
    ],
)
def test_ranges_are_one_interval(text: str, first: str, last: str) -> None:
    assert days(text) == (first, last)
    assert facts(text).quantities == ()


@given(st.integers(1, 12), st.integers(1, 12), st.sampled_from("-~—–至到"))
def test_months_that_share_their_name_round_trip(one: int, other: int, mark: str) -> None:
    low, high = sorted((one, other))
    if low == high:
        return
    whole = (days(f"2023年{low}月")[0], days(f"2023年{high}月")[1])
    for text in (f"2023年{low}{mark}{high}月", f"2023年{low}月{mark}{high}月"):
        assert spans(text) == [(folder().fold(text), *whole)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2022、2023年", ["2022-01-01", "2023-01-01"]),
        ("2021、2022和2023年", ["2021-01-01", "2022-01-01", "2023-01-01"]),
        ("2023年3月和5月", ["2023-03-01", "2023-05-01"]),
        ("2023年1、2月", ["2023-01-01", "2023-02-01"]),
        ("2023年9月25、26日", ["2023-09-25", "2023-09-26"]),
        ("2023年9月25日、28日和10月3日", ["2023-09-25", "2023-09-28", "2023-10-03"]),
        ("2023年上半年和下半年", ["2023-01-01", "2023-07-01"]),
        ("2023年一季度、三季度", ["2023-01-01", "2023-07-01"]),
        ("去年底和今年上半年", ["2024-11-01", "2025-01-01"]),
        ("2022年5月和2023年5月", ["2022-05-01", "2023-05-01"]),
        ("2、7月27日", ["2025-07-27"]),
    ],
)
def test_what_is_listed_shares_year_and_month(text: str, found: list[str]) -> None:
    assert [first for _, first, _ in spans(text)] == found


def test_numbers_of_months_are_no_range_of_months() -> None:
    assert spans("3至5个月") == []
    (found,) = facts("3至5个月").quantities
    assert found.unit == "月"
    assert [int(value) for value in found.values] == [3, 5]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("九十年代", "1990", "1999"), ("90年代", "1990", "1999"), ("上世纪90年代", "1990", "1999"),
        ("二十世纪八十年代", "1980", "1989"), ("七八十年代", "1970", "1989"),
        ("上世纪五六十年代", "1950", "1969"), ("1990年代", "1990", "1999"),
        ("一九三〇年代", "1930", "1939"),
    ],
)  # fmt: skip
def test_decades(text: str, first: str, last: str) -> None:
    assert days(text) == (f"{first}-01-01", f"{last}-12-31")
    assert facts(text).quantities == ()


@pytest.mark.parametrize("text", ["80后", "90后", "80、90后", "00后", "五一", "五一路"])
def test_what_is_called_by_a_number_is_neither_date_nor_amount(text: str) -> None:
    assert facts(text) == Facts((), ())


def test_holidays_are_days() -> None:
    assert days("五一假期") == ("2025-05-01", "2025-05-01")
    assert days("2023年双十一") == days("2023年双11") == ("2023-11-11", "2023-11-11")
    assert facts("双十一").quantities == ()
    assert spans("双十一个") == []


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("3500年历史", 3500), ("5000年文明", 5000), ("距今2100年", 2100), ("3000年前", 3000),
        ("1350年的历史", 1350), ("近2000年", 2000), ("距今已有1116年", 1116),
    ],
)  # fmt: skip
def test_numbers_of_years_are_no_years(text: str, years: int) -> None:
    read = facts(text)
    assert read.dates == ()
    (found,) = read.quantities
    assert found.unit == "月"
    assert [int(value) for value in found.values] == [12 * years]


@pytest.mark.parametrize(
    "text",
    [
        "2023年历史新高", "2023年文明城市", "2023年前完成", "近况2023年", "2023年间", "接近2023年",
        "下达2023年度", "2023年度报告",
    ],
)  # fmt: skip
def test_years_stay_years(text: str) -> None:
    assert days(text) == YEAR_2023


def test_years_before_the_era_and_early_ones() -> None:
    assert days("公元618年") == ("0618-01-01", "0618-12-31")
    for text in ("公元前1046年", "公元前221年", "公元前二二一年"):
        read = facts(text)
        assert spans(text) == [(text, "None", "None")]
        assert read.quantities == ()
        assert list(read.date_terms()) == []
        assert list(read.kind_terms()) == ["date"]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023上半年", "2023-01-01", "2023-06-30"),
        ("2023Q3", "2023-07-01", "2023-09-30"),
        ("升,2023上半年", "2023-01-01", "2023-06-30"),
        ("23Q3", "2023-07-01", "2023-09-30"),
        ("2023H2", "2023-07-01", "2023-12-31"),
        ("2023一季度", "2023-01-01", "2023-03-31"),
        ("2025第三季度", "2025-07-01", "2025-09-30"),
        ("24年三季度", "2024-07-01", "2024-09-30"),
        ("在24年底", "2024-11-01", "2024-12-31"),
        ("98年3月", "1998-03-01", "1998-03-31"),
        ("08年金融危机", "2008-01-01", "2008-12-31"),
        ("98年洪水", "1998-01-01", "1998-12-31"),
        ("2023财年", "2023-01-01", "2023-12-31"),
        ("2023-2024学年", "2023-09-01", "2024-08-31"),
        ("2023-24学年", "2023-09-01", "2024-08-31"),
        ("2023.6", "2023-06-01", "2023-06-30"),
        ("（2023/6）", "2023-06-01", "2023-06-30"),
        ("2023.6-2024.3", "2023-06-01", "2024-03-31"),
        ("2018.12 任职", "2018-12-01", "2018-12-31"),
        ("2023.6至2023.9", "2023-06-01", "2023-09-30"),
    ],
)
def test_short_forms(text: str, first: str, last: str) -> None:
    assert days(text) == (first, last)
    assert facts(text).quantities == ()


@pytest.mark.parametrize(
    "text",
    [
        "12年级", "10年期", "98年历史", "20年后", "有期徒刑10年3个月", "共2023.6元", "2023.6 元",
        "v2023.6", "增长2023.6%", "PyCharm 2023.1", "2023/24", "五十年代表", "18.2023.6",
    ],
)  # fmt: skip
def test_short_forms_are_not_read_in_numbers(text: str) -> None:
    assert spans(text) == []


@pytest.mark.parametrize("text", ["次年3月", "每年3月", "康熙12年3月", "同年3月"])
def test_a_month_of_a_year_that_is_not_told_has_no_days(text: str) -> None:
    (found,) = facts(text).dates
    assert (found.first, found.month) == (None, 3)


def test_a_weekday_after_its_day_is_not_another() -> None:
    day = [("8月24日", "2025-08-24", "2025-08-24")]
    assert spans("8月24日（星期四）举办") == spans("8月24日，星期日，举办") == day
    assert len(spans("8月24日、周五")) == 2


def test_without_a_day_to_count_from_only_the_calendar_is_read() -> None:
    for text in ("三年前", "年底", "周五", "近7天", "上季度", "五年来"):
        assert spans(text, None) == []
    assert days("2019年以来", None) == ("2019-01-01", "2019-12-31")
    assert days("2023年1—6月", None) == ("2023-01-01", "2023-06-30")
    assert [found.month for found in facts("1-6月", None).dates] == [1]


def test_many_years_are_found_by_the_first_and_the_last() -> None:
    assert {"1949", "2025"} <= set(facts("1949年以来").date_terms())
    assert "1980" not in set(facts("1949年以来").date_terms())


@pytest.mark.parametrize(
    "piece",
    [
        "年", "1、", "2023、", "2023年1、", "9月1日、", "周一至", "近三", "五一", "80、", "公元前",
        "二十", "2023.6-", "三年前", "本月1日和", "双", "8月1日(周一)",
    ],
)  # fmt: skip
def test_what_is_read_does_not_depend_on_how_long_the_text_is(piece: str) -> None:
    # Quadratic reading of this would last beyond the suite's limit.
    assert isinstance(read_dates(piece * 50_000, TODAY), list)
