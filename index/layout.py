"""A text laid out: its sentences, what stands between them, and what is not prose."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from index.records import Span
from index.sentences import line_breaks, sentences, wraps

_FENCES = ("```", "~~~")


class Gap(IntEnum):
    """What stands between a sentence and the one before it."""

    NONE = 0
    SPACE = 1
    LINE = 2
    BLANK = 3


@dataclass(frozen=True, slots=True)
class Layout:
    """A text as a row of sentences.

    Attributes:
        text: the article's text.
        spans: its sentences.
        gaps: what stands before each.
        blocks: 0 for prose, else the number of the code fence, table or quotation it belongs to.
    """

    text: str
    spans: Sequence[Span]
    gaps: Sequence[Gap]
    blocks: Sequence[int]

    def starts_line(self, k: int) -> bool:
        """Whether sentence ``k`` is the first of its line; so is the one past the last."""
        return k == len(self.spans) or self.gaps[k] >= Gap.LINE


def lay_out(text: str) -> Layout:
    """Divide a text into sentences and see how they stand."""
    spans = sentences(text)
    gaps = list(_gaps(text, spans))
    blocks = [0] * len(spans)
    lines = _lines(gaps)
    for number, (first, last) in enumerate(_blocks(text, spans, gaps, lines), 1):
        blocks[first:last] = [number] * (last - first)
    return Layout(text, spans, gaps, blocks)


def _gaps(text: str, spans: Sequence[Span]) -> Iterator[Gap]:
    if spans:
        yield Gap.BLANK
    soft = wraps(text, 0, len(text))
    for before, after in pairwise(spans):
        breaks = line_breaks(text, before.end, after.start)
        if before.end == after.start or (len(breaks) == 1 and breaks[0] in soft):
            yield Gap.NONE
        else:
            yield (Gap.SPACE, Gap.LINE, Gap.BLANK)[min(len(breaks), 2)]


def _lines(gaps: Sequence[Gap]) -> list[tuple[int, int]]:
    """Sentence ranges of the lines."""
    starts = [k for k, gap in enumerate(gaps) if gap >= Gap.LINE]
    return list(pairwise([*starts, len(gaps)]))


def _blocks(
    text: str, spans: Sequence[Span], gaps: Sequence[Gap], lines: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Sentence ranges of the code fences, tables and quotations."""
    heads = [text[spans[first].start : spans[first].start + 3] for first, _ in lines]
    fence_ends = _fence_ends(heads)
    i = 0
    while i < len(lines):
        last = i
        if heads[i] in _FENCES:
            last = fence_ends[i] or i
        elif heads[i][0] in "|>":
            while last + 1 < len(lines) and heads[last + 1][0] == heads[i][0]:
                if gaps[lines[last + 1][0]] != Gap.LINE:
                    break
                last += 1
        # A lone bar may start any line, and a fence that is never closed is none.
        if last > i or heads[i][0] == ">":
            yield lines[i][0], lines[last][1]
        i = last + 1


def _fence_ends(heads: Sequence[str]) -> list[int]:
    """For each line that starts with a fence, the next line that does so, or 0."""
    found = [0] * len(heads)
    following = dict.fromkeys(_FENCES, 0)
    for i in range(len(heads) - 1, -1, -1):
        if heads[i] in following:
            found[i] = following[heads[i]]
            following[heads[i]] = i
    return found
