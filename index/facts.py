"""The quantities and dates of a text, and the terms by which they are found.

A quantity gives a term for its number and one for number and unit, so that 50亿元 and 五十亿元
meet. A date gives terms for the years, months or days it covers: two intervals overlap where they
share one. Terms of the kind tell that something of that kind is there at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from index.dates import DateMention, dates_and_taken
from index.quantities import Quantity, quantity_reader

DATE_KIND = "date"
NUMBER_KIND = "number"
_MOST_YEARS = 12  # of an interval whose years are named one by one
_MOST_DAYS = 10
_EXACT = 10**15  # larger numbers have no room for places


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text states in numbers.

    Attributes:
        dates: in order.
        quantities: in order, none of them part of a date.
    """

    dates: tuple[DateMention, ...]
    quantities: tuple[Quantity, ...]

    def value_terms(self) -> Iterator[str]:
        """A term for each number, and for each number with its unit."""
        for quantity in self.quantities:
            for value in quantity.values:
                written = plain(value)
                yield written
                if quantity.unit:
                    yield written + quantity.unit

    def date_terms(self) -> Iterator[str]:
        """Terms for all that the dates cover, with and without the year."""
        for mention in self.dates:
            for level in date_levels(mention):
                yield from level
            if mention.first and mention.last and not mention.month:
                yield from yearless(mention.first, mention.last)

    def kind_terms(self) -> Iterator[str]:
        """A term for each kind of thing that the text states."""
        if self.dates:
            yield DATE_KIND
        if self.quantities:
            yield NUMBER_KIND
        for quantity in self.quantities:
            if quantity.unit:
                yield quantity.unit


def read_facts(text: str, today: date | None = None) -> Facts:
    """The quantities and dates of a text in normal form.

    Args:
        text: in normal form.
        today: the day it was written or asked, from which 去年 is counted.
    """
    dates, taken = dates_and_taken(text, today)
    return Facts(tuple(dates), tuple(quantity_reader().read(text, taken)))


def plain(value: Decimal) -> str:
    """A number without exponent or trailing zeros; small ones to twelve places."""
    exact = value if abs(value) >= _EXACT else round(value, 12)
    return format(exact.normalize(), "f")


def date_levels(mention: DateMention) -> tuple[tuple[str, ...], ...]:
    """Terms for what a date covers, the finest first, each coarser level after it."""
    levels: list[tuple[str, ...]] = []
    if mention.month:
        if mention.day:
            levels.append((f"--{mention.month:02}-{mention.day:02}",))
        levels.append((f"--{mention.month:02}",))
    if mention.first and mention.last:
        levels.extend(interval_levels(mention.first, mention.last))
    return tuple(levels)


def interval_levels(first: date, last: date) -> Iterator[tuple[str, ...]]:
    """Terms for the days, months and years of an interval, as far as they are not too many.

    Of many years the first and the last are told.
    """
    length = (last - first).days + 1
    if length <= _MOST_DAYS:
        yield tuple((first + timedelta(n)).isoformat() for n in range(length))
    if length < 365:
        months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        yield tuple(f"{n // 12:04}-{n % 12 + 1:02}" for n in months)
    if last.year - first.year < _MOST_YEARS:
        yield tuple(f"{year:04}" for year in range(first.year, last.year + 1))
    else:  # 1949年以来 is found by the years that it lies between
        yield f"{first.year:04}", f"{last.year:04}"


def yearless(first: date, last: date) -> Iterator[str]:
    """The terms by which a date is found that leaves its year open."""
    if (first.year, first.month) == (last.year, last.month):
        yield f"--{first.month:02}"
        if first == last:
            yield f"--{first.month:02}-{first.day:02}"
