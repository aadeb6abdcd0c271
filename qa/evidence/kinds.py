"""Whether an answer is of the kind that its question asks for, as far as words tell."""

import re

from index.text import folder
from qa.expected import Expected, expected, found_in

UNKNOWN = 0.5
_ASKED_UNIT = re.compile(r"(?:多少|几)(\w)")
_NO_UNIT = frozenset("是有在的能可以会要占")
_TIME_UNIT = frozenset("年月日号天")


def fits(question: str, quotes: tuple[str, ...]) -> tuple[float, ...]:
    """For each quote 1 where it is of the kind asked for, 0 where not, ``UNKNOWN`` in between.

    A number must come in the unit that the question names (几个…, 多少家…), and a point in time
    is no amount of anything but time.
    """
    plain = folder().fold(question)
    kind = expected(plain)
    if kind is Expected.OTHER:
        return (UNKNOWN,) * len(quotes)
    unit = _unit(plain)
    return tuple(_fit(kind, unit, folder().fold(quote)) for quote in quotes)


def _unit(question: str) -> str:
    found = _ASKED_UNIT.search(question)
    return found.group(1) if found and found.group(1) not in _NO_UNIT else ""


def _fit(kind: Expected, unit: str, quote: str) -> float:
    if not found_in(kind, quote, ""):
        return 0.0
    if kind is Expected.TIME:
        return 1.0
    if unit:
        return 1.0 if unit in quote else UNKNOWN / 2
    return 0.0 if quote[-1:] in _TIME_UNIT else 1.0
