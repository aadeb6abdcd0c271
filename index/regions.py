"""What other regions call a thing: 软件 is 軟體 in Taiwan, 出租车 is 計程車.

OpenCC knows the phrases, but its tables take a third of a second to load. What they make of the
segmenter's words is worked out once and kept in the cache.
"""

from collections.abc import Iterable
from functools import lru_cache
from importlib import metadata

from index.tables import Table, kept


def regions_of(words: Iterable[str]) -> Table:
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
def regions() -> Table:
    """The table for the segmenter's words, from the cache or made anew."""
    versions = "-".join(metadata.version(name) for name in ("jieba", "opencc"))
    return kept(f"regions-{versions}", _make)


def _make() -> Table:
    from index.words import analyzer

    return regions_of(analyzer().vocabulary())
