"""What articles tell of where they are from, as far as it is given out."""

from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit


def safe_url(url: str | None) -> str | None:
    """``url`` where it is an http or https address, else None."""
    if url is None or any(c.isspace() or not c.isprintable() for c in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname else None


def safe_source(source: str) -> str:
    """``source``, of a path only its last part: clients need not know this machine's folders."""
    path = PurePath(source)
    return path.name if path.is_absolute() else source


def with_safe_urls(value: dict[str, Any]) -> dict[str, Any]:
    """An answer or a list of passages as JSON has it, its citations with safe addresses only."""
    for name in ("citations", "passages"):
        for cited in value.get(name, ()):
            cited["url"] = safe_url(cited["url"])
    for candidate in value.get("candidates", ()):
        with_safe_urls(candidate)
    return value
