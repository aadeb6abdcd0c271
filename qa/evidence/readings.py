"""What the model reads for labelled questions, from the passages that retrieval finds today."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.collection import Indexes
from index.terminal import print_line
from qa.agreement import agreement
from qa.evidence.judge import Seen, Support
from qa.evidence.mine import Labelled, collection_of, holds, may_answer
from qa.evidence.model import EvidenceModel
from qa.evidence.spans import Reading, Span
from qa.evidence.use import READ, seen, worth_reading
from qa.records import Mode
from qa.search import Found, retrieve


@dataclass(frozen=True, slots=True)
class Read:
    """A question whose passages were read.

    Attributes:
        article: whose question it is.
        name: of the set.
        seen: the passages, as retrieval ranks them: all that are read for the question, and for
            it without those that may answer.
        answerable: whether the set has an answer.
        gold: which of them hold the labelled answer.
        may: which of them may answer: those, and others that hold an accepted answer, as several
            articles tell the same news.
        right: of each passage's quotes, F1; 0 where it does not stand in one that may answer.
        exact: whether it is an accepted answer.
        gold_right: F1 of the best answer in the right passage, found or not.
        gold_exact: whether that is an accepted one.
    """

    article: str
    name: str
    answerable: bool
    seen: tuple[Seen, ...]
    gold: tuple[bool, ...]
    may: tuple[bool, ...]
    right: tuple[tuple[float, ...], ...]
    exact: tuple[tuple[float, ...], ...]
    gold_right: float
    gold_exact: float

    def kept(self, answerable: bool) -> list[int]:
        """Places of the passages that ``ask`` reads, with those that may answer or without."""
        places = [place for place, may in enumerate(self.may) if answerable or not may]
        return places[: worth_reading([self.seen[place].fused for place in places])]


def read_all(
    model: EvidenceModel, asked: Sequence[Labelled], path: Path, keep: Path, done: Path
) -> list[Read]:
    """Read each question's passages.

    Args:
        model: the reader.
        asked: questions of the set.
        path: the set.
        keep: the folder with its collection.
        done: what was read is kept in this file, and is not read again.
    """
    rows = _rows(done)
    if len(rows) < len(asked):
        with (
            collection_of(path, keep) as collection,
            collection.reading() as indexes,
            done.open("a", encoding="utf-8") as lines,
        ):
            for question in asked[len(rows) :]:
                found = retrieve(collection, indexes, question.text, 2 * READ, Mode.HYBRID, None)
                row = _read(model, question, indexes, found, path.stem)
                lines.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
                lines.flush()
                rows.append(row)
                if len(rows) % 25 == 0:
                    print_line(f"{done.name} {len(rows)}/{len(asked)}")
    return rows[: len(asked)]


def _read(model: EvidenceModel, asked: Labelled, indexes: Indexes, found: Found, name: str) -> Read:
    hits = found.hits
    accepted = [text for text, _ in asked.answers]
    gold = [holds(asked, hit) for hit in hits]
    may = [may_answer(asked, hit) for hit in hits]
    wanted = _wanted([hit.score / indexes.dense.spread for hit in hits], may)
    passages = [(hits[i].stored.article.full_title, hits[i].stored.passage.text) for i in wanted]
    if accepted and not any(gold[i] for i in wanted):
        passages.append((asked.title, asked.passage))
    readings = model.read(asked.text, passages)
    read = [hits[i] for i in wanted]
    looked = seen(asked.text, indexes, found, read, readings[: len(read)])
    scores = [[agreement(quote, accepted) for quote in one.quotes] for one in looked]
    right = [gold[i] for i in wanted]
    counted = [may[i] for i in wanted]
    best = _best(readings, passages, right, accepted) if accepted else (0.0, 0.0)
    return Read(
        asked.article,
        name,
        bool(accepted),
        tuple(looked),
        tuple(right),
        tuple(counted),
        tuple(tuple(f1 * c for _, f1 in row) for row, c in zip(scores, counted, strict=True)),
        tuple(tuple(em * c for em, _ in row) for row, c in zip(scores, counted, strict=True)),
        best[1],
        best[0],
    )


def _wanted(scores: Sequence[float], may: Sequence[bool]) -> list[int]:
    """Places of the passages that are read, whether or not those that may answer are there."""
    every = list(range(len(scores)))
    rest = [place for place in every if not may[place]]
    kept = set(every[: worth_reading(scores)])
    kept |= set(rest[: worth_reading([scores[place] for place in rest])])
    return sorted(kept)


def _best(
    readings: Sequence[Reading],
    passages: Sequence[tuple[str, str]],
    right: Sequence[bool],
    accepted: Sequence[str],
) -> tuple[float, float]:
    place = right.index(True) if True in right else len(readings) - 1
    reading, text = readings[place], passages[place][1]
    if not reading.spans:
        return 0.0, 0.0
    span = reading.spans[0]
    return agreement(text[span.start : span.end], accepted)


def _rows(path: Path) -> list[Read]:
    """The rows of a file; a line that was being written when the program stopped is cut off."""
    if not path.exists():
        return []
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        with path.open("r+b") as file:
            file.truncate(len(whole))
    return list(map(_row, map(json.loads, whole.splitlines())))


def _row(row: dict[str, Any]) -> Read:
    return Read(
        row["article"],
        row["name"],
        row["answerable"],
        tuple(_seen(row["seen"])),
        tuple(row["gold"]),
        tuple(row["may"]),
        tuple(tuple(one) for one in row["right"]),
        tuple(tuple(one) for one in row["exact"]),
        row["gold_right"],
        row["gold_exact"],
    )


def _seen(rows: Sequence[dict[str, Any]]) -> Iterator[Seen]:
    for row in rows:
        reading = row["reading"]
        spans = tuple(Span(**span) for span in reading["spans"])
        yield Seen(
            row["fused"],
            row["lexical"],
            Reading(reading["relevance"], spans, reading["covered"]),
            tuple(row["quotes"]),
            tuple(row["fits"]),
            tuple(Support(**support) for support in row["supports"]),
        )
