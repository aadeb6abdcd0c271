"""Article ids: stable across re-reads, distinct within a file."""

import hashlib
import unicodedata

from index.errors import ReadError
from index.readers.origin import shown

_BYTES = 6
_MAX_CHARACTERS = 200
_UNFIT = frozenset({"Cc", "Cs", "Zl", "Zp"})


def article_id(source: str, title: str, nth: int = 0) -> str:
    """Return the id of an article in a file of several that names none itself.

    Args:
        source: where the file is.
        title: the article's title.
        nth: how many articles of that title stand before it in the file.

    Returns:
        Twelve lower-case hexadecimal digits.
    """
    return _digest(source, title, str(nth))


def text_id(source: str, title: str, text: str) -> str:
    """Return the id of an article that comes by itself, without a file and without an id."""
    return _digest(source, title, text)


def file_id(source: str) -> str:
    """Return the id of the one article in a file: its title may be edited, the id stays."""
    return _digest(source)


def explicit_id(value: object, where: str) -> str:
    """Return an id that a record gives itself.

    Raises:
        ReadError: it is neither a string nor a whole number, not 1 to 200 characters long, or
            holds control characters.
    """
    # To Python True is a number, to whoever wrote the record it is not.
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ReadError(
            f"{where}: the id is of type {type(value).__name__}; expected a string or a whole "
            f"number; correct it or leave it out.",
            f"{where}：编号应为文字或整数，这里是 {type(value).__name__}；请改正，或者不写编号",
        )
    key = str(value).strip()
    if not 1 <= len(key) <= _MAX_CHARACTERS or any(unicodedata.category(c) in _UNFIT for c in key):
        raise ReadError(
            f"{where}: {shown(key)} cannot be an id; expected 1 to {_MAX_CHARACTERS} characters "
            f"without control characters; correct it or leave it out.",
            f"{where}：{shown(key)} 不能作编号，"
            f"应为 1 到 {_MAX_CHARACTERS} 个字符，不含控制字符；请改正，或者不写编号",
        )
    return key


def _digest(*parts: str) -> str:
    # Each part goes with its length, so that no two lists of parts spell the same bytes.
    spelt = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.blake2b(spelt.encode(), digest_size=_BYTES).hexdigest()
