"""How a server runs: read once, frozen, passed on."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import SettingError


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one server.

    Attributes:
        collection: the folder of the collection.
        host: the address that the server is bound to.
        read_only: whether every change is refused.
        token: wanted for changes; None allows changes from this machine only.
        read_token: wanted for reading; None lets everyone read who reaches the server.
        hosts: names, besides those of the loopback, by which a server bound to it may be called.
        concurrency: requests that may be in work at a time; one more gets 429.
        rate: requests a minute that one client may make, on average; 0 for any number.
        burst: requests that one client may make at once.
        request_seconds: the longest that a request may take; one that takes longer gets 503.
        upload_seconds: the same for adding articles.
        body_bytes: the largest body of a request.
        upload_bytes: the largest body of a request that adds articles.
        upload_files: the most files in one such request.
        drain_seconds: how long requests in work may take to finish when the server is to stop.
        batch_seconds: how long a question waits for others to be encoded with it.
        batch_most: the most questions that are encoded at once.
        log_questions: whether the log holds what was asked.
    """

    collection: Path
    host: str = "127.0.0.1"
    read_only: bool = False
    token: str | None = field(default=None, repr=False)
    read_token: str | None = field(default=None, repr=False)
    hosts: tuple[str, ...] = ()
    concurrency: int = 64
    rate: int = 1200
    burst: int = 200
    request_seconds: float = 30.0
    upload_seconds: float = 600.0
    body_bytes: int = 64_000
    upload_bytes: int = 50_000_000
    upload_files: int = 20
    drain_seconds: int = 30
    batch_seconds: float = 0.002
    batch_most: int = 32
    log_questions: bool = False

    @property
    def loopback(self) -> bool:
        """Whether only this machine reaches the server."""
        return is_loopback(self.host)

    @property
    def writable(self) -> bool:
        """Whether anybody may change the collection through the server."""
        return not self.read_only and (self.token is not None or self.loopback)


def read_settings(
    collection: Path, host: str, *, read_only: bool, environment: Mapping[str, str] = os.environ
) -> Settings:
    """The settings that the command line and the environment give.

    Raises:
        SettingError: a variable has a value that cannot be used.
    """
    number = _Numbers(environment)
    default = Settings(collection)
    return Settings(
        collection=collection,
        host=host,
        read_only=read_only,
        token=_token(environment, "WENJU_TOKEN"),
        read_token=_token(environment, "WENJU_READ_TOKEN"),
        hosts=tuple(environment.get("WENJU_HOSTS", "").lower().split()),
        concurrency=number("WENJU_CONCURRENCY", default.concurrency, least=1),
        rate=number("WENJU_RATE", default.rate),
        burst=number("WENJU_BURST", default.burst, least=1),
        request_seconds=number("WENJU_REQUEST_SECONDS", int(default.request_seconds), least=1),
        upload_bytes=number("WENJU_UPLOAD_BYTES", default.upload_bytes, least=1),
        drain_seconds=number("WENJU_DRAIN_SECONDS", default.drain_seconds),
        log_questions=environment.get("WENJU_LOG_QUESTIONS", "") == "1",
    )


def is_loopback(host: str) -> bool:
    """Whether ``host``, a name or an address, means this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class _Numbers:
    environment: Mapping[str, str]

    def __call__(self, name: str, default: int, least: int = 0) -> int:
        given = self.environment.get(name, "")
        if not given:
            return default
        if not given.isdecimal() or int(given) < least:
            raise SettingError(
                f"{name} is {given!r}; expected a whole number of at least {least}",
                f"{name} 为“{given}”，应为不小于 {least} 的整数",
            )
        return int(given)


def _token(environment: Mapping[str, str], name: str) -> str | None:
    given = environment.get(name)
    if given is not None and (not given.strip() or not given.isascii() or " " in given):
        # An empty one would let everybody in whose client sends none.
        raise SettingError(
            f"{name} is set but is no token; expected ASCII characters without spaces; "
            "set one such as `openssl rand -hex 32` prints, or unset the variable",
            f"{name} 设置了，但不是有效的令牌；应为不含空格的 ASCII 字符，"
            "可用“openssl rand -hex 32”生成，或取消这个变量",
        )
    return given
