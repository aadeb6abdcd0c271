"""/api/judgements."""

import datetime
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from index.stored import Judgement
from server.models import (
    Id,
    JudgementPage,
    JudgementRequest,
    JudgementResponse,
    Place,
    Question,
)
from server.state import MAY_ASK_TRUSTED, MAY_WRITE, ServiceOf, as_json, problems

router = APIRouter(prefix="/api", tags=["judgements"])


@router.post(
    "/judgements",
    summary="评价一个段落 · Judge a passage",
    status_code=201,
    response_model=JudgementResponse,
    responses=problems("malformed", "no-token", "not-allowed", "not-found", "too-large", "invalid"),
    dependencies=MAY_WRITE,
)
async def judge(body: JudgementRequest, service: ServiceOf) -> Response:
    """Keep what somebody says about a passage; the last one of question and passage counts."""
    kept = await service.judge(
        body.question.strip(), body.article_id, body.paragraph, body.relevant
    )
    return as_json(_as_dict(kept), 201)


@router.delete(
    "/judgements",
    summary="撤回评价 · Withdraw a judgement",
    status_code=204,
    responses=problems("no-token", "not-allowed", "invalid"),
    dependencies=MAY_WRITE,
)
async def withdraw(
    service: ServiceOf,
    question: Annotated[Question, Query()],
    article_id: Annotated[Id, Query()],
    paragraph: Annotated[Place, Query()],
) -> Response:
    """Keep no judgement of question and passage; withdrawing what is not kept changes nothing."""
    await service.withdraw_judgement(question.strip(), article_id, paragraph)
    return Response(status_code=204)


@router.get(
    "/judgements",
    summary="列出评价 · List judgements",
    response_model=JudgementPage,
    responses=problems("no-token", "not-allowed", "invalid"),
    dependencies=MAY_ASK_TRUSTED,
)
async def list_judgements(
    service: ServiceOf,
    after: Annotated[
        int, Query(ge=0, lt=1 << 63, description="从这个编号之后 · after this id")
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=1000, description="最多几条 · how many at most")] = 100,
    question: Annotated[Question | None, Query()] = None,
) -> Response:
    """Judgements in the order they were made; they hold what people asked, so a token is wanted."""
    found = await service.judgements(after, limit + 1, question and question.strip())
    more = found[limit - 1].id if len(found) > limit else None
    return as_json({"judgements": [_as_dict(one) for one in found[:limit]], "next": more})


def _as_dict(judgement: Judgement) -> dict[str, Any]:
    judged = datetime.datetime.fromtimestamp(judgement.judged, datetime.UTC)
    return {**asdict(judgement), "judged": judged.isoformat(timespec="milliseconds")}
