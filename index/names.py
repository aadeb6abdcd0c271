"""Names that stand for the same thing, as the articles themselves introduce them.

武汉东湖新技术开发区（简称“光谷”） tells that 光谷 is another name; so do 以下简称, 又称, 原名 and a
Latin name in brackets. What is read is in normal form.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_LONGEST = 24
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
_SAYS = (
    "(?:以下统?简?称|下称|简称|又称作?|又名|亦称|也称|俗称|别称|别名|原名|旧称|旧名|曾用名|全称"
    "|统称|昵称|缩写)"
)
_NAME = rf"[{_HAN}a-z0-9][{_HAN}a-z0-9·\-&. +]{{0,{_LONGEST}}}?"
_INTRODUCED = re.compile(
    rf"[(,] ?{_SAYS}[为作是:]? ?(?:[\"“'‘「《](?P<quoted>{_NAME})[\"”'’」》]"
    rf"|(?P<bare>{_NAME})(?=[),.。;、]))"
)
_LATIN = re.compile(
    rf"(?<=[{_HAN}])\((?:英文名?|英语|英文简称|英文缩写)?:? ?"
    r"(?P<latin>[a-z][a-z0-9&.' \-]{1,40})\)"
)
_TITLE = re.compile(r"《([^《》]{2,40})》$")
_QUOTED = re.compile(r"[\"“「]([^\"“”「」]{2,24})[\"”」]$")
# Behind these a name may begin; no name holds them often.
_BREAKS = re.compile(
    r"[^\u3007\u3400-\u4dbf\u4e00-\u9fffa-z0-9·()\-]"
    r"|[的了在与及为对向从于是把被等据让叫称]|(?<!共)和(?!平)|(?<![自理])由|通过|根据|成立|加入|来自|包括|其中|例如|因为|所谓"
)
# What a text calls its parties says nothing beyond that text.
_ROLES = frozenset(
    [
        "公司",
        "本公司",
        "该公司",
        "集团",
        "甲方",
        "乙方",
        "丙方",
        "本行",
        "本所",
        "我们",
        "公告",
        "报告",
        "协议",
        "本次交易",
        "标的公司",
        "上市公司",
        "发行人",
        "办法",
        "规定",
        "条例",
        "通知",
        "意见",
        "方案",
        "项目",
        "基金",
        "中心",
        "学校",
        "法院",
        "被告",
        "原告",
        "本院",
        "法",
        "ceo",
        "cfo",
        "cto",
    ]
)


@dataclass(frozen=True, slots=True)
class Naming:
    """Two names of one thing, in normal form."""

    name: str
    alias: str


def mine(text: str) -> Iterator[Naming]:
    """The names that a text in normal form introduces as names of one thing."""
    for match in _INTRODUCED.finditer(text):
        alias = (match["quoted"] or match["bare"]).strip()
        if naming := _naming(text, match.start(), alias):
            yield naming
    for match in _LATIN.finditer(text):
        if naming := _naming(text, match.start(), match["latin"].strip()):
            yield naming


def _naming(text: str, end: int, alias: str) -> Naming | None:
    name = _name_before(text, end)
    if name is None or alias in _ROLES or name in _ROLES or len(alias) < 2 or "或" in alias:
        return None
    if name == alias or alias.isdigit() or (name.endswith(alias) and len(name) - len(alias) < 2):
        return None
    return Naming(name, alias)


def _name_before(text: str, end: int) -> str | None:
    """The name that ends at ``end``: a title, a quotation, or what stands since the last break."""
    before = text[max(0, end - 2 * _LONGEST) : end]
    if match := _TITLE.search(before) or _QUOTED.search(before):
        return match[1]
    start = 0
    for match in _BREAKS.finditer(before):
        start = match.end()
    name = before[start:].strip(" -·")
    if name.count("(") != name.count(")"):
        name = name.rpartition("(")[2] if name.count("(") > name.count(")") else ""
    return name if 2 <= len(name) <= _LONGEST and not name[0].isdigit() else None


class Names:
    """Which names are names of one thing; a thing of too many names is none."""

    _MOST = 4

    def __init__(self, namings: Iterable[Naming], given: Iterable[tuple[str, ...]] = ()) -> None:
        others: dict[str, dict[str, None]] = {}
        for naming in namings:
            others.setdefault(naming.name, {})[naming.alias] = None
            others.setdefault(naming.alias, {})[naming.name] = None
        self._others = {
            name: tuple(found) for name, found in others.items() if len(found) <= self._MOST
        }
        for names in given:
            for name in names:
                rest = tuple(other for other in names if other != name)
                self._others[name] = tuple(dict.fromkeys((*rest, *self._others.get(name, ()))))
        self._by_start: dict[str, list[str]] = {}
        for name in self._others:
            self._by_start.setdefault(name[:2], []).append(name)
        for sharing in self._by_start.values():
            sharing.sort(key=len, reverse=True)

    def __len__(self) -> int:
        return len(self._others)

    def __iter__(self) -> Iterator[str]:
        return iter(self._others)

    def found_in(self, text: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
        """Where a text in normal form holds a name, the longest at each place, and its others."""
        at = 0
        while at < len(text) - 1:
            for name in self._by_start.get(text[at : at + 2], ()):
                if text.startswith(name, at) and _whole(text, at, at + len(name)):
                    yield at, name, self._others[name]
                    at += len(name) - 1
                    break
            at += 1


def _whole(text: str, start: int, end: int) -> bool:
    """Whether no Latin word is cut in two at either end."""
    return not (_latin(text[start]) and _latin(text[start - 1 : start])) and not (
        _latin(text[end - 1]) and _latin(text[end : end + 1])
    )


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
