"""The trained weights as they are shipped: small differences from the backbone's.

A difference is kept as one of 15 steps in blocks of 64 weights that share a float16 scale, two to
a byte; small tensors are kept as float16 values. The file is a safetensors file, so nothing is
run when it is read, and its SHA-256 stands in the manifest beside it.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import ModelError

WEIGHTS = "weights.safetensors"
MANIFEST = "manifest.json"
_BLOCK = 64
_STEPS = 7
_SMALL = 16_384  # tensors up to this size are kept as they are

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shipped:
    """The folder of the shipped model.

    Attributes:
        folder: where it lies.
        digest: SHA-256 of the weights.
        judge: the numbers of the ranker and of the calibration.
        default: whether questions are answered with it unless told otherwise.
    """

    folder: Path
    digest: str
    judge: dict[str, Any]
    default: bool


def shipped(folder: Path | None = None) -> Shipped | None:
    """What is shipped, or None where nothing is.

    Raises:
        ModelError: the manifest cannot be read.
    """
    folder = folder or _folder()
    path = folder / MANIFEST
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Shipped(folder, found["sha256"], found["judge"], bool(found["default"]))
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"{path} is damaged ({error}); reinstall wenju",
            f"{path} 已损坏，请重新安装 wenju",
        ) from error


def pack(trained: dict[str, Floats], base: dict[str, Floats]) -> dict[str, npt.NDArray[Any]]:
    """Tensors to be shipped; ``base`` has those that a difference is taken from."""
    packed: dict[str, npt.NDArray[Any]] = {}
    for name, value in trained.items():
        start = base.get(name)
        if value.size <= _SMALL or start is None or value.size % _BLOCK:
            packed[f"{name}:whole"] = value.astype(np.float16)
            continue
        blocks = (value - start).reshape(-1, _BLOCK)
        scales = (np.abs(blocks).max(axis=1, keepdims=True) / _STEPS).astype(np.float16)
        units = np.maximum(scales.astype(np.float32), 1e-12)
        steps = np.clip(np.rint(blocks / units), -_STEPS, _STEPS).astype(np.int8) + 8
        steps = steps.astype(np.uint8).reshape(-1)
        packed[f"{name}:steps"] = (steps[0::2] | (steps[1::2] << 4)).astype(np.uint8)
        packed[f"{name}:scales"] = scales[:, 0]
    return packed


def unpack(packed: dict[str, npt.NDArray[Any]], base: dict[str, Floats]) -> dict[str, Floats]:
    """The trained tensors, from what ``pack`` made."""
    trained: dict[str, Floats] = {}
    for key, value in packed.items():
        name, kind = key.rsplit(":", 1)
        if kind == "whole":
            trained[name] = value.astype(np.float32)
        elif kind == "steps":
            steps = np.empty(value.size * 2, dtype=np.float32)
            steps[0::2] = value & 15
            steps[1::2] = value >> 4
            scales = packed[f"{name}:scales"].astype(np.float32)[:, None]
            change = (steps.reshape(-1, _BLOCK) - 8) * scales
            trained[name] = base[name] + change.reshape(base[name].shape)
    return trained


def read_packed(given: Shipped) -> dict[str, npt.NDArray[Any]]:
    """The shipped tensors, verified.

    Raises:
        ModelError: they are missing, or not those that the manifest names.
    """
    from safetensors.numpy import load

    path = given.folder / WEIGHTS
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"cannot read {path}: {error.strerror}; reinstall wenju",
            f"无法读取 {path}，请重新安装 wenju",
        ) from error
    digest = hashlib.sha256(data).hexdigest()
    if digest != given.digest:
        raise ModelError(
            f"{path} has SHA-256 {digest[:12]}…, expected {given.digest[:12]}…; reinstall wenju",
            f"{path} 与清单中的校验值不符，请重新安装 wenju",
        )
    tensors: dict[str, npt.NDArray[Any]] = load(data)
    return tensors


def _folder() -> Path:
    """Beside this file in an installed package, in ``data`` of a working copy."""
    installed = Path(__file__).parent / "shipped"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "data" / "evidence"
