"""Measures of answers: the words, what they cite, and when there is none."""

import re
from collections.abc import Collection as Group
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.text import Folder
from qa.agreement import RIGHT, agreement, run_f1

EXACT = "EM"
OVERLAP = "F1"
QUOTED = "AnswerQuoted"
CITED_RIGHT = "CitationPrecision"
RIGHT_CITED = "CitationRecall"
EXACT_ALL = "EMAll"
OVERLAP_ALL = "F1All"
OVER_ALL = (EXACT_ALL, OVERLAP_ALL)
NAMES = (EXACT, OVERLAP, QUOTED, CITED_RIGHT, RIGHT_CITED, *OVER_ALL)

# What the evaluation script of CMRC 2018 takes out before it compares.
_PUNCTUATION = str.maketrans("", "", "-:_*^/\\~`+=，。：？！“”；’《》…·、「」（）－～『』")
_UNIT = re.compile(r"[\u4e00-\u9fa5]|[0-9]+(?:[.,][0-9]+)*|[^\W\u4e00-\u9fa5_]+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Given:
    """What a system said.

    Attributes:
        text: the answer, or None for an abstention.
        quotes: what it quotes.
        cited: ids of what it cites, in the unit of the set's judgements.
    """

    text: str | None
    quotes: tuple[str, ...]
    cited: tuple[str, ...]


def exact(given: str, accepted: Sequence[str]) -> float:
    """1 where the answer is an accepted one, apart from punctuation and case.

    Cui et al. 2019, "A Span-Extraction Dataset for Chinese Machine Reading Comprehension",
    section on evaluation metrics, as its script computes it.
    """
    return float(any(_plain(given) == _plain(answer) for answer in accepted))


def overlap(given: str, accepted: Sequence[str]) -> float:
    """The best F1 of the longest common run of units with an accepted answer, 0 to 1.

    ``run_f1`` over the units of CMRC 2018 (source as for ``exact``): a Chinese character, or a
    word or number of other scripts; punctuation is left out. Words of other scripts are told apart
    by a regular expression, where its script uses NLTK.
    """
    return max((run_f1(_units(given), _units(answer)) for answer in accepted), default=0.0)


def score(
    given: Given, accepted: Sequence[str], relevant: Group[str], folder: Folder
) -> dict[str, float]:
    """The measures of one answer to an answerable question.

    ``EM`` and ``F1`` are of the words, ``EMAll`` and ``F1All`` their part in the measures over all
    questions; ``AnswerQuoted`` is 1 where a quote holds an accepted answer, in the normal form in
    which questions and texts meet; these need accepted answers. ``CitationPrecision`` is the share
    of what is cited that is relevant, 0 where nothing is cited; ``CitationRecall`` the share of
    what is relevant that is cited; these need judgements.
    """
    scores = {}
    if accepted:
        text = given.text or ""
        scores[EXACT] = exact(text, accepted) if text else 0.0
        scores[OVERLAP] = overlap(text, accepted) if text else 0.0
        scores[EXACT_ALL], scores[OVERLAP_ALL] = scores[EXACT], scores[OVERLAP]
        quotes = [folder.fold(quote) for quote in given.quotes]
        folded = [folder.fold(answer) for answer in accepted]
        scores[QUOTED] = float(any(answer in quote for answer in folded for quote in quotes))
    if relevant:
        cited = set(given.cited)
        right = len(cited & set(relevant))
        scores[CITED_RIGHT] = right / len(cited) if cited else 0.0
        scores[RIGHT_CITED] = right / len(relevant)
    return scores


def score_unanswerable(text: str | None) -> dict[str, float]:
    """The measures of what was said to a question without an answer: 1 for an abstention.

    Rajpurkar, Jia and Liang 2018, "Know What You Don't Know: Unanswerable Questions for SQuAD".
    """
    return dict.fromkeys(OVER_ALL, float(text is None))


def is_right(
    text: str | None, confidence: float | None, accepted: Sequence[str], scores: Mapping[str, float]
) -> bool | None:
    """Whether an answer to an answerable question is right; None where the set cannot tell.

    An answer with a confidence is exact words, and right where its F1 is ``RIGHT`` or more, as the
    confidence was fitted (``agreement``). One without, or
    without accepted answers, is right where it quotes an accepted answer or, where none is known,
    cites something relevant.
    """
    if confidence is not None and accepted:
        return agreement(text or "", accepted)[1] >= RIGHT
    if QUOTED in scores:
        return scores[QUOTED] > 0
    if CITED_RIGHT in scores:
        return scores[CITED_RIGHT] > 0
    return None


def _plain(text: str) -> str:
    return text.lower().strip().translate(_PUNCTUATION)


def _units(text: str) -> list[str]:
    return _UNIT.findall(_plain(text))
