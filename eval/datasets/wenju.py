"""Wenju's own layout: a file of questions, and articles as ``wenju add`` reads them.

A line of the file is a question: ``question`` and, as far as they are known, ``id``, ``answers``,
``kind``, ``split``, ``answerable``, ``synthetic``, and where it is answered: ``article`` with
``evidence``, words that stand in it (with ``start``, the character where they do, if they stand
there more than once), or ``paragraphs``, numbers of passages as ``wenju show`` prints them.
Several articles stand in ``relevant``, a list of objects with ``article``, ``evidence`` or
``paragraphs``, and ``relevance`` (1 by default, 0 for not relevant).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval.datasets.lines import records, shown, text_of, texts_of, unopened
from eval.datasets.source import Labels, question_of
from eval.errors import DatasetError
from eval.problems import Kind, Problems
from eval.records import Judgement, Unit
from index.errors import ReadError
from index.readers import FORMATS, read_bytes
from index.records import Article, Span

QUESTIONS = "questions.jsonl"


@dataclass(frozen=True, slots=True)
class Wenju:
    """A file of questions with the articles they are about, held in memory."""

    path: Path
    questions: Path
    articles: tuple[Article, ...] = field(repr=False)
    failures: tuple[tuple[str, str], ...] = ()
    layout: str = "wenju"
    unit: Unit = Unit.PASSAGE
    asks_unjudged: bool = True

    @classmethod
    def read(cls, path: Path, questions: Path, documents: Sequence[Path]) -> "Wenju":
        """Read the articles.

        Args:
            path: what names the set.
            questions: the file of questions.
            documents: files and folders of articles; where there are none, the folder of the
                questions. The questions themselves and README files of folders are left out.

        Raises:
            DatasetError: a path cannot be read.
        """
        articles: list[Article] = []
        failures = []
        for name, file in _files(questions, documents):
            try:
                # Ids are made from the name, so they do not depend on where the set lies.
                articles.extend(read_bytes(file.name, file.read_bytes(), source=name))
            except ReadError as error:
                failures.append((name, error.english))
            except OSError as error:
                raise unopened(file, error) from error
        if not articles and not failures:
            raise DatasetError(
                f"no articles beside {questions}; name files or folders with --documents",
                f"{questions} 旁边没有文章，请用 --documents 指出文章的文件或文件夹",
            )
        return cls(path, questions, tuple(articles), tuple(failures))

    def documents(self, problems: Problems) -> Iterator[tuple[str, Article]]:
        """The articles."""
        for name, message in self.failures:
            problems.add(Kind.UNREADABLE, name, message)
        for number, article in enumerate(self.articles, 1):
            yield f"{article.source} article {number}", article

    def labels(self, problems: Problems) -> Labels:
        """The questions, with evidence resolved to places in articles."""
        labels = Labels()
        names = self._names()
        for place, record in records(self.questions, problems):
            text = text_of(record, "question", "text")
            if text is None:
                problems.add(Kind.UNREADABLE, place, f"no question: {shown(str(record))}")
                continue
            question_id = text_of(record, "id") or place.rpartition(":")[2]
            labels.questions.append((place, question_of(record, question_id, text)))
            relevant = record.get("relevant")
            parts = relevant if isinstance(relevant, list) else []
            if record.get("article") is not None:
                parts = [record, *parts]
            for part in parts:
                if not isinstance(part, dict):
                    problems.add(Kind.UNREADABLE, place, f"not an object: {shown(str(part))}")
                    continue
                for judgement in self._judgements(problems, place, question_id, part, names):
                    labels.judgements.append((place, judgement))
        return labels

    def _names(self) -> dict[str | int, list[Article]]:
        """Articles by id, title, title with label, and number in reading order."""
        names: dict[str | int, list[Article]] = defaultdict(list)
        for number, article in enumerate(self.articles, 1):
            called: set[str | int] = {article.id, article.title, article.full_title, number}
            for name in called:
                names[name].append(article)
        return names

    def _judgements(
        self,
        problems: Problems,
        place: str,
        question_id: str,
        part: dict[str, Any],
        names: dict[str | int, list[Article]],
    ) -> Iterator[Judgement]:
        name, relevance = part.get("article"), part.get("relevance", 1)
        if not isinstance(name, str | int) or type(relevance) is not int or relevance < 0:
            problems.add(Kind.UNREADABLE, place, f"not a judgement: {shown(str(part))}")
            return
        found = names.get(name, [])
        if len(found) != 1:
            several = f"{len(found)} articles are called" if found else "no article is called"
            problems.add(Kind.UNKNOWN_PLACE, place, f"{several} {shown(str(name))}")
            return
        article = found[0]
        numbers = part.get("paragraphs")
        if isinstance(numbers, list) and all(type(number) is int for number in numbers):
            for number in numbers:
                yield Judgement(question_id, article.id, relevance, paragraph=number)
            if numbers:
                return
        quotes = texts_of(part.get("evidence"))
        if not quotes:
            problems.add(Kind.UNKNOWN_PLACE, place, "neither evidence nor paragraphs")
        start = part.get("start")
        for quote in quotes:
            spans = list(_places(article.text, quote))
            if type(start) is int and len(quotes) == 1:
                spans = [span for span in spans if span.start == start]
            if not spans:
                problems.add(Kind.UNKNOWN_PLACE, place, f"{shown(quote)} in {shown(str(name))}")
            elif len(spans) > 1:
                problems.add(Kind.REPEATED_PLACE, place, shown(quote))
            for span in spans:
                yield Judgement(question_id, article.id, relevance, span)


def _files(questions: Path, documents: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """Files to read, each with its name relative to what was named."""
    for given in documents or [questions.parent]:
        if given.is_file():
            if not given.samefile(questions):
                yield given.name, given
            continue
        if not given.is_dir():
            raise DatasetError(f"{given} is not there; check the path", f"没有 {given}，请检查路径")
        for file in sorted(given.rglob("*")):
            inner = file.relative_to(given)
            hidden = any(part.startswith(".") for part in inner.parts)
            if not file.is_file() or hidden or not _readable(file.name):
                continue
            no_article = file.samefile(questions) or file.stem.lower() == "readme"
            if not no_article and (documents or file.suffix != ".json"):
                yield inner.as_posix(), file


def _readable(name: str) -> bool:
    return name.lower().endswith(tuple(FORMATS))


def _places(text: str, quote: str) -> Iterator[Span]:
    start = text.find(quote)
    while start >= 0:
        yield Span(start, start + len(quote))
        start = text.find(quote, start + 1)
