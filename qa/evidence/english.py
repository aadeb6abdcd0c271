"""Fits how questions in English are turned towards Chinese passages.

    python -m qa.evidence.english SQUAD_FILE… --keep FOLDER --out index/embedders/english.npy

The default model puts an English question near English texts; Chinese ones come after. One matrix
M, fitted on questions in English with a labelled Chinese passage, moves its vector q to q + M q.
The loss is the listwise cross entropy of the fused score among the best passages found without it;
M is drawn towards zero. Prints which share of the questions has its passage first and among the
first five, before and after, on the articles trained on, tuned on and kept apart.
"""

import argparse
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from index.embedders.e5 import E5Embedder, is_english
from index.errors import SettingError
from index.paths import replace_file
from index.terminal import print_line
from qa.evidence.mine import collection_of, holds, labelled
from qa.evidence.split import Part, part_of
from qa.fusion import SHIPPED
from qa.records import Mode
from qa.search import retrieve

Floats = npt.NDArray[np.float32]

_CANDIDATES = 40
_PULL = 1.0
_RATE = 5e-4
_PASSES = 12
_BATCH = 64


@dataclass(frozen=True, slots=True)
class Listed:
    """A question with the passages found for it.

    Attributes:
        part: of its article.
        question: its vector, shape (dimension,).
        passages: their vectors mixed with their nearest sentences', shape (passages, dimension).
        told: what words and facts add to each dense score, in units of the spread.
        gold: place of the passage that answers.
        spread: the collection's.
    """

    part: Part
    question: Floats
    passages: Floats
    told: Floats
    gold: int
    spread: float


def listed(path: Path, keep: Path) -> Iterator[Listed]:
    """The questions of a set that are in English and whose passage is found.

    Raises:
        SettingError: the collection in ``keep`` is of another model.
    """
    asked = [one for one in labelled(path) if one.answers and is_english(one.text)]
    with collection_of(path, keep) as collection, collection.reading() as indexes:
        embedder = collection.embedder
        if not isinstance(embedder, E5Embedder):
            raise SettingError(f"the collection in {keep} is not of the default model")
        vectors = embedder.pool_questions([one.text for one in asked])
        for one, vector in zip(asked, vectors, strict=True):
            found = retrieve(collection, indexes, one.text, _CANDIDATES, Mode.HYBRID, None, vector)
            gold = [place for place, hit in enumerate(found.hits) if holds(one, hit)]
            if not gold or len(found.hits) < _CANDIDATES:
                continue
            mixed = []
            for hit in found.hits:
                own = found.vectors[hit.stored.id]
                nearest = own.passage
                if len(own.sentences):
                    nearest = own.sentences[int((own.sentences @ vector).argmax())]
                share = SHIPPED.sentence_share
                mixed.append((1 - share) * own.passage + share * nearest)
            passages = np.array(mixed, dtype=np.float32)
            spread = indexes.dense.spread
            scores = np.array([hit.score for hit in found.hits], dtype=np.float32)
            told = ((scores - passages @ vector) / spread).astype(np.float32)
            yield Listed(part_of(one.article), vector, passages, told, gold[0], spread)


class Shift(torch.nn.Module):
    """Scores of each question's passages with its vector moved; shape (questions, passages)."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.matrix = torch.nn.Parameter(torch.zeros(dimension, dimension))

    def forward(self, rows: Sequence[Listed]) -> torch.Tensor:
        """Fused scores in units of the spread."""
        question = torch.tensor(np.array([row.question for row in rows]))
        passages = torch.tensor(np.array([row.passages for row in rows]))
        moved = torch.nn.functional.normalize(question + question @ self.matrix.T, dim=1)
        near = (passages @ moved[:, :, None])[:, :, 0]
        spread = torch.tensor([row.spread for row in rows])[:, None]
        return near / spread + torch.tensor(np.array([row.told for row in rows]))


def fit(rows: Sequence[Listed], seed: int = 7) -> Shift:
    """The matrix fitted to the rows."""
    shift = Shift(len(rows[0].question))
    optimiser = torch.optim.Adam(shift.parameters(), lr=_RATE)
    random = np.random.default_rng(seed)
    for _ in range(_PASSES):
        order = random.permutation(len(rows))
        for low in range(0, len(order), _BATCH):
            some = [rows[place] for place in order[low : low + _BATCH]]
            gold = torch.tensor([row.gold for row in some])
            loss = torch.nn.functional.cross_entropy(shift(some), gold)
            loss = loss + _PULL * (shift.matrix**2).sum()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    return shift


def ranked(shift: Shift, rows: Sequence[Listed]) -> tuple[float, float]:
    """Shares with the passage that answers first, and among the first five."""
    with torch.no_grad():
        scores = shift(rows)
    gold = torch.tensor([row.gold for row in rows])
    before = (scores > scores.gather(1, gold[:, None])).sum(1)
    return float((before < 1).float().mean()), float((before < 5).float().mean())


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--keep", type=Path, required=True, help="for collections")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    rows = [row for path in options.sets for row in listed(path, options.keep)]
    parts = {part: [row for row in rows if row.part is part] for part in Part}
    shift = fit(parts[Part.TRAIN])
    nothing = Shift(len(rows[0].question))
    for part, own in parts.items():
        values = [value for one in (nothing, shift) for value in ranked(one, own)]
        told = "first {:.3f} in five {:.3f} -> first {:.3f} in five {:.3f}".format(*values)
        print_line(f"{part} {len(own)} questions: {told}")
    data = io.BytesIO()
    np.save(data, shift.matrix.detach().numpy().astype(np.float16))
    replace_file(options.out, data.getvalue())


if __name__ == "__main__":
    main()
