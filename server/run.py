"""Runs the application in Uvicorn."""

import socket
from collections.abc import Callable

import uvicorn

from index.errors import SettingError
from server.app import create_app
from server.settings import Settings

_BACKLOG = 512


class _Server(uvicorn.Server):
    """Tells its address when it can be reached."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_started()


def run(settings: Settings, port: int, tell: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; requests in work are finished first.

    Args:
        settings: how.
        port: 0 for any that is free.
        tell: called with a line that holds the address.

    Raises:
        SettingError: the address cannot be used.
    """
    bound = _bind(settings.host, port)
    address = bound.getsockname()
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    config = uvicorn.Config(
        create_app(settings),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=settings.drain_seconds,
    )
    server = _Server(config, lambda: tell(f"问据已启动 · Wenju serves http://{host}:{address[1]}/"))
    server.run([bound])


def _bind(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        bound = socket.socket(family, kind, protocol)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(_BACKLOG)
    except OSError as error:
        raise SettingError(
            f"cannot listen at {host}:{port} ({error.strerror}); choose another with --host "
            "and --port",
            f"无法监听 {host}:{port}（{error.strerror}）；请用 --host 和 --port 换一个",
        ) from error
    return bound
