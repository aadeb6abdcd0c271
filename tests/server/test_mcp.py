"""The tools, asked by the client of the official SDK."""

import asyncio
import os
import sys
from collections.abc import Callable
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from index.collection import Collection
from tests.server.conftest import CopySample
from tests.server.process import ServerProcess
from tests.support import ROOT

QUESTION = "光谷的产业引导基金有多大？"


@pytest.fixture(params=["stdio", "http"])
def connect(
    request: pytest.FixtureRequest, sample: Collection, server: ServerProcess
) -> Callable[[], Client]:
    """Make a client, connected to a process of its own or to the running server."""
    command = ["-m", "wenju", "mcp", "-c", str(sample.folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = StdioServerParameters(command=sys.executable, args=command, env=environment)
    return lambda: Client(f"{server.url}/mcp" if request.param == "http" else process)


def test_tools(connect: Callable[[], Client]) -> None:
    async def run() -> None:
        async with connect() as client:
            listed = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert set(listed) == {"ask", "search", "read_article"}
            question = listed["ask"].input_schema["properties"]["question"]
            assert (question["minLength"], question["maxLength"]) == (1, 512)
            assert listed["ask"].output_schema
            assert listed["ask"].annotations
            assert listed["ask"].annotations.read_only_hint

            answer = await told(client, "ask", question=QUESTION, k=2)
            assert "50亿元" in answer["answer"]
            assert len(answer["passages"]) == 2
            plain = await told(client, "ask", question=QUESTION, evidence="off")
            assert (plain["confidence"], plain["candidates"]) == (None, [])
            unsure = await told(client, "ask", question=QUESTION, threshold=1.0)
            assert unsure["abstained"]
            found = await told(client, "search", question=QUESTION, k=1, mode="lexical")
            assert found["passages"][0]["scores"]["dense"] is None

            cited = answer["citations"][0]
            article = await told(client, "read_article", article_id=cited["article_id"])
            assert article["text"][cited["start"] : cited["end"]] == cited["quote"]
            one = await told(
                client, "read_article",
                article_id=cited["article_id"], paragraph=cited["paragraph"],
            )  # fmt: skip
            assert [p["paragraph"] for p in one["passages"]] == [cited["paragraph"]]
            assert cited["quote"] in one["text"]
            asked = {"question": "去年的港口", "today": "2024-03-01"}
            read = (await told(client, "ask", **asked))["understood"]["dates"]
            assert [day["first"] for day in read] == ["2023-01-01"]
            left = await told(client, "search", **asked, ignore=["date:去年"])
            assert left["understood"]["dates"] == []
            nothing = await told(client, "ask", question="港口", since="2030-01-01")
            assert (nothing["abstained"], nothing["passages"]) == (True, [])

            for tool, arguments, message in (
                ("ask", {"question": ""}, "question"),
                ("ask", {"question": "港口", "k": 101}, "k"),
                ("ask", {"question": "港口", "since": "昨天"}, "since"),
                ("read_article", {"article_id": "nothing"}, "nothing"),
                ("read_article", {"article_id": cited["article_id"], "paragraph": 99}, "99"),
            ):
                result = await client.call_tool(tool, arguments)
                assert result.is_error, (tool, arguments)
                assert message in str(result.content)

    asyncio.run(run())


async def told(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    given: dict[str, Any] | None = result.structured_content
    assert given
    return given


def test_mcp_keeps_to_the_rules_of_reading(copy_sample: CopySample) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    accept = {"Accept": "application/json, text/event-stream"}
    tokens = {"WENJU_READ_TOKEN": "r"}
    with ServerProcess(copy_sample(), **tokens) as guarded:
        with guarded.client() as client:
            assert client.post("/mcp", json=body, headers=accept).status_code == 401
            foreign = {**accept, "Host": "evil.example"}
            assert client.post("/mcp", json=body, headers=foreign).status_code == 421
            assert client.post("/mcp", content=b" " * 70_000).status_code == 413
        with guarded.client("r") as client:
            answered = client.post("/mcp", json=body, headers=accept)
            assert answered.status_code != 401
            assert "content-security-policy" in answered.headers
