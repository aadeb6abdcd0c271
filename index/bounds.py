"""What the words around a number make of it: about, at least, at most.

A word that tells so may be the end or the beginning of another, as 过 in 通过 and 内 in 内资; then
it tells nothing. Everything looks a bounded way back and ahead.
"""

import re

_LOOK_BACK = 10
_ABOUT = re.compile(
    r"(?:大约|(?<![节契预条签公合违履制特相邀解])约|大概|左右|将近|接近|(?<![附最靠邻临新远])近|约为"
    r"|上下|about|nearly|almost|around|some) ?$"
)
_OVER = re.compile(
    r"(?:不少于|不低于|至少|(?<!不)(?:超过|越过|多于|高于|大于)|(?<![不赶反英中西德意法高])超|逾|突破"
    r"|(?<![打爆侦攻冲识])破|(?<![不未圆充])满|(?<![不满立充手])足|年过"
    r"|over|more than|at least|above) ?$"
)
_OVER_LARGE = re.compile(r"(?<![通经透路度])过 ?$")  # 过亿, 过半, 过5000万; not 做过3次
_OVER_SCALE = re.compile(r"(?<![以之])上 ?$")  # 上百
_UNDER = re.compile(
    r"(?:不超过|不多于|不高于|至多|最多|(?<!不)(?:低于|少于|小于)|不足|不到|不满|未满|"
    r"under|less than|up to|at most|below) ?$"
)
_MANY = r"多(?![元种样边晶媒功数方层维个位名家项次])"
_ABOUT_AFTER = re.compile(rf"左右|上下|余|{_MANY}")
_OVER_AFTER = re.compile(rf"(?:及|或)?以上(?!海)|{_MANY}")
_UNDER_AFTER = re.compile(r"(?:及|或)?以下(?![简统合下]?称)|以内|之内")
# 内 behind a time or a way is nearly always a bound, as in 三天内陆续; behind others also a word.
_WITHIN = re.compile(r"内(?!部(?![署分门])|资(?![金产助本])|地(?![方区块])|蒙古)")
_INSIDE = re.compile(r"内(?![部资地陆外政阁核蒙科置涵环销需存容])")


def about(text: str, start: int, end: int) -> bool:
    """Whether the words around a number say that it is not exact."""
    return bool(_ABOUT.search(_before(text, start)) or _ABOUT_AFTER.match(text, end))


def at_least(text: str, start: int, end: int, *, bare: bool, large: bool) -> bool:
    """Whether they say that it is a least; ``bare`` is a scale without a digit, or a half."""
    before = _before(text, start)
    return bool(
        _OVER.search(before)
        or (bare and _OVER_SCALE.search(before))
        or ((bare or large) and _OVER_LARGE.search(before))
        or _OVER_AFTER.match(text, end)
    )


def at_most(text: str, start: int, end: int, *, stretch: bool) -> bool:
    """Whether they say that it is a greatest; ``stretch`` for a number of days or metres."""
    within = _WITHIN if stretch else _INSIDE
    return bool(
        _UNDER.search(_before(text, start))
        or _UNDER_AFTER.match(text, end)
        or within.match(text, end)
    )


def marked(text: str, start: int) -> bool:
    """Whether a word before a bare scale tells that it is a number: 近百, 上千, 超百万."""
    before = _before(text, start)
    return any(words.search(before) for words in (_ABOUT, _OVER, _OVER_LARGE, _OVER_SCALE, _UNDER))


def _before(text: str, start: int) -> str:
    return text[max(0, start - _LOOK_BACK) : start]
