"""A run on disk. It is whole when ``measures.json`` is there and agrees with the other files.

run.trec        rankings, as trec_eval reads them
qrels.trec      the judgements they were measured against, in the same terms
answers.jsonl   a question a line: the answer, what it cites, the first places, its measures
passages.jsonl  the texts of the passages that answers.jsonl names
measures.json   means, settings, versions, times; written last, with the digests of the others
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np

from eval import answers, measures
from eval.errors import RunError
from eval.measures import Ranking
from eval.statistics import Values
from index.paths import replace_file

MEASURES = "measures.json"
RUN = "run.trec"
QRELS = "qrels.trec"
ANSWERS = "answers.jsonl"
PASSAGES = "passages.jsonl"
UNFINISHED = "unfinished.jsonl"
FORMAT = 1
_TAG = "wenju"


@dataclass(frozen=True, slots=True)
class Run:
    """A whole run.

    Attributes:
        name: as tables show it.
        folder: where it lies; None where there is but its ``measures.json``.
        summary: what ``measures.json`` holds.
    """

    name: str
    folder: Path | None
    summary: dict[str, Any]

    @property
    def dataset(self) -> dict[str, Any]:
        """What the run tells of its data set."""
        told: dict[str, Any] = self.summary["dataset"]
        return told

    @property
    def measures(self) -> list[str]:
        """Names of the measures that tables show.

        Those over all questions would repeat others where all questions have an answer.
        """
        hidden = () if self.dataset["unanswerable"] else answers.OVER_ALL
        return [name for name in self.summary["values"] if name not in hidden]

    def values(self, measure: str) -> tuple[list[str], Values]:
        """Ids of the questions that a measure is defined on, and its values.

        A measure of rankings that was not among the run's is computed from its files.

        Raises:
            RunError: it is not a measure, or the run does not tell it.
        """
        held = self.summary["values"].get(measure)
        if held is None:
            return self._scored(measure)
        ids: list[str] = [self.summary["questions"][place] for place in held["of"]]
        return ids, np.array(held["values"], dtype=np.float64)

    def _scored(self, measure: str) -> tuple[list[str], Values]:
        depth = int(self.summary["settings"]["k"])
        told = [] if measure in answers.NAMES else measures.within([measure], depth)
        if self.folder is None or not told:
            held = list(self.summary["values"])
            raise RunError(
                f"{self.name} does not tell {measure}; it has {', '.join(held)}",
                f"{self.name} 没有“{measure}”这个指标，有的是 {'、'.join(held)}",
            )
        rankings = {
            question: [(name, float(-rank)) for rank, name in enumerate(names)]
            for question, names in self.rankings().items()
        }
        scores = measures.score(rankings, self.qrels(), told)[told[0]]
        ids = [question for question in self.summary["questions"] if question in scores]
        return ids, np.array([scores[question] for question in ids], dtype=np.float64)

    def qrels(self) -> dict[str, dict[str, int]]:
        """Relevance by question and id; empty where there is but the summary."""
        held: dict[str, dict[str, int]] = {}
        if self.folder:
            for line in (self.folder / QRELS).read_text(encoding="utf-8").splitlines():
                question, _, name, relevance = line.split(" ")
                held.setdefault(unquote(question), {})[unquote(name)] = int(relevance)
        return held

    def rows(self) -> Iterator[dict[str, Any]]:
        """The lines of ``answers.jsonl``; none where there is but the summary."""
        return _json_lines(self.folder / ANSWERS) if self.folder else iter(())

    def rankings(self) -> dict[str, list[str]]:
        """Ranked ids by question; empty where there is but the summary."""
        return read_trec(self.folder / RUN) if self.folder else {}

    def passages(self) -> dict[str, dict[str, Any]]:
        """Texts of passages by name; empty where there is but the summary."""
        if self.folder is None:
            return {}
        return {record["passage"]: record for record in _json_lines(self.folder / PASSAGES)}


def load_run(path: Path) -> Run:
    """A run's folder, or a ``measures.json`` alone.

    Raises:
        RunError: there is none, it is not finished, or a file differs from what was written.
    """
    folder = path if path.is_dir() else None
    summary_path = path / MEASURES if folder else path
    if not summary_path.is_file():
        if folder and (folder / UNFINISHED).exists():
            raise RunError(
                f"the run in {path} is not finished; give the command that began it again to go on",
                f"{path} 里的评测没有做完；请重新运行原来的命令，它会接着做",
            )
        raise RunError(
            f"there is no run at {path}; expected a folder that `wenju eval run` wrote, "
            f"or its {MEASURES}",
            f"{path} 不是评测结果，应为“wenju eval run”写出的文件夹，或其中的 {MEASURES}",
        )
    summary = _summary(summary_path)
    if folder:
        _verify(folder, summary["files"])
    name = folder.resolve().name if folder else path.stem
    return Run(name, folder, summary)


def write_run(folder: Path, files: Mapping[str, bytes], summary: Mapping[str, Any]) -> None:
    """Write the files of a run, each whole, and the summary last."""
    for name, data in files.items():
        replace_file(folder / name, data)
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    content = {"format": FORMAT, **summary, "files": digests}
    parts = (
        f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False, allow_nan=False)}"
        for key, value in content.items()
    )
    text = "{\n" + ",\n".join(parts) + "\n}\n"
    replace_file(folder / MEASURES, text.encode())
    (folder / UNFINISHED).unlink(missing_ok=True)


def trec_run(rankings: Mapping[str, Ranking]) -> bytes:
    """Rankings in TREC's columns: question, Q0, id, rank, score, tag."""
    return "".join(
        f"{_column(question)} Q0 {_column(name)} {rank} {score!r} {_TAG}\n"
        for question, ranking in rankings.items()
        for rank, (name, score) in enumerate(ranking, 1)
    ).encode()


def trec_qrels(qrels: Mapping[str, Mapping[str, int]]) -> bytes:
    """Judgements in TREC's columns: question, 0, id, relevance."""
    return "".join(
        f"{_column(question)} 0 {_column(name)} {relevance}\n"
        for question, held in qrels.items()
        for name, relevance in held.items()
    ).encode()


def read_trec(path: Path) -> dict[str, list[str]]:
    """Ranked ids by question.

    Raises:
        RunError: a line does not have six columns.
    """
    rankings: dict[str, list[str]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        columns = line.split(" ")
        if len(columns) != 6:
            raise RunError(
                f"{path}:{number} has {len(columns)} columns; expected 6",
                f"{path} 第 {number} 行有 {len(columns)} 列，应为 6 列",
            )
        rankings.setdefault(unquote(columns[0]), []).append(unquote(columns[2]))
    return rankings


def json_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows as JSON Lines."""
    return "".join(
        json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in rows
    ).encode()


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _summary(path: Path) -> dict[str, Any]:
    try:
        summary = json.loads(path.read_bytes())
        known = summary["format"]
        whole = {"dataset", "questions", "values", "files", "settings"} <= set(summary)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise RunError(
            f"{path} is not the summary of a run ({error}); run the evaluation again",
            f"{path} 不是评测的结果，请重新评测",
        ) from error
    if known != FORMAT or not whole:
        raise RunError(
            f"{path} has format {known}, this Wenju reads {FORMAT}; run the evaluation again",
            f"{path} 的格式为 {known}，本版本只读 {FORMAT}；请重新评测",
        )
    return dict(summary)


def _verify(folder: Path, digests: Mapping[str, str]) -> None:
    for name, digest in digests.items():
        path = folder / name
        held = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
        if held != digest:
            what = "is missing" if held is None else "differs from what was written: cut or edited"
            raise RunError(
                f"{path} {what}; the run is not whole, remove {folder} and evaluate again",
                f"{path} {'不见了' if held is None else '与写入时不同，可能被截断或改动'}；"
                f"这次评测的结果不完整，请删除 {folder} 后重新评测",
            )


def _column(text: str) -> str:
    """An id without what would tear columns or lines apart; ``urllib``'s unquote undoes it."""
    return re.sub(r"[\s%]", lambda found: "".join(f"%{b:02X}" for b in found[0].encode()), text)
