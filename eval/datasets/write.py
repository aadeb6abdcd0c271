"""Writes a set in Wenju's own layout."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from eval.datasets.wenju import QUESTIONS
from eval.errors import DatasetError
from index.paths import replace_file
from index.records import Article

_PART_BYTES = 100_000_000  # a reader takes files of up to twice that


def write_set(
    out: Path, articles: Iterable[Article], questions: Iterable[Mapping[str, Any]]
) -> None:
    """Write articles and questions to a folder; the questions last, as they make it a set.

    Raises:
        DatasetError: the folder holds something already.
    """
    check_free(out)
    out.mkdir(parents=True, exist_ok=True)
    part: list[bytes] = []
    number = 1
    for article in articles:
        part.append(_line(_record(article)))
        if sum(map(len, part)) > _PART_BYTES:
            replace_file(out / f"articles-{number:03}.jsonl", b"".join(part))
            part, number = [], number + 1
    if part:
        name = "articles.jsonl" if number == 1 else f"articles-{number:03}.jsonl"
        replace_file(out / name, b"".join(part))
    replace_file(out / QUESTIONS, b"".join(map(_line, questions)))


def check_free(out: Path) -> None:
    """See that a set can be written there.

    Raises:
        DatasetError: the folder holds something already.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DatasetError(
            f"{out} is there already; choose another --out, or remove it",
            f"{out} 已经存在；请用 --out 换一个文件夹，或删除它",
        )


def _record(article: Article) -> dict[str, Any]:
    told = {
        "id": article.id,
        "title": article.title,
        "text": article.text,
        "label": article.label,
        "published": article.published,
        "url": article.url,
    }
    return {key: value for key, value in told.items() if value is not None}


def _line(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"
