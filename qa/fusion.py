"""One score from what the two kinds of search know.

The lexical score is the share of the question's terms, weighed by rarity, that a passage holds. A
question that shares nothing with the collection's language scores near zero everywhere, and the
dense score decides alone; a name or a number that few passages hold weighs much. Few shared words
say less than their share, as passages on other matters share some too, hence the power. No rank or
extreme of the result list takes part, so a side that has nothing to say cannot shout.
"""

import numpy as np

from index.embedders.base import PassageVectors, Vectors

# Chosen on the development halves of DRCD and CMRC 2018 and of the sample's questions; see
# docs/retrieval.md for the table.
SENTENCE_SHARE = 0.6
LEXICAL_WEIGHT = 18.0
LEXICAL_POWER = 1.5


def dense_score(question: Vectors, passage: PassageVectors) -> float:
    """Cosine of question and passage, mixed with that of its nearest sentence.

    Args:
        question: unit vector, shape (dimension,).
        passage: its unit vectors; without sentence vectors the passage's counts alone.

    Returns:
        A number from -1 to 1.
    """
    whole = float(passage.passage @ question)
    if not len(passage.sentences):
        return whole
    nearest = float(np.max(passage.sentences @ question))
    return (1 - SENTENCE_SHARE) * whole + SENTENCE_SHARE * nearest


def fuse(dense: float, lexical: float, spread: float) -> float:
    """One score, on the scale of the dense one.

    Args:
        dense: cosine.
        lexical: share of the question held, 0 to 1.
        spread: standard deviation of the cosines between passages of the collection: the unit
            in which differences between dense scores are large or small.

    Returns:
        The dense score raised by what the words tell.
    """
    raised: float = LEXICAL_WEIGHT * spread * lexical**LEXICAL_POWER
    return dense + raised
