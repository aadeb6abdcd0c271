"""What is understood of a question before anything is searched."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from index.dates import DateMention
from index.facts import read_facts
from index.lexical import LexicalIndex
from index.names import Names
from index.quantities import Quantity
from index.query import Query, RelatedName
from index.records import Span
from index.regions import regions
from index.romanized import latin_names
from index.text import Folded, folder
from qa.expected import kinds
from qa.fusion import SHIPPED, Weights
from qa.question import without_asking


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date in the question, with the days it means; None where the year is left open."""

    text: str
    span: Span
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class ReadQuantity:
    """A quantity in the question; ``low`` or ``high`` is None where it is not bounded."""

    text: str
    span: Span
    low: float | None
    high: float | None
    unit: str
    approximate: bool


@dataclass(frozen=True, slots=True)
class Understood:
    """What was read in a question; spans are of the question.

    Attributes:
        dates: as intervals of days.
        quantities: as ranges of values.
        terms: the words that are searched for, without those that ask.
        aliases: other names of what the question names, by the name as the question has it.
    """

    dates: tuple[ReadDate, ...] = ()
    quantities: tuple[ReadQuantity, ...] = ()
    terms: tuple[str, ...] = ()
    aliases: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As the JSON output has it."""
        return {
            "dates": [
                {
                    "text": read.text,
                    "start": read.span.start,
                    "end": read.span.end,
                    "first": read.first,
                    "last": read.last,
                }
                for read in self.dates
            ],
            "quantities": [
                {
                    "text": read.text,
                    "start": read.span.start,
                    "end": read.span.end,
                    "low": read.low,
                    "high": read.high,
                    "unit": read.unit,
                    "approximate": read.approximate,
                }
                for read in self.quantities
            ],
            "terms": list(self.terms),
            "aliases": [{"name": name, "aliases": list(others)} for name, others in self.aliases],
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, understood.

    Attributes:
        query: what lexical search looks for.
        understood: what is told of it.
    """

    query: Query
    understood: Understood


def understand(
    question: str, lexical: LexicalIndex, names: Names, today: date, weights: Weights = SHIPPED
) -> Asked:
    """Read a question.

    Args:
        question: as it was asked.
        lexical: the index it is asked of, which knows how passages were divided into words.
        names: the names that the collection's articles introduce.
        today: the asker's day, from which 去年 is counted.
        weights: how much the kind asked for and other names count.
    """
    about = without_asking(question)
    terms = lexical.terms(about)
    folded = folder().fold_with_origin(about)
    facts = read_facts(folded.text, today)
    aliases = dict(_aliases(folded.text, names))
    elsewhere = regions()
    words = dict.fromkeys(word for word in terms.row if word.strip())
    for word in words:
        if word not in aliases and word in elsewhere:
            aliases[word] = elsewhere[word]
    related = tuple(
        RelatedName(lexical.terms(name), tuple(lexical.terms(other) for other in others))
        for name, others in aliases.items()
    )
    understood = Understood(
        tuple(_date(question, folded, mention) for mention in facts.dates),
        tuple(_quantity(question, folded, quantity) for quantity in facts.quantities),
        tuple(word for word in words if any(character.isalnum() for character in word)),
        tuple(aliases.items()),
    )
    latin = tuple(dict.fromkeys(latin_names(question)))
    asked_for = kinds(folder().fold(question))
    query = Query(terms, facts, related, latin, asked_for, weights.kind_weight, weights.name_weight)
    return Asked(query, understood)


def _aliases(text: str, names: Names) -> dict[str, tuple[str, ...]]:
    return {name: others for _, name, others in names.found_in(text)}


def _date(question: str, folded: Folded, mention: DateMention) -> ReadDate:
    start, end = folded.original(mention.start, mention.end)
    first, last = mention.first, mention.last
    return ReadDate(
        question[start:end],
        Span(start, end),
        first.isoformat() if first else None,
        last.isoformat() if last else None,
    )


def _quantity(question: str, folded: Folded, read: Quantity) -> ReadQuantity:
    start, end = folded.original(read.start, read.end)
    low, high = (None if value is None else float(value) for value in (read.low, read.high))
    return ReadQuantity(
        question[start:end], Span(start, end), low, high, read.unit, read.approximate
    )
