"""What a question matches in the lexical index, and how much each match counts."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import tantivy

from index.facts import date_levels, plain
from index.query import Meaning, Query, RelatedName
from index.words import Terms

# They count alike: other weights were no better on the development halves of DRCD and CMRC 2018.
FIELDS = ("words", "pairs", "characters")
VALUES, DATES, KINDS, PUBLISHED, LATIN = "values", "dates", "kinds", "published", "latin"
_COARSER = 0.5  # what the month of a day counts, and the year of a month
_PUBLISHED_SHARE = 0.3  # what an article's own date counts against one in the passage
# A word of another language that means nothing here counts this much of a rare one.
_UNKNOWN = 0.3

Key = tuple[str, str]
"""A field and a term of it."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What a word of another language may be in the articles.

    Attributes:
        choices: the terms of each word that it may mean and that some passage holds.
        weight: of the word.
    """

    choices: tuple[tuple[Key, ...], ...]
    weight: float


@dataclass(frozen=True, slots=True)
class TermWeights:
    """How much each term of a question counts.

    Attributes:
        of: weight by field and term.
        meant: its words in another language.
        total: the sum of all weights.
    """

    of: dict[Key, float]
    meant: tuple[Meant, ...]
    total: float

    def held_by(self, terms: Terms) -> float:
        """The share of the question, by weight, that a text with these terms holds; 0 to 1."""
        if not self.total:
            return 0.0
        held = {(field, term) for field in FIELDS for term in getattr(terms, field)}
        weight = sum(w for key, w in self.of.items() if key in held)
        weight += sum(m.weight for m in self.meant if any(map(held.issuperset, m.choices)))
        return weight / self.total


@dataclass(frozen=True, slots=True)
class Wanted:
    """What finds a question's facts.

    Attributes:
        parts: one for each fact; a passage that holds it scores its weight.
        total: the sum of the weights, and no less than that of a fact that one passage holds:
            what half of the passages hold tells little even where it is all that was asked.
    """

    parts: tuple[tantivy.Query, ...]
    total: float


class Matcher:
    """Turns questions into queries of one state of the index, which tells how rare terms are."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher) -> None:
        self._schema = schema
        self._searcher = searcher
        self._meant = lru_cache(maxsize=256)(self._looked_up)

    def weights(self, asked: Query) -> TermWeights:
        """The weights of a question's terms, whether a passage holds them or not."""
        weights = {key: self._weight(key) for key in _different(asked.terms)}
        meant = tuple(map(self._meant, asked.meanings))
        return TermWeights(weights, meant, sum(weights.values()) + sum(m.weight for m in meant))

    def words(self, asked: Query) -> list[tantivy.Query]:
        """What adds to the score of words: terms, names with their others, meanings, the kind."""
        rest = dict.fromkeys(_different(asked.terms))
        parts = []
        for related in asked.names:
            own = [key for key in _different(related.name) if key in rest]
            if own:
                parts.append(self._name(own, related, asked.name_weight))
                for key in own:
                    del rest[key]
        parts += [self._term(*key) for key in rest]
        parts += [
            self._any_meant(meant) for meant in map(self._meant, asked.meanings) if meant.choices
        ]
        if asked.kinds and asked.kind_weight:
            kind = best_of([self._term(KINDS, k) for k in asked.kinds])
            parts.append(tantivy.Query.boost_query(kind, asked.kind_weight))
        return parts

    def facts(self, asked: Query) -> Wanted:
        """What finds the question's numbers, dates and names in Latin letters."""
        found = list(self._facts(asked))
        rarest = self._rarity(1)
        return Wanted(
            tuple(part for part, _ in found), max(rarest, sum(weight for _, weight in found))
        )

    def _facts(self, asked: Query) -> Iterator[tuple[tantivy.Query, float]]:
        for quantity in asked.facts.quantities:
            for value in quantity.values:
                number = plain(value)
                yield self._fact([(VALUES, number)], 1.0)
                if quantity.unit:
                    yield self._fact([(VALUES, number + quantity.unit)], 1.0)
        for mention in asked.facts.dates:
            share = 1.0
            for level in date_levels(mention):
                yield self._fact([(DATES, term) for term in level], share)
                share *= _COARSER
        for name in asked.latin:
            if self._searcher.doc_freq(LATIN, name):  # others are words of the other language
                yield self._fact([(LATIN, name)], 1.0)

    def _fact(self, keys: Sequence[Key], share: float) -> tuple[tantivy.Query, float]:
        """What finds a passage with one of these terms, at the weight of the rarest of them."""
        weight = share * max(map(self._weight, keys))
        choices = [tantivy.Query.const_score_query(self._term(*key), weight) for key in keys]
        choices += [
            tantivy.Query.const_score_query(self._term(PUBLISHED, term), _PUBLISHED_SHARE * weight)
            for field, term in keys
            if field == DATES
        ]
        return best_of(choices), weight

    def _name(self, own: Sequence[Key], related: RelatedName, share: float) -> tantivy.Query:
        """A name as the question has it, or another at ``share`` of what its terms add up to."""
        weight = sum(self._weight(key) for key in own)
        choices = [any_of([self._term(*key) for key in own])]
        for other in related.others:
            keys = list(_different(other))
            total = sum(self._weight(key) for key in keys)
            if total and share:
                query = any_of([self._term(*key) for key in keys])
                choices.append(tantivy.Query.boost_query(query, share * weight / total))
        return best_of(choices)

    def _looked_up(self, meaning: Meaning) -> Meant:
        """All that a word may mean as if it were one word, as rare as they are together.

        Pirkola 1998, doi:10.1145/290941.290957.
        """
        choices = []
        for terms in (meaning.word, *meaning.others):
            # By single characters only where there is but one: too many words share them.
            fields = ("characters",) if len(terms.characters) == 1 else ("words", "pairs")
            keys = tuple(key for key in _different(terms) if key[0] in fields)
            if keys and all(self._searcher.doc_freq(*key) for key in keys):
                choices.append(keys)
        if not choices:
            return Meant((), _UNKNOWN * self._rarity(1))
        any_held = any_of([self._term(*key) for keys in choices for key in keys])
        holding = self._searcher.search(any_held, limit=1, count=True).count
        return Meant(tuple(choices), self._rarity(holding or 0))

    def _any_meant(self, meant: Meant) -> tantivy.Query:
        """The best of what a word may mean, each with the word's weight."""
        parts = []
        for keys in meant.choices:
            query = any_of([self._term(*key) for key in keys])
            own = sum(map(self._weight, keys))
            parts.append(tantivy.Query.boost_query(query, meant.weight / own))
        return best_of(parts)

    def _weight(self, key: Key) -> float:
        return self._rarity(self._searcher.doc_freq(*key))

    def _rarity(self, holding: int) -> float:
        number = self._searcher.num_docs
        frequency = min(holding, number)
        return math.log(1 + (number - frequency + 0.5) / (frequency + 0.5))

    def _term(self, field: str, term: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, term, "freq")


def any_of(parts: Sequence[tantivy.Query]) -> tantivy.Query:
    """A query whose score is the sum of its parts'."""
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in parts])


def best_of(parts: Sequence[tantivy.Query]) -> tantivy.Query:
    """A query whose score is that of its best part."""
    return parts[0] if len(parts) == 1 else tantivy.Query.disjunction_max_query(list(parts))


def _different(terms: Terms) -> Iterator[Key]:
    """Each different term, with its field."""
    for field in FIELDS:
        for term in dict.fromkeys(getattr(terms, field)):
            yield field, term
