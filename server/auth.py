"""Who may read, and who may change what is there.

A change needs the token of ``WENJU_TOKEN``. Without one, the server takes changes only while it is
bound to the loopback, and then only from this machine itself: not from a page of another origin
that a browser on this machine shows, and not through a proxy that others reach.
"""

import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from server.problems import Problem
from server.settings import Settings, is_loopback

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


def check_host(settings: Settings, headers: Headers) -> None:
    """See that a server bound to the loopback is called by a name of it (against DNS rebinding).

    Raises:
        Problem: it is called by another name.
    """
    name = _host_name(headers.get("host", ""))
    if settings.loopback and not is_loopback(name) and name not in settings.hosts:
        raise Problem(
            "wrong-host",
            f"this server is not called {name[:100]!r}; name it in WENJU_HOSTS if it is",
            f"主机名“{name[:100]}”不在允许之列；如果确实要用它访问，请写入 WENJU_HOSTS",
        )


def check_read(settings: Settings, headers: Headers) -> None:
    """See that the client may read.

    Raises:
        Problem: it may not.
    """
    if settings.read_token is None:
        return
    if not _bears(headers, settings.read_token, settings.token):
        raise _no_token(headers, "WENJU_READ_TOKEN")


def check_trusted(settings: Settings, headers: Headers) -> None:
    """See that the client may see and do what only trusted ones may.

    Raises:
        Problem: it may not.
    """
    if settings.token is not None:
        if _bears(headers, settings.token):
            return
        if _bears(headers, settings.read_token):
            raise _unauthorised(
                "this token is for reading only; send that of WENJU_TOKEN",
                "这个令牌只能用来阅读，请使用 WENJU_TOKEN 的值",
            )
        raise _no_token(headers, "WENJU_TOKEN")
    if not settings.loopback or any(name in headers for name in _FORWARDED):
        raise Problem(
            "not-allowed",
            "without WENJU_TOKEN, this is allowed only from the machine that the server is bound "
            "to; set WENJU_TOKEN and start the server again",
            "没有设置 WENJU_TOKEN 时，只允许本机这样做；请设置 WENJU_TOKEN 后重新启动服务器",
        )
    check_read(settings, headers)
    _check_origin(headers)


def check_write(settings: Settings, headers: Headers) -> None:
    """See that the client may change the collection.

    Raises:
        Problem: it may not.
    """
    if settings.read_only:
        raise Problem(
            "not-allowed",
            "the server is read-only; start it without --read-only to change the collection",
            "服务器是只读的；不带 --read-only 启动后才能修改",
        )
    check_trusted(settings, headers)


def _check_origin(headers: Headers) -> None:
    origin = headers.get("origin")
    if origin is None:
        return
    if urlsplit(origin).netloc.lower() != headers.get("host", "").lower():
        raise Problem(
            "not-allowed",
            "without WENJU_TOKEN, pages of other origins may not do this",
            "没有设置 WENJU_TOKEN 时，其他网站的页面不能这样做",
        )


def _bears(headers: Headers, *tokens: str | None) -> bool:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return False
    # Each is compared, so that the time tells nothing.
    same = [hmac.compare_digest(given.encode(), t.encode()) for t in tokens if t is not None]
    return any(same)


def _no_token(headers: Headers, variable: str) -> Problem:
    if "authorization" in headers:
        english = f"the token is not the one the server has; send that of {variable}"
        chinese = f"令牌不对，请使用 {variable} 的值"
    else:
        english = "send “Authorization: Bearer TOKEN” with the token of the server"
        chinese = "请发送“Authorization: Bearer 令牌”"
    return _unauthorised(english, chinese)


def _unauthorised(english: str, chinese: str) -> Problem:
    return Problem("no-token", english, chinese, headers={"WWW-Authenticate": "Bearer"})


def _host_name(host: str) -> str:
    """The host's name without the port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
