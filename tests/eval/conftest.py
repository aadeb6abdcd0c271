"""Fixtures for evaluation: a fast stand-in model, and a small set that was run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from eval import run, sweep
from eval.datasets import check
from eval.datasets.check import Wanted, read_dataset
from eval.problems import Problems
from eval.records import Dataset
from eval.run import Plan, make_run
from eval.run_files import Run
from eval.settings import Settings
from index.embedders.base import no_progress
from qa.evidence.use import Reads
from qa.records import Evidence
from tests.eval.layouts import beir
from tests.support import HashEmbedder

Make = Callable[..., Run]


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> HashEmbedder:
    """Runs use the stand-in model and a cache of their own."""
    embedder = HashEmbedder()
    monkeypatch.setenv("WENJU_CACHE", str(tmp_path / "cache"))
    for module in (check, run, sweep):
        monkeypatch.setattr(module, "open_embedder", lambda *_: embedder)
    return embedder


def read(path: Path, split: str | None = None) -> Dataset:
    return read_dataset(Wanted(path, split), Problems())


@pytest.fixture
def made(hashed: HashEmbedder, tmp_path: Path) -> Make:
    """Makes a run of a small BEIR set, or of another; passages are not read unless asked for."""

    def make(out: str = "run", dataset: Dataset | None = None, **settings: object) -> Run:
        wanted = dataset or read(beir(tmp_path / "set"))
        given = {"model": "hash", "reads": Reads(Evidence.OFF), **settings}
        plan = Plan.of(wanted, Settings(**given))  # type: ignore[arg-type]
        return make_run(plan, tmp_path / out, no_progress)

    return make
