"""Quantities in running text, with their values: 近百亿元, 3—5年, 百分之九十, 5 billion yuan.

Text is read in normal form, so spans are of that; ``Folded.original`` leads back to the text as it
was given. Every step looks a bounded way ahead: time grows in proportion to the text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from index.numerals import START, Numeral, read_numeral, scale_at
from index.units import PERCENT, Unit, Units


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount that a text states.

    Attributes:
        low: the least it may be, in ``unit``; None where only a greatest is told.
        high: the greatest; None where only a least is told. Equal to ``low`` for one number.
        unit: canonical, such as 元, 平方米, 月 or %; empty for a number without one.
        approximate: whether the text says that it is not exact (约, 近, 余, 几).
        start: first character, in the text that was read.
        end: one past the last.
    """

    low: Decimal | None
    high: Decimal | None
    unit: str
    approximate: bool
    start: int
    end: int

    @property
    def values(self) -> tuple[Decimal, ...]:
        """The numbers it names."""
        return tuple(dict.fromkeys(v for v in (self.low, self.high) if v is not None))


_RANGE = re.compile(r" ?(?:[-~—–―～至到]|——|--|to|and) ?")
_ABOUT = re.compile(
    r"(?:大约|约|大概|左右|将近|接近|近|约为|上下|about|nearly|almost|around|some) ?$"
)
_OVER = re.compile(
    r"(?:不少于|不低于|至少|(?<!不)(?:超过|超|多于|高于|大于|过|足)|逾|突破|破|上|满|"
    r"over|more than|at least|above) ?$"
)
_UNDER = re.compile(
    r"(?:不超过|不多于|不高于|至多|最多|(?<!不)(?:低于|少于|小于)|不足|不到|"
    r"under|less than|up to|at most|below) ?$"
)
_LOOK_BACK = 10
_POINTING = {"头", "那", "这", "每", "同", "某", "哪", "前", "后", "比", "又"}  # 头一年, 这一年
_MORE = re.compile(r"[余多来]")
_ABOUT_AFTER = re.compile(r"左右|上下|[余多]")
_OVER_AFTER = re.compile(r"(?:及|或)?以上|多")
_UNDER_AFTER = re.compile(r"(?:及|或)?以下|以内|之内|内")
_PARTS = re.compile(r"(百|千|万)分之")
_FRACTION = re.compile(r"([二两三四五六七八九十百])分之")
_TENTH = re.compile(
    r"成([一二三四五六七八九半])?(?![立员为功长本都果绩熟就型分份交语品家套批效千人年才])"
)
_AND_A_HALF = re.compile(r"个半(小时|钟头|月|星期|礼拜|世纪)")
_HALF = re.compile(r"半(?![年月日天数价])")


class QuantityReader:
    """Reads quantities; it holds the tables of units, make one and keep it."""

    def __init__(self) -> None:
        self.units = Units()

    def read(self, text: str, taken: Sequence[tuple[int, int]] = ()) -> list[Quantity]:
        """The quantities of a text in normal form, in order, none overlapping another.

        Args:
            text: in normal form.
            taken: ascending spans that are something else, such as dates.
        """
        return list(self._read(text, taken))

    def _read(self, text: str, taken: Sequence[tuple[int, int]]) -> Iterator[Quantity]:
        blocked = iter([*taken, (len(text), len(text) + 1)])
        low, high = next(blocked)
        at = floor = 0
        while match := START.search(text, at):
            start = match.start()
            while start >= high:
                low, high = next(blocked)
            if start >= low:
                at = high
                continue
            found = self._at(text, start, floor, low)
            if found is None:
                at = _behind(text, start)
            else:
                quantity, at = found
                if quantity:
                    floor = quantity.end
                    yield quantity

    def _at(
        self, text: str, start: int, floor: int, limit: int
    ) -> tuple[Quantity | None, int] | None:
        """The quantity that begins at ``start``, and where to read on."""
        before = text[start - 1 : start]
        if before == "第" or (before.isascii() and (before.isalpha() or before in {".", "_"})):
            return None
        if part := self._share(text, start):
            return part, part.end
        first = read_numeral(text, start)
        if first is None or first.end > limit:
            return None
        first, more = _with_more(text, first)
        unit = self._unit(text, first.end, first)
        second, last = self._range(text, first, unit)
        if second:
            unit = last
        end = unit[1] if unit else (second or first).end
        if end > limit:
            second, unit, end = None, None, first.end
        if unit is None and (sign := self.units.before(text, start, floor)):
            unit, start = (sign[0], end), sign[1]
        quantity = self._quantity(text, start, first, second, unit, end, more)
        return quantity, end

    def _share(self, text: str, start: int) -> Quantity | None:
        """百分之九十, 三分之一."""
        match = _PARTS.match(text, start) or _FRACTION.match(text, start)
        if match is None or match.end() >= len(text) or not START.match(text, match.end()):
            return None
        number = read_numeral(text, match.end())
        if number is None:
            return None
        whole = read_numeral(match[1], 0)
        assert whole is not None  # noqa: S101 - the pattern lets nothing else through
        if match[1] == "百" and "一百" not in match[0]:
            low, high = number.low, number.high
        else:
            low, high = number.low * 100 / whole.low, number.high * 100 / whole.low
        return _stated(text, start, number.end, low, high, PERCENT, False)

    def _unit(self, text: str, at: int, number: Numeral) -> tuple[Unit, int] | None:
        if match := _TENTH.match(text, at):
            if number.scale == 1 and number.high <= 10:
                return Unit(PERCENT, Decimal(10)), match.end()
            return None
        if match := _AND_A_HALF.match(text, at):  # 两个半小时
            return self.units.after(text, match.end() - len(match[1]))
        return self.units.after(text, at)

    def _range(
        self, text: str, first: Numeral, unit: tuple[Unit, int] | None
    ) -> tuple[Numeral | None, tuple[Unit, int] | None]:
        """The other end of a range, with its unit."""
        at = unit[1] if unit else first.end
        match = _RANGE.match(text, at)
        if match is None or match.end() >= len(text) or not START.match(text, match.end()):
            return None, None
        second = read_numeral(text, match.end())
        if second is None:
            return None, None
        second, _ = _with_more(text, second)
        last = self._unit(text, second.end, second)
        if last is None or (unit and unit[0].name != last[0].name):
            return None, None
        low, high = first.low, second.high
        if unit is None and first.scale == 1 and second.scale > 1:
            low *= second.scale  # 3-5万
        low *= unit[0].factor if unit else last[0].factor
        high *= last[0].factor
        if not low < high or first.bare or second.bare:
            return None, None
        return second, last

    def _quantity(
        self,
        text: str,
        start: int,
        first: Numeral,
        second: Numeral | None,
        unit: tuple[Unit, int] | None,
        end: int,
        more: bool,
    ) -> Quantity | None:
        if second:
            assert unit is not None  # noqa: S101 - a range has one
            begun = self._unit(text, first.end, first)
            low = first.low * (begun[0].factor if begun else unit[0].factor)
            if begun is None and first.scale == 1 and second.scale > 1:
                low *= second.scale
            high = second.high * unit[0].factor
            return _stated(text, start, end, low, high, unit[0].name, more)
        if not _says_something(text, first, unit):
            return None
        factor = unit[0].factor if unit else Decimal(1)
        low, high = first.low * factor, first.high * factor
        if unit and _HALF.match(text, end) and unit[0].name in {"月", "秒", "岁", "倍"}:
            low, high, end = low + factor / 2, high + factor / 2, end + 1
        elif _AND_A_HALF.match(text, first.end):
            low, high = low + factor / 2, high + factor / 2
        if match := _TENTH.match(text, first.end):
            half_or_more = 5 if match[1] == "半" else "零一二三四五六七八九".find(match[1] or "零")
            low, high = low + half_or_more, high + half_or_more
        return _stated(text, start, end, low, high, unit[0].name if unit else "", more)


@lru_cache(maxsize=1)
def quantity_reader() -> QuantityReader:
    """The process's reader of quantities."""
    return QuantityReader()


def _with_more(text: str, number: Numeral) -> tuple[Numeral, bool]:
    """The number with the 余 or 多 after it, and a scale that may follow that: 20余万."""
    match = _MORE.match(text, number.end)
    if match is None or (match[0] == "来" and number.low % 10):
        return number, False
    factor, end = scale_at(text, match.end())
    return number.times(factor, end), True


def _says_something(text: str, number: Numeral, unit: tuple[Unit, int] | None) -> bool:
    """Whether this is an amount and not a word such as 一些, 百姓 or 万一."""
    if number.bare:
        if number.scale < 100 or unit is None:
            return False
        return number.end - number.start > 1 or _marked(text, number.start)
    if number.plain or unit is None:
        return number.plain and not _in_word(text, number)
    if text[number.start - 1 : number.start] in _POINTING and number.low == 1:
        return False
    # A lone Chinese digit counts with a unit; 一个 and 一次 say no more than an article does.
    return number.low != 1 or unit[0].name in {"元", "美元", "月", "秒", "米", PERCENT}


def _in_word(text: str, number: Numeral) -> bool:
    """Whether a letter follows, as in 5g or k12."""
    following = text[number.end : number.end + 1]
    return following.isascii() and following.isalpha()


def _marked(text: str, start: int) -> bool:
    before = text[max(0, start - _LOOK_BACK) : start]
    return bool(_ABOUT.search(before) or _OVER.search(before) or _UNDER.search(before))


def _stated(
    text: str, start: int, end: int, low: Decimal, high: Decimal, unit: str, more: bool
) -> Quantity:
    """The quantity with what the words around it make of it."""
    before = text[max(0, start - _LOOK_BACK) : start]
    approximate = bool(
        more or low != high or _ABOUT.search(before) or _ABOUT_AFTER.match(text, end)
    ) and not (low != high and not more and _stated_range(text, start, end))
    if low == high:
        if _UNDER.search(before) or _UNDER_AFTER.match(text, end):
            return Quantity(None, high, unit, approximate, start, end)
        if _OVER.search(before) or _OVER_AFTER.match(text, end):
            return Quantity(low, None, unit, approximate, start, end)
    return Quantity(low, high, unit, approximate, start, end)


def _stated_range(text: str, start: int, end: int) -> bool:
    """Whether both ends of a range are written out."""
    return bool(re.search(r"[-~—–―～至到]|to|and", text[start:end]))


def _behind(text: str, start: int) -> int:
    """Where to read on behind something that is no numeral, past the rest of its digits."""
    end = start + 1
    if text[start].isascii():
        while end < len(text) and text[end].isascii() and text[end].isalnum():
            end += 1
    return end
