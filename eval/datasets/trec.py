"""The TREC layout: ``topics*``, ``qrels*``, and the corpus in other ``*.jsonl[.gz]`` files."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from eval.datasets.lines import lines, records, shown, text_of
from eval.datasets.qrels import read_qrels
from eval.datasets.source import Labels, question_of
from eval.errors import DatasetError
from eval.problems import Kind, Problems
from eval.records import Question, Unit
from index.records import Article

_TOPIC = re.compile(r"<top(?:ic)?\b([^>]*)>(.*?)(?=<top(?:ic)?\b|</top(?:ic)?>|\Z)", re.S | re.I)
_NUMBER = re.compile(r"<num(?:ber)?>\s*(?:Number:)?\s*([^\s<]+)", re.I)
_NUMBERED = re.compile(r"""\b(?:number|id)\s*=\s*["']?([^"'\s>]+)""", re.I)
_TEXT = re.compile(r"<(title|query|question)>\s*(?:Topic:)?\s*(.*?)\s*(?=<)", re.S | re.I)
_IDS = ("id", "_id", "docno", "docid", "doc_id", "pid")
_TEXTS = ("text", "contents", "content", "body", "passage")


@dataclass(frozen=True, slots=True)
class Trec:
    """A folder in TREC layout."""

    path: Path
    corpus: tuple[Path, ...]
    topics: Path
    qrels: Path
    layout: str = "trec"
    unit: Unit = Unit.DOCUMENT
    asks_unjudged: bool = False

    @classmethod
    def detect(cls, path: Path) -> "Trec | None":
        """The set in a folder; None where it has no topics.

        Raises:
            DatasetError: it has several topics or qrels, or lacks qrels or a corpus.
        """
        files = sorted(file for file in path.iterdir() if file.is_file())
        topics = [file for file in files if file.name.lower().startswith("topics")]
        if not topics:
            return None
        qrels = [file for file in files if file.name.lower().startswith("qrels")]
        corpus = [
            file
            for file in files
            if file.name.endswith((".jsonl", ".jsonl.gz")) and file not in topics
        ]
        if len(topics) > 1 or len(qrels) != 1 or not corpus:
            raise DatasetError(
                f"{path} has {len(topics)} topics* files, {len(qrels)} qrels* files and "
                f"{len(corpus)} *.jsonl files of passages; expected one, one, and at least one",
                f"{path} 里有 {len(topics)} 个 topics* 文件、{len(qrels)} 个 qrels* 文件、"
                f"{len(corpus)} 个放段落的 *.jsonl 文件；前两种各要一个，后一种至少一个",
            )
        return cls(path, tuple(corpus), topics[0], qrels[0])

    def documents(self, problems: Problems) -> Iterator[tuple[str, Article]]:
        """The passages of all corpus files."""
        for file in self.corpus:
            for place, record in records(file, problems):
                document_id, text = text_of(record, *_IDS), text_of(record, *_TEXTS)
                if document_id is None or text is None:
                    problems.add(Kind.UNREADABLE, place, f"no id or no text: {shown(str(record))}")
                    continue
                yield place, Article(document_id, text_of(record, "title") or "", text, file.name)

    def labels(self, problems: Problems) -> Labels:
        """Topics as JSON Lines, as ``id TAB text``, or in angle brackets; and the judgements."""
        labels = Labels()
        labels.questions.extend(self._topics(problems))
        labels.judgements.extend(read_qrels(self.qrels, problems))
        return labels

    def _topics(self, problems: Problems) -> Iterator[tuple[str, Question]]:
        name = self.topics.name
        if name.endswith((".jsonl", ".jsonl.gz")):
            for place, record in records(self.topics, problems):
                topic = text_of(record, "id", "_id", "qid", "number", "topic")
                text = text_of(record, "question", "text", "query", "title")
                if topic is None or text is None:
                    problems.add(Kind.UNREADABLE, place, f"no id or text: {shown(str(record))}")
                    continue
                yield place, question_of(record, topic, text)
            return
        numbered = list(lines(self.topics, problems))
        if any(re.match(r"\s*<", line) for _, line in numbered[:5]):
            yield from self._bracketed("\n".join(line for _, line in numbered), problems)
            return
        for number, line in numbered:
            topic, tab, text = line.partition("\t")
            if not tab:
                problems.add(Kind.UNREADABLE, f"{name}:{number}", f"no tab: {shown(line)}")
                continue
            yield f"{name}:{number}", Question(topic.strip(), text.strip())

    def _bracketed(self, content: str, problems: Problems) -> Iterator[tuple[str, Question]]:
        for nth, match in enumerate(_TOPIC.finditer(content), 1):
            place = f"{self.topics.name} topic {nth}"
            attributes, body = match.groups()
            number = _NUMBERED.search(attributes) or _NUMBER.search(body)
            texts = {tag.lower(): text for tag, text in _TEXT.findall(f"{body}<")}
            text = texts.get("title") or texts.get("query") or texts.get("question")
            if number is None or not text:
                problems.add(Kind.UNREADABLE, place, f"no number or title: {shown(body.strip())}")
                continue
            yield place, Question(number.group(1), " ".join(html.unescape(text).split()))
