"""The form in which a network is kept."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.embedders import forms
from index.embedders.ready import MODEL, compile_model, load_openvino
from tests.support import ROOT


class Network:
    """Two products with outliers in one of 256 columns, as language models have them."""

    def __init__(self) -> None:
        random = np.random.default_rng(2)
        self.first = random.normal(size=(256, 512)).astype(np.float32) / 16
        self.second = random.normal(size=(512, 256)).astype(np.float32) / 16
        self.given = random.normal(size=(4, 128, 256)).astype(np.float32)
        self.given[..., 7] *= 40

    def model(self) -> Any:
        ov = load_openvino()
        ops = ov.opset13
        states = ops.parameter([-1, -1, 256], np.float32, name="states")
        inner = ops.gelu(ops.matmul(states, ops.constant(self.first), False, False), "erf")
        return ov.Model([ops.matmul(inner, ops.constant(self.second), False, False)], [states])

    def outputs(self, folder: Path) -> Any:
        request = compile_model(folder).create_infer_request()
        request.infer({"states": self.given})
        return request.get_output_tensor(0).data.reshape(-1, 256).copy()


@pytest.mark.parametrize(("gain", "small"), [(1.2, False), (1.3, True)])
def test_8_bits_are_kept_where_they_gain_enough_and_change_little(
    gain: float, small: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = Network()
    monkeypatch.setattr(forms, "_gain", lambda *_: 1.0)
    plain, chosen = tmp_path / "plain", tmp_path / "chosen"
    plain.mkdir()
    forms.save_fastest(network.model(), plain, {"states": network.given})
    monkeypatch.setattr(forms, "_gain", lambda *_: gain)
    chosen.mkdir()
    told = forms.save_fastest(network.model(), chosen, {"states": network.given})
    assert told["int8 speed-up here"] == gain
    assert (told["precision"] == "int8") is small
    sizes = [(folder / MODEL).with_suffix(".bin").stat().st_size for folder in (plain, chosen)]
    assert (sizes[1] < 0.6 * sizes[0]) is small
    before, after = network.outputs(plain), network.outputs(chosen)
    cosines = (before * after).sum(axis=1)
    cosines /= np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    assert cosines.min() > 0.999


def test_both_forms_are_timed(tmp_path: Path) -> None:
    network = Network()
    told = forms.save_fastest(network.model(), tmp_path, {"states": network.given})
    assert told["int8 speed-up here"] > 0
    assert (told["precision"] == "int8") is (told["int8 speed-up here"] >= 1.25)


def test_nothing_is_printed(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from index.embedders.forms import save_fastest
from tests.index.test_forms import Network
network = Network()
for name in ("one", "other"):
    folder = Path(sys.argv[1]) / name
    folder.mkdir()
    save_fastest(network.model(), folder, {"states": network.given})
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    assert (done.stdout, done.stderr) == (b"", b"")
