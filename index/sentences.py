"""Where the sentences of a text end.

Rules, not a model: a sentence ends at a full stop, question mark, exclamation mark, semicolon or
ellipsis, Chinese or Western, together with the quotes and brackets that close after it, and at a
line break that is not merely the edge of a hard-wrapped page.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from index.records import Span

_STOPS = "。！？；…!?;．."
_FULL_WIDTH = frozenset("。！？；…")
_CLOSERS = "”’」』）》】〉〕］｝\"')]}"
_BREAKS = "\n\r\x0b\x0c\x85\u2028\u2029"

# A short bracket is passed over whole: 《怎么办？》 and （甲；乙） lie inside a sentence.
_TOKEN = re.compile(
    "|".join(
        rf"{left}[^{left}{right}{_BREAKS}]{{1,60}}{right}"
        for left, right in ("《》", "（）", "【】", (r"\(", r"\)"))
    )
    + rf"|[{_STOPS}]+|[{_BREAKS}]"
    # 如下： 一、 announces a list, and its items are sentences.
    r"|[：:](?=\s+(?:[一1]、|1[.．]\D|[（(][一1][)）]|①))"
)
# Combining marks and variation selectors belong to the character before them.
_CLOSED = re.compile(rf"[{re.escape(_CLOSERS)}\u0300-\u036f\ufe00-\ufe0f]*")
_INK = re.compile(r"\S")
_BREAK = re.compile(f"[{_BREAKS}]")
# The sentence goes on before these, as in “怎么办？”，他问 and in “爆款！”的商品.
_GOES_ON = frozenset("，,、：:" + _STOPS)
_GOES_ON_AFTER_QUOTE = frozenset("的等")
_IN_ADDRESS = frozenset("=/&%_-#+<>~@\\")

# Words that a full stop shortens: initials as in U.S. and J. K. Rowling, titles, months.
_SHORTENED = re.compile(
    r"(?:[a-z]\.)*[a-z]|al|approx|apr|aug|ave|capt|cf|co|col|corp|dec|dept|dr|ed|est|etc|feb|fig|gen"
    r"|gov|inc|jan|jr|jul|jun|lt|ltd|mar|mr|mrs|ms|mt|no|nov|oct|op|pp|prof|rev|sen|sep|sept|sgt|sr"
    r"|st|vol|vs",
    re.IGNORECASE,
)

# A page narrower or wider than this many columns is not a hard-wrapped one.
_NARROWEST, _WIDEST = 40, 200
# Columns by which a full line may miss the edge, for punctuation that may not start a line.
_SLACK = 4
# Characters before and after a range that are looked at, too, so that it is read as in context.
_SURROUNDINGS = 2000
# Share of the lines broken in mid-sentence that must be full.
_MOSTLY = 0.75
_OPENS_BLOCK = re.compile(
    r"\*\*|#{1,6}[ \t]|[|>•●◆■▪◦○①-⑳]|```|~~~|[-*+][ \t]|\d{1,3}(?:[、)）]|[.．](?!\d))"
    r"|第[一二三四五六七八九十百零〇\d]{1,5}[章节節条條编編篇]|[一二三四五六七八九十]{1,3}、"
    r"|[（(][一二三四五六七八九十\d]{1,3}[)）]"
)
_STANDS_ALONE = re.compile(r"#{1,6}[ \t]|[|>]|```|~~~")
_FIRST_WORD = re.compile(r"[!-~]{1,40}|\S[，。；：！？、”’」』）》】…]*")
_CLAUSES = re.compile(r"[，,。；：:]|\w \w+ \w")


def sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Find the sentences of ``text[start:end]``.

    Args:
        text: any text.
        start: first character to consider.
        end: one past the last, or None for the end of the text.

    Returns:
        Spans in order, none empty, without surrounding white space; together they cover every
        character that is not white space.
    """
    start, end, _ = slice(start, end).indices(len(text))
    found = []
    begin = start
    for cut in _cuts(text, start, end):
        piece = text[begin:cut]
        body = piece.strip()
        if body:
            first = begin + len(piece) - len(piece.lstrip())
            found.append(Span(first, first + len(body)))
        begin = cut
    return found


def final_stop(text: str, span: Span) -> str:
    """The stop that ends a sentence, quotes and brackets after it left aside, or ``""``."""
    tail = text[max(span.start, span.end - 16) : span.end].rstrip(_CLOSERS)
    return tail[-1] if tail and tail[-1] in _STOPS else ""


def last_word_character(text: str, span: Span) -> str:
    """The character before the stop that ends a sentence, or ``""``."""
    tail = text[max(span.start, span.end - 16) : span.end].rstrip(_CLOSERS + _STOPS)
    return tail[-1:]


def is_han(character: str) -> bool:
    """Whether a character is a Chinese ideograph."""
    return (
        "\u3400" <= character <= "\u9fff"
        or character == "〇"
        or "\uf900" <= character <= "\ufaff"
        or "\U00020000" <= character <= "\U0003ffff"
    )


def line_breaks(text: str, start: int, end: int) -> list[int]:
    """Positions of the characters in ``text[start:end]`` that break a line."""
    return [found.start() for found in _BREAK.finditer(text, start, end)]


def wraps(text: str, start: int, end: int) -> set[int]:
    """Positions of the line breaks in ``text[start:end]`` that only the width of a page made.

    A run of lines is hard-wrapped if lines break in mid-sentence and most of these were full: the
    first word of the next line would not have fitted within the longest line.
    """
    if not _BREAK.search(text, start, end):
        return set()
    found: set[int] = set()
    run: list[Span] = []
    for line in _lines(text, start, end):
        blank = not _INK.search(text, line.start, line.end)
        wide = line.end - line.start > _WIDEST
        if run and (blank or wide or _opens_block(text, run[-1], line)):
            found.update(_wrapped(text, run))
            run = []
        if not (blank or wide):
            run.append(line)
    found.update(_wrapped(text, run))
    return {at for at in found if start <= at < end}


def _cuts(text: str, start: int, end: int) -> Iterator[int]:
    """One past each sentence, and the end of the text."""
    soft = wraps(text, start, end)
    begin = _next_ink(text, start, end)
    at, counted, quotes = start, start, 0
    while token := _TOKEN.search(text, at, end):
        at = token.end()
        if text[token.start()] in _BREAKS:
            if token.start() in soft:
                continue
            quotes = 0
        else:
            quotes += text.count('"', counted, at)
            at = _closed(text, token.end(), end, quotes)
            quotes += text.count('"', token.end(), at)
            counted = at
            if not _ends(text, token, at, begin, end):
                continue
        yield at
        counted = at
        # Looked up once for each stretch of white space, not for each line break in it.
        begin = begin if begin >= at else _next_ink(text, at, end)
    yield end


def _next_ink(text: str, at: int, end: int) -> int:
    ink = _INK.search(text, at, end)
    return ink.start() if ink else end


def _closed(text: str, at: int, end: int, quotes: int) -> int:
    """One past the closing quotes and brackets at ``at``.

    Straight quotes look the same on both sides: a double one closes if an odd number came before
    it in the line, a single one if no word starts after it.
    """
    closers = _CLOSED.match(text, at, end)
    stop = closers.end() if closers else at
    for i in range(at, stop):
        if text[i] == '"':
            if quotes % 2 == 0:
                return i
            quotes += 1
        elif text[i] == "'" and i + 1 < end and text[i + 1].isalnum():
            return i
    return stop


def _ends(text: str, token: re.Match[str], cut: int, begin: int, end: int) -> bool:
    """Whether the stops or the bracket of ``token``, closed at ``cut``, end the sentence."""
    after = text[cut] if cut < end else " "
    if after in _GOES_ON or (cut > token.end() and after in _GOES_ON_AFTER_QUOTE):
        return False
    stops = token.group()
    if stops in "：:":
        return True
    if stops[0] not in _STOPS:
        return _bracket_ends(stops, token.start() == begin)
    if not _FULL_WIDTH.isdisjoint(stops):
        return True
    if after in _IN_ADDRESS:
        return False
    before = text[token.start() - 1] if token.start() > begin else " "
    if after.isascii() and after.isalnum():
        return not before.isascii() and stops[-1] in "!?;"
    if stops.strip(".．"):
        return True
    if not after.isspace():
        return not after.isascii() and (is_han(before) or len(stops) > 1)
    return _period_ends(text, token, cut, begin, end)


def _bracket_ends(bracket: str, whole: bool) -> bool:
    """Whether a sentence ends inside a bracket; ``whole`` if it holds nothing else."""
    if bracket[0] == "《":
        return False
    inner = bracket[:-1].rstrip(_CLOSERS)[-1:]
    return inner == "。" or (whole and inner in _STOPS and inner != "；")


def _period_ends(text: str, token: re.Match[str], cut: int, begin: int, end: int) -> bool:
    """Whether Western full stops before white space end a sentence, not a number or a name."""
    following = _next_ink(text, cut, end)
    if following < end and text[following].islower():
        return False
    at = token.start()
    words = text[max(begin, at - 16) : at].split()
    if len(token.group()) > 1 or not words:
        return True
    word = words[-1].lstrip("([{\"'“‘（")
    if word.isdigit() and len(word) <= 3 and at - begin == len(word):
        return False  # the number of a list item
    return not _SHORTENED.fullmatch(word)


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    """The lines of ``text[start:end]`` and of its surroundings, which tell how it is wrapped."""
    at = max(0, start - _SURROUNDINGS)
    if at and (line_break := _BREAK.search(text, at, start)):
        at = line_break.end()
    edge = min(len(text), end + _SURROUNDINGS)
    for line_break in _BREAK.finditer(text, at, edge):
        yield Span(at, line_break.start())
        at = line_break.end()
    yield Span(at, edge)


def _opens_block(text: str, above: Span, line: Span) -> bool:
    """Whether a line starts something new, by its marker or by an indent that grows."""
    ink = _next_ink(text, line.start, line.end)
    ink_above = _next_ink(text, above.start, above.end)
    if _OPENS_BLOCK.match(text, ink) or _STANDS_ALONE.match(text, ink_above):
        return True
    if ink - line.start <= ink_above - above.start:
        return False
    # Under a list item an indent continues the item; the ideographic space opens a paragraph.
    return text[line.start] == "\u3000" or not _OPENS_BLOCK.match(text, ink_above)


def _wrapped(text: str, run: list[Span]) -> list[int]:
    """The breaks inside the paragraphs of a run of lines, if it is hard-wrapped."""
    lines = [text[line.start : line.end].rstrip() for line in run]
    broken = {i for i, line in enumerate(lines[:-1]) if _in_mid_sentence(line)}
    # Headlines, names and verses break without a stop, too, but hold no clauses.
    if not any(_CLAUSES.search(lines[i]) for i in broken):
        return []
    if not _NARROWEST <= max(map(_columns, lines)) <= _WIDEST:
        return []
    # Some programs count columns, others characters.
    for width, slack in ((_columns, _SLACK), (len, _SLACK // 2)):
        full = _full_lines(lines, width, slack)
        if len(broken & full) >= _MOSTLY * len(broken):
            return [run[i].end for i in sorted(broken | full)]
    return []


def _full_lines(lines: list[str], width: Callable[[str], int], slack: int) -> set[int]:
    """Lines that had no room for the first word of the next one."""
    room = max(map(width, lines)) - slack
    return {
        i
        for i, (line, below) in enumerate(pairwise(lines))
        if width(line) + width(_first_word(below)) > room
    }


def _first_word(line: str) -> str:
    word = _FIRST_WORD.search(line)
    return word.group() if word else ""


def _in_mid_sentence(line: str) -> bool:
    return line[-1].isalnum() or line[-1] in "，,、-—“‘（(《）)》”’"


def _columns(line: str) -> int:
    """Columns on a page: two for an ideograph, which UTF-8 writes in three bytes, else one."""
    return (len(line.encode("utf-8", "surrogatepass")) + len(line)) // 2
