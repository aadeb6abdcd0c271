"""From bytes to text, or an error: never to mojibake.

Text is UTF-8 or GB18030 (with its subsets GBK and GB2312). Nearly any bytes are valid GB18030, so
what decodes as such must also look like Chinese.
"""

import codecs
import re
from collections import Counter

from index.errors import ReadError

_BOMS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),  # begins like UTF-16's, so it comes first
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_GB18030_MARK = "\ufeff".encode("gb18030")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_BESIDE_ANOTHER = re.compile(r"[^\x00-\x7f]{2,}")
_PUNCTUATION = re.compile(
    "[\u00b0\u00b7\u00d7\u2014-\u201d\u2026\u2030\u2103\u2160-\u216b\u2460-\u249b"
    "\u3000-\u301f\u3220-\u3229\uff01-\uff5e\uffe5]"
)
# Two hundred of the commonest characters, simplified and traditional.
_FREQUENT = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种"
    "面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本"
    "去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比"
    "这個來們時對會說過經發動產學國為後實體點開長問關業與內資區進項據應從並當"
)
# Of the characters beyond ASCII: in Chinese text nearly all are common ones, in Big5, Shift-JIS or
# Latin-1 read as GB18030 fewer than two thirds.
_COMMON_SHARE = 0.75
# Chinese characters stand side by side; the accented letters of Latin-1 stand alone.
_BESIDE_SHARE = 0.5
# Korean (EUC-KR) reads as nothing but common characters, though not as the frequent ones: their
# share is 2 % then, in Chinese prose a third, in a list of names 5 %. Short texts cannot tell.
_FREQUENT_SHARE = 0.04
_FREQUENT_FROM = 100


def decode(data: bytes, where: str) -> str:
    """Return text without its byte order mark, its line ends made line feeds.

    Args:
        data: UTF-8 or GB18030.
        where: the file, or the file and line, that messages begin with.

    Raises:
        ReadError: the bytes are of another encoding, or not text.
    """
    refuse_other_boms(data, where)
    text = decode_strictly(data, "utf-8")
    if text is None:
        text = decode_strictly(data, "gb18030")
        marked = data.startswith(_GB18030_MARK)
        if text is None or not (marked or looks_chinese(text)):
            raise ReadError(
                f"{where}: the content is neither UTF-8 nor GB18030 text; expected one of these; "
                f"convert it to UTF-8 if it is text, or leave it out.",
                f"{where}：内容既不是 UTF-8 也不是 GB18030 编码；如果是文字，请转成 UTF-8",
            )
    return checked(text, where)


def checked(text: str, where: str) -> str:
    """Return decoded text without its byte order mark, its line ends made line feeds.

    Raises:
        ReadError: it has characters that text has not.
    """
    # More than one in a hundred: a stray control character is a slip, not a binary file.
    if "\0" in text or len(_CONTROL.findall(text)) * 100 > len(text):
        raise ReadError(
            f"{where}: the content is binary (it holds NUL or many control characters); "
            f"expected text; export it as UTF-8 text, or leave it out.",
            f"{where}：内容是二进制的（含有 NUL 或许多控制字符），应为文字；请导出为 UTF-8 文本",
        )
    return normal_lines(text.removeprefix("\ufeff"))


def decode_strictly(data: bytes, encoding: str) -> str | None:
    """Return the text, or None if a byte does not belong to the encoding."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def refuse_other_boms(data: bytes, where: str) -> None:
    """Do nothing, unless the bytes begin with the mark of UTF-16 or UTF-32.

    Raises:
        ReadError: they do.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            raise ReadError(
                f"{where}: the content is {name}; expected UTF-8 or GB18030; convert it to UTF-8.",
                f"{where}：内容是 {name} 编码，请转成 UTF-8",
            )


def normal_lines(text: str) -> str:
    r"""Return the text with ``\r\n`` and ``\r`` made ``\n``."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def storable(text: str, where: str) -> None:
    """Do nothing, unless the text cannot be stored.

    Raises:
        ReadError: it holds NUL or half of a surrogate pair.
    """
    try:
        text.encode()
        unfit = text.find("\0")
    except UnicodeEncodeError as error:
        unfit = error.start
    if unfit >= 0:
        raise ReadError(
            f"{where} holds U+{ord(text[unfit]):04X} at character {unfit + 1}, which cannot be "
            f"stored; expected text without NUL and lone surrogates; remove it.",
            f"{where} 的第 {unfit + 1} 个字符是 U+{ord(text[unfit]):04X}，无法保存；请去掉它",
        )


def looks_chinese(text: str) -> bool:
    """Tell Chinese text from bytes of something else that happened to decode."""
    counts = Counter(text)
    beyond = {c: n for c, n in counts.items() if c > "\x7f"}
    total = sum(beyond.values())
    if not total:
        return True
    common = sum(n for c, n in beyond.items() if _PUNCTUATION.match(c) or _is_common_han(c))
    beside = sum(len(run) for run in _BESIDE_ANOTHER.findall(text))
    if common < _COMMON_SHARE * total or beside < _BESIDE_SHARE * total:
        return False
    frequent = sum(n for c, n in beyond.items() if c in _FREQUENT)
    return total < _FREQUENT_FROM or frequent >= _FREQUENT_SHARE * total


def _is_common_han(character: str) -> bool:
    """Tell whether it is in the first level of GB2312 (3,755) or of Big5 (5,401 characters)."""
    if not "\u4e00" <= character <= "\u9fff":
        return False
    for encoding, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        code = character.encode(encoding, "ignore")
        if len(code) == 2 and first <= code[0] <= last:
            return True
    return False
