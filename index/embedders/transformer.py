"""Any other sentence-transformers model, by name or folder."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.embedders.base import (
    Identity,
    PassageInput,
    PassageVectors,
    Vectors,
    pool_sentences,
    unit,
)
from index.errors import ModelError

_LONGEST_WINDOW = 8192
_BATCH = 16
# The only thing that may reach the network, and only when the user asks for it.
DOWNLOAD_VARIABLE = "WENJU_DOWNLOAD"


class TransformerEmbedder:
    """A sentence-transformers model; see ``Embedder``.

    Questions and passages get the prompts that the model's configuration names for queries and
    documents. Sentence vectors need mean pooling; with another kind passages have none.

    Raises:
        ModelError: on construction, when there is no such model here or it cannot be loaded.
    """

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        local = os.environ.get(DOWNLOAD_VARIABLE) != "1"
        folder = Path(name).expanduser()
        given = str(folder.resolve()) if folder.is_dir() else name
        try:
            self._model = SentenceTransformer(given, local_files_only=local)
        except Exception as error:
            hint = f"; set {DOWNLOAD_VARIABLE}=1 to let it be downloaded" if local else ""
            chinese_hint = f"；设置 {DOWNLOAD_VARIABLE}=1 可允许下载" if local else ""
            reason = str(error).strip().split("\n")[0]
            raise ModelError(
                f"cannot load the model {name!r} ({type(error).__name__}: {reason}); expected "
                f"e5-small, a sentence-transformers folder, or a model that is here{hint}",
                f"无法加载模型“{name}”，应为 e5-small、sentence-transformers 模型文件夹，"
                f"或本机已有的模型名称{chinese_hint}",
            ) from error
        self._identity = _identity(given, self._model)
        self._document_prompt = self._identity.passage_prefix

    @property
    def identity(self) -> Identity:
        """Which model this is."""
        return self._identity

    @property
    def window(self) -> int:
        """Tokens of a passage that are read in one piece."""
        longest = self._model.max_seq_length or _LONGEST_WINDOW
        prefix = self.count_tokens([self._identity.passage_prefix])[0]
        return max(16, min(longest, _LONGEST_WINDOW) - prefix - 8)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens in each text, markers and prefixes apart."""
        if not texts:
            return []
        encoded = self._model.tokenizer(
            list(texts), add_special_tokens=False, truncation=False, verbose=False
        )
        return [len(ids) for ids in encoded["input_ids"]]

    def embed_questions(self, questions: Sequence[str]) -> Vectors:
        """Unit vectors of questions, shape (questions, dimension)."""
        vectors = self._model.encode_query(
            list(questions), convert_to_numpy=True, show_progress_bar=False
        )
        return unit(np.asarray(vectors, dtype=np.float32))

    def embed_passages(
        self, passages: Sequence[PassageInput]
    ) -> Iterator[tuple[int, PassageVectors]]:
        """Vectors of passages, each with its place in ``passages``, as they get ready."""
        for low in range(0, len(passages), _BATCH):
            batch = passages[low : low + _BATCH]
            leads = [f"{p.context}\n" if p.context else "" for p in batch]
            texts = [lead + p.text for lead, p in zip(leads, batch, strict=True)]
            outputs: Any = self._model.encode(
                texts, prompt=self._document_prompt, output_value=None, show_progress_bar=False
            )
            for place, output in enumerate(outputs):
                passage = unit(np.asarray(output["sentence_embedding"].float(), dtype=np.float32))
                sentences = np.empty((0, passage.shape[0]), dtype=np.float32)
                if self._identity.pooling == "mean":
                    sentences = self._sentences(
                        texts[place], len(leads[place]), output, batch[place], passage
                    )
                yield low + place, PassageVectors(passage, sentences)

    def _sentences(
        self, text: str, lead: int, output: Any, given: PassageInput, passage: Vectors
    ) -> Vectors:
        states = np.asarray(output["token_embeddings"].float(), dtype=np.float32)
        encoded = self._model.tokenizer(
            self._document_prompt + text,
            return_offsets_mapping=True,
            truncation=True,
            max_length=self._model.max_seq_length,
        )
        before = len(self._document_prompt) + lead
        # A marker has the empty range (0, 0): the one at the end must not start before the text.
        starts = np.array(
            [
                start - before if end > start or place == 0 else len(text)
                for place, (start, end) in enumerate(encoded["offset_mapping"])
            ]
        )
        length = min(len(starts), len(states))
        return pool_sentences(states[:length], starts[:length], given.sentences, passage)


def _identity(name: str, model: Any) -> Identity:
    prompts = model.prompts or {}
    pooling = next(
        (m.get_config_dict().get("pooling_mode") for m in model if hasattr(m, "pooling_mode")),
        "unknown",
    )
    return Identity(
        name=name,
        revision=_revision(model),
        dimension=int(model.get_embedding_dimension() or 0),
        pooling=str(pooling),
        query_prefix=prompts.get("query") or "",
        passage_prefix=prompts.get("document") or prompts.get("passage") or "",
    )


def _revision(model: Any) -> str:
    """The hub's commit where there is one, else a digest of some of the weights."""
    config = getattr(getattr(model[0], "auto_model", None), "config", None)
    commit = getattr(config, "_commit_hash", None)
    if commit:
        return str(commit)
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.flatten()[:64].float().cpu().numpy().tobytes())
    return digest.hexdigest()[:16]
