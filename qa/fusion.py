"""One score from what the two kinds of search know.

The lexical score is the share of the question's terms, weighed by rarity, that a passage holds. A
question that shares nothing with the collection's language scores near zero everywhere, and the
dense score decides alone; a name or a number that few passages hold weighs much. Few shared words
say less than their share, as passages on other matters share some too, hence the power. No rank or
extreme of the result list takes part, so a side that has nothing to say cannot shout.
"""

from dataclasses import dataclass

import numpy as np

from index.embedders.base import PassageVectors, Vectors


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part of a score counts.

    The defaults are what is shipped, chosen on the development halves of DRCD and CMRC 2018 and
    of the sample's questions; see docs/retrieval.md for the table.

    Attributes:
        sentence_share: of the nearest sentence in the dense score, 0 to 1.
        lexical_weight: of the lexical score, in units of the collection's spread.
        lexical_power: to which the lexical score is raised.
    """

    sentence_share: float = 0.6
    lexical_weight: float = 18.0
    lexical_power: float = 1.5


SHIPPED = Weights()


def dense_score(question: Vectors, passage: PassageVectors, weights: Weights = SHIPPED) -> float:
    """Cosine of question and passage, mixed with that of its nearest sentence.

    Args:
        question: unit vector, shape (dimension,).
        passage: its unit vectors; without sentence vectors the passage's counts alone.
        weights: how to mix.

    Returns:
        A number from -1 to 1.
    """
    whole = float(passage.passage @ question)
    if not len(passage.sentences):
        return whole
    nearest = float(np.max(passage.sentences @ question))
    return (1 - weights.sentence_share) * whole + weights.sentence_share * nearest


def fuse(dense: float, lexical: float, spread: float, weights: Weights = SHIPPED) -> float:
    """One score, on the scale of the dense one.

    Args:
        dense: cosine.
        lexical: share of the question held, 0 to 1.
        spread: standard deviation of the cosines between passages of the collection: the unit
            in which differences between dense scores are large or small.
        weights: how much the words count.

    Returns:
        The dense score raised by what the words tell.
    """
    raised: float = weights.lexical_weight * spread * lexical**weights.lexical_power
    return dense + raised
