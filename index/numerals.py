"""Numerals as people write them: 5,000、5000、五千、5千、２.３万、三四十、十几、five billion.

All functions take text in normal form (``index.text``) and look only a bounded way ahead, so that
reading a text takes time in proportion to its length.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

DIGITS = dict(zip("零〇一二三四五六七八九", (0, *range(10)), strict=True)) | {
    "两": 2, "俩": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8,
    "玖": 9,
}  # fmt: skip
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "廿": 20, "卅": 30}
_LARGE = {"万": 10**4, "亿": 10**8, "兆": 10**12}
_SCALES = _SMALL | _LARGE
_SEVERAL = "几数"
_FORMAL = "壹贰叁肆伍陆柒捌玖"  # names and words too, so that they count in sums of money
_PAIR_ONLY = "两俩"  # never among digits that are written one after another
_LONGEST = 24  # characters; what is longer is a code, not a number

_ARABIC = re.compile(
    r"[0-9]{1,3}(?:,[0-9]{3}){1,7}(?![0-9])(?:\.[0-9]{1,12})?"
    r"|[0-9]{1,24}(?:\.[0-9]{1,12}(?![0-9.]))?",
    re.ASCII,
)
_SCALE_RUN = re.compile(r" ?([十百千万亿兆]{1,3})")
_ENGLISH_SCALES = {
    "hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "mn": 10**6, "bn": 10**9, "tn": 10**12,
}  # fmt: skip
_ENGLISH_UNITS = dict(
    zip(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ],
        range(20),
        strict=True,
    )
)
_ENGLISH_TENS = dict(
    zip(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
        range(20, 100, 10),
        strict=True,
    )
)
_ENGLISH_SCALE = re.compile(
    rf"[ -]?({'|'.join(sorted(_ENGLISH_SCALES, key=len, reverse=True))})s?(?![a-z])"
)
_ENGLISH_WORD = re.compile(
    rf"({'|'.join(sorted({**_ENGLISH_UNITS, **_ENGLISH_TENS}, key=len, reverse=True))})(?![a-z])"
)
_ENGLISH_JOIN = re.compile(r"(?: and |[ -])(?=[a-z])")

NUMERALS = "".join(DIGITS) + "".join(_SCALES)
"""All characters of Chinese numbers."""
_NEIGHBOURS = "|".join([*(a + b for a, b in pairwise("一二三四五六七八九")), "一两", "两三"])
# Two digits that mean about: 三四十 and 三五百, and behind a larger part 一百五六十 and 十五六.
_PAIR = re.compile(
    rf"(?P<head>{_NEIGHBOURS}|三五|三两)(?=[{''.join(_SCALES)}])"
    rf"|[{NUMERALS}]{{1,20}}?(?<=[{''.join(_SCALES)}零〇])(?P<inner>{_NEIGHBOURS})"
    rf"(?![{''.join(DIGITS)}])"
)
_ABOUT_PAIR = re.compile(rf"{_NEIGHBOURS}|三五|三两")

START = re.compile(
    rf"[0-9{NUMERALS}几数半]"
    rf"|(?<![a-z])(?:{'|'.join([*_ENGLISH_UNITS, *_ENGLISH_TENS])})(?![a-z])"
)


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number and where it stands.

    Attributes:
        low: the number, or the least of several (三四十, 几百).
        high: the number, or the greatest.
        start: first character.
        end: one past the last.
        plain: says a number by itself: in Arabic digits, or in several Chinese characters. A lone
            一 does not, nor does 三五; a unit behind them tells.
        scale: the factor its written scale (万, million) stands for; 1 without.
        bare: begins with a scale that no digit stands before, as in 百亿.
    """

    low: Decimal
    high: Decimal
    start: int
    end: int
    plain: bool
    scale: int = 1
    bare: bool = False

    def times(self, factor: int | Decimal, end: int) -> "Numeral":
        """The number multiplied by a scale that was written up to ``end``."""
        return Numeral(
            self.low * factor, self.high * factor, self.start, end, self.plain,
            self.scale * int(factor), self.bare,
        )  # fmt: skip


def read_numeral(text: str, start: int) -> Numeral | None:
    """The numeral that begins at ``start``, or None."""
    character = text[start]
    if character.isascii():
        return _arabic(text, start) if character.isdigit() else _english(text, start)
    return _chinese(text, start)


def scale_at(text: str, at: int) -> tuple[int, int]:
    """The factor of the scale words (万亿, million) at ``at``, and where they end; 1 for none."""
    if match := _SCALE_RUN.match(text, at):
        run = match[1]
        factor = 1
        for character in run:
            factor *= _SCALES[character]
        if run[-1] == "兆" and text[match.end() : match.end() + 1] in {"瓦", "赫", "帕", "字"}:
            return 1, at
        if run == "百" and text.startswith("分", match.end()):
            return 1, at
        return factor, match.end()
    if match := _ENGLISH_SCALE.match(text, at):
        return _ENGLISH_SCALES[match[1]], match.end()
    return 1, at


def ending_scale(text: str, number: Numeral, least: int = 100) -> int:
    """The factor of the scales from ``least`` up that a numeral ends in: 10^7 of 五千万."""
    if text[number.end - 1].isascii():
        return number.scale
    factor, at = 1, number.end
    while at > number.start and _SCALES.get(text[at - 1], 0) >= least:
        factor *= _SCALES[text[at - 1]]
        at -= 1
    return factor


def whole_number(text: str) -> int:
    """A whole number in Arabic digits, in Chinese digits one by one, or in Chinese up to 99.

    -1 where it is none of these.
    """
    if text.isascii() and text.isdigit():
        return int(text)
    if text and all(character in DIGITS for character in text) and not _about(text):
        return int("".join(str(DIGITS[character]) for character in text))
    found = _chinese(text, 0) if text else None
    if found and found.end == len(text) and found.low == found.high:
        return int(found.low)
    return -1


def _arabic(text: str, start: int) -> Numeral | None:
    match = _ARABIC.match(text, start)
    if match is None or len(match[0]) > _LONGEST:
        return None
    number = Decimal(match[0].replace(",", ""))
    found = Numeral(number, number, start, match.end(), True)
    factor, end = scale_at(text, found.end)
    if factor == 1:
        return found
    found = found.times(factor, end)
    # 1亿5000万: parts go on as long as they are smaller than the scale before.
    while (match := _ARABIC.match(text, found.end)) and factor > 1:
        number = Decimal(match[0].replace(",", ""))
        smaller, end = scale_at(text, match.end())
        if smaller == 1 and len(match[0]) < len(str(factor)) - 1:
            break
        if number * smaller >= factor:
            break
        total = found.low + number * smaller
        found = Numeral(total, total, start, end, True, found.scale)
        factor = smaller
    return found


def _english(text: str, start: int) -> Numeral | None:
    total, section, at, end = 0, 0, start, start
    for _ in range(12):
        if match := _ENGLISH_WORD.match(text, at):
            word = match[1]
            section += _ENGLISH_UNITS.get(word, 0) or _ENGLISH_TENS.get(word, 0)
            end = match.end()
        elif at > start and (match := _ENGLISH_SCALE.match(text, at)):
            factor = _ENGLISH_SCALES[match[1]]
            if factor == 100:
                section *= factor
            else:
                total, section = total + section * factor, 0
            end = match.end()
        else:
            break
        joined = _ENGLISH_JOIN.match(text, end)
        at = joined.end() if joined else end
    if end == start:
        return None
    number = Decimal(total + section)
    return Numeral(number, number, start, end, " " in text[start:end] or "-" in text[start:end])


class _Sections:
    """A Chinese number under construction: what is above 万, and the part below it."""

    __slots__ = ("digit", "large", "section", "small", "total", "unit")

    def __init__(self) -> None:
        self.total = 0
        self.section = 0
        self.digit: int | None = None
        self.small = 10**4  # the scale last used in this section
        self.large = 10**16
        self.unit = 1  # the scale last used at all

    def scale(self, factor: int) -> bool:
        """Take a scale word; False where it cannot stand here."""
        if factor < 10**4:
            if factor >= self.small:
                return False
            self.section += (1 if self.digit is None else self.digit) * factor
            self.small = factor
        else:
            self.section += self.digit or 0
            if factor < self.large:
                if not self.section:
                    return False
                self.total += self.section * factor
            else:
                self.total = (self.total + self.section) * factor
            if not self.total:
                return False
            self.large, self.section, self.small = factor, 0, 10**4
        self.digit, self.unit = None, factor
        return True

    def value(self, *, after_zero: bool) -> int:
        """The number so far; 三万五 is 35,000 but 三万零五 is 30,005."""
        digit = self.digit or 0
        if digit and self.unit >= 100 and not after_zero:
            digit *= self.unit // 10
        return self.total + self.section + digit


def _chinese(text: str, start: int) -> Numeral | None:
    if text[start] in _SEVERAL:
        return _several(text, start)
    if text[start] in _FORMAL and text[start + 1 : start + 2] not in {*_SCALES, *"元圆角"}:
        return None  # 陆家嘴
    limit = min(len(text), start + _LONGEST)
    run = start + 1 if text[start] in DIGITS else start
    while start < run < limit and text[run] in DIGITS and text[run] not in _PAIR_ONLY:
        run += 1
    scaled = run < len(text) and text[run] in _SCALES
    if run - start == 1 and text.startswith(("一两", "三两"), start):
        run += 1
        scaled = run < len(text) and text[run] in _SCALES
    if run - start >= 3 or (run - start == 2 and not scaled):
        return _digits(text, start, run)
    if pair := _PAIR.match(text, start):
        return _about_pair(text, start, pair.start(pair.lastgroup or 0))
    if run - start == 2:  # 五一百货
        return None
    return _one(text, start)


def _about_pair(text: str, start: int, at: int) -> Numeral | None:
    """A number with two digits in the place of one at ``at``: each is read in its turn."""
    limit = start + _LONGEST
    first = _one(text[start : at + 1] + text[at + 2 : limit], 0)
    second = _one(text[start:at] + text[at + 1 : limit], 0)
    if first is None or second is None:
        return None
    if first.end <= at - start or first.end != second.end:
        return _one(text, start)
    low, high = min(first.low, second.low), max(first.high, second.high)
    return Numeral(low, high, start, start + first.end + 1, True, first.scale, first.bare)


def _one(text: str, start: int) -> Numeral | None:
    """A number in Chinese, each place of which is one digit."""
    sections = _Sections()
    after_zero = False
    end = start
    for place in range(start, min(len(text), start + _LONGEST)):
        character = text[place]
        if character in DIGITS:
            if sections.digit is not None:
                break
            if DIGITS[character] == 0:
                after_zero = True
                continue
            sections.digit = DIGITS[character]
        elif character in _SCALES:
            if character in "廿卅":
                if place != start:
                    break
                sections.section, sections.small, sections.unit = _SCALES[character], 10, 10
            elif place == start and character in _LARGE:
                sections.digit = 1
                if not sections.scale(_LARGE[character]):
                    break
            elif not sections.scale(_SCALES[character]):
                break
            after_zero = False
        else:
            break
        end = place + 1
    if end == start and text[start] in "零〇" and _fraction(text, start + 1)[0]:  # 零点五
        end += 1
    if end == start:
        return None
    number = Decimal(sections.value(after_zero=after_zero))
    scale = sections.unit
    fraction, end = _fraction(text, end) if scale == 1 else (Decimal(0), end)
    number += fraction
    found = Numeral(
        number, number, start, end, end - start > 1, scale,
        text[start] in _SCALES and text[start] not in "十拾廿卅",
    )  # fmt: skip
    if fraction:
        factor, end = scale_at(text, end)
        return found.times(factor, end) if factor > 1 else found
    if text[end : end + 1] == "几" and scale == 10 and text[end - 1] in "十拾":
        return _teens(text, found)
    return found


def _about(figures: str) -> bool:
    """Whether these two digits mean about, not one behind the other: 三四, 三五, 三两."""
    return bool(_ABOUT_PAIR.fullmatch(figures))


def _digits(text: str, start: int, end: int) -> Numeral | None:
    """Digits one after another: 一九九八 or 二〇二三, or two neighbours that mean about: 三四.

    Few of them are as often a name (五一, 九一八), so that two tell only about how many or a
    reduction (七五折), and neither two nor three are plain.
    """
    figures = [DIGITS[character] for character in text[start:end]]
    if _about(text[start:end]):
        return Numeral(Decimal(min(figures)), Decimal(max(figures)), start, end, False)
    if len(figures) == 2 and text[end : end + 1] != "折":
        return None
    number = Decimal("".join(map(str, figures)))
    return Numeral(number, number, start, end, len(figures) > 3)


def _fraction(text: str, at: int) -> tuple[Decimal, int]:
    """What stands behind the point of 三点五; zero where there is none."""
    if text[at : at + 1] != "点":
        return Decimal(0), at
    end = at + 1
    while end < min(len(text), at + _LONGEST) and text[end] in DIGITS:
        end += 1
    if end == at + 1 or text[end : end + 1] in {"十", "分", "刻"}:  # a time of day
        return Decimal(0), at
    figures = "".join(str(DIGITS[character]) for character in text[at + 1 : end])
    return Decimal(f"0.{figures}"), end


def _several(text: str, start: int) -> Numeral | None:
    """几十, 数百万: from two to nine of the scale."""
    factor, end = 1, start + 1
    if text[end : end + 1] in _SCALES:
        factor, end = scale_at(text, end)
    if factor == 1:
        return None
    return Numeral(Decimal(2 * factor), Decimal(9 * factor), start, end, True, factor)


def _teens(text: str, tens: Numeral) -> Numeral:
    """十几 is 11 to 19, 三十几万 is 310,000 to 390,000."""
    found = Numeral(tens.low + 1, tens.low + 9, tens.start, tens.end + 1, True)
    factor, end = scale_at(text, found.end)
    return found.times(factor, end) if factor > 1 else found
