"""Models in OpenVINO form, made ready for this machine once and kept in the cache folder."""

import json
import os
import shutil
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock

from index.embedders.base import Progress
from index.errors import ModelError
from index.paths import cache_dir, replace_file

MODEL = "model.xml"
MANIFEST = "manifest.json"
SETTINGS = {"PERFORMANCE_HINT": "LATENCY", "DYNAMIC_QUANTIZATION_GROUP_SIZE": 128}
"""How networks are compiled. In groups of 128, 8 bits gain 1.87 at a cosine of .9997 of vectors; of
64, 1.48 at .9998; of 32, 1.32 at .9999."""

_UNUSED = 90 * 24 * 60 * 60  # seconds

Build = Callable[[Path, Progress], dict[str, Any]]


def ready(name: str, build: Build, progress: Progress) -> Path:
    """The folder with a prepared model; made when it is not there yet.

    Safe against other processes that do the same, and against being killed.

    Args:
        name: of the folder; tells everything that the model depends on.
        build: writes ``MODEL`` and what else is needed into an empty folder, and returns what its
            manifest tells beside the sizes of the files.
        progress: told while it is built.

    Raises:
        ModelError: the model cannot be built, or the cache folder cannot be written.
    """
    folder = cache_dir() / "models" / name
    if _is_whole(folder):
        with suppress(OSError):  # a cache may be for reading only
            os.utime(folder / MANIFEST)
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{folder}.lock"):
            if not _is_whole(folder):
                _make(folder, build, progress)
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


@contextmanager
def loading(folder: Path) -> Iterator[None]:
    """For what loads a prepared model: where that fails, the model is removed to be made anew.

    Raises:
        ModelError: it cannot be loaded.
    """
    try:
        yield
    except Exception as error:
        forget(folder)
        raise ModelError(
            f"the prepared model in {folder} cannot be loaded and was removed; "
            "run the command again to prepare it anew",
            f"{folder} 里准备好的模型无法加载，已经删除；请重新运行，会再准备一次",
        ) from error


def load_openvino() -> Any:
    """The library, without the telemetry that it sends when it is imported and at each conversion.

    Nothing leaves the machine. Both it and nncf do without that package where it is missing.
    """
    if "openvino_telemetry" not in sys.modules:
        sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    import openvino  # noqa: TID251

    return openvino


def compile_model(folder: Path) -> Any:
    """The prepared model, compiled for this processor; the result is kept for the next time."""
    core = load_openvino().Core()
    core.set_property({"CACHE_DIR": str(folder / "compiled")})
    return core.compile_model(folder / MODEL, "CPU", SETTINGS)


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


def _is_whole(folder: Path) -> bool:
    """Whether it has every file that its manifest tells, of the size it tells."""
    try:
        sizes = json.loads((folder / MANIFEST).read_text())["sizes"]
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, KeyError):
        return False


def _forget_unused(models: Path) -> None:
    """Remove what was not used for long: what older versions have prepared."""
    for manifest in models.glob(f"*/{MANIFEST}"):
        if manifest.stat().st_mtime < time.time() - _UNUSED:
            forget(manifest.parent)


def _make(folder: Path, build: Build, progress: Progress) -> None:
    working = folder.with_name(f".{folder.name}.{os.getpid()}")
    forget(working)
    forget(folder)
    working.mkdir()
    try:
        manifest = build(working, progress)
        files = [path for path in working.iterdir() if path.is_file()]
        manifest["sizes"] = {path.name: path.stat().st_size for path in files}
        working.rename(folder)
    finally:
        forget(working)
    # Compiled once before others may load it: they would all write the same file.
    compile_model(folder)
    replace_file(folder / MANIFEST, json.dumps(manifest, indent=1).encode())
    _forget_unused(folder.parent)
