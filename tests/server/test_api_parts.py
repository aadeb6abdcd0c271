"""The parts of the server, each by itself."""

import asyncio
import json
import logging
import re
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from starlette.requests import Request

from index.embedders.base import Vectors
from index.errors import (
    CitationError,
    CollectionBusy,
    CollectionCorrupt,
    EmbedderMismatch,
    ModelError,
    NoCollection,
    SettingError,
    UnknownArticle,
    WenjuError,
)
from index.store import Store
from index.stored import Position
from qa.records import Mode, SearchResult
from server.batching import Batcher
from server.cursors import PATTERN, read_cursor, write_cursor
from server.links import safe_source, safe_url
from server.logs import JsonFormatter
from server.metrics import Metrics
from server.problems import problem_of
from server.service import Asked, Service
from server.settings import Settings
from server.stream import answer_events
from server.workers import Worker
from tests.server.conftest import CopySample


class Encoder:
    """Notes what it is given; each vector is the question's length."""

    def __init__(self, seconds: float = 0.0, error: Exception | None = None) -> None:
        self.batches: list[list[str]] = []
        self._seconds = seconds
        self._error = error

    def __call__(self, questions: Sequence[str]) -> Vectors:
        self.batches.append(list(questions))
        time.sleep(self._seconds)
        if self._error:
            raise self._error
        return np.array([[len(question)] for question in questions], dtype=np.float32)


def batched(encoder: Encoder, questions: list[str], most: int = 32) -> list[Any]:
    async def run() -> list[Any]:
        worker = Worker("encode", Metrics())
        batcher = Batcher(worker, Metrics(), 0.005, most)
        try:
            asked = [batcher.vector(question, encoder) for question in questions]
            return await asyncio.gather(*asked, return_exceptions=True)
        finally:
            worker.close()

    return asyncio.run(run())


def test_questions_that_come_together_are_encoded_at_once() -> None:
    encoder = Encoder()
    questions = ["长" * n for n in range(1, 11)]
    vectors = batched(encoder, questions)
    assert encoder.batches == [questions]
    assert [vector[0] for vector in vectors] == list(range(1, 11))


def test_a_batch_has_a_largest_size() -> None:
    encoder = Encoder()
    batched(encoder, ["甲"] * 10, most=4)
    assert [len(batch) for batch in encoder.batches] == [4, 4, 2]


def test_each_gets_the_error_of_its_batch() -> None:
    errors = batched(Encoder(error=ModelError("broken")), ["甲", "乙"])
    assert all(isinstance(error, ModelError) for error in errors)


def test_who_leaves_is_not_waited_for() -> None:
    async def run() -> tuple[list[list[str]], Any]:
        encoder, worker = Encoder(0.05), Worker("encode", Metrics())
        batcher = Batcher(worker, Metrics(), 0.0, 1)
        tasks = [asyncio.create_task(batcher.vector(q, encoder)) for q in ("甲", "乙乙", "丙丙丙")]
        await asyncio.sleep(0.02)
        tasks[1].cancel()
        last = await tasks[2]
        worker.close()
        return encoder.batches, last[0]

    assert asyncio.run(run()) == ([["甲"], ["丙丙丙"]], 3.0)


def test_a_worker_does_one_job_at_a_time_and_drops_what_was_cancelled() -> None:
    async def run() -> list[str]:
        worker, done = Worker("read", Metrics()), []
        release = threading.Event()

        def job(name: str) -> None:
            release.wait(5)
            done.append(name)

        tasks = [asyncio.create_task(worker.run(job, name)) for name in "abc"]
        await asyncio.sleep(0.02)
        tasks[1].cancel()
        await asyncio.sleep(0.01)
        release.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        worker.close()
        return done

    assert asyncio.run(run()) == ["a", "c"]


class Failing:
    """A service that fails after the passages, or takes too long."""

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    async def ask(self, _: Asked, on_passages: Any) -> None:
        await asyncio.to_thread(on_passages, SearchResult("问", (), 0.0))
        await asyncio.sleep(0.01)
        if self._error is None:
            await asyncio.sleep(60)
        else:
            raise self._error


@pytest.mark.parametrize(
    ("error", "status"),
    [(CollectionBusy("busy"), 503), (ValueError("secret"), 500), (None, 503)],
)
def test_a_stream_ends_with_its_error(error: Exception | None, status: int) -> None:
    scope = {
        "type": "http", "method": "POST", "path": "/api/ask", "query_string": b"",
        "headers": [(b"host", b"x")], "state": {"request_id": "r1"},
    }  # fmt: skip

    async def run() -> list[bytes]:
        given: Any = Failing(error)
        made = answer_events(given, Asked("港口"), 0.2, Request(scope))
        return [event async for event in made]

    first, last = asyncio.run(run())
    assert first.startswith(b"event: passages\n")
    name, data = last.decode().split("\n")[:2]
    problem = json.loads(data.removeprefix("data: "))
    assert (name, problem["status"], problem["request_id"]) == ("event: error", status, "r1")
    assert "secret" not in data


def test_vectors_of_another_model_are_never_compared(copy_sample: CopySample) -> None:
    place = copy_sample()

    async def run() -> None:
        async with Service(Settings(place), Metrics()) as service:
            assert (await service.ask(Asked("光谷的产业引导基金有多大？"))).answer
            with closing(Store.open(place)) as store:
                other = replace(store.embedder, name="other")
                items = [(article, ()) for article in store.articles()]
                store.replace(items, other)  # as reembedding in another process does
            for asking in (service.ask, service.search):
                with pytest.raises(EmbedderMismatch, match="start the server again"):
                    await asking(Asked("港口"))
            await service.search(Asked("港口", mode=Mode.LEXICAL))

    asyncio.run(run())


def test_cursors() -> None:
    for position in (Position("2025-01-01", 7), Position("", 1), Position("2025-01-01T10:00", 2)):
        assert read_cursor(write_cursor(position)) == position
        assert re.fullmatch(PATTERN, write_cursor(position) or "")
    assert read_cursor(write_cursor(None)) is None
    for wrong in ("x", "港口", "", ".", "f.1", "ff.", "ff.-1", "ff." + "9" * 19):
        assert not re.fullmatch(PATTERN, wrong)
    assert read_cursor("ff.1") == Position("\ufffd", 1)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a?b=c#d", True),
        ("HTTP://example.org", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("/path", False),
        ("https:///path", False),
        ("https://exa mple.org", False),
        ("https://example.org/\u202egpj", False),
        ("java\tscript:alert(1)", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_only_web_addresses_are_given_out(url: str, safe: bool) -> None:
    assert safe_url(url) == (url if safe else None)


def test_folders_are_not_given_out() -> None:
    assert safe_source("/home/someone/a.txt") == "a.txt"
    assert safe_source("upload:a.txt") == "upload:a.txt"


def test_errors_and_their_statuses() -> None:
    for error, status in (
        (UnknownArticle("x"), 404),
        (SettingError("x"), 422),
        (CollectionBusy("x"), 503),
        (ModelError("x"), 503),
        (CitationError("secret"), 500),
    ):
        problem = problem_of(error)
        assert problem.kind.status == status
        assert "secret" not in problem.english
    both = problem_of(SettingError("given 5", "给了 5"))
    assert both.as_dict("zh", "")["detail"] == "给了 5"
    assert both.as_dict("en", "")["detail"] == "given 5"
    assert problem_of(SettingError("given 5")).as_dict("zh", "")["detail"] == "given 5"


@pytest.mark.parametrize(
    "kind", [CollectionBusy, CollectionCorrupt, EmbedderMismatch, ModelError, NoCollection]
)
def test_folders_and_commands_of_the_server_are_not_told(kind: type[WenjuError]) -> None:
    problem = problem_of(kind("see /home/someone; run `wenju`", "请看 /home/someone，运行“wenju”"))
    for text in (problem.english, problem.chinese):
        assert text
        assert "/home" not in text
        assert "wenju" not in text
    assert problem.headers.get("Retry-After") == ("5" if kind is CollectionBusy else None)


def test_a_log_line_is_json() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "request", (), None)
    record.fields = {"path": "/a\nb", "status": 200}
    line = JsonFormatter().format(record)
    assert "\n" not in line
    told = json.loads(line)
    assert (told["event"], told["path"], told["level"]) == ("request", "/a\nb", "info")
