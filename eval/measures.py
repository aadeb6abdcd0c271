"""Measures of rankings, computed by ir-measures under its standard names.

MacAvaney, Macdonald and Ounis 2022, "Streamlining Evaluation with ir-measures"; trec_eval does the
counting, through pytrec_eval (Van Gysel and de Rijke 2018).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from eval.errors import RunError

if TYPE_CHECKING:
    from ir_measures.measures import Measure

DEFAULT = (
    "nDCG@10", "RR@10", "AP", "R@1", "R@5", "R@10", "R@20", "R@100", "P@1", "P@5", "Success@1",
    "Success@5", "Judged@10",
)  # fmt: skip
MAIN = "nDCG@10"

Ranking = Sequence[tuple[str, float]]
"""Ids with scores, best first."""
Qrels = Mapping[str, Mapping[str, int]]
"""Relevance by question and id."""


def parse(names: Iterable[str]) -> "list[Measure]":
    """Measures by name, such as ``nDCG@10`` or ``R(rel=2)@5``.

    Raises:
        RunError: a name is not one of ir-measures'.
    """
    from ir_measures import parse_measure

    parsed = []
    for name in names:
        try:
            parsed.append(parse_measure(name))
        except (NameError, ValueError, TypeError, AttributeError, SyntaxError) as error:
            raise RunError(
                f"{name!r} is not a measure; write it as ir-measures does, such as nDCG@10, RR@10, "
                "R@5, P@1, AP, Success@5, Judged@10",
                f"没有“{name}”这个指标；写法与 ir-measures 相同，例如 nDCG@10、RR@10、R@5、P@1、"
                "AP、Success@5、Judged@10",
            ) from error
    return parsed


def within(names: Iterable[str], depth: int) -> list[str]:
    """Those that a ranking of ``depth`` places can tell; ``R@100`` of ten places is ``R@10``."""
    chosen = []
    for measure in parse(names):
        cutoff = dict(measure.params).get("cutoff")
        if not isinstance(cutoff, int) or cutoff <= depth:
            chosen.append(str(measure))
    return chosen


def score(
    rankings: Mapping[str, Ranking], qrels: Qrels, names: Iterable[str]
) -> dict[str, dict[str, float]]:
    """Each measure's value for each judged question.

    A question without a ranking gets the measure's default; a ranking of a question that is not
    judged counts nowhere.

    Args:
        rankings: by question; scores descend strictly, see ``distinct``.
        qrels: relevance by question and id.
        names: of the measures.

    Returns:
        Values by measure's name and question.
    """
    from ir_measures import Qrel, ScoredDoc, evaluator

    chosen = parse(names)
    judged = [Qrel(q, d, rel) for q, found in qrels.items() for d, rel in found.items()]
    given = [ScoredDoc(q, d, s) for q, ranking in rankings.items() for d, s in ranking]
    values: dict[str, dict[str, float]] = {str(measure): {} for measure in chosen}
    if judged and chosen:
        for metric in evaluator(chosen, judged).iter_calc(given):
            values[str(metric.measure)][metric.query_id] = float(metric.value)
    return values


def distinct(ranking: Ranking) -> list[tuple[str, float]]:
    """The ranking with scores that keep its order in trec_eval.

    trec_eval reads scores as 32-bit numbers and puts equal ones in the order of their ids, whatever
    the rank column says. Here a score that does not fall below the one before is lowered to the
    next 32-bit number.
    """
    told = []
    before = np.float32(np.inf)
    for name, value in ranking:
        exact = np.float32(value)
        if not exact < before:
            exact = np.nextafter(before, np.float32(-np.inf))
        told.append((name, float(exact)))
        before = exact
    return told


def best_first(hits: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """Each id once, where it is met first: documents by their best passage."""
    found: dict[str, float] = {}
    for name, value in hits:
        found.setdefault(name, value)
    return list(found.items())
