"""Rankings are measured as ir-measures and pytrec_eval measure them."""

import ir_measures
import numpy as np
import pytest
import pytrec_eval

from eval.errors import RunError
from eval.measures import DEFAULT, best_first, distinct, parse, score, within

Qrels = dict[str, dict[str, int]]
Rankings = dict[str, list[tuple[str, float]]]


def made(seed: int) -> tuple[Qrels, Rankings]:
    """Random judgements and rankings: graded, with unjudged ids and questions without a result."""
    random = np.random.default_rng(seed)
    names = [f"d{number}" for number in range(80)]
    qrels: Qrels = {}
    rankings: Rankings = {}
    for number in range(40):
        question = f"q{number}"
        judged = random.choice(names, random.integers(1, 12), replace=False)
        qrels[question] = {str(name): int(random.integers(0, 4)) for name in judged}
        qrels[question][str(judged[0])] = 1
        if number % 7 == 3:
            continue  # nothing was found
        found = random.choice(names, random.integers(1, 60), replace=False)
        # Coarse scores, so that many are equal.
        scores = np.sort(np.round(random.random(len(found)), 1))[::-1]
        rankings[question] = distinct(list(zip(map(str, found), scores.tolist(), strict=True)))
    rankings["stranger"] = [("d1", 1.0)]
    return qrels, rankings


@pytest.mark.parametrize("seed", range(6))
def test_equal_to_ir_measures_called_directly(seed: int) -> None:
    qrels, rankings = made(seed)
    ours = score(rankings, qrels, DEFAULT)
    theirs = ir_measures.iter_calc(
        [ir_measures.parse_measure(name) for name in DEFAULT],
        qrels,
        {question: dict(ranking) for question, ranking in rankings.items()},
    )
    compared = 0
    for metric in theirs:
        value = ours[str(metric.measure)][metric.query_id]
        assert value == pytest.approx(metric.value, abs=1e-9)
        compared += 1
    assert compared == len(DEFAULT) * len(qrels)
    assert all(set(values) == set(qrels) for values in ours.values())


@pytest.mark.parametrize("seed", range(6))
def test_equal_to_pytrec_eval_called_directly(seed: int) -> None:
    qrels, rankings = made(seed)
    names = {
        "nDCG@10": "ndcg_cut_10", "AP": "map", "R@5": "recall_5", "P@5": "P_5", "RR": "recip_rank",
        "Success@5": "success_5",
    }  # fmt: skip
    ours = score(rankings, qrels, names)
    judge = pytrec_eval.RelevanceEvaluator(
        qrels, {"ndcg_cut", "map", "recall", "P", "recip_rank", "success"}
    )
    theirs = judge.evaluate({question: dict(ranking) for question, ranking in rankings.items()})
    for name, trec in names.items():
        for question in qrels:
            expected = theirs[question][trec] if question in theirs else 0.0
            assert ours[name][question] == pytest.approx(expected, abs=1e-9)


def test_the_order_of_a_ranking_is_kept_where_scores_are_equal() -> None:
    # trec_eval alone would put z before a.
    equal = [("a", 1.0), ("z", 1.0), ("m", 1.0 - 1e-12)]
    assert score({"q": equal}, {"q": {"a": 1}}, ["P@1"])["P@1"]["q"] == 0.0
    told = distinct(equal)
    assert [name for name, _ in told] == ["a", "z", "m"]
    values = [np.float32(value) for _, value in told]
    assert values[0] > values[1] > values[2]
    assert score({"q": told}, {"q": {"a": 1}}, ["P@1"])["P@1"]["q"] == 1.0
    assert score({"q": told}, {"q": {"m": 1}}, ["RR@10"])["RR@10"]["q"] == pytest.approx(1 / 3)


def test_a_question_without_results_scores_the_default() -> None:
    values = score({}, {"q": {"a": 1}, "r": {"b": 2}}, DEFAULT)
    assert all(of == {"q": 0.0, "r": 0.0} for of in values.values())


def test_a_measure_deeper_than_the_ranking_is_not_told() -> None:
    assert within(["R@100", "nDCG@10", "AP", "RR"], 10) == ["nDCG@10", "AP", "RR"]


def test_what_is_not_a_measure_is_told() -> None:
    for name in ("foo", "nDCG@", "", "nDCG@ten"):
        with pytest.raises(RunError, match="is not a measure"):
            parse([name])


def test_documents_stand_by_their_best_passage() -> None:
    assert best_first([("a", 3.0), ("b", 2.0), ("a", 1.0)]) == [("a", 3.0), ("b", 2.0)]
