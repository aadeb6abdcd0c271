"""Whether runs differ, by how much, and on which questions."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eval.errors import RunError
from eval.run_files import Run
from eval.statistics import Difference, Interval, Values, compare, interval


@dataclass(frozen=True, slots=True)
class Line:
    """One measure over all runs.

    Attributes:
        measure: its name.
        values: each run's mean with its interval.
        differences: each run but the first against the first.
    """

    measure: str
    values: tuple[Interval, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a ranking: the id, the start of its text, and whether it is relevant."""

    id: str
    title: str
    text: str
    relevant: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """A question on which two runs differ.

    Attributes:
        id: of the question.
        question: its text.
        before: the measure's value in the first run.
        after: its value in the other.
        first: the first places of both rankings.
    """

    id: str
    question: str
    before: float
    after: float
    first: tuple[tuple[Place, ...], tuple[Place, ...]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs side by side; the first is what the others are compared with.

    Attributes:
        runs: their names.
        dataset: the set's name.
        synthetic: number of questions that a program made.
        lines: a measure each.
        changed: for each run but the first, the questions that changed most.
    """

    runs: tuple[str, ...]
    dataset: str
    synthetic: int
    lines: tuple[Line, ...]
    changed: tuple[tuple[Changed, ...], ...]

    def as_dict(self) -> dict[str, Any]:
        """The comparison as JSON can hold it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a run is worse than a baseline.

    Attributes:
        measure: that was looked at.
        before: the baseline's value.
        after: the run's.
        difference: between them.
        margin: the loss that is allowed.
        lost: whether the loss is larger than the margin and significant at 0.05.
    """

    measure: str
    before: Interval
    after: Interval
    difference: Difference
    margin: float
    lost: bool

    def as_dict(self) -> dict[str, Any]:
        """The verdict as JSON can hold it."""
        return asdict(self)


def compare_runs(
    runs: Sequence[Run], names: Sequence[str] = (), main: str = "", most: int = 5
) -> Comparison:
    """Runs of the same questions, side by side.

    Holm's correction is over the runs that are compared with the first, measure by measure.

    Args:
        runs: two or more.
        names: the measures; by default those that all runs have.
        main: the measure by which questions are told to have changed; by default the first.
        most: how many of those to give for each run.

    Raises:
        RunError: the runs are of different questions, or one lacks a measure.
    """
    check_same_questions(runs)
    chosen = list(names) or [
        name for name in runs[0].measures if all(name in run.measures for run in runs)
    ]
    if not chosen:
        raise RunError("the runs have no measure in common", "这几次评测没有共同的指标")
    by_what = main or chosen[0]
    return Comparison(
        runs=tuple(run.name for run in runs),
        dataset=runs[0].dataset["name"],
        synthetic=runs[0].dataset["synthetic"],
        lines=tuple(_line(runs, name) for name in chosen),
        changed=tuple(_changed(runs[0], run, by_what, most) for run in runs[1:]),
    )


def judge(baseline: Run, run: Run, measure: str, margin: float) -> Verdict:
    """Whether ``run`` lost more than ``margin`` of a measure, and not by chance.

    Raises:
        RunError: the runs are of different questions, or one lacks the measure.
    """
    check_same_questions([baseline, run])
    line = _line([baseline, run], measure)
    (difference,) = line.differences
    lost = difference.mean.mean < -margin and difference.randomisation < 0.05
    before, after = line.values
    return Verdict(measure, before, after, difference, margin, lost)


def check_same_questions(runs: Sequence[Run]) -> None:
    """See that runs can be compared question by question.

    Raises:
        RunError: they cannot.
    """
    first = runs[0]
    for run in runs[1:]:
        if run.dataset["digest"] != first.dataset["digest"]:
            raise RunError(
                f"{first.name} is of {first.dataset['name']} and {run.name} of "
                f"{run.dataset['name']}, whose documents, questions or judgements differ; "
                "compare runs of the same data, or make the baseline anew",
                f"{first.name} 和 {run.name} 的文档、问题或标注不同，不能比较；"
                "请比较同一份数据的结果，或者重新生成基线",
            )
        if run.summary["questions"] != first.summary["questions"]:
            raise RunError(
                f"{first.name} asks {len(first.summary['questions'])} questions and {run.name} "
                f"{len(run.summary['questions'])}, not the same ones; use the same --limit",
                f"{first.name} 和 {run.name} 问的不是同一批问题，请使用相同的 --limit",
            )


def _line(runs: Sequence[Run], measure: str) -> Line:
    values = _paired(runs, measure)
    return Line(
        measure,
        tuple(interval(each) for each in values),
        tuple(compare(values[0], values[1:])),
    )


def _paired(runs: Sequence[Run], measure: str) -> list[Values]:
    """Values of the same questions in the same order.

    Which passages are relevant may depend on how a run's collection divides articles, but which
    questions are judged does not.
    """
    held = [run.values(measure) for run in runs]
    for run, (ids, _) in zip(runs, held, strict=True):
        if ids != held[0][0]:
            raise RunError(
                f"{measure} is defined on other questions in {run.name} than in {runs[0].name}; "
                "make both runs with the same version",
                f"{run.name} 和 {runs[0].name} 的 {measure} 不是同一批问题上的，"
                "请用同一版本重新评测",
            )
    return [values for _, values in held]


def _changed(first: Run, other: Run, measure: str, most: int) -> tuple[Changed, ...]:
    ids, before = first.values(measure)
    _, after = other.values(measure)
    moved = after - before
    order = sorted(range(len(ids)), key=lambda place: (-abs(moved[place]), ids[place]))
    chosen = {ids[place]: place for place in order[:most] if moved[place]}
    rows = [_rows_of(run, set(chosen)) for run in (first, other)]
    texts = [run.passages() if chosen else {} for run in (first, other)]
    return tuple(
        Changed(
            id=question_id,
            question=(rows[0].get(question_id) or rows[1].get(question_id) or {}).get(
                "question", ""
            ),
            before=float(before[place]),
            after=float(after[place]),
            first=(
                _first(rows[0].get(question_id), texts[0]),
                _first(rows[1].get(question_id), texts[1]),
            ),
        )
        for question_id, place in chosen.items()
    )


def _rows_of(run: Run, ids: set[str]) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in run.rows() if row["id"] in ids}


def _first(
    row: dict[str, Any] | None, texts: dict[str, dict[str, Any]], number: int = 5
) -> tuple[Place, ...]:
    if row is None:
        return ()
    relevant = set(row["relevant"])
    return tuple(
        Place(
            place["id"],
            texts[place["passage"]]["title"],
            texts[place["passage"]]["text"],
            place["id"] in relevant,
        )
        for place in row["first"][:number]
    )
