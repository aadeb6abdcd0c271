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
        fact_weight: of the question's numbers, dates and names in Latin letters, beside its words.
        kind_weight: of a passage's holding the kind of thing asked for, beside one term.
        name_weight: of other names of what the question names, beside the name itself.
    """

    sentence_share: float = 0.6
    lexical_weight: float = 18.0
    lexical_power: float = 1.5
    fact_weight: float = 0.1
    kind_weight: float = 0.5
    name_weight: float = 0.5


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


def fuse(
    dense: float, lexical: float, spread: float, weights: Weights = SHIPPED, facts: float = 0.0
) -> float:
    """One score, on the scale of the dense one.

    Args:
        dense: cosine.
        lexical: share of the question held, 0 to 1.
        spread: standard deviation of the cosines between passages of the collection: the unit
            in which differences between dense scores are large or small.
        weights: how much the words count.
        facts: share of its numbers, dates and names in Latin letters held, 0 to 1.

    Returns:
        The dense score raised by what words and facts tell.
    """
    told: float = lexical**weights.lexical_power + weights.fact_weight * facts
    return dense + weights.lexical_weight * spread * told
