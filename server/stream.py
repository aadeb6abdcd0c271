"""An answer as server-sent events: passages, answer, done; or error."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from fastapi import Request
from pydantic_core import to_json

from index.errors import WenjuError
from qa.records import SearchResult
from server.limits import timed_out
from server.links import with_safe_urls
from server.logs import log
from server.problems import Problem, internal, language_of, problem_of
from server.service import Asked, Service

EVENT_STREAM = "text/event-stream"


async def answer_events(
    service: Service, asked: Asked, seconds: float, request: Request
) -> AsyncIterator[bytes]:
    """The events for a question."""
    try:
        async with asyncio.timeout(seconds):
            async for name, value in _answered(service, asked):
                yield event(name, value)
    except TimeoutError:
        yield _error(timed_out(seconds), request)
    except WenjuError as error:
        problem = problem_of(error)
        if problem.kind.status >= 500:
            log("failed", failed=True, id=request.state.request_id, path=request.url.path)
        yield _error(problem, request)
    except Exception:
        log("failed", failed=True, id=request.state.request_id, path=request.url.path)
        yield _error(internal(), request)


async def _answered(service: Service, asked: Asked) -> AsyncIterator[tuple[str, Any]]:
    loop = asyncio.get_running_loop()
    found: asyncio.Future[SearchResult] = loop.create_future()

    def tell(result: SearchResult) -> None:
        if not found.done():
            found.set_result(result)

    answering = asyncio.ensure_future(service.ask(asked, lambda result: _call(loop, tell, result)))
    try:
        await asyncio.wait((found, answering), return_when=asyncio.FIRST_COMPLETED)
        if found.done():
            yield "passages", with_safe_urls(found.result().as_dict())
        answer = await answering
        yield "answer", with_safe_urls(answer.as_dict())
        yield "done", {}
    finally:
        answering.cancel()


def _call(loop: asyncio.AbstractEventLoop, tell: Any, result: SearchResult) -> None:
    loop.call_soon_threadsafe(tell, result)


def event(name: str, value: Any) -> bytes:
    """One event; JSON has no line breaks of its own."""
    return b"event: " + name.encode() + b"\ndata: " + to_json(value) + b"\n\n"


def _error(problem: Problem, request: Request) -> bytes:
    language = language_of(request.headers)
    return event("error", problem.as_dict(language, request.state.request_id))
