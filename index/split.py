"""Articles to passages: the paragraphs that are indexed and cited.

A text becomes sentences, sentences become blocks (a paragraph, a list item, a code fence, a
table), blocks become groups within the section they stand in, and a group is a passage unless it
is too large for one. A boundary between passages is always one between sentences.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import ceil

from index.errors import SettingError
from index.headings import Heading, Listing, Outline, outline
from index.layout import Gap, Layout, lay_out
from index.records import Article, Passage
from index.sentences import final_stop, is_han, last_word_character

# A paragraph of fewer characters is read with its neighbour.
_TINY = 40
_OPENERS = frozenset("“‘「『（《【〈〔［｛")
# Where a paragraph that must be divided is best divided.
_PART_STARTS = re.compile(
    r"[一二三四五六七八九十]是|其[一二三四五六七八九十次]|第[一二三四五六七八九十][，,、是]|首先|再次|最后|最後"
    r"|[（(]?[一二三四五六七八九十\d]{1,2}[)）、]|\d{1,2}[.．](?!\d)|[①-⑳]"
)

_Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Section:
    """Sentences under one heading; ``body`` is the first that says more than the heading."""

    first: int
    last: int
    body: int
    head_end: int
    path: tuple[str, ...] = ()
    is_law: bool = False


@dataclass(frozen=True, slots=True)
class _Draft:
    """What the steps below share: the text in sentences, their sizes, and where blocks start."""

    layout: Layout
    totals: Sequence[int]
    limit: int
    starts: frozenset[int]

    def size(self, first: int, last: int) -> int:
        return self.totals[last] - self.totals[first]

    def fits(self, first: int, last: int) -> bool:
        return self.size(first, last) <= self.limit


def split_passages(
    article: Article, *, limit: int, measure: Callable[[Sequence[str]], Sequence[int]]
) -> list[Passage]:
    """Divide an article's text into passages.

    Args:
        article: its ``text`` is divided.
        limit: the largest passage, in the units of ``measure``.
        measure: gives a size for each of a list of texts, such as its number of tokens. It is
            called once, with all sentences; a passage has the size of its sentences together.

    Returns:
        Passages in order, numbered from 1, without surrounding white space, that do not overlap
        and cover every character that is not white space. Only a passage of a single sentence
        can be larger than ``limit``.

    Raises:
        SettingError: ``limit`` is less than 1.
    """
    if limit < 1:
        raise SettingError(f"The passage limit is {limit}; give a whole number of at least 1.")
    layout = lay_out(article.text)
    if not layout.spans:
        return []
    spans = layout.spans
    sizes = measure([article.text[span.start : span.end] for span in spans])
    if len(sizes) != len(spans):
        raise ValueError(f"measure gave {len(sizes)} sizes for {len(spans)} texts")
    plan = outline(layout)
    draft = _Draft(layout, (0, *accumulate(sizes)), limit, _block_starts(layout, plan))
    return [
        Passage(
            article_id=article.id,
            number=number,
            start=spans[first].start,
            end=spans[last - 1].end,
            text=article.text[spans[first].start : spans[last - 1].end],
            headings=path,
            body=_body(article.text, spans[first].start, spans[last - 1].end, head_end),
        )
        for number, (first, last, path, head_end) in enumerate(_passages(draft, plan), 1)
    ]


def _body(text: str, start: int, end: int, head_end: int) -> int:
    """Where a passage says more than its heading; its start, where it never does."""
    body = max(start, head_end)
    while body < end and text[body].isspace():
        body += 1
    return body if body < end else start


def _passages(draft: _Draft, plan: Outline) -> list[tuple[int, int, tuple[str, ...], int]]:
    """Sentence ranges of the passages, each with its heading path and the end of its heading."""
    found: list[tuple[int, int, tuple[str, ...], int]] = []
    sections = _sections(draft.layout, plan.headings)
    lists = _lists_by_section(sections, plan.lists)
    for section, own_lists in zip(sections, lists, strict=True):
        if section.body == section.last and found and draft.fits(found[-1][0], section.last):
            # Headings at the very end, with nothing under them.
            found[-1] = (found[-1][0], section.last, *found[-1][2:])
            continue
        for first, last in _groups(draft, section, own_lists):
            parts = [(first, last)]
            if not draft.fits(first, last):
                parts = _pack(draft, list(_units(draft, section, first, last)))
            found.extend((*part, section.path, section.head_end) for part in parts)
    return found


def _sections(layout: Layout, headings: Sequence[Heading]) -> list[_Section]:
    """Divide the sentences by headings; one without text of its own goes with what follows."""
    count = len(layout.spans)
    starts = [heading.sentence for heading in headings]
    found: list[_Section] = []
    first = starts[0] if starts else count
    if first > 0:
        found.append(_Section(0, first, 0, 0))
    for heading, last in zip(headings, [*starts[1:], count], strict=False):
        body = heading.sentence
        while body < last and layout.spans[body].end <= heading.end:
            body += 1
        if body < last or last == count:
            found.append(_Section(first, last, body, heading.end, heading.path, heading.is_law))
            first = last
    return found


def _lists_by_section(
    sections: Sequence[_Section], lists: Sequence[Listing]
) -> Iterator[list[Listing]]:
    """The lists that start in each section."""
    rest = iter(sorted(lists, key=lambda listing: listing.first))
    listing = next(rest, None)
    for section in sections:
        own = []
        while listing and listing.first < section.last:
            own.append(listing)
            listing = next(rest, None)
        yield own


def _block_starts(layout: Layout, plan: Outline) -> frozenset[int]:
    """The sentences at which a paragraph, a list item, a fence or a table starts."""
    spaced = _spaces_every_sentence(layout)
    found = set(plan.items) | {0}
    for k in range(1, len(layout.spans)):
        if layout.blocks[k] or layout.blocks[k - 1]:
            if layout.blocks[k] != layout.blocks[k - 1]:
                found.add(k)
        elif layout.starts_line(k) or (not spaced and _space_divides(layout, k)):
            found.add(k)
    return frozenset(found)


def _space_divides(layout: Layout, k: int) -> bool:
    """Whether the white space before sentence ``k`` stands between paragraphs."""
    if layout.gaps[k] != Gap.SPACE:
        return False
    text, before = layout.text, layout.spans[k - 1]
    stop = final_stop(text, before)
    if stop and stop in "!?.．":
        # Western typography puts a space after every sentence.
        after = text[layout.spans[k].start]
        return (
            after in _OPENERS or is_han(after) or is_han(last_word_character(text, before) or " ")
        )
    return stop in ("。", "！", "？", "…")


def _spaces_every_sentence(layout: Layout) -> bool:
    """Whether the author put a space after nearly every sentence, so that it means nothing."""
    gaps = [
        gap
        for span, gap in zip(layout.spans, layout.gaps[1:], strict=False)
        if gap <= Gap.SPACE and final_stop(layout.text, span)
    ]
    spaces = sum(gaps)
    if spaces < 6 or spaces < 0.8 * len(gaps):
        return False
    return len(layout.text) < 60 * len(layout.spans)


def _groups(draft: _Draft, section: _Section, lists: Sequence[Listing]) -> list[_Range]:
    """Blocks of a section that are read together, as sentence ranges."""
    if section.is_law:
        return [(section.first, section.last)]
    starts = _starts(draft, section, section.first, section.last)
    inside: set[int] = set()
    listed = 0
    for listing in lists:
        first = bisect_right(starts, listing.first) - 1
        end = bisect_right(starts, listing.last)
        inside.update(starts[first + 1 : end])
        if first > listed and not listing.introduced:
            inside.add(starts[first])  # it goes with the paragraph that introduces it
        listed = max(listed, end)
    edges = [start for start in starts if start not in inside]
    return _tiny_merged(draft, section, list(pairwise([*edges, section.last])))


def _starts(draft: _Draft, section: _Section, first: int, last: int) -> list[int]:
    """The sentences from ``first`` to ``last`` at which a block starts.

    Headings start none: they belong to the block that they head.
    """
    return [first, *(k for k in range(first + 1, last) if k > section.body and k in draft.starts)]


def _tiny_merged(draft: _Draft, section: _Section, groups: Sequence[_Range]) -> list[_Range]:
    """Merge tiny groups with the next one, or else with the one before."""
    text, spans = draft.layout.text, draft.layout.spans

    def is_tiny(group: _Range) -> bool:
        start = max(spans[group[0]].start, section.head_end)
        return sum(map(len, text[start : spans[group[1] - 1].end].split())) < _TINY

    def can_join(tiny: _Range, neighbour: _Range) -> bool:
        both = min(tiny[0], neighbour[0]), max(tiny[1], neighbour[1])
        # A neighbour over the limit will be divided in any case.
        return is_tiny(tiny) and (draft.fits(*both) or not draft.fits(*neighbour))

    merged: list[_Range] = []
    current = groups[0]
    for group in groups[1:]:
        if can_join(current, group):
            current = (current[0], group[1])
        elif merged and can_join(current, merged[-1]):
            merged[-1] = (merged[-1][0], current[1])
            current = group
        else:
            merged.append(current)
            current = group
    if merged and can_join(current, merged[-1]):
        merged[-1] = (merged[-1][0], current[1])
    else:
        merged.append(current)
    return merged


def _units(draft: _Draft, section: _Section, first: int, last: int) -> Iterator[_Range]:
    """What to divide a group into: its blocks, or their lines if code or rows, or sentences."""
    layout = draft.layout
    for block in pairwise([*_starts(draft, section, first, last), last]):
        if draft.fits(*block):
            yield block
            continue
        body = max(block[0], section.body)
        if body < block[1] and layout.blocks[body]:
            lines = [k for k in range(block[0] + 1, block[1]) if layout.starts_line(k)]
            for line in pairwise([block[0], *lines, block[1]]):
                yield from [line] if draft.fits(*line) else _singly(*line)
            continue
        start = block[0]
        if start < body:
            # Keep headings with the sentence that they head, or at least with each other.
            head = next(
                (end for end in (min(body + 1, block[1]), body) if draft.fits(start, end)), start
            )
            if head > start:
                yield start, head
                start = head
        yield from _singly(start, block[1])


def _singly(first: int, last: int) -> Iterator[_Range]:
    return ((k, k + 1) for k in range(first, last))


def _pack(draft: _Draft, units: Sequence[_Range]) -> list[_Range]:
    """Join units into passages of about equal size; one over the limit stays by itself."""
    packed: list[_Range] = []
    row: list[_Range] = []
    for unit in units:
        if draft.fits(*unit):
            row.append(unit)
            continue
        packed.extend(_balanced(draft, row))
        packed.append(unit)
        row = []
    packed.extend(_balanced(draft, row))
    return packed


def _balanced(draft: _Draft, row: Sequence[_Range]) -> list[_Range]:
    """Divide a row of units, none over the limit, into as few parts of about equal size."""
    if not row:
        return []
    edges = [first for first, _ in row] + [row[-1][1]]
    totals = [draft.totals[edge] for edge in edges]
    parts: list[_Range] = []
    at, end = 0, len(row)
    while at < end:
        count = ceil((totals[end] - totals[at]) / draft.limit)
        cut = end if count <= 1 else _best_cut(draft, edges, totals, at, count)
        parts.append((edges[at], edges[cut]))
        at = cut
    return parts


def _best_cut(
    draft: _Draft, edges: Sequence[int], totals: Sequence[int], at: int, count: int
) -> int:
    """Where the first of ``count`` parts from ``at`` on is best ended."""
    end = len(edges) - 1
    share = (totals[end] - totals[at]) / count
    room = totals[at] + draft.limit
    low = bisect_left(totals, totals[at] + 0.6 * share, at + 1, end)
    high = bisect_right(totals, min(room, totals[at] + 1.4 * share), at + 1, end)
    if low >= high:
        return max(at + 1, bisect_right(totals, room, at + 1, end) - 1)

    def cost(cut: int) -> float:
        leaves_too_much = totals[end] - totals[cut] > (count - 1) * draft.limit
        away = abs(totals[cut] - totals[at] - share)
        return away + share * (0.3 * leaves_too_much + _unfitness(draft, edges[cut]))

    return min(range(low, high), key=cost)


def _unfitness(draft: _Draft, k: int) -> float:
    """How badly a passage would start at sentence ``k``, as a share of its size."""
    text, span, before = draft.layout.text, draft.layout.spans[k], draft.layout.spans[k - 1]
    unfit = 0.5 * (text[before.end - 1] in "：:") + 0.1 * (final_stop(text, before) in ("；", ";"))
    starts_part = k in draft.starts or _PART_STARTS.match(text, span.start)
    return unfit - 0.25 * bool(starts_part)
