"""Reads large line files in bounded memory."""

import gzip
import hashlib
import json
import re
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from eval.errors import DatasetError
from eval.problems import Kind, Problems

LONGEST_LINE = 64_000_000  # bytes
_SHOWN = 60
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def lines(path: Path, problems: Problems) -> Iterator[tuple[int, str]]:
    """The lines of a file that are not empty, with their numbers; ``.gz`` is unpacked.

    A line that is not UTF-8 or longer than 64 MB is a problem.

    Raises:
        DatasetError: the file cannot be opened, or its compression is broken.
    """
    number = 0
    try:
        with _opened(path) as file:
            while raw := file.readline(LONGEST_LINE + 1):
                number += 1
                if len(raw) > LONGEST_LINE:
                    problems.add(Kind.UNREADABLE, f"{path.name}:{number}", "longer than 64 MB")
                    while raw and not raw.endswith(b"\n"):
                        raw = file.readline(LONGEST_LINE)
                    continue
                try:
                    text = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip("\r\n")
                except UnicodeDecodeError:
                    problems.add(Kind.UNREADABLE, f"{path.name}:{number}", "not UTF-8")
                    continue
                if text.strip():
                    yield number, text
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DatasetError(
            f"{path} is broken after line {number} ({error}); get the file anew",
            f"{path} 在第 {number} 行之后损坏，请重新取得这个文件",
        ) from error
    except OSError as error:
        raise unopened(path, error) from error


def records(path: Path, problems: Problems) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a JSON Lines file, each with its place; any other line is a problem."""
    for number, line in lines(path, problems):
        place = f"{path.name}:{number}"
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            problems.add(Kind.UNREADABLE, place, f"not JSON: {shown(line)}")
            continue
        if not isinstance(record, dict):
            problems.add(Kind.UNREADABLE, place, f"not a JSON object: {shown(line)}")
        elif _SURROGATE.search(line) and not _storable(record):
            problems.add(Kind.UNREADABLE, place, f"half a character: {shown(line)}")
        else:
            yield place, record


def read_json(path: Path) -> Any:
    """A whole JSON file; ``.gz`` is unpacked.

    Raises:
        DatasetError: it cannot be read.
    """
    try:
        with _opened(path) as file:
            return json.load(file)
    except (ValueError, RecursionError, EOFError, zlib.error) as error:
        raise DatasetError(
            f"{path} is not JSON ({error}); get the file anew",
            f"{path} 不是完整的 JSON，请重新取得这个文件",
        ) from error
    except OSError as error:
        raise unopened(path, error) from error


def unopened(path: Path, error: OSError) -> DatasetError:
    """What to tell when a file cannot be opened."""
    return DatasetError(
        f"{path} cannot be read ({error.strerror or error}); check the path and its permissions",
        f"无法读取 {path}，请检查路径和权限",
    )


def shown(text: str) -> str:
    """The start of a text for a message."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def text_of(record: dict[str, Any], *names: str) -> str | None:
    """The first of these fields that is there, as text; None where none is a text or a number."""
    for name in names:
        value = record.get(name)
        if isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return None


def texts_of(value: Any) -> tuple[str, ...]:
    """A list of texts without empty ones; a single text is a list of one."""
    items = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(item for item in items if isinstance(item, str) and item.strip())


def _storable(record: dict[str, Any]) -> bool:
    """Whether no text in it holds half of a surrogate pair, which no file or store can hold."""
    try:
        json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    if path.suffix == ".gz":
        with gzip.open(path, "rb") as file:
            yield cast("IO[bytes]", file)
    else:
        with path.open("rb") as file:
            yield file


class Seen:
    """Where keys were first met; any number of them, in a file that is gone when closed."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="wenju-eval-")
        self._db = sqlite3.connect(Path(self._folder.name) / "seen.sqlite", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("CREATE TABLE seen (key BLOB PRIMARY KEY, place TEXT) WITHOUT ROWID")
        self._db.execute("BEGIN")

    def first(self, key: str, place: str) -> str | None:
        """None where ``key`` is met for the first time, else the place where it was before."""
        digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        added = self._db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (digest, place))
        if added.rowcount:
            return None
        row = self._db.execute("SELECT place FROM seen WHERE key = ?", (digest,)).fetchone()
        return str(row[0])

    def __enter__(self) -> "Seen":
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()
        self._folder.cleanup()
