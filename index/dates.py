"""Dates in running text as intervals of days: 2023年6月, 去年上半年, “十四五”期间, June 2023.

Text is read in normal form, so spans are of that; ``Folded.original`` leads back to the text as it
was given. Every step looks a bounded way ahead: time grows in proportion to the text.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from index.numerals import whole_number

_CN = "零〇一二三四五六七八九十"
_YEAR = re.compile(
    r"(?:公元|西元)?(?P<year>[0-9]{4}|[零〇一二三四五六七八九]{4}) ?年(?![龄级纪])(?:度)?"
    rf"|(?P<era>民国|明治|大正|昭和|平成|令和) ?(?P<reign>[0-9]{{1,3}}|[{_CN}元]{{1,4}}) ?年"
)
_ERAS = {"民国": 1911, "明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_RELATIVE_YEAR = re.compile(r"今年|本年度?|去年|上年|前年|明年|后年|(?:this|last|next) year")
_YEARS_OFF = {
    "今年": 0, "本年": 0, "本年度": 0, "去年": -1, "上年": -1, "前年": -2, "明年": 1, "后年": 2,
    "this year": 0, "last year": -1, "next year": 1,
}  # fmt: skip
_SEASON = re.compile(
    r" ?的?(?:(?P<half>上|下)半年|(?P<first>前三季度|前二季度|前两季度|第?一至三季度)"
    r"|第?(?P<quarter>[一二三四1-4])季度|q(?P<q>[1-4])(?![a-z0-9])"
    r"|(?<=年)(?P<part>年?初|年?底|年?末|年?中(?![国央期共华]))|(?<=[今去前明后]年)(?P<ends>[初底末中]))"
)
_MONTH = re.compile(
    r" ?的?(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]|[元正](?=月)) ?"
    r"月(?![球季饼亮台薪嫂经])份?"
)
_DAY = re.compile(
    r" ?(?P<day>3[01]|[12][0-9]|0?[1-9]|三十一?|二十[一二三四五六七八九]?|十[一二三四五六七八九]?"
    r"|[一二三四五六七八九]) ?(?:日|号(?![线楼令召码院台]))"
)
_MONTH_PART = re.compile(
    r" ?(?:(?P<early>初|上旬)|(?P<middle>中旬|中(?![国央期共华]))|(?P<late>下旬|底|末))"
)
_NUMERIC = re.compile(
    r"(?<![0-9.\-/])(?P<y>[12][0-9]{3})(?P<mark>[-/.])(?P<m>1[0-2]|0?[1-9])"
    r"(?:(?P=mark)(?P<d>3[01]|[12][0-9]|0?[1-9]))?(?![0-9]|[-/.][0-9])"
)
_YEARS = re.compile(
    r"(?<![0-9])(?P<from>[12][0-9]{3})年? ?(?:[-~—–至到]|——) ?(?P<to>[12][0-9]{3}) ?年"
    r"|(?<![a-z])(?:from|between) (?P<since>[12][0-9]{3}) (?:to|and|until) (?P<until>[12][0-9]{3})"
    r"(?![0-9])"
)
_PLAN = re.compile(
    r"[\"“'‘「]?(?P<plan>十[一二三四五六七]五|[六七八九]五|(?<=[\"“'‘「])十五)[\"”'’」]?"
    r"(?= ?(?:期间|时期|规划|计划|末|初|以来|开局|收官|目标|纲要|阶段))"
    r"|[\"“'‘「](?P<quoted>十[一二三四五六七]五)[\"”'’」]"
    r"|(?P<nth>1[0-7])th five-year plan"
)
_DECADE = re.compile(
    rf"(?:(?P<age>[0-9]{{1,2}}|[{_CN}]{{1,3}}) ?世纪|(?P<last>上个?世纪)|(?P<this>本世纪))"
    rf"(?: ?(?P<decade>[0-9]0|[一二三四五六七八九]十) ?年代)?(?P<when>初|中叶?|末)?"
    r"|(?P<tens>[12][0-9]{2}0)(?:年代| ?s(?![a-z]))"
)
_NEAR = re.compile(
    r"今日|今天|昨日|昨天|前天|明天|明日|本月|当月|上个?月|下个?月|本周|这周|上周|下周"
    r"|yesterday|today|tomorrow|(?:this|last|next) (?:month|week)"
)
_SPAN = re.compile(
    rf"(?P<way>近|过去|最近|未来|今后|the (?:last|past|next)) ?"
    rf"(?P<count>[0-9]{{1,2}}|[{_CN}两]{{1,2}}"
    r"|two|three|four|five|ten) ?(?P<unit>年|个月|years?|months?)(?!代|级)"
)
_COUNT = {"two": 2, "three": 3, "four": 4, "five": 5, "ten": 10, "两": 2}
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_NAMES = "|".join(f"{name}|{name[:3]}" for name in _MONTHS) + "|sept"
_ENGLISH = re.compile(
    rf"(?<![a-z])(?:(?P<p>(?:the )?(?:end|beginning|start|middle) of|late|early|mid|mid-)[ -]?)?"
    rf"(?:(?:the )?(?P<d1>[0-9]{{1,2}})(?:st|nd|rd|th)?(?: of)? )?(?P<name>{_NAMES})(?![a-z])\.?"
    r"(?: (?:the )?(?P<d2>[0-9]{1,2})(?:st|nd|rd|th)?(?![0-9]))?"
    r"(?:,? (?:of |in )?(?P<y>[12][0-9]{3}))?"
)
_ENGLISH_YEAR = re.compile(
    r"(?<![a-z])(?:(?P<p>in|since|by|during|of|from|until|before|after|year|and|to|end of"
    r"|early|late|(?:the )?first half of|(?:the )?second half of) )(?P<y>1[0-9]{3}|20[0-9]{2})"
    r"(?![0-9,.]*[0-9]|[a-z%]| ?(?:yuan|million|billion|percent|companies|people))"
)
_PREPOSITIONS = ("in ", "since ", "by ", "of ")
_TO = re.compile(r" ?(?:[-~—–至到]|——|to|and|until) ?")
_SINCE_BEFORE = re.compile(r"(?:截至|截止|截止到|as of|已于|曾于)(?:目前|the)? ?$")
START = re.compile(
    r"[0-9零〇一二三四五六七八九十上下前本第今昨去明后民大昭平令公西近过最未\"“'‘「正元当这q]|(?<![a-z])[a-z]"
)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date, or a stretch of time, that a text names.

    Attributes:
        first: its first day; None where the text leaves the year open and nothing tells it.
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


def read_dates(text: str, today: date | None = None) -> list[DateMention]:
    """The dates that a text in normal form names, in order, none overlapping another.

    Args:
        text: in normal form.
        today: the day it was written or asked; what is relative to it is left out without it.
    """
    return list(_Reader(text, today).read())


@dataclass(slots=True)
class _Interval:
    """Days, or with ``year`` 0 a part of an unknown year."""

    year: int
    month: int = 0
    day: int = 0
    first: date | None = None
    last: date | None = None


class _Reader:
    """Reads one text."""

    def __init__(self, text: str, today: date | None) -> None:
        self._text = text
        self._today = today

    def read(self) -> Iterator[DateMention]:
        """The mentions in order."""
        at = 0
        while match := START.search(self._text, at):
            start = match.start()
            found = self._one(start)
            if found is None:
                at = start + 1
                if self._text[start].isascii():  # the rest of a number or word begins no date
                    while at < len(self._text) and _same_kind(self._text[at], self._text[start]):
                        at += 1
                continue
            interval, at = found
            interval, at = self._to(interval, at)
            if mention := self._mention(interval, start, at):
                yield mention

    def _one(self, at: int) -> tuple[_Interval, int] | None:
        """The date that begins here."""
        try:
            return (
                self._span_of_years(at)
                or self._numeric(at)
                or self._plan(at)
                or self._decade(at)
                or self._calendar(at)
                or self._near(at)
                or self._stretch(at)
                or self._english(at)
            )
        except (ValueError, OverflowError):  # a thirtieth of February, the year 0
            return None

    def _span_of_years(self, at: int) -> tuple[_Interval, int] | None:
        if match := _YEARS.match(self._text, at):
            first, last = int(match["from"] or match["since"]), int(match["to"] or match["until"])
            if first > last:
                return None
            return _days(date(first, 1, 1), date(last, 12, 31)), match.end()
        return None

    def _numeric(self, at: int) -> tuple[_Interval, int] | None:
        match = _NUMERIC.match(self._text, at)
        if match is None or (match["d"] is None and (match["mark"] != "-" or len(match["m"]) < 2)):
            return None
        return _part(int(match["y"]), int(match["m"]), int(match["d"] or 0)), match.end()

    def _plan(self, at: int) -> tuple[_Interval, int] | None:
        match = _PLAN.match(self._text, at)
        if match is None:
            return None
        if match["nth"]:
            number = int(match["nth"])
        else:
            number = whole_number((match["plan"] or match["quoted"])[:-1])
        first = 1966 + 5 * (number - 3)
        return _days(date(first, 1, 1), date(first + 4, 12, 31)), match.end()

    def _decade(self, at: int) -> tuple[_Interval, int] | None:
        match = _DECADE.match(self._text, at)
        if match is None:
            return None
        if match["tens"]:
            return _days(date(int(match["tens"]), 1, 1), date(int(match["tens"]) + 9, 12, 31)), (
                match.end()
            )
        if match["age"]:
            century = whole_number(match["age"])
        elif self._today is None:
            return None
        else:
            century = (self._today.year - 1) // 100 + (0 if match["last"] else 1)
        first, years = 100 * (century - 1), 100
        if match["decade"]:
            first += 10 * whole_number(match["decade"][0])
            years = 10
        elif match["when"]:
            first += {"初": 0, "中": 40, "末": 80}[match["when"][0]]
            years = 20
        return _days(date(max(first, 1), 1, 1), date(first + years - 1, 12, 31)), match.end()

    def _calendar(self, at: int) -> tuple[_Interval, int] | None:
        """Year, part of the year, month, day, as far as they are there."""
        year, end = self._year(at)
        if year and (match := _SEASON.match(self._text, end)):
            return _season(year, match), match.end()
        if not year and self._today and (match := _SEASON.match(self._text, at)):
            return _season(self._today.year, match), match.end()
        match = _MONTH.match(self._text, end)
        if match is None:
            return (_Interval(year), end) if year else None
        if not year and at and self._text[at - 1] in "0123456789.个" + _CN:
            return None
        month = {"元": 1, "正": 1}.get(match["month"]) or whole_number(match["month"])
        end = match.end()
        if match := _DAY.match(self._text, end):
            day = whole_number(match["day"])
            monthrange(year or 2000, month)
            return _part(year, month, day), match.end()
        if (match := _MONTH_PART.match(self._text, end)) and year:
            low, high = (1, 10) if match["early"] else (11, 20) if match["middle"] else (21, 31)
            high = min(high, monthrange(year, month)[1])
            return _days(date(year, month, low), date(year, month, high)), match.end()
        if match:
            end = match.end()
        return _part(year, month, 0), end

    def _year(self, at: int) -> tuple[int, int]:
        if match := _YEAR.match(self._text, at):
            if match["year"]:
                return whole_number(match["year"]), match.end()
            reign = 1 if match["reign"] == "元" else whole_number(match["reign"])
            return (_ERAS[match["era"]] + reign, match.end()) if reign > 0 else (0, at)
        if self._today and (match := _RELATIVE_YEAR.match(self._text, at)):
            return self._today.year + _YEARS_OFF[match[0]], match.end()
        return 0, at

    def _near(self, at: int) -> tuple[_Interval, int] | None:
        today = self._today
        match = _NEAR.match(self._text, at)
        if match is None or today is None:
            return None
        word = match[0]
        step = -1 if word[0] in "上昨前" or word.startswith(("last", "yester")) else 0
        step = 1 if word[0] in "下明" or word.startswith(("next", "tom")) else step
        if "月" in word or "month" in word:
            months = today.year * 12 + today.month - 1 + step
            return _part(months // 12, months % 12 + 1, 0), match.end()
        if "周" in word or "week" in word:
            monday = today - timedelta(today.weekday()) + timedelta(7 * step)
            return _days(monday, monday + timedelta(6)), match.end()
        day = today + timedelta(-2 if word == "前天" else step)
        return _part(day.year, day.month, day.day), match.end()

    def _stretch(self, at: int) -> tuple[_Interval, int] | None:
        match = _SPAN.match(self._text, at)
        if match is None or self._today is None:
            return None
        count = _COUNT.get(match["count"]) or whole_number(match["count"])
        if count < 1:
            return None
        months = count * (12 if match["unit"][0] in "年y" else 1)
        ahead = match["way"] in {"未来", "今后", "the next"}
        other = self._today + timedelta(30.44 * months * (1 if ahead else -1))
        return _days(min(self._today, other), max(self._today, other)), match.end()

    def _english(self, at: int) -> tuple[_Interval, int] | None:
        if match := _ENGLISH_YEAR.match(self._text, at):
            year = int(match["y"])
            if "half" in match["p"]:
                month = 1 if "first" in match["p"] else 7
                return _days(date(year, month, 1), _end_of(year, month + 5)), match.end()
            return _Interval(year), match.end()
        match = _ENGLISH.match(self._text, at)
        if match is None:
            return None
        number = next(i for i, name in enumerate(_MONTHS, 1) if name[:3] == match["name"][:3])
        year, day = int(match["y"] or 0), int(match["d1"] or match["d2"] or 0)
        # They are words too; a preposition before them tells.
        alone = not year and not day and match["name"] in {"may", "march", "mar", "dec", "sep"}
        if alone and not self._text[max(0, at - 6) : at].endswith(_PREPOSITIONS):
            return None
        return _part(year, number, day), match.end()

    def _to(self, interval: _Interval, end: int) -> tuple[_Interval, int]:
        """The whole of a range that this is the beginning of, as in 2023年1月至6月."""
        match = _TO.match(self._text, end)
        if match is None or match.end() >= len(self._text):
            return interval, end
        following = self._one(match.end())
        if following is None and interval.day and (day := _DAY.match(self._text, match.end())):
            number = whole_number(day["day"])
            following = _Interval(interval.year, interval.month, number), day.end()
        if following is None:
            return interval, end
        other, last = following
        if interval.year and not other.year and other.month:
            other = _Interval(interval.year, other.month, other.day)
        if not interval.year and other.year and interval.month:
            interval = _Interval(other.year, interval.month, interval.day)
        low, high = self._bounds(interval), self._bounds(other)
        if low is None or high is None or low[0] > high[1]:
            return interval, end
        return _days(low[0], high[1]), last

    def _bounds(self, interval: _Interval) -> tuple[date, date] | None:
        if interval.first and interval.last:
            return interval.first, interval.last
        if not interval.year:
            return None
        try:
            if interval.day:
                day = date(interval.year, interval.month, interval.day)
                return day, day
            if interval.month:
                return date(interval.year, interval.month, 1), _end_of(
                    interval.year, interval.month
                )
            return date(interval.year, 1, 1), date(interval.year, 12, 31)
        except (ValueError, OverflowError):
            return None

    def _mention(self, interval: _Interval, start: int, end: int) -> DateMention | None:
        if bounds := self._bounds(interval):
            return DateMention(*bounds, None, None, start, end)
        if interval.year or not interval.month:
            return None
        month, day = interval.month, interval.day or None
        if self._today is None:
            return DateMention(None, None, month, day, start, end)
        past = bool(_SINCE_BEFORE.search(self._text[max(0, start - 8) : start]))
        near = self._bounds(_Interval(_nearest_year(self._today, month, past), month, day or 0))
        first, last = near or (None, None)
        return DateMention(first, last, month, day, start, end)


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


def _part(year: int, month: int, day: int) -> _Interval:
    """A day, month or year.

    Raises:
        ValueError: the calendar has none such.
    """
    if day:
        date(year or 2000, month, day)  # 2000 has every day
    return _Interval(year, month, day)


def _days(first: date, last: date) -> _Interval:
    return _Interval(first.year, first=first, last=last)


def _end_of(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _season(year: int, match: re.Match[str]) -> _Interval:
    if match["half"]:
        low, high = (1, 6) if match["half"] == "上" else (7, 12)
    elif match["first"]:
        low, high = 1, 9 if "三" in match["first"] else 6
    elif quarter := match["quarter"] or match["q"]:
        high = 3 * whole_number(quarter)
        low = high - 2
    else:
        part = (match["part"] or match["ends"])[-1]
        low, high = {"初": (1, 2), "中": (6, 7)}.get(part, (11, 12))
    return _days(date(year, low, 1), _end_of(year, high))
