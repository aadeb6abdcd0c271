"""Dates as people and programs write them, made ISO 8601."""

import re
import unicodedata
from datetime import date, datetime
from email.utils import parsedate_to_datetime

_NUMERIC = re.compile(
    r"""(?P<year>\d{4})
    (?: (?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})
      | \s*年\s*(?P<month_zh>\d{1,2})\s*月\s*(?P<day_zh>\d{1,2})\s*日 )
    (?: (?:\s*[Tt]\s*|\s+|(?<=日))
        (?P<hour>\d{1,2}):(?P<minute>\d{2})(?: :(?P<second>\d{2})(?:[.,]\d+)? )?
        (?: \s*(?P<zone>[Zz]|[+-]\d{2}:?\d{2}) )?
    )?""",
    re.VERBOSE | re.ASCII,
)
_RFC_2822 = re.compile(
    r"(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d{2}:\d{2}(?::\d{2})?"
    r"\s+(?:[+-]\d{4}|[A-Z]{2,3})",
    re.ASCII,
)
# What pages write behind a date: 来自北京市, 来源：新华社.
_SOURCE = re.compile(r"\s*来[自源].*", re.DOTALL)
_LONGEST = 100


def parse_date(text: str) -> str | None:
    """Return a date, or date and time, in ISO 8601, or None if the text is not one.

    Read are year-month-day with ``-``, ``/``, ``.`` or 年月日, with or without a time of day and
    a zone, and the dates of mail and feeds (RFC 2822, section 3.3). A zone is kept; fractions of
    a second, and the source behind the date (来自北京市, 来源：新华社), are not.
    """
    if len(text) > _LONGEST:
        return None
    # Full-width digits and colons become plain ones.
    plain = unicodedata.normalize("NFKC", text)
    plain = _SOURCE.sub("", plain).strip()
    try:
        if match := _NUMERIC.fullmatch(plain):
            return _numeric(match)
        if _RFC_2822.fullmatch(plain):
            return parsedate_to_datetime(plain).isoformat()
    except (ValueError, OverflowError):  # a thirteenth month, a thirtieth of February
        return None
    return None


def _numeric(match: re.Match[str]) -> str:
    """Put the parts of a numeric date together.

    Raises:
        ValueError: the calendar or the clock has no such date or time.
    """
    day = f"{match['year']}-{match['month'] or match['month_zh']:0>2}"
    day += f"-{match['day'] or match['day_zh']:0>2}"
    if match["hour"] is None:
        return date.fromisoformat(day).isoformat()
    zone = (match["zone"] or "").upper()
    if len(zone) == len("+0800"):
        zone = f"{zone[:3]}:{zone[3:]}"
    written = f"{day}T{match['hour']:0>2}:{match['minute']}:{match['second'] or '00'}{zone}"
    datetime.fromisoformat(written)
    return written
