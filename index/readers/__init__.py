"""Articles from files, folders and uploads.

A file's format is told by its name: ``.txt`` and ``.text`` (a page as saved from a browser, or
one article), ``.md`` and ``.markdown``, ``.html`` and ``.htm``, ``.jsonl`` and ``.ndjson`` (also
with ``.gz``), ``.csv`` and ``.tsv``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from index.errors import ReadError
from index.readers import html, jsonl, markdown, plain, table
from index.readers.found import Found
from index.readers.origin import Origin
from index.readers.walk import Entry, walk
from index.records import Article

__all__ = ["FORMATS", "MAX_BYTES", "Read", "read_bytes", "read_path", "read_records"]

MAX_BYTES = 200_000_000

FORMATS: dict[str, Callable[[bytes, Origin], Found]] = {
    ".csv": table.read,
    ".htm": html.read,
    ".html": html.read,
    ".jsonl": jsonl.read,
    ".jsonl.gz": jsonl.read_gz,
    ".markdown": markdown.read,
    ".md": markdown.read,
    ".ndjson": jsonl.read,
    ".ndjson.gz": jsonl.read_gz,
    ".text": plain.read,
    ".tsv": table.read,
    ".txt": plain.read,
}


@dataclass(frozen=True, slots=True)
class Read:
    """What came of one file.

    Attributes:
        path: the file, or the path that cannot be read.
        articles: what was read, in the file's order.
        errors: why the file, or records of it, could not be read. An error of the whole file
            comes without articles; a record's error leaves the file's other records in
            ``articles``.
        skipped: a folder held this file, and its name tells no known format.
    """

    path: Path
    articles: tuple[Article, ...] = ()
    errors: tuple[ReadError, ...] = ()
    skipped: bool = False


def read_path(path: Path, *, on_file: Callable[[Path], None] | None = None) -> Iterator[Read]:
    """Read a file, or a folder with all that is in it.

    A folder's files come sorted by name, its folders among them. Hidden files and folders are
    passed over, and so is what a symbolic link leads back to. A file named by the caller whose
    name tells no known format is read as plain text. An article's source is the file's absolute
    path.

    Nothing is raised for a file that cannot be read, or a path that does not exist: the errors
    are in the result, and the next file follows.

    Args:
        path: a file or a folder.
        on_file: called with each file before it is read.

    Yields:
        One result a file.
    """
    for entry in walk(path):
        if entry.error is not None:
            yield Read(entry.path, errors=(entry.error,))
            continue
        if on_file is not None:
            on_file(entry.path)
        yield _read_entry(entry)


def read_records(name: str, data: bytes, *, source: str) -> Found:
    """Read uploaded content; a record that cannot be read costs no other.

    Args:
        name: the file's name; its suffix tells the format, and an unknown one means plain text.
        data: the file's content.
        source: what the articles name as their source, the same each time for the same file.

    Raises:
        ReadError: the content as a whole cannot be read.
    """
    return _read(data, Origin.of(name, source))


def read_bytes(name: str, data: bytes, *, source: str) -> list[Article]:
    """Read content of which every record is wanted; arguments as ``read_records`` has them.

    Raises:
        ReadError: the content, or one record of it, cannot be read; nothing of it is returned.
    """
    found = read_records(name, data, source=source)
    if found.errors:
        raise found.error
    return list(found.articles)


def _read_entry(entry: Entry) -> Read:
    """Read one file of a walk; its errors are in the result."""
    if entry.inside and (not entry.regular or _suffix(entry.path.name) is None):
        return Read(entry.path, skipped=True)
    try:
        origin = Origin.of(str(entry.path), str(entry.path.resolve()))
        found = _read(_load(entry.path, origin), origin)
    except ReadError as error:
        return Read(entry.path, errors=(error,))
    return Read(entry.path, found.articles, found.errors)


def _read(data: bytes, origin: Origin) -> Found:
    """Read content in the format that its name tells.

    Raises:
        ReadError: the content as a whole cannot be read.
    """
    if len(data) > MAX_BYTES:
        raise _too_large(origin, len(data))
    if not data:
        raise ReadError(
            f"{origin.name}: the file is empty; expected text; check where it is from.",
            f"{origin.name}：文件是空的，请检查来源",
        )
    suffix = _suffix(origin.name)
    return (FORMATS[suffix] if suffix else plain.read)(data, origin)


def _load(path: Path, origin: Origin) -> bytes:
    """Return a file's content.

    Raises:
        ReadError: it cannot be opened or is too large.
    """
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            if size > MAX_BYTES:
                raise _too_large(origin, size)
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ReadError(
            f"{origin.name}: the file cannot be opened ({error.strerror}); "
            f"expected a file that this user may read; check its permissions.",
            f"{origin.name}：文件打不开（{error.strerror}），请检查权限",
        ) from error


def _too_large(origin: Origin, size: int) -> ReadError:
    return ReadError(
        f"{origin.name}: the file has {size:,} bytes; expected at most {MAX_BYTES:,}; "
        f"split it into smaller files.",
        f"{origin.name}：文件有 {size:,} 字节，最多 {MAX_BYTES:,} 字节，请拆成较小的文件",
    )


def _suffix(name: str) -> str | None:
    """Return the suffix of a known format, or None."""
    lower = name.lower()
    return next((suffix for suffix in FORMATS if lower.endswith(suffix)), None)
