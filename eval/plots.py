"""Plots as SVG, to be put into a page; colours come from the page's style sheet.

A series is drawn in the class ``s0``, ``s1``…; axes and words take the colour of the text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH = 640
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 12, 44
_SERIES = 8  # classes in the style sheet


@dataclass(frozen=True, slots=True)
class Series:
    """A line of a plot: its name, its points, and a point to mark on it."""

    name: str
    points: tuple[tuple[float, float], ...]
    mark: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Axis:
    """What one direction of a plot shows, from where to where, with marks at these values."""

    label: str
    low: float
    high: float
    marks: tuple[float, ...]

    def place(self, value: float, start: float, end: float) -> float:
        """Where a value lies between two ends."""
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return start + min(max(share, 0.0), 1.0) * (end - start)


SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def share_axis(label: str) -> Axis:
    """From 0 to 1."""
    return Axis(label, 0.0, 1.0, SHARES)


@dataclass(frozen=True, slots=True)
class Whisker:
    """A value with its interval, of one series in one row."""

    row: str
    series: int
    value: float
    low: float
    high: float


def lines(
    title: str,
    series: Sequence[Series],
    x: Axis,
    y: Axis,
    *,
    dots: bool = False,
    ideal: bool = False,
) -> str:
    """Lines over two axes; ``ideal`` draws the diagonal too."""
    height = 320
    parts = [_frame(x, y, height)]

    def at(point: tuple[float, float]) -> tuple[float, float]:
        return (
            x.place(point[0], _LEFT, _WIDTH - _RIGHT),
            y.place(point[1], height - _BOTTOM, _TOP),
        )

    if ideal:
        (x1, y1), (x2, y2) = at((x.low, y.low)), at((x.high, y.high))
        parts.append(
            f'<line class="ideal" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
        )
    for number, each in enumerate(series):
        drawn = " ".join(f"{a:.1f},{b:.1f}" for a, b in map(at, each.points))
        parts.append(f'<polyline class="line s{number % _SERIES}" points="{drawn}"/>')
        for p, q in (*(each.points if dots else ()), *([each.mark] if each.mark else ())):
            a, b = at((p, q))
            told = _hint(f"{each.name}: {p:.3g}, {q:.3g}")
            parts.append(
                f'<circle class="dot s{number % _SERIES}" cx="{a:.1f}" cy="{b:.1f}" r="3.5">'
                f"{told}</circle>"
            )
    return _svg(title, height, parts)


def whiskers(title: str, rows: Sequence[str], values: Sequence[Whisker], series: int) -> str:
    """Values with their intervals, a row a measure, on a scale from 0 to 1."""
    step = 14 * series + 10
    height = step * len(rows) + _TOP + _BOTTOM
    left = 150
    x = share_axis("")
    parts = []
    for mark in x.marks:
        a = x.place(mark, left, _WIDTH - _RIGHT)
        parts.append(
            f'<line class="grid" x1="{a:.1f}" x2="{a:.1f}" y1="{_TOP}" y2="{height - _BOTTOM}"/>'
            f'<text x="{a:.1f}" y="{height - _BOTTOM + 18}" text-anchor="middle">{mark:g}</text>'
        )
    for number, row in enumerate(rows):
        middle = _TOP + step * number + step / 2
        parts.append(
            f'<text x="{left - 10}" y="{middle + 4:.1f}" text-anchor="end">{escape(row)}</text>'
        )
    for each in values:
        top = _TOP + step * rows.index(each.row) + 5
        b = top + 14 * each.series + 7
        low, value, high = (
            x.place(v, left, _WIDTH - _RIGHT) for v in (each.low, each.value, each.high)
        )
        kind = f"s{each.series % _SERIES}"
        told = _hint(f"{each.row}: {each.value:.4f} [{each.low:.4f}, {each.high:.4f}]")
        parts.append(
            f'<g>{told}<line class="line {kind}" x1="{low:.1f}" x2="{high:.1f}" y1="{b:.1f}" '
            f'y2="{b:.1f}"/><circle class="dot {kind}" cx="{value:.1f}" cy="{b:.1f}" r="4"/></g>'
        )
    return _svg(title, height, parts)


def bars(title: str, series: Sequence[Series], x: Axis, y: Axis, width: float) -> str:
    """A histogram of each series: points are the left edge of a bar and its height."""
    height = 260
    parts = [_frame(x, y, height)]
    for number, each in enumerate(series):
        for start, value in each.points:
            a = x.place(start, _LEFT, _WIDTH - _RIGHT)
            b = x.place(start + width, _LEFT, _WIDTH - _RIGHT)
            top = y.place(value, height - _BOTTOM, _TOP)
            parts.append(
                f'<rect class="bar s{number % _SERIES}" x="{a:.1f}" y="{top:.1f}" '
                f'width="{max(b - a - 0.5, 0.5):.1f}" height="{height - _BOTTOM - top:.1f}">'
                f"{_hint(f'{each.name}: {start:.0f}–{start + width:.0f}: {value:.3g}')}</rect>"
            )
    return _svg(title, height, parts)


def _frame(x: Axis, y: Axis, height: int) -> str:
    bottom, right = height - _BOTTOM, _WIDTH - _RIGHT
    parts = []
    for mark in x.marks:
        a = x.place(mark, _LEFT, right)
        parts.append(
            f'<line class="grid" x1="{a:.1f}" x2="{a:.1f}" y1="{_TOP}" y2="{bottom}"/>'
            f'<text x="{a:.1f}" y="{bottom + 16}" text-anchor="middle">{mark:g}</text>'
        )
    for mark in y.marks:
        b = y.place(mark, bottom, _TOP)
        parts.append(
            f'<line class="grid" x1="{_LEFT}" x2="{right}" y1="{b:.1f}" y2="{b:.1f}"/>'
            f'<text x="{_LEFT - 6}" y="{b + 4:.1f}" text-anchor="end">{mark:g}</text>'
        )
    parts.append(
        f'<text x="{(_LEFT + right) / 2}" y="{height - 6}" text-anchor="middle">'
        f"{escape(x.label)}</text>"
        f'<text transform="translate(12 {(bottom + _TOP) / 2}) rotate(-90)" '
        f'text-anchor="middle">{escape(y.label)}</text>'
    )
    return "".join(parts)


def _hint(text: str) -> str:
    return f"<title>{escape(text)}</title>"


def _svg(title: str, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:g}" role="img" aria-label="{escape(title)}">'
        f"{''.join(parts)}</svg>"
    )
