"""A question as lexical search takes it: its terms, and what is known to mean the same."""

from dataclasses import dataclass

from index.facts import Facts
from index.words import Terms


@dataclass(frozen=True, slots=True)
class RelatedName:
    """A name in the question and the terms of its other names.

    Attributes:
        name: terms of the name as the question has it.
        others: terms of each name that stands for the same thing.
    """

    name: Terms
    others: tuple[Terms, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """A word of a question in another language than the articles'.

    Attributes:
        word: its own terms: names are often written as they are.
        others: terms of each word that it may mean.
    """

    word: Terms
    others: tuple[Terms, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What lexical search looks for.

    Attributes:
        terms: of the question, without its asking words.
        facts: its numbers and dates.
        names: names in it that have others.
        meanings: its words in another language, which are not among the terms.
        latin: what may be Chinese names in Latin letters (``index.romanized``).
        kinds: kind terms (``index.facts``) of what is asked for.
        kind_weight: what holding the kind counts, beside a term.
        name_weight: what another name counts, beside the name itself.
    """

    terms: Terms
    facts: Facts
    names: tuple[RelatedName, ...] = ()
    meanings: tuple[Meaning, ...] = ()
    latin: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    kind_weight: float = 1.0
    name_weight: float = 1.0
