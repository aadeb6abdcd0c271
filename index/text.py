"""The normal form in which texts and questions meet.

Compatibility forms (full-width letters, digits and punctuation, ligatures, circled numbers) become
plain ones, letters lose their case, traditional characters become simplified ones. Offsets map
back to the text as it was given, so that what is found in the normal form can be shown in place.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import opencc


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in normal form.

    Attributes:
        text: the normal form.
        origin: for each character of ``text`` the index of the character it came from, and one
            entry more: the length of the original.
    """

    text: str
    origin: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The original characters behind ``text[start:end]`` as a half-open range."""
        if start >= end:
            return self.origin[start], self.origin[start]
        return self.origin[start], self.origin[end - 1] + 1


class _Plain(dict[int, str]):
    """A ``str.translate`` table that works out each code point when it first meets it."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKC", chr(code)).casefold()
        self[code] = plain
        return plain


class _Alone(dict[int, str]):
    """The same for the whole normal form of each code point by itself."""

    def __init__(self, fold: Callable[[str], str]) -> None:
        super().__init__()
        self._fold = fold

    def __missing__(self, code: int) -> str:
        folded = self._fold(chr(code))
        self[code] = folded
        return folded


class Folder:
    """Brings texts to normal form. Instances hold the tables; make one and keep it."""

    def __init__(self) -> None:
        self._plain = _Plain()
        self._simplify = opencc.OpenCC("t2s")
        self._alone = _Alone(self.fold)

    def fold(self, text: str) -> str:
        """The normal form of ``text``."""
        return self._simplified(text.translate(self._plain))

    def fold_alone(self, text: str) -> str:
        """``text`` with each character brought to normal form by itself.

        So a part of a text becomes a part of what the text becomes; in ``fold``, what a character
        becomes may depend on its neighbours.
        """
        return text.translate(self._alone)

    def simplified(self, text: str) -> str:
        """``text`` in simplified characters, as long as before; nothing else is changed."""
        return self._simplified(text)

    def fold_with_origin(self, text: str) -> Folded:
        """The normal form of ``text``, with the way back; its ``text`` equals ``fold(text)``."""
        plain = text.translate(self._plain)
        if len(plain) == len(text):
            origin = tuple(range(len(text) + 1))
        else:
            widths = (len(character.translate(self._plain)) for character in text)
            origin = (*(i for i, width in enumerate(widths) for _ in range(width)), len(text))
        return Folded(self._simplified(plain), origin)

    def _simplified(self, plain: str) -> str:
        simplified: str = self._simplify.convert(plain)
        if len(simplified) == len(plain):
            return simplified
        # A phrase rule changed the length; single characters never do, and offsets need that.
        return "".join(self._simplify.convert(character)[:1] or character for character in plain)


@lru_cache(maxsize=1)
def folder() -> Folder:
    """The process's folder: its tables are the same for everyone."""
    return Folder()
