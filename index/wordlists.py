"""The two lists a collection's owner may write: words, and names of the same thing.

``words.txt`` has a word a line that is not to be divided. ``aliases.txt`` has, a line, names of one
thing with = between them. Lines that are empty or begin with # are passed over.
"""

from collections.abc import Iterator
from pathlib import Path

from index.errors import SettingError
from index.text import folder as text_folder

WORDS_FILE = "words.txt"
ALIASES_FILE = "aliases.txt"

State = tuple[tuple[int, int] | None, ...]


def lists_state(folder: Path) -> State:
    """What differs when a list was written since: when each was, and its size; None for none."""
    return tuple(_state(folder / name) for name in (WORDS_FILE, ALIASES_FILE))


def _state(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_size


def read_words(folder: Path) -> tuple[str, ...]:
    """The words of a collection's list, in normal form; none where there is no list.

    Raises:
        SettingError: the list is not UTF-8, or a line has white space in it.
    """
    words = []
    for number, line in _lines(folder / WORDS_FILE):
        if len(line.split()) != 1:
            raise SettingError(
                f"{folder / WORDS_FILE}, line {number}: {line!r} is not one word; "
                "write a word a line, without spaces",
                f"{folder / WORDS_FILE} 第 {number} 行“{line}”不是一个词；"
                "请每行写一个词，中间不加空格",
            )
        words.append(line)
    return tuple(dict.fromkeys(words))


def read_aliases(folder: Path) -> tuple[tuple[str, ...], ...]:
    """The names of a collection's list, in normal form, those of one thing together.

    Raises:
        SettingError: the list is not UTF-8, or a line has fewer than two names.
    """
    groups = []
    for number, line in _lines(folder / ALIASES_FILE):
        names = tuple(dict.fromkeys(name.strip() for name in line.split("=") if name.strip()))
        if len(names) < 2:
            raise SettingError(
                f"{folder / ALIASES_FILE}, line {number}: {line!r} has fewer than two names; "
                "write names of one thing with = between them",
                f"{folder / ALIASES_FILE} 第 {number} 行“{line}”不足两个名称；"
                "请把同一事物的名称用“=”隔开，例如“光谷 = 东湖高新区”",
            )
        groups.append(names)
    return tuple(groups)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return
    except UnicodeDecodeError as error:
        raise SettingError(
            f"{path} is not UTF-8; save it in that encoding",
            f"{path} 不是 UTF-8 编码，请用 UTF-8 另存",
        ) from error
    for number, line in enumerate(text.splitlines(), 1):
        plain = text_folder().fold(line).strip()
        if plain and not plain.startswith("#"):
            yield number, plain
