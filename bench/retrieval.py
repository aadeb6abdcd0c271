"""How well passages are found, and how well sentences answer, on labelled questions.

    python bench/retrieval.py sample
    python bench/retrieval.py sets/drcd-dev.json sets/cmrc2018-dev.json
    python bench/retrieval.py page.txt --questions bench/seed_questions.jsonl
    python bench/retrieval.py page.txt --questions bench/written_otherwise.jsonl

A set is the sample collection, a file in SQuAD layout (each paragraph an article), or a page with
a file of questions that name the article by its position and the paragraphs that hold the answer;
a question may come with its English translation. Collections are kept in --keep and reused. Prints
for each mode nDCG@10, the share of questions with a right passage first, among the first three and
among the first five; and for answers the share in which a quoted sentence holds an accepted answer.
"""

import argparse
import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index.collection import Collection
from index.readers import read_path
from index.records import Article
from index.text import folder
from qa.answer import ask
from qa.evidence.use import Reads
from qa.records import Answer, Evidence, Mode

SAMPLE = Path(__file__).parent.parent / "data" / "sample"


@dataclass(frozen=True, slots=True)
class Question:
    """A labelled question.

    ``right`` holds what answers it: passages as "article/paragraph", or whole articles where an
    article is what its set calls a paragraph.
    """

    text: str
    group: str
    answers: tuple[str, ...]
    right: frozenset[str]


def squad_set(path: Path, keep: Path) -> tuple[Collection, list[Question]]:
    articles, questions = [], []
    for entry in json.loads(path.read_text(encoding="utf-8"))["data"]:
        # Articles whose questions weights were chosen on, and those kept apart.
        digest = hashlib.md5(str(entry["id"]).encode(), usedforsecurity=False).digest()
        group = "test" if digest[0] % 2 else "dev"
        for number, paragraph in enumerate(entry["paragraphs"]):
            key = f"{entry['id']}-{number}"
            articles.append(Article(key, entry["title"], paragraph["context"], str(path)))
            for asked in paragraph["qas"]:
                answers = tuple(answer["text"] for answer in asked["answers"])
                questions.append(Question(asked["question"], group, answers, frozenset([key])))
    collection = Collection.create(keep / path.stem, progress=show)
    collection.add(articles)
    return collection, questions


def sample_set(keep: Path) -> tuple[Collection, list[Question]]:
    articles = [
        article
        for name in ("articles.jsonl", "page.txt")
        for read in read_path(SAMPLE / name)
        for article in read.articles
    ]
    collection = Collection.create(keep / "sample", progress=show)
    collection.add(articles)
    by_name = {name: a for a in articles for name in (a.id, a.title)}
    questions = []
    for line in (SAMPLE / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if entry["kind"] == "unanswerable":
            continue
        article = by_name[entry["article"]]
        start = article.text.index(entry["evidence"])
        right = {
            f"{article.id}/{p.number}"
            for p in collection.passages_of(article)
            if p.start < start + len(entry["evidence"]) and start < p.end
        }
        group = f"{entry['split']} {'english' if entry['kind'] == 'english' else 'chinese'}"
        questions.append(
            Question(entry["question"], group, tuple(entry["answers"]), frozenset(right))
        )
    return collection, questions


def page_set(path: Path, labels: Path, keep: Path) -> tuple[Collection, list[Question]]:
    articles = [article for read in read_path(path) for article in read.articles]
    collection = Collection.create(keep / "page", progress=show)
    collection.add(articles)
    questions = []
    for line in labels.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if not entry["paragraphs"]:
            continue
        article = articles[entry["article"] - 1]
        right = frozenset(f"{article.id}/{number}" for number in entry["paragraphs"])
        group = "english" if entry["kind"] == "english" else "chinese"
        if "split" in entry:
            group = f"{entry['split']} {group}"
        answers = tuple(entry.get("answers", ()))
        questions.append(Question(entry["question"], group, answers, right))
        if "english" in entry:
            questions.append(
                Question(entry["english"], f"{entry['split']} english", answers, right)
            )
    return collection, questions


def measure(collection: Collection, questions: list[Question]) -> None:
    for mode in Mode:
        totals: dict[str, list[tuple[float, ...]]] = defaultdict(list)
        for question in questions:
            answer = ask(collection, question.text, 20, mode, reads=Reads(Evidence.OFF))
            row = score(answer, question)
            totals[question.group].append(row)
            totals["all"].append(row)
        for group, rows in sorted(totals.items()):
            means = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
            print(
                f"  {mode:8} {group:14} {len(rows):5}  nDCG@10 {means[0]:.4f}  first {means[1]:.4f}"
                f"  in three {means[2]:.4f}  in five {means[3]:.4f}"
                f"  answer quoted {means[4]:.4f}",
                flush=True,
            )


def score(answer: Answer, question: Question) -> tuple[float, ...]:
    fold = folder().fold
    by_passage = any("/" in key for key in question.right)
    ranked = list(
        dict.fromkeys(
            f"{hit.stored.article.id}/{hit.stored.passage.number}"
            if by_passage
            else hit.stored.article.id
            for hit in answer.hits
        )
    )[:10]
    gains = [1 / math.log2(r + 2) for r, key in enumerate(ranked) if key in question.right]
    best = sum(1 / math.log2(r + 2) for r in range(min(10, len(question.right))))
    quoted = fold(answer.answer or "")
    return (
        sum(gains) / best,
        float(any(key in question.right for key in ranked[:1])),
        float(any(key in question.right for key in ranked[:3])),
        float(any(key in question.right for key in ranked[:5])),
        float(any(fold(accepted) in quoted for accepted in question.answers)),
    )


def show(what: str, done: int, total: int) -> None:
    print(f"\r  {what} {done}/{total}   ", end="" if done < total else "\r", flush=True)


def sets(options: argparse.Namespace) -> Iterator[tuple[str, Collection, list[Question]]]:
    for name in options.sets:
        if name == "sample":
            yield name, *sample_set(options.keep)
        elif options.questions:
            yield name, *page_set(Path(name), options.questions, options.keep)
        else:
            yield name, *squad_set(Path(name), options.keep)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+")
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--keep", type=Path, default=Path(".cache/bench"))
    for name, collection, questions in sets(parser.parse_args()):
        counts = collection.store.counts()
        print(f"{name}: {counts['passages']} passages, {len(questions)} questions")
        measure(collection, questions)
        collection.close()


if __name__ == "__main__":
    main()
