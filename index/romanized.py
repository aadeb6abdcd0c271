"""Chinese names as they are written in Latin letters, so that Hanyang finds 汉阳.

Passages are indexed by the pinyin of each two and three neighbouring characters; questions are
looked through for capitalised words that may be such names.
"""

import re
from collections.abc import Iterable, Iterator

_HAN = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff]+")
_WORD = re.compile(r"(?<![A-Za-z])[A-Za-z][A-Za-z'’]+(?![A-Za-z])")
_SHORTEST = 4  # letters; shorter ones are words of other languages more often
_SPAN = (2, 3)  # characters of a name


class Romanizer:
    """Keeps the pinyin of words it has met; make one and keep it while indexing."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, ...]] = {}

    def terms(self, words: Iterable[str]) -> set[str]:
        """Pinyin of two and three neighbouring characters of a text divided into ``words``.

        The words tell which reading a character has: 长 in 长江 and in 市长.
        """
        found: set[str] = set()
        run: list[str] = []
        for word in (*words, ""):
            if _HAN.fullmatch(word):
                run.extend(self._read(word))
                continue
            for size in _SPAN:
                found.update("".join(run[i : i + size]) for i in range(len(run) - size + 1))
            run = []
        return {term for term in found if len(term) >= _SHORTEST}

    def _read(self, word: str) -> tuple[str, ...]:
        syllables = self._known.get(word)
        if syllables is None:
            from pypinyin import lazy_pinyin

            syllables = tuple(s.replace("ü", "v") for s in lazy_pinyin(word, errors="ignore"))
            self._known[word] = syllables
        return syllables


def latin_names(question: str) -> Iterator[str]:
    """What may be a Chinese name in Latin letters, as it is indexed.

    Capitalised words, or all words of a question without capitals; each alone, and with the next
    word where that follows at once: Lei Jun.
    """
    anywhere = question == question.lower()
    before, end = "", -2
    for match in _WORD.finditer(question):
        word = match[0]
        if not (anywhere or word[0].isupper()):
            continue
        plain = re.sub(r"['’]", "", word).lower()
        if len(plain) >= _SHORTEST:
            yield plain
        if match.start() == end + 1:
            yield before + plain
        before, end = plain, match.end()
