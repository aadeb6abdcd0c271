"""The names that a collection's articles introduce, kept beside its other derived indexes."""

import json
from collections.abc import Sequence
from pathlib import Path

from index.derived import discard, read_manifest, read_verified, write_manifest
from index.names import Names, Naming, mine
from index.paths import replace_file
from index.store import Store
from index.text import folder as text_folder

FOLDER = "names"
_FILE = "names.json"
_BASIS = "names-2"
_CHUNK = 500


class NameIndex:
    """What each passage introduces as names of one thing."""

    def __init__(self) -> None:
        self._by_passage: dict[int, list[Naming]] = {}

    @classmethod
    def load(cls, folder: Path, store: Store) -> "NameIndex | None":
        """The index as of the store's generation; None where its files are missing or broken.

        Writes nothing; safe while another process writes the files.
        """
        loaded = cls._from_files(folder, store)
        return loaded[0] if loaded else None

    @classmethod
    def repair(cls, folder: Path, store: Store) -> "NameIndex":
        """The index as of the store's generation, with its files. For the only writer."""
        loaded = cls._from_files(folder, store)
        if loaded and not loaded[1]:
            return loaded[0]
        index = loaded[0] if loaded else cls.build(store)
        index._write(folder / FOLDER, store)
        return index

    @classmethod
    def build(cls, store: Store) -> "NameIndex":
        """The index as of the store's generation, from the store alone."""
        index = cls()
        index._add_from(store, store.added_since(0))
        return index

    @classmethod
    def _from_files(cls, folder: Path, store: Store) -> "tuple[NameIndex, int] | None":
        """The caught up index with the number of changes since its file was written."""
        home = folder / FOLDER
        manifest = read_manifest(home, _BASIS)
        behind = store.generation_of(manifest.stamp) if manifest else None
        if manifest is None or behind is None:
            return None
        data = read_verified(home, manifest, _FILE)
        if data is None:
            return None
        index = cls()
        for number, name, alias in json.loads(data):
            index._by_passage.setdefault(number, []).append(Naming(name, alias))
        removed, added = store.removed_since(behind), store.added_since(behind)
        for number in removed:
            index._by_passage.pop(number, None)
        index._add_from(store, added)
        return index, len(removed) + len(added)

    def names(self, given: Sequence[tuple[str, ...]] = ()) -> Names:
        """All names; ``given`` are groups of names that the collection's owner wrote down."""
        mined = (naming for found in self._by_passage.values() for naming in found)
        return Names(mined, given)

    def _add_from(self, store: Store, ids: Sequence[int]) -> None:
        fold = text_folder().fold
        for low in range(0, len(ids), _CHUNK):
            for number, stored in store.passages(ids[low : low + _CHUNK]).items():
                if found := list(mine(fold(stored.passage.text))):
                    self._by_passage[number] = found

    def _write(self, home: Path, store: Store) -> None:
        discard(home)
        rows = [
            (number, naming.name, naming.alias)
            for number, found in sorted(self._by_passage.items())
            for naming in found
        ]
        replace_file(home / _FILE, json.dumps(rows, ensure_ascii=False).encode())
        write_manifest(home, store.stamp, _BASIS, (_FILE,))
