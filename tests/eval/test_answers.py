"""Measures of answers and of abstention, against values worked out by hand or by scikit-learn."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from eval import abstention
from eval.abstention import Outcome
from eval.answers import Given, exact, is_right, overlap, score
from eval.outcomes import Row, outcome, told_of
from eval.records import Question, Unit
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
    assert len(told) == 7


def test_what_the_set_does_not_tell_is_not_measured() -> None:
    given = Given("武汉", ("武汉",), ("a/1",))
    assert set(score(given, [], {"a/1"}, folder())) == {"CitationPrecision", "CitationRecall"}
    words = {"EM", "F1", "AnswerQuoted", "EMAll", "F1All"}
    assert set(score(given, ["武汉"], (), folder())) == words
    for confidence in (None, 0.9):
        assert is_right("武汉", confidence, [], score(given, [], (), folder())) is None
        assert is_right("武汉", confidence, [], score(given, [], {"b/1"}, folder())) is False
        assert is_right("武汉", confidence, [], score(given, [], {"a/1"}, folder())) is True
    assert is_right("武汉", None, ["武汉"], score(given, ["武汉"], {"b/1"}, folder())) is True


def test_exact_words_are_right_by_themselves_and_sentences_by_what_they_hold() -> None:
    sentence = "汉阳铁厂由张之洞于1890年创办。"
    scores = score(Given("1890年", (sentence,), ()), ["张之洞"], (), folder())
    assert scores["AnswerQuoted"] == 1
    assert is_right("1890年", 0.9, ["张之洞"], scores) is False
    assert is_right("1890年", None, ["张之洞"], scores) is True
    # As the confidence was fitted: letters and digits in normal form, F1 of .5 or more.
    assert is_right("張之洞", 0.9, ["张之洞"], scores) is True
    assert is_right("1890", 0.1, ["1890年3月4日"], scores) is True  # 8 of 12
    assert is_right("1890", 0.1, ["1890年3月4日上午十点整开工"], scores) is False  # 8 of 19
    assert is_right(None, 0.1, ["张之洞"], scores) is False


def test_a_withheld_answer_is_judged_as_if_it_were_given() -> None:
    asked = Question("q", "谁？", ("张之洞",))
    cited = (("a", 1, "汉阳铁厂由张之洞创办。"),)
    row = Row("q", None, 0.1, (), (), 0.0, "张之洞", cited)
    assert outcome(Unit.PASSAGE, asked, row, {}) == Outcome(True, True, 0.1, True)
    judged = Question("q", "谁？")
    for name, right in (("a/1", True), ("b/1", False)):
        told = outcome(Unit.PASSAGE, judged, row, {"q": {name: 1}})
        assert told == Outcome(True, True, 0.1, right)
    nothing = Row("q", None, 0.0, (), (), 0.0)
    assert outcome(Unit.PASSAGE, asked, nothing, {}).right is False
    assert outcome(Unit.PASSAGE, Question("q", "谁？", (), False), row, {}).right is False


def test_unanswerable_questions_alone_tell_no_measure_over_all() -> None:
    unanswerable = Question("q", "谁？", answerable=False)
    assert not {"EMAll", "F1All"} & set(told_of([unanswerable, Question("p", "谁？")]))
    assert {"EMAll", "F1All"} <= set(told_of([unanswerable, Question("p", "谁？", ("甲",))]))


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
    # One right at 0.9; the others, given or not, are wrong or to unanswerable questions.
    curve = ((1 / 5, 0.0), (2 / 5, 1 / 2), (3 / 5, 2 / 3), (1.0, 4 / 5))
    assert told.risk_coverage == curve
    assert told.aurc == pytest.approx((0 + 1 / 2 + 2 / 3 + 4 / 5 + 4 / 5) / 5)
    assert told.given == (2 / 5, 1 / 2)  # as the run answers two
    assert told.ece == pytest.approx((0.1 + 0.8) / 2)


def test_answers_of_equal_confidence_stand_on_one_point() -> None:
    made = [Outcome(True, False, 0.5, right) for right in (True, False, False, True)]
    told = abstention.measure(made)
    assert told.risk_coverage == ((1.0, 0.5),)
    assert told.aurc == 0.5
    assert abstention.measure(made[::-1]) == told


def test_the_curve_does_not_depend_on_the_threshold() -> None:
    at = {}
    for threshold in (0.0, 0.35, 0.75, 1.1):
        at[threshold] = abstention.measure(
            [replace(o, abstained=(o.confidence or 0) < threshold) for o in outcomes(1)]
        )
    assert len({(told.aurc, told.risk_coverage) for told in at.values()}) == 1
    assert at[0.0].given == at[0.0].risk_coverage[-1]
    assert at[0.75].given in at[0.75].risk_coverage
    assert at[1.1].given is None


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
