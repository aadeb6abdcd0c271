"""A tokenizer for short texts that is ready in a tenth of a second.

Most of what a question costs a new process is the tokenizer's start: the library builds a tree of
all 250,000 pieces. A question needs but a few hundred look-ups, so here the pieces stay in a
dictionary, and the best division is searched as Kudo 2018 (arXiv:1804.10959) describes. The tests
hold it to the library's results; passages are divided by the library.
"""

import re
import unicodedata
from array import array
from pathlib import Path

from index.paths import replace_file

_SPACE = "▁"
# Nobody can write these: in a text they are characters like others.
_MARKERS = ("<s>", "</s>", "<pad>", "<unk>", "<mask>")
_PENALTY = 10.0  # of an unknown character below the rarest piece, as in sentencepiece
# What sentencepiece's nmt rules take away, and what they turn into a space.
_CONTROLS = {
    **dict.fromkeys([*range(0x01, 0x09), 0x0B, *range(0x0E, 0x20), 0x7F, 0x8F, 0x9F], ""),
    **dict.fromkeys(
        [0x09, 0x0A, 0x0C, 0x0D, 0x1680, *range(0x200B, 0x2010), 0x2028, 0x2029, 0x2581, 0xFEFF],
        " ",
    ),
    0xFFFD: " ",
}
_WORD = re.compile(f"{_SPACE}?[^{_SPACE}]*", re.DOTALL)


class Unigram:
    """The pieces of a unigram tokenizer with their log probabilities."""

    def __init__(self, pieces: list[str], scores: "array[float]", unknown: int) -> None:
        self._ids = dict(zip(pieces, range(len(pieces)), strict=True))
        self._markers = {self._ids[name] for name in _MARKERS if name in self._ids}
        self._scores = scores
        self._unknown = unknown
        self._longest = max(map(len, pieces))
        self._unknown_score = min(scores) - _PENALTY

    def save(self, path: Path) -> None:
        """Write the pieces to a file that ``load`` reads."""
        scores = self._scores.tobytes()
        head = len(scores).to_bytes(8, "little") + self._unknown.to_bytes(8, "little")
        replace_file(path, head + scores + "\n".join(self._ids).encode())

    @classmethod
    def load(cls, path: Path) -> "Unigram":
        """Read what ``save`` wrote.

        Raises:
            OSError, ValueError: it cannot be read.
        """
        data = path.read_bytes()
        size = int.from_bytes(data[:8], "little")
        scores = array("f", data[16 : 16 + size])
        pieces = data[16 + size :].decode().split("\n")
        return cls(pieces, scores, int.from_bytes(data[8:16], "little"))

    def encode(self, text: str) -> list[int]:
        """Ids of the pieces of ``text``, without markers."""
        plain = unicodedata.normalize("NFKC", text.translate(_CONTROLS))
        plain = re.sub(" {2,}", " ", plain).replace(" ", _SPACE)
        if plain and not plain.startswith(_SPACE):
            plain = _SPACE + plain
        ids: list[int] = []
        for word in _WORD.findall(plain):
            ids.extend(self._divide(word))
        return ids

    def _divide(self, word: str) -> list[int]:
        """The most probable division of a word (Viterbi)."""
        best = [0.0] + [float("-inf")] * len(word)
        came: list[tuple[int, int]] = [(0, 0)] * (len(word) + 1)
        for start in range(len(word)):
            known = False
            for end in range(start + 1, min(start + self._longest, len(word)) + 1):
                piece = self._ids.get(word[start:end])
                if piece is None or piece in self._markers:
                    continue
                known = known or end == start + 1
                score = best[start] + self._scores[piece]
                if score > best[end]:
                    best[end], came[end] = score, (start, piece)
            score = best[start] + self._unknown_score
            if not known and score > best[start + 1]:
                best[start + 1], came[start + 1] = score, (start, self._unknown)
        ids: list[int] = []
        end = len(word)
        while end:
            end, piece = came[end]
            # Unknown characters in a row are one unknown piece.
            if not (piece == self._unknown and ids and ids[-1] == self._unknown):
                ids.append(piece)
        return ids[::-1]
