"""The application: routes, layers and errors put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import metadata

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Route

from index.errors import WenjuError
from server import pages
from server.context import ContextMiddleware
from server.limits import LimitsMiddleware, TooLarge, too_large
from server.logs import log
from server.mcp import McpEndpoint
from server.metrics import Metrics
from server.openapi import describe
from server.problems import Problem, invalid, language_of, problem_of, problem_of_status
from server.routes import articles, ask, health, judgements, reports, search
from server.service import Service
from server.settings import Settings
from server.state import State


def create_app(settings: Settings) -> FastAPI:
    """The application for one collection.

    Entering its lifespan raises what ``Collection.open`` raises.
    """
    metrics = Metrics()
    service = Service(settings, metrics)
    mcp = McpEndpoint(service, settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with service, mcp.running():
            yield

    app = FastAPI(
        title="Wenju 问据",
        version=metadata.version("wenju"),
        summary="Ask in Chinese, get the passages that answer, each with a citation to check.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.wenju = State(settings, metrics, service)
    for module in (ask, search, articles, judgements, reports, health):
        app.include_router(module.router)
    app.router.routes.append(Route("/mcp", mcp, include_in_schema=False))
    pages.mount(app)
    _handle_errors(app)
    describe(app)
    # The last one added is the outermost.
    app.add_middleware(LimitsMiddleware, settings=settings, metrics=metrics)
    app.add_middleware(ContextMiddleware, settings=settings, metrics=metrics)
    return app


def _handle_errors(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(WenjuError, _on_wenju_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)


def _tell(request: Request, problem: Problem) -> Response:
    return problem.response(language_of(request.headers), request.state.request_id)


async def _on_problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, Problem):
        raise error
    return _tell(request, error)


async def _on_wenju_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, WenjuError):
        raise error
    problem = problem_of(error)
    if problem.kind.status >= 500:
        log("failed", failed=True, id=request.state.request_id, path=request.url.path)
    return _tell(request, problem)


async def _on_invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    return _tell(request, invalid(error.errors(), language_of(request.headers)))


async def _on_http(request: Request, error: Exception) -> Response:
    if isinstance(error, TooLarge):
        return _tell(request, too_large(error.limit))
    if not isinstance(error, HTTPException):
        raise error
    return _tell(request, problem_of_status(error.status_code, error.detail, error.headers))
