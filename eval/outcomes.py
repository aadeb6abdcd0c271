"""From what was answered to a run's files and measures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from eval import abstention, answers, measures
from eval.gold import Qrels, passage_name
from eval.records import Dataset, Question, Unit
from eval.run_files import ANSWERS, PASSAGES, QRELS, RUN, json_lines, trec_qrels, trec_run
from eval.statistics import interval
from index.collection import Collection
from index.text import folder

SHOWN = 10  # places of a ranking that are kept with their passages

Cited = tuple[str, int, str]
"""Article id, passage number and quote."""


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one question.

    Attributes:
        id: of the question.
        answer: the answer's text, or None.
        confidence: the probability that it is right, or None.
        citations: article id, passage number and quote of each.
        hits: article id, passage number and score of each passage found, best first.
        seconds: from question to answer, without embedding the question.
        withheld: the answer that was too unsure to be given, or None.
        withheld_citations: its citations.
    """

    id: str
    answer: str | None
    confidence: float | None
    citations: tuple[Cited, ...]
    hits: tuple[tuple[str, int, float], ...]
    seconds: float
    withheld: str | None = None
    withheld_citations: tuple[Cited, ...] = ()

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "Row":
        """A row as JSON gave it back."""
        return cls(
            record["id"],
            record["answer"],
            record["confidence"],
            tuple((a, int(n), q) for a, n, q in record["citations"]),
            tuple((a, int(n), float(s)) for a, n, s in record["hits"]),
            float(record["seconds"]),
            record["withheld"],
            tuple((a, int(n), q) for a, n, q in record["withheld_citations"]),
        )

    def as_if_given(self) -> "Row":
        """The row with the answer that was withheld as its answer, where there was one."""
        if self.withheld is None:
            return self
        return replace(self, answer=self.withheld, citations=self.withheld_citations)


@dataclass(frozen=True, slots=True)
class Told:
    """The files of a run and what its summary says about them."""

    files: dict[str, bytes]
    summary: dict[str, Any]


def summarise(
    dataset: Dataset,
    asked: Sequence[Question],
    rows: Sequence[Row],
    qrels: Qrels,
    collection: Collection,
    k: int,
) -> Told:
    """Measure rows, which stand in the order of ``asked``."""
    rankings = {row.id: ranking(dataset.unit, row) for row in rows}
    scores: dict[str, dict[str, float]] = {question.id: {} for question in asked}
    names = measures.within(measures.DEFAULT, k)
    for name, values in measures.score(rankings, qrels, names).items():
        for question_id, value in values.items():
            scores[question_id][name] = value
    for question, row in zip(asked, rows, strict=True):
        scores[question.id].update(answer_scores(dataset.unit, question, row, qrels))
    outcomes = [
        outcome(dataset.unit, question, row, qrels)
        for question, row in zip(asked, rows, strict=True)
    ]
    kept = [
        _answer_row(dataset.unit, question, row, qrels.get(question.id, {}), scores[question.id])
        for question, row in zip(asked, rows, strict=True)
    ]
    files = {
        RUN: trec_run(rankings),
        QRELS: trec_qrels(qrels),
        ANSWERS: json_lines(kept),
        PASSAGES: json_lines(_passages(dataset.unit, kept, collection)),
    }
    return Told(files, _summary(dataset, asked, rows, qrels, scores, names, outcomes))


def ranking(unit: Unit, row: Row) -> list[tuple[str, float]]:
    """What a run ranks, best first, with scores that trec_eval keeps in order."""
    if unit is Unit.PASSAGE:
        return measures.distinct([(passage_name(a, n), score) for a, n, score in row.hits])
    return measures.distinct(measures.best_first((a, score) for a, _, score in row.hits))


def answer_scores(unit: Unit, question: Question, row: Row, qrels: Qrels) -> dict[str, float]:
    """The measures of an answer, or of what was said to a question that has none."""
    if not question.answerable:
        return answers.score_unanswerable(row.answer)
    cited = tuple(a if unit is Unit.DOCUMENT else passage_name(a, n) for a, n, _ in row.citations)
    given = answers.Given(row.answer, tuple(quote for _, _, quote in row.citations), cited)
    relevant = [name for name, rel in qrels.get(question.id, {}).items() if rel > 0]
    return answers.score(given, question.answers, relevant, folder())


def told_of(asked: Sequence[Question]) -> tuple[str, ...]:
    """The measures of answers that a set can tell.

    Those over all questions need accepted answers: of unanswerable questions alone, a system that
    says nothing would be the best.
    """
    if any(question.answers for question in asked if question.answerable):
        return answers.NAMES
    return tuple(name for name in answers.NAMES if name not in answers.OVER_ALL)


def outcome(unit: Unit, question: Question, row: Row, qrels: Qrels) -> abstention.Outcome:
    """A question's part in the measures of abstention; a withheld answer is judged like others."""
    right: bool | None = False
    if question.answerable:
        said = row.as_if_given()
        scores = answer_scores(unit, question, said, qrels)
        right = answers.is_right(said.answer, said.confidence, question.answers, scores)
    return abstention.Outcome(question.answerable, row.answer is None, row.confidence, right)


def _summary(
    dataset: Dataset,
    asked: Sequence[Question],
    rows: Sequence[Row],
    qrels: Qrels,
    scores: Mapping[str, dict[str, float]],
    names: Sequence[str],
    outcomes: Sequence[abstention.Outcome],
) -> dict[str, Any]:
    values: dict[str, dict[str, list[Any]]] = {}
    means = {}
    for name in (*names, *told_of(asked)):
        of = [place for place, question in enumerate(asked) if name in scores[question.id]]
        if of:
            held = [scores[asked[place].id][name] for place in of]
            values[name] = {"of": of, "values": held}
            told = interval(np.array(held, dtype=np.float64))
            means[name] = {
                "mean": told.mean, "low": told.low, "high": told.high, "questions": told.number,
            }  # fmt: skip
    seconds = np.array([row.seconds for row in rows])
    quantiles = {f"p{q}": float(np.quantile(seconds, q / 100)) for q in (50, 90, 95, 99)}
    return {
        "dataset": {
            "name": dataset.name,
            "path": str(dataset.path),
            "layout": dataset.layout,
            "unit": dataset.unit.value,
            "digest": dataset.digest,
            "documents": dataset.size,
            "questions": len(asked),
            "of": len(dataset.questions),
            "answerable": sum(question.answerable for question in asked),
            "unanswerable": sum(not question.answerable for question in asked),
            "judged": len(qrels),
            "with_answers": sum(bool(question.answers) for question in asked),
            "synthetic": sum(question.synthetic for question in asked),
            "problems": dataset.counts,
        },
        "measures": means,
        "abstention": abstention.measure(outcomes).as_dict(),
        "seconds_a_question": {"mean": float(seconds.mean()), **quantiles},
        "questions": [question.id for question in asked],
        "values": values,
    }


def _answer_row(
    unit: Unit,
    question: Question,
    row: Row,
    judged: Mapping[str, int],
    scores: Mapping[str, float],
) -> dict[str, Any]:
    return {
        "id": question.id,
        "question": question.text,
        "kind": question.kind,
        "answerable": question.answerable,
        "synthetic": question.synthetic,
        "accepted": list(question.answers),
        "relevant": [name for name, relevance in judged.items() if relevance > 0],
        "answer": row.answer,
        "confidence": row.confidence,
        "citations": [
            {"passage": passage_name(a, n), "quote": quote} for a, n, quote in row.citations
        ],
        "first": [
            {
                "id": a if unit is Unit.DOCUMENT else passage_name(a, n),
                "passage": passage_name(a, n),
                "score": score,
            }
            for a, n, score in _first(unit, row.hits)
        ],
        "seconds": row.seconds,
        "scores": dict(scores),
    }


def _first(unit: Unit, hits: Iterable[tuple[str, int, float]]) -> list[tuple[str, int, float]]:
    """The first places, each document by its best passage."""
    if unit is Unit.PASSAGE:
        return list(hits)[:SHOWN]
    best: dict[str, tuple[str, int, float]] = {}
    for hit in hits:
        best.setdefault(hit[0], hit)
    return list(best.values())[:SHOWN]


def _passages(
    unit: Unit, kept: Sequence[Mapping[str, Any]], collection: Collection
) -> list[dict[str, Any]]:
    """Title and text of every passage that is named, and of those of relevant documents."""
    named = {place["passage"] for row in kept for place in (*row["first"], *row["citations"])}
    relevant = {name for row in kept for name in row["relevant"]}
    documents = dict.fromkeys(
        [
            *(name.rpartition("/")[0] for name in named),
            *(relevant if unit is Unit.DOCUMENT else (n.rpartition("/")[0] for n in relevant)),
        ]
    )
    told = []
    for document in sorted(documents):
        article = collection.store.article(document)
        for passage in collection.passages_of(article) if article else ():
            name = passage_name(document, passage.number)
            if name in named or name in relevant or document in relevant:
                told.append(
                    {
                        "passage": name,
                        "document": document,
                        "title": article.full_title if article else "",
                        "text": passage.text,
                    }
                )
    return told
