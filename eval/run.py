"""Puts the questions of a set to its collection, and writes down what came of it."""

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import filelock

from eval.cached import code_digest, open_cached
from eval.errors import RunError
from eval.gold import Qrels, resolve
from eval.machine import machine, peak_memory, versions
from eval.outcomes import Cited, Row, summarise
from eval.records import Dataset, Question
from eval.run_files import MEASURES, UNFINISHED, Run, load_run, write_run
from eval.settings import Settings
from index.collection import Collection
from index.embedders import DEFAULT, open_embedder
from index.embedders.base import Progress, Vectors
from index.embedders.questions import read_change
from qa.answer import ask
from qa.evidence.use import reader_used
from qa.records import Citation, Mode
from qa.understanding import Interpretation

_EMBEDDED_AT_ONCE = 256
_WRITTEN_EVERY = 50


@dataclass(frozen=True, slots=True)
class Plan:
    """A run to make.

    Attributes:
        dataset: the set.
        settings: how its questions are put.
        asked: the questions, in the set's order.
        command: the command line that makes it, or empty.
    """

    dataset: Dataset
    settings: Settings
    asked: tuple[Question, ...]
    command: str = ""

    @classmethod
    def of(cls, dataset: Dataset, settings: Settings, command: str = "") -> "Plan":
        """A plan for as many questions as the settings ask for.

        Those are chosen by a digest of their ids, so that they do not all come from the first
        documents, and are the same on every machine.
        """
        asked = dataset.questions
        if settings.limit is not None:
            chosen = sorted(asked, key=lambda q: _digest(q.id))[: settings.limit]
            ids = {question.id for question in chosen}
            asked = tuple(question for question in asked if question.id in ids)
        return cls(dataset, settings, asked, command)

    @property
    def fingerprint(self) -> str:
        """Equal for plans whose runs give the same files, times apart."""
        parts = [
            self.dataset.digest,
            self.settings.as_dict(),
            # Kinds change no measure, so runs compare without them; but tables show them.
            [(question.id, question.kind, question.synthetic) for question in self.asked],
            code_digest("index", "qa", "eval"),
            _question_network(self.settings),
            reader_used(self.settings.reads, self.settings.mode),
        ]
        return _digest(json.dumps(parts, sort_keys=True))


def make_run(plan: Plan, out: Path, progress: Progress) -> Run:
    """Make a run, or go on with one that was interrupted; a finished one is given as it is.

    Args:
        plan: what to run.
        out: the folder to write.
        progress: called while it runs.

    Raises:
        RunError: ``out`` holds a run of another plan, or another process writes there.
        DatasetError: a judgement names a passage that is not there.
        CollectionError, ModelError: the collection cannot be made.
    """
    out.mkdir(parents=True, exist_ok=True)
    fingerprint = plan.fingerprint  # once: the code may be edited meanwhile
    with _only_writer(out):
        if (out / MEASURES).exists():
            run = load_run(out)
            if run.summary.get("fingerprint") != fingerprint:
                raise _occupied(out)
            return run
        seconds: dict[str, float] = {}
        rows = _done(out / UNFINISHED, fingerprint)
        went_on = len(rows)
        with _timed(seconds, "model"):
            embedder = open_embedder(plan.settings.model, progress)
        with _timed(seconds, "collection"):
            collection = open_cached(plan.dataset, embedder, progress)
        with collection:
            qrels = resolve(plan.dataset, collection, plan.asked)
            _put_all(plan, collection, rows, out / UNFINISHED, fingerprint, seconds, progress)
            about = {
                "fingerprint": fingerprint,
                "command": plan.command,
                "settings": plan.settings.as_dict(),
                "embedder": embedder.identity.as_dict(),
                "question_network": _question_network(plan.settings),
                "reader": reader_used(plan.settings.reads, plan.settings.mode),
                "counts": collection.store.counts(),
                "versions": versions(),
                "machine": machine(plan.settings.model),
                "resumed_at": went_on,
            }
            _write(plan, collection, rows, qrels, about, seconds, out)
    return load_run(out)


def _question_network(settings: Settings) -> str | None:
    """What tells the network apart that embeds questions; None where it is the passages' own."""
    if settings.model != DEFAULT or settings.mode is Mode.LEXICAL:
        return None
    return read_change().digest


def _write(
    plan: Plan,
    collection: Collection,
    rows: Mapping[str, Row],
    qrels: Qrels,
    about: Mapping[str, Any],
    seconds: dict[str, float],
    out: Path,
) -> None:
    with _timed(seconds, "measures"):
        ordered = [rows[question.id] for question in plan.asked]
        told = summarise(plan.dataset, plan.asked, ordered, qrels, collection, plan.settings.k)
    summary = {
        **about,
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        "peak_memory_bytes": peak_memory(),
        **told.summary,
    }
    write_run(out, told.files, summary)


def _put_all(
    plan: Plan,
    collection: Collection,
    rows: dict[str, Row],
    path: Path,
    fingerprint: str,
    seconds: dict[str, float],
    progress: Progress,
) -> None:
    """Put the questions that are not in ``rows`` yet; each row is in the file before the next."""
    waiting = [question for question in plan.asked if question.id not in rows]
    total = len(plan.asked)
    seconds.setdefault("questions embedded", 0.0)
    seconds.setdefault("questions asked", 0.0)
    with _rows_file(path, fingerprint) as file:
        for low in range(0, len(waiting), _EMBEDDED_AT_ONCE):
            part = waiting[low : low + _EMBEDDED_AT_ONCE]
            with _timed(seconds, "questions embedded"):
                vectors = embed(collection, part, plan.settings.mode)
            with _timed(seconds, "questions asked"):
                for number, (question, vector) in enumerate(zip(part, vectors, strict=True)):
                    row = put(collection, question, vector, plan.settings)
                    rows[question.id] = row
                    file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
                    if number % _WRITTEN_EVERY == 0:
                        file.flush()
                        progress("提问", len(rows), total)
    progress("提问", total, total)


def embed(
    collection: Collection, questions: Sequence[Question], mode: Mode
) -> Sequence[Vectors | None]:
    """The questions' vectors, all at once; None each where the mode uses none."""
    if mode is Mode.LEXICAL:
        return [None] * len(questions)
    return list(collection.embedder.embed_questions([question.text for question in questions]))


def put(
    collection: Collection, question: Question, vector: Vectors | None, settings: Settings
) -> Row:
    """Ask one question."""
    answer = ask(
        collection,
        question.text,
        settings.k,
        settings.mode,
        vector=vector,
        weights=settings.weights,
        interpretation=Interpretation(date.fromisoformat(settings.today)),
        reads=settings.reads,
    )
    withheld = answer.candidates[0] if answer.abstained and answer.candidates else None
    return Row(
        id=question.id,
        answer=answer.answer,
        confidence=answer.confidence,
        citations=_cited(answer.citations),
        hits=tuple(
            (hit.stored.article.id, hit.stored.passage.number, hit.score) for hit in answer.hits
        ),
        seconds=answer.seconds,
        withheld=withheld.text if withheld else None,
        withheld_citations=_cited(withheld.context) if withheld else (),
    )


def _cited(citations: Sequence[Citation]) -> tuple[Cited, ...]:
    return tuple((c.article_id, c.paragraph, c.quote) for c in citations)


@contextmanager
def _rows_file(path: Path, fingerprint: str) -> Iterator[Any]:
    """The file of rows, for appending; it begins with the fingerprint."""
    fresh = not path.exists()
    with path.open("a", encoding="utf-8") as file:
        if fresh:
            file.write(json.dumps({"fingerprint": fingerprint}) + "\n")
        yield file
        file.flush()
        os.fsync(file.fileno())


def _done(path: Path, fingerprint: str) -> dict[str, Row]:
    """The rows of an interrupted run; what was being written when it stopped is cut off.

    Raises:
        RunError: they are of another plan.
    """
    if not path.exists():
        return {}
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        with path.open("r+b") as file:
            file.truncate(len(whole))
    if not whole:
        path.unlink()
        return {}
    try:
        head, *records = [json.loads(line) for line in whole.splitlines()]
        begun = head["fingerprint"]
        rows = [Row.from_dict(record) for record in records]
    except (ValueError, TypeError, KeyError) as error:
        raise RunError(
            f"{path} cannot be read ({error}); remove it to begin the run anew",
            f"无法读取 {path}，请删除它，重新开始评测",
        ) from error
    if begun != fingerprint:
        raise _occupied(path.parent)
    return {row.id: row for row in rows}


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    try:
        yield
    finally:
        seconds[stage] = seconds.get(stage, 0.0) + time.perf_counter() - start


@contextmanager
def _only_writer(out: Path) -> Iterator[None]:
    lock = filelock.FileLock(out / ".lock", timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout as error:
        raise RunError(
            f"another process writes a run to {out}; wait for it, or choose another --out",
            f"另一个进程正在往 {out} 写评测结果，请等它结束，或用 --out 换一个文件夹",
        ) from error
    try:
        yield
    finally:
        lock.release()


def _occupied(out: Path) -> RunError:
    return RunError(
        f"{out} holds a run with other settings, questions or code; choose another --out, "
        "or remove it",
        f"{out} 里是另一次评测（设置、问题或代码不同）；请用 --out 换一个文件夹，或删除它",
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
