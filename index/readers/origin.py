"""Where articles are read from, for their ids and for messages."""

import re
from dataclasses import dataclass
from pathlib import PurePath

from index.readers.encoding import storable


@dataclass(frozen=True, slots=True)
class Origin:
    """The file that articles come from.

    Attributes:
        name: as messages print it, without line breaks and other unprintable characters.
        source: what the articles name as their source.
        stem: the file's name without folders and suffix, the title of last resort.
    """

    name: str
    source: str
    stem: str

    @classmethod
    def of(cls, name: str, source: str) -> "Origin":
        """Return the origin of a file called ``name``.

        Raises:
            ReadError: the name or the source cannot be stored as text.
        """
        label = printable(name)
        storable(name, f"{label}: the file's name")
        storable(source, f"{label}: the source")
        # An upload's name may come from another system with its folders still before it.
        base = re.split(r"[/\\]", name)[-1]
        return cls(label, source, printable(PurePath(base).stem) or label or "untitled")


def printable(text: str) -> str:
    """Return the text with what cannot be printed on one line written as escapes."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def shown(value: object, limit: int = 60) -> str:
    """Return a value as a message quotes it, cut to ``limit`` characters."""
    text = printable(value) if isinstance(value, str) else type(value).__name__
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return f'"{text}"' if isinstance(value, str) else text
