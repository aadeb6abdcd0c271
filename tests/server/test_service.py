"""The service and its application in this process, with a stand-in for the model."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from index.collection import Collection
from index.embedders.base import Embedder, Vectors
from index.errors import EmbedderMismatch
from index.records import Article
from qa.records import Mode, SearchResult
from server.app import create_app
from server.metrics import Metrics
from server.service import Asked, Service
from server.settings import Settings
from tests.support import HashEmbedder

ARTICLES = [
    Article("port", "港口新闻", "红岸码头今年完成了桩基施工。", "/home/someone/a.txt"),
    Article("school", "教育新闻", "光谷新建了三所学校。", "/home/someone/b.txt"),
]
OTHER = HashEmbedder("other", 32)
Use = Callable[[Callable[[], Embedder]], None]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A collection of the stand-in."""
    place = tmp_path / "collection"
    with Collection.create(place, embedder=HashEmbedder()) as collection:
        collection.add(ARTICLES)
    return place


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Have a model loaded by a function; passages are not read."""

    def use(load: Callable[[], Embedder]) -> None:
        monkeypatch.setattr("index.collection.open_embedder", lambda *_, **__: load())

    for module in ("qa.answer", "server.service"):
        monkeypatch.setattr(f"{module}.witness", lambda *_: None)
    use(HashEmbedder)
    return use


def within(job: Coroutine[Any, Any, None]) -> None:
    """Run a job that must not hang."""

    async def run() -> None:
        async with asyncio.timeout(60):
            await job

    asyncio.run(run())


@asynccontextmanager
async def served(place: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of an application in this process, whose model is loaded."""
    app = create_app(Settings(place))
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app),
            base_url="http://127.0.0.1",
            headers={"Accept-Language": "en"},
        ) as client,
    ):
        await app.state.wenju.service.embedder()
        yield client


def reembed(place: Path) -> None:
    """Embed everything anew, as another process does."""
    with Collection.open(place) as elsewhere:
        elsewhere.reembed(OTHER)


@pytest.mark.usefixtures("use")
def test_a_server_whose_model_is_not_the_collections_any_more_adds_nothing_and_is_not_ready(
    place: Path,
) -> None:
    async def run() -> None:
        async with served(place) as client:
            given = {"title": "新闻", "text": "白沙码头今年开工。"}
            assert (await client.post("/api/articles", json=given)).status_code == 201
            assert (await client.get("/api/health/ready")).status_code == 200
            assert "wenju_ready 1.0" in (await client.get("/metrics")).text
            reembed(place)
            generation = (await client.get("/api/info")).json()["generation"]
            added = await client.post("/api/articles", json={**given, "text": "别的正文。"})
            ready = await client.get("/api/health/ready")
            asked = await client.post("/api/ask", json={"question": "码头"})
            for answered in (added, ready, asked):
                assert answered.status_code == 503
                assert "start the server again" in answered.json()["detail"]
                assert str(place) not in answered.text
            assert (await client.get("/api/info")).json()["generation"] == generation
            assert "wenju_ready 0.0" in (await client.get("/metrics")).text
            lexical = await client.get("/api/search", params={"q": "码头", "mode": "lexical"})
            assert lexical.json()["passages"]
        with Collection.open(place, embedder=OTHER) as collection:
            assert collection.store.counts()["articles"] == 3

    within(run())


def test_a_collection_embedded_anew_while_the_model_loads_is_told(place: Path, use: Use) -> None:
    def load() -> Embedder:
        reembed(place)
        return HashEmbedder()

    async def run() -> None:
        async with Service(Settings(place), Metrics()) as service:
            with pytest.raises(EmbedderMismatch):
                await service.ask(Asked("码头"))
            assert not await service.ready()

    use(load)
    within(run())


@pytest.mark.parametrize("what", ["the embedder", "what reads passages"])
def test_what_needs_no_model_is_answered_while_one_loads(
    place: Path, use: Use, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, release = threading.Event(), threading.Event()

    def slow() -> Embedder:
        begun.set()
        release.wait(60)
        return HashEmbedder()

    if what == "the embedder":
        use(slow)
    else:
        monkeypatch.setattr("server.service.witness", lambda *_: slow() and None)

    async def run() -> None:
        async with Service(Settings(place), Metrics()) as service:
            asking = asyncio.create_task(service.ask(Asked("码头")))
            try:
                await asyncio.to_thread(begun.wait, 60)
                found = await service.search(Asked("码头", mode=Mode.LEXICAL))
                assert found.hits[0].stored.article.id == "port"
                assert (await service.about())["articles"] == 2
                assert (await service.article("port"))["title"] == "港口新闻"
                assert not await service.ready()
                assert not asking.done()
            finally:
                release.set()
            assert (await asking).answer
            assert await service.ready()

    within(run())


def test_seconds_are_those_since_the_question_came(
    place: Path, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock:
        now = 0.0
        time = staticmethod(lambda: 0.0)

        def perf_counter(self) -> float:
            return self.now

    clock = Clock()

    class Slow(HashEmbedder):
        """Takes a hundred seconds for a question, as far as the service knows."""

        def embed_questions(self, questions: Sequence[str]) -> Vectors:
            clock.now += 100
            return super().embed_questions(questions)

    monkeypatch.setattr("server.service.time", clock)
    use(Slow)

    async def run() -> None:
        async with Service(Settings(place), Metrics()) as service:
            await service.embedder()
            early: list[SearchResult] = []
            answer = await service.ask(Asked("码头"), early.append)
            found = await service.search(Asked("码头"))
            assert (answer.seconds, found.seconds, early[0].seconds) == (100, 100, 100)
            lexical = await service.search(Asked("码头", mode=Mode.LEXICAL))
            assert lexical.seconds == 0

    within(run())


@pytest.mark.usefixtures("use")
def test_removing_what_is_not_there_is_told_as_reading_it_is(place: Path) -> None:
    async def run() -> None:
        async with served(place) as client:
            path = "/api/articles/nothing"
            read, removed = await client.get(path), await client.delete(path)
            assert removed.status_code == read.status_code == 404
            assert removed.json()["detail"] == read.json()["detail"]
            assert "GET /api/articles" in removed.json()["detail"]

    within(run())


def results(answered: httpx2.Response) -> list[dict[str, Any]]:
    return answered.json()["results"]  # type: ignore[no-any-return]


@pytest.mark.usefixtures("use")
def test_articles_without_ids_are_told_apart_by_their_text(place: Path) -> None:
    async def run() -> None:
        async with served(place) as client:

            async def add(**record: str) -> dict[str, Any]:
                (result,) = results(await client.post("/api/articles", json=record))
                return result

            first = await add(title="简讯", text="白沙码头今年开工。")
            second = await add(title="简讯", text="黑石码头明年开工。")
            assert len({*first["added"], *second["added"]}) == 2
            again = await add(title="简讯", text="白沙码头今年开工。")
            assert again["unchanged"] == first["added"]
            start = "没有标题的文章以正文开头的三十个字为标题，这一篇和下一篇在此之前完全相同，"
            untitled = [await add(text=f"{start}结尾是{end}。") for end in "甲乙"]
            assert all(len(one["added"]) == 1 for one in untitled)
            assert (await client.get("/api/info")).json()["articles"] == 6

    within(run())


def lines(*records: object) -> bytes:
    return "\n".join(json.dumps(record, ensure_ascii=False) for record in records).encode()


@pytest.mark.usefixtures("use")
def test_a_bad_record_costs_no_other_of_its_file(place: Path) -> None:
    good = [{"text": "白沙码头今年开工。"}, {"text": "黑石码头明年开工。"}]
    mixed = lines(good[0], {"title": "无文"}, good[1], {"text": "丙", "published": "昨天"})

    async def run() -> None:
        async with served(place) as client:

            async def add(*files: tuple[str, bytes]) -> httpx2.Response:
                given = [("files", file) for file in files]
                return await client.post("/api/articles", files=given)

            added = await add(("混合.jsonl", mixed))
            assert added.status_code == 201
            (result,) = results(added)
            assert len(result["added"]) == result["passages"] == 2
            no_text, no_date = result["errors"]
            assert "混合.jsonl, line 2" in no_text
            assert "混合.jsonl, line 4" in no_date
            again = await add(("混合.jsonl", mixed))
            assert (again.status_code, len(results(again)[0]["unchanged"])) == (200, 2)
            assert results(again)[0]["errors"] == result["errors"]

            table = "编号,正文\n" + "一,丁\n" * 130
            (many,) = results(await add(("表.csv", table.encode())))
            assert (many["added"], len(many["errors"])) == (["一"], 21)
            assert many["errors"][-1] == "109 more records cannot be read"

            nothing = lines({"title": "无文"}, {"text": ""})
            beside = await add(("坏.jsonl", nothing), ("坏.txt", b""), ("好.txt", "戊".encode()))
            assert beside.status_code == 201
            assert [len(one["errors"]) for one in results(beside)] == [2, 1, 0]
            none = await add(("坏.jsonl", nothing), ("坏.txt", b""))
            assert none.status_code == 422
            assert "坏.jsonl, line 1: " in none.json()["detail"]
            assert "(1 more records have errors); 坏.txt: " in none.json()["detail"]
            assert [len(one["errors"]) for one in results(none)] == [2, 1]

    within(run())


@pytest.mark.usefixtures("use")
def test_methods_that_clients_make_up_are_counted_as_one(place: Path) -> None:
    async def run() -> None:
        async with served(place) as client:
            for method in ("BREW", "WHEN", "PROPFIND"):
                assert (await client.request(method, "/nothing")).status_code >= 400
            text = (await client.get("/metrics")).text
            assert 'wenju_requests_total{method="other",route="other",status="404"} 3.0' in text
            assert "BREW" not in text

    within(run())
