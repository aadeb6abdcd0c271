"""The terms of a text for lexical search: jieba words, character pairs, single characters.

Words carry meaning but depend on a segmenter that may tear a name differently in a question and
in a passage; pairs and characters cannot be torn. Each kind is searched as a field of its own.
"""

import array
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import jieba

from index.paths import cache_dir, replace_file
from index.text import Folder, folder

# Han with its extensions, kana, and the marks that stand for a repeated or unwritten character.
_IDEOGRAPHS = (
    "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN = re.compile(rf"[{_IDEOGRAPHS}]+|(?:(?![{_IDEOGRAPHS}_])\w)+(?:\.\d+)*")
_IDEOGRAPH = re.compile(f"[{_IDEOGRAPHS}]")
_WORD = re.compile(r"\w")
_NEAR = 12  # characters on each side of a place from which the words around it are known


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one text, in order, with repetitions.

    Attributes:
        words: jieba words in search mode: long words and the short words inside them.
        pairs: each two neighbouring ideographs; runs of other letters and digits whole.
        characters: each ideograph; runs of other letters and digits whole.
        row: the words, none inside another, and all that stands between them: the normal form.
    """

    words: tuple[str, ...]
    pairs: tuple[str, ...]
    characters: tuple[str, ...]
    row: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it stands in the text as it was given."""

    text: str
    start: int
    end: int


class Analyzer:
    """Turns texts into terms."""

    def __init__(self, segmenter: jieba.Tokenizer, fold: Folder) -> None:
        self._segmenter = segmenter
        self._folder = fold

    def terms(self, text: str) -> Terms:
        """All terms of ``text``, in normal form."""
        folded = self._folder.fold(text)
        row = tuple(self._segmenter.cut(folded))
        words = tuple(part for word in row if _WORD.search(word) for part in self._within(word))
        pairs: list[str] = []
        characters: list[str] = []
        for match in _RUN.finditer(folded):
            run = match.group()
            if _IDEOGRAPH.match(run):
                characters.extend(run)
                pairs.extend(run[i : i + 2] for i in range(len(run) - 1))
            else:
                characters.append(run)
                pairs.append(run)
        return Terms(words, tuple(pairs), tuple(characters), row)

    def _within(self, word: str) -> Iterator[str]:
        """The known words of two and three characters inside a longer one, and itself."""
        known = self._segmenter.FREQ
        for size in (2, 3):
            if len(word) > size:
                pieces = (word[i : i + size] for i in range(len(word) - size + 1))
                yield from (piece for piece in pieces if known.get(piece))
        yield word

    def vocabulary(self) -> list[str]:
        """The words that the segmenter knows."""
        self._segmenter.check_initialized()
        return [word for word, frequency in self._segmenter.FREQ.items() if frequency]

    def words(self, text: str) -> list[Word]:
        """The words of ``text`` in normal form, none inside another, with where they stand."""
        folded = self._folder.fold_with_origin(text)
        return [
            Word(word, *folded.original(start, end))
            for word, start, end in self._segmenter.tokenize(folded.text)
            if _WORD.search(word)
        ]

    def divides(self, text: str, place: int) -> bool:
        """Whether no word of the dictionary goes across a place of ``text``.

        Only the characters near it are looked at.
        """
        low = max(0, place - _NEAR)
        near = self._folder.simplified(text[low : place + _NEAR])
        words = self._segmenter.tokenize(near, HMM=False)
        return not any(start < place - low < end for _, start, end in words)


@lru_cache(maxsize=4)
def analyzer(dictionary: tuple[str, ...] = ()) -> Analyzer:
    """The process's analyzer that knows these words besides the segmenter's own."""
    return Analyzer(_Segmenter(dictionary), folder())


class _Segmenter(jieba.Tokenizer):  # type: ignore[misc]
    """jieba with its dictionary kept in a form that loads four times as fast as its own cache.

    jieba's own cache lies in the shared temporary folder, where anyone may have put it.
    """

    initialized: bool

    def __init__(self, dictionary: Iterable[str] = ()) -> None:
        super().__init__()
        self._known = tuple(dictionary)

    def initialize(self, dictionary: str | None = None) -> None:
        """Load the prefix dictionary once; ``dictionary`` is jieba's and stays unused."""
        del dictionary
        with self.lock:
            if self.initialized:
                return
            frequencies = _frequencies()
            # Those who know more words have a dictionary of their own.
            self.FREQ = frequencies.copy() if self._known else frequencies
            self.total = sum(frequencies.values())
            self.initialized = True
            for word in self._known:
                self.add_word(word)


@lru_cache(maxsize=1)
def _frequencies() -> dict[str, int]:
    """The segmenter's own words."""
    cached = cache_dir() / f"jieba-{jieba.__version__}.dict"
    frequencies = _load(cached)
    if frequencies is None:
        own = jieba.Tokenizer()
        frequencies, _ = own.gen_pfdict(own.get_dict_file())
        _save(cached, frequencies)
    return frequencies


def _save(path: Path, frequencies: dict[str, int]) -> None:
    counts = array.array("I", frequencies.values()).tobytes()
    words = "\n".join(frequencies).encode()
    body = len(counts).to_bytes(8, "little") + counts + words
    replace_file(path, hashlib.sha256(body).digest() + body)


def _load(path: Path) -> dict[str, int] | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    body = memoryview(data)[32:]
    if hashlib.sha256(body).digest() != data[:32]:
        return None
    size = int.from_bytes(body[:8], "little")
    counts = array.array("I", bytes(body[8 : 8 + size]))
    return dict(zip(bytes(body[8 + size :]).decode().split("\n"), counts, strict=True))
