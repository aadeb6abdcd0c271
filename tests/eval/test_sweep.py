"""A grid is tried on one half of the questions; what it is worth is told on the other."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eval import sweep as sweeping
from eval.errors import RunError
from eval.outcomes import Row
from eval.render import print_sweep
from eval.run import put
from eval.settings import Settings
from eval.statistics import Interval, compare
from eval.sweep import Point, Sweep, halves, read_grid, sweep
from index.embedders.base import no_progress
from index.errors import SettingError
from qa.evidence.use import Reads
from qa.fusion import Weights
from qa.records import Evidence, Mode
from tests.eval.conftest import read
from tests.support import SAMPLE, SHARED, HashEmbedder

BASE = Settings(model="hash", reads=Reads(Evidence.OFF))


def grid(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_grid_is_every_combination(tmp_path: Path) -> None:
    file = grid(tmp_path / "g.yaml", "mode: [hybrid, dense]\nlexical_weight: [1, 2.5]\n")
    points = read_grid(file, BASE)
    assert [(p.mode, p.weights.lexical_weight) for p in points] == [
        (Mode.HYBRID, 1.0), (Mode.HYBRID, 2.5), (Mode.DENSE, 1.0), (Mode.DENSE, 2.5),
    ]  # fmt: skip
    assert all(p.weights.lexical_power == Weights().lexical_power for p in points)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", RunError), ("lexical_weight: 3", RunError), ("lexical_weight: []", RunError),
        ("- 1", RunError), ("{", RunError), ("unknown: [1]", SettingError),
        ("mode: [magic]", SettingError), ("lexical_weight: [x]", SettingError),
        (f"lexical_weight: {list(range(3000))}", RunError),
    ],
)  # fmt: skip
def test_what_is_no_grid_is_told(tmp_path: Path, text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_grid(grid(tmp_path / "g.yaml", text), BASE)


def test_halves_share_no_document() -> None:
    dataset = read(SHARED / "sets" / "drcd-dev.json")
    choice, held = halves(dataset, dataset.questions)
    assert not choice & held
    assert len(choice) + len(held) == len(dataset.questions)
    assert 0.4 < len(choice) / len(dataset.questions) < 0.6
    about = {j.question_id: j.document_id for j in dataset.judgements}
    assert not {about[q] for q in choice} & {about[q] for q in held}
    sample = read(SAMPLE)
    dev, test = halves(sample, sample.questions)
    assert dev == {q.id for q in sample.questions if q.split == "dev"}
    assert test == {q.id for q in sample.questions if q.split == "test"}


def test_the_best_is_chosen_on_one_half_and_told_on_the_other(
    hashed: HashEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Settings]] = []

    def counted(collection: Any, question: Any, vector: Any, settings: Settings) -> Any:
        asked.append((question.id, settings))
        return put(collection, question, vector, settings)

    monkeypatch.setattr(sweeping, "put", counted)
    dataset = read(SAMPLE)
    points = read_grid(grid(tmp_path / "g.yaml", "mode: [dense, lexical, hybrid]"), BASE)
    told = sweep(dataset, points, BASE, "nDCG@10", tmp_path / "out", no_progress)
    values = [point.choice.mean for point in told.points]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == 3
    best = told.points[0].settings["mode"]
    choice, held = halves(dataset, dataset.questions)
    for question, settings in asked:
        if question in held:
            assert settings.mode.value in {best, "hybrid"}
    assert {question for question, _ in asked} == choice | held
    assert told.held[1].mean - told.held[0].mean == pytest.approx(told.difference.mean.mean)
    before = len(asked)
    again = sweep(dataset, points, BASE, "nDCG@10", tmp_path / "out", no_progress)
    assert again == told
    assert len(asked) == before  # all points were there


def test_measures_of_answers_can_decide_and_others_are_refused(
    hashed: HashEmbedder, tmp_path: Path
) -> None:
    dataset = read(SAMPLE)
    told = sweep(dataset, [BASE], BASE, "AnswerQuoted", tmp_path / "a", no_progress)
    assert 0 < told.points[0].choice.mean < 1
    with pytest.raises(RunError, match="is not a measure"):
        sweep(dataset, [BASE], BASE, "magic", tmp_path / "b", no_progress)


def test_a_measure_over_all_questions_rewards_abstaining_where_there_is_no_answer(
    hashed: HashEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = read(SAMPLE)
    answers = {question.id: question.answers for question in dataset.questions}
    wrong = {q.id for q in dataset.questions if not q.answerable}

    def by_threshold(collection: Any, question: Any, vector: Any, settings: Settings) -> Row:
        # Right where there is an answer, and less sure where there is none.
        confidence = 0.3 if question.id in wrong else 0.8
        text = "胡说" if question.id in wrong else answers[question.id][0]
        given = confidence >= (settings.reads.threshold or 0)
        return Row(question.id, text if given else None, confidence, (), (), 0.0)

    monkeypatch.setattr(sweeping, "put", by_threshold)
    points = read_grid(grid(tmp_path / "g.yaml", "threshold: [0, 0.2, 0.5, 0.6, 0.9]"), BASE)
    told = sweep(dataset, points, BASE, "F1All", tmp_path / "all", no_progress)
    assert [point.settings["threshold"] for point in told.points] == [0.5, 0.6, 0, 0.2, 0.9]
    assert (told.points[0].choice.mean, told.tied) == (1.0, 2)
    assert told.points[0].choice.number == len([q for q in dataset.questions if q.split == "dev"])
    blind = sweep(dataset, points, BASE, "F1", tmp_path / "f1", no_progress)
    assert blind.tied == 4  # F1 sees no difference


def test_ties_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    point = Point({"threshold": 0.1}, Interval(0.5, 0.4, 0.6, 9))
    (difference,) = compare(np.ones(3), [np.ones(3)])
    held = (point.choice, point.choice)
    for tied in (1, 2):
        told = Sweep("set", 0, "F1All", (point, point), tied, held, difference)
        print_sweep(told)
        assert ("tie for the best" in capsys.readouterr().out) == (tied == 2)
