"""Labelled questions, each with the passages that retrieval takes for its answer.

    python -m qa.evidence.mine SQUAD_FILE… --keep FOLDER

Writes FOLDER/NAME.jsonl, a question a line. Training draws its hard negatives from it; the ranker
is fitted and judged on it.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.collection import Collection
from index.records import Article
from index.terminal import print_line
from index.text import folder
from qa.records import Hit, Mode
from qa.search import retrieve

CANDIDATES = 20
_SURE = 4  # a passage that holds an answer of so many characters may answer, whatever it is about


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that retrieval found.

    Attributes:
        paragraph: the paragraph of the set it belongs to.
        start: first character of it there.
        end: one past the last.
        dense: cosine.
        lexical: share of the question held.
        fused: both, in units of the collection's spread.
    """

    paragraph: str
    start: int
    end: int
    dense: float
    lexical: float
    fused: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A labelled question.

    Attributes:
        text: the question.
        article: id of the article in its set.
        paragraph: the paragraph that answers.
        answers: accepted answers, each with where it starts in the paragraph.
        candidates: what retrieval found, best first.
    """

    text: str
    article: str
    paragraph: str
    answers: tuple[tuple[str, int], ...]
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a set, with its article's title."""

    key: str
    article: str
    title: str
    text: str


def paragraphs(path: Path) -> dict[str, Paragraph]:
    """The paragraphs of a set in SQuAD layout, by key."""
    found = (paragraph for paragraph, _ in _squad(path))
    return {paragraph.key: paragraph for paragraph in found}


def mined(path: Path) -> list[Asked]:
    """The questions of a file that ``mine`` wrote."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_asked(json.loads(line)) for line in lines]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled question with its passage.

    Attributes:
        text: the question.
        article: id of the article in its set.
        paragraph: the paragraph that answers.
        title: of the article.
        passage: the paragraph's text.
        answers: accepted answers, each with where it starts in the paragraph.
    """

    text: str
    article: str
    paragraph: str
    title: str
    passage: str
    answers: tuple[tuple[str, int], ...]


def labelled(path: Path) -> list[Labelled]:
    """The questions of a set in SQuAD layout."""
    return [
        Labelled(
            question["question"],
            paragraph.article,
            paragraph.key,
            paragraph.title,
            paragraph.text,
            tuple((a["text"], a["answer_start"]) for a in question["answers"]),
        )
        for paragraph, asked in _squad(path)
        for question in asked
    ]


def holds(asked: Labelled, hit: Hit) -> bool:
    """Whether a passage found is the labelled one; none is where the question has no answer."""
    passage = hit.stored.passage
    return hit.stored.article.id == asked.paragraph and within(asked, passage.start, passage.end)


def within(asked: Labelled, start: int, end: int) -> bool:
    """Whether the first answer begins within these characters of its paragraph."""
    return bool(asked.answers) and start <= asked.answers[0][1] < end


def words_of(answers: Sequence[tuple[str, int]]) -> list[str]:
    """Accepted answers as ``states`` looks for them."""
    simple = folder().simplified
    return [simple(text) for text, _ in answers]


def states(words: Sequence[str], text: str, near: bool) -> bool:
    """Whether a text in simplified characters may answer, as it holds an accepted answer.

    Short ones mean something only in a text of the same article (``near``).
    """
    return any((near or len(word) >= _SURE) and word in text for word in words)


def may_answer(asked: Labelled, hit: Hit) -> bool:
    """Whether a passage found is the labelled one, or another that may answer as well."""
    near = hit.stored.article.id.rpartition("-")[0] == asked.article
    text = folder().simplified(hit.stored.passage.text)
    return holds(asked, hit) or states(words_of(asked.answers), text, near)


def collection_of(path: Path, keep: Path) -> Collection:
    """The paragraphs of a set as articles of a collection in ``keep``, made where it is missing.

    Its indexes are caught up with this version of the program.
    """
    folder = keep / path.stem
    exists = (folder / "store.sqlite").exists()
    collection = Collection.open(folder) if exists else Collection.create(folder)
    collection.add([Article(p.key, p.title, p.text, path.name) for p in paragraphs(path).values()])
    return collection


def mine(path: Path, keep: Path) -> Path:
    """Write the questions of a set with their candidates to ``keep``; return the file."""
    out = keep / f"{path.stem}.jsonl"
    if out.exists():
        return out
    sets = list(_squad(path))
    collection = collection_of(path, keep)
    working = out.with_suffix(".part")
    with working.open("w", encoding="utf-8") as lines, collection.reading() as indexes:
        for number, (paragraph, asked) in enumerate(sets):
            for question in asked:
                found = retrieve(
                    collection, indexes, question["question"], CANDIDATES, Mode.HYBRID, None
                )
                row = Asked(
                    question["question"],
                    paragraph.article,
                    paragraph.key,
                    tuple((a["text"], a["answer_start"]) for a in question["answers"]),
                    tuple(
                        Candidate(
                            hit.stored.article.id,
                            hit.stored.passage.start,
                            hit.stored.passage.end,
                            hit.scores.dense or 0.0,
                            hit.scores.lexical or 0.0,
                            hit.score / indexes.dense.spread,
                        )
                        for hit in found.hits
                    ),
                )
                lines.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
            if number % 100 == 0:
                print_line(f"{path.stem} {number}/{len(sets)}")
    collection.close()
    working.replace(out)
    return out


def _squad(path: Path) -> Iterator[tuple[Paragraph, list[dict[str, Any]]]]:
    for entry in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for number, paragraph in enumerate(entry["paragraphs"]):
            key = f"{entry['id']}-{number}"
            yield (
                Paragraph(key, entry["id"], entry["title"], paragraph["context"]),
                paragraph["qas"],
            )


def _asked(row: dict[str, Any]) -> Asked:
    return Asked(
        row["text"],
        row["article"],
        row["paragraph"],
        tuple((text, start) for text, start in row["answers"]),
        tuple(Candidate(**candidate) for candidate in row["candidates"]),
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--keep", type=Path, required=True)
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    for path in options.sets:
        mine(path, options.keep)


if __name__ == "__main__":
    main()
