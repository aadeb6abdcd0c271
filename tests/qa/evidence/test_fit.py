"""The ranker and the calibration."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qa.evidence.figures import (
    auroc,
    calibration_error,
    case_of,
    cases,
    figures,
    paired,
    table,
)
from qa.evidence.fit import (
    crossed,
    fill,
    fit,
    fit_chooser,
    fit_confidence,
    fit_ranker,
    helps,
    write,
)
from qa.evidence.judge import Judge, Seen, Support
from qa.evidence.mine import states, words_of
from qa.evidence.readings import Read
from qa.evidence.spans import Reading, Span
from qa.evidence.use import judge_of
from qa.evidence.weights import MANIFEST, shipped

UNLIKE = Support(0.0, 0.0)
OWN_ODDS = (1.0, 0.0, 0.0)


def seen(fused: float, relevance: float) -> Seen:
    reading = Reading(relevance, (Span(0, 2, relevance),), 0.5)
    return Seen(fused, 0.5, reading, (f"{fused:.1f}",), (0.5,), (UNLIKE,))


def rows(count: int, noise: float) -> list[Read]:
    """Questions whose right passage is found second, and read as relevant with some noise."""
    random = np.random.default_rng(5)
    made = []
    for number in range(count):
        first = number % 2
        passages = [
            seen(
                10.0 - 0.3 * place,
                (3.0 if place == first else -3.0) + noise * float(random.normal()),
            )
            for place in range(6)
        ]
        gold = tuple(place == first for place in range(6))
        right = tuple((float(value),) for value in gold)
        article = f"article {number // 3}"
        made.append(Read(article, "set", True, tuple(passages), gold, gold, right, right, 1.0, 1.0))
    return made


def test_the_ranker_learns_whom_to_trust() -> None:
    judge = Judge(fit_ranker(rows(60, 0.5)), OWN_ODDS, (0.0,) * 8, 0.0)
    found = figures(rows(40, 0.5), cases(rows(40, 0.5), judge))
    assert found["hit1_fused"] == 0.5
    assert found["hit1_ranked"] > 0.95
    assert found["lost"] == 0


def test_the_chooser_learns_what_the_sentence_tells() -> None:
    """Of two answers the margins are alike; the right one's sentence holds more."""
    made = []
    for number in range(60):
        right = number % 2
        supports = tuple(Support(1.0, 0.9 if i == right else 0.2) for i in range(2))
        reading = Reading(2.0, (Span(0, 2, 1.0), Span(2, 4, 0.8)), 0.5)
        one = Seen(9.0, 0.5, reading, ("甲", "乙"), (0.5, 0.5), supports)
        worth = tuple(float(i == right) for i in range(2))
        made.append(
            Read(f"{number}", "set", True, (one,), (True,), (True,), (worth,), (worth,), 1.0, 1.0)
        )
    as_read = Judge((1.0, *(0.0,) * 5), OWN_ODDS, (0.0,) * 8, 0.0)
    taught = replace(as_read, chooser=fit_chooser(made, as_read))
    before, after = (
        np.mean([case_of(row, judge, True).exact for row in made]) for judge in (as_read, taught)
    )
    assert before < 0.7
    assert after > 0.95
    assert fit_chooser([], as_read) == OWN_ODDS


def test_a_fitted_judge_tells_answerable_from_not() -> None:
    judge = fit(rows(60, 1.0))
    found = figures(rows(60, 1.0), cases(rows(60, 1.0), judge))
    assert found["auroc"] > 0.95
    assert found["ece"] < 0.1
    assert 0 < judge.threshold < 1
    crossed_figures = crossed(rows(60, 1.0), "set")
    assert crossed_figures["questions"] == 60
    assert crossed_figures["hit1_ranked"] == pytest.approx(found["hit1_ranked"], abs=0.05)


def test_a_large_set_does_not_decide_alone() -> None:
    """All cases look alike: the chance is the mean of the sets' by the roots of their sizes."""
    one = seen(9.0, 0.0)
    made = [
        Read("a", name, True, (one,), (True,), (True,), ((right,),), ((right,),), 1.0, 1.0)
        for name, count, wrong in (("small", 30, 15), ("large", 120, 0))
        for right in (0.0,) * wrong + (1.0,) * (count - wrong)
    ]
    judge = Judge((1.0, *(0.0,) * 5), OWN_ODDS, (0.0,) * 8, 0.0)
    judge = replace(judge, sure=fit_confidence(made, judge))
    assert judge.verdict([one]).confidence == pytest.approx((0.5 + 2 * 1.0) / 3, abs=0.01)


def test_a_question_without_an_answer_is_a_case_of_its_own() -> None:
    both = rows(30, 0.3)
    none = [
        replace(row, answerable=False, gold=(False,) * 6, may=(False,) * 6) for row in rows(30, 0.3)
    ]
    judge = fit(both)
    told = cases([*both, *none], judge)
    assert [case.near for case in told].count(True) == 30
    assert len(told) == 90
    found = figures([*both, *none], told)
    assert (found["questions"], found["unanswerable"]) == (30, 30)
    # They are read as if they were answered, so that nothing tells them apart.
    assert found["auroc_near"] < 0.6 < found["auroc"]
    assert "auroc_near" not in figures(both, cases(both, judge))
    assert "—" in table({"without": figures(both, cases(both, judge))})


def test_another_passage_that_may_answer_is_neither_wrong_nor_there_without_an_answer() -> None:
    row = rows(2, 0.0)[1]
    assert row.gold[:2] == (False, True)
    may = (True, True, False, False, False, False)
    twice = replace(row, may=may, right=((1.0,), (1.0,), *row.right[2:]))
    assert twice.kept(False) == [2, 3, 4, 5]
    as_found = Judge((1.0, 0.0, 0.0, 0.0, 0.0, 0.0), OWN_ODDS, (0.0,) * 8, 0.0)
    assert not case_of(twice, as_found, True).gold
    assert case_of(twice, as_found, True).right == 1.0
    without = replace(row, seen=row.seen[1:5], gold=row.gold[1:5], may=row.gold[1:5])
    assert fit_ranker([twice]) == fit_ranker([without]) != fit_ranker([row])


def test_words_of_an_answer_mean_something_where_they_are_long_or_in_the_same_article() -> None:
    words = words_of([("軟體園", 3), ("五十億元", 9)])
    assert states(words, "位于软体园。", near=True)
    assert not states(words, "位于软体园。", near=False)
    assert states(words, "规模为五十亿元。", near=False)
    assert not states(words, "规模不详。", near=True)


def test_reading_is_the_default_only_where_it_helps_on_every_set() -> None:
    good = {"won": 4.0, "lost": 1.0, "p": 0.4, "auroc": 0.9, "answer_f1": 0.7}
    assert helps([good, good])
    assert helps([good | {"lost": 6.0}])
    assert not helps([good, good | {"lost": 20.0, "p": 0.001}])
    assert not helps([good, good | {"auroc": 0.7}])
    assert not helps([good, good | {"answer_f1": 0.4}])


def test_without_its_passage_a_question_keeps_what_is_near_the_next() -> None:
    row = rows(1, 0.0)[0]
    far = Read(
        "a",
        "s",
        True,
        (*row.seen[:2], seen(9.7 - 3.1, 0.0)),
        (True, False, False),
        (True, False, False),
        (),
        (),
        0.0,
        0.0,
    )
    assert far.kept(True) == [0, 1]
    assert far.kept(False) == [1]


def test_the_judge_its_figures_and_the_table_are_written(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text(
        json.dumps({"sha256": "0" * 64, "judge": {}, "default": False})
    )
    docs = tmp_path / "evidence.md"
    docs.write_text(
        "before <!-- figures -->yesterday<!-- /figures --> after <!-- curve --><!-- /curve -->"
    )
    point = {"step": 150, "pairs": 2764, "hours": 0.334, "em": 0.43, "f1": 0.65, "hit1": 0.97}
    (tmp_path / "curve.jsonl").write_text(json.dumps(point) + "\n")
    judge = fit(rows(60, 1.0))
    told = {
        "set, tuned on (crossed)": crossed(rows(60, 1.0), "set"),
        "set": figures(rows(60, 1.0), cases(rows(60, 1.0), judge)),
    }
    write(tmp_path, judge, told, docs)
    given = shipped(tmp_path)
    assert given is not None
    assert given.default
    assert judge_of(given) == judge
    kept = json.loads((tmp_path / "figures.json").read_text())
    assert kept["sets"]["set"]["questions"] == 60
    assert docs.read_text().startswith("before <!-- figures -->\n| |")
    assert "| 150 | 2764 | 0.33 | 0.430 | 0.650 | 0.970 | — | — | — |" in docs.read_text()
    assert table(kept["sets"]) in docs.read_text()
    assert "yesterday" not in docs.read_text()
    with pytest.raises(ValueError, match="no <!-- figures"):
        fill(tmp_path / MANIFEST, "figures", "")


def test_a_split_is_tested_as_a_coin() -> None:
    assert paired(0, 0) == 1.0
    assert paired(5, 5) == 1.0
    assert paired(10, 0) == pytest.approx(2 / 1024)


def test_auroc_counts_ties_half() -> None:
    scores = np.array([0.1, 0.5, 0.5, 0.9])
    assert auroc(scores, np.array([False, True, False, True])) == pytest.approx(0.875)
    assert auroc(np.zeros(4), np.array([True, False, True, False])) == 0.5


def test_calibration_error_is_the_mean_gap() -> None:
    chances = np.array([0.95, 0.95, 0.15, 0.15])
    labels = np.array([True, True, False, True])
    assert calibration_error(chances, labels) == pytest.approx(0.5 * 0.05 + 0.5 * 0.35)
