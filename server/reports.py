"""Reports of evaluations that lie with a collection, and who may open them in a browser."""

import hashlib
import hmac
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from server.settings import Settings

SUFFIX = ".html"
KEY_SECONDS = 3600
_UNIT = 60  # keys expire on whole minutes, so that a list read twice has the same addresses

# A report's script works on the page alone: it reaches neither the API nor another address.
POLICY = "; ".join(
    (
        "sandbox allow-scripts",
        "default-src 'none'",
        "script-src 'unsafe-inline'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "frame-ancestors 'none'",
    )
)


def report_files(folder: Path) -> Iterator[Path]:
    """The reports in a folder, which may be missing, the newest first."""
    if not folder.is_dir():
        return
    files = [
        path
        for path in folder.glob(f"*{SUFFIX}")
        if path.is_file() and not path.is_symlink() and not path.name.startswith(".")
    ]
    yield from sorted(files, key=lambda path: (-path.stat().st_mtime, path.name))


def report_url(settings: Settings, name: str) -> str:
    """A report's address; with a key where reading wants a token, which a link cannot carry."""
    url = f"/reports/{quote(name, safe='')}"
    if settings.read_token is None:
        return url
    until = int(time.time() + KEY_SECONDS) // _UNIT * _UNIT
    return f"{url}?until={until}&key={_key(settings.read_token, name, until)}"


def opens(settings: Settings, name: str, until: int, key: str) -> bool:
    """Whether the key of an address is right and still holds."""
    if settings.read_token is None:
        return False
    right = _key(settings.read_token, name, until)
    return hmac.compare_digest(right.encode(), key.encode()) and time.time() < until


def _key(token: str, name: str, until: int) -> str:
    return hmac.new(token.encode(), f"{until} {name}".encode(), hashlib.sha256).hexdigest()
