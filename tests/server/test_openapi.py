"""The description of the API, and the API held to it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from server.app import create_app
from server.settings import Settings
from tests.server.conftest import CopySample
from tests.server.process import ServerProcess

PROFILE = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
BEARER = {"Authorization": "Bearer w"}
EXPECTED = {
    ("post", "/api/ask"), ("get", "/api/search"), ("get", "/api/articles"),
    ("post", "/api/articles"), ("get", "/api/articles/{article_id}"),
    ("delete", "/api/articles/{article_id}"), ("post", "/api/judgements"),
    ("get", "/api/judgements"), ("delete", "/api/judgements"), ("get", "/api/health/live"),
    ("get", "/api/health/ready"), ("get", "/api/info"), ("get", "/metrics"),
    ("get", "/api/reports"), ("get", "/reports/{name}"),
}  # fmt: skip


def description() -> dict[str, Any]:
    return create_app(Settings(Path("nowhere"))).openapi()


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_it_holds_every_address_with_its_bounds() -> None:
    schema = description()
    assert {(method, path) for method, path, _ in operations(schema)} == EXPECTED
    question = schema["components"]["schemas"]["AskRequest"]["properties"]["question"]
    assert (question["minLength"], question["maxLength"]) == (1, 512)
    assert question["examples"]
    k = schema["components"]["schemas"]["AskRequest"]["properties"]["k"]
    assert (k["minimum"], k["maximum"]) == (1, 100)


def test_it_describes_every_error() -> None:
    for method, path, operation in operations(description()):
        assert operation["summary"]
        assert operation["description"]
        for status, response in operation["responses"].items():
            assert "X-Request-ID" in response["headers"], (method, path)
            if int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"]
        if path.startswith("/api/") and "health/live" not in path:
            assert "503" in operation["responses"], path


def test_every_reference_in_it_leads_somewhere() -> None:
    schema = description()
    text = json.dumps(schema)
    for name in {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}:
        assert name in schema["components"]["schemas"]


def test_the_served_one_is_the_same(client: httpx2.Client) -> None:
    assert client.get("/openapi.json").json() == json.loads(json.dumps(description()))


@pytest.fixture(scope="module")
def api(copy_sample: CopySample) -> Iterator[Any]:
    """The API of a server of its own: what it holds may change."""
    tokens = {"WENJU_TOKEN": "w", "WENJU_READ_TOKEN": "r", "WENJU_RATE": "0"}
    with ServerProcess(copy_sample(), **tokens) as server:
        yield schemathesis.openapi.from_url(f"{server.url}/openapi.json")


def put_days_in_order(given: Any) -> None:
    """What a schema cannot tell: ``until`` does not come before ``since``."""
    if isinstance(given, dict):
        days = given.get("since"), given.get("until")
        if all(isinstance(day, str) for day in days):
            given["since"], given["until"] = sorted(map(str, days))


@pytest.mark.parametrize(("method", "path"), sorted(EXPECTED))
def test_the_api_keeps_to_it(api: Any, method: str, path: str) -> None:
    # Bytes that a form may hold by its description are not always an article.
    excluded = [positive_data_acceptance] if (method, path) == ("post", "/api/articles") else []

    @settings(PROFILE)
    @given(case=api[path][method].as_strategy(generation_mode=GenerationMode.POSITIVE))
    def valid(case: Any) -> None:
        put_days_in_order(case.query)
        put_days_in_order(case.body)
        case.call_and_validate(headers=BEARER, excluded_checks=excluded)

    @settings(PROFILE)
    @given(case=api[path][method].as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def invalid(case: Any) -> None:
        # A wrong parameter may vanish on its way into the address; what is sent is then right.
        vanishing = [negative_data_rejection] if method == "get" else []
        case.call_and_validate(headers=BEARER, excluded_checks=vanishing)

    valid()
    if "health" not in path and path not in ("/api/info", "/metrics"):  # nothing there is invalid
        invalid()
