"""One page that shows runs: tables, plots, every question, failures with what was found."""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from eval import answers, measures, plots
from eval.compare import Comparison, check_same_questions, compare_runs
from eval.errors import RunError
from eval.run_files import Run
from eval.statistics import interval
from index.text import Folder, folder

TEMPLATE = "report.html"
_FAILURES = 30  # of each run
_SHOWN = 3  # places of a ranking
_LATENCY_BARS = 40


@dataclass(frozen=True, slots=True)
class Table:
    """What a report's table of questions holds, for the script in the page."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def report(runs: Sequence[Run], main: str = measures.MAIN) -> str:
    """The page, with nothing that is loaded from elsewhere.

    Args:
        runs: whole runs of the same questions, one or more; the first is the baseline.
        main: the measure by which questions are sorted and failures told.

    Raises:
        RunError: the runs are of different questions, lack the measure, or have no files.
    """
    from jinja2 import Environment

    check_same_questions(runs)
    for run in runs:
        run.values(main)
        if run.folder is None:
            raise RunError(
                f"{run.name} is a summary alone; a report needs the whole folder of a run",
                f"{run.name} 只有汇总，报告需要整个结果文件夹",
            )
    rows = [{row["id"]: row for row in run.rows()} for run in runs]
    source = (Path(__file__).parent / TEMPLATE).read_text(encoding="utf-8")
    environment = Environment(autoescape=True, trim_blocks=True, keep_trailing_newline=True)
    template = environment.from_string(source)
    comparison = compare_runs(runs, main=main, most=0) if len(runs) > 1 else None
    return template.render(
        runs=runs,
        data=runs[0].dataset,
        main=main,
        plots=_plots(runs, rows),
        comparison=_comparison(comparison),
        kinds=_kinds(runs, rows[0], main),
        table=_embedded(_table(runs, rows, main)),
        failures=[_failures(run, of, main) for run, of in zip(runs, rows, strict=True)],
        unaware=[_unaware(of) for of in rows],
        settings=[_settings(run) for run in runs],
    )


def recall_by_depth(run: Run) -> tuple[tuple[float, float], ...]:
    """Mean share of the relevant ids among the first n, for each n up to the run's depth."""
    relevant = {
        question: {name for name, relevance in held.items() if relevance > 0}
        for question, held in run.qrels().items()
    }
    rankings = run.rankings()
    depth = int(run.summary["settings"]["k"])
    total = np.zeros(depth)
    for question, names in relevant.items():
        found = np.zeros(depth)
        for place, name in enumerate(rankings.get(question, ())[:depth]):
            found[place] = name in names
        total += np.cumsum(found) / len(names)
    number = max(len(relevant), 1)
    return tuple((float(n + 1), float(total[n] / number)) for n in range(depth))


def _plots(runs: Sequence[Run], rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Title and drawing of each plot for which there is something to draw."""
    names = [name for name in runs[0].measures if all(name in run.measures for run in runs)]
    values = [
        plots.Whisker(name, number, told["mean"], told["low"], told["high"])
        for number, run in enumerate(runs)
        for name in names
        for told in [run.summary["measures"][name]]
    ]
    made = [("指标与 95% 区间 · Measures", plots.whiskers("measures", names, values, len(runs)))]
    depth = max(int(run.summary["settings"]["k"]) for run in runs)
    marks = tuple(float(m) for m in (1, 20, 40, 60, 80, 100) if m <= depth)
    curves = [plots.Series(run.name, recall_by_depth(run)) for run in runs]
    made.append(
        (
            "召回率随深度的变化 · Recall by depth",
            plots.lines(
                "recall by depth", curves, plots.Axis("深度 depth", 1, float(depth), marks),
                plots.share_axis("召回率 recall"),
            ),
        )
    )  # fmt: skip
    made.extend(_confidence_plots(runs))
    made.append(("延迟分布 · Latency", _latency(runs, rows)))
    return made


def _confidence_plots(runs: Sequence[Run]) -> list[tuple[str, str]]:
    told = [(run.name, run.summary["abstention"]) for run in runs]
    risks = [
        # The mark is where the run's threshold lies; runs of older versions do not tell it.
        plots.Series(name, tuple((c, r) for c, r in each["risk_coverage"]), each.get("given"))
        for name, each in told
    ]
    bins = [
        plots.Series(name, tuple((b["confidence"], b["right"]) for b in each["calibration"]))
        for name, each in told
    ]
    made = []
    if any(series.points for series in risks):
        made.append(
            (
                "风险—覆盖，点为所用的阈值 · Risk and coverage, the dot at the threshold used",
                plots.lines(
                    "risk and coverage", risks, plots.share_axis("覆盖率 coverage"),
                    plots.share_axis("错误率 risk"),
                ),
            )
        )  # fmt: skip
    if any(series.points for series in bins):
        made.append(
            (
                "校准 · Calibration",
                plots.lines(
                    "calibration", bins, plots.share_axis("置信度 confidence"),
                    plots.share_axis("正确率 accuracy"), dots=True, ideal=True,
                ),
            )
        )  # fmt: skip
    return made


def _latency(runs: Sequence[Run], rows: Sequence[Mapping[str, Any]]) -> str:
    times = [np.array([row["seconds"] * 1000 for row in of.values()]) for of in rows]
    # The slowest hundredth would squeeze all others together; it counts in the last bar.
    most = max(float(np.quantile(of, 0.99)) for of in times) or 1.0
    edges = np.linspace(0, most, _LATENCY_BARS + 1)
    series = []
    for run, of in zip(runs, times, strict=True):
        counts, _ = np.histogram(np.minimum(of, most), edges)
        shares = counts / len(of)
        series.append(
            plots.Series(run.name, tuple(zip(edges[:-1].tolist(), shares.tolist(), strict=True)))
        )
    top = max(share for each in series for _, share in each.points)
    return plots.bars(
        "latency", series, plots.Axis("毫秒 ms", 0, most, _marks(most)),
        plots.Axis("比例 share", 0, top, _marks(top)), float(edges[1]),
    )  # fmt: skip


def _marks(most: float) -> tuple[float, ...]:
    """About five round numbers from 0 up to ``most``."""
    rough = most / 5
    unit = 10 ** math.floor(math.log10(rough))
    step = next(unit * m for m in (1, 2, 5, 10) if unit * m >= rough)
    return tuple(step * n for n in range(int(most / step) + 1))


def _comparison(comparison: Comparison | None) -> list[dict[str, Any]]:
    """Rows of the table of differences."""
    if comparison is None:
        return []
    return [
        {
            "run": name,
            "measure": line.measure,
            "before": line.values[0].mean,
            "after": line.values[number + 1].mean,
            "difference": line.differences[number],
        }
        for number, name in enumerate(comparison.runs[1:])
        for line in comparison.lines
    ]


def _kinds(
    runs: Sequence[Run], rows: Mapping[str, Mapping[str, Any]], main: str
) -> list[dict[str, Any]]:
    """The main measure by kind of question; none where the set has no kinds."""
    ids, _ = runs[0].values(main)
    places: dict[str, list[int]] = defaultdict(list)
    for place, question_id in enumerate(ids):
        places[rows[question_id]["kind"]].append(place)
    if set(places) <= {""}:
        return []
    held = [run.values(main)[1] for run in runs]
    return [
        {
            "kind": kind or "—",
            "questions": len(of),
            "values": [interval(values[of]) for values in held],
        }
        for kind, of in sorted(places.items())
    ]


def _table(runs: Sequence[Run], rows: Sequence[Mapping[str, Any]], main: str) -> Table:
    """A row a question: what it is, and for each run the measure and the first right place."""
    columns = ["编号 id", "问题 question", "类型 kind"]
    for number in range(len(runs)):
        columns += [f"{main} [{number}]", f"首个相关 rank [{number}]", f"答对 answer [{number}]"]
    rankings = [run.rankings() for run in runs]
    values = [_by_question(run, main) for run in runs]
    made = []
    for question_id, row in rows[0].items():
        kind = row["kind"] or ("" if row["answerable"] else "unanswerable")
        line = [question_id, row["question"], kind + (" ⚠" if row["synthetic"] else "")]
        for of, ranked, held in zip(rows, rankings, values, strict=True):
            each = of[question_id]
            right = None
            if each["answerable"]:
                right = answers.is_right(
                    each["answer"], each["confidence"], each["accepted"], each["scores"]
                )
            line += [
                held.get(question_id),
                _first_right(ranked.get(question_id, ()), set(each["relevant"])),
                None if right is None else int(right),
            ]
        made.append(tuple(line))
    return Table(tuple(columns), tuple(made))


def _by_question(run: Run, main: str) -> dict[str, float]:
    ids, values = run.values(main)
    return dict(zip(ids, values.tolist(), strict=True))


def _first_right(ranking: Sequence[str], relevant: set[str]) -> int | None:
    return next((rank for rank, name in enumerate(ranking, 1) if name in relevant), None)


def _embedded(table: Table) -> str:
    """The table as JSON that may stand in a script element."""
    text = json.dumps({"columns": table.columns, "rows": table.rows}, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _failures(run: Run, rows: Mapping[str, Any], main: str) -> list[dict[str, Any]]:
    """The questions with the lowest values below 1, with what was right and what was found."""
    ids, values = run.values(main)
    order = [place for place in np.argsort(values, kind="stable") if values[place] < 1]
    texts = run.passages()
    by_document: dict[str, list[str]] = defaultdict(list)
    for name, held in texts.items():
        by_document[held["document"]].append(name)
    fold = folder()
    made = []
    for place in order[:_FAILURES]:
        row = rows[ids[place]]
        right = [
            name
            for named in row["relevant"]
            for name in ([named] if named in texts else by_document.get(named, []))
        ]
        made.append(
            {
                "row": row,
                "value": float(values[place]),
                "right": [_passage(texts, name, row["accepted"], fold) for name in right[:_SHOWN]],
                "found": [
                    {
                        **_passage(texts, each["passage"], row["accepted"], fold),
                        "relevant": each["id"] in row["relevant"],
                        "score": each["score"],
                    }
                    for each in row["first"][:_SHOWN]
                ],
            }
        )
    return made


def _unaware(rows: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Questions without an answer that were answered all the same."""
    answered = [r for r in rows.values() if not r["answerable"] and r["answer"] is not None]
    return answered[:_FAILURES]


def _passage(
    texts: Mapping[str, Mapping[str, Any]], name: str, accepted: Iterable[str], fold: Folder
) -> dict[str, Any]:
    held = texts[name]
    return {
        "name": name,
        "title": held["title"],
        "pieces": marked(held["text"], accepted, fold),
    }


def marked(text: str, accepted: Iterable[str], fold: Folder) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is an accepted answer, in normal form."""
    folded = fold.fold_with_origin(text)
    inside = np.zeros(len(text), dtype=bool)
    for answer in accepted:
        wanted = fold.fold(answer)
        start = folded.text.find(wanted) if wanted else -1
        while start >= 0:
            low, high = folded.original(start, start + len(wanted))
            inside[low:high] = True
            start = folded.text.find(wanted, start + len(wanted))
    edges = [0, *(np.flatnonzero(np.diff(inside)) + 1).tolist(), len(text)]
    return [(text[low:high], bool(inside[low])) for low, high in pairwise(edges) if low < high]


def _settings(run: Run) -> list[tuple[str, str]]:
    """What a run was made with, in words."""
    told = run.summary
    memory = told["peak_memory_bytes"]
    stages = "，".join(f"{name} {value:g}" for name, value in told["seconds"].items())
    settings = {**told["settings"], **told["settings"]["weights"]}
    settings |= told["settings"].get("reads", {})  # runs made before there was a reader have none
    for group in ("weights", "reads"):
        settings.pop(group, None)
    return [
        ("命令 command", told["command"]),
        ("设置 settings", ", ".join(f"{key}={value}" for key, value in settings.items())),
        ("模型 model", ", ".join(f"{k}={v}" for k, v in told["embedder"].items() if v)),
        ("文集 collection", ", ".join(f"{k} {v}" for k, v in told["counts"].items())),
        ("各阶段秒数 seconds", stages),
        ("内存峰值 peak memory", f"{memory / 1e6:.0f} MB" if memory else "—"),
        ("机器 machine", ", ".join(f"{k}: {v}" for k, v in told["machine"].items())),
        ("版本 versions", ", ".join(f"{k} {v}" for k, v in told["versions"].items())),
        ("数据 digest", run.dataset["digest"]),
        ("数据问题 problems", json.dumps(run.dataset["problems"], ensure_ascii=False)),
    ]
