"""Quantities in running text, with their values: 近百亿元, 3—5年, 百分之九十, 5 billion yuan.

Text is read in normal form, so spans are of that; ``Folded.original`` leads back to the text as it
was given. Every step looks a bounded way ahead: time grows in proportion to the text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from index.bounds import about, at_least, at_most, marked
from index.numerals import DIGITS, START, Numeral, ending_scale, read_numeral, scale_at
from index.shares import RANGE, read_share
from index.units import COUNTERS, PERCENT, Unit, Units


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


_POINTING = {"头", "那", "这", "每", "同", "某", "哪", "前", "后", "比", "又"}  # 头一年, 这一年
_MORE = re.compile(r"[余多来]")
_HUNDREDS_OF_MILLIONS = re.compile(r"个([余多来])?亿(?![级元吨千万瓦])")  # 3个亿; not 3个亿元县
_REST = re.compile(r"(?<=[0-9][百千万亿])([1-9])(?![0-9.,a-z%‰百千万亿几余多])")  # 1万2
_TENTH = re.compile(
    r"成([一二三四五六七八九半])?(?![立员为功长本都果绩熟就型分份交语品家套批效千人年才群])"
)
_SPLIT = re.compile(r"个(半|多|来)(小时|钟头|月|星期|礼拜|世纪)")  # 两个半小时, 两个多月
_HALF = re.compile(r"半(?![年月日天数价载])")
_HALF_A = re.compile(r"(?<![上下前后头大小多夜另一])半(?![天月周星礼]|年[报度线检期级薪]|斤八两)")
_HALVED = {"秒", "月", "米", "克", "平方米", "亩", "立方米"}
_MINUS = re.compile(r"(?:(零下)|(?:^|[^0-9a-z%‰°)\]年月日])([-−])) ?$")
_STRETCHES = {"秒", "月", "工作日", "米"}
_LETTERS = {"g", "m", "w"}
_CODE = re.compile(r"[a-z]-$")
_SIGN = re.compile(r"零[上下]|[-−]")
_SIGNED = {"度", PERCENT}
_LOOK_BACK = 4
# Numbers that are names: days of shopping, people born in some years, decades, plans.
_NAMED = re.compile(
    r"(?<=双)(?:十[一二节]|1[12](?![0-9]))|[0-9][05]后|(?:[0-9]0|[一二三四五六七八九]十)年代(?![理表价工替步])|十[一二三五六七]五"
)
_PLAN = re.compile(r"十四五(?![百千万亿])")
_MONEY_SCALE = re.compile(r"([kmb])(?![a-z0-9])")  # $5m
_MONEY_SCALES = {"k": 10**3, "m": 10**6, "b": 10**9}


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
                floor = max(floor, high)
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
        if before.isascii() and (before.isalpha() or before in {".", "_"}):
            return None
        if before == "第":  # 第十五
            number = read_numeral(text, start)
            return (None, number.end) if number else None
        if named := self._named(text, start):
            return None, named
        if part := self._share(text, start, limit) or self._half(text, start, limit):
            return part, part.end
        read = self._number(text, start)
        if read is None or read[0].end > limit:
            return None
        first, more = read
        sign = self.units.before(text, start, floor)
        match = _MONEY_SCALE.match(text, first.end)
        if sign and match and match.end() <= limit:
            first = first.times(_MONEY_SCALES[match[1]], match.end())
        unit = self._unit(text, first)
        if unit and unit[1] > limit:
            unit = None
        minus = _minus(text, start, floor)
        if (several := self._range(text, first, unit, minus)) and several[3] <= limit:
            low, high, name, end = several
            start = minus[0] if minus and name in _SIGNED else start
            return _stated(text, start, end, low, high, name, more), end
        end = unit[1] if unit else first.end
        if unit is None and sign:
            unit, start = (sign[0], end), sign[1]
        found = self._quantity(text, start, first, unit, more, minus, limit)
        return found, found.end if found else end

    def _named(self, text: str, start: int) -> int | None:
        """Where a name ends that looks like a number: 80后, 90年代, 十四五."""
        if match := _NAMED.match(text, start):
            return match.end()
        match = _PLAN.match(text, start)
        if match is None:
            return None
        unit = self.units.after(text, match.end())
        counted = unit and (unit[0].name == "个" or unit[0].name not in COUNTERS)
        return None if counted else match.end()  # 十四五岁

    def _number(self, text: str, start: int) -> tuple[Numeral, bool] | None:
        """The number with what may follow (20余万, 3个亿, 1万2), and whether that is 余 or 多."""
        number = read_numeral(text, start)
        if number is None:
            return None
        if match := _HUNDREDS_OF_MILLIONS.match(text, number.end):
            return replace(number.times(10**8, match.end()), plain=True), bool(match[1])
        scale = ending_scale(text, number)
        if (match := _REST.match(text, number.end)) and not number.low % scale:
            unit = self.units.after(text, match.end())
            if unit is None or unit[0].name == "元":
                rest = Decimal(match[1]) * scale / 10
                low, high = number.low + rest, number.high + rest
                return replace(number, low=low, high=high, end=match.end()), False
        match = _MORE.match(text, number.end)
        if match is None or (match[0] == "来" and number.low % 10):
            return number, False
        factor, end = scale_at(text, match.end())
        return number.times(factor, end), True

    def _share(self, text: str, start: int, limit: int) -> Quantity | None:
        """百分之九十, 1/3, 过半."""
        found = read_share(text, start, self.units, limit)
        if found is None:
            return None
        low, high, end = found
        if high is None:
            return Quantity(low, None, PERCENT, True, start, end)
        return _stated(text, start, end, low, high, PERCENT, False, bare=text[start] == "半")

    def _half(self, text: str, start: int, limit: int) -> Quantity | None:
        """Half of a unit: 半年, 半个多月, 半公里."""
        if _HALF_A.match(text, start) is None:
            return None
        split = _SPLIT.match(text, start + 1)
        unit = self.units.after(text, split.start(2) if split else start + 1)
        if unit is None or unit[1] > limit or unit[0].name not in _HALVED:
            return None
        value = unit[0].factor / 2
        if split and split[1] == "多":
            return Quantity(value, None, unit[0].name, True, start, unit[1])
        return _stated(text, start, unit[1], value, value, unit[0].name, bool(split))

    def _unit(self, text: str, number: Numeral) -> tuple[Unit, int] | None:
        at = number.end
        if match := _TENTH.match(text, at):
            if number.scale == 1 and number.high <= 10:
                return Unit(PERCENT, Decimal(10)), match.end()
            return None
        if match := _SPLIT.match(text, at):
            return self.units.after(text, match.start(2))
        unit = self.units.after(text, at)
        if unit and (form := text[at : unit[1]]) in _LETTERS:
            if form == "g" and number.low < 10:  # a generation: 5g
                return None
            if _CODE.search(text[max(0, number.start - 2) : number.start]):  # ea-18g
                return None
        return unit

    def _range(
        self,
        text: str,
        first: Numeral,
        unit: tuple[Unit, int] | None,
        minus: tuple[int, bool] | None,
    ) -> tuple[Decimal, Decimal, str, int] | None:
        """A range that begins with a number: its ends, their unit, and where it is over."""
        match = RANGE.match(text, unit[1] if unit else first.end)
        if match is None:
            return None
        sign = _SIGN.match(text, match.end())
        at = sign.end() if sign else match.end()
        read = self._number(text, at) if at < len(text) and START.match(text, at) else None
        if read is None or first.bare or read[0].bare:
            return None
        second = read[0]
        last = self._unit(text, second)
        if last is None or (unit and unit[0].name != last[0].name):
            return None
        factor = (unit or last)[0].factor
        low, high = first.low * factor, second.high * last[0].factor
        if unit is None:
            low *= _shared_scale(text, first, second)
        if last[0].name in _SIGNED and (minus or sign):
            low = -low if minus else low
            below = sign[0] != "零上" if sign else bool(minus and minus[1])
            low, high = sorted((low, -high if below else high))
        elif sign:
            return None
        return (low, high, last[0].name, last[1]) if low < high else None

    def _quantity(
        self,
        text: str,
        start: int,
        first: Numeral,
        unit: tuple[Unit, int] | None,
        more: bool,
        minus: tuple[int, bool] | None,
        limit: int,
    ) -> Quantity | None:
        if not _says_something(text, first, unit):
            return None
        factor = unit[0].factor if unit else Decimal(1)
        name, end = (unit[0].name, unit[1]) if unit else ("", first.end)
        low, high = first.low * factor, first.high * factor
        split = _SPLIT.match(text, first.end) if unit else None
        if end < limit and _HALF.match(text, end) and name in {"月", "秒", "岁", "倍"}:
            low, high, end = low + factor / 2, high + factor / 2, end + 1
        elif split and split[1] == "半":
            low, high = low + factor / 2, high + factor / 2
        if unit and (match := _TENTH.match(text, first.end)):
            half_or_more = 5 if match[1] == "半" else "零一二三四五六七八九".find(match[1] or "零")
            low, high = low + half_or_more, high + half_or_more
        if minus and name in _SIGNED:
            low, high, start = -high, -low, minus[0]
        if split and split[1] == "多" and low == high:
            return Quantity(low, None, name, True, start, end)
        more = more or bool(split and split[1] == "来")
        return _stated(text, start, end, low, high, name, more, bare=first.bare)


@lru_cache(maxsize=1)
def quantity_reader() -> QuantityReader:
    """The process's reader of quantities."""
    return QuantityReader()


def _minus(text: str, start: int, floor: int) -> tuple[int, bool] | None:
    """Where a sign before a number begins, and whether it is 零下, which goes for both ends."""
    at = max(floor, start - _LOOK_BACK)
    match = _MINUS.search(text[at:start])
    if match is None or (match.start(2) == 0 and at == floor > 0):
        return None
    return (at + match.start(match.lastindex or 0), bool(match[1]))


def _shared_scale(text: str, first: Numeral, second: Numeral) -> int:
    """The scale that the second number of a range tells for the first: 3-5万, 三至五千万."""
    for least in (100, 10**4):
        scale = ending_scale(text, second, least)
        if first.scale < least and first.low * scale < second.high:
            return scale
    return 1


def _says_something(text: str, number: Numeral, unit: tuple[Unit, int] | None) -> bool:
    """Whether this is an amount and not a word such as 一些, 百姓 or 万一."""
    if number.bare:
        if number.scale < 100 or text.startswith("百度", number.start):
            return False
        if unit is None:  # 近百亿投资, 人数过百; not 贴近百姓
            large = number.scale >= 10**4 or not text[number.end : number.end + 1].isalnum()
            return large and marked(text, number.start)
        return number.end - number.start > 1 or marked(text, number.start)
    if unit is None:
        return number.plain and not _in_word(text, number)
    if number.plain:
        return unit[1] > number.end or not _in_word(text, number)
    if text[number.start - 1 : number.start] in _POINTING and number.high == 1:
        return False
    # A lone Chinese digit counts with a unit; 一个 and 一次 say no more than an article does.
    return number.high != 1 or unit[0].name in {"元", "美元", "月", "秒", "米", PERCENT}


def _in_word(text: str, number: Numeral) -> bool:
    """Whether a letter follows, as in 5g or k12."""
    following = text[number.end : number.end + 1]
    return following.isascii() and following.isalpha()


def _stated(
    text: str,
    start: int,
    end: int,
    low: Decimal,
    high: Decimal,
    unit: str,
    more: bool,
    *,
    bare: bool = False,
) -> Quantity:
    """The quantity with what the words around it make of it."""
    near = about(text, start, end)
    approximate = (more or low != high or near) and not (
        low != high and not more and _stated_range(text, start, end)
    )
    if low == high:
        if at_most(text, start, end, stretch=unit in _STRETCHES):
            return Quantity(None, high, unit, approximate, start, end)
        if at_least(text, start, end, bare=bare, large=high >= 10**4):
            return Quantity(low, None, unit, approximate, start, end)
    return Quantity(low, high, unit, approximate, start, end)


def _stated_range(text: str, start: int, end: int) -> bool:
    """Whether both ends of a range are written out."""
    return bool(re.search(r"[-−~—–―～至到]|to|and", text[start:end]))


def _behind(text: str, start: int) -> int:
    """Where to read on behind something that is no numeral, past the rest of its digits."""
    end = start + 1
    if text[start].isascii():
        while end < len(text) and text[end].isascii() and text[end].isalnum():
            end += 1
    elif text[start] in DIGITS:
        while end < len(text) and text[end] in DIGITS:
            end += 1
    return end
