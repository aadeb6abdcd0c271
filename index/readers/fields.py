"""The values of a record, checked one by one.

``where`` is the file and line that messages begin with.
"""

import re

from index.errors import ReadError
from index.readers.dates import parse_date
from index.readers.encoding import normal_lines, storable
from index.readers.origin import shown

_BREAKS = re.compile(r"[\n\r\t\v\f\x1c-\x1e\x85\u2028\u2029]+")
_LABELLED = re.compile(r"【([^【】]{1,30})】\s*(\S.*)")
_FIRST_CHARACTERS = 30


def body(value: object, where: str) -> str:
    """Return a record's text with its line ends made line feeds.

    Raises:
        ReadError: it is missing, not a string, blank, or cannot be stored.
    """
    if value is None:
        raise ReadError(
            f'{where}: the record has no "text"; expected a string; add it or delete the record.',
            f"{where}：记录没有“text”；请补上，或删除这条记录",
        )
    if not isinstance(value, str):
        raise _not_string("text", value, where)
    if not value.strip():
        raise ReadError(
            f"{where}: the record's \"text\" is empty; expected the article's text; "
            f"add it or delete the record.",
            f"{where}：记录的“text”是空的；请补上正文，或删除这条记录",
        )
    storable(value, f'{where}: "text"')
    return normal_lines(value)


def one_line(value: object, key: str, where: str) -> str | None:
    """Return a short value with its line breaks made spaces, or None where there is none.

    Raises:
        ReadError: it is not a string, or cannot be stored.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise _not_string(key, value, where)
    storable(value, f'{where}: "{key}"')
    return _BREAKS.sub(" ", value.strip()) or None


def date(value: object, where: str) -> str | None:
    """Return a publication date in ISO 8601, or None where there is none.

    Raises:
        ReadError: it is not a string, or not a date.
    """
    text = one_line(value, "published", where)
    if text is None:
        return None
    parsed = parse_date(text)
    if parsed is None:
        raise ReadError(
            f"{where}: {shown(text)} is not a date; expected one like 2023-08-16 or "
            f"2023-08-16T18:02:41+08:00; correct it or leave it out.",
            f"{where}：{shown(text)} 不是日期，"
            "应如 2023-08-16 或 2023-08-16T18:02:41+08:00；请改正，或者不写",
        )
    return parsed


def first_words(text: str) -> str:
    """Return the start of the first line that is not blank, the title of a text without one."""
    first = next(line for line in text.split("\n") if line.strip())
    return _BREAKS.sub(" ", first.strip()[:_FIRST_CHARACTERS]).strip()


def split_label(title: str) -> tuple[str | None, str]:
    """Split 【label】title into its label, if it has one, and the title proper."""
    match = _LABELLED.fullmatch(title)
    return (match[1].strip() or None, match[2]) if match else (None, title)


def _not_string(key: str, value: object, where: str) -> ReadError:
    return ReadError(
        f'{where}: "{key}" is of type {type(value).__name__}; expected a string; '
        f"put the value in quotes.",
        f"{where}：“{key}”应为文字，这里是 {type(value).__name__}；请给它加上引号",
    )
