"""A tokenizer for a few texts that is ready in a tenth of a second.

Most of what a question costs a new process is the tokenizer's start: the library builds a tree of
all 250,000 pieces. A question and the passages read for it need but a few thousand look-ups, so
here the pieces stay in a dictionary, and the best division is searched as Kudo 2018
(arXiv:1804.10959) describes. The tests hold it to the library's results; what is indexed is divided
by the library.
"""

import re
import threading
import unicodedata
from array import array
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from index.paths import replace_file

_SPACE = "▁"
# Nobody can write these: in a text they are characters like others.
_MARKERS = ("<s>", "</s>", "<pad>", "<unk>", "<mask>")
_LONGEST_CLUSTER = 32  # characters; no language puts so many marks on one letter
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
        return [piece for piece, _, _ in self._pieces(plain)]

    def encode_with_offsets(self, text: str) -> list[tuple[int, int, int]]:
        """Each piece's id with the half-open range of characters of ``text`` behind it.

        Pieces follow each other in the text; the range of one that stands for no character is
        empty.
        """
        plain, starts, ends = _aligned(text)
        return [
            (piece, starts[first], ends[last - 1]) for piece, first, last in self._pieces(plain)
        ]

    def _pieces(self, plain: str) -> Iterator[tuple[int, int, int]]:
        """Ids with their ranges in the normal form."""
        for word in _WORD.finditer(plain):
            before = word.start()
            for piece, start, end in self._divide(word.group()):
                yield piece, before + start, before + end

    def _divide(self, word: str) -> list[tuple[int, int, int]]:
        """The most probable division of a word (Viterbi)."""
        ids, scores, longest, unknown = self._ids, self._scores, self._longest, self._unknown
        length = len(word)
        best = [0.0] + [float("-inf")] * length
        came: list[tuple[int, int]] = [(0, 0)] * (length + 1)
        for start in range(length):
            here = best[start]
            known = False
            for end in range(start + 1, min(start + longest, length) + 1):
                piece = ids.get(word[start:end])
                if piece is None or piece in self._markers:
                    continue
                known = known or end == start + 1
                score = here + scores[piece]
                if score > best[end]:
                    best[end], came[end] = score, (start, piece)
            if not known and here + self._unknown_score > best[start + 1]:
                best[start + 1], came[start + 1] = here + self._unknown_score, (start, unknown)
        found: list[tuple[int, int, int]] = []
        end = length
        while end:
            start, piece = came[end]
            if piece == unknown and found and found[-1][0] == unknown:
                # Unknown characters in a row are one unknown piece.
                found[-1] = (piece, start, found[-1][2])
            else:
                found.append((piece, start, end))
            end = start
        return found[::-1]


def load_unigram(path: Path) -> Unigram:
    """What ``Unigram.load`` reads; once in a process, for all models of one backbone."""
    with _loading:
        return _loaded(path)


_loading = threading.Lock()
_loaded = lru_cache(maxsize=1)(Unigram.load)


def _aligned(text: str) -> tuple[str, list[int], list[int]]:
    """The normal form, and for each of its characters the range in ``text`` that it came from."""
    kept: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for cluster, low, high in _clusters(text):
        for character in cluster:
            if character == " " and kept and kept[-1] == _SPACE:
                starts[-1], ends[-1] = low, high
                continue
            kept.append(_SPACE if character == " " else character)
            starts.append(low)
            ends.append(high)
    if kept and kept[0] != _SPACE:
        kept.insert(0, _SPACE)
        starts.insert(0, starts[0])
        ends.insert(0, ends[0])
    return "".join(kept), starts, ends


class _Plain(dict[str, str]):
    """The normal form of single characters, each worked out when it is first met."""

    def __missing__(self, character: str) -> str:
        plain = unicodedata.normalize("NFKC", character.translate(_CONTROLS))
        self[character] = plain
        return plain


_plain = _Plain()


def _clusters(text: str) -> Iterator[tuple[str, int, int]]:
    """The normal forms of characters that have one together, with their ranges in ``text``."""
    singles = [_plain[character] for character in text]
    if "".join(singles) == unicodedata.normalize("NFKC", text.translate(_CONTROLS)):
        yield from zip(singles, range(len(text)), range(1, len(text) + 1), strict=True)
        return
    cluster, low, high = "", 0, 0
    for place, character in enumerate(text):
        if not _plain[character]:
            continue
        if cluster and _apart(cluster, character):
            yield unicodedata.normalize("NFKC", cluster), low, high
            cluster = ""
        low = low if cluster else place
        cluster, high = cluster + character.translate(_CONTROLS), place + 1
    if cluster:
        yield unicodedata.normalize("NFKC", cluster), low, high


def _apart(cluster: str, character: str) -> bool:
    """Whether the normal form of both is that of one and then that of the other."""
    if len(cluster) >= _LONGEST_CLUSTER:
        return True
    both = unicodedata.normalize("NFKC", cluster + character.translate(_CONTROLS))
    return both == unicodedata.normalize("NFKC", cluster) + _plain[character]
