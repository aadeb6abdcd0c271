"""Reads a labelled set and checks all of it, in memory that does not grow with the corpus."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eval.datasets.beir import Beir
from eval.datasets.lines import Seen, shown
from eval.datasets.source import Labels, Source
from eval.datasets.squad import Squad
from eval.datasets.trec import Trec
from eval.datasets.wenju import QUESTIONS, Wenju
from eval.errors import DatasetError
from eval.problems import Kind, Problems
from eval.records import Dataset, Judgement, Question
from index.embedders import DEFAULT, open_embedder
from index.embedders.base import Progress, no_progress
from index.passages import divide
from index.records import Article
from qa.search import LONGEST_QUESTION

_TOLD_EVERY = 1000  # documents


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which set is meant.

    Attributes:
        path: a folder or a file.
        split: the part of it, or None for what its layout asks by default.
        documents: articles of a file of questions, where they do not lie beside it.
    """

    path: Path
    split: str | None = None
    documents: tuple[Path, ...] = ()


def read_dataset(
    wanted: Wanted,
    problems: Problems,
    *,
    accept: bool = False,
    model: str = DEFAULT,
    progress: Progress = no_progress,
) -> Dataset:
    """Read a set and check all of it.

    Args:
        wanted: which.
        problems: told of everything that is wrong.
        accept: go on without what has errors, as ``eval.problems.Kind`` says.
        model: by whose tokens articles are divided; only loaded where paragraphs are judged.
        progress: called while the corpus is read.

    Raises:
        DatasetError: the layout is not known, nothing is left to ask, or, unless ``accept``,
            something has an error.
        ModelError: the model is needed and cannot be used.
    """
    source = find_source(wanted)
    labels = source.labels(problems)
    questions = _checked_questions(labels, problems)
    judgements = _checked_judgements(labels, questions, problems)
    judgements = _without_missing_paragraphs(source, judgements, problems, model, progress)
    corpus, size = _check_corpus(source, judgements, problems, progress)
    if not accept:
        problems.raise_errors(str(wanted.path))
    asked = _asked(source, wanted.split, questions, judgements, problems)
    kept = tuple(j for _, j in judgements if j.question_id in asked)
    if not asked or not size:
        raise DatasetError(
            f"{wanted.path} has {len(asked)} questions to ask and {size} documents with text; "
            "expected at least one of each"
            + (f"; is {wanted.split!r} one of its splits?" if wanted.split else ""),
            f"{wanted.path} 有 {len(asked)} 个可问的问题、{size} 篇有文字的文档，至少各要一个"
            + (f"；“{wanted.split}”是它的一部分吗？" if wanted.split else ""),
        )
    chosen = tuple(asked.values())
    return Dataset(
        name=_name(wanted),
        path=wanted.path,
        layout=source.layout,
        unit=source.unit,
        questions=chosen,
        judgements=kept,
        documents=lambda: (a for _, a in _with_text(source, Problems())),
        size=size,
        corpus_digest=corpus,
        digest=_digest(corpus, chosen, kept),
        counts=problems.as_dict(),
    )


def find_source(wanted: Wanted) -> Source:
    """The set in whichever layout it has.

    Raises:
        DatasetError: it is not there, or has none of the layouts.
    """
    path = wanted.path
    found: Source | None = None
    if path.is_dir() and not wanted.documents:
        found = Beir.detect(path, wanted.split)
        if found is None and not (path / QUESTIONS).is_file():
            found = Trec.detect(path)
    if path.is_dir() and found is None and (path / QUESTIONS).is_file():
        found = Wenju.read(path, path / QUESTIONS, wanted.documents)
    if path.is_file():
        name = path.name.lower()
        if name.endswith((".json", ".json.gz")):
            found = Squad.read(path)
        elif name.endswith((".jsonl", ".jsonl.gz")):
            found = Wenju.read(path, path, wanted.documents)
    if found is None:
        reason = "is not a labelled set" if path.exists() else "is not there"
        raise DatasetError(
            f"{path} {reason}; expected a folder with corpus.jsonl, queries.jsonl and qrels "
            f"(BEIR), with {QUESTIONS} and articles, or with topics*, qrels* and *.jsonl (TREC); a "
            ".json file in SQuAD layout; or a .jsonl file of questions with --documents",
            f"{path} {'不是带标注的数据集' if path.exists() else '不存在'}；应为以下之一：有 "
            f"corpus.jsonl、queries.jsonl 和 qrels 的文件夹（BEIR），有 {QUESTIONS} 和文章的"
            "文件夹，"
            "有 topics*、qrels* 和 *.jsonl 的文件夹（TREC），SQuAD 格式的 .json 文件，"
            "或者 .jsonl 的问题文件加上 --documents",
        )
    return found


def _name(wanted: Wanted) -> str:
    name = wanted.path.resolve().name
    for suffix in (".gz", ".jsonl", ".json"):
        name = name.removesuffix(suffix)
    return f"{name}:{wanted.split}" if wanted.split else name


def _checked_questions(labels: Labels, problems: Problems) -> dict[str, Question]:
    """Questions by id, in order."""
    questions: dict[str, Question] = {}
    for place, question in labels.questions:
        if question.id in questions:
            problems.add(Kind.DUPLICATE_QUESTION, place, question.id)
        elif not question.text:
            problems.add(Kind.EMPTY_QUESTION, place, question.id)
        else:
            if len(question.text) > LONGEST_QUESTION:
                told = f"{question.id}: {len(question.text)} characters"
                problems.add(Kind.LONG_QUESTION, place, told)
                question = replace(question, text=question.text[:LONGEST_QUESTION].strip())
            questions[question.id] = question
    return questions


def _checked_judgements(
    labels: Labels, questions: dict[str, Question], problems: Problems
) -> list[tuple[str, Judgement]]:
    """Judgements of known questions, each once."""
    known = {question.id for _, question in labels.questions}
    first: dict[Judgement, int] = {}
    kept = []
    for place, judgement in labels.judgements:
        what = f"{judgement.question_id} {judgement.document_id}"
        if judgement.question_id not in known:
            problems.add(Kind.UNKNOWN_QUESTION, place, what)
            continue
        key = replace(judgement, relevance=0)
        if key not in first:
            first[key] = judgement.relevance
            if judgement.question_id in questions:
                kept.append((place, judgement))
        elif first[key] == judgement.relevance:
            problems.add(Kind.REPEATED_JUDGEMENT, place, what)
        else:
            problems.add(Kind.CONFLICTING_JUDGEMENT, place, what)
    return kept


def _without_missing_paragraphs(
    source: Source,
    judgements: list[tuple[str, Judgement]],
    problems: Problems,
    model: str,
    progress: Progress,
) -> list[tuple[str, Judgement]]:
    """The judgements whose paragraph is there; how articles are divided depends on the model."""
    named = {j.document_id for _, j in judgements if j.paragraph is not None}
    if not named:
        return judgements
    embedder = open_embedder(model, progress)
    numbers = {
        article.id: len(divide(article, embedder))
        for _, article in _with_text(source, Problems())
        if article.id in named
    }
    kept = []
    for place, judgement in judgements:
        number, there = judgement.paragraph, numbers.get(judgement.document_id, 0)
        if number is None or 1 <= number <= there:
            kept.append((place, judgement))
        else:
            told = f"paragraph {number} of {judgement.document_id}, which has {there}"
            problems.add(Kind.UNKNOWN_PLACE, place, told)
    return kept


def _check_corpus(
    source: Source,
    judgements: Sequence[tuple[str, Judgement]],
    problems: Problems,
    progress: Progress,
) -> tuple[str, int]:
    """The digest and number of documents with text; unknown judged ids become problems."""
    missing: dict[str, str] = {}
    for place, judgement in judgements:
        missing.setdefault(judgement.document_id, place)
    digest, size = hashlib.sha256(), 0
    for _, article in _with_text(source, problems, missing):
        size += 1
        parts = (
            article.id, article.title, article.text, article.label, article.published, article.url,
        )  # fmt: skip
        digest.update(json.dumps(parts, ensure_ascii=False).encode())
        if size % _TOLD_EVERY == 0:
            progress("读取", size, 0)
    progress("读取", size, size)
    for document_id, place in missing.items():
        problems.add(Kind.UNKNOWN_DOCUMENT, place, document_id)
    return digest.hexdigest(), size


def _with_text(
    source: Source, problems: Problems, missing: dict[str, str] | None = None
) -> Iterator[tuple[str, Article]]:
    """The documents that are used, in order; the ids of all there are go from ``missing``."""
    with Seen() as ids, Seen() as texts:
        for place, article in source.documents(problems):
            before = ids.first(article.id, place)
            if before:
                problems.add(Kind.DUPLICATE_DOCUMENT, place, f"{article.id}, first at {before}")
                continue
            if missing is not None:
                missing.pop(article.id, None)
            if not article.text.strip():
                if not article.title.strip():
                    problems.add(Kind.EMPTY_DOCUMENT, place, article.id)
                    continue
                problems.add(Kind.TITLE_ONLY, place, article.id)
                article = replace(article, text=article.title)
            twin = texts.first(f"{article.title}\n{article.text}", place)
            if twin:
                told = f"{article.id} {shown(article.title)}, first at {twin}"
                problems.add(Kind.REPEATED_TEXT, place, told)
            yield place, article


def _asked(
    source: Source,
    split: str | None,
    questions: dict[str, Question],
    judgements: Sequence[tuple[str, Judgement]],
    problems: Problems,
) -> dict[str, Question]:
    """The questions that are asked: those of the split, judged or known to have no answer."""
    judged: dict[str, int] = {}
    for _, judgement in judgements:
        best = judged.get(judgement.question_id, 0)
        judged[judgement.question_id] = max(best, judgement.relevance)
    asked = {}
    for question in questions.values():
        if split and question.split and question.split != split:
            continue
        if split and not question.split and source.layout != "beir":
            continue
        if question.answerable and question.id not in judged:
            if not (source.asks_unjudged and question.answers):
                problems.add(Kind.NOT_JUDGED, source.path.name, question.id)
                continue
        elif question.answerable and not judged[question.id]:
            problems.add(Kind.NOTHING_RELEVANT, source.path.name, question.id)
        elif not question.answerable and judged.get(question.id):
            problems.add(Kind.UNANSWERABLE_JUDGED, source.path.name, question.id)
        asked[question.id] = question
    return asked


def _digest(corpus: str, questions: Sequence[Question], judgements: Sequence[Judgement]) -> str:
    digest = hashlib.sha256(corpus.encode())
    for question in questions:
        parts = (question.id, question.text, question.answers, question.answerable)
        digest.update(json.dumps(parts, ensure_ascii=False).encode())
    for j in judgements:
        span = (j.span.start, j.span.end) if j.span else None
        judged = (j.question_id, j.document_id, j.relevance, span, j.paragraph)
        digest.update(json.dumps(judged, ensure_ascii=False).encode())
    return digest.hexdigest()
