"""In which numbers a network computes on this machine, chosen when it is made ready.

Either as the processor does by itself (32-bit floats, or 16-bit ones where it has instructions for
them), or with 8-bit weights, each channel having its scale. States are then rounded to 8 bits at
each product, by groups of each token's own, so that outliers cost the others nothing. On processors
with instructions for 8-bit products (AVX-512 VNNI) that is up to 1.9 times as fast.
"""

import math
import time
from pathlib import Path
from typing import Any

import numpy as np

from index.embedders.ready import MODEL, SETTINGS, load_openvino, silence

_MUST_GAIN = 1.25  # what less gains is not worth the little that is lost


def save_fastest(model: Any, folder: Path, inputs: dict[str, Any]) -> dict[str, Any]:
    """Write a network into ``folder`` in the form that is fastest here.

    Args:
        model: in OpenVINO.
        folder: of what is made ready.
        inputs: of a usual size, to time both forms with.

    Returns:
        What the manifest tells of it.
    """
    openvino = load_openvino()
    core = openvino.Core()
    smaller = _with_8_bits(model.clone())
    plain, other = (core.compile_model(form, "CPU", SETTINGS) for form in (model, smaller))
    gain = _gain(plain, other, inputs)
    small = gain >= _MUST_GAIN
    openvino.save_model(smaller if small else model, folder / MODEL, compress_to_fp16=True)
    # The library computes in 16 bits by itself where the processor has instructions for it.
    precision = plain.get_property("INFERENCE_PRECISION_HINT").get_type_name()
    return {"precision": "int8" if small else precision, "int8 speed-up here": round(gain, 2)}


def inputs_of(texts: int, tokens: int, hidden: int) -> dict[str, Any]:
    """Word vectors and mask of so many texts, to time a network with."""
    rows = np.random.default_rng(0).normal(size=(texts, tokens, hidden)).astype(np.float32)
    return {"embeddings": rows, "mask": np.ones((texts, tokens), dtype=np.int64)}


def _with_8_bits(model: Any) -> Any:
    with silence():  # it keeps hold of the output that it is imported with
        import nncf  # noqa: TID251  # openvino has been loaded

        return nncf.compress_weights(model, mode=nncf.CompressWeightsMode.INT8_ASYM)


def _gain(plain: Any, other: Any, inputs: dict[str, Any]) -> float:
    """How many times as fast the second network is on this machine.

    Both in turn, the best round of each: so what else the machine does meanwhile counts little.
    """
    best = [math.inf, math.inf]
    requests = [network.create_infer_request() for network in (plain, other)]
    for turn in range(9):  # the first one warms up
        for place, request in enumerate(requests):
            start = time.perf_counter()
            request.infer(inputs)
            if turn:
                best[place] = min(best[place], time.perf_counter() - start)
    return best[0] / best[1]
