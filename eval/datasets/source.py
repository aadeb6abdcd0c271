"""What every layout gives: documents one after another, questions and judgements with places."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from eval.datasets.lines import text_of, texts_of
from eval.problems import Problems
from eval.records import Judgement, Question, Unit
from index.records import Article


@dataclass(frozen=True, slots=True)
class Labels:
    """Questions and judgements as they stand in the files, each with its place."""

    questions: list[tuple[str, Question]] = field(default_factory=list)
    judgements: list[tuple[str, Judgement]] = field(default_factory=list)


class Source(Protocol):
    """A labelled set on disk, in one of the layouts."""

    @property
    def layout(self) -> str:
        """The layout's name."""
        ...

    @property
    def unit(self) -> Unit:
        """What its judgements are about."""
        ...

    @property
    def path(self) -> Path:
        """The folder or file that names the set."""
        ...

    @property
    def asks_unjudged(self) -> bool:
        """Whether an answerable question that has answers and no judgement is asked all the same.

        False where the questions of several splits stand in one file.
        """
        ...

    def documents(self, problems: Problems) -> Iterator[tuple[str, Article]]:
        """The documents with their places, read anew; what cannot be read is a problem."""
        ...

    def labels(self, problems: Problems) -> Labels:
        """All questions and judgements; what cannot be read is a problem."""
        ...


def question_of(record: Mapping[str, Any], question_id: str, text: str) -> Question:
    """A question with what a record, or the ``metadata`` in it, says about it."""
    metadata = record.get("metadata")
    told: dict[str, Any] = {**metadata, **record} if isinstance(metadata, dict) else dict(record)
    kind = text_of(told, "kind") or ""
    impossible = told.get("answerable") is False or told.get("is_impossible") is True
    return Question(
        id=question_id,
        text=text.strip(),
        answers=tuple(dict.fromkeys(texts_of(told.get("answers")))),
        answerable=not (impossible or kind == "unanswerable"),
        kind=kind,
        split=text_of(told, "split") or "",
        synthetic=told.get("synthetic") is True,
    )
