"""POST /api/ask."""

from collections.abc import AsyncIterator

from fastapi import APIRouter, Request, Response
from starlette.responses import StreamingResponse

from server.links import with_safe_urls
from server.models import AskRequest, AskResponse
from server.state import MAY_READ, ServiceOf, SettingsOf, as_json, problems
from server.stream import EVENT_STREAM, answer_events

router = APIRouter(prefix="/api", tags=["ask"])

_EVENTS = {
    "content": {
        EVENT_STREAM: {
            "schema": {"type": "string"},
            "example": 'event: passages\ndata: {"question": "…", "passages": […], …}\n\n'
            'event: answer\ndata: {"question": "…", "answer": "…", …}\n\n'
            "event: done\ndata: {}\n\n",
        }
    }
}


@router.post(
    "/ask",
    summary="提问 · Ask a question",
    response_model=AskResponse,
    responses={200: _EVENTS, **problems("malformed", "no-token", "too-large", "invalid")},
    dependencies=MAY_READ,
)
async def ask(
    body: AskRequest, request: Request, service: ServiceOf, settings: SettingsOf
) -> Response:
    """The sentences that answer, with citations, and the best passages.

    With `Accept: text/event-stream` the passages come first, then the answer, then `done`; or
    `error` with problem details.
    """
    request.state.question = body.question
    if EVENT_STREAM in request.headers.get("accept", ""):
        events: AsyncIterator[bytes] = answer_events(
            service, body.asked(), settings.request_seconds, request
        )
        return StreamingResponse(
            events, media_type=EVENT_STREAM, headers={"X-Accel-Buffering": "no"}
        )
    answer = await service.ask(body.asked())
    return as_json(with_safe_urls(answer.as_dict()))
