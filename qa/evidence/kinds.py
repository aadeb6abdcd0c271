"""Whether an answer is of the kind that its question asks for, as far as words tell."""

import re

from index.text import folder
from qa.expected import DURATION, Expected, answers, expected, found_in, units_asked
from qa.told import amounts

UNKNOWN = 0.5
_HARDLY = UNKNOWN / 2
_CLAUSE = re.compile(r"[时前后中]\W*$|以来\W*$")  # 等红灯时


def fits(question: str, quotes: tuple[str, ...]) -> tuple[float, ...]:
    """For each quote 1 where it is of the kind asked for, 0 where not, ``UNKNOWN`` in between.

    A number must come in a unit that answers the question (几个…, 多少家…, 多少钱), and a point in
    time is no amount of anything.
    """
    plain = folder().fold(question)
    kind = expected(plain)
    if kind is Expected.OTHER:
        return (UNKNOWN,) * len(quotes)
    folded = [folder().fold(quote) for quote in quotes]
    if kind is Expected.TIME:
        return tuple(map(_time, folded))
    asked = units_asked(plain)
    return tuple(_quantity(asked, quote) for quote in folded)


def _time(quote: str) -> float:
    if found_in(Expected.TIME, quote, ""):
        return 1.0
    return UNKNOWN if _CLAUSE.search(quote) else 0.0


def _quantity(asked: tuple[str, ...], quote: str) -> float:
    return max((_unit(asked, amount.unit) for amount in amounts(quote)), default=0.0)


def _unit(asked: tuple[str, ...], unit: str) -> float:
    if not asked:
        return _HARDLY if answers(unit, DURATION) else 1.0
    if answers(unit, asked):
        return 1.0
    return UNKNOWN if not unit else _HARDLY
