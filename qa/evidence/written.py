"""Questions written by hand in other words than the passages', as sets in SQuAD layout.

    python -m qa.evidence.written QUESTIONS.jsonl --news NEWS.jsonl.gz --sets FILE… --out FOLDER

Writes FOLDER/written-news.json and, for each set, FOLDER/reworded-NAME.json, to be mined and
trained on as the labelled sets are. A question is kept without its article's text: it names the
article and the characters that answer, so that the file holds our own words only.
"""

import argparse
import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.records import Article
from index.split import split_passages
from index.terminal import print_line
from qa.evidence.mine import Paragraph, labelled, paragraphs

NEWS = "news-24k"
_PASSAGE = 350  # characters
_TITLE = 40
_SEED = 7

_Place = tuple[str, int]  # words and where they start


@dataclass(frozen=True, slots=True)
class Written:
    """A question as it is kept.

    Attributes:
        source: the set that its article is in.
        article: the article's id there, of a set in SQuAD layout the paragraph's.
        text: the question.
        start: first character of the answer in the article or paragraph; -1 where there is none.
        end: one past the last.
    """

    source: str
    article: str
    text: str
    start: int
    end: int


def read_written(path: Path) -> list[Written]:
    """The questions of a file, a JSON object a line."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [
        Written(
            row["set"], row["article"], row["question"], row.get("start", -1), row.get("end", -1)
        )
        for row in rows
    ]


def news_set(written: Sequence[Written], news: Path, others: int) -> dict[str, Any]:
    """The questions on news with their articles, and ``others`` articles that nothing is asked of.

    News have no titles: the first words stand for one.
    """
    asked: dict[str, list[Written]] = defaultdict(list)
    for one in written:
        if one.source == NEWS:
            asked[one.article].append(one)
    with gzip.open(news, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    order = np.random.default_rng(_SEED).permutation(len(rows))
    more = [rows[i]["id"] for i in order if rows[i]["id"] not in asked][:others]
    chosen = asked.keys() | set(more)
    return {"data": [_entry(row, asked[row["id"]]) for row in rows if row["id"] in chosen]}


def _entry(row: dict[str, Any], asked: Iterable[Written]) -> dict[str, Any]:
    text = row["text"]
    article = Article(row["id"], "", text, NEWS)
    parts = split_passages(article, limit=_PASSAGE, measure=lambda texts: list(map(len, texts)))
    made: list[dict[str, Any]] = [{"context": part.text, "qas": []} for part in parts]
    for number, one in enumerate(asked):
        place = next((i for i, p in enumerate(parts) if p.start <= one.start < p.end), 0)
        shift = parts[place].start
        answers = [{"text": text[one.start : one.end], "answer_start": one.start - shift}]
        made[place]["qas"].append(
            {
                "id": f"{row['id']}-{number}",
                "question": one.text,
                "answers": answers if one.start >= 0 else [],
            }
        )
    return {"id": row["id"], "title": text[:_TITLE], "paragraphs": made}


def reworded_set(written: Sequence[Written], path: Path) -> dict[str, Any]:
    """A set with questions of our own in place of its own.

    Where a question of the set has the same first answer, they have the same accepted ones.
    """
    asked: dict[str, list[Written]] = defaultdict(list)
    for one in written:
        if one.source == path.stem:
            asked[one.article].append(one)
    accepted = {
        (one.paragraph, one.answers[0]): one.answers for one in labelled(path) if one.answers
    }
    entries: dict[str, dict[str, Any]] = {}
    for known in paragraphs(path).values():
        made = [
            {
                "id": f"{known.key}-{number}",
                "question": one.text,
                "answers": [
                    {"text": text, "answer_start": start}
                    for text, start in _accepted(one, known, accepted)
                ],
            }
            for number, one in enumerate(asked[known.key])
        ]
        entry: dict[str, Any] = {"id": known.article, "title": known.title, "paragraphs": []}
        entry = entries.setdefault(known.article, entry)
        entry["paragraphs"].append({"context": known.text, "qas": made})
    return {"data": list(entries.values())}


def _accepted(
    one: Written, known: Paragraph, accepted: dict[tuple[str, _Place], tuple[_Place, ...]]
) -> tuple[_Place, ...]:
    if one.start < 0:
        return ()
    own = (known.text[one.start : one.end], one.start)
    return accepted.get((known.key, own), (own,))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("written", type=Path)
    parser.add_argument("--news", type=Path, required=True)
    parser.add_argument("--sets", type=Path, nargs="+", required=True)
    parser.add_argument("--others", type=int, default=300, help="news that nothing is asked of")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    written = read_written(options.written)
    made = {"written-news": news_set(written, options.news, options.others)}
    made |= {f"reworded-{path.stem}": reworded_set(written, path) for path in options.sets}
    for name, entries in made.items():
        text = json.dumps(entries, ensure_ascii=False)
        (options.out / f"{name}.json").write_text(text, encoding="utf-8")
        number = sum(len(p["qas"]) for a in entries["data"] for p in a["paragraphs"])
        print_line(f"{name}: {len(entries['data'])} articles, {number} questions")


if __name__ == "__main__":
    main()
