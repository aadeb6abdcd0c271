"""Judgements that people made in a collection, as a labelled set."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from index.collection import Collection
from index.records import Article
from index.stored import Judgement


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of the judgements.

    Attributes:
        questions: records in Wenju's own layout.
        judgements: how many stand in them.
        lost: those whose passage is no longer in the collection as it was judged.
    """

    questions: tuple[dict[str, Any], ...]
    judgements: int
    lost: tuple[Judgement, ...]


def exported(collection: Collection, judgements: Iterable[Judgement]) -> Exported:
    """Judgements by question, each with the words that were judged and where they stand."""
    by_question: dict[str, list[dict[str, Any]]] = {}
    lost = []
    for judgement in judgements:
        article = collection.store.article(judgement.article_id)
        start = _start(collection, article, judgement) if article else None
        if start is None:
            lost.append(judgement)
            continue
        by_question.setdefault(judgement.question, []).append(
            {
                "article": judgement.article_id,
                "evidence": judgement.text,
                "start": start,
                "relevance": int(judgement.relevant),
            }
        )
    questions = tuple(
        {"id": f"j{number}", "question": question, "relevant": relevant}
        for number, (question, relevant) in enumerate(by_question.items(), 1)
    )
    return Exported(questions, sum(len(q["relevant"]) for q in questions), tuple(lost))


def _start(collection: Collection, article: Article, judgement: Judgement) -> int | None:
    """Where the judged words stand: in the same passage, or anywhere if passages have changed."""
    for passage in collection.passages_of(article):
        if passage.number == judgement.paragraph and passage.text == judgement.text:
            return passage.start
    start = article.text.find(judgement.text)
    return start if start >= 0 else None
