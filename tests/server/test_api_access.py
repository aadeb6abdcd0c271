"""Who may read and who may change what is there."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from starlette.datastructures import Headers

from index.errors import SettingError
from server.auth import check_host, check_read, check_trusted, check_write
from server.problems import Problem
from server.settings import Settings, is_loopback, read_settings
from tests.server.conftest import CopySample
from tests.server.process import ServerProcess

ARTICLE = {"title": "新文章", "text": "这是一篇新的文章。"}
WITHDRAWN: dict[str, str | int] = {
    "question": "港口", "article_id": "optics-valley-education", "paragraph": 1,
}  # fmt: skip
JUDGEMENT = {**WITHDRAWN, "relevant": True}
TOKEN = {"WENJU_TOKEN": "write-1"}
HERE = {"host": "127.0.0.1:8000"}


@pytest.fixture(scope="module")
def guarded(copy_sample: CopySample) -> Iterator[ServerProcess]:
    """Bound to every address, with tokens for reading and for changing."""
    tokens = {"WENJU_TOKEN": "write-1", "WENJU_READ_TOKEN": "read-1"}
    with ServerProcess(copy_sample(), host="0.0.0.0", **tokens) as running:  # noqa: S104
        yield running


@pytest.fixture(scope="module")
def read_only(copy_sample: CopySample) -> Iterator[ServerProcess]:
    with ServerProcess(copy_sample(), "--read-only", **TOKEN) as running:
        yield running


@pytest.mark.parametrize(
    ("token", "read", "write"),
    [
        (None, 401, 401),
        ("wrong", 401, 401),
        ("read-1", 200, 401),
        ("write-1", 200, 201),
    ],
)
def test_tokens(guarded: ServerProcess, token: str | None, read: int, write: int) -> None:
    with guarded.client(token) as client:
        for path in ("/api/info", "/api/search?q=港口", "/api/articles", "/metrics"):
            assert client.get(path).status_code == read, path
        assert client.post("/api/ask", json={"question": "港口"}).status_code == read
        assert client.post("/api/judgements", json=JUDGEMENT).status_code == write
        withdrawn = client.delete("/api/judgements", params=WITHDRAWN)
        assert withdrawn.status_code == (204 if write == 201 else 401)
        assert client.get("/api/judgements").status_code == (200 if write == 201 else 401)
        added = client.post("/api/articles", json=ARTICLE)
        assert added.status_code == write
        if write == 201:
            (key,) = added.json()["results"][0]["added"]
            assert client.delete(f"/api/articles/{key}").status_code == 204
        else:
            assert added.headers["www-authenticate"] == "Bearer"
            assert client.delete("/api/articles/optics-valley-education").status_code == 401
        for path in ("/", "/docs", "/openapi.json", "/api/health/live", "/api/health/ready"):
            assert client.get(path).status_code == 200, path


def test_a_token_for_reading_is_not_called_wrong(guarded: ServerProcess) -> None:
    for token, read, changed in (
        ("wrong", "令牌不对，请使用 WENJU_READ_TOKEN 的值", "令牌不对，请使用 WENJU_TOKEN 的值"),
        ("read-1", None, "这个令牌只能用来阅读，请使用 WENJU_TOKEN 的值"),
    ):
        with guarded.client(token) as client:
            client.headers["Accept-Language"] = "zh"
            assert client.get("/api/info").json().get("detail") == read
            answered = client.post("/api/articles", json=ARTICLE)
            assert (answered.status_code, answered.json()["detail"]) == (401, changed)


def test_info_tells_that_a_token_is_wanted(guarded: ServerProcess) -> None:
    with guarded.client("read-1") as client:
        told = client.get("/api/info").json()
    assert (told["read_only"], told["token_wanted"]) == (False, True)


def test_a_read_only_server_changes_nothing(read_only: ServerProcess) -> None:
    with read_only.client("write-1") as client:
        assert client.get("/api/info").json()["read_only"] is True
        for answered in (
            client.post("/api/articles", json=ARTICLE),
            client.post("/api/judgements", json=JUDGEMENT),
            client.delete("/api/judgements", params=WITHDRAWN),
            client.delete("/api/articles/optics-valley-education"),
        ):
            assert answered.status_code == 403
            assert "read-only" in answered.json()["detail"]
        assert client.get("/api/judgements").status_code == 200
        assert client.post("/api/ask", json={"question": "港口"}).status_code == 200


def test_other_names_of_a_local_server_are_refused(read_only: ServerProcess) -> None:
    with httpx2.Client(base_url=read_only.url) as client:
        answered = client.get("/api/info", headers={"Host": "evil.example"})
    assert answered.status_code == 421


def allowed(check: object, settings: Settings, **headers: str) -> str:
    """What a check says: the code of its problem, or ``yes``."""
    given = Headers({**HERE, **{n.replace("_", "-"): v for n, v in headers.items()}})
    try:
        check(settings, given)  # type: ignore[operator]
    except Problem as problem:
        return problem.kind.code
    return "yes"


def test_without_a_token_only_this_machine_changes() -> None:
    local, public = Settings(Path()), Settings(Path(), host="0.0.0.0")  # noqa: S104
    assert allowed(check_write, local) == "yes"
    assert allowed(check_write, public) == "not-allowed"
    assert allowed(check_trusted, public) == "not-allowed"
    assert not public.writable
    assert allowed(check_read, public) == "yes"
    # Through a proxy, others reach a server that is bound to the loopback.
    assert allowed(check_write, local, x_forwarded_for="1.2.3.4") == "not-allowed"
    assert allowed(check_write, local, forwarded="for=1.2.3.4") == "not-allowed"
    assert allowed(check_write, local, origin="http://127.0.0.1:8000") == "yes"
    assert allowed(check_write, local, origin="http://127.0.0.1:9000") == "not-allowed"
    assert allowed(check_write, local, origin="null") == "not-allowed"


def test_with_a_token_the_rest_does_not_matter() -> None:
    settings = Settings(Path(), host="0.0.0.0", token="t")  # noqa: S104, S106
    good = {"authorization": "bearer t", "origin": "https://other.example", "forwarded": "for=x"}
    assert allowed(check_write, settings, **good) == "yes"
    for wrong in ("Bearer", "Bearer ", "Bearer tt", "Basic t", "t", "Bearer é"):
        assert allowed(check_write, settings, authorization=wrong) == "no-token"


def test_a_read_token_holds_for_changes_without_a_write_token() -> None:
    settings = Settings(Path(), read_token="r")  # noqa: S106
    assert allowed(check_write, settings) == "no-token"
    assert allowed(check_write, settings, authorization="Bearer r") == "yes"


def test_hosts() -> None:
    local = Settings(Path(), hosts=("wenju.example",))
    for host in ("localhost:8000", "127.0.0.1", "[::1]:80", "wenju.example", "WENJU.example:1"):
        assert allowed(check_host, local, host=host) == "yes", host
    for host in ("evil.example", "localhost.evil.example", "", "[", "127.0.0.1.evil.example"):
        assert allowed(check_host, local, host=host) == "wrong-host", host
    assert allowed(check_host, Settings(Path(), host="::"), host="any.example") == "yes"


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104
        ("::", False),
        ("192.168.1.1", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_what_is_this_machine_alone(host: str, local: bool) -> None:
    assert is_loopback(host) is local


def test_settings_come_from_the_environment() -> None:
    given = {"WENJU_TOKEN": "t", "WENJU_RATE": "0", "WENJU_HOSTS": "A.example b.example"}
    settings = read_settings(Path(), "::1", read_only=False, environment=given)
    assert (settings.token, settings.rate) == ("t", 0)
    assert settings.hosts == ("a.example", "b.example")
    assert "token" not in repr(settings)
    assert read_settings(Path(), "::1", read_only=False, environment={}) == Settings(
        Path(), host="::1"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WENJU_TOKEN", ""),
        ("WENJU_TOKEN", " "),
        ("WENJU_READ_TOKEN", "两 个"),
        ("WENJU_RATE", "-1"),
        ("WENJU_CONCURRENCY", "0"),
        ("WENJU_UPLOAD_BYTES", "5M"),
    ],
)
def test_unusable_settings_are_told(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        read_settings(Path(), "::1", read_only=False, environment={name: value})
