"""The shipped weights: packed, verified, refused."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from index.errors import ModelError
from qa.evidence.use import Reads, witness
from qa.evidence.weights import MANIFEST, WEIGHTS, pack, read_packed, shipped, unpack
from qa.records import Evidence, Mode


def test_packing_loses_little() -> None:
    random = np.random.default_rng(3)
    base = {"big": random.normal(size=(384, 64)).astype(np.float32)}
    change = random.normal(scale=0.01, size=(384, 64)).astype(np.float32)
    trained = {"big": base["big"] + change, "small": random.normal(size=9).astype(np.float32)}
    packed = pack(trained, base)
    assert sum(value.nbytes for value in packed.values()) < 384 * 64 * 0.6
    again = unpack(packed, base)
    error = np.abs(again["big"] - trained["big"]).mean() / np.abs(change).mean()
    assert error < 0.2
    assert np.allclose(again["small"], trained["small"], rtol=1e-3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = save({"a:whole": np.ones(3, np.float16)})
    (tmp_path / WEIGHTS).write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    (tmp_path / MANIFEST).write_text(json.dumps({"sha256": digest, "judge": {}, "default": False}))
    return tmp_path


def test_whole_weights_are_read(folder: Path) -> None:
    given = shipped(folder)
    assert given is not None
    assert read_packed(given)["a:whole"].tolist() == [1, 1, 1]


def test_changed_weights_are_refused(folder: Path) -> None:
    given = shipped(folder)
    assert given is not None
    data = bytearray((folder / WEIGHTS).read_bytes())
    data[-1] ^= 1
    (folder / WEIGHTS).write_bytes(data)
    with pytest.raises(ModelError, match="SHA-256"):
        read_packed(given)


def test_a_broken_manifest_names_the_file(folder: Path) -> None:
    (folder / MANIFEST).write_text('{"sha256": ')
    with pytest.raises(ModelError, match=MANIFEST):
        shipped(folder)


def test_nothing_shipped_is_no_error(tmp_path: Path) -> None:
    assert shipped(tmp_path) is None


def test_off_and_other_modes_read_nothing() -> None:
    assert witness(Reads(Evidence.OFF), Mode.HYBRID) is None
    assert witness(Reads(Evidence.ON), Mode.DENSE) is None
