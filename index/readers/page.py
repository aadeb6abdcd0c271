"""A page of articles as it comes out of a browser, saved as text.

Each article is a line ``-``, its title, its body and a line with its date. The site's footer
follows the last date.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.readers.collect import Collector
from index.readers.dates import parse_date
from index.readers.fields import split_label
from index.readers.found import Found
from index.readers.origin import Origin

_DASHES = frozenset("-‐‑‒–—―−﹣－─")
_FOOTER_LINE = re.compile(r"\s*|\s*- \S{1,20}\s*|.{0,40}点我投稿.{0,40}")
_SENTENCE_END = re.compile("[。！？]")


@dataclass(frozen=True, slots=True)
class _Block:
    """What stands between two dashes.

    Attributes:
        line: the number of its title's line in the file.
        lines: from the title on.
        date: which of the lines is its date, or None.
        last: no other block follows, at most the footer.
    """

    line: int
    lines: tuple[str, ...]
    date: int | None
    last: bool


def is_page(text: str) -> bool:
    """Tell whether a text begins with a dash and has an article from dash to date."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    return _is_dash(first) and any(
        block.date is not None and any(line.strip() for line in block.lines[1 : block.date])
        for block in _blocks(text)
    )


def read(text: str, origin: Origin) -> Found:
    """Read the articles of a page.

    An article's body is kept as it is, without the blank space around it. An article without a
    date has none. After the last date, only what stands between dashes and has sentences is an
    article; all else is the footer, which is dropped.

    Raises:
        ReadError: there is no article at all.
    """
    collector = Collector(origin)
    for block in _blocks(text):
        body: Sequence[str] = block.lines[1 : block.date]
        if block.last and block.date is None:
            body = _without_footer(body)
        label, title = split_label(block.lines[0].strip())
        published = None if block.date is None else parse_date(block.lines[block.date])
        record = {
            "title": title,
            "label": label,
            "text": "\n".join(body).strip(),
            "published": published,
        }
        collector.add(record, block.line)
    return collector.found()


def _blocks(text: str) -> list[_Block]:
    """Cut a page at its dashes; what lies between the footer's dashes is left out."""
    lines = text.split("\n")
    dashes = [number for number, line in enumerate(lines) if _is_dash(line)]
    spans = zip(dashes, [*dashes[1:], len(lines)], strict=True)
    starts = [
        (title, end)
        for dash, end in spans
        if (title := _first_filled(lines, dash + 1, end)) is not None
    ]
    while starts and _is_footer(lines[slice(*starts[-1])]):
        starts.pop()
    last = len(starts) - 1
    return [
        _block(lines[title:end], title + 1, last=number == last)
        for number, (title, end) in enumerate(starts)
    ]


def _block(lines: Sequence[str], line: int, *, last: bool) -> _Block:
    """Return a block with its date found.

    Before another dash the date is the last line, and dates above it are part of the body. In
    the last block the footer follows the date.
    """
    filled = [number for number, text in enumerate(lines) if text.strip()][1:]
    candidates = reversed(filled) if last else filled[-1:]
    date = next((number for number in candidates if parse_date(lines[number])), None)
    return _Block(line, tuple(lines), date, last)


def _first_filled(lines: Sequence[str], start: int, end: int) -> int | None:
    """Return the number of the first line that is not blank, or None."""
    return next((number for number in range(start, end) if lines[number].strip()), None)


def _is_footer(lines: Sequence[str]) -> bool:
    """Tell whether lines after a dash have neither a date nor a sentence below the first."""
    dated = any(parse_date(line) for line in lines[1:])
    return not dated and not _SENTENCE_END.search("".join(_without_footer(lines[1:])))


def _without_footer(lines: Sequence[str]) -> Sequence[str]:
    """Drop what is known to be a footer from the end of an article without a date."""
    end = len(lines)
    while end and _FOOTER_LINE.fullmatch(lines[end - 1]):
        end -= 1
    return lines[:end]


def _is_dash(line: str) -> bool:
    return line.strip() in _DASHES
