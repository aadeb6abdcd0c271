"""What is too much is turned away, and told so."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from server.context import ContextMiddleware
from server.limits import LimitsMiddleware, Rates
from server.metrics import Metrics
from server.settings import Settings
from tests.server.conftest import CopySample
from tests.server.process import ServerProcess


@pytest.fixture(scope="module")
def narrow(copy_sample: CopySample) -> Iterator[ServerProcess]:
    limits = {
        "WENJU_CONCURRENCY": "2",
        "WENJU_RATE": "60000",
        "WENJU_BURST": "1000",
        "WENJU_UPLOAD_BYTES": "5000",
    }
    with ServerProcess(copy_sample(), **limits) as running:
        yield running


def test_past_so_many_at_a_time_comes_429(narrow: ServerProcess) -> None:
    def ask(_: int) -> httpx2.Response:
        with narrow.client() as client:
            return client.post("/api/ask", json={"question": "光谷的产业引导基金有多大？"})

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(ask, range(48)))
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) == {200, 429}
    for answer in answers:
        if answer.status_code == 429:
            assert answer.headers["retry-after"] == "1"
            assert answer.json()["type"] == "urn:wenju:problem:busy"
        else:
            assert "50亿元" in answer.json()["answer"]


def test_too_large_a_body_is_413(narrow: ServerProcess) -> None:
    with narrow.client() as client:
        big = client.post("/api/articles", json={"text": "长" * 5000})
        asked = client.post("/api/ask", content=b" " * 65_000)
        files = client.post("/api/articles", files=[("files", ("a.txt", b"x" * 6000))])
        # Without a length told beforehand, it is counted.
        streamed = client.post(
            "/api/articles",
            content=iter([b'{"text": "', b"x" * 6000, b'"}']),
            headers={"Content-Type": "application/json"},
        )
    for answered in (big, asked, files, streamed):
        assert answered.status_code == 413
        assert answered.headers["content-type"] == "application/problem+json"
    assert "5,000" in big.json()["detail"]


def slow_app(**settings: float) -> LimitsMiddleware | ContextMiddleware:
    async def slow(request: Request) -> Response:
        await asyncio.sleep(float(request.query_params.get("seconds", 0)))
        return JSONResponse({"read": len(await request.body())})

    async def broken(_: Request) -> Response:
        raise RuntimeError("secret")

    app = Router(routes=[Route("/api/slow", slow), Route("/api/broken", broken)])
    chosen = Settings(Path(), **settings)  # type: ignore[arg-type]
    metrics = Metrics()
    return ContextMiddleware(LimitsMiddleware(app, chosen, metrics), chosen, metrics)


def get(app: object, path: str) -> httpx2.Response:
    async def run() -> httpx2.Response:
        transport = httpx2.ASGITransport(app)  # type: ignore[arg-type]
        async with httpx2.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.get(path, headers={"Accept-Language": "en"})

    return asyncio.run(run())


def test_past_the_time_limit_comes_503() -> None:
    app = slow_app(request_seconds=0.05)
    answered = get(app, "/api/slow?seconds=5")
    assert answered.status_code == 503
    assert answered.headers["retry-after"] == "5"
    assert "0.05 seconds" in answered.json()["detail"]
    assert get(app, "/api/slow").status_code == 200


def test_a_failure_tells_nothing_of_the_inside() -> None:
    answered = get(slow_app(), "/api/broken")
    assert answered.status_code == 500
    assert answered.json()["type"] == "urn:wenju:problem:internal"
    assert "secret" not in answered.text
    assert answered.json()["request_id"] == answered.headers["x-request-id"]
    assert "content-security-policy" in answered.headers


def test_one_client_past_its_rate_gets_429() -> None:
    app = slow_app(rate=60, burst=2)
    answers = [get(app, "/api/slow") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_rates_fill_as_time_goes() -> None:
    now = [0.0]
    rates = Rates(60, 2, lambda: now[0])
    assert [rates.take("a") for _ in range(3)] == [0.0, 0.0, 1.0]
    assert rates.take("b") == 0.0
    now[0] = 0.5
    assert rates.take("a") == 0.5
    now[0] = 1.0
    assert rates.take("a") == 0.0
    now[0] = 100.0
    assert [rates.take("a") for _ in range(3)] == [0.0, 0.0, 1.0]
    assert all(Rates(0, 1).take("a") == 0.0 for _ in range(5))
