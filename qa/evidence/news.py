"""Questions on news, made by rules: on numbers, dates, names in book-title marks, definitions.

    python -m qa.evidence.news NEWS.jsonl.gz --out FOLDER --articles 2000

Writes FOLDER/news.json in SQuAD layout, to be mined and trained on as the labelled sets are. The
words that answer are taken out of a clause and asked for; the rest of the sentence stays out of
the question, and with it a part of the clause, so that the passage is not found by copying.
"""

import argparse
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.sentences import sentences
from index.terminal import print_line

_MEASURE = "万亿元|亿元|万元|元|万人|万户|万辆|万吨|万公里|公里|平方米|人次|人|家|个|项|名|辆|倍|%"
_NUMBER = re.compile(rf"(?:超过|超|近|约)?([0-9][0-9,.]*(?:{_MEASURE}))")
_DATE = re.compile(r"((?:[0-9]{4}年)?[0-9]{1,2}月[0-9]{1,2}日|[0-9]{4}年(?:[0-9]{1,2}月)?)")
_TITLE = re.compile(r"(《[^《》]{3,25}》)")
_DEFINED = re.compile(r"^([^，。；：“”]{2,10})(?:是指|指的是)([^。；]{6,50})")
_CLAUSE = re.compile(r"[^，。；！？：]+")
_BYLINE = re.compile("记者|编辑|来源|[摄电讯]$|消息|报道")
_SHORTEST, _LONGEST = 8, 40  # characters of the clause that is asked about
_EACH = 2  # questions of a paragraph


@dataclass(frozen=True, slots=True)
class Made:
    """A question with the characters of the paragraph that answer it."""

    text: str
    start: int
    end: int


def questions(paragraph: str) -> Iterator[Made]:
    """The questions that the rules make of a paragraph."""
    for span in sentences(paragraph):
        sentence = paragraph[span.start : span.end]
        if found := _DEFINED.match(sentence):
            low, high = found.span(2)
            yield Made(f"什么是{found.group(1)}？", span.start + low, span.start + high)
        for clause in _CLAUSE.finditer(sentence):
            yield from _of_clause(clause.group(), span.start + clause.start(), sentence)


def _of_clause(clause: str, at: int, sentence: str) -> Iterator[Made]:
    if not _SHORTEST <= len(clause) <= _LONGEST or _BYLINE.search(clause):
        return
    for pattern, ask in ((_NUMBER, _how_many), (_DATE, _when), (_TITLE, _which)):
        found = pattern.findall(clause)
        # What the sentence says twice, or two of a kind, could be asked for by the same words.
        if len(found) == 1 and sentence.count(found[0]) == 1:
            low = clause.index(found[0])
            rest = (clause[:low], found[0], clause[low + len(found[0]) :])
            if len(rest[0]) + len(rest[2]) >= _SHORTEST - 2:
                yield Made(ask(*rest), at + low, at + low + len(found[0]))


def _how_many(before: str, answer: str, after: str) -> str:
    unit = re.sub(r"^[0-9,.]+", "", answer)
    return f"{before}{'百分之多少' if unit == '%' else '多少' + unit}{after}？"


def _when(before: str, _answer: str, after: str) -> str:
    return f"{before}{after}是什么时候？" if not before else f"{before}什么时候{after}？"


def _which(before: str, _answer: str, after: str) -> str:
    return f"{before}哪份文件或哪部作品{after}？"


def squad(path: Path, articles: int, seed: int) -> dict[str, Any]:
    """Questions on some of the articles, in SQuAD layout."""
    random = np.random.default_rng(seed)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    data = []
    for place in random.permutation(len(rows))[:articles]:
        row = rows[place]
        parts = []
        for number, text in enumerate(p.strip() for p in row["text"].split("\n")):
            made = list(questions(text))
            chosen = sorted(random.permutation(len(made))[:_EACH])
            asked = [
                {
                    "id": f"news-{place}-{number}-{i}",
                    "question": made[i].text,
                    "answers": [
                        {
                            "text": text[made[i].start : made[i].end],
                            "answer_start": made[i].start,
                        }
                    ],
                }
                for i in chosen
            ]
            if len(text) >= 60:
                parts.append({"context": text, "qas": asked})
        data.append({"id": f"news-{place}", "title": row.get("title") or "", "paragraphs": parts})
    return {"data": data}


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("news", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    made = squad(options.news, options.articles, options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(made, ensure_ascii=False)
    (options.out / "news.json").write_text(text, encoding="utf-8")
    number = sum(len(p["qas"]) for a in made["data"] for p in a["paragraphs"])
    print_line(f"{len(made['data'])} articles, {number} questions")


if __name__ == "__main__":
    main()
