"""What each ingredient of understanding a question adds to finding the passage.

    python bench/ablation.py sample sets/drcd-dev.json sets/cmrc2018-dev.json
    python bench/ablation.py page.txt --questions bench/written_otherwise.jsonl

Sets are those of bench/retrieval.py. Prints a table in Markdown: nDCG@10 of hybrid search, then,
with one ingredient taken away at a time, how much is lost, with the 95 % interval of a paired
bootstrap over questions; last, hybrid against its better half. --every 3 asks every third question.
"""

import argparse
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from retrieval import Question, sets  # type: ignore[import-not-found]  # stands beside it

from index.collection import Collection
from qa.fusion import SHIPPED, Weights
from qa.records import Mode
from qa.search import retrieve
from qa.understanding import Interpretation

TODAY = date(2025, 7, 25)
INGREDIENTS = (
    ("numbers, dates, Latin names", replace(SHIPPED, fact_weight=0.0)),
    ("kind asked for", replace(SHIPPED, kind_weight=0.0)),
    ("other names", replace(SHIPPED, name_weight=0.0)),
)
MEANINGS = "meanings of English words"
Scores = npt.NDArray[np.float64]


def gains(
    collection: Collection,
    asked: list[Question],
    vectors: Scores,
    mode: Mode,
    weights: Weights = SHIPPED,
) -> Scores:
    found = []
    with collection.reading() as indexes:
        for question, vector in zip(asked, vectors, strict=True):
            given = (question.text, 20, mode, None, vector, weights, Interpretation(TODAY))
            hits = retrieve(collection, indexes, *given).hits
            found.append(gain([*names(question, hits)], question.right))
    return np.array(found)


def names(question: Question, hits: object) -> Iterator[str]:
    by_passage = any("/" in key for key in question.right)
    for hit in hits:  # type: ignore[attr-defined]
        article = hit.stored.article.id
        yield f"{article}/{hit.stored.passage.number}" if by_passage else article


def gain(found: list[str], right: frozenset[str]) -> float:
    ranked = list(dict.fromkeys(found))[:10]
    total = sum(1 / math.log2(r + 2) for r, key in enumerate(ranked) if key in right)
    return total / sum(1 / math.log2(r + 2) for r in range(min(10, len(right))))


def difference(first: Scores, second: Scores) -> str:
    """How much more ``first`` has, with its interval."""
    differences = first - second
    if not differences.any():
        return ".0000"
    picks = np.random.default_rng(1).integers(0, len(first), (2000, len(first)))
    low, high = np.percentile(differences[picks].mean(axis=1), [2.5, 97.5])
    return f"{differences.mean():+.4f} [{low:+.4f}, {high:+.4f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+")
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--keep", type=Path, default=Path(".cache/bench"))
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    titles = [
        "set",
        "hybrid",
        *(label for label, _ in INGREDIENTS),
        MEANINGS,
        "over the better half",
    ]
    print(f"| {' | '.join(titles)} |\n{'|---' * len(titles)}|")
    for name, collection, questions in sets(options):
        groups = {q.group: [o for o in questions if o.group == q.group] for q in questions}
        for group, members in groups.items():
            asked = members[:: options.every]
            embed = collection.embedder.embed_questions
            vectors = np.concatenate([embed([question.text]) for question in asked])
            whole = gains(collection, asked, vectors, Mode.HYBRID)
            cells = [f"{Path(name).stem}, {group} ({len(asked)})", f"{whole.mean():.4f}"]
            for _, weights in INGREDIENTS:
                without = gains(collection, asked, vectors, Mode.HYBRID, weights)
                cells.append(difference(whole, without))
            with patch("qa.understanding.translated", return_value=()):
                cells.append(difference(whole, gains(collection, asked, vectors, Mode.HYBRID)))
            halves = {m: gains(collection, asked, vectors, m) for m in (Mode.DENSE, Mode.LEXICAL)}
            better = max(halves, key=lambda mode: float(halves[mode].mean()))
            alone = halves[better]
            cells.append(f"{difference(whole, alone)} over {better} ({alone.mean():.4f})")
            print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
