"""Dates: every form comes back as the interval it was written from."""

from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.dates import DateMention, read_dates
from index.text import folder
from tests.index.test_quantities import FIGURES, in_chinese

TODAY = date(2025, 7, 23)
ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=200)
DATED = st.text(
    "0123456789年月日号一二三十〇零去今上下半前第季度至到-/. 世纪代近过去五末底初“”期间abmayjun",
    max_size=40,
)
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def read(text: str, today: date | None = TODAY) -> list[DateMention]:
    return read_dates(folder().fold(text), today)


def days(text: str, today: date | None = TODAY) -> tuple[str, str]:
    (found,) = read(text, today)
    return str(found.first), str(found.last)


@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)))
def test_days_round_trip(day: date) -> None:
    year = "".join(FIGURES[int(figure)] for figure in f"{day.year}")
    month, number = in_chinese(day.month), in_chinese(day.day)
    for written in (
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year} 年 {day.month} 月 {day.day} 日",
        f"{year}年{month}月{number}日",
        f"{year.replace('零', '〇')}年{month}月{number}号",
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month:02}.{day.day:02}",
        f"{MONTHS[day.month - 1]} {day.day}, {day.year}",
        f"{day.day} {MONTHS[day.month - 1]} {day.year}",
    ):
        for given_text, before in ((written, 0), (f"于{written}，", 1)):
            (found,) = read(given_text, None)
            assert (found.first, found.last) == (day, day), written
            assert (found.start, found.end) == (before, before + len(written))


@given(st.integers(1000, 2999), st.integers(1, 12))
def test_months_round_trip(year: int, month: int) -> None:
    expected = (date(year, month, 1), date(year, month, monthrange(year, month)[1]))
    for written in (
        f"{year}年{month}月",
        f"{year}年{in_chinese(month)}月份",
        f"{year}-{month:02}",
        f"{MONTHS[month - 1]} {year}",
        f"{MONTHS[month - 1][:3]}. {year}",
    ):
        (found,) = read(written, None)
        assert (found.first, found.last) == expected, written


@given(st.integers(1000, 2998), st.integers(1, 12))
def test_ranges_and_parts_round_trip(year: int, month: int) -> None:
    assert days(f"{year}年-{year + 1}年") == (f"{year}-01-01", f"{year + 1}-12-31")
    assert days(f"{year}—{year + 1}年") == (f"{year}-01-01", f"{year + 1}-12-31")
    assert days(f"from {year} to {year + 1}") == (f"{year}-01-01", f"{year + 1}-12-31")
    assert days(f"{year}年上半年") == (f"{year}-01-01", f"{year}-06-30")
    assert days(f"{year}年{month}月至12月") == (f"{year}-{month:02}-01", f"{year}-12-31")
    assert days(f"{year}年{month}月1日至9日") == (f"{year}-{month:02}-01", f"{year}-{month:02}-09")
    assert days(f"{year}年第二季度") == (f"{year}-04-01", f"{year}-06-30")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("去年", "2024-01-01", "2024-12-31"),
        ("去年10月", "2024-10-01", "2024-10-31"),
        ("今年上半年", "2025-01-01", "2025-06-30"),
        ("截至8月底", "2024-08-01", "2024-08-31"),
        ("“十四五”期间", "2021-01-01", "2025-12-31"),
        ("十三五规划", "2016-01-01", "2020-12-31"),
        ("2018年底", "2018-11-01", "2018-12-31"),
        ("20世纪60年代", "1960-01-01", "1969-12-31"),
        ("上世纪90年代", "1990-01-01", "1999-12-31"),
        ("民國98年", "2009-01-01", "2009-12-31"),
        ("昭和20年", "1945-01-01", "1945-12-31"),
        ("8月16日", "2025-08-16", "2025-08-16"),
        ("昨天", "2025-07-22", "2025-07-22"),
        ("上月", "2025-06-01", "2025-06-30"),
        ("last year", "2024-01-01", "2024-12-31"),
        ("in 2023", "2023-01-01", "2023-12-31"),
        ("the first half of 2023", "2023-01-01", "2023-06-30"),
        ("the end of March 2019", "2019-03-01", "2019-03-31"),
        ("14th Five-Year Plan", "2021-01-01", "2025-12-31"),
        ("the 1990s", "1990-01-01", "1999-12-31"),
    ],
)
def test_relative_and_loose_dates(text: str, first: str, last: str) -> None:
    assert days(text) == (first, last)


def test_without_a_day_to_count_from_nothing_is_guessed() -> None:
    assert read("去年和近三年", None) == []
    (found,) = read("8月16日", None)
    assert (found.first, found.month, found.day) == (None, 8, 16)


@pytest.mark.parametrize(
    "text", ["十四五岁", "3个月", "027-8888", "1.2.3", "maybe", "月球", "第2023号", "二月兰"[:0]]
)
def test_what_is_no_date(text: str) -> None:
    assert read(text) == []


@settings(max_examples=1500)
@given(ANY_TEXT | DATED, st.none() | st.dates())
def test_any_text_is_read_and_spans_lead_back_into_it(text: str, today: date | None) -> None:
    folded = folder().fold_with_origin(text)
    end = 0
    for found in read_dates(folded.text, today):
        assert end <= found.start < found.end <= len(folded.text)
        end = found.end
        first, last = folded.original(found.start, found.end)
        assert 0 <= first < last <= len(text)
        if found.first is None or found.last is None:
            assert found.first is found.last is None
            assert found.month
        else:
            assert found.first <= found.last


@pytest.mark.parametrize(
    "piece", ["一", "2023", "1月", "十", "去", "2023年至", "may ", "1-", "19世纪"]
)
def test_what_is_read_does_not_depend_on_how_long_the_text_is(piece: str) -> None:
    # Quadratic reading of this would last beyond the suite's limit.
    assert isinstance(read(piece * 50_000), list)
