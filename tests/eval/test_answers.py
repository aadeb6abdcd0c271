"""Measures of answers and of abstention, against values worked out by hand or by scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from eval import abstention
from eval.abstention import Outcome
from eval.answers import Given, exact, is_right, overlap, score
from index.text import folder


def test_exact_match_leaves_punctuation_and_case_out() -> None:
    assert exact("“武汉大学”。", ["武汉大学"]) == 1
    assert exact("ABC-12", ["北京", "abc12"]) == 1
    assert exact("武汉大学在", ["武汉大学"]) == 0


@pytest.mark.parametrize(
    ("given", "accepted", "value"),
    [
        ("光荣和ω-force", ["光荣和ω-force"], 1.0),
        # 12 units, of which the two of the answer stand together.
        ("他于2008年在北京出生，是歌手。", ["2008年"], 4 / 14),
        # The common characters 甲…乙 do not stand together: the run is one long, not two.
        ("甲丙乙", ["甲乙"], 2 / 5),
        ("共1,000人", ["1,000人"], 2 * 2 / (3 + 2)),
        ("北京", ["上海"], 0.0),
        ("在武汉", ["北京", "武汉"], 2 * 2 / 5),
        ("，。", ["武汉"], 0.0),
    ],
)
def test_overlap_is_of_the_longest_common_run(
    given: str, accepted: list[str], value: float
) -> None:
    assert overlap(given, accepted) == pytest.approx(value)


def test_citations_are_measured_against_judgements_and_quotes_against_answers() -> None:
    given = Given("漢陽鐵廠由張之洞創辦。", ("漢陽鐵廠由張之洞創辦。",), ("a/1", "b/2", "a/1"))
    told = score(given, ["张之洞"], {"a/1", "c/3", "d/4"}, folder())
    assert told["AnswerQuoted"] == 1  # traditional and simplified meet
    assert told["CitationPrecision"] == 1 / 2
    assert told["CitationRecall"] == 1 / 3
    assert told["EM"] == 0


def test_an_abstention_to_an_answerable_question_scores_nothing() -> None:
    told = score(Given(None, (), ()), ["张之洞"], {"a/1"}, folder())
    assert set(told.values()) == {0.0}
    assert len(told) == 5


def test_what_the_set_does_not_tell_is_not_measured() -> None:
    given = Given("武汉", ("武汉",), ("a/1",))
    assert set(score(given, [], {"a/1"}, folder())) == {"CitationPrecision", "CitationRecall"}
    assert set(score(given, ["武汉"], (), folder())) == {"EM", "F1", "AnswerQuoted"}
    assert is_right(score(given, [], (), folder())) is None
    assert is_right(score(given, [], {"b/1"}, folder())) is False
    assert is_right(score(given, ["武汉"], {"b/1"}, folder())) is True


def outcomes(seed: int, number: int = 400) -> list[Outcome]:
    """Answers whose confidence is the probability that they are right, to one decimal."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(number):
        confidence = round(float(random.random()), 1)
        answerable = bool(random.random() < 0.7 + 0.2 * confidence)
        right = answerable and bool(random.random() < confidence)
        made.append(Outcome(answerable, confidence < 0.3, confidence, right))
    return made


def test_auroc_is_scikit_learns() -> None:
    for seed in range(5):
        made = outcomes(seed)
        theirs = roc_auc_score([o.answerable for o in made], [o.confidence for o in made])
        assert abstention.measure(made).auroc == pytest.approx(theirs, abs=1e-12)


def test_precision_and_recall_are_of_abstaining_from_unanswerable_questions() -> None:
    made = [
        Outcome(True, False, 0.9, True),
        Outcome(True, True, 0.2, False),
        Outcome(False, True, 0.1, False),
        Outcome(False, False, 0.8, False),
        Outcome(False, True, 0.1, False),
    ]
    told = abstention.measure(made)
    assert (told.precision, told.recall) == (2 / 3, 2 / 3)
    assert told.f1 == pytest.approx(2 / 3)
    # Two answers: one right at 0.9, one to an unanswerable question at 0.8.
    assert told.risk_coverage == ((1 / 5, 0.0), (2 / 5, 0.5))
    assert told.aurc == 0.25
    assert told.ece == pytest.approx((0.1 + 0.8) / 2)


def test_answers_of_equal_confidence_stand_on_one_point() -> None:
    made = [Outcome(True, False, 0.5, right) for right in (True, False, False, True)]
    told = abstention.measure(made)
    assert told.risk_coverage == ((1.0, 0.5),)
    assert told.aurc == 0.5
    assert abstention.measure(made[::-1]) == told


def test_a_calibrated_confidence_has_a_small_error_and_an_overconfident_one_a_large() -> None:
    random = np.random.default_rng(5)
    confidence = random.random(20_000)
    calm = [Outcome(True, False, float(c), bool(random.random() < c)) for c in confidence]
    loud = [Outcome(True, False, 0.99, bool(random.random() < c)) for c in confidence]
    calm_error, loud_error = abstention.measure(calm).ece, abstention.measure(loud).ece
    assert calm_error is not None
    assert loud_error is not None
    assert calm_error < 0.02
    assert loud_error == pytest.approx(0.49, abs=0.02)


def test_without_confidence_nothing_is_claimed() -> None:
    told = abstention.measure(
        [Outcome(True, False, None, True), Outcome(False, False, None, False)]
    )
    assert (told.auroc, told.aurc, told.ece, told.with_confidence) == (None, None, None, 0)
    assert (told.precision, told.recall, told.f1) == (None, 0.0, None)
    assert told.risk_coverage == ()
