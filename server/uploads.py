"""Articles that come in a request: a JSON object, or files."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from index.collection import Change
from index.errors import ReadError
from index.readers import read_records
from index.readers.found import Found
from index.readers.ids import text_id
from server.models import ArticleRequest
from server.problems import Problem
from server.service import Service

_JSON = "article.jsonl"
_JSON_SOURCE = "api"
_ERRORS = 20  # told of a file


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file of a request; ``name`` is None for a JSON body."""

    name: str | None
    data: bytes

    def found(self) -> Found:
        """What it holds, and what of it cannot be read."""
        try:
            if self.name is None:
                return read_records(_JSON, self.data, source=_JSON_SOURCE)
            return read_records(self.name, self.data, source=f"upload:{self.name}")
        except ReadError as error:
            return Found((), (error,), 1)


async def read_request(request: Request, most: int) -> list[GivenFile]:
    """The files in a request, at most so many.

    Raises:
        Problem: its content is of another type, or it holds no file.
        RequestValidationError: its JSON is no article.
        HTTPException: it is not what its content type says.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return [_record(await request.body())]
    if kind == "multipart/form-data":
        async with request.form(max_files=most, max_fields=most) as form:
            files = [part for _, part in form.multi_items() if isinstance(part, UploadFile)]
            given = [GivenFile(file.filename or "", await file.read()) for file in files]
        if given:
            return given
        raise Problem(
            "invalid",
            "the form holds no file; send one or more as “files”, such as curl -F files=@a.txt",
            "表单里没有文件；请用“files”发送，例如 curl -F files=@a.txt",
        )
    raise Problem(
        "media-type",
        f"the content is of type {kind[:100] or 'unknown'}; expected application/json "
        "or multipart/form-data",
        f"内容类型为 {kind[:100] or '未知'}，应为 application/json 或 multipart/form-data",
    )


async def add_all(service: Service, given: list[GivenFile], language: str) -> list[dict[str, Any]]:
    """Add what can be read of each file; the result of each, its errors in the language asked for.

    Raises:
        Problem: nothing of them can be read.
    """
    results: list[dict[str, Any]] = []
    failures: list[ReadError] = []
    for one in given:
        found = await asyncio.to_thread(one.found)
        change = Change((), (), (), 0)
        if found.articles:
            change = await service.add(found.articles)
        else:
            failures.append(found.error)
        results.append(
            {
                "file": one.name,
                "added": change.added,
                "replaced": change.replaced,
                "unchanged": change.unchanged,
                "passages": change.passages,
                "errors": [e.chinese if language == "zh" else e.english for e in _told(found)],
            }
        )
    if len(failures) == len(given):
        raise Problem(
            "invalid",
            "; ".join(error.english for error in failures),
            "；".join(error.chinese for error in failures),
            more={"results": results},
        )
    return results


def _told(found: Found) -> tuple[ReadError, ...]:
    """The first errors of a file, and how many more there are."""
    if len(found.errors) <= _ERRORS:
        return found.errors
    more = found.failed - _ERRORS
    rest = ReadError(f"{more:,} more records cannot be read", f"还有 {more:,} 条记录读不了")
    return (*found.errors[:_ERRORS], rest)


def _record(body: bytes) -> GivenFile:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Problem(
            "malformed", f"the body is not JSON: {error}", f"内容不是有效的 JSON：{error}"
        ) from error
    if not isinstance(value, Mapping):
        raise Problem("invalid", "the body is no JSON object", "内容应为 JSON 对象")
    try:
        record = ArticleRequest.model_validate(value)
    except ValidationError as error:
        # With "body" before each field, as the framework has it.
        errors = [{**one, "loc": ("body", *one["loc"])} for one in error.errors()]
        raise RequestValidationError(errors) from error
    fields = record.model_dump(exclude_none=True)
    # Many texts go by one title: only the same one over again is the same article.
    fields.setdefault("id", text_id(_JSON_SOURCE, record.title or "", record.text))
    return GivenFile(None, json.dumps(fields).encode())
