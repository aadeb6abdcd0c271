"""What the derived indexes have in common: a manifest that tells what they reflect.

A derived index lies in a folder of its own, with a manifest: the stamp of the store generation that
it reflects, the digest of each of its files, and whatever else its content depends on. A folder
whose manifest is missing, or differs from what lies there, is made anew.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from index.paths import replace_file

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a derived index reflects.

    Attributes:
        stamp: of the store generation.
        basis: what the content depends on besides the store, such as the version of its format.
        files: SHA-256 of each file, by name.
    """

    stamp: str
    basis: str
    files: dict[str, str]


def write_manifest(folder: Path, stamp: str, basis: str, names: Iterable[str]) -> None:
    """Say what the files of these names in ``folder`` reflect."""
    files = {name: _digest(folder / name) for name in sorted(names)}
    content = {"stamp": stamp, "basis": basis, "files": files}
    replace_file(folder / MANIFEST, json.dumps(content, indent=1).encode())


def read_manifest(folder: Path, basis: str) -> Manifest | None:
    """The manifest in ``folder``; None where there is none of this basis."""
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    return manifest if manifest.basis == basis else None


def read_verified(folder: Path, manifest: Manifest, name: str) -> bytes | None:
    """A file's content; None where it is not what the manifest tells."""
    try:
        data = (folder / name).read_bytes()
    except OSError:
        return None
    return data if hashlib.sha256(data).hexdigest() == manifest.files.get(name) else None


def is_whole(folder: Path, manifest: Manifest) -> bool:
    """Whether each file is what the manifest tells."""
    try:
        return all(_digest(folder / name) == digest for name, digest in manifest.files.items())
    except OSError:
        return False


def discard(folder: Path) -> None:
    """Remove a derived index; the manifest first, so that a half removed one is not trusted."""
    (folder / MANIFEST).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
