"""What is understood of a question before anything is searched."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from index.dates import DateMention
from index.errors import SettingError
from index.facts import Facts, read_facts
from index.lexical import LexicalIndex
from index.names import Names, named
from index.quantities import Quantity
from index.query import Meaning, Query, RelatedName
from index.records import Span
from index.regions import regions
from index.romanized import latin_names
from index.text import Folded, folder
from index.translations import Translated, translated
from index.words import Terms
from qa.expected import kinds
from qa.fusion import SHIPPED, Weights
from qa.question import without_asking

# What a reading that is left out may be; see ``Interpretation``.
DATE, QUANTITY, TERM, ALIAS = KINDS = ("date", "quantity", "term", "alias")


@dataclass(frozen=True, slots=True)
class Interpretation:
    """How a question is to be read.

    Attributes:
        today: the asker's day, from which 去年 is counted; the clock's where it is None.
        ignore: what is not to be read in it, as kind and text: ``date:去年``, ``quantity:50亿元``,
            ``term:产业``, ``alias:光谷``. What is not there is passed over.

    Raises:
        SettingError: something to be ignored has no kind or no text.
    """

    today: date | None = None
    ignore: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """See that each has a kind and a text."""
        for given in self.ignore:
            kind, _, text = given.partition(":")
            if kind not in KINDS or not text.strip():
                kinds_there = ", ".join(KINDS)
                raise SettingError(
                    f"cannot ignore {given!r}; expected KIND:TEXT with KIND one of {kinds_there}",
                    f"不能忽略“{given}”，应写成“类型:文字”，类型为 {kinds_there} 之一",
                )

    def keeps(self, kind: str, text: str) -> bool:
        """Whether this is not to be ignored."""
        return f"{kind}:{text}" not in self.ignore


AS_IT_STANDS = Interpretation()


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
        aliases: other names of what the question names, by the name as the question has it, and
            what its words in English may mean.
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
    question: str,
    lexical: LexicalIndex,
    names: Names,
    interpretation: Interpretation = AS_IT_STANDS,
    weights: Weights = SHIPPED,
) -> Asked:
    """Read a question.

    Args:
        question: as it was asked.
        lexical: the index it is asked of, which knows how passages were divided into words.
        names: the names that the collection's articles introduce.
        interpretation: the asker's day, and what is not to be read.
        weights: how much the kind asked for and other names count.
    """
    about = without_asking(question)
    folded = folder().fold_with_origin(about)
    today = interpretation.today or date.today()
    facts = _kept(read_facts(folded.text, today), question, folded, interpretation)
    found = [
        (start, name, others)
        for start, name, others in names.found_in(folded.text)
        if interpretation.keeps(ALIAS, name)
        and named(name, _written(question, folded, start, start + len(name)), question)
    ]
    introduced = {name: others for _, name, others in found}
    english, rest = _english(folded.text, [(start, name) for start, name, _ in found])
    meanings = _meanings(english, lexical, interpretation)
    terms, words = _terms(rest, lexical, interpretation)
    aliases = introduced | _elsewhere(words, introduced, interpretation)
    related = tuple(
        RelatedName(lexical.terms(name), tuple(lexical.terms(other) for other in others))
        for name, others in aliases.items()
    )
    latin = tuple(dict.fromkeys(latin_names(question)))
    asked_for = kinds(folder().fold(question))
    query = Query(
        terms,
        facts,
        related,
        tuple(
            Meaning(lexical.terms(word), tuple(lexical.terms(other) for other in others))
            for word, others in meanings.items()
        ),
        latin,
        asked_for,
        weights.kind_weight,
        weights.name_weight,
    )
    understood = Understood(
        tuple(_date(question, folded, mention) for mention in facts.dates),
        tuple(_quantity(question, folded, quantity) for quantity in facts.quantities),
        (*meanings, *words),
        (*aliases.items(), *((word, others) for word, others in meanings.items() if others)),
    )
    return Asked(query, understood)


def _written(question: str, folded: Folded, start: int, end: int) -> str:
    """What stands in the question itself for a part of its normal form."""
    start, end = folded.original(start, end)
    return question[start:end]


def _kept(facts: Facts, question: str, folded: Folded, interpretation: Interpretation) -> Facts:
    """The facts that are not to be ignored; those are known by how the question writes them."""

    def written(found: DateMention | Quantity) -> str:
        return _written(question, folded, found.start, found.end)

    return Facts(
        tuple(d for d in facts.dates if interpretation.keeps(DATE, written(d))),
        tuple(q for q in facts.quantities if interpretation.keeps(QUANTITY, written(q))),
    )


def _terms(
    plain: str, lexical: LexicalIndex, interpretation: Interpretation
) -> tuple[Terms, tuple[str, ...]]:
    """The terms of a question in normal form, and its words, without those to be ignored."""
    row = lexical.terms(plain).row
    if interpretation.ignore:
        row = tuple(w if interpretation.keeps(TERM, w) else " " * len(w) for w in row)
    words = dict.fromkeys(word for word in row if any(map(str.isalnum, word)))
    return lexical.terms("".join(row)), tuple(words)


def _elsewhere(
    words: Sequence[str], named: Container[str], interpretation: Interpretation
) -> dict[str, tuple[str, ...]]:
    """What the question's words are called in other regions, apart from names."""
    elsewhere = regions()
    return {
        word: elsewhere[word]
        for word in words
        if word in elsewhere and word not in named and interpretation.keeps(ALIAS, word)
    }


def _english(plain: str, named: Sequence[tuple[int, str]]) -> tuple[tuple[Translated, ...], str]:
    """The words of a question in English, and the question without its English.

    Names that the articles introduce, told with where each begins, stay in the rest: their other
    names are known better.
    """
    words = translated(plain)
    if not words:
        return (), plain
    kept = {place for start, name in named for place in range(start, start + len(name))}
    rest = (" " if c.isalpha() and at not in kept else c for at, c in enumerate(plain))
    return tuple(word for word in words if word.start not in kept), "".join(rest)


def _meanings(
    english: Sequence[Translated], lexical: LexicalIndex, interpretation: Interpretation
) -> dict[str, tuple[str, ...]]:
    """What words of a question in English may mean, as far as passages say it."""
    return {
        word.text: tuple(filter(lexical.holds, word.words))
        if interpretation.keeps(ALIAS, word.text)
        else ()
        for word in english
        if interpretation.keeps(TERM, word.text)
    }


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
