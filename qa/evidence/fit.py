"""Fits ranker, chooser and calibration, and measures them on articles kept apart.

    python -m qa.evidence.fit SQUAD_FILE… --keep FOLDER --out data/evidence [--docs FILE]

Passages are found anew, as retrieval finds them today, and read with the weights in --out; what is
read is kept in FOLDER, so that an interrupted run goes on. An unanswerable question is made of
each question by taking the passages that may answer out of what was found for it. Ranker, chooser,
calibration and threshold are fitted on the tuning articles alone. They are written into the
manifest in --out, the figures beside it, and as a table into the document given with --docs.
"""

import argparse
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.embedders.questions import read_change
from index.paths import replace_file
from index.terminal import print_line
from qa.agreement import RIGHT
from qa.evidence.figures import (
    CURVE,
    FIGURES,
    Case,
    cases,
    curve_table,
    figures,
    table,
    threshold,
)
from qa.evidence.judge import FEATURES, KNOWN, SIGNS, Judge, features, options, signs
from qa.evidence.mine import Labelled, labelled
from qa.evidence.model import EvidenceModel
from qa.evidence.readings import Read, read_all
from qa.evidence.split import Part, part_of
from qa.evidence.weights import MANIFEST, Shipped, shipped

Floats = npt.NDArray[np.float64]

TUNED = ", tuned on (crossed)"
_SEED = 7
_SIGNIFICANT = 0.05
_MOST = 0.4


def fit_ranker(rows: Sequence[Read], pull: float = 2.0) -> tuple[float, ...]:
    """Weights of ``features`` by listwise logistic regression.

    ``pull`` draws them towards retrieval's order: one unit of the fused score, nothing else.
    """
    lists = []
    for row in rows:
        kept = [place for place in row.kept(True) if row.gold[place] or not row.may[place]]
        gold = np.array([row.gold[i] for i in kept])
        if gold.any() and len(kept) > 1:
            lists.append((np.array([features(row.seen[i]) for i in kept]), gold))
    start = np.zeros(FEATURES)
    start[0] = 1.0
    scale = np.array([1.0, 0.25, 0.25, 2.0, 2.0, 1.0])  # the size a weight is expected to have
    return _listwise(lists, start, pull / scale**2)


def fit_chooser(rows: Sequence[Read], judge: Judge, pull: float = 1.0) -> tuple[float, ...]:
    """Weights of what is known of answers, by listwise logistic regression: right ones among all.

    ``pull`` draws them towards the model's own log odds.
    """
    lists = []
    for row in rows:
        kept = row.kept(True)
        seen = [row.seen[place] for place in kept]
        if not seen:
            continue
        told = list(options(seen, judge.scores(seen)))
        right = np.array([row.right[kept[one.place]][one.number] >= RIGHT for one in told])
        if right.any() and not right.all():
            lists.append((np.array([one.known for one in told]), right))
    start = np.zeros(KNOWN)
    start[0] = 1.0
    return _listwise(lists, start, np.full(KNOWN, pull))


def _listwise(
    lists: Sequence[tuple[Floats, npt.NDArray[np.bool_]]], start: Floats, pull: Floats
) -> tuple[float, ...]:
    """Weights under which the right ones of each list are likely; ``pull`` draws them to start."""

    def loss(weights: Floats) -> float:
        total = float((pull * (weights - start) ** 2).sum())
        for matrix, right in lists:
            logits = matrix @ weights
            total -= float(np.logaddexp.reduce(logits[right]) - np.logaddexp.reduce(logits))
        return total

    return tuple(_least(loss, start))


def fit_confidence(rows: Sequence[Read], judge: Judge) -> tuple[float, ...]:
    """Weights of ``signs`` and the constant, by logistic regression on answerable and not.

    A set counts by the square root of its cases, so that a large one does not decide alone.
    """
    told, sets = [], []
    for name in sorted({row.name for row in rows}):
        own = [row for row in rows if row.name == name]
        given = [case for case in cases(own, judge) if case.verdict.answers]
        told += given
        sets += [len(given)] * len(given)
    matrix = np.array([[*signs(case.ranked, case.verdict.answers[0]), 1.0] for case in told])
    labels = np.array([float(case.right >= RIGHT) for case in told])
    counts = 1 / np.sqrt(sets)
    counts *= len(told) / counts.sum()

    def loss(weights: Floats) -> float:
        logits = matrix @ weights
        likely = counts * (labels * logits - np.logaddexp(0, logits))
        return 0.5 * float((weights[:-1] ** 2).sum()) - float(likely.sum())

    return tuple(_least(loss, np.zeros(matrix.shape[1])))


def _least(loss: Callable[[Floats], float], start: Floats) -> list[float]:
    from scipy.optimize import minimize

    return [round(float(value), 4) for value in minimize(loss, start, method="L-BFGS-B").x]


def fit(rows: Sequence[Read]) -> Judge:
    """A judge fitted to the rows.

    Its threshold rejects 5 % of the right answers of one set, fewer of the others', but none that
    is more likely right than ``_MOST``: it is shown as possible.
    """
    judge = Judge(fit_ranker(rows), (0.0,) * KNOWN, (0.0,) * (SIGNS + 1), 0.0)
    judge = replace(judge, chooser=fit_chooser(rows, judge))
    judge = replace(judge, sure=fit_confidence(rows, judge))
    sets = ([row for row in rows if row.name == name] for name in {row.name for row in rows})
    least = min(threshold(cases(own, judge)) for own in sets)
    return replace(judge, threshold=round(min(_MOST, least), 3))


def crossed(rows: Sequence[Read], name: str, folds: int = 5) -> dict[str, float]:
    """Figures of a set with article-wise cross-validation.

    Each of its questions is judged by what the other articles of all sets fit.
    """
    articles = sorted({row.article for row in rows})
    fold_of = {article: number % folds for number, article in enumerate(articles)}
    judged: list[Read] = []
    told: list[Case] = []
    for fold in range(folds):
        own = [row for row in rows if fold_of[row.article] == fold and row.name == name]
        if own:
            judged += own
            told += cases(own, fit([row for row in rows if fold_of[row.article] != fold]))
    return figures(judged, told)


def helps(sets: Sequence[dict[str, float]]) -> bool:
    """Whether reading is better than not on every set, those in other words among them.

    It ranks no worse, and tells right answers from wrong. A lead of retrieval that chance explains
    counts as no worse.
    """
    return all(
        (each["won"] >= each["lost"] or each["p"] > _SIGNIFICANT)
        and each["auroc"] >= 0.75
        and each["answer_f1"] >= 0.5
        for each in sets
    )


def chosen(path: Path, part: Part, limit: int) -> list[Labelled]:
    """Questions of a part, at most ``limit``, always the same ones."""
    asked = [one for one in labelled(path) if part_of(one.article) is part]
    order = np.random.default_rng(_SEED).permutation(len(asked))
    return [asked[i] for i in order[:limit]]


def read_part(
    given: Shipped, model: EvidenceModel, sets: Sequence[Path], part: Part, limit: int, keep: Path
) -> list[Read]:
    """The part's questions of all sets, read."""
    rows, code = [], code_digest()
    for path in sets:
        done = keep / f"readings-{given.digest[:8]}-{code}-{path.stem}-{part}.jsonl"
        rows += read_all(model, chosen(path, part, limit), path, keep, done)
    return rows


def code_digest() -> str:
    """Changes with what finds and reads passages: what was read with something else is not used."""
    own = Path(__file__).parent
    files = [
        *sorted((own.parents[1] / "index").rglob("*.py")),
        *(own.parent / name for name in ("search.py", "sentences.py", "fusion.py", "question.py")),
        *(
            own / name
            for name in ("inputs.py", "model.py", "spans.py", "kinds.py", "readings.py", "use.py")
        ),
    ]
    parts = [read_change().digest.encode(), *(file.read_bytes() for file in files)]
    return hashlib.sha256(b"".join(parts)).hexdigest()[:8]


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--keep", type=Path, required=True, help="for collections and readings")
    parser.add_argument("--out", type=Path, required=True, help="with the exported weights")
    parser.add_argument("--limit", type=int, default=1000, help="questions of a set and part")
    parser.add_argument("--docs", type=Path, help="a document with a place for the table")
    options = parser.parse_args()
    given = shipped(options.out)
    if given is None:
        parser.error(f"no weights in {options.out}: run qa.evidence.export first")
    options.keep.mkdir(parents=True, exist_ok=True)
    model = EvidenceModel(given)
    rows = {
        part: read_part(given, model, options.sets, part, options.limit, options.keep)
        for part in (Part.TUNE, Part.APART)
    }
    judge = fit(rows[Part.TUNE])
    told: dict[str, dict[str, float]] = {}
    for path in options.sets:
        apart = [row for row in rows[Part.APART] if row.name == path.stem]
        told[f"{path.stem}, apart"] = figures(apart, cases(apart, judge))
    tuned = {f"{path.stem}{TUNED}": crossed(rows[Part.TUNE], path.stem) for path in options.sets}
    write(options.out, judge, told | tuned, options.docs)
    print_line(table(told | tuned))


def write(out: Path, judge: Judge, told: dict[str, dict[str, float]], docs: Path | None) -> None:
    """Keep the judge and its figures.

    ``auto`` reads from now on if that was better than not on the tuning articles of every set.
    """
    path = out / MANIFEST
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    manifest["judge"] = asdict(judge)
    manifest["default"] = helps([each for name, each in told.items() if name.endswith(TUNED)])
    replace_file(path, (json.dumps(manifest, indent=1) + "\n").encode())
    rounded = {k: {n: round(v, 4) for n, v in each.items()} for k, each in told.items()}
    about = {key: manifest.get(key) for key in ("sha256", "steps", "pairs", "hours", "default")}
    text = json.dumps({**about, "sets": rounded}, indent=1, ensure_ascii=False)
    replace_file(out / FIGURES, (text + "\n").encode())
    if docs:
        fill(docs, "figures", table(rounded))
        fill(docs, "curve", curve_table(out / CURVE))


def fill(docs: Path, name: str, shown: str) -> None:
    """Put a table between the marks of that name in a document.

    Raises:
        ValueError: it has no such marks.
    """
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    text = docs.read_text(encoding="utf-8")
    if begin not in text or end not in text:
        raise ValueError(f"{docs} has no {begin} … {end} for the table")
    before, rest = text.split(begin, 1)
    after = rest.split(end, 1)[1]
    replace_file(docs, f"{before}{begin}\n{shown}\n{end}{after}".encode())


if __name__ == "__main__":
    main()
