"""A stretch of days under construction, as the forms of dates give it."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Interval:
    """Days, told by year, month and day as far as they are known, or as such.

    Attributes:
        year: 0 where it is open; below it for one before the era, which has no days here.
        month: 0 for the whole year.
        day: 0 for the whole month.
        to_month: the month it lasts to where that is another one, in the same year or the next.
        to_day: the day of ``to_month`` it lasts to, 0 for the whole month.
        first: its first day where it is told by days.
        last: its last day, likewise.
    """

    year: int
    month: int = 0
    day: int = 0
    to_month: int = 0
    to_day: int = 0
    first: date | None = None
    last: date | None = None

    def of_year(self, year: int) -> "Interval":
        """The same part of a year."""
        return replace(self, year=year)

    def bounds(self) -> tuple[date, date] | None:
        """Its first and its last day; None where the year is open or the calendar has no such."""
        if self.first and self.last:
            return self.first, self.last
        if self.year < 1:
            return None
        try:
            first = date(self.year, self.month or 1, self.day or 1)
            month = self.to_month or self.month or 12
            day = self.to_day if self.to_month else self.day
            year = self.year
            if (month, day or 31) < (first.month, first.day):
                year += 1
            return first, date(year, month, day) if day else end_of(year, month)
        except (ValueError, OverflowError):
            return None


Found: TypeAlias = tuple[Interval, int]
"""What was read, and where it ends."""


def part(year: int, month: int, day: int) -> Interval:
    """A day, month or year.

    Raises:
        ValueError: the calendar has none such.
    """
    date(year or 2000, month, day or 1)  # 2000 has every day
    return Interval(year, month, day)


def days(first: date, last: date) -> Interval:
    """All the days from one to another."""
    return Interval(first.year, first=first, last=last)


def months(year: int, low: int, high: int) -> Interval:
    """All the days of some months of a year."""
    return days(date(year, low, 1), end_of(year, high))


def end_of(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def months_from(day: date, count: int) -> tuple[int, int]:
    """The year and month that are some months after a day, or before it."""
    number = day.year * 12 + day.month - 1 + count
    return number // 12, number % 12 + 1
