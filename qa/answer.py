"""Picks the sentences that answer, and cites them."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from index.collection import Collection, Indexes
from index.embedders.base import Vectors
from index.records import Span
from index.stored import Filter
from index.text import folder
from qa.evidence.use import READ, Judged, Reads, witness
from qa.expected import Expected, expected, fits
from qa.fusion import SHIPPED, Weights
from qa.records import Answer, Hit, Mode, SearchResult, cite
from qa.search import Found, check_k, checked_question, retrieve
from qa.sentences import sentences_known
from qa.understanding import AS_IT_STANDS, Interpretation, Understood

# How many of the best passages may give a sentence, and how many sentences an answer has.
_PASSAGES = 3
_MOST_SENTENCES = 3
# Chosen on the development halves of DRCD and CMRC 2018; see docs/retrieval.md.
_RANK_WEIGHT = 1.0
_HELD_WEIGHT = 7.0
_KIND_WEIGHT = 2.5
_NEARLY = 0.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, with its score in units of the collection's spread."""

    hit: Hit
    span: Span
    score: float


def ask(
    collection: Collection,
    question: str,
    k: int = 5,
    mode: Mode = Mode.HYBRID,
    where: Filter | None = None,
    vector: Vectors | None = None,
    on_passages: Callable[[SearchResult], None] | None = None,
    weights: Weights = SHIPPED,
    interpretation: Interpretation = AS_IT_STANDS,
    reads: Reads = Reads(),  # noqa: B008 - frozen
) -> Answer:
    """The sentences that best answer a question, with citations, and the ``k`` best passages.

    Arguments and errors are those of ``qa.search.search``; ``on_passages`` is called with the
    passages as soon as they are known, before the answer is. As ``reads`` says, passages are read
    and the exact words quoted; else sentences are that look like the answer.

    Raises:
        ModelError: passages are to be read and the model is missing or not whole.
    """
    start = time.perf_counter()
    question = checked_question(question)
    check_k(k)
    reader = witness(reads, mode, collection.progress)
    with collection.reading() as indexes:
        most = max(k, READ if reader else _PASSAGES)
        found = retrieve(
            collection, indexes, question, most, mode, where, vector, weights, interpretation
        )
        understood = found.asked.understood
        if on_passages:
            seconds = time.perf_counter() - start
            on_passages(SearchResult(question, found.hits[:k], seconds, understood))
        if reader:
            judged = reader.judged(question, indexes, found, reads)
            return _read_answer(question, judged, k, understood, time.perf_counter() - start)
        chosen = _choose(_candidates(indexes, question, found))
    citations = tuple(cite(c.hit.stored, c.span.start, c.span.end, c.score) for c in chosen)
    return Answer(
        question=question,
        answer="\n".join(citation.quote for citation in citations) or None,
        confidence=None,
        citations=citations,
        hits=found.hits[:k],
        seconds=time.perf_counter() - start,
        understood=found.asked.understood,
    )


def _read_answer(
    question: str, judged: Judged, k: int, understood: Understood, seconds: float
) -> Answer:
    given = None if judged.abstained else judged.candidates[0]
    return Answer(
        question=question,
        answer=given.text if given else None,
        confidence=judged.confidence,
        citations=given.context if given else (),
        hits=judged.hits[:k],
        seconds=seconds,
        understood=understood,
        candidates=judged.candidates,
    )


def _candidates(indexes: Indexes, question: str, found: Found) -> list[Candidate]:
    """The sentences of the best passages with their scores."""
    weights = indexes.lexical.weights(found.asked.query)
    plain = folder().fold(question)
    kind = expected(plain)
    unit = indexes.dense.spread
    candidates = []
    for hit in found.hits[:_PASSAGES]:
        for sentence in sentences_known(indexes, found, hit, weights, hit.stored.sentences):
            span = sentence.span
            score = sentence.near
            score += _RANK_WEIGHT * hit.score / unit
            score += _HELD_WEIGHT * sentence.held
            if kind is not Expected.OTHER:
                text = hit.stored.article.text[span.start : span.end]
                score += _KIND_WEIGHT * fits(kind, folder().fold(text), plain)
            candidates.append(Candidate(hit, span, score))
    return candidates


def _choose(candidates: list[Candidate]) -> list[Candidate]:
    """The best sentence, with those of the same passage that are nearly as good, in text order."""
    if not candidates:
        return []
    best = max(candidates, key=lambda candidate: candidate.score)
    near = [
        candidate
        for candidate in candidates
        if candidate.hit is best.hit and candidate.score >= best.score - _NEARLY
    ]
    near.sort(key=lambda candidate: -candidate.score)
    return sorted(near[:_MOST_SENTENCES], key=lambda candidate: candidate.span.start)
