"""What a judge and a reader are worth, in figures."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from qa.agreement import RIGHT
from qa.evidence.judge import Judge, Seen, Verdict
from qa.evidence.readings import Read

Floats = npt.NDArray[np.float64]


FALSE_REJECTIONS = 0.05
FIGURES = "figures.json"
CURVE = "curve.jsonl"


@dataclass(frozen=True, slots=True)
class Case:
    """A question as it is, or without the passage that answers.

    Attributes:
        answerable: which of both.
        near: whether the set itself says that there is no answer.
        ranked: its passages, best first.
        verdict: of the judge.
        gold: whether the first passage holds the answer.
        given: whether the judge is sure enough to give its answer.
        right: F1 of the first answer.
        exact: whether it is an accepted one.
    """

    answerable: bool
    near: bool
    ranked: tuple[Seen, ...]
    verdict: Verdict
    gold: bool
    given: bool
    right: float
    exact: float


def cases(rows: Sequence[Read], judge: Judge) -> list[Case]:
    """Each question without the passages that may answer, and as it is where it has an answer.

    Judged as ``ask`` does.
    """
    return [
        case_of(row, judge, answerable)
        for row in rows
        for answerable in (True, False)
        if row.answerable or not answerable
    ]


def case_of(row: Read, judge: Judge, answerable: bool) -> Case:
    """One case of a question."""
    kept = row.kept(answerable)
    verdict = judge.verdict([row.seen[place] for place in kept])
    order = [kept[place] for place in verdict.order]
    right = exact = 0.0
    if answerable and verdict.answers:
        # An answer is right where it was read in a passage that may answer.
        for number, span in verdict.answers[0].places:
            place = order[number]
            spot = row.seen[place].reading.spans.index(span)
            right = max(right, row.right[place][spot])
            exact = max(exact, row.exact[place][spot])
    first = bool(order) and row.gold[order[0]]
    ranked = tuple(row.seen[place] for place in order)
    given = verdict.confidence >= judge.threshold
    return Case(answerable, not row.answerable, ranked, verdict, first, given, right, exact)


def figures(rows: Sequence[Read], told: Sequence[Case]) -> dict[str, float]:
    """What the cases of rows, in the order of ``cases``, show of whoever judged them."""
    asked = [case for case in told if case.answerable]
    own = [row for row in rows if row.answerable]
    before = np.array([row.gold[:1] == (True,) for row in own])
    after = np.array([case.gold for case in asked])
    sure = np.array([case.verdict.confidence for case in told])
    has = np.array([case.answerable for case in told])
    near = np.array([case.near for case in told])
    correct = np.array([case.right >= RIGHT for case in told])
    least = limit(told)
    won, lost = int((after & ~before).sum()), int((before & ~after).sum())
    given = np.array([case.given for case in told])
    return {
        "questions": len(own),
        "unanswerable": len(rows) - len(own),
        "hit1_fused": float(before.mean()),
        "hit1_ranked": float(after.mean()),
        "won": won,
        "lost": lost,
        "p": paired(won, lost),
        "reader_em": float(np.mean([row.gold_exact for row in own])),
        "reader_f1": float(np.mean([row.gold_right for row in own])),
        "answer_em": float(np.mean([case.exact for case in asked])),
        "answer_f1": float(np.mean([case.right for case in asked])),
        "auroc": auroc(sure, has),
        "auroc_right": auroc(sure, correct),
        "ece": calibration_error(sure, correct),
        "rejected": float(np.mean(sure[~has] < least)),
        "limit": least,
        "answered": float(given[has].mean()),
        "answered_wrongly": float((given & ~correct).sum() / max(1, given.sum())),
        "rejected_shipped": float((~given)[~has].mean()),
        "passages_read": float(np.mean([len(case.ranked) for case in asked])),
        **({"auroc_near": auroc(sure[has | near], has[has | near])} if near.any() else {}),
    }


def limit(told: Sequence[Case]) -> float:
    """The confidence below which 5 % of the answerable cases lie."""
    return _lowest([c.verdict.confidence for c in told if c.answerable])


def threshold(told: Sequence[Case]) -> float:
    """The confidence below which 5 % of the right answers lie: nothing is lost with a wrong one."""
    return _lowest([c.verdict.confidence for c in told if c.right >= RIGHT])


def _lowest(confidences: Sequence[float]) -> float:
    return float(np.quantile(confidences, FALSE_REJECTIONS))


def paired(won: int, lost: int) -> float:
    """Two-sided exact McNemar test: the chance of so uneven a split among those that changed."""
    from scipy.stats import binomtest

    return float(binomtest(won, won + lost).pvalue) if won + lost else 1.0


def auroc(scores: Floats, labels: npt.NDArray[np.bool_]) -> float:
    """The chance that a true case scores above a false one; ties count half."""
    from scipy.stats import rankdata

    true = int(labels.sum())
    false = len(labels) - true
    if not true or not false:
        return float("nan")
    ranks = rankdata(scores)
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


_SHOWN = (
    ("questions", "问题 · questions", "{:.0f}"),
    ("unanswerable", "另有无答案的 · and without an answer", "{:.0f}"),
    ("hit1_fused", "首位命中，只检索 · hit@1, retrieval alone", "{:.3f}"),
    ("hit1_ranked", "首位命中，阅读后 · hit@1, after reading", "{:.3f}"),
    ("won", "变好 · won", "{:.0f}"),
    ("lost", "变坏 · lost", "{:.0f}"),
    ("p", "p（McNemar）", "{:.3f}"),
    ("reader_em", "给定段落 EM · reader EM, right passage given", "{:.3f}"),
    ("reader_f1", "给定段落 F1 · reader F1, right passage given", "{:.3f}"),
    ("answer_em", "全程 EM · EM, whole pipeline", "{:.3f}"),
    ("answer_f1", "全程 F1 · F1, whole pipeline", "{:.3f}"),
    ("auroc", "有无答案 AUROC · answerable or not", "{:.3f}"),
    (
        "auroc_near",
        "同上，只看另写的无答案问题 · the same, against those without an answer",
        "{:.3f}",
    ),
    ("auroc_right", "答案对错 AUROC · right or not", "{:.3f}"),
    ("ece", "校准误差 · ECE", "{:.3f}"),
    (
        "rejected",
        "误拒率 5% 时的正确拒答率 · unanswerable rejected at 5 % false rejections",
        "{:.3f}",
    ),
    ("answered", "有答案时作答的比例 · answerable answered, shipped threshold", "{:.3f}"),
    ("rejected_shipped", "无答案时拒答的比例 · unanswerable rejected, shipped threshold", "{:.3f}"),
    ("passages_read", "平均读几段 · passages read", "{:.2f}"),
)


def table(told: dict[str, dict[str, float]]) -> str:
    """The figures of several sets as a table in Markdown."""
    lines = ["| | " + " | ".join(told) + " |", "|---" * (len(told) + 1) + "|"]
    for key, title, form in _SHOWN:
        shown = (form.format(each[key]) if key in each else "—" for each in told.values())
        values = " | ".join(shown)
        lines.append(f"| {title} | {values} |")
    return "\n".join(lines)


def curve_table(path: Path) -> str:
    """The learning curve that a trainer wrote as a table in Markdown; empty where there is none."""
    if not path.exists():
        return ""
    points = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    head = "| 步 steps | 对 pairs | 小时 hours | EM | F1 | hit@1 of five |"
    lines = [f"{head} EM，换了说法 · other words | F1 | hit@1 of five |", "|---" * 9 + "|"]
    for one in points:
        spent = f"| {one['step']:.0f} | {one['pairs']:.0f} | {one['hours']:.2f} |"
        keys = [f"{which}{name}" for which in ("", "otherwise_") for name in ("em", "f1", "hit1")]
        values = (f"{one[key]:.3f}" if key in one else "—" for key in keys)
        lines.append(f"{spent} {' | '.join(values)} |")
    return "\n".join(lines)


def read_figures(folder: Path) -> dict[str, Any] | None:
    """The figures that were written beside shipped weights, or None."""
    path = folder / FIGURES
    found: dict[str, Any] | None = None
    if path.exists():
        found = json.loads(path.read_text(encoding="utf-8"))
    return found
