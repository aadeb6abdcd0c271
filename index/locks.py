"""One writer at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from index.errors import CollectionBusy

LOCK = "write.lock"


@contextmanager
def locked(folder: Path, patience: float) -> Iterator[None]:
    """Be the only process that writes to the collection; wait up to ``patience`` seconds."""
    lock = filelock.FileLock(folder / LOCK, timeout=patience)
    try:
        lock.acquire()
    except filelock.Timeout as error:
        raise CollectionBusy(
            f"another process has been writing to {folder} for {patience:.0f} seconds; "
            "try again when it is done",
            f"另一个进程已经写了 {patience:.0f} 秒 {folder}，请等它结束后再试",
        ) from error
    try:
        yield
    finally:
        lock.release()
