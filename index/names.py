"""Names that stand for the same thing, as the articles themselves introduce them.

武汉东湖新技术开发区（简称“光谷”） tells that 光谷 is another name; so do 以下简称, 又称, 原名 and a
Latin name in brackets. What is read is in normal form.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from index.dates import read_dates
from index.words import analyzer

_LONGEST = 24
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
_SAYS = (
    "(?:以下统?简?称|下称|简称|又称作?|又名|亦称|也称|俗称|别称|别名|原名|旧称|旧名|曾用名|全称"
    "|统称|昵称|缩写)"
)
_LANGUAGE = "(?:(?:[英法德俄日韩]语|[英法德俄日韩外]文)(?:名称?|全[称名]|简称|缩写)?)"
_NAME = rf"[{_HAN}a-z0-9][{_HAN}a-z0-9·\-&. +]{{0,{_LONGEST}}}?"
_LATIN = r"[a-z][a-z0-9&.,;' \-]{1,80}?"
# What a bracket, or a comma, may introduce. One follows another: (英语:…,缩写:…).
_INTRODUCED = re.compile(
    rf"[(,;、] ?{_SAYS}[为作是]?:? ?(?:[\"“'‘「《](?P<quoted>{_NAME})[\"”'’」》]"
    rf"|(?P<bare>{_NAME})(?=[),.。;、]))"
)
_IN_LATIN = re.compile(
    rf"[(,;、] ?(?:{_LANGUAGE}[为作是]?:? ?)?(?P<latin>{_LATIN})"
    rf"(?=\)|[,;、] ?(?:{_SAYS}|{_LANGUAGE}))"
)
_IN_OTHER_LETTERS = re.compile(rf"[(,;、] ?{_LANGUAGE}[为作是]?:[^,;、()]{{1,80}}")
_IS_HAN = re.compile(f"[{_HAN}]")
_STARTS = re.compile(r"[(,]")
_TITLE = re.compile(r"《([^《》]{2,40})》$")
_QUOTED = re.compile(r"[\"“「]([^\"“”「」]{2,24})[\"”」]$")
# Behind these a name may begin; no name holds them often.
_NO_NAME = re.compile(r"[^\u3007\u3400-\u4dbf\u4e00-\u9fffa-z0-9·()\-]")
# So it may behind these where they are words of their own: 在线, 行为 and 大数据 hold but their
# characters.
_BEFORE_NAMES = frozenset(
    """
    的 了 在 与 及 为 对 向 从 于 是 把 被 等 据 让 叫 称 和 由 即 以 而 其 该 这 那 此 并 且 但
    或 也 还 都 将 已 曾 因 则 通过 根据 按照 依照 成立 加入 来自 包括 其中 例如 因为 是因为 所谓
    另据 据悉 据说 作为 成为 称为 称作 称之为 名为 名叫 叫做 叫作 改为 更名为 命名为 原为 现为
    即为 认为 为了 被称为 被称作 被誉为 以及 及其 或者 而且 并且 但是 不过 同时 如果 虽然 这是
    那是 就是 也是 还是 都是 正是 不是 仍是 只是 正在 现在 还在 存在 所在 等等 简称 又称 又名 俗称
    原名 全称
    """.split()  # noqa: SIM905
)
_JOINING = frozenset("和与及")
# Only dates of this kind stand before names: 十月革命 and 五月天 are names themselves.
_OF_A_DATE = re.compile(r"年|季度|月份|\d[月日号]")
_ANY_DAY = date(2000, 1, 1)
# What is left of the name of a company or an office without its own part.
_GENERIC = re.compile(
    "(?:技术|科技|实业|投资|发展|贸易|管理|服务|工程|信息|国际)*"
    "(?:有限|责任|股份|控股|[总分子母]?公司|集团|普通合伙|有限合伙)+"
    "|(?:监督|行政|管理)*(?:[总分]?[局厅院部处]|委员会|办公[室厅])"
    "|(?:技术|科技|发展|管理|服务|工程)*(?:协会|学会|联合会|商会|基金会|中心|研究[院所]|事务所)"
    "|(?:管委|理事|董事|监事)会|(?:技术|科技|管理|职业)+(?:大学|学院|学校)"
)
# Aliases such as WHO, IT and US are these words too.
_ENGLISH = frozenset(
    """
    a about after all also am an and any are as at be been before but by can could did do does down
    each for from had has have he her hers him his how i if in into is it its just may me might mine
    most must my no nor not of off on one only or other our ours out over own per shall she should
    so some such than that the their them then there these they this those to too under up us very
    was we were what when where which while who whom whose why will with would yes you your yours
    """.split()  # noqa: SIM905
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
    ends: list[int] | None = None
    done = low = 0
    for match in _STARTS.finditer(text):
        start = match.start()
        if start < done:
            continue
        aliases, done = _introduced(text, start)
        if aliases and ends is None:
            ends = _word_ends(text)
        for alias in aliases:
            if naming := _naming(text, low, start, alias, ends or []):
                yield naming
        if aliases:  # what is introduced there is behind a name, and in none
            low = done + (text[done : done + 1] == ")")


def _introduced(text: str, start: int) -> tuple[list[str], int]:
    """What is introduced from a bracket or comma on, one after another, and where that ends."""
    in_brackets = text[start] == "(" and _IS_HAN.match(text, max(0, start - 1)) is not None
    aliases: list[str] = []
    at = start
    while True:
        if match := _INTRODUCED.match(text, at):
            aliases.append((match["quoted"] or match["bare"]).strip())
        elif in_brackets and (match := _IN_LATIN.match(text, at)):
            aliases.extend(_in_latin(match["latin"]))
        elif not (in_brackets and (match := _IN_OTHER_LETTERS.match(text, at))):
            return aliases, at
        at = match.end()


def _in_latin(text: str) -> Iterator[str]:
    """A name in Latin letters, with its abbreviation where both stand there; none of a list."""
    pieces = [piece.strip() for piece in re.split("[,;]", text)]
    if len(pieces) == 1:
        yield pieces[0]
        return
    for short, rest in ((pieces[-1], pieces[:-1]), (pieces[0], pieces[1:])):
        if _abbreviates(short, " ".join(rest)):
            yield ", ".join(rest)
            yield short
            return


def _abbreviates(short: str, full: str) -> bool:
    """Whether a short word has letters of a name, in their order and from its first on."""
    letters = iter(full)
    return (
        short.isalnum()
        and short[0] == full[:1]
        and 2 <= len(short) <= len(full) // 2
        and all(letter in letters for letter in short)
    )


def _word_ends(text: str) -> list[int]:
    """Where the words end behind which a name may begin; none before a · or - of a name."""
    return [
        word.end
        for word in analyzer().words(text)
        if (word.text in _BEFORE_NAMES or word.text.endswith("于"))
        and text[word.end : word.end + 1] not in ("·", "-")
    ]


def _naming(text: str, low: int, end: int, alias: str, ends: list[int]) -> Naming | None:
    name = _name_before(text, low, end, alias, ends)
    if name is None or len(alias) < 2 or "或" in alias:
        return None
    if any(found in _ROLES or _GENERIC.fullmatch(found) for found in (name, alias)):
        return None
    if name == alias or alias.isdigit() or (name.endswith(alias) and len(name) - len(alias) < 2):
        return None
    return Naming(name, alias)


def _name_before(text: str, low: int, end: int, alias: str, ends: list[int]) -> str | None:
    """The name from ``low`` on that ends at ``end``: a title, a quotation, or since a break."""
    low = max(low, end - 2 * _LONGEST)
    before = text[low:end]
    if match := _TITLE.search(before) or _QUOTED.search(before):
        return match[1]
    start = low + max((match.end() for match in _NO_NAME.finditer(before)), default=0)
    breaks = [start, *ends[bisect_right(ends, start) : bisect_right(ends, end)]]
    while len(breaks) > 1:
        longer, shorter = text[breaks[-2] : end], text[breaks[-1] : end]
        if text[breaks[-1] - 1] not in _JOINING or not _tells_more(alias, longer, shorter):
            break
        breaks.pop()
    name = _without_dates(text[breaks[-1] : end]).strip(" -·")
    if name.count("(") != name.count(")"):
        name = name.rpartition("(")[2] if name.count("(") > name.count(")") else ""
    return name if 2 <= len(name) <= _LONGEST and not name[0].isdigit() else None


def _tells_more(alias: str, longer: str, shorter: str) -> bool:
    """Whether a short name is made of the longer one: 工信部 of 工业和信息化部, not of 信息化部."""
    letters = iter(longer)
    return alias[0] not in shorter and all(letter in letters for letter in alias)


def _without_dates(name: str) -> str:
    """What stands behind the dates: 国内生产总值 of 2023年国内生产总值."""
    ends = [
        found.end
        for found in read_dates(name, _ANY_DAY)
        if _OF_A_DATE.search(name, found.start, found.end)
    ]
    return name[max(ends) :].removeprefix("以来") if ends else name


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


def named(name: str, written: str, question: str) -> bool:
    """Whether a question means a name by what it writes: WHO is one, and who is not.

    Args:
        name: in normal form.
        written: as the question writes it.
        question: all of it; where other such words in it are capitals too, those tell nothing.
    """
    if name not in _ENGLISH:
        return True
    shouted = question.isascii() and question.isupper()
    words = set(re.findall("[a-z]+", question.lower())) if shouted else ()
    return written.isupper() and len(_ENGLISH.intersection(words)) < 2
