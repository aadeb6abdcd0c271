"""What other regions call a thing: 软件 is 軟體 in Taiwan, 出租车 is 計程車.

OpenCC knows the phrases, but its tables take a third of a second to load. What they make of the
segmenter's words is worked out once and kept in the cache.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from index.paths import cache_dir, replace_file

Regions = dict[str, tuple[str, ...]]


def regions_of(words: Iterable[str]) -> Regions:
    """What each of these words, in normal form, is called elsewhere; others are left out."""
    import opencc

    there, simplify = opencc.OpenCC("s2twp"), opencc.OpenCC("t2s")
    back, home = opencc.OpenCC("s2t"), opencc.OpenCC("tw2sp")
    known = [word for word in words if len(word) > 1 and "\n" not in word]
    lines = "\n".join(known)  # one call; a phrase never spans a line
    abroad = simplify.convert(there.convert(lines)).split("\n")
    at_home = home.convert(back.convert(lines)).split("\n")
    found = {}
    for word, *others in zip(known, abroad, at_home, strict=True):
        if names := tuple(dict.fromkeys(other for other in others if other != word)):
            found[word] = names
    return found


@lru_cache(maxsize=1)
def regions() -> Regions:
    """The table for the segmenter's words, from the cache or made anew."""
    versions = "-".join(metadata.version(name) for name in ("jieba", "opencc"))
    path = cache_dir() / f"regions-{versions}.json"
    return _load(path) or _make(path)


def _load(path: Path) -> Regions | None:
    try:
        table = json.loads(path.read_bytes())
        return {str(word): tuple(map(str, others)) for word, others in table.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return None


def _make(path: Path) -> Regions:
    from index.words import analyzer

    table = regions_of(analyzer().vocabulary())
    replace_file(path, json.dumps(table, ensure_ascii=False).encode())
    return table
