"""Judgements in TREC's and in BEIR's columns."""

from collections.abc import Iterator
from pathlib import Path

from eval.datasets.lines import lines, shown
from eval.problems import Kind, Problems
from eval.records import Judgement


def read_qrels(path: Path, problems: Problems) -> Iterator[tuple[str, Judgement]]:
    """The judgements of a file, with their places.

    Three columns are BEIR's ``query-id corpus-id score``, four are TREC's ``topic iteration
    docno relevance``; they stand apart by tabs or, where a line has none, by white space. A first
    line whose last column is not a number is a header.
    """
    for number, line in lines(path, problems):
        place = f"{path.name}:{number}"
        columns = line.split("\t") if "\t" in line else line.split()
        columns = [column.strip() for column in columns]
        relevance = _whole(columns[-1])
        if relevance is None and number == 1 and len(columns) in (3, 4):
            continue
        if relevance is None or len(columns) not in (3, 4) or not all(columns):
            problems.add(Kind.UNREADABLE, place, f"not a judgement: {shown(line)}")
            continue
        question_id, document_id = columns[0], columns[-2]
        if relevance < 0:
            problems.add(Kind.NEGATIVE, place, f"{question_id} {document_id} {relevance}")
        yield place, Judgement(question_id, document_id, max(relevance, 0))


def _whole(text: str) -> int | None:
    """A whole number, also when written 1.0; None for anything else."""
    try:
        value = float(text)
    except ValueError:
        return None
    return int(value) if value.is_integer() else None
