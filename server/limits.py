"""What one request, one client and all together may take."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.metrics import Metrics
from server.problems import Problem, language_of
from server.settings import Settings

_CLIENTS = 10_000  # remembered at a time


class TooLarge(HTTPException):
    """The body goes past its limit while it is read."""

    def __init__(self, limit: int) -> None:
        super().__init__(413)
        self.limit = limit


class Rates:
    """A bucket of requests for each client, that fills as time goes (a token bucket)."""

    def __init__(self, per_minute: int, burst: int, now: Callable[[], float] = time.monotonic):
        self._per_second = per_minute / 60
        self._burst = float(burst)
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> float:
        """Seconds after which the client may ask again; 0 where it may now."""
        if not self._per_second:
            return 0.0
        now = self._now()
        held, last = self._buckets.pop(client, (self._burst, now))
        held = min(self._burst, held + (now - last) * self._per_second)
        wait = 0.0 if held >= 1 else (1 - held) / self._per_second
        self._buckets[client] = (held if wait else held - 1, now)
        if len(self._buckets) > _CLIENTS:
            self._buckets.popitem(last=False)
        return wait


class LimitsMiddleware:
    """Turns away what is too much: 413, 429 with Retry-After, 503."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics
        self._rates = Rates(settings.rate, settings.burst)
        self._in_work = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or say why not."""
        if scope["type"] != "http" or not _counts(scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            self._admit(scope, headers)
        except Problem as problem:
            request_id = scope["state"]["request_id"]
            await problem.response(language_of(headers), request_id)(scope, receive, send)
            return
        self._in_work += 1
        self._metrics.in_work.set(self._in_work)
        try:
            await self._in_time(scope, receive, send)
        finally:
            self._in_work -= 1
            self._metrics.in_work.set(self._in_work)

    def _admit(self, scope: Scope, headers: Headers) -> None:
        wait = self._rates.take((scope.get("client") or ("",))[0])
        if wait:
            raise Problem(
                "busy",
                f"one client may make {self._settings.rate} requests a minute; wait as long as "
                "Retry-After says",
                f"每个客户端每分钟最多 {self._settings.rate} 个请求，请按 Retry-After 等候",
                headers={"Retry-After": str(max(1, round(wait + 0.5)))},
            )
        if self._in_work >= self._settings.concurrency:
            raise Problem(
                "busy",
                f"{self._in_work} requests are in work, and no more are taken; try again",
                f"正在处理 {self._in_work} 个请求，已到上限，请稍后再试",
                headers={"Retry-After": "1"},
            )
        limit, length = self._limit(scope), headers.get("content-length", "")
        if length.isdecimal() and int(length) > limit:
            raise too_large(limit)

    def _limit(self, scope: Scope) -> int:
        uploads = scope["path"] == "/api/articles"
        return self._settings.upload_bytes if uploads else self._settings.body_bytes

    async def _in_time(self, scope: Scope, receive: Receive, send: Send) -> None:
        uploads = scope["path"] == "/api/articles" and scope["method"] == "POST"
        seconds = self._settings.upload_seconds if uploads else self._settings.request_seconds
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                limit.reschedule(None)  # what streams keeps its own time
            await send(message)

        try:
            async with asyncio.timeout(seconds) as limit:
                await self._app(scope, _counted(receive, self._limit(scope)), watched)
        except TimeoutError:
            if started or not limit.expired():
                raise
            problem = timed_out(seconds)
            language = language_of(Headers(scope=scope))
            await problem.response(language, scope["state"]["request_id"])(scope, receive, send)


def too_large(limit: int) -> Problem:
    """The problem of a body past its limit."""
    return Problem(
        "too-large",
        f"the body has more than {limit:,} bytes; send less at a time",
        f"内容超过 {limit:,} 字节，请分开发送",
    )


def timed_out(seconds: float) -> Problem:
    """The problem of a request that took too long."""
    return Problem(
        "unavailable",
        f"the request was not answered within {seconds:g} seconds; try again later",
        f"请求在 {seconds:g} 秒内没有完成，请稍后再试",
        headers={"Retry-After": "5"},
    )


def _counts(path: str) -> bool:
    return path.startswith(("/api/", "/mcp")) and not path.startswith("/api/health/")


def _counted(receive: Receive, limit: int) -> Receive:
    """Receive, up to a limit: not every client says beforehand how much it sends."""
    read = 0

    async def counted() -> Any:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise TooLarge(limit)
        return message

    return counted
