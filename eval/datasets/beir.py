"""The BEIR layout: ``corpus.jsonl[.gz]``, ``queries.jsonl[.gz]``, ``qrels/SPLIT.tsv``.

Thakur et al. 2021, "BEIR: A Heterogenous Benchmark for Zero-shot Evaluation of Information
Retrieval Models".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from eval.datasets.lines import records, shown, text_of
from eval.datasets.qrels import read_qrels
from eval.datasets.source import Labels, question_of
from eval.errors import DatasetError
from eval.problems import Kind, Problems
from eval.records import Unit
from index.records import Article


@dataclass(frozen=True, slots=True)
class Beir:
    """A folder in BEIR layout."""

    path: Path
    corpus: Path
    queries: Path
    qrels: Path
    layout: str = "beir"
    unit: Unit = Unit.DOCUMENT
    asks_unjudged: bool = False

    @classmethod
    def detect(cls, path: Path, split: str | None) -> "Beir | None":
        """The set in a folder; None where there is no ``corpus.jsonl``.

        Raises:
            DatasetError: queries or the judgements of the split are missing.
        """
        corpus, queries = _either(path / "corpus.jsonl"), _either(path / "queries.jsonl")
        if corpus is None or (queries is None and any(path.glob("topics*"))):
            return None
        if queries is None:
            raise DatasetError(
                f"{path} has corpus.jsonl but no queries.jsonl; put the questions there",
                f"{path} 里有 corpus.jsonl，却没有 queries.jsonl",
            )
        wanted = [path / "qrels" / f"{split or 'test'}.tsv"]
        if split is None:
            wanted.append(path / "qrels.tsv")
        qrels = next((file for file in wanted if file.is_file()), None)
        if qrels is None:
            there = sorted(file.stem for file in path.glob("qrels/*.tsv"))
            raise DatasetError(
                f"{path} has no qrels/{split or 'test'}.tsv"
                + (f"; --split can be {', '.join(there)}" if there else " and no qrels.tsv"),
                f"{path} 里没有 qrels/{split or 'test'}.tsv"
                + (f"；--split 可以是 {'、'.join(there)}" if there else "，也没有 qrels.tsv"),
            )
        return cls(path, corpus, queries, qrels)

    def documents(self, problems: Problems) -> Iterator[tuple[str, Article]]:
        """The corpus."""
        for place, record in records(self.corpus, problems):
            document_id, text = text_of(record, "_id"), text_of(record, "text")
            if document_id is None or text is None:
                problems.add(Kind.UNREADABLE, place, f"no _id or no text: {shown(str(record))}")
                continue
            title = text_of(record, "title") or ""
            yield place, Article(document_id, title, text, self.corpus.name)

    def labels(self, problems: Problems) -> Labels:
        """The queries, of all splits, and the judgements of one."""
        labels = Labels()
        for place, record in records(self.queries, problems):
            question_id, text = text_of(record, "_id"), text_of(record, "text")
            if question_id is None or text is None:
                problems.add(Kind.UNREADABLE, place, f"no _id or no text: {shown(str(record))}")
                continue
            labels.questions.append((place, question_of(record, question_id, text)))
        labels.judgements.extend(read_qrels(self.qrels, problems))
        return labels


def _either(path: Path) -> Path | None:
    """The file, or its ``.gz``, or None."""
    packed = path.with_name(f"{path.name}.gz")
    return path if path.is_file() else packed if packed.is_file() else None
