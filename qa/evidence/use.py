"""Answers with evidence: the found passages are read, ranked anew, and quoted to the word."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from index.collection import Indexes
from index.embedders.base import Progress, no_progress
from index.errors import ModelError, SettingError
from index.terminal import print_error
from qa.evidence.judge import Found, Judge, Seen, Support
from qa.evidence.kinds import fits
from qa.evidence.model import EvidenceModel
from qa.evidence.spans import Reading
from qa.evidence.weights import Shipped, shipped
from qa.records import Candidate, Citation, Evidence, Hit, Mode, cite
from qa.search import Found as Retrieved
from qa.sentences import Sentence, sentences_known

READ = 5  # passages at most
# Retrieval is hardly ever wrong by so much: of 5,500 labelled questions 4 have their passage
# further behind the first, in units of the collection's spread.
BEHIND = 3.0
_WINDOWS = 8
_CANDIDATES = 3
_LEAST = 0.01  # probability of another candidate


@dataclass(frozen=True, slots=True)
class Reads:
    """How passages are read.

    Attributes:
        evidence: whether they are.
        threshold: the least confidence with which an answer is given; None for the shipped one.
        windows: how many stretches of 200 tokens are read at most; the time is proportional.
    """

    evidence: Evidence = Evidence.AUTO
    threshold: float | None = None
    windows: int = _WINDOWS

    def __post_init__(self) -> None:
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise SettingError(
                f"the threshold is {self.threshold}; expected 0 to 1",
                f"阈值为 {self.threshold}，应在 0 到 1 之间",
            )
        if self.windows < 1:
            raise SettingError(
                f"{self.windows} windows are to be read; expected 1 or more",
                f"最多读 {self.windows} 个窗口，应为 1 或更大",
            )


def parse_evidence(name: str) -> Evidence:
    """The setting of that name.

    Raises:
        SettingError: there is none.
    """
    if name not in tuple(Evidence):
        raise SettingError(
            f"evidence is {name!r}; expected one of {', '.join(Evidence)}",
            f"evidence 为“{name}”，应为 {'、'.join(Evidence)} 之一",
        )
    return Evidence(name)


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

    def judged(self, question: str, indexes: Indexes, found: Retrieved, reads: Reads) -> Judged:
        """Read the best passages that retrieval ``found`` in these indexes."""
        hits, spread = found.hits, indexes.dense.spread
        number = min(reads.windows, worth_reading([hit.score / spread for hit in hits]))
        read, rest = hits[:number], hits[number:]
        passages = [(hit.stored.article.full_title, hit.stored.passage.text) for hit in read]
        readings = self.model.read(question, passages, reads.windows)
        verdict = self.judge.verdict(seen(question, indexes, found, read, readings))
        lowest = min((hit.score for hit in read), default=0.0)
        ranked = [
            replace(read[place], score=lowest + spread * (score - verdict.scores[-1]))
            for place, score in zip(verdict.order, verdict.scores, strict=True)
        ]
        told = [
            _candidate(one, verdict.answers[0], ranked, verdict.confidence)
            for one in verdict.answers[:_CANDIDATES]
        ]
        kept = told[:1] + [one for one in told[1:] if one.confidence >= _LEAST]
        threshold = self.judge.threshold if reads.threshold is None else reads.threshold
        return Judged(
            (*ranked, *rest),
            tuple(kept),
            verdict.confidence,
            not kept or verdict.confidence < threshold,
        )


def worth_reading(scores: Sequence[float]) -> int:
    """How many of the best passages can still come first.

    Args:
        scores: retrieval's, falling, in units of the collection's spread.
    """
    return sum(score >= scores[0] - BEHIND for score in scores[:READ])


def seen(
    question: str,
    indexes: Indexes,
    found: Retrieved,
    hits: Sequence[Hit],
    readings: Sequence[Reading],
) -> list[Seen]:
    """What is known of those of the hits ``found`` that were read."""
    weights = indexes.lexical.weights(found.asked.query)
    told = []
    for hit, reading in zip(hits, readings, strict=True):
        passage = hit.stored.passage
        quotes = tuple(passage.text[span.start : span.end] for span in reading.spans)
        holding = [
            hit.stored.sentences_at(passage.start + span.start, passage.start + span.end)
            for span in reading.spans
        ]
        among = {one for some in holding for one in some}
        known = {one.span: one for one in sentences_known(indexes, found, hit, weights, among)}
        told.append(
            Seen(
                hit.score / indexes.dense.spread,
                hit.scores.lexical or 0.0,
                reading,
                quotes,
                fits(question, quotes),
                tuple(_support([known[one] for one in some]) for some in holding),
            )
        )
    return told


def _support(sentences: Sequence[Sentence]) -> Support:
    """Of an answer that stands in these; zeros where it stands in none."""
    return Support(
        max((one.near for one in sentences), default=0.0),
        max((one.held for one in sentences), default=0.0),
    )


def witness(reads: Reads, mode: Mode, progress: Progress = no_progress) -> Witness | None:
    """The model, where this setting asks for it; the ranker knows hybrid search only.

    Where the model is not whole, ``auto`` goes on without it and says so once.

    Raises:
        ModelError: it is asked for and not there, or cannot be used.
    """
    if reads.evidence is Evidence.OFF or mode is not Mode.HYBRID:
        return None
    keeper = _keeper()
    if reads.evidence is Evidence.ON:
        return keeper.witness(progress)
    return keeper.witness_if_better(progress)


def load_soon(reads: Reads, mode: Mode, progress: Progress) -> None:
    """Begin to load the model in the background; what goes wrong is told when it is needed."""

    def load() -> None:
        with suppress(ModelError):
            witness(reads, mode, progress)

    threading.Thread(target=load, daemon=True).start()


def reader_used(reads: Reads, mode: Mode) -> dict[str, Any] | None:
    """What tells the model apart that this setting reads with; None where it does not read.

    Raises:
        ModelError: the manifest cannot be read.
    """
    given = shipped()
    if given is None or reads.evidence is Evidence.OFF or mode is not Mode.HYBRID:
        return None
    if reads.evidence is Evidence.AUTO and not given.default:
        return None
    return {"sha256": given.digest, "judge": given.judge}


class _Keeper:
    """Loads the model once, whoever asks first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: Witness | None = None
        self._failed = False

    def witness(self, progress: Progress) -> Witness:
        """The model, or an error that says why there is none."""
        given = shipped()
        if given is None or not given.judge:
            raise ModelError(
                "evidence is on, but no evidence model is installed; set it to auto or off, "
                "or train one as docs/evidence.md says",
                "已要求使用阅读模型，但没有安装；请设为 auto 或 off，或照 docs/evidence.md 训练",
            )
        return self._loaded(given, progress)

    def witness_if_better(self, progress: Progress) -> Witness | None:
        """The model, where one is shipped that is better than none and whole."""
        if self._failed:
            return None
        try:
            given = shipped()
            if given is None or not given.judge or not given.default:
                return None
            return self._loaded(given, progress)
        except ModelError as error:
            self._failed = True
            print_error(error)
            print_error("已改为不用阅读模型回答 · answering without the evidence model")
            return None

    def _loaded(self, given: Shipped, progress: Progress) -> Witness:
        with self._lock:
            if self._kept is None:
                self._kept = Witness(EvidenceModel(given, progress), judge_of(given))
            return self._kept


def judge_of(given: Shipped) -> Judge:
    """The shipped judge.

    Raises:
        ModelError: its numbers are not those of this version.
    """
    try:
        return Judge.of(given.judge)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"the evidence model in {given.folder} is of another version ({error}); "
            "reinstall wenju, or run qa.evidence.fit again",
            f"{given.folder} 中的阅读模型版本不符，请重新安装 wenju，或重新运行 qa.evidence.fit",
        ) from error


@lru_cache(maxsize=1)
def _keeper() -> _Keeper:
    """The process's: the model is large, and the same for every collection."""
    return _Keeper()


def sentence_of(hit: Hit, start: int, end: int) -> tuple[int, int]:
    """The sentences around characters of the article, as a range that holds them."""
    touched = hit.stored.sentences_at(start, end)
    if not touched:
        return start, end
    return min(start, touched[0].start), max(end, touched[-1].end)


def _candidate(found: Found, first: Found, ranked: Sequence[Hit], confidence: float) -> Candidate:
    exact, around = [], []
    for number, span in found.places:
        hit = ranked[number]
        before = hit.stored.passage.start
        start, end = before + span.start, before + span.end
        exact.append(cite(hit.stored, start, end, hit.score))
        around.append(cite(hit.stored, *sentence_of(hit, start, end), hit.score))
    # Only the first answer's chance is calibrated. Another one is less likely by their shares,
    # and both are not right at once.
    chance = confidence
    if found is not first:
        chance = min(confidence * found.share / first.share, 1 - confidence)
    return Candidate(found.text, chance, tuple(exact), _once(around))


def _once(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    return tuple({(c.article_id, c.start, c.end): c for c in citations}.values())
