"""Models made ready once."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from index.embedders import ready as module
from index.embedders.base import Progress, no_progress
from index.embedders.ready import MANIFEST, MODEL, ready
from index.errors import ModelError


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WENJU_CACHE", str(tmp_path))
    monkeypatch.setattr(module, "compile_model", lambda _: None)
    return tmp_path


def build(folder: Path, progress: Progress) -> dict[str, Any]:
    progress("building", 1, 1)
    (folder / MODEL).write_text("a model")
    return {"precision": "none"}


def never(folder: Path, progress: Progress) -> dict[str, Any]:
    raise AssertionError("built twice")


def test_it_is_built_once() -> None:
    folder = ready("some", build, no_progress)
    assert (folder / MODEL).read_text() == "a model"
    assert json.loads((folder / MANIFEST).read_text()) == {
        "precision": "none",
        "sizes": {MODEL: 7},
    }
    assert ready("some", never, no_progress) == folder


@pytest.mark.parametrize("file", [MODEL, MANIFEST])
def test_what_is_not_whole_is_built_again(file: str) -> None:
    folder = ready("some", build, no_progress)
    (folder / file).write_text("cut")
    ready("some", build, no_progress)
    assert (folder / MODEL).read_text() == "a model"
    assert ready("some", never, no_progress) == folder


def test_a_build_that_fails_leaves_nothing(cache: Path) -> None:
    def fails(folder: Path, progress: Progress) -> dict[str, Any]:
        (folder / MODEL).write_text("half")
        raise RuntimeError("no memory")

    with pytest.raises(RuntimeError):
        ready("some", fails, no_progress)
    assert [path.name for path in (cache / "models").iterdir() if path.is_dir()] == []
    ready("some", build, no_progress)


def test_what_was_not_used_for_long_is_removed_when_another_is_made() -> None:
    now = time.time()
    day = 24 * 60 * 60
    old, used = (ready(name, build, no_progress) for name in ("old", "used"))
    for folder in (old, used):
        os.utime(folder / MANIFEST, (now - 100 * day, now - 100 * day))
    ready("used", never, no_progress)
    new = ready("new", build, no_progress)
    assert not old.exists()
    assert used.exists()
    assert new.exists()


def test_a_cache_that_cannot_be_written_is_told(cache: Path) -> None:
    (cache / "models").write_text("a file where the folder should be")
    with pytest.raises(ModelError, match="WENJU_CACHE"):
        ready("some", build, no_progress)


def test_openvino_is_loaded_without_its_telemetry() -> None:
    code = (
        "from index.embedders.ready import load_openvino\n"
        "load_openvino()\n"
        "import sys, openvino.tools.ovc.telemetry_utils as used\n"
        "print(used.tm.__name__, sys.modules['openvino_telemetry'])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["openvino.tools.ovc.telemetry_stub", "None"]
