"""Judgements in terms of what a run ranks."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from eval.errors import DatasetError
from eval.records import Dataset, Judgement, Question, Unit
from index.collection import Collection
from index.records import Passage

Qrels = dict[str, dict[str, int]]


def resolve(dataset: Dataset, collection: Collection, asked: Iterable[Question]) -> Qrels:
    """Relevance by question and id, of answerable questions with something relevant.

    A place in an article counts for each passage that overlaps with it.

    Raises:
        DatasetError: a judgement names a passage that the collection does not have.
    """
    answerable = {question.id for question in asked if question.answerable}
    by_document: dict[str, list[Judgement]] = defaultdict(list)
    for judgement in dataset.judgements:
        if judgement.question_id in answerable:
            by_document[judgement.document_id].append(judgement)
    qrels: Qrels = defaultdict(dict)
    for document_id, judgements in by_document.items():
        passages = _passages(collection, document_id) if dataset.unit is Unit.PASSAGE else []
        for judgement in judgements:
            held = qrels[judgement.question_id]
            for name in _names(dataset, judgement, passages):
                held[name] = max(judgement.relevance, held.get(name, 0))
    return {question_id: held for question_id, held in qrels.items() if any(held.values())}


def passage_name(article_id: str, number: int) -> str:
    """How runs name a passage."""
    return f"{article_id}/{number}"


def _passages(collection: Collection, document_id: str) -> Sequence[Passage]:
    article = collection.store.article(document_id)
    return collection.passages_of(article) if article else []


def _names(dataset: Dataset, judgement: Judgement, passages: Sequence[Passage]) -> list[str]:
    if dataset.unit is Unit.DOCUMENT:
        return [judgement.document_id]
    names = [
        passage_name(judgement.document_id, passage.number)
        for passage in passages
        if (
            passage.number == judgement.paragraph
            if judgement.span is None
            else passage.start < judgement.span.end and judgement.span.start < passage.end
        )
    ]
    if not names:
        where = judgement.span or f"paragraph {judgement.paragraph}"
        raise DatasetError(
            f"question {judgement.question_id} of {dataset.path} is judged at {where} of article "
            f"{judgement.document_id}, which has {len(passages)} paragraphs; correct the number, "
            "or give evidence, which does not depend on how articles are divided",
            f"{dataset.path} 的问题 {judgement.question_id} 标注了文章 {judgement.document_id} 里"
            f"不存在的段落（该文有 {len(passages)} 段）；请改正段号，或者改用 evidence 引原文",
        )
    return names
