"""What the sentence that holds an answer adds to choosing among the answers read.

    python bench/choosing.py SQUAD_FILE… --keep .cache/evidence/mined

Reads the tuning questions as ``qa.evidence.fit`` does (what it has read in --keep is used), and
weighs each answer by what is known of its sentence too: how near it is to the question, in units of
the collection's spread, and what share of the question it holds. Weights are fitted listwise, with
cross-validation by article. Prints exact match and F1 of the answer chosen, for each set.
"""

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from index.collection import Indexes
from qa.agreement import RIGHT
from qa.answer import sentences_known
from qa.evidence.fit import chosen, read_part
from qa.evidence.judge import Judge, features
from qa.evidence.mine import collection_of
from qa.evidence.model import EvidenceModel
from qa.evidence.readings import Read
from qa.evidence.spans import plain
from qa.evidence.split import Part
from qa.evidence.use import READ, judge_of
from qa.evidence.weights import shipped
from qa.records import Mode
from qa.search import Found, retrieve

Floats = npt.NDArray[np.float64]

LIMIT = 1000
FOLDS = 5
COLUMNS = {
    "as shipped": None,
    "its own scale": [0],
    "nearness": [0, 1, 2],
    "share held": [0, 3, 4],
    "both": [0, 1, 2, 3, 4],
}


@dataclass(frozen=True, slots=True)
class Option:
    """An answer read: what it is compared by, what is known of it, and what it is worth.

    ``known`` is its log odds as they are now, its sentence's nearness and how far that is from the
    passage's best, and the same of the share held.
    """

    key: str
    known: tuple[float, ...]
    exact: float
    right: float


@dataclass(frozen=True, slots=True)
class Choice:
    """A question's answers."""

    name: str
    article: str
    options: tuple[Option, ...]


def options(row: Read, judge: Judge, indexes: Indexes, found: Found) -> tuple[Option, ...]:
    """The answers that ``ask`` chooses from."""
    spread = indexes.dense.spread
    by_score = {round(hit.score / spread, 6): hit for hit in found.hits}
    kept = row.kept(True)
    if not kept:
        return ()
    scores = np.array([features(row.seen[i]) for i in kept]) @ np.array(judge.ranker)
    margin = max(row.seen[i].margin for i in kept)
    weights = indexes.lexical.weights(found.asked.query)
    made = []
    for i, score in zip(kept, scores - scores.max(), strict=True):
        seen = row.seen[i]
        hit = by_score[round(seen.fused, 6)]
        before = hit.stored.passage.start
        told = list(sentences_known(indexes, found, hit, weights))
        best_near = max(near for _, near, _ in told)
        best_held = max(held for _, _, held in told)
        for number, (span, quote) in enumerate(zip(seen.reading.spans, seen.quotes, strict=True)):
            start, end = before + span.start, before + span.end
            touched = [
                (near, held) for part, near, held in told if part.start < end and start < part.end
            ]
            if not plain(quote) or not touched:
                continue
            near, held = (max(column) for column in zip(*touched, strict=True))
            known = (score + span.margin - margin, near, near - best_near, held, held - best_held)
            made.append(Option(plain(quote), known, row.exact[i][number], row.right[i][number]))
    return tuple(made)


def picked(choice: Choice, weights: Floats) -> tuple[float, float]:
    """Exact match and F1 of the answer that these weights choose; equal ones count together."""
    logits = np.array([np.dot(one.known, weights) for one in choice.options])
    chances: dict[str, float] = {}
    worth: dict[str, tuple[float, float]] = {}
    for one, logit in zip(choice.options, logits - logits.max(initial=-math.inf), strict=True):
        chances[one.key] = chances.get(one.key, 0.0) + math.exp(logit)
        exact, right = worth.get(one.key, (0.0, 0.0))
        worth[one.key] = max(exact, one.exact), max(right, one.right)
    return worth[max(chances, key=lambda key: chances[key])] if chances else (0.0, 0.0)


def fitted(choices: Sequence[Choice], columns: list[int]) -> Floats:
    """Weights under which right answers are likely among all that were read."""
    lists = []
    for choice in choices:
        matrix = np.array([one.known for one in choice.options])
        right = np.array([one.right >= RIGHT for one in choice.options])
        if right.any() and not right.all():
            lists.append((matrix[:, columns], right))
    start = np.eye(len(columns))[0]

    def loss(weights: Floats) -> float:
        total = float(((weights - start) ** 2).sum())
        for matrix, right in lists:
            logits = matrix @ weights
            total -= float(np.logaddexp.reduce(logits[right]) - np.logaddexp.reduce(logits))
        return total

    whole = np.zeros(5)
    whole[columns] = minimize(loss, start, method="L-BFGS-B").x
    return whole


def compare(choices: Sequence[Choice]) -> None:
    """Print what each group of columns chooses."""
    articles = sorted({choice.article for choice in choices})
    fold_of = {article: number % FOLDS for number, article in enumerate(articles)}
    for label, columns in COLUMNS.items():
        weights = [
            np.eye(5)[0]
            if columns is None
            else fitted([c for c in choices if fold_of[c.article] != fold], columns)
            for fold in range(FOLDS)
        ]
        told = []
        for name in dict.fromkeys(choice.name for choice in choices):
            own = [picked(c, weights[fold_of[c.article]]) for c in choices if c.name == name]
            exact, right = np.mean(own, axis=0)
            told.append(f"{name} ({len(own)}) {exact:.3f} / {right:.3f}")
        shown = "" if columns is None else f"  weights {np.round(fitted(choices, columns), 2)}"
        print(f"{label:14} {'  '.join(told)}{shown}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--keep", type=Path, required=True)
    given = parser.parse_args()
    weights = shipped()
    if weights is None:
        raise SystemExit("no evidence model is shipped")
    judge = judge_of(weights)
    rows = read_part(weights, EvidenceModel(weights), given.sets, Part.TUNE, LIMIT, given.keep)
    choices = []
    for path in given.sets:
        own = [row for row in rows if row.name == path.stem]
        asked = chosen(path, Part.TUNE, LIMIT)
        with collection_of(path, given.keep) as collection, collection.reading() as indexes:
            for row, one in zip(own, asked, strict=True):
                if row.answerable:
                    found = retrieve(collection, indexes, one.text, 2 * READ, Mode.HYBRID, None)
                    known = options(row, judge, indexes, found)
                    choices.append(Choice(path.stem, row.article, known))
    compare(choices)


if __name__ == "__main__":
    main()
