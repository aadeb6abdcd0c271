"""Dates in running text as intervals of days: 2023年6月, 去年上半年, “十四五”期间, June 2023.

Text is read in normal form, so spans are of that; ``Folded.original`` leads back to the text as it
was given. Every step looks a bounded way ahead: time grows in proportion to the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from index.calendar_dates import (
    calendar,
    day_at,
    decade,
    holiday,
    numeric,
    plan,
    season_at,
    span_of_years,
    without_days,
)
from index.days import Found, Interval, days, part
from index.english_dates import english
from index.relative_dates import relative

_FORMS = (span_of_years, numeric, plan, decade, holiday, relative, calendar, english)
_TO = re.compile(r" ?(?:[-~—–至到]|——|to|and|until) ?")
_AND = re.compile(r" ?(?:[、和及与或]|以及) ?")
_UNTIL_NOW = re.compile(r" ?(?:以来|至今(?![年日天晚])|[到至](?:现在|目前)(?:为止)?)")
_WEEKDAY = re.compile(
    r"(?P<mark>[ ,(]{0,2})(?:周|星期|礼拜)(?P<day>[一二三四五六日天])"
    r"(?:[至到—-](?:周|星期)[一二三四五六日])?"
)
_WEEKDAYS = "一二三四五六日"
_SINCE_BEFORE = re.compile(r"(?:截至|截止|截止到|as of|已于|曾于)(?:目前|the)? ?$")
START = re.compile(
    r"[0-9零〇一二三四五六七八九十两半上下前第本第今昨去明后民大昭平令公西近过最未年双周星礼这当"
    r"\"“'‘「正元q]|(?<![a-z])[a-z]"
)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date, or a stretch of time, that a text names.

    Attributes:
        first: its first day; None where the text leaves the year open and nothing tells it, and
            for a year before the era, which has no days here.
        last: its last day, likewise.
        month: the month of a mention that leaves its year open, else None.
        day: the day of the month of such a mention, or None.
        start: first character, in the text that was read.
        end: one past the last.
    """

    first: date | None
    last: date | None
    month: int | None
    day: int | None
    start: int
    end: int


class Dates(NamedTuple):
    """What was read of a text.

    Attributes:
        mentions: in order, none overlapping another.
        taken: the spans whose numbers are no amounts, ascending: those of the mentions, and such
            as 80后, which tells no date either.
    """

    mentions: list[DateMention]
    taken: list[tuple[int, int]]


def read_dates(text: str, today: date | None = None) -> list[DateMention]:
    """The dates that a text in normal form names, in order, none overlapping another.

    Args:
        text: in normal form.
        today: the day it was written or asked; what is relative to it is left out without it.
    """
    return dates_and_taken(text, today).mentions


def dates_and_taken(text: str, today: date | None = None) -> Dates:
    """The dates that a text in normal form names, and where numbers are no amounts.

    Args:
        text: in normal form.
        today: the day it was written or asked; what is relative to it is left out without it.
    """
    found = list(_Reader(text, today).read())
    return Dates(
        [mention for mention, _, _ in found if mention], [(start, end) for _, start, end in found]
    )


class _Reader:
    """Reads one text."""

    def __init__(self, text: str, today: date | None) -> None:
        self._text = text
        self._today = today

    def read(self) -> Iterator[tuple[DateMention | None, int, int]]:
        """The mentions in order, with their spans; None for what tells no date."""
        at = 0
        while match := START.search(self._text, at):
            start = match.start()
            found = self._one(start)
            if found is None and (told := without_days(self._text, start)):
                is_date, at = told
                undated = DateMention(None, None, None, None, start, at)
                yield undated if is_date else None, start, at
                continue
            if found is None:
                at = start + 1
                if self._text[start].isascii():  # the rest of a number or word begins no date
                    while at < len(self._text) and _same_kind(self._text[at], self._text[start]):
                        at += 1
                continue
            while found:
                interval, at = self._until_now(*self._to(*found))
                if mention := self._mention(interval, start, at):
                    yield mention, start, at
                    at = self._behind_weekday(mention)
                start, found = self._listed(interval, at)

    def _one(self, at: int) -> Found | None:
        """The date that begins here."""
        try:
            for form in _FORMS:
                if found := form(self._text, at, self._today):
                    interval, end = found
                    # 本月25日; a calendar month has taken its day with it.
                    if interval.month and not interval.day and (day := day_at(self._text, end)):
                        return part(interval.year, interval.month, day[0]), day[1]
                    return found
        except (ValueError, OverflowError):  # a thirtieth of February, the year 0
            pass
        return None

    def _following(self, interval: Interval, at: int) -> Found | None:
        """The date at ``at``, behind ``interval``, from which it takes the year and the month."""
        if interval.year and (season := season_at(self._text, at, interval.year)):
            return season
        if found := self._one(at):
            other, end = found
            return (other.of_year(interval.year), end) if not other.year else found
        if interval.day and not interval.to_month and (day := day_at(self._text, at)):
            return Interval(interval.year, interval.month, day[0]), day[1]
        return None

    def _to(self, interval: Interval, end: int) -> Found:
        """The whole of a range that this is the beginning of, as in 2023年1月至6月."""
        match = _TO.match(self._text, end)
        if match is None or match.end() >= len(self._text):
            return interval, end
        found = self._following(interval, match.end())
        if found is None:
            return interval, end
        other, last = found
        if not interval.year and interval.month:
            interval = interval.of_year(other.year)
        if interval.year == other.year and interval.month and other.month:
            # Days that go back within a month are no range; months that do lead into a new year.
            if (interval.month, interval.day) > (other.month, other.day or 31) and (
                interval.month == other.month
            ):
                return interval, end
            to_month, to_day = other.to_month or other.month, other.to_day or other.day
            return Interval(interval.year, interval.month, interval.day, to_month, to_day), last
        low, high = interval.bounds(), other.bounds()
        if low is None or high is None or low[0] > high[1]:
            return interval, end
        return days(low[0], high[1]), last

    def _until_now(self, interval: Interval, end: int) -> Found:
        """All the time since, where the text says 以来 or 至今."""
        match = _UNTIL_NOW.match(self._text, end)
        if match is None or self._today is None:
            return interval, end
        if not interval.year and interval.month:
            interval = interval.of_year(_nearest_year(self._today, interval.month, past=True))
        bounds = interval.bounds()
        if bounds is None or bounds[0] > self._today:
            return interval, end
        return days(bounds[0], self._today), match.end()

    def _listed(self, interval: Interval, end: int) -> tuple[int, Found | None]:
        """The next of several months or days that share what stands before the first."""
        match = _AND.match(self._text, end) if interval.month or interval.first else None
        if match is None or match.end() >= len(self._text):
            return end, None
        at = match.end()
        if interval.year and (season := season_at(self._text, at, interval.year)):
            return at, season
        if interval.month and (found := self._one(at)):
            other, last = found
            return at, None if other.year else (other.of_year(interval.year), last)
        if (interval.to_day or interval.day) and (day := day_at(self._text, at)):
            month = interval.to_month or interval.month
            return at, (Interval(interval.year, month, day[0]), day[1])
        return at, None

    def _behind_weekday(self, mention: DateMention) -> int:
        """Where to read on: 8月24日(星期四) names the same day again."""
        match = _WEEKDAY.match(self._text, mention.end)
        if match is None or mention.first is None:
            return mention.end
        named = _WEEKDAYS.index(match["day"].replace("天", "日"))
        same = "(" in match["mark"] or mention.first.weekday() == named
        return match.end() if same else mention.end

    def _mention(self, interval: Interval, start: int, end: int) -> DateMention | None:
        if bounds := interval.bounds():
            return DateMention(*bounds, None, None, start, end)
        if interval.year or not interval.month:
            return None
        month, day = interval.month, (interval.day or None) if not interval.to_month else None
        # 每年3月 and 次年3月 are of no year, or of another one.
        if self._today is None or self._text[start - 1 : start] == "年":
            return DateMention(None, None, month, day, start, end)
        past = bool(_SINCE_BEFORE.search(self._text[max(0, start - 8) : start]))
        year = _nearest_year(self._today, max(month, interval.to_month), past)
        first, last = interval.of_year(year).bounds() or (None, None)
        told = month if not (first and interval.to_month) else None
        return DateMention(first, last, told, day, start, end)


def _same_kind(character: str, begun: str) -> bool:
    return character.isascii() and character.isdigit() == begun.isdigit() and character.isalnum()


def _nearest_year(today: date, month: int, past: bool) -> int:
    """The year in which a month without one lies: articles look back farther than ahead."""
    ahead = month - today.month
    if past:
        return today.year - 1 if ahead > 0 else today.year
    if ahead > 4:
        return today.year - 1
    return today.year + 1 if ahead < -8 else today.year
