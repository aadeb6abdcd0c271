"""The outline of an article: which of its markers head sections and which number list items.

A marker is found by its form and its place: at the start of a line, or after a sentence and white
space. Whether it heads a section is then decided for its whole sequence (一、二、三、), because
the same ``1.`` heads chapters in one article and numbers shopping lists in the next.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.layout import Layout
from index.markers import Form, Mark, Rank, marks, seeds

# Items of this many characters on average are paragraphs with a number, not a list.
_LONG_ITEM = 80
_HASHES = re.compile(r"\s#+$")


@dataclass(frozen=True, slots=True)
class Heading:
    """The start of a section.

    Attributes:
        sentence: the sentence that it starts with.
        end: one past the heading's characters; the section's own text follows.
        path: the headings the section stands under, outermost first, its own included.
        is_law: whether it is an article of a law, 第三条.
    """

    sentence: int
    end: int
    path: tuple[str, ...]
    is_law: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: the sentences its first and last items start with.

    Attributes:
        first: sentence of the first item.
        last: sentence of the last item.
        introduced: whether the first item stands in the sentence that introduces the list.
    """

    first: int
    last: int
    introduced: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """An article's sections and lists.

    Attributes:
        headings: in order.
        lists: lists of short items.
        items: the sentences at which an item starts, of short and of long lists.
    """

    headings: Sequence[Heading]
    lists: Sequence[Listing]
    items: frozenset[int]


def outline(layout: Layout) -> Outline:
    """Find the sections and lists of an article."""
    named, sequences = _marks(layout)
    heads = list(named)
    items: set[int] = set()
    lists = []
    for sequence in sequences:
        real = [mark for mark in sequence if mark.form != Form.SEED]
        if not real:
            continue
        if _heads_sections(layout, real):
            heads.extend(real)
            continue
        items.update(mark.sentence for mark in real)
        if _item_length(layout, sequence) < _LONG_ITEM:
            first = sequence[0]
            introduced = first.start > layout.spans[first.sentence].start
            lists.append(Listing(first.sentence, real[-1].sentence, introduced))
    kept, demoted = _outside_laws(sorted(heads, key=lambda mark: mark.start))
    items.update(mark.sentence for mark in demoted)
    return Outline(_with_paths(layout.text, kept), lists, frozenset(items))


def _marks(layout: Layout) -> tuple[list[Mark], list[list[Mark]]]:
    """Markers that head a section by their form alone, and the sequences of the others."""
    named: list[Mark] = []
    sequences = _Sequences(layout)
    for k, span in enumerate(layout.spans):
        if layout.blocks[k]:
            continue
        seeds_from = span.start + 1
        for mark in marks(layout, k):
            if mark.rank <= Rank.ARTICLE:
                named.append(mark)
            elif not sequences.accept(mark):
                break
            seeds_from = mark.end
        for seed in seeds(layout, k, seeds_from):
            sequences.sow(seed)
    return named, sequences.all


class _Sequences:
    """Collects numbered markers into sequences; a marker that continues none is rejected."""

    # Sequences of one rank that may be interrupted by a list and go on after it.
    _KEPT = 4

    def __init__(self, layout: Layout) -> None:
        self.all: list[list[Mark]] = []
        self._layout = layout
        self._open: dict[int, list[list[Mark]]] = {}

    def sow(self, seed: Mark) -> None:
        """Start a sequence with a 一、 in mid-sentence, for the 二、 that may follow it."""
        rows = self._open.setdefault(seed.rank, [])
        # It must not crowd out the sequences that are under way.
        rows[:] = [row for row in rows if row[-1].form != Form.SEED]
        self._begin(seed)

    def accept(self, mark: Mark) -> bool:
        """Add a marker to the sequence it continues, or start one if it is the first."""
        rows = self._open.setdefault(mark.rank, [])
        newest_first = sorted(range(len(rows)), key=lambda i: (rows[i][-1].form == Form.SEED, -i))
        for continues in (self._continues, self._nearly_continues):
            for i in newest_first:
                if continues(rows[i][-1], mark):
                    rows[i].append(mark)
                    del rows[i + 1 :]
                    return True
        if mark.ordinal != 1:
            return False
        self._begin(mark)
        return True

    def _begin(self, mark: Mark) -> None:
        row = [mark]
        self.all.append(row)
        rows = self._open.setdefault(mark.rank, [])
        rows.append(row)
        del rows[: -self._KEPT]

    def _continues(self, last: Mark, mark: Mark) -> bool:
        if mark.rank == Rank.BULLET:
            return self._is_next_line(last, mark)
        return mark.ordinal == last.ordinal + 1

    def _nearly_continues(self, last: Mark, mark: Mark) -> bool:
        """Authors miscount: at the start of a line a number may repeat, or be left out."""
        if mark.rank == Rank.BULLET or not self._layout.starts_line(mark.sentence):
            return False
        return mark.ordinal > 1 and 0 <= mark.ordinal - last.ordinal <= 2

    def _is_next_line(self, last: Mark, mark: Mark) -> bool:
        """Whether only indented lines stand between two bullets."""
        text = self._layout.text
        return all(
            not self._layout.starts_line(k) or text[self._layout.spans[k].start - 1] in " \t"
            for k in range(last.sentence + 1, mark.sentence)
        )


def _heads_sections(layout: Layout, sequence: Sequence[Mark]) -> bool:
    """Whether the markers of a sequence head sections; else they number the items of a list."""
    rank = sequence[0].rank
    if rank == Rank.BULLET:
        return False
    votes = sequence[:-1] or sequence
    following: Sequence[Mark | None] = sequence[1:] or (None,)
    titled = clauses = items = 0
    for mark, after in zip(votes, following, strict=True):
        if _is_item(layout, mark, after):
            items += 1
        elif mark.form in (Form.LINE, Form.INLINE):
            titled += mark.form == Form.LINE or len(sequence) > 1
        elif mark.form == Form.CLAUSE:
            clauses += 1
    if rank <= Rank.HAN_BRACKET:
        return 2 * items < len(votes)
    is_long = _item_length(layout, sequence) >= _LONG_ITEM
    return 2 * titled > len(votes) or (is_long and 2 * clauses > len(votes))


def _is_item(layout: Layout, mark: Mark, after: Mark | None) -> bool:
    """Whether a marker and its text, up to the next of its sequence, read like a list item."""
    if after is None:
        return mark.rank > Rank.HAN_BRACKET and not _has_body(layout, mark, after)
    if mark.form != Form.BARE and not _has_body(layout, mark, after):
        return True
    last = max(mark.sentence, after.sentence - 1)
    end = layout.spans[last].end
    is_point = mark.form == Form.BARE and last == mark.sentence and end - mark.start < _LONG_ITEM
    return is_point or layout.text[end - 1] in "；;，,、"


def _has_body(layout: Layout, mark: Mark, after: Mark | None) -> bool:
    """Whether text of its own, or a subsection, follows a marker's heading."""
    if mark.title_end < layout.spans[mark.sentence].end:
        return True
    return mark.sentence + 1 < (after.sentence if after else len(layout.spans))


def _item_length(layout: Layout, sequence: Sequence[Mark]) -> float:
    """Average number of characters from one marker to the next."""
    if len(sequence) == 1:
        return layout.spans[sequence[0].sentence].end - sequence[0].start
    return (sequence[-1].start - sequence[0].start) / (len(sequence) - 1)


def _outside_laws(heads: Sequence[Mark]) -> tuple[list[Mark], list[Mark]]:
    """Sort out the markers inside an article of a law, which number its paragraphs."""
    kept, demoted = [], []
    in_law = False
    for mark in heads:
        if mark.rank <= Rank.ARTICLE:
            in_law = mark.rank == Rank.ARTICLE
        elif in_law:
            demoted.append(mark)
            continue
        kept.append(mark)
    return kept, demoted


def _with_paths(text: str, heads: Sequence[Mark]) -> list[Heading]:
    """Give each heading the path of headings it stands under."""
    unusual = _unusual_nesting(heads)
    found: list[Heading] = []
    stack: list[tuple[int, str]] = []
    for mark in heads:
        while stack and not _is_outer(stack[-1][0], mark.rank, unusual):
            stack.pop()
        stack.append((mark.rank, _printed(text, mark)))
        path = tuple(title for _, title in stack if title)
        found.append(Heading(mark.sentence, mark.title_end, path, mark.rank == Rank.ARTICLE))
    return found


def _printed(text: str, mark: Mark) -> str:
    """A heading's text as it stands in the path; empty if there is none."""
    if mark.form == Form.BARE:
        return ""
    if mark.rank < Rank.PART:
        title = _HASHES.sub("", text[mark.end : mark.title_end])
    else:
        title = text[mark.start : mark.title_end]
    title = title.strip().strip("*").rstrip("：:").strip()
    return title.rstrip("。.") if mark.form == Form.CLAUSE else title


def _is_outer(rank: int, other: int, unusual: set[tuple[int, int]]) -> bool:
    if (rank, other) in unusual:
        return True
    return rank < other and (other, rank) not in unusual


def _unusual_nesting(heads: Sequence[Mark]) -> set[tuple[int, int]]:
    """Pairs of ranks (outer, inner) that an article nests against the usual order.

    ``1.`` holds ``一、`` if it came first and counts on to ``2.`` across a ``一、``.
    """
    found: set[tuple[int, int]] = set()
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    since: dict[int, set[int]] = {}
    for place, mark in enumerate(heads):
        rank = mark.rank
        if mark.ordinal - 1 == last.get(rank):
            found.update(
                (rank, other)
                for other in since[rank]
                if Rank.HAN <= other < rank and first[rank] < first[other]
            )
        for seen in since.values():
            seen.add(rank)
        first.setdefault(rank, place)
        last[rank] = mark.ordinal
        since[rank] = set()
    return found
