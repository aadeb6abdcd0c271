"""From scores of tokens to answers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.text import folder
from index.words import analyzer

LONGEST = 60  # tokens of an answer
_EACH = 3  # answers of a window
_AROUND = " \t\r\n\u3000，。；：、,;:"  # no answer begins or ends with these
_CLOSING = dict(zip("《〈“‘「『（(【〔［[〖", "》〉”’」』）)】〕］]〗", strict=True))
_OPENING = {closing: opening for opening, closing in _CLOSING.items()}
_REACH = 60  # characters in which the other bracket is looked for
_WORK = "《[^《》\\n]{1,60}》"
_JOIN = "(?:、|，|和|与|與|及|以及)?"
_MORE_WORKS = re.compile(f"(?:{_JOIN}{_WORK})+")
_WORKS_BEFORE = re.compile(f"(?:{_WORK}{_JOIN})+$")
_SEVERAL = re.compile(
    "哪些|哪几|哪幾|哪[两兩二三四五六七八九十]|分别|分別|包括|[有是]什么.*[和与及]"
)

_ENDS = frozenset("。！？!?\n")

# Particles that stand in one piece of the tokenizer with what is asked for: 在上海, 天的. Where the
# labelled answers of DRCD, CMRC 2018 and our own begin or end in such a piece, they leave them out
# 237 times of 244. In 在线教育 and 目的 they are part of a word, and stay.
_BEFORE = frozenset("的在是")
_AFTER = frozenset("的起在（(")

_NUMERALS = frozenset("零〇一二三四五六七八九十百千万亿")
_MULTIPLES = frozenset("千万亿")
_POINTS = frozenset(".,．")
_MINUS = frozenset("-－−")

# Signs that tell one answer from another: 1.2亿, 3.5%, 1/3, 9:30, 3-5, -5, AA+, C++.
_TELLING = re.compile(
    r"[^\W_]|(?<=\d)[.:/](?=\d)|(?<=\d)[%‰]|(?<=\d)[-—–−~](?=\d)|(?<![\w%)）])[-−](?=\d)"
    r"|(?<=[a-z+#])[+#]|(?<=[a-z])-(?![\w-])"
)
_DASHES = str.maketrans("—–−~", "----")

_ONE_OF = re.compile("一[笔筆项項份个個](?=[0-9０-９])")  # 一笔50亿元 says no more than 50亿元

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scores:
    """What the network says of one window.

    Attributes:
        starts: score of each token as an answer's first, the first token's standing for none.
        ends: as its last.
        relevance: log odds that the window answers.
        first: a vector of each token as an answer's first, shape (tokens, RANK).
        last: as its last; their product belongs to the score of the answer.
    """

    starts: Floats
    ends: Floats
    relevance: float
    first: Floats
    last: Floats

    def together(self, low: int, high: int) -> Floats:
        """Scores of the answers from each to each of these tokens, less that of no answer."""
        product = self.first[low:high] @ self.last[low:high].T
        none = self.starts[0] + self.ends[0] + self.first[0] @ self.last[0]
        told: Floats = self.starts[low:high, None] + self.ends[None, low:high] + product - none
        return told


def scores_of(told: Sequence[Floats], row: int, length: int) -> Scores:
    """One window's scores, without padding, from what the network says of a batch."""
    starts, ends, relevance, first, last = (some[row] for some in told)
    return Scores(starts[:length], ends[:length], float(relevance), first[:length], last[:length])


@dataclass(frozen=True, slots=True)
class Span:
    """An answer: characters ``start`` to ``end`` of a passage.

    ``margin`` is its log odds against there being none.
    """

    start: int
    end: int
    margin: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model reads in a passage.

    Attributes:
        relevance: log odds that the passage answers.
        spans: the best answers in it, best first; characters of the passage as given.
        covered: share of the question's tokens that share two characters or more with it.
    """

    relevance: float
    spans: tuple[Span, ...]
    covered: float


def best_spans(
    scores: Scores,
    low: int,
    high: int,
    each: int = _EACH,
    within: tuple[Ints, Ints] | None = None,
) -> Iterator[tuple[int, int, float]]:
    """The best answers within tokens ``low`` to ``high``: first token, last token, margin.

    They do not overlap. Where ``within`` tells the sentence in which each of these tokens begins
    and that in which it ends, no answer goes beyond its sentence.
    """
    together = scores.together(low, high)
    row, column = np.indices(together.shape)
    barred = (column < row) | (column >= row + LONGEST)
    if within:
        barred |= within[0][:, None] != within[1][None, :]
    together = np.where(barred, -np.inf, together)
    for _ in range(min(each, high - low)):
        first, last = divmod(int(together.argmax()), together.shape[1])
        best = float(together[first, last])
        if not np.isfinite(best):
            return
        yield first + low, last + low, best
        together[: last + 1, first:] = -np.inf


def without_particles(text: str, first: slice, last: slice) -> tuple[int, int]:
    """The characters of an answer, from those of the pieces it begins and ends with."""
    start, end = int(first.start), int(last.stop)
    divides = analyzer().divides
    if first.stop - start > 1 and text[start] in _BEFORE and divides(text, start + 1):
        start += 1
    if end - max(last.start, start) > 1 and text[end - 1] in _AFTER and divides(text, end - 1):
        end -= 1
    return start, end


def sentences_of(text: str) -> Ints:
    """The number of the sentence or line that each character belongs to, counted from 0."""
    ends = np.fromiter((c in _ENDS for c in text), dtype=np.int64, count=len(text))
    return np.cumsum(ends) - ends


def asks_for_several(question: str) -> bool:
    """Whether the question asks for a list."""
    return bool(_SEVERAL.search(question))


def whole(text: str, start: int, end: int, several: bool = False) -> tuple[int, int]:
    """An answer's characters without what is cut in two.

    White space and stops at its ends go, and a word that counts an amount as one; numbers, words
    of other scripts and brackets are completed. Where ``several`` are asked for, a list of works
    in 《》 is kept whole.
    """
    while start < end and text[start] in _AROUND:
        start += 1
    while end > start and text[end - 1] in _AROUND:
        end -= 1
    if start == end:
        return start, end
    if counted := _ONE_OF.match(text, start, end):
        start = counted.end()
    while start > 0 and _one_word(text, start):
        start -= 1
    while end < len(text) and _one_word(text, end):
        end += 1
    start, end = _with_brackets(text, start, end)
    if several and text[start] == "《" and text[end - 1] == "》":
        more = _MORE_WORKS.match(text, end)
        before = _WORKS_BEFORE.search(text, max(0, start - 5 * _REACH), start)
        return before.start() if before else start, more.end() if more else end
    return start, end


def _one_word(text: str, place: int) -> bool:
    """Whether the characters on both sides of a place belong to one number or Latin word."""
    before, after = text[place - 1], text[place]
    if before in _POINTS and after.isdigit():
        return place > 1 and text[place - 2].isdigit()
    if after in _POINTS and before.isdigit():
        return place + 1 < len(text) and text[place + 1].isdigit()
    if before in _MINUS and after.isdigit():
        return place < 2 or not (text[place - 2].isalnum() or text[place - 2] in "%％)）")
    if (before in _NUMERALS or before.isdigit()) and after in _MULTIPLES:
        return True
    if before in _NUMERALS and after in _NUMERALS:
        return True
    one_script = before.isascii() and after.isascii() and before.isalnum() and after.isalnum()
    return one_script or (before.isdigit() and after.isdigit())


def _with_brackets(text: str, start: int, end: int) -> tuple[int, int]:
    """The range with the other halves of its brackets, where they are near."""
    waiting: list[str] = []
    missing: list[str] = []
    for character in text[start:end]:
        if character in _CLOSING:
            waiting.append(_CLOSING[character])
        elif waiting and character == waiting[-1]:
            waiting.pop()
        elif character in _OPENING:
            missing.append(_OPENING[character])
    for closing in reversed(waiting):
        found = text.find(closing, end, end + _REACH)
        if found >= 0 and "\n" not in text[end:found]:
            end = found + 1
    for opening in missing:
        start = _opened(text, opening, start)
    return start, end


def _opened(text: str, opening: str, start: int) -> int:
    """Where a bracket is opened before ``start`` and not closed, or ``start``: 1） opens none."""
    closed = 0
    for place in range(start - 1, max(-1, start - _REACH - 1), -1):
        if text[place] == "\n":
            break
        if text[place] == _CLOSING[opening]:
            closed += 1
        elif text[place] == opening and closed:
            closed -= 1
        elif text[place] == opening:
            return place
    return start


def plain(text: str) -> str:
    """What an answer is compared by: its letters, digits and telling signs in normal form."""
    return "".join(_TELLING.findall(folder().fold(text))).translate(_DASHES)
