"""/api/articles."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from index.stored import Filter
from server.cursors import PATTERN, read_cursor, write_cursor
from server.links import safe_source, safe_url
from server.models import (
    AddResponse,
    ArticlePage,
    ArticleRequest,
    ArticleResponse,
    Id,
    Label,
    Since,
    Until,
)
from server.problems import language_of
from server.state import MAY_READ, MAY_WRITE, ServiceOf, SettingsOf, as_json, problems
from server.uploads import add_all, read_request

router = APIRouter(prefix="/api", tags=["articles"])

_FILES = {
    "type": "object",
    "required": ["files"],
    "properties": {
        "files": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}}
    },
}
_EXAMPLE = {"title": "港口新闻", "text": "唐家渡港区完成了桩基施工。", "published": "2025-05-14"}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": f"#/components/schemas/{ArticleRequest.__name__}"},
                "example": _EXAMPLE,
            },
            "multipart/form-data": {"schema": _FILES},
        },
    }
}
ArticleId = Annotated[Id, Path(examples=["optics-valley-education"])]


@router.get(
    "/articles",
    summary="列出文章 · List articles",
    response_model=ArticlePage,
    responses=problems("no-token", "invalid"),
    dependencies=MAY_READ,
)
async def list_articles(
    service: ServiceOf,
    query: Annotated[
        str | None, Query(max_length=200, description="标题里的字词 · words of the title")
    ] = None,
    since: Annotated[Since | None, Query()] = None,
    until: Annotated[Until | None, Query()] = None,
    label: Annotated[Label | None, Query()] = None,
    cursor: Annotated[
        str | None, Query(pattern=PATTERN, description="上一页的 next · `next` of the part before")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="最多几篇 · how many at most")] = 50,
) -> Response:
    """Articles, the newest first, a part at a time."""
    where = Filter(since, until, label)
    found, position = await service.page(where, query or "", read_cursor(cursor), limit)
    articles = [
        {**asdict(one), "source": safe_source(one.source), "url": safe_url(one.url)}
        for one in found
    ]
    return as_json({"articles": articles, "next": write_cursor(position)})


@router.get(
    "/articles/{article_id:path}",
    summary="一篇文章 · An article",
    response_model=ArticleResponse,
    responses=problems("no-token", "not-found", "invalid"),
    dependencies=MAY_READ,
)
async def show_article(article_id: ArticleId, service: ServiceOf) -> Response:
    """The whole text, and its passages with their offsets in it."""
    return as_json(await service.article(article_id))


@router.post(
    "/articles",
    summary="加入文章 · Add articles",
    status_code=201,
    response_model=AddResponse,
    responses={
        200: {"model": AddResponse, "description": "没有新的内容 · nothing in it was new"},
        **problems("malformed", "no-token", "not-allowed", "too-large", "media-type", "invalid"),
    },
    dependencies=MAY_WRITE,
    openapi_extra=_BODY,
)
async def add_articles(request: Request, service: ServiceOf, settings: SettingsOf) -> Response:
    """Add an article as JSON, or files as `multipart/form-data`.

    An article of the same id is replaced. Files are read as `wenju add` reads them: what cannot
    be read, a file or a record in one, is told in `errors`, and the rest is added.
    """
    given = await read_request(request, settings.upload_files)
    results = await add_all(service, given, language_of(request.headers))
    new = any(result["added"] or result["replaced"] for result in results)
    return as_json({"results": results}, 201 if new else 200)


@router.delete(
    "/articles/{article_id:path}",
    summary="删除文章 · Remove an article",
    status_code=204,
    responses=problems("no-token", "not-allowed", "not-found", "invalid"),
    dependencies=MAY_WRITE,
)
async def remove_article(article_id: ArticleId, service: ServiceOf) -> Response:
    """Remove an article with its passages."""
    await service.remove(article_id)
    return Response(status_code=204)
