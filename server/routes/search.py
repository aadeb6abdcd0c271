"""GET /api/search."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from index.stored import Filter
from qa.records import Mode
from server.links import with_safe_urls
from server.models import (
    Ignored,
    Label,
    ModeField,
    Passages,
    Question,
    SearchResponse,
    Since,
    Today,
    Until,
    interpretation,
)
from server.service import Asked
from server.state import MAY_READ, ServiceOf, as_json, problems

router = APIRouter(prefix="/api", tags=["ask"])


@router.get(
    "/search",
    summary="搜索段落 · Search passages",
    response_model=SearchResponse,
    responses=problems("no-token", "invalid"),
    dependencies=MAY_READ,
)
async def search(
    request: Request,
    service: ServiceOf,
    q: Annotated[Question, Query()],
    k: Annotated[Passages, Query()] = 5,
    mode: Annotated[ModeField, Query()] = Mode.HYBRID,
    since: Annotated[Since | None, Query()] = None,
    until: Annotated[Until | None, Query()] = None,
    label: Annotated[Label | None, Query()] = None,
    today: Annotated[Today | None, Query()] = None,
    ignore: Annotated[Ignored, Query()] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Ranked passages with citations."""
    request.state.question = q
    where = Filter(since, until, label)
    found = await service.search(Asked(q, k, mode, where, interpretation(today, ignore)))
    return as_json(with_safe_urls(found.as_dict()))
