"""Evaluation questions from a collection alone, filtered by whether retrieval agrees on them."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eval.propose import Proposal, proposals
from index.collection import Collection
from index.embedders.base import Progress
from index.text import folder
from qa.records import Hit, Mode
from qa.search import search

_DEPTH = 10
_NEARLY = 0.8  # of the gold passage's share of the question
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Generated:
    """What came of it.

    Attributes:
        questions: records in Wenju's own layout, marked as synthetic.
        proposed: number of questions proposed.
        refused: numbers of those that were looked at and refused, by reason.
    """

    questions: tuple[dict[str, Any], ...]
    proposed: int
    refused: dict[str, int]


def generate(collection: Collection, number: int, progress: Progress) -> Generated:
    """Up to ``number`` questions, one a passage at most, spread over the collection.

    A question is kept when words alone and meaning alone both find its passage among the first
    ten, and no other passage among the first ten answers it about as well: holds the answer and
    nearly as much of the question.

    Raises:
        ModelError: the collection's model cannot be loaded.
    """
    proposed = _ordered(collection, progress)
    fold = folder().fold
    refused: Counter[str] = Counter()
    kept: list[Proposal] = []
    asked: set[str] = set()
    used: set[tuple[str, int]] = set()
    for low in range(0, len(proposed), _AT_ONCE):
        if len(kept) == number:
            break
        part = proposed[low : low + _AT_ONCE]
        vectors = collection.embedder.embed_questions([p.question for p in part])
        for proposal, vector in zip(part, vectors, strict=True):
            if len(kept) == number:
                break
            place = (proposal.article.id, proposal.passage.number)
            if place in used:
                continue  # its passage has a question already
            folded = fold(proposal.question)
            if folded in asked:
                refused["duplicate"] += 1
                continue
            asked.add(folded)
            found = {
                mode: search(collection, proposal.question, _DEPTH, mode, vector=vector).hits
                for mode in Mode
            }
            reason = _reason(proposal, found)
            if reason:
                refused[reason] += 1
                continue
            used.add(place)
            kept.append(proposal)
        progress("出题", len(kept), number)
    progress("出题", number, number)
    records = tuple(_record(nth, proposal) for nth, proposal in enumerate(kept, 1))
    return Generated(records, len(proposed), dict(refused))


def _ordered(collection: Collection, progress: Progress) -> list[Proposal]:
    """All proposals in an order that mixes articles and kinds, the same each time."""
    articles = list(collection.store.articles())
    made: list[Proposal] = []
    for done, article in enumerate(articles):
        progress("读取文章", done, len(articles))
        for passage in collection.passages_of(article):
            made.extend(proposals(article, passage))
    progress("读取文章", len(articles), len(articles))
    return sorted(
        made,
        key=lambda p: hashlib.sha256(f"{p.article.id} {p.start} {p.question}".encode()).digest(),
    )


def _reason(proposal: Proposal, found: dict[Mode, tuple[Hit, ...]]) -> str:
    """Why a proposal is refused; empty where it is not."""
    if not all(
        any(_is_gold(proposal, hit) for hit in found[mode]) for mode in (Mode.LEXICAL, Mode.DENSE)
    ):
        return "not found by both kinds of search"
    fold = folder().fold
    answer = fold(proposal.answer)
    shares = {
        (hit.stored.article.id, hit.stored.passage.number): hit.scores.lexical or 0.0
        for hit in found[Mode.LEXICAL]
    }
    own = shares[proposal.article.id, proposal.passage.number]
    for hits in found.values():
        for hit in hits:
            if _is_gold(proposal, hit) or answer not in fold(hit.stored.passage.text):
                continue
            key = (hit.stored.article.id, hit.stored.passage.number)
            if shares.get(key, 0.0) >= _NEARLY * own:
                return "another passage answers it too"
    return ""


def _is_gold(proposal: Proposal, hit: Hit) -> bool:
    stored = hit.stored
    return (
        stored.article.id == proposal.article.id
        and stored.passage.number == proposal.passage.number
    )


def _record(nth: int, proposal: Proposal) -> dict[str, Any]:
    return {
        "id": f"s{nth}",
        "question": proposal.question,
        "kind": proposal.kind,
        "answers": [proposal.answer],
        "article": proposal.article.id,
        "evidence": proposal.article.text[proposal.start : proposal.end],
        "start": proposal.start,
        "synthetic": True,
    }


def by_kind(questions: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Numbers of questions by kind."""
    return dict(Counter(question["kind"] for question in questions))
