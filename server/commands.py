"""The commands that serve a collection."""

from pathlib import Path
from typing import Annotated

import typer

from index.terminal import CollectionOption, exits, print_line

HostOption = Annotated[
    str,
    typer.Option("--host", help="监听的地址；不是本机地址时，修改需要 WENJU_TOKEN · the address"),
]
PortOption = Annotated[
    int,
    typer.Option("--port", min=0, max=65535, help="端口；0 为任意空闲端口 · the port; 0 for any"),
]
ReadOnlyOption = Annotated[
    bool, typer.Option("--read-only", help="不允许任何修改 · refuse every change")
]


def mount(app: typer.Typer) -> None:
    """Add this folder's commands to the command line."""
    app.command("serve")(serve)
    app.command("mcp")(mcp)


def serve(
    host: HostOption = "127.0.0.1",
    port: PortOption = 8000,
    collection: CollectionOption = None,
    read_only: ReadOnlyOption = False,
) -> None:
    """启动网页和 HTTP 接口 · Serve the web page and the HTTP API."""
    with exits():
        from index.paths import default_collection
        from server.logs import set_up_logs
        from server.run import run
        from server.settings import read_settings

        set_up_logs()
        folder = _existing(collection or default_collection())
        run(read_settings(folder, host, read_only=read_only), port, print_line)


def mcp(collection: CollectionOption = None) -> None:
    """作为 MCP 工具，在标准输入输出上回答 · Answer as MCP tools on standard input and output."""
    with exits():
        import asyncio

        from index.paths import default_collection
        from server.logs import set_up_logs
        from server.mcp import serve_stdio
        from server.settings import Settings

        set_up_logs()
        folder = _existing(collection or default_collection())
        asyncio.run(serve_stdio(Settings(folder, read_only=True)))


def _existing(folder: Path) -> Path:
    """The folder, if a collection is there; an error told before anything is started."""
    from index.store import Store

    Store.open(folder).close()
    return folder
