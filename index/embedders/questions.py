"""What is changed in the default model where it embeds questions.

The model was made for many languages and tasks. For a question to find the Chinese passage that
answers it, each linear layer W becomes W + U·D, with U and D of low rank (Hu et al. 2021,
arXiv:2106.09685), learnt by ``qa.evidence.questions``. Passages are embedded by the model as it is,
so their vectors stay valid whatever is learnt.
"""

import hashlib
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import ModelError

FILE = "questions.safetensors"
UP, DOWN = ".up", ".down"


@dataclass(frozen=True, slots=True)
class Change:
    """The learnt matrices.

    Attributes:
        digest: SHA-256 of the file.
        tensors: float16, by the layer's name with ``.up``, shape (outputs, rank), or ``.down``,
            shape (rank, inputs).
    """

    digest: str
    tensors: dict[str, npt.NDArray[Any]]


def read_change() -> Change:
    """The change that is shipped.

    Raises:
        ModelError: the file is missing or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    file = resources.files(__package__).joinpath(FILE)
    try:
        data = file.read_bytes()
        return Change(hashlib.sha256(data).hexdigest(), load(data))
    except (OSError, SafetensorError) as error:
        raise ModelError(
            f"{file} cannot be read ({error}); reinstall wenju",
            f"无法读取 {file}，请重新安装 wenju",
        ) from error


def lay_onto(network: Any, change: Change) -> None:
    """Put the change into a ``transformers.BertModel`` of the default model.

    Raises:
        ModelError: it is for another model.
    """
    import torch

    layers = dict(network.named_modules())
    with torch.no_grad():
        for name, up in change.tensors.items():
            if not name.endswith(UP):
                continue
            layer = name.removesuffix(UP)
            down = change.tensors.get(layer + DOWN)
            if layer not in layers or down is None:
                raise ModelError(f"{FILE} is not for the model that is installed; reinstall wenju")
            product = up.astype(np.float32) @ down.astype(np.float32)
            layers[layer].weight += torch.from_numpy(product)
