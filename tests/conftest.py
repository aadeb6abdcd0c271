"""Fixtures that the tests share."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from index.collection import Collection
from index.embedders import open_embedder
from index.embedders.base import Embedder
from tests.support import ROOT, HashEmbedder, sample_articles

# Times vary between machines; slow tests are found by looking, not by failing.
settings.register_profile("wenju", deadline=None)
settings.load_profile("wenju")

Wenju = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def hash_embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture(scope="session")
def e5() -> Embedder:
    """The real embedded model."""
    return open_embedder()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, e5: Embedder) -> Iterator[Collection]:
    """The sample collection with the real model; tests only read it."""
    folder = tmp_path_factory.mktemp("sample") / "collection"
    with Collection.create(folder, embedder=e5) as collection:
        collection.add(sample_articles())
        yield collection


@pytest.fixture
def wenju(tmp_path: Path) -> Wenju:
    """Run the command line as a process of its own, in an empty folder."""

    def run(
        *arguments: str, stdin: str | None = None, **env: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "wenju", *arguments],
            cwd=tmp_path,
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": str(ROOT), **env},
            timeout=240,
            check=False,
        )

    return run
