"""The commands that judge retrieval and answers."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval.options import (
    AcceptOption,
    CollectionArgument,
    DatasetArgument,
    DocumentsOption,
    LimitOption,
    MainOption,
    MeasuresOption,
    OutOption,
    RunsArgument,
    SplitOption,
)
from index.terminal import (
    FOUND,
    INTERRUPTED,
    NOTHING_FOUND,
    UNUSABLE,
    JsonOption,
    ModelOption,
    exits,
    print_error,
    print_json,
    print_line,
    progress_shown,
)

if TYPE_CHECKING:
    from eval.datasets.check import Wanted
    from eval.run_files import Run


def mount(app: typer.Typer) -> None:
    """Add this folder's commands to the command line."""
    evaluation = typer.Typer(
        name="eval",
        help="评测检索和回答的质量 · Judge retrieval and answers",
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    evaluation.command("validate")(validate)
    evaluation.command("run")(run)
    evaluation.command("compare")(compare)
    evaluation.command("gate")(gate)
    evaluation.command("report")(report)
    evaluation.command("sweep")(sweep)
    evaluation.command("generate")(generate)
    evaluation.command("export-judgements")(export_judgements)
    app.add_typer(evaluation)


def validate(
    dataset: DatasetArgument,
    documents: DocumentsOption = None,
    split: SplitOption = None,
    as_json: JsonOption = False,
) -> None:
    """检查数据集，逐条列出问题 · Check a set; every problem with its place."""
    with exits(), progress_shown() as progress:
        from eval.datasets.check import read_dataset
        from eval.problems import Problem, Problems, Severity
        from eval.render import console, print_dataset, print_problems

        def told(problem: Problem) -> None:
            print_json(problem.as_dict(), indent=None)

        problems = Problems(told if as_json else None)
        wanted = _wanted(dataset, documents, split)
        read = read_dataset(wanted, problems, accept=True, progress=progress)
        errors = problems.number(Severity.ERROR)
        if not as_json:
            print_dataset(read)
            print_problems(problems, console(), shown=20)
            if not problems.counts:
                print_line("没有发现问题 · no problems")
    raise typer.Exit(UNUSABLE if errors else FOUND)


def run(
    dataset: DatasetArgument,
    documents: DocumentsOption = None,
    split: SplitOption = None,
    mode: Annotated[
        str, typer.Option("--mode", metavar="MODE", help="hybrid、dense 或 lexical")
    ] = "hybrid",
    model: ModelOption = None,
    assignments: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE",
            help="设置，如 lexical_weight=20，可给多次 · a setting; may be repeated",
        ),
    ] = None,
    k: Annotated[
        int, typer.Option("--k", "-k", metavar="N", help="取几个段落，1 到 100 · depth")
    ] = 100,
    limit: LimitOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="DIR",
            help="结果写到哪里 · where to write [默认 default: eval-runs/…]", show_default=False,
        ),
    ] = None,
    accept: AcceptOption = False,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """在数据集上评测，写出排名、答案和指标 · Evaluate on a set."""
    with exits(), progress_shown() as progress:
        from rich.console import Console

        from eval.datasets.check import read_dataset
        from eval.problems import Problems
        from eval.render import command_line, print_problems, print_run
        from eval.run import Plan, make_run
        from eval.settings import Settings, assigned, parse_mode
        from index.embedders import DEFAULT

        settings = Settings(parse_mode(mode), model or DEFAULT, k=k, limit=limit)
        settings = assigned(settings, assignments or ())
        problems = Problems()
        wanted = _wanted(dataset, documents, split)
        read = read_dataset(
            wanted, problems, accept=accept, model=settings.model, progress=progress
        )
        print_problems(problems, Console(stderr=True, highlight=False))
        plan = Plan.of(read, settings, command_line(sys.argv[1:]))
        name = f"{read.name.replace(':', '-')}-{settings.mode}-{plan.fingerprint[:8]}"
        folder = out or Path("eval-runs") / name
        try:
            made = make_run(plan, folder, progress)
        except KeyboardInterrupt as error:
            print_error("已中断；再次运行同一命令即可继续 · interrupted; the same command goes on")
            raise typer.Exit(INTERRUPTED) from error
        if as_json:
            print_json({"run": str(folder), **_without_values(made)})
        else:
            print_run(made)
            print_line(f"结果在 {folder}")


def compare(
    runs: RunsArgument,
    measures: MeasuresOption = None,
    changed: Annotated[
        int, typer.Option("--changed", metavar="N", help="列出变化最大的 N 个问题")
    ] = 5,
    as_json: JsonOption = False,
) -> None:
    """比较几次评测，第一次为基准 · Compare runs with the first of them."""
    with exits():
        from eval.compare import compare_runs
        from eval.render import print_comparison
        from eval.run_files import load_run
        from index.errors import SettingError

        if len(runs) < 2:
            raise SettingError(
                f"{len(runs)} run was given; expected two or more",
                "至少要给出两次评测的结果",
            )
        comparison = compare_runs([load_run(path) for path in runs], measures or (), most=changed)
        if as_json:
            print_json(comparison.as_dict())
        else:
            print_comparison(comparison)


def gate(
    baseline: Annotated[
        Path, typer.Argument(metavar="BASELINE", help="基线：结果文件夹或 measures.json")
    ],
    made: Annotated[Path, typer.Argument(metavar="RUN", help="要检查的结果 · the run")],
    measure: MainOption = "nDCG@10",
    margin: Annotated[
        float, typer.Option("--margin", metavar="X", help="容许下降多少 · the loss allowed")
    ] = 0.005,
    as_json: JsonOption = False,
) -> None:
    """比基线显著变差时退出状态为 1 · Exit 1 on a significant loss."""
    with exits():
        from eval.compare import judge
        from eval.render import print_verdict
        from eval.run_files import load_run

        verdict = judge(load_run(baseline), load_run(made), measure, margin)
        if as_json:
            print_json(verdict.as_dict())
        else:
            print_verdict(verdict)
    raise typer.Exit(NOTHING_FOUND if verdict.lost else FOUND)


def report(
    runs: RunsArgument,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FILE", help="写到哪个文件 · where to write [report.html]",
            show_default=False,
        ),
    ] = None,
    collection: Annotated[
        Path | None,
        typer.Option(
            "--collection", "-c", metavar="DIR",
            help="写到这个文集的 reports 文件夹，网页会列出 · put it with a collection",
        ),
    ] = None,
    measure: MainOption = "nDCG@10",
) -> None:  # fmt: skip
    """把评测结果做成一个网页 · Make one self-contained page of runs."""
    with exits():
        from eval.report import report as make_report
        from eval.run_files import load_run
        from index.collection import Collection
        from index.errors import SettingError
        from index.paths import replace_file

        if out and collection:
            raise SettingError(
                "--out and --collection were both given; choose one",
                "--out 和 --collection 只能给一个",
            )
        loaded = [load_run(path) for path in runs]
        place = out or Path("report.html")
        if collection:
            name = "-".join(dict.fromkeys(run.name for run in loaded))[:100]
            with Collection.open(collection) as held:
                place = held.reports / f"{name}.html"
        replace_file(place, make_report(loaded, measure).encode())
        print_line(f"报告在 {place}")


def sweep(
    dataset: DatasetArgument,
    grid: Annotated[
        Path,
        typer.Option("--grid", metavar="FILE", help="YAML：每个设置一列值 · a list a setting"),
    ],
    documents: DocumentsOption = None,
    split: SplitOption = None,
    model: ModelOption = None,
    limit: LimitOption = None,
    measure: MainOption = "nDCG@10",
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="结果写到哪里 · where to write"),
    ] = None,
    accept: AcceptOption = False,
    as_json: JsonOption = False,
) -> None:
    """在一半问题上比较各种设置，用另一半检验 · Try settings."""
    with exits(), progress_shown() as progress:
        from rich.console import Console

        from eval.datasets.check import read_dataset
        from eval.problems import Problems
        from eval.render import print_problems, print_sweep
        from eval.settings import Settings
        from eval.sweep import read_grid
        from eval.sweep import sweep as run_sweep
        from index.embedders import DEFAULT

        base = Settings(model=model or DEFAULT, limit=limit)
        points = read_grid(grid, base)
        problems = Problems()
        wanted = _wanted(dataset, documents, split)
        read = read_dataset(wanted, problems, accept=accept, model=base.model, progress=progress)
        print_problems(problems, Console(stderr=True, highlight=False))
        folder = out or Path("eval-runs") / f"{read.name.replace(':', '-')}-sweep-{grid.stem}"
        told = run_sweep(read, points, base, measure, folder, progress)
        if as_json:
            print_json(told.as_dict())
        else:
            print_sweep(told)
            print_line(f"结果在 {folder}")


def generate(
    collection: CollectionArgument,
    out: OutOption,
    number: Annotated[
        int, typer.Option("--number", "-n", metavar="N", help="最多出几道题 · at most")
    ] = 100,
    as_json: JsonOption = False,
) -> None:
    """从文集里出题，做成评测集（合成问题）· Make synthetic questions from a collection."""
    with exits(), progress_shown() as progress:
        from eval.datasets.write import check_free, write_set
        from eval.generate import by_kind
        from eval.generate import generate as make_questions
        from index.collection import Collection
        from index.errors import SettingError

        if number < 1:
            raise SettingError(
                f"--number is {number}; expected 1 or more", f"--number 为 {number}，应为 1 或更大"
            )
        check_free(out)
        with Collection.open(collection, progress=progress) as opened:
            made = make_questions(opened, number, progress)
            if made.questions:
                write_set(out, opened.store.articles(), made.questions)
        kinds = by_kind(made.questions)
        if as_json:
            told = {"questions": len(made.questions), "kinds": kinds}
            print_json(
                {"out": str(out), **told, "proposed": made.proposed, "refused": made.refused}
            )
        else:
            listed = "，".join(f"{kind} {count}" for kind, count in kinds.items())
            print_line(
                f"出了 {len(made.questions)} 道题（{listed}），从 {made.proposed} 个候选中选出"
            )
            for reason, count in made.refused.items():
                print_line(f"  舍去 {count} 个：{_REASONS[reason]} · {reason}")
            if made.questions:
                print_line(f"都是合成问题，只能用来发现变化。下一步：wenju eval run {out}")
    raise typer.Exit(FOUND if made.questions else NOTHING_FOUND)


def export_judgements(
    collection: CollectionArgument, out: OutOption, as_json: JsonOption = False
) -> None:
    """把网页上的评价导出为评测集 · Export what people judged as a set."""
    with exits():
        from eval.datasets.write import check_free, write_set
        from eval.judged import exported
        from index.collection import Collection

        check_free(out)
        with Collection.open(collection) as opened:
            told = exported(opened, opened.store.judgements.kept())
            if told.questions:
                write_set(out, opened.store.articles(), told.questions)
        if as_json:
            print_json(
                {
                    "out": str(out),
                    "questions": len(told.questions),
                    "judgements": told.judgements,
                    "lost": [asdict(judgement) for judgement in told.lost],
                }
            )
        elif not told.questions and not told.lost:
            print_line("这个文集还没有评价；在网页上评过“相关”或“不相关”之后再导出")
        else:
            print_line(f"导出 {len(told.questions)} 个问题、{told.judgements} 条评价到 {out}")
        for lost in () if as_json else told.lost:
            print_error(
                f"略去：{lost.article_id} 第{lost.paragraph}段已不是评价时的文字"
                f"（问题：{lost.question}）· the passage is no longer there as it was judged"
            )
    raise typer.Exit(FOUND if told.questions else NOTHING_FOUND)


_REASONS = {
    "duplicate": "与别的题重复",
    "not found by both kinds of search": "语义和字词检索没有都找到原段落",
    "another passage answers it too": "别的段落也能回答",
}


def _wanted(dataset: Path, documents: list[Path] | None, split: str | None) -> "Wanted":
    from eval.datasets.check import Wanted

    return Wanted(dataset, split, tuple(documents or ()))


def _without_values(run: "Run") -> dict[str, object]:
    """A run's summary without what it has a question."""
    return {key: value for key, value in run.summary.items() if key not in {"values", "questions"}}
