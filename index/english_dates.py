"""Forms of dates in English: June 2023, the end of March, the first half of 2023."""

import re
from datetime import date

from index.days import Found, Interval, months, part

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


def english(text: str, at: int, _: date | None) -> Found | None:
    """June 2023, the 5th of May, in 2023, the first half of 2023."""
    if match := _ENGLISH_YEAR.match(text, at):
        year = int(match["y"])
        if "half" in match["p"]:
            month = 1 if "first" in match["p"] else 7
            return months(year, month, month + 5), match.end()
        return Interval(year), match.end()
    match = _ENGLISH.match(text, at)
    if match is None:
        return None
    number = next(i for i, name in enumerate(_MONTHS, 1) if name[:3] == match["name"][:3])
    year, day = int(match["y"] or 0), int(match["d1"] or match["d2"] or 0)
    # They are words too; a preposition before them tells.
    alone = not year and not day and match["name"] in {"may", "march", "mar", "dec", "sep"}
    if alone and not text[max(0, at - 6) : at].endswith(_PREPOSITIONS):
        return None
    return part(year, number, day), match.end()
