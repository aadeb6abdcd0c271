"""The outermost layer: request ids, headers, the log, measures, and what nobody else caught."""

import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.logs import log
from server.metrics import Metrics
from server.problems import internal, language_of
from server.security import HEADERS
from server.settings import Settings

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# What a client makes up is counted as one, or each would be a series of its own.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET = ("/static/", "/api/health/", "/metrics")


class ContextMiddleware:
    """Gives a request its id, and its answer the headers that every answer has."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _ID.fullmatch(given) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        start, status = time.perf_counter(), 0

        async def complete(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                added = MutableHeaders(scope=message)
                added["x-request-id"] = request_id
                for name, value in HEADERS.items():
                    added.setdefault(name, value)
                kept = scope["path"].startswith("/static/")
                added.setdefault("cache-control", "no-cache" if kept else "no-store")
            await send(message)

        try:
            await self._app(scope, receive, complete)
        except Exception:
            log("failed", failed=True, id=request_id, path=_path(scope))
            if status:  # too late to tell; the connection is cut
                raise
            await internal().response(language_of(headers), request_id)(scope, receive, complete)
        finally:
            self._tell(scope, status, time.perf_counter() - start, request_id)

    def _tell(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = getattr(scope.get("route"), "path", "") or "other"
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.latency.labels(route).observe(seconds)
        path = _path(scope)
        if path.startswith(_QUIET) and status < 400:
            return
        question = scope["state"].get("question")
        log(
            "request",
            id=request_id,
            method=scope["method"],
            path=path,
            status=status,
            ms=round(seconds * 1000, 1),
            client=(scope.get("client") or ("",))[0],
            **({"question": question} if question and self._settings.log_questions else {}),
        )


def _path(scope: Scope) -> str:
    # The query is left out: it holds what was asked.
    return str(scope["path"])[:200]
