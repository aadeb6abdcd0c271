"""Runs and comparisons as a person reads them in a terminal."""

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from index.terminal import harmless

if TYPE_CHECKING:
    from eval.compare import Changed, Comparison, Place, Verdict
    from eval.problems import Problems
    from eval.records import Dataset
    from eval.run_files import Run
    from eval.statistics import Difference, Interval
    from eval.sweep import Sweep

_WIDEST = 100


def console() -> Console:
    """Where results are printed."""
    made = Console(highlight=False)
    made.width = min(made.width, _WIDEST)
    return made


def print_problems(problems: "Problems", to: Console, shown: int = 3) -> None:
    """Print what is wrong with a set: counts, treatment, the first few of each kind."""
    for kind, count in problems.counts.items():
        head = Text(f"{_SEVERITIES[kind.severity.value]}  ", style=_STYLES[kind.severity.value])
        head.append(f"{kind.chinese}：{count} 处，{kind.done_chinese} · ", style="not bold")
        head.append(f"{kind.english}: {count}, {kind.done}", style="dim not bold")
        to.print(head)
        for problem in problems.examples(kind)[:shown]:
            to.print(Text(harmless(f"    {problem.place}  {problem.detail}")))
        if count > shown:
            to.print(Text(f"    …… 另有 {count - shown} 处", style="dim"))


_SEVERITIES = {"error": "错误", "warning": "注意", "note": "说明"}
_STYLES = {"error": "bold red", "warning": "bold yellow", "note": "bold"}


def print_dataset(dataset: "Dataset") -> None:
    """Print what a set holds."""
    asked = dataset.questions
    unanswerable = sum(not question.answerable for question in asked)
    told = (
        f"{dataset.name}（{dataset.layout}）：{dataset.size} 篇文档，{len(asked)} 个问题"
        f"{f'（{unanswerable} 个没有答案）' if unanswerable else ''}，"
        f"{len(dataset.judgements)} 条标注"
    )
    to = console()
    to.print(Text(told, style="bold"))
    to.print(
        Text(
            f"{dataset.size} documents, {len(asked)} questions, {unanswerable} of them without "
            f"an answer, {len(dataset.judgements)} judgements",
            style="dim",
        )
    )


def print_run(run: "Run") -> None:
    """Print a run's measures with intervals, abstention and times."""
    to = console()
    told, data = run.summary, run.dataset
    head = Text(f"{data['name']}  {told['settings']['mode']}", style="bold")
    head.append(
        f"  {data['questions']} 个问题 questions · {data['documents']} 篇文档 documents · "
        f"{told['counts']['passages']} 个段落 passages",
        style="not bold",
    )
    to.print(head)
    _print_synthetic(to, data["synthetic"])
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("指标", "均值", "95% 区间", "问题"):
        table.add_column(title, justify="left" if title == "指标" else "right")
    for name in run.measures:
        each = told["measures"][name]
        table.add_row(
            name, f"{each['mean']:.4f}", f"{each['low']:.4f} – {each['high']:.4f}",
            str(each["questions"]),
        )  # fmt: skip
    to.print(table)
    _print_abstention(to, run)
    seconds = told["seconds_a_question"]
    stages = "，".join(f"{name} {value:.1f}" for name, value in told["seconds"].items())
    to.print(
        Text(
            f"每题 {seconds['p50'] * 1000:.0f} 毫秒（中位数，不含问题的嵌入），"
            f"95% 在 {seconds['p95'] * 1000:.0f} 毫秒以内；各阶段秒数：{stages}",
            style="dim",
        )
    )


def _print_synthetic(to: Console, number: int) -> None:
    """What every table says where a program made questions."""
    if number:
        told = f"⚠ 其中 {number} 个是合成问题，只能用来发现变化 · {number} are synthetic"
        to.print(Text(told, style="bold yellow"))


def _print_abstention(to: Console, run: "Run") -> None:
    told = run.summary["abstention"]
    if not told["unanswerable"] and not told["with_confidence"]:
        return
    to.print(
        Text(
            f"拒答：{told['unanswerable']} 个没有答案的问题，共拒答 {told['abstained']} 次 · "
            f"precision {_or_dash(told['precision'])}, recall {_or_dash(told['recall'])}, "
            f"F1 {_or_dash(told['f1'])}"
        )
    )
    if told["with_confidence"]:
        to.print(
            Text(
                f"置信度：AUROC {_or_dash(told['auroc'])}, AURC {_or_dash(told['aurc'])}, "
                f"ECE {_or_dash(told['ece'])}（{told['with_confidence']} 个问题有置信度）"
            )
        )
    else:
        to.print(
            Text(
                "置信度：这套系统没有给出置信度，无法计算 AUROC、风险—覆盖曲线和校准误差 · "
                "no confidence"
            )
        )


def print_comparison(comparison: "Comparison") -> None:
    """Print each measure over all runs, and the questions that changed most."""
    to = console()
    names = comparison.runs
    to.print(Text(comparison.dataset, style="bold"))
    _print_synthetic(to, comparison.synthetic)
    for number, name in enumerate(names):
        to.print(Text(f"  [{number}] {name}{'（基准 baseline）' if number == 0 else ''}"))
    for other in range(1, len(names)):
        table = Table(box=None, pad_edge=False, header_style="bold", title_justify="left")
        for title in ("指标", "[0]", f"[{other}]", "差 [95%]", "p", "Holm", "t", "胜/平/负"):
            table.add_column(Text(title), justify="left" if title == "指标" else "right")
        for line in comparison.lines:
            table.add_row(
                *map(Text, _line(line.measure, line.values[0], line.values[other],
                                 line.differences[other - 1]))
            )  # fmt: skip
        to.print()
        to.print(table)
    to.print(
        Text(
            "区间：配对自助法；p：配对随机化检验；Holm：对多次比较校正后的 p；t：配对 t 检验的 p",
            style="dim",
        )
    )
    for other, changed in enumerate(comparison.changed, 1):
        if changed:
            to.print()
            to.print(Text(f"变化最大的问题 [0] → [{other}]", style="bold"))
            for each in changed:
                _print_changed(to, each)


def _line(
    measure: str, before: "Interval", after: "Interval", difference: "Difference"
) -> list[str]:
    mean = difference.mean
    return [
        measure,
        f"{before.mean:.4f}",
        f"{after.mean:.4f}",
        f"{mean.mean:+.4f} [{mean.low:+.4f}, {mean.high:+.4f}]",
        _p(difference.randomisation),
        _p(difference.holm),
        _p(difference.t),
        f"{difference.wins}/{difference.ties}/{difference.losses}",
    ]


def _print_changed(to: Console, changed: "Changed") -> None:
    to.print()
    to.print(
        Text(
            harmless(
                f"{changed.id}  {changed.question}  {changed.before:.3f} → {changed.after:.3f}"
            )
        )
    )
    if not any(changed.first):
        return
    table = Table(box=None, pad_edge=False, show_header=False, expand=True)
    table.add_column("", ratio=1)
    table.add_column("", ratio=1)
    for rank in range(max(map(len, changed.first))):
        table.add_row(*(_place(side, rank) for side in changed.first))
    to.print(table)


def _place(side: Sequence["Place"], rank: int) -> Text:
    if rank >= len(side):
        return Text("—")
    place = side[rank]
    title, text = harmless(place.title), harmless(" ".join(place.text.split())[:40])
    return Text(
        f"{'✓' if place.relevant else ' '} {rank + 1}. 《{title}》{text}…",
        style="green" if place.relevant else "",
    )


def print_sweep(told: "Sweep", shown: int = 20) -> None:
    """Print the best points of a grid, and what the best is worth on the half held apart."""
    from eval.sweep import differing

    to = console()
    number = told.points[0].choice.number
    to.print(Text(f"{told.dataset}  {told.measure}", style="bold"))
    _print_synthetic(to, told.synthetic)
    to.print(Text(f"在一半问题（{number} 个）上选择 · chosen on one half", style="dim"))
    keys = list(differing(told.points))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for key in (*keys, told.measure, "95% 区间"):
        table.add_column(Text(key), justify="left" if key in keys else "right")
    for point in told.points[:shown]:
        table.add_row(
            *(str(point.settings[key]) for key in keys),
            f"{point.choice.mean:.4f}", f"{point.choice.low:.4f} – {point.choice.high:.4f}",
        )  # fmt: skip
    to.print(table)
    if len(told.points) > shown:
        to.print(Text(f"…… 共 {len(told.points)} 种组合，全部在 sweep.json", style="dim"))
    if told.tied > 1:
        to.print(
            Text(
                f"有 {told.tied} 种组合并列第一，取网格中最先的一种 · "
                f"{told.tied} points tie for the best; the first of them in the grid is taken",
                style="bold yellow",
            )
        )
    before, after = told.held
    mean = told.difference.mean
    to.print(
        Text(
            f"另一半（{before.number} 个，没有参与选择）：现有设置 {before.mean:.4f}，"
            f"选中的 {after.mean:.4f}，差 {mean.mean:+.4f} [{mean.low:+.4f}, {mean.high:+.4f}]，"
            f"p = {_p(told.difference.randomisation)} · on the half held apart"
        )
    )


def print_verdict(verdict: "Verdict") -> None:
    """Print whether a run passes."""
    mean = verdict.difference.mean
    told = (
        f"{verdict.measure}：{verdict.before.mean:.4f} → {verdict.after.mean:.4f}，"
        f"差 {mean.mean:+.4f} [{mean.low:+.4f}, {mean.high:+.4f}]，"
        f"p = {_p(verdict.difference.randomisation)}，容许下降 {verdict.margin:g}"
    )
    to = console()
    to.print(Text(told))
    if verdict.lost:
        to.print(Text("未通过：下降显著且超出容许的幅度 · a significant loss", style="bold red"))
    else:
        to.print(Text("通过 · passed", style="bold green"))


def command_line(arguments: Sequence[str]) -> str:
    """A command as it is typed."""
    return shlex.join(["wenju", *arguments])


def _p(value: float | None) -> str:
    if value is None:
        return "—"
    return "<0.0001" if value < 0.0001 else f"{value:.4f}"


def _or_dash(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"
