"""Answers with evidence: the found passages are read, ranked anew, and quoted to the word."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.embedders.base import Progress, no_progress
from index.errors import ModelError
from qa.evidence.judge import Found, Judge, Seen, answers
from qa.evidence.model import EvidenceModel
from qa.evidence.weights import Shipped, shipped
from qa.records import Candidate, Citation, Evidence, Hit, Mode, cite

# Only the best passages are read, and of those only what can still come first.
READ = 5
_HOPELESS = 8.0  # units of the collection's spread behind the best
_CANDIDATES = 3
_LEAST_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Judged:
    """What reading found.

    Attributes:
        hits: all passages, those that were read in their new order.
        candidates: different answers, the best first.
        confidence: the chance that the first one is right.
        abstained: whether it is too unlikely to be given.
    """

    hits: tuple[Hit, ...]
    candidates: tuple[Candidate, ...]
    confidence: float
    abstained: bool


@dataclass(frozen=True, slots=True)
class Witness:
    """The model with its judge."""

    model: EvidenceModel
    judge: Judge

    def judged(self, question: str, hits: Sequence[Hit], spread: float) -> Judged:
        """Read the best of ``hits``; ``spread`` is the collection's."""
        least = hits[0].score / spread - _HOPELESS if hits else 0.0
        read = [hit for hit in hits[:READ] if hit.score / spread >= least]
        passages = [(hit.stored.article.full_title, hit.stored.passage.text) for hit in read]
        seen = [
            Seen(hit.score / spread, hit.scores.lexical or 0.0, reading)
            for hit, reading in zip(read, self.model.read(question, passages), strict=True)
        ]
        scores = self.judge.scores(seen)
        order = sorted(range(len(read)), key=lambda i: (-scores[i], i))
        read, seen = [read[i] for i in order], [seen[i] for i in order]
        ranked = [float(scores[i]) for i in order]
        confidence = self.judge.confidence(seen)
        found = answers(seen, ranked, [hit.stored.passage.text for hit in read])
        others = [one for one in found[1:_CANDIDATES] if one.share >= _LEAST_SHARE]
        kept = [*found[:1], *others]
        return Judged(
            (*read, *hits[len(read) :]),
            tuple(_candidate(one, read, confidence) for one in kept),
            confidence,
            not kept or confidence < self.judge.threshold,
        )


def witness(setting: Evidence, mode: Mode, progress: Progress = no_progress) -> Witness | None:
    """The model, where this setting asks for it; the ranker knows hybrid search only.

    Raises:
        ModelError: it is asked for and not there, or cannot be used.
    """
    if setting is Evidence.OFF or mode is not Mode.HYBRID:
        return None
    given = shipped()
    if given is None or not given.judge:
        if setting is Evidence.ON:
            raise ModelError(
                "evidence is on, but no evidence model is installed; set it to auto or off",
                "已要求使用阅读模型，但没有安装；请设为 auto 或 off",
            )
        return None
    if setting is Evidence.AUTO and not given.default:
        return None
    return _keeper().witness(given, progress)


class _Keeper:
    """Loads the model once, whoever asks first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: Witness | None = None

    def witness(self, given: Shipped, progress: Progress) -> Witness:
        with self._lock:
            if self._kept is None:
                self._kept = Witness(EvidenceModel(given, progress), Judge.of(given.judge))
            return self._kept


@lru_cache(maxsize=1)
def _keeper() -> _Keeper:
    """The process's: the model is large, and the same for every collection."""
    return _Keeper()


def sentence_of(hit: Hit, start: int, end: int) -> tuple[int, int]:
    """The sentences around characters of the article, as a range that holds them."""
    touched = [s for s in hit.stored.sentences if s.start < end and start < s.end]
    if not touched:
        return start, end
    return min(start, touched[0].start), max(end, touched[-1].end)


def _candidate(found: Found, read: Sequence[Hit], confidence: float) -> Candidate:
    exact, around = [], []
    for number, span in found.places:
        hit = read[number]
        before = hit.stored.passage.start
        start, end = before + span.start, before + span.end
        exact.append(cite(hit.stored, start, end, hit.score))
        around.append(cite(hit.stored, *sentence_of(hit, start, end), hit.score))
    return Candidate(found.text, confidence * found.share, tuple(exact), _once(around))


def _once(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    return tuple({(c.article_id, c.start, c.end): c for c in citations}.values())
