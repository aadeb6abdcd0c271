"""Fits the ranker and the calibration, and measures them on articles kept apart.

    python -m qa.evidence.fit SQUAD_FILE… --mined FOLDER --run FOLDER [--out data/evidence]

What the model reads is kept in RUN/readings-….jsonl, so that an interrupted run goes on. An
unanswerable question is made of each question by taking the passage that answers out of what was
found for it. With --out the numbers are written into the manifest there.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.paths import replace_file
from index.terminal import print_line
from qa.evidence.judge import Judge, Seen, features, signs
from qa.evidence.measure import agreement
from qa.evidence.mine import Asked, Candidate, Paragraph, mined, paragraphs
from qa.evidence.model import EvidenceModel
from qa.evidence.spans import Reading, Span
from qa.evidence.split import Part, part_of
from qa.evidence.use import READ
from qa.evidence.weights import MANIFEST, shipped

Floats = npt.NDArray[np.float64]

_RIGHT = 0.5  # F1 from which an answer counts as right
_FALSE_REJECTIONS = 0.05


@dataclass(frozen=True, slots=True)
class Read:
    """A question whose passages were read.

    Attributes:
        article: whose question it is.
        name: of the set.
        seen: the passages, as retrieval ranks them.
        gold: which of them answer.
        right: F1 of the best answer in each; 0 where it does not stand in the right passage.
        exact: whether it is exactly an accepted one.
    """

    article: str
    name: str
    seen: tuple[Seen, ...]
    gold: tuple[bool, ...]
    right: tuple[float, ...]
    exact: tuple[float, ...]


def read_all(
    model: EvidenceModel,
    asked: Sequence[Asked],
    known: dict[str, Paragraph],
    name: str,
    path: Path,
) -> list[Read]:
    """Read each question's passages; those already in ``path`` are not read again."""
    done = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    with path.open("a", encoding="utf-8") as lines:
        for number, question in enumerate(asked[len(done) :], len(done) + 1):
            line = json.dumps(asdict(_read(model, question, known, name)))
            lines.write(line + "\n")
            lines.flush()
            done.append(line)
            if number % 50 == 0:
                print_line(f"{path.name} {number}/{len(asked)}")
    return [_from_json(json.loads(line)) for line in done[: len(asked)]]


def _read(model: EvidenceModel, asked: Asked, known: dict[str, Paragraph], name: str) -> Read:
    # One more than is read of a question, for when the right one is taken out.
    chosen = list(asked.candidates[: READ + 1])
    texts = [known[c.paragraph].text[c.start : c.end] for c in chosen]
    titles = [known[c.paragraph].title for c in chosen]
    readings = model.read(asked.text, list(zip(titles, texts, strict=True)))
    accepted = [text for text, _ in asked.answers]
    gold = [_holds(asked, c) for c in chosen]
    scores = [
        agreement(text[r.spans[0].start : r.spans[0].end], accepted) if r.spans else (0.0, 0.0)
        for text, r in zip(texts, readings, strict=True)
    ]
    return Read(
        asked.article,
        name,
        tuple(
            Seen(c.fused, c.lexical, replace(r, spans=r.spans[:1]))
            for c, r in zip(chosen, readings, strict=True)
        ),
        tuple(gold),
        tuple(f1 if good else 0.0 for (_, f1), good in zip(scores, gold, strict=True)),
        tuple(em if good else 0.0 for (em, _), good in zip(scores, gold, strict=True)),
    )


def _holds(asked: Asked, candidate: Candidate) -> bool:
    """Whether a passage is the labelled one."""
    start = asked.answers[0][1]
    inside = candidate.start <= start < candidate.end
    return candidate.paragraph == asked.paragraph and inside


def _from_json(row: dict[str, Any]) -> Read:
    seen = tuple(
        Seen(
            one["fused"],
            one["lexical"],
            Reading(
                one["reading"]["relevance"],
                tuple(Span(**span) for span in one["reading"]["spans"]),
                one["reading"]["covered"],
            ),
        )
        for one in row["seen"]
    )
    return Read(
        row["article"],
        row["name"],
        seen,
        tuple(row["gold"]),
        tuple(row["right"]),
        tuple(row["exact"]),
    )


def fit_ranker(rows: Sequence[Read], pull: float = 2.0) -> tuple[float, ...]:
    """Weights of ``features`` by listwise logistic regression.

    ``pull`` draws them towards retrieval's order: one unit of the fused score, nothing else.
    """
    lists = [
        (np.array([features(one) for one in row.seen[:READ]]), row.gold.index(True))
        for row in rows
        if any(row.gold[:READ])
    ]
    start = np.zeros(len(lists[0][0][0]))
    start[0] = 1.0
    scale = np.array([1.0, 0.25, 0.25, 2.0])  # the size a weight is expected to have

    def loss(weights: Floats) -> float:
        total = pull * float((((weights - start) / scale) ** 2).sum())
        for matrix, gold in lists:
            scores = matrix @ weights
            total -= float(scores[gold] - np.logaddexp.reduce(scores))
        return total

    return tuple(_least(loss, start))


def fit_confidence(rows: Sequence[Read], judge: Judge) -> tuple[float, ...]:
    """Weights of ``signs`` and the constant, by logistic regression on answerable and not."""
    cases = [(signs(seen), right >= _RIGHT) for seen, right, _ in _cases(rows, judge)]
    matrix = np.array([[*sign, 1.0] for sign, _ in cases])
    labels = np.array([float(label) for _, label in cases])

    def loss(weights: Floats) -> float:
        logits = matrix @ weights
        likely = labels * logits - np.logaddexp(0, logits)
        return 0.5 * float((weights[:-1] ** 2).sum()) - float(likely.sum())

    return tuple(_least(loss, np.zeros(matrix.shape[1])))


def _least(loss: Callable[[Floats], float], start: Floats) -> list[float]:
    from scipy.optimize import minimize

    return [round(float(value), 4) for value in minimize(loss, start, method="L-BFGS-B").x]


def _cases(rows: Sequence[Read], judge: Judge) -> list[tuple[list[Seen], float, bool]]:
    """Each question with its passages ranked, F1 of its answer, and whether it has one.

    Once as it is, once without the passage that answers.
    """
    cases = []
    for row in rows:
        for answerable in (True, False):
            kept = [i for i, gold in enumerate(row.gold) if answerable or not gold][:READ]
            scores = judge.scores([row.seen[i] for i in kept])
            order = [kept[i] for i in np.argsort(-scores, kind="stable")]
            right = row.right[order[0]] if answerable else 0.0
            cases.append(([row.seen[i] for i in order], right, answerable))
    return cases


def figures(rows: Sequence[Read], judge: Judge) -> dict[str, float]:
    """What the rows show of a judge."""
    before = [float(row.gold[0]) for row in rows]
    after, exact, f1 = [], [], []
    for row in rows:
        scores = judge.scores(row.seen[:READ])
        best = int(np.argmax(scores))
        after.append(float(row.gold[best]))
        exact.append(row.exact[best])
        f1.append(row.right[best])
    gold = [(row.exact[i], row.right[i]) for row in rows for i, g in enumerate(row.gold) if g]
    cases = _cases(rows, judge)
    sure = np.array([judge.confidence(seen) for seen, _, _ in cases])
    has = np.array([answerable for _, _, answerable in cases])
    correct = np.array([right >= _RIGHT for _, right, _ in cases])
    limit = float(np.quantile(sure[has], _FALSE_REJECTIONS))
    return {
        "questions": len(rows),
        "hit1 fused": float(np.mean(before)),
        "hit1 ranked": float(np.mean(after)),
        "won": float(sum(a > b for a, b in zip(after, before, strict=True))),
        "lost": float(sum(a < b for a, b in zip(after, before, strict=True))),
        "reader EM": float(np.mean([em for em, _ in gold])),
        "reader F1": float(np.mean([f for _, f in gold])),
        "answer EM": float(np.mean(exact)),
        "answer F1": float(np.mean(f1)),
        "AUROC": auroc(sure, has),
        "AUROC right": auroc(sure, correct),
        "ECE": calibration_error(sure, correct),
        "rejected at 5 %": float(np.mean(sure[~has] < limit)),
        "threshold": limit,
    }


def auroc(scores: Floats, labels: npt.NDArray[np.bool_]) -> float:
    """The chance that a true case scores above a false one; ties count half."""
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    for value in np.unique(scores):
        same = scores == value
        ranks[same] = ranks[same].mean()
    true = int(labels.sum())
    false = len(labels) - true
    return float((ranks[labels].sum() - true * (true + 1) / 2) / (true * false))


def calibration_error(chances: Floats, labels: npt.NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error in bins of equal width (Guo et al. 2017, section 2)."""
    places = np.minimum((chances * bins).astype(int), bins - 1)
    total = 0.0
    for place in range(bins):
        inside = places == place
        if inside.any():
            gap = abs(float(chances[inside].mean()) - float(labels[inside].mean()))
            total += gap * float(inside.mean())
    return total


def fit(rows: Sequence[Read]) -> Judge:
    """A judge fitted to the rows; its threshold rejects few of those that are answered."""
    judge = Judge(fit_ranker(rows), (), 0.0)
    judge = replace(judge, sure=fit_confidence(rows, judge))
    limit = figures(rows, judge)["threshold"]
    return replace(judge, threshold=round(limit, 3))


def crossed(rows: Sequence[Read], folds: int = 5) -> dict[str, float]:
    """Figures with article-wise cross-validation; differences to them tell of overfitting."""
    articles = sorted({row.article for row in rows})
    fold_of = {article: number % folds for number, article in enumerate(articles)}
    parts = []
    for fold in range(folds):
        rest = [row for row in rows if fold_of[row.article] != fold]
        own = [row for row in rows if fold_of[row.article] == fold]
        parts.append((len(own), figures(own, fit(rest))))
    whole = sum(number for number, _ in parts)
    names = parts[0][1]
    mean = {k: sum(number * part[k] for number, part in parts) / whole for k in names}
    return mean | {k: sum(part[k] for _, part in parts) for k in ("questions", "won", "lost")}


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--mined", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--limit", type=int, default=10_000, help="questions of a set and part")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    given = shipped(options.weights)
    if given is None:
        parser.error("no weights: run qa.evidence.export first")
    model = EvidenceModel(given)
    rows: dict[Part, list[Read]] = {Part.TUNE: [], Part.APART: []}
    for part in rows:
        for path in options.sets:
            asked = [
                a for a in mined(options.mined / f"{path.stem}.jsonl") if part_of(a.article) is part
            ]
            order = np.random.default_rng(7).permutation(len(asked))[: options.limit]
            file = options.run / f"readings-{given.digest[:8]}-{path.stem}-{part}.jsonl"
            some = [asked[i] for i in order]
            rows[part] += read_all(model, some, paragraphs(path), path.stem, file)
        if part is Part.TUNE:
            judge = fit(rows[part])
            _tell("tune, cross-validated", crossed(rows[part]))
    _report(rows[Part.APART], judge)
    if options.out:
        path = options.out / MANIFEST
        manifest = json.loads(path.read_text(encoding="utf-8")) | {"judge": asdict(judge)}
        replace_file(path, (json.dumps(manifest, indent=1) + "\n").encode())


def _report(rows: Sequence[Read], judge: Judge) -> None:
    print_line(str(judge))
    for name in sorted({row.name for row in rows}):
        _tell(f"{name}, apart", figures([row for row in rows if row.name == name], judge))
    _tell("all, apart", figures(rows, judge))


def _tell(name: str, what: dict[str, float]) -> None:
    print_line(f"{name}: " + "  ".join(f"{key} {value:.3f}" for key, value in what.items()))


if __name__ == "__main__":
    main()
