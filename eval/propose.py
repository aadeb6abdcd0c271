"""Proposes questions from what passages say: numbers, dates, names, definitions.

The question is the sentence with an asking word in the place of what is asked for, or asks for a
definition outright. Such questions share more words with their passage than people's do.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.records import Article, Passage
from index.sentences import sentences

_SHORTEST, _LONGEST = 10, 60  # characters of a question
_UNITS = (
    "亿元|万元|亿美元|万美元|元|个百分点|平方公里|平方米|公里|公顷|个工作日|个月|万人|万吨|吨|千米"
    "|米|亩|家|人|名|倍|项|所|座|种|天|岁|个|次|条|件|台|户|辆"
)
_NUMBER = re.compile(rf"(?<![0-9.,第年月/－-])([0-9][0-9,]*(?:\.[0-9]+)?)\s?(?:{_UNITS})")
_PERCENT = re.compile(r"(?<![0-9.])([0-9]+(?:\.[0-9]+)?[%％])")
_DATE = re.compile(r"(?<![0-9])([0-9]{4}年)([0-9]{1,2}月)?([0-9]{1,2}日)?(?!代)")
_NAME = re.compile(r"“([^“”，。！？]{2,14})”|《([^《》]{2,20})》")
_DEFINITION = re.compile(
    r"^(?:所谓)?[“]?([^，。！？；：“”]{2,14})[”]?(?:，)?(?:是指|指的是|是一种|是一类)([^。！？；]{6,60})"
)
_VAGUE = re.compile(
    "^(?:[这那這它他她其此该該本我你另也又还還但而并並]|因此|所以|同时|同時|然而|不过|不過|于是|於是"
    "|之后|之後|后来|後來)"
)
_END = "。！？!?；;：:，, \n\t　"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question that a passage answers.

    Attributes:
        question: with its question mark.
        answer: the words that answer it.
        kind: ``number``, ``date``, ``name`` or ``definition``.
        article: the passage's article.
        passage: the passage.
        start: where the sentence that answers starts in the article's text.
        end: one past its last character.
    """

    question: str
    answer: str
    kind: str
    article: Article
    passage: Passage
    start: int
    end: int


def proposals(article: Article, passage: Passage) -> Iterator[Proposal]:
    """The questions that the sentences of a passage lend themselves to."""
    for span in sentences(article.text, passage.body, passage.end):
        said = article.text[span.start : span.end]
        for question, answer, kind in _asked(said.strip(_END)):
            yield Proposal(question, answer, kind, article, passage, span.start, span.end)


def _asked(sentence: str) -> Iterator[tuple[str, str, str]]:
    """Question, answer and kind of each question about a sentence."""
    # What “this” or “it” is stands in the sentence before, so nobody could ask it like that.
    if "\n" in sentence or _VAGUE.match(sentence):
        return
    if match := _DEFINITION.match(sentence):
        yield f"什么是{match[1].strip()}？", match[2].strip(_END), "definition"
    for match in _NUMBER.finditer(sentence):
        yield from _cloze(sentence, match.span(1), "多少", "number", match.group())
    for match in _PERCENT.finditer(sentence):
        yield from _cloze(sentence, match.span(1), "百分之多少", "number", match.group())
    for match in _DATE.finditer(sentence):
        word = "哪一天" if match[3] else "哪年哪月" if match[2] else "哪一年"
        yield from _cloze(sentence, match.span(), word, "date", match.group())
    for match in _NAME.finditer(sentence):
        group = 1 if match[1] else 2
        yield from _cloze(sentence, match.span(group), "什么", "name", match.group(group))


def _cloze(
    sentence: str, span: tuple[int, int], word: str, kind: str, answer: str
) -> Iterator[tuple[str, str, str]]:
    start, end = span
    low, high = _clauses(sentence, start, end)
    question = f"{sentence[low:start]}{word}{sentence[end:high]}".strip(_END)
    left = len(question) - len(word)
    # An answer that stands elsewhere in the question is given away.
    if left >= _SHORTEST and len(question) <= _LONGEST and answer not in question:
        yield f"{question}？", answer, kind


def _clauses(sentence: str, start: int, end: int) -> tuple[int, int]:
    """The whole sentence where it is short, else the clauses around what is asked for."""
    if len(sentence) <= _LONGEST:
        return 0, len(sentence)
    cuts = [0, *(m.end() for m in re.finditer(r"[，；：]", sentence)), len(sentence)]
    low = max(cut for cut in cuts if cut <= start)
    high = min(cut for cut in cuts if cut >= end)
    while high - low < 2 * _SHORTEST and low > 0:
        low = max(cut for cut in cuts if cut < low)
    return low, high
