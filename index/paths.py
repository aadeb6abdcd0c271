"""Where files go, and how one is replaced whole."""

import os
from pathlib import Path

import platformdirs

COLLECTION_VARIABLE = "WENJU_COLLECTION"
CACHE_VARIABLE = "WENJU_CACHE"


def default_collection() -> Path:
    """The collection meant when none is named: ``$WENJU_COLLECTION`` or ``wenju-collection``."""
    return Path(os.environ.get(COLLECTION_VARIABLE) or "wenju-collection")


def cache_dir() -> Path:
    """Where prepared models and tables are kept: ``$WENJU_CACHE``, else the user's cache folder."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("wenju", appauthor=False))


def replace_file(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``; a reader finds the old content or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
