"""Shares in running text, in percent: 百分之五至八, 三分之一, 1/3, 一半, 过半.

What is read lies a bounded way ahead. Text is in normal form, where ½ is 1⁄2.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from index.numerals import NUMERALS, START, read_numeral
from index.units import PERCENT, Units

RANGE = re.compile(r" ?(?:——|--|[-−~—–―～至到]|to|and) ?")
_PARTS = re.compile(rf"([0-9]{{1,5}}|[{NUMERALS}]{{1,8}})分之")
_SLASH = re.compile(
    r"(?<![0-9/.])([0-9]{1,3})(?:⁄([0-9]{1,4})|/([2-9]|10{1,4}))(?![0-9/.]|[日号月年]|决赛)"
)
# What makes a word of 半, so that it is no half: 半导体, 一半天.
_WORDS_IN_HALF = r"(?![天个年月日小夜会晌刻路价百导岛径自官圆球载生]|成品)"
_HALF_OF = re.compile(rf"一半{_WORDS_IN_HALF}|半数|(?<=[过超近])半{_WORDS_IN_HALF}")
_MOST_OF = re.compile(rf"一[大多]半{_WORDS_IN_HALF}")


@dataclass(frozen=True, slots=True)
class _Part:
    """A fraction: its least and greatest value in percent, its denominator, its end."""

    low: Decimal
    high: Decimal
    whole: Decimal
    end: int


def read_share(
    text: str, start: int, units: Units, limit: int
) -> tuple[Decimal, Decimal | None, int] | None:
    """The share that begins at ``start``, in percent from least to greatest, and its end.

    Args:
        text: in normal form.
        start: where.
        units: the tables.
        limit: where it has to end.
    """
    if match := _MOST_OF.match(text, start):
        return (Decimal(50), None, match.end()) if match.end() <= limit else None
    part = _part(text, start)
    if part is None or part.end > limit:
        return None
    match = RANGE.match(text, part.end)
    if match and match.end() < len(text) and START.match(text, match.end()):
        other = _part(text, match.end()) or _same_whole(text, match.end(), part.whole, units)
        if other and part.low < other.high and other.end <= limit:
            return part.low, other.high, other.end
    return part.low, part.high, part.end


def _part(text: str, start: int) -> _Part | None:
    if match := _SLASH.match(text, start):
        number, whole = Decimal(match[1]), Decimal(match[2] or match[3])
        if not 0 < number < whole:
            return None
        share = number * 100 / whole
        return _Part(share, share, whole, match.end())
    if match := _HALF_OF.match(text, start):
        return _Part(Decimal(50), Decimal(50), Decimal(2), match.end())
    match = _PARTS.match(text, start)
    if match is None or match.end() >= len(text) or not START.match(text, match.end()):
        return None
    denominator, numerator = read_numeral(text, start), read_numeral(text, match.end())
    if denominator is None or numerator is None or denominator.end != match.end(1):
        return None
    whole = denominator.low
    if whole < 2 or denominator.high != whole:
        return None
    return _Part(numerator.low * 100 / whole, numerator.high * 100 / whole, whole, numerator.end)


def _same_whole(text: str, start: int, whole: Decimal, units: Units) -> _Part | None:
    """The eight of 百分之五至八."""
    number = read_numeral(text, start)
    if number is None or whole % 100 or number.high > whole or number.bare:
        return None
    end = number.end
    if unit := units.after(text, end):
        if unit[0].name != PERCENT or whole != 100:
            return None
        end = unit[1]
    return _Part(number.low * 100 / whole, number.high * 100 / whole, whole, end)
