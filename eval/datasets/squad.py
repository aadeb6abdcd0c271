"""The SQuAD layout of DRCD, CMRC 2018 and XQuAD: paragraphs as documents, answers as spans.

Rajpurkar et al. 2016 and 2018; Shao et al. 2018 (DRCD); Cui et al. 2019 (CMRC 2018).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval.datasets.lines import read_json, shown, text_of
from eval.datasets.source import Labels, question_of
from eval.errors import DatasetError
from eval.problems import Kind, Problems
from eval.records import Judgement, Unit
from index.records import Article


@dataclass(frozen=True, slots=True)
class Squad:
    """A file in SQuAD layout, held in memory."""

    path: Path
    data: list[Any] = field(repr=False)
    layout: str = "squad"
    unit: Unit = Unit.DOCUMENT
    asks_unjudged: bool = False

    @classmethod
    def read(cls, path: Path) -> "Squad":
        """Read a file.

        Raises:
            DatasetError: it is not JSON or has no ``data`` with paragraphs.
        """
        content = read_json(path)
        data = content.get("data") if isinstance(content, dict) else None
        if not isinstance(data, list):
            raise DatasetError(
                f'{path} is not in SQuAD layout; expected {{"data": [{{"paragraphs": …}}]}}',
                f'{path} 不是 SQuAD 格式，应为 {{"data": [{{"paragraphs": …}}]}}',
            )
        return cls(path, data)

    def documents(self, problems: Problems) -> Iterator[tuple[str, Article]]:
        """The paragraphs, with the titles of their entries."""
        for place, document_id, title, paragraph in self._paragraphs(problems):
            context = paragraph["context"].replace("\r\n", "\n").replace("\r", "\n")
            yield place, Article(document_id, title, context, self.path.name)

    def labels(self, problems: Problems) -> Labels:
        """The questions; each one's own paragraph is relevant."""
        labels = Labels()
        # What is wrong with paragraphs is told once, when the documents are read.
        for place, document_id, _, paragraph in self._paragraphs(Problems()):
            asked = paragraph.get("qas")
            for number, record in enumerate(asked if isinstance(asked, list) else []):
                self._add(
                    labels, problems, f"{place}.qas[{number}]", document_id, paragraph, record
                )
        return labels

    def _add(
        self,
        labels: Labels,
        problems: Problems,
        place: str,
        document_id: str,
        paragraph: dict[str, Any],
        record: Any,
    ) -> None:
        text = text_of(record, "question") if isinstance(record, dict) else None
        marked = record.get("answers") if isinstance(record, dict) else None
        if text is None or not isinstance(marked, list):
            problems.add(Kind.UNREADABLE, place, "no question or no list of answers")
            return
        question_id = text_of(record, "id") or place
        answers = [answer for answer in marked if isinstance(answer, dict)]
        texts = [answer["text"] for answer in answers if isinstance(answer.get("text"), str)]
        for answer in answers:
            start, said = answer.get("answer_start"), answer.get("text")
            if isinstance(start, int) and isinstance(said, str):
                held = paragraph["context"][max(start, 0) : start + len(said)]
                if held != said:
                    problems.add(Kind.STRAY_ANSWER, place, f"{question_id} {shown(said)}")
        impossible = record.get("is_impossible") is True or not texts
        told = {**record, "answers": [] if impossible else texts, "answerable": not impossible}
        labels.questions.append((place, question_of(told, question_id, text)))
        if not impossible:
            labels.judgements.append((place, Judgement(question_id, document_id, 1)))

    def _paragraphs(self, problems: Problems) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
        """Place, id, title and content of each paragraph."""
        for number, entry in enumerate(self.data):
            place = f"{self.path.name} data[{number}]"
            paragraphs = entry.get("paragraphs") if isinstance(entry, dict) else None
            if not isinstance(paragraphs, list):
                problems.add(Kind.UNREADABLE, place, "no paragraphs")
                continue
            title = text_of(entry, "title") or ""
            for nth, paragraph in enumerate(paragraphs):
                inner = f"{place}.paragraphs[{nth}]"
                if not isinstance(paragraph, dict) or not isinstance(paragraph.get("context"), str):
                    problems.add(Kind.UNREADABLE, inner, "no context")
                    continue
                yield inner, text_of(paragraph, "id") or f"{number}-{nth}", title, paragraph
