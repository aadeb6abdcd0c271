"""Tables of words that take long to make, kept in the cache."""

import json
from collections.abc import Callable
from pathlib import Path

from index.paths import cache_dir, replace_file

Table = dict[str, tuple[str, ...]]


def kept(name: str, make: Callable[[], Table]) -> Table:
    """The table of that name from the cache; made anew where it is not there or not whole."""
    path = cache_dir() / f"{name}.json"
    known = _load(path)
    if known is not None:
        return known
    table = make()
    replace_file(path, json.dumps(table, ensure_ascii=False).encode())
    return table


def _load(path: Path) -> Table | None:
    try:
        table = json.loads(path.read_bytes())
        return {str(word): tuple(map(str, others)) for word, others in table.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return None
