"""What is known of a passage's sentences, for a question."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from index.collection import Indexes
from index.matching import TermWeights
from index.records import Span
from qa.records import Hit
from qa.search import Found


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage that was found.

    Attributes:
        span: its characters in the article.
        near: cosine of it and the question, in units of the collection's spread; 0 where there are
            no vectors.
        held: share of the question's terms that it holds, by their rarity.
    """

    span: Span
    near: float
    held: float


def sentences_known(
    indexes: Indexes, found: Found, hit: Hit, weights: TermWeights, among: Collection[Span]
) -> tuple[Sentence, ...]:
    """Sentences of one of the hits ``found``.

    Args:
        indexes: that it was found in.
        found: what retrieval found.
        hit: one of its passages.
        weights: those of the question's terms.
        among: which of the passage's sentences; each costs a division into words.
    """
    stored = hit.stored
    text = stored.article.text
    return tuple(
        Sentence(
            span,
            near / indexes.dense.spread,
            weights.held_by(indexes.lexical.terms(text[span.start : span.end])),
        )
        for span, near in zip(stored.sentences, _nearness(found, hit), strict=True)
        if span in among
    )


def _nearness(found: Found, hit: Hit) -> Sequence[float]:
    """Cosine of the question and each sentence; zeros where there are no vectors."""
    vectors = found.vectors.get(hit.stored.id)
    if vectors is None or found.question is None or not len(vectors.sentences):
        return [0.0] * len(hit.stored.sentences)
    return [float(value) for value in vectors.sentences @ found.question]
