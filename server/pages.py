"""The web page, its files, and the description of the API for people."""

from pathlib import Path

from fastapi import FastAPI, Request
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from server.problems import Problem
from server.reference import reference_page

STATIC = Path(__file__).parent / "static"
_SMALLEST = 1000  # bytes worth compressing


def mount(app: FastAPI) -> None:
    """Add the page, which finds its way in its own addresses, and what it loads."""
    files = GZipMiddleware(StaticFiles(directory=STATIC, check_dir=False), _SMALLEST)
    app.mount("/static", files, name="static")
    for path in ("/", "/article/{article_id:path}"):
        app.add_route(path, _index, methods=["GET", "HEAD"], include_in_schema=False)
    app.add_route("/docs", _docs, methods=["GET", "HEAD"], include_in_schema=False)
    app.add_route("/favicon.ico", _icon, methods=["GET", "HEAD"], include_in_schema=False)


async def _index(_: Request) -> Response:
    index = STATIC / "index.html"
    if not index.is_file():
        raise Problem(
            "not-found",
            "this server comes without the web page; the API is described at /docs",
            "这个服务器没有网页；接口的说明在 /docs",
        )
    return FileResponse(index, headers={"Cache-Control": "no-cache"})


async def _docs(request: Request) -> Response:
    return HTMLResponse(reference_page(request.app.openapi()))


async def _icon(_: Request) -> Response:
    return FileResponse(STATIC / "favicon.svg", headers={"Cache-Control": "max-age=86400"})
