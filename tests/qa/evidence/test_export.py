"""Shipped weights from a run's checkpoint."""

import hashlib
import json
from pathlib import Path

import pytest
import torch

from index.errors import ModelError
from qa.evidence.export import export
from qa.evidence.network import Network, tensors_of
from qa.evidence.train import CHECKPOINT
from qa.evidence.weights import MANIFEST, WEIGHTS, read_packed, shipped, unpack

NAME = "relevance.weight"


def checkpoint(run: Path, value: float) -> None:
    run.mkdir()
    average = {NAME: torch.full((1, 768), value)}
    state = {"average": average, "step": 3, "pairs": 72, "seconds": 60.0}
    torch.save(state, run / CHECKPOINT)


def weights(out: Path) -> float:
    given = shipped(out)
    assert given is not None
    return float(unpack(read_packed(given), tensors_of(Network()))[NAME].mean())


def test_weights_are_those_of_the_run_or_the_mean_with_those_before(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    checkpoint(tmp_path / "first", 1.0)
    with pytest.raises(ModelError, match="no weights"):
        export(tmp_path / "first", out, share=0.5)
    export(tmp_path / "first", out)
    manifest = json.loads((out / MANIFEST).read_text())
    assert manifest["sha256"] == hashlib.sha256((out / WEIGHTS).read_bytes()).hexdigest()
    assert (manifest["steps"], manifest["pairs"], manifest["judge"]) == (3, 72, {})
    assert weights(out) == pytest.approx(1.0)

    (out / MANIFEST).write_text(json.dumps({**manifest, "judge": {"threshold": 0.1}}))
    checkpoint(tmp_path / "second", 2.0)
    export(tmp_path / "second", out, share=0.25)
    assert weights(out) == pytest.approx(1.25)
    assert json.loads((out / MANIFEST).read_text())["judge"] == {"threshold": 0.1}
