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
from index.readers import read_bytes
from index.records import Article
from server.models import ArticleRequest
from server.problems import Problem
from server.service import Service

_JSON = "article.jsonl"
_JSON_SOURCE = "api"


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file of a request; ``name`` is None for a JSON body."""

    name: str | None
    data: bytes

    def articles(self) -> list[Article]:
        """What it holds.

        Raises:
            ReadError: it cannot be read.
        """
        if self.name is None:
            return read_bytes(_JSON, self.data, source=_JSON_SOURCE)
        return read_bytes(self.name, self.data, source=f"upload:{self.name}")


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
    """Add what each file holds; the result of each, its errors in the language asked for.

    Raises:
        Problem: none of them can be read.
    """
    results, errors = [], []
    for one in given:
        result, error = await _add(service, one)
        if error:
            errors.append(error)
            result["errors"] = [error.chinese if language == "zh" else error.english]
        results.append(result)
    if len(errors) == len(given):
        raise Problem(
            "invalid",
            "; ".join(error.english for error in errors),
            "；".join(error.chinese for error in errors),
            more={"results": results},
        )
    return results


async def _add(service: Service, given: GivenFile) -> tuple[dict[str, Any], ReadError | None]:
    change = Change((), (), (), 0)
    failed: ReadError | None = None
    try:
        articles = await asyncio.to_thread(given.articles)
    except ReadError as error:
        failed = error
    else:
        change = await service.add(articles)
    result: dict[str, Any] = {
        "file": given.name,
        "added": change.added,
        "replaced": change.replaced,
        "unchanged": change.unchanged,
        "passages": change.passages,
        "errors": [],
    }
    return result, failed


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
    return GivenFile(None, json.dumps(record.model_dump(exclude_none=True)).encode())
