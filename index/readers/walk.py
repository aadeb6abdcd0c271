"""The files at and below a path."""

import errno
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index.errors import ReadError
from index.readers.origin import printable


@dataclass(frozen=True, slots=True)
class Entry:
    """A file to read, or a path that cannot be.

    Attributes:
        path: as the caller spelt it, or below that.
        inside: it was found in a folder, not named by the caller.
        regular: it is a file, not a pipe, a socket or a device.
        error: why it cannot be read, or None.
    """

    path: Path
    inside: bool
    regular: bool = True
    error: ReadError | None = None


def walk(root: Path) -> Iterator[Entry]:
    """Yield the files at and below ``root``, sorted by name, each real file once.

    What cannot be visited is yielded with its error.
    """
    seen: set[Path] = set()
    # A stack, not recursion: folders may nest deeper than Python calls may.
    waiting = [Entry(root, inside=False)]
    while waiting:
        entry = waiting.pop()
        if entry.error is not None:
            yield entry
            continue
        try:
            mode = entry.path.stat().st_mode
            real = entry.path.resolve()
        except (OSError, ValueError) as error:
            if not (entry.inside and _is_loop(error)):
                yield _failed(entry, error)
            continue
        # Symbolic links may lead to a folder's own parent, or to the same file twice.
        if real in seen:
            continue
        seen.add(real)
        if stat.S_ISDIR(mode):
            waiting.extend(_children(entry))
        elif stat.S_ISREG(mode) or entry.inside:
            yield Entry(entry.path, entry.inside, regular=stat.S_ISREG(mode))
        else:
            yield _failed(entry, OSError(0, "it is neither a file nor a folder"))


def _children(folder: Entry) -> list[Entry]:
    """Return a folder's entries, last first, or the folder with its error."""
    try:
        paths = [path for path in folder.path.iterdir() if not path.name.startswith(".")]
    except OSError as error:
        return [_failed(folder, error)]
    paths.sort(key=lambda path: path.name, reverse=True)
    return [Entry(path, inside=True) for path in paths]


def _is_loop(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno == errno.ELOOP


def _failed(entry: Entry, error: Exception) -> Entry:
    """Return the entry with an error that tells what to do."""
    reason = error.strerror if isinstance(error, OSError) else str(error)
    message = (
        f"{printable(str(entry.path))}: the path cannot be read ({reason}); "
        f"expected a file or folder that this user may read; check its spelling and permissions."
    )
    return Entry(
        entry.path,
        entry.inside,
        error=ReadError(
            message, f"{printable(str(entry.path))}：读不了（{reason}）；请检查路径和权限"
        ),
    )
