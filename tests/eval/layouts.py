"""Small sets in each layout, for tests."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

CORPUS = [
    {"_id": "d1", "title": "港口", "text": "唐家渡港区完成了898根桩的施工。"},
    {"_id": "d2", "title": "基金", "text": "光谷为在线教育设立了50亿元的产业引导基金。"},
    {"_id": "d3", "title": "贷款", "text": "企业贷款最快三个工作日能批下来。"},
]
QUERIES = [
    {"_id": "q1", "text": "唐家渡打了多少根桩？", "metadata": {"answers": ["898根"]}},
    {"_id": "q2", "text": "光谷的引导基金有多大？", "metadata": {"answers": ["50亿元"]}},
    {"_id": "q3", "text": "贷款几天能批下来？"},
    {"_id": "q4", "text": "月球的背面有什么？", "metadata": {"answerable": False}},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t2\nq3\td3\t1\n"


def write_lines(path: Path, records: Iterable[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def beir(
    folder: Path,
    corpus: Iterable[Any] = CORPUS,
    queries: Iterable[Any] = QUERIES,
    qrels: str = QRELS,
) -> Path:
    write_lines(folder / "corpus.jsonl", corpus)
    write_lines(folder / "queries.jsonl", queries)
    (folder / "qrels").mkdir(exist_ok=True)
    (folder / "qrels" / "test.tsv").write_text(qrels, encoding="utf-8")
    return folder
