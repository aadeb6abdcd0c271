"""The SQLite file under the store."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import CollectionBusy, CollectionCorrupt, CollectionError

_PATIENCE = 30.0  # seconds to wait for another process's transaction


class Database(sqlite3.Connection):
    """A connection whose errors tell what to do.

    Raises:
        CollectionBusy, CollectionCorrupt, CollectionError: on construction and in whatever is
            done with it, when SQLite cannot go on.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # The URI keeps a missing file from being made; threads are kept apart by the collection.
        mode = "rw" if path.exists() else "rwc"
        with self._guarded():
            super().__init__(
                f"{path.absolute().as_uri()}?mode={mode}",
                uri=True,
                timeout=_PATIENCE,
                isolation_level=None,
                check_same_thread=False,
            )
            self.execute("PRAGMA synchronous = FULL")
            self.execute("PRAGMA foreign_keys = ON")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes inside, or none of them."""
        with self._guarded():
            self.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.execute("ROLLBACK")
                raise
            self.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """What is read inside is all of one moment."""
        if self.in_transaction:
            yield
            return
        with self._guarded():
            self.execute("BEGIN")
            try:
                yield
            finally:
                self.execute("COMMIT")

    def rows(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Any]:
        """The rows that a query gives."""
        with self._guarded():
            yield from self.execute(sql, values)

    def row(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first of them, or None."""
        return next(self.rows(sql, values), None)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise _told(self.path, error) from error


def _told(path: Path, error: sqlite3.DatabaseError) -> Exception:
    """What SQLite says as an error of ours; a mistake in the code stays what it is."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest are details
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return CollectionBusy(
            f"another process keeps {path} locked; try again when it is done",
            f"另一个进程占用着 {path}，请等它结束后再试",
        )
    if code in (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
    ):
        return CollectionError(
            f"cannot read or write {path} ({error}); see to its permissions and the free space",
            f"无法读写 {path}（{error}），请检查权限和剩余空间",
        )
    if code not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return error
    return CollectionCorrupt(
        f"{path} cannot be read ({error}); restore it from a copy, "
        "or move the folder away and add the sources again",
        f"无法读取 {path}（{error}）；请用备份恢复，或移走这个文件夹后重新加入原文",
    )
