"""Finds the passages for a question."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from index.collection import Collection, Indexes
from index.embedders.base import PassageVectors, Vectors
from index.errors import SettingError
from index.lexical import LexicalHits
from index.query import Query
from index.stored import Filter
from qa.fusion import SHIPPED, Weights, dense_score, fuse
from qa.records import Hit, Mode, Scores, SearchResult
from qa.understanding import AS_IT_STANDS, Asked, Interpretation, understand

LONGEST_QUESTION = 512
MOST_PASSAGES = 100
_CANDIDATES = 100


@dataclass(frozen=True, slots=True)
class Found:
    """Candidates with all that is known of them, best first.

    Attributes:
        hits: the best of them.
        question: the question's vector, shape (dimension,); None in lexical mode.
        vectors: of the hits, by passage id; empty in lexical mode.
        asked: what was understood of the question.
    """

    hits: tuple[Hit, ...]
    question: Vectors | None
    vectors: dict[int, PassageVectors]
    asked: Asked


def search(
    collection: Collection,
    question: str,
    k: int = 5,
    mode: Mode = Mode.HYBRID,
    where: Filter | None = None,
    vector: Vectors | None = None,
    weights: Weights = SHIPPED,
    interpretation: Interpretation = AS_IT_STANDS,
) -> SearchResult:
    """The ``k`` best passages for a question.

    Args:
        collection: what is asked.
        question: in any language of the collection's model, 1 to 512 characters.
        k: 1 to 100.
        mode: hybrid, dense or lexical.
        where: which articles to ask.
        vector: the question's, shape (dimension,), where it is known already.
        weights: how the parts of a score are put together.
        interpretation: the asker's day, and what is not to be read in the question.

    Raises:
        SettingError: the question or ``k`` is out of bounds.
        CollectionError, ModelError: the collection or its model cannot be used.
    """
    start = time.perf_counter()
    question = checked_question(question)
    check_k(k)
    with collection.reading() as indexes:
        found = retrieve(
            collection, indexes, question, k, mode, where, vector, weights, interpretation
        )
    seconds = time.perf_counter() - start
    return SearchResult(question, found.hits, seconds, found.asked.understood)


def checked_question(question: str) -> str:
    """The question without surrounding white space.

    Raises:
        SettingError: it is empty, too long, or holds what no text may hold.
    """
    question = question.strip()
    if not question:
        raise SettingError("the question is empty; ask something", "问题是空的，请写下要问的话")
    if len(question) > LONGEST_QUESTION:
        raise SettingError(
            f"the question has {len(question)} characters; at most {LONGEST_QUESTION} are read",
            f"问题有 {len(question)} 个字符，最多 {LONGEST_QUESTION} 个，请缩短后再问",
        )
    try:
        question.encode()
    except UnicodeEncodeError as error:
        raise SettingError(
            "the question is not valid text; give it in UTF-8",
            "问题不是有效的文字，请使用 UTF-8 编码",
        ) from error
    return question


def check_k(k: int) -> None:
    """See that the number of passages asked for is one that can be had.

    Raises:
        SettingError: it is not between 1 and 100.
    """
    if not 1 <= k <= MOST_PASSAGES:
        raise SettingError(
            f"k is {k}; expected 1 to {MOST_PASSAGES}", f"k 为 {k}，应在 1 到 {MOST_PASSAGES} 之间"
        )


def retrieve(
    collection: Collection,
    indexes: Indexes,
    question: str,
    k: int,
    mode: Mode,
    where: Filter | None,
    vector: Vectors | None = None,
    weights: Weights = SHIPPED,
    interpretation: Interpretation = AS_IT_STANDS,
) -> Found:
    """As ``search``, inside a reading, with the vectors for what comes next."""
    candidates = max(_CANDIDATES, k)
    among = collection.store.passing(where) if where else None
    asked = understand(question, indexes.lexical, indexes.names, interpretation, weights)
    lexical: LexicalHits | None = None
    ids: list[int] = []
    if mode is not Mode.DENSE:
        lexical = indexes.lexical.search(asked.query, candidates, where)
        ids.extend((*lexical.scores, *lexical.facts))
    if mode is Mode.LEXICAL:
        vector = None
    else:
        if vector is None:
            vector = collection.embedder.embed_questions([question])[0]
        ids.extend(indexes.dense.search(vector, candidates, among))
    ids = sorted(set(ids))
    vectors = collection.store.vectors(ids) if vector is not None else {}
    scored = _score(indexes, asked.query, ids, vector, vectors, lexical, weights)
    best = sorted(scored, key=lambda item: (-item[1], item[0]))[:k]
    stored = collection.store.passages([number for number, _, _ in best])
    hits = tuple(Hit(stored[number], score, scores) for number, score, scores in best)
    return Found(hits, vector, {number: vectors[number] for number, _, _ in best if vectors}, asked)


def _score(
    indexes: Indexes,
    query: Query,
    ids: Sequence[int],
    vector: Vectors | None,
    vectors: dict[int, PassageVectors],
    lexical: LexicalHits | None,
    weights: Weights,
) -> list[tuple[int, float, Scores]]:
    """Each candidate with the score that ranks it, and the scores that came into it.

    A candidate that only one side found gets the other side's score too, exactly.
    """
    matched: dict[int, float] = {}
    facts: dict[int, float] = {}
    if lexical is not None:
        absent = [number for number in ids if number not in lexical.scores]
        matched = {**lexical.scores, **indexes.lexical.scores(query, absent)}
        # Where no term is left to hold, the kind asked for alone still finds passages.
        matched = {n: score / lexical.ceiling for n, score in matched.items() if lexical.ceiling}
        absent = [number for number in ids if number not in lexical.facts]
        facts = {**lexical.facts, **indexes.lexical.facts(query, absent)}
    scored = []
    for number in ids:
        near = None if vector is None else dense_score(vector, vectors[number], weights)
        if lexical is None:
            scored.append((number, near or 0.0, Scores(near, None, None)))
            continue
        held, stated = matched.get(number, 0.0), facts.get(number, 0.0)
        if near is None:
            score = held + weights.fact_weight * stated
            scored.append((number, score, Scores(None, held, None, stated)))
            continue
        fused = fuse(near, held, indexes.dense.spread, weights, stated)
        scored.append((number, fused, Scores(near, held, fused, stated)))
    return scored
