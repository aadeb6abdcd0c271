"""Markers such as 一、 （二） 第三条 1. and ##: their forms, their places, their heading text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

from index.layout import Gap, Layout
from index.sentences import final_stop

_LONGEST_HEADING = 50
_LONGEST_CLAUSE = 20
_CLAUSE_STOPS = "。？！?!."


class Rank(IntEnum):
    """Kinds of markers, the outermost first; Markdown headings are 1 to 6."""

    MARKDOWN = 1
    PART = 7
    CHAPTER = 8
    SECTION = 9
    ARTICLE = 10
    HAN = 11
    HAN_BRACKET = 12
    DIGIT = 13
    DIGIT_BRACKET = 14
    CIRCLE = 15
    BULLET = 16


class Form(IntEnum):
    """How a marker's heading text stands in the article."""

    BARE = 0  # there is none: the numbered paragraph starts at once
    LINE = 1  # a line of its own
    INLINE = 2  # up to the next space
    CLAUSE = 3  # a short first sentence
    SEED = 4  # in mid-sentence: it counts for the sequence only


@dataclass(frozen=True, slots=True)
class Mark:
    """A marker in an article.

    Attributes:
        rank: its kind, a ``Rank`` or the level of a Markdown heading.
        ordinal: its number; 0 for Markdown headings, 1 for bullets.
        sentence: the sentence that it stands in.
        start: its first character.
        end: one past its last.
        title_end: one past the heading text that follows it.
        form: how that text stands.
    """

    rank: int
    ordinal: int
    sentence: int
    start: int
    end: int
    title_end: int
    form: Form


_HAN_NUMBER = "[一二三四五六七八九十百千零〇两兩]"
_MARKER = re.compile(
    rf"""(?:\*\*)?(?:
      (?P<markdown>\#{{1,6}})[ \t\u3000]+
    | 第(?P<law>{_HAN_NUMBER}{{1,7}}|\d{{1,4}})(?P<unit>部分|[编編篇章节節条條])
    | (?P<han>{_HAN_NUMBER}{{1,4}})(?:、|[.．](?!\d))
    | [（(](?P<han_bracket>{_HAN_NUMBER}{{1,4}})[)）]、?
    | (?P<digit>\d{{1,3}})(?:、|[.．](?!\d))
    | [（(]?(?P<digit_bracket>\d{{1,3}})[)）]、?
    | (?P<circle>[①-⑳])
    | (?P<bullet>[-*+][ \t]+|[•●◆■▪◦○][ \t\u3000]*)
    )""",
    re.VERBOSE,
)
_UNIT_VALUES = MappingProxyType({"十": 10, "百": 100, "千": 1000})
_DIGIT_VALUES = MappingProxyType(
    {character: value for value, character in enumerate("零一二三四五六七八九")}
    | {"两": 2, "兩": 2}
)
_RANKS = MappingProxyType(
    {
        "han": Rank.HAN,
        "han_bracket": Rank.HAN_BRACKET,
        "digit": Rank.DIGIT,
        "digit_bracket": Rank.DIGIT_BRACKET,
        "circle": Rank.CIRCLE,
        "bullet": Rank.BULLET,
    }
)
_UNITS = MappingProxyType(
    {
        "章": Rank.CHAPTER,
        "节": Rank.SECTION,
        "節": Rank.SECTION,
        "条": Rank.ARTICLE,
        "條": Rank.ARTICLE,
    }
)
_SEED = re.compile(
    r"(?<=[：:】\s])(?:(一)、|[（(](一)[)）]|(1)(?:、|[.．](?!\d))|[（(](1)[)）]|(①))"
)
_SEED_RANKS = (Rank.HAN, Rank.HAN_BRACKET, Rank.DIGIT, Rank.DIGIT_BRACKET, Rank.CIRCLE)
# 第一条 followed by none of these is a thing that is counted: 第一条生产线.
_AFTER_ARTICLE = re.compile(
    r"[ \t\u3000\xa0]?(?:【[^【】\n]{1,30}】|（[^（）\n]{1,30}）)|(?=[\s、：:])|$"
)
# 二、三线城市 and 一、二号 count things, they do not start a section.
_COUNTED = re.compile(rf"({_HAN_NUMBER})[线線号號季类類等级級期者月楼层層届]")
_SPACES = re.compile(r"\s+")
# A number or a Latin word with a space on both sides, as in 自 2022 年起.
_SPACED_WORD = re.compile(r"[!-~]{1,30}\s")


def marks(layout: Layout, k: int) -> Iterator[Mark]:
    """The markers that sentence ``k`` starts with: 第一章 总则 第一条 has two."""
    if layout.gaps[k] == Gap.NONE:
        return
    at, rank = layout.spans[k].start, 0
    while mark := _mark_at(layout, k, at):
        if mark.rank <= rank:
            return
        yield mark
        if mark.form != Form.INLINE or mark.rank == Rank.ARTICLE:
            return
        space = _SPACES.match(layout.text, mark.title_end)
        at, rank = space.end() if space else mark.title_end, mark.rank


def seeds(layout: Layout, k: int, start: int) -> Iterator[Mark]:
    """The first markers of their kind, such as 一、, in the middle of sentence ``k``."""
    for found in _SEED.finditer(layout.text, start, layout.spans[k].end):
        rank = _SEED_RANKS[(found.lastindex or 1) - 1]
        yield Mark(rank, 1, k, found.start(), found.end(), found.end(), Form.SEED)


def _mark_at(layout: Layout, k: int, at: int) -> Mark | None:
    """The marker at ``at`` in sentence ``k``, with its heading text."""
    text, span = layout.text, layout.spans[k]
    found = _MARKER.match(text, at, span.end)
    if not found or found.lastgroup is None:
        return None
    starts_line = at == span.start and layout.starts_line(k)
    if found["markdown"]:
        return _markdown(layout, k, len(found["markdown"]), found.end()) if starts_line else None
    if found["bullet"]:
        bullet = Mark(Rank.BULLET, 1, k, at, found.end(), found.end(), Form.BARE)
        return bullet if starts_line else None
    if found["law"]:
        return _law(layout, k, at, found)
    rank, value = _RANKS[found.lastgroup], found[found.lastgroup]
    ordinal = number(value)
    counted = _COUNTED.match(text, found.end(), span.end)
    if rank == Rank.HAN and counted and number(counted[1]) == ordinal + 1:
        return None
    title_end, form = _title(layout, k, at, found.end(), lenient=rank <= Rank.HAN_BRACKET)
    return Mark(rank, ordinal, k, at, found.end(), title_end, form)


def _markdown(layout: Layout, k: int, level: int, end: int) -> Mark | None:
    """A Markdown heading: the whole line, whatever sentences it has."""
    start, last = layout.spans[k].start, k
    while not layout.starts_line(last + 1):
        last += 1
        if layout.spans[last].start - end > _LONGEST_HEADING:
            return None
    title_end = layout.spans[last].end
    if title_end - end > _LONGEST_HEADING:
        return None
    return Mark(level, 0, k, start, end, title_end, Form.LINE)


def _law(layout: Layout, k: int, at: int, found: re.Match[str]) -> Mark | None:
    """A part, chapter or section with its title, or an article of a law."""
    rank, end = _UNITS.get(found["unit"], Rank.PART), found.end()
    ordinal = number(found["law"])
    title_end, form = _title(layout, k, at, end, lenient=True)
    if rank == Rank.ARTICLE:
        named = _AFTER_ARTICLE.match(layout.text, end, layout.spans[k].end)
        if not named:
            return None
        if form != Form.LINE or layout.text[title_end - 1] in "：:":
            title_end, form = named.end(), Form.INLINE
        return Mark(rank, ordinal, k, at, end, title_end, form)
    if form not in (Form.LINE, Form.INLINE):
        return None
    return Mark(rank, ordinal, k, at, end, title_end, form)


def _title(layout: Layout, k: int, at: int, end: int, *, lenient: bool) -> tuple[int, Form]:
    """Where the heading text after a marker ends, and how it stands.

    Args:
        layout: the article.
        k: the sentence.
        at: the marker's first character.
        end: one past the marker.
        lenient: whether any space ends a heading, or only one that no Latin word or number
            explains.
    """
    text, span = layout.text, layout.spans[k]
    stop = final_stop(text, span)
    alone = at == span.start and layout.starts_line(k) and layout.starts_line(k + 1)
    if alone and stop in ("", "？", "！", "?", "!") and span.end - at <= _LONGEST_HEADING:
        return span.end, Form.LINE
    space = _SPACES.match(text, end, span.end)
    body = space.end() if space else end
    cut = _heading_space(text, body, span.end, lenient)
    if 0 < cut <= at + _LONGEST_HEADING:
        return cut, Form.INLINE
    clause = text[body : span.end].rstrip(_CLAUSE_STOPS)
    if stop and stop in _CLAUSE_STOPS and len(clause) <= _LONGEST_CLAUSE:
        return span.end, Form.CLAUSE
    return at, Form.BARE


def _heading_space(text: str, start: int, end: int, lenient: bool) -> int:
    """The space that ends a heading, or 0.

    In 一、打造 AI 高地 武汉… a Latin word explains the first two spaces, nothing the third.
    """
    first, word = 0, end
    for space in _SPACES.finditer(text, start, end):
        at, after = space.span()
        if "\n" in space.group() or at - start > _LONGEST_HEADING:
            break
        if after - at > 1 or not (text[at - 1].isascii() or text[after].isascii()):
            return at
        is_spaced_word = text[word:at].isascii() and word < at
        if not (first or is_spaced_word or _SPACED_WORD.match(text, after, end)):
            first = at
        word = after
    return first if lenient else 0


def number(digits: str) -> int:
    """The value of a number in Chinese numerals (十一, 一百零三), Western digits or ①."""
    if len(digits) == 1 and "①" <= digits <= "⑳":
        return ord(digits) - ord("①") + 1
    if digits.isdecimal():
        return int(digits)
    total, digit = 0, 0
    for character in digits:
        if character in _UNIT_VALUES:
            total += (digit or 1) * _UNIT_VALUES[character]
            digit = 0
        else:
            digit = _DIGIT_VALUES.get(character, 0)
    return total + digit
