"""Grids over settings: chosen on one half of the questions, told on the other."""

import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval import answers, measures
from eval.cached import open_cached
from eval.errors import RunError
from eval.gold import resolve
from eval.outcomes import answer_scores, ranking, told_of
from eval.records import Dataset, Question
from eval.run import Plan, embed, put
from eval.settings import Settings, with_setting
from eval.statistics import Difference, Interval, Values, compare, interval
from index.collection import Collection
from index.embedders import open_embedder
from index.embedders.base import Progress
from index.paths import replace_file
from qa.records import Mode

_POINTS = "points"
_DIGITS = 12
_MOST = 2000  # points; a grid of more is a mistake


@dataclass(frozen=True, slots=True)
class Point:
    """One combination of settings with its value on the half where the choice is made."""

    settings: dict[str, Any]
    choice: Interval


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep found.

    Attributes:
        dataset: the set's name.
        synthetic: number of questions that a program made.
        measure: by which it was chosen.
        points: all combinations, the best on the choice half first.
        tied: how many of them are the best; where several are, the grid's first of them is chosen.
        held: the shipped settings' and the best point's values on the half held apart.
        difference: of the best from the shipped settings, on the half held apart.
    """

    dataset: str
    synthetic: int
    measure: str
    points: tuple[Point, ...]
    tied: int
    held: tuple[Interval, Interval]
    difference: Difference

    def as_dict(self) -> dict[str, Any]:
        """The sweep as JSON can hold it."""
        return asdict(self)


def read_grid(path: Path, base: Settings) -> list[Settings]:
    """All combinations of a YAML or JSON file that gives a list of values for each setting.

    Raises:
        RunError: the file is not such a grid.
        SettingError: a setting or value is not known.
    """
    import yaml

    try:
        grid = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RunError(f"{path} cannot be read ({error})", f"无法读取 {path}") from error
    lists = isinstance(grid, dict) and all(isinstance(v, list) and v for v in grid.values())
    if not lists or not grid:
        raise RunError(
            f"{path} is not a grid; write a list of values for each setting, such as "
            "lexical_weight: [12, 18, 25]",
            f"{path} 不是网格；请为每个设置写一列值，例如 lexical_weight: [12, 18, 25]",
        )
    number = 1
    for values in grid.values():
        number *= len(values)
    if number > _MOST:
        raise RunError(
            f"{path} has {number} combinations; expected at most {_MOST}",
            f"{path} 有 {number} 种组合，最多 {_MOST} 种",
        )
    return [
        _combined(base, dict(zip(grid, values, strict=True)))
        for values in itertools.product(*grid.values())
    ]


def halves(dataset: Dataset, questions: Sequence[Question]) -> tuple[set[str], set[str]]:
    """Ids of the questions to choose on, and of those held apart.

    A set that is split in ``dev`` and ``test`` is taken at its word; any other is divided by a
    digest of the document that is judged relevant, so that questions about one paragraph do not
    stand on both sides, and the same on every machine.
    """
    splits = {question.split for question in questions}
    if splits == {"dev", "test"}:
        return (
            {q.id for q in questions if q.split == "dev"},
            {q.id for q in questions if q.split == "test"},
        )
    about = {j.question_id: j.document_id for j in reversed(dataset.judgements) if j.relevance}
    choice = {
        q.id
        for q in questions
        if hashlib.sha256(about.get(q.id, q.id).encode()).digest()[0] % 2 == 0
    }
    return choice, {q.id for q in questions} - choice


def sweep(
    dataset: Dataset,
    grid: Sequence[Settings],
    base: Settings,
    measure: str,
    out: Path,
    progress: Progress,
) -> Sweep:
    """Try all points of a grid on one half of the questions, and the best of them on the other.

    Each point is a file in ``out``; points that are there already are not run again.

    Args:
        dataset: the set.
        grid: the points, all with the model of ``base``.
        base: the shipped settings.
        measure: that decides, of rankings or of answers.
        out: the folder to write.
        progress: called while it runs.

    Raises:
        RunError: the measure is not known, or a half has no question that it is defined on.
    """
    if measure not in answers.NAMES:
        measures.parse([measure])
    asked = Plan.of(dataset, base).asked
    choice, held = halves(dataset, asked)
    embedder = open_embedder(base.model, progress)
    with open_cached(dataset, embedder, progress) as collection:
        judge = _Judge(dataset, collection, asked, measure, out)
        points = []
        for number, settings in enumerate(grid):
            progress("网格", number, len(grid))
            values = judge.values(settings, choice)
            points.append((settings, interval(values)))
        progress("网格", len(grid), len(grid))
        # Sums in another order differ in their last digits; those count as equal.
        points.sort(key=lambda point: -round(point[1].mean, _DIGITS))
        best = round(points[0][1].mean, _DIGITS)
        before = judge.values(base, held)
        after = judge.values(points[0][0], held)
    (difference,) = compare(before, [after])
    told = Sweep(
        dataset=dataset.name,
        synthetic=sum(question.synthetic for question in asked),
        measure=measure,
        points=tuple(Point(_flat(settings), value) for settings, value in points),
        tied=sum(round(value.mean, _DIGITS) == best for _, value in points),
        held=(interval(before), interval(after)),
        difference=difference,
    )
    content = json.dumps(told.as_dict(), ensure_ascii=False, indent=1)
    replace_file(out / "sweep.json", content.encode())
    return told


class _Judge:
    """Gives the measure of settings on questions, each asked once."""

    def __init__(
        self,
        dataset: Dataset,
        collection: Collection,
        asked: Sequence[Question],
        measure: str,
        out: Path,
    ) -> None:
        self._dataset = dataset
        self._collection = collection
        self._asked = asked
        self._measure = measure
        self._out = out
        self._qrels = resolve(dataset, collection, asked)
        # Embedded once for all points.
        vectors = embed(collection, asked, Mode.HYBRID)
        self._vectors = {q.id: vector for q, vector in zip(asked, vectors, strict=True)}

    def values(self, settings: Settings, ids: set[str]) -> Values:
        """Values over those of the questions that the measure is defined on, in order."""
        chosen = [question for question in self._asked if question.id in ids]
        fingerprint = Plan(self._dataset, settings, tuple(chosen)).fingerprint
        path = self._out / _POINTS / f"{fingerprint[:24]}.json"
        values = _stored(path, self._measure)
        if values is None:
            values = self._made(settings, chosen)
            told = {"measure": self._measure, "settings": settings.as_dict(), "values": values}
            replace_file(path, json.dumps(told).encode())
        if not values:
            raise RunError(
                f"{self._measure} is defined on none of {len(chosen)} questions; "
                "choose another measure or a larger set",
                f"{self._measure} 在这 {len(chosen)} 个问题上都没有定义，"
                "请换一个指标或更大的数据集",
            )
        return np.array(list(values.values()), dtype=np.float64)

    def _made(self, settings: Settings, chosen: Sequence[Question]) -> dict[str, float]:
        lexical = settings.mode is Mode.LEXICAL
        rows = {
            q.id: put(self._collection, q, None if lexical else self._vectors[q.id], settings)
            for q in chosen
        }
        unit = self._dataset.unit
        if self._measure in answers.NAMES:
            if self._measure not in told_of(chosen):
                return {}
            scored = {
                q.id: answer_scores(unit, q, rows[q.id], self._qrels).get(self._measure)
                for q in chosen
            }
            return {name: value for name, value in scored.items() if value is not None}
        qrels = {q.id: self._qrels[q.id] for q in chosen if q.id in self._qrels}
        rankings = {name: ranking(unit, row) for name, row in rows.items()}
        (parsed,) = measures.parse([self._measure])
        values = measures.score(rankings, qrels, [self._measure])[str(parsed)]
        return {q.id: values[q.id] for q in chosen if q.id in values}


def _stored(path: Path, measure: str) -> dict[str, float] | None:
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return dict(told["values"]) if told.get("measure") == measure else None


def _combined(base: Settings, values: Mapping[str, Any]) -> Settings:
    settings = base
    for key, value in values.items():
        settings = with_setting(settings, key, value)
    return settings


def _flat(settings: Settings) -> dict[str, Any]:
    named = {**asdict(settings.weights), **asdict(settings.reads)}
    return {"mode": settings.mode.value, "today": settings.today, **named}


def differing(points: Sequence[Point]) -> Iterator[str]:
    """The settings that are not the same in all points."""
    for key in points[0].settings:
        if len({point.settings[key] for point in points}) > 1:
            yield key
