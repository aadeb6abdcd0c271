"""Training examples: windows that hold an answer, and windows of other passages that do not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.text import folder
from qa.evidence.inputs import Ints, Pair, Reader, Tokens, unmarked
from qa.evidence.mine import Asked, Paragraph, states, words_of

_LENGTHS = (72, 88, 104, 120, 160)
_UNTITLED = 0.15
_UNMARKED = 0.3  # of the questions do not tell which words they share
_FROM = 10  # negatives come from this many of the best candidates


@dataclass(frozen=True, slots=True)
class Window:
    """One sequence; ``start`` and ``end`` are its answer's first and last token, 0 for none."""

    ids: Ints
    types: Ints
    start: int
    end: int


class Examples:
    """Makes a question's windows, differently each time.

    Texts are kept in simplified characters and tokenized once.
    """

    def __init__(self, reader: Reader, paragraphs: dict[str, Paragraph]) -> None:
        self._reader = reader
        simple = folder().simplified
        self._texts = {key: simple(p.text) for key, p in paragraphs.items()}
        self._titles = {key: simple(p.title) for key, p in paragraphs.items()}
        self._articles = {key: p.article for key, p in paragraphs.items()}
        self._tokens: dict[str, Tokens] = {}

    def length(self, random: np.random.Generator) -> int:
        """Text tokens of the windows of one batch: drawn, so that lengths tell nothing."""
        return int(random.choice(_LENGTHS))

    def group(
        self, asked: Asked, negatives: int, length: int, random: np.random.Generator
    ) -> list[Window]:
        """A window that holds the answer, first, and ``negatives`` that do not.

        A question without an answer has windows that do not hold it only.
        """
        titled = random.random() >= _UNTITLED
        question = folder().simplified(asked.text)
        windows = []
        if asked.answers:
            gold = self._pair(question, asked.paragraph, titled)
            first, last = answer_tokens(gold, asked)
            windows.append(_around(gold, first, last, length, random))
        others = self._others(asked)
        picked = random.permutation(len(others))[: negatives + 2]
        for place in picked:
            if len(windows) > negatives:
                break
            pair = self._pair(question, others[place], titled)
            low = _likely(pair, length, random)
            high = min(low + length, len(pair.text))
            if self._may_answer(asked, others[place], pair, low, high):
                continue
            windows.append(Window(*pair.window(low, high), 0, 0))
        if random.random() < _UNMARKED:
            return [replace(one, types=unmarked(one.types)) for one in windows]
        return windows

    def views(
        self, question: str, key: str, length: int = 160, step: int = 110
    ) -> list[tuple[Window, tuple[int, Pair]]]:
        """Windows that cover a paragraph, each with its first text token and the pair.

        ``start`` of these windows is where the text begins in them.
        """
        pair = self._pair(folder().simplified(question), key, True)
        lows = [0]
        while lows[-1] + length < len(pair.text):
            lows.append(min(lows[-1] + step, len(pair.text) - length))
        return [
            (Window(*pair.window(low, low + length), len(pair.head), 0), (low, pair))
            for low in lows
        ]

    def quote(self, key: str, place: tuple[int, Pair], first: int, last: int) -> str:
        """The characters behind tokens of a window."""
        low, pair = place
        shift = low - len(pair.head)
        return self._texts[key][int(pair.starts[first + shift]) : int(pair.ends[last + shift])]

    def _pair(self, question: str, key: str, titled: bool) -> Pair:
        if key not in self._tokens:
            self._tokens[key] = self._reader.tokens("", self._texts[key])
        title = self._titles[key] if titled else ""
        return self._reader.pair_of(question, title, self._texts[key], self._tokens[key])

    def _others(self, asked: Asked) -> list[str]:
        own = asked.paragraph if asked.answers else None
        found = [c.paragraph for c in asked.candidates if c.paragraph != own]
        return list(dict.fromkeys(found))[:_FROM]

    def _may_answer(self, asked: Asked, key: str, pair: Pair, low: int, high: int) -> bool:
        part = self._texts[key][int(pair.starts[low]) : int(pair.ends[high - 1])]
        near = self._articles[key] == asked.article
        return states(words_of(asked.answers), part, near)


def answer_tokens(pair: Pair, asked: Asked) -> tuple[int, int]:
    """First and last text token of the question's first answer."""
    text, start = asked.answers[0]
    end = start + len(text)
    first = int(np.searchsorted(pair.ends, start, side="right"))
    last = int(np.searchsorted(pair.starts, end, side="left")) - 1
    return min(first, len(pair.text) - 1), min(max(first, last), len(pair.text) - 1)


def _around(pair: Pair, first: int, last: int, length: int, random: np.random.Generator) -> Window:
    last = min(last, first + length - 1)
    lowest = max(0, last + 1 - length)
    highest = min(first, max(0, len(pair.text) - length))
    low = int(random.integers(min(lowest, highest), max(lowest, highest) + 1))
    ids, types = pair.window(low, low + length)
    before = len(pair.head) - low
    return Window(ids, types, first + before, last + before)


def _likely(pair: Pair, length: int, random: np.random.Generator) -> int:
    """Where a window starts that shares much with the question."""
    room = len(pair.text) - length
    if room <= 0:
        return 0
    shared = np.concatenate([[0], np.cumsum(np.maximum(pair.text_types - 1, 0))])
    gains = shared[length:] - shared[:-length] + random.random(room + 1) * 4
    return int(gains.argmax())


def padded(windows: Sequence[Window], pad: int) -> tuple[Ints, Ints, Ints]:
    """Ids, types and mask of windows as arrays (windows, longest)."""
    width = max(len(w.ids) for w in windows)
    ids = np.full((len(windows), width), pad, dtype=np.int64)
    types = np.zeros_like(ids)
    mask = np.zeros_like(ids)
    for row, window in enumerate(windows):
        ids[row, : len(window.ids)] = window.ids
        types[row, : len(window.ids)] = window.types
        mask[row, : len(window.ids)] = 1
    return ids, types, mask
