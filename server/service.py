"""What the routes and the MCP tools share: a collection that is read, and one that is written."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from index.collection import Change, Collection
from index.embedders.base import Embedder, Identity, Vectors
from index.errors import EmbedderMismatch, UnknownArticle, WenjuError
from index.records import Article, article_as_dict
from index.store import Store
from index.stored import ArticleSummary, Filter, Judgement, Position
from qa.answer import ask
from qa.evidence.use import Reads, witness
from qa.records import Answer, Mode, SearchResult
from qa.search import checked_question, search
from qa.understanding import AS_IT_STANDS, Interpretation
from server.batching import Batcher
from server.links import safe_source, safe_url
from server.logs import log
from server.metrics import Metrics
from server.settings import Settings
from server.workers import Worker

T = TypeVar("T")
Result = TypeVar("Result", Answer, SearchResult)
_WARM_UP = "预热"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its settings."""

    question: str
    k: int = 5
    mode: Mode = Mode.HYBRID
    where: Filter = Filter()  # noqa: RUF009 - frozen
    interpretation: Interpretation = AS_IT_STANDS
    reads: Reads = Reads()  # noqa: RUF009 - frozen


class Service:
    """A collection behind worker threads, for one event loop.

    Use as an asynchronous context manager. The model is loaded in the background; what needs it
    waits for it.
    """

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self.settings = settings
        self.metrics = metrics
        self._reading = Worker("read", metrics)
        self._writing = Worker("write", metrics)
        self._encoding = Worker("encode", metrics)
        self._batcher = Batcher(
            self._encoding, metrics, settings.batch_seconds, settings.batch_most
        )
        self._reader: Collection | None = None
        self._writer: Collection | None = None
        self._about: dict[str, Any] = {}
        self._warming: asyncio.Task[Embedder] | None = None

    async def __aenter__(self) -> "Service":
        self._reader = await self._reading.run(Collection.open, self.settings.collection)
        self._warming = asyncio.create_task(self._warm_up(self._reader))
        # Its failure is told to those who ask, and to readiness.
        self._warming.add_done_callback(lambda task: task.cancelled() or task.exception())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._warming:
            self._warming.cancel()
        for worker, collection in (
            (self._encoding, None),
            (self._writing, self._writer),
            (self._reading, self._reader),
        ):
            await asyncio.to_thread(worker.close)
            if collection:
                collection.close()

    async def embedder(self) -> Embedder:
        """The model, when it is loaded.

        Raises:
            WenjuError: it cannot be loaded, or the collection cannot be read.
        """
        if self._warming is None:
            raise RuntimeError("the service is not entered")
        return await asyncio.shield(self._warming)

    async def ready(self) -> bool:
        """Whether the model answers.

        Raises:
            EmbedderMismatch: another process embedded the collection with another model meanwhile.
            CollectionError: the collection cannot be read.
        """
        model = self._model()
        if model is None:
            return False

        def held() -> Identity:
            with closing(Store.open(self.settings.collection)) as store:
                return store.embedder

        # By a connection of its own, so that who asks does not wait behind questions.
        _check_model(await asyncio.to_thread(held), model)
        return True

    def _model(self) -> Identity | None:
        """The model, once it answers."""
        task = self._warming
        if task is None or not task.done() or task.cancelled() or task.exception():
            return None
        return task.result().identity

    # Asking

    async def ask(
        self, asked: Asked, on_passages: Callable[[SearchResult], None] | None = None
    ) -> Answer:
        """The answer; ``on_passages`` is called in another thread as soon as they are known."""
        start = time.perf_counter()
        question, vector, model = await self._encoded(asked)
        clock = _Clock(self.metrics)

        def tell(found: SearchResult) -> None:
            clock.end("search")
            if on_passages:
                on_passages(_timed(found, start))

        def run(collection: Collection) -> Answer:
            clock.end("wait")
            with _of_model(collection, model):
                given = (asked.k, asked.mode, asked.where, vector)
                answer = ask(
                    collection,
                    question,
                    *given,
                    tell,
                    interpretation=asked.interpretation,
                    reads=asked.reads,
                )
            clock.end("answer")
            return answer

        return _timed(await self.read(run), start)

    async def search(self, asked: Asked) -> SearchResult:
        """Ranked passages."""
        start = time.perf_counter()
        question, vector, model = await self._encoded(asked)
        clock = _Clock(self.metrics)

        def run(collection: Collection) -> SearchResult:
            clock.end("wait")
            with _of_model(collection, model):
                given = (asked.k, asked.mode, asked.where, vector)
                result = search(collection, question, *given, interpretation=asked.interpretation)
            clock.end("search")
            return result

        return _timed(await self.read(run), start)

    async def _encoded(self, asked: Asked) -> tuple[str, Vectors | None, Identity | None]:
        """The question as it is searched for, its vector, and the model that made it."""
        question = checked_question(asked.question)
        if asked.mode is Mode.LEXICAL:
            return question, None, None
        embedder = await self.embedder()
        vector = await self._batcher.vector(question, embedder.embed_questions)
        return question, vector, embedder.identity

    # Looking into the collection

    async def read(self, job: Callable[[Collection], T]) -> T:
        """Do something with the collection that is read."""
        if self._reader is None:
            raise RuntimeError("the service is not entered")
        return await self._reading.run(job, self._reader)

    async def article(self, article_id: str) -> dict[str, Any]:
        """An article with its passages, as ``wenju show --json`` has it."""
        return await self.read(lambda collection: shown_article(collection, article_id))

    async def page(
        self, where: Filter, title: str, after: Position | None, limit: int
    ) -> tuple[list[ArticleSummary], Position | None]:
        """A part of the list of articles."""
        return await self.read(lambda c: c.store.listing.page(where, title, after, limit))

    async def about(self) -> dict[str, Any]:
        """Counts, model, labels and dates; worked out once a generation."""

        def look(collection: Collection) -> dict[str, Any]:
            with collection.store.snapshot() as generation:
                if self._about.get("generation") != generation:
                    self._about = _about(collection, generation)
                return {**self._about, "examples": collection.store.examples}

        about = await self.read(look)
        self.metrics.articles.set(about["articles"])
        self.metrics.passages.set(about["passages"])
        self.metrics.generation.set(about["generation"])
        model = self._model()
        self.metrics.ready.set(model is not None and about["model"] == model.as_dict())
        return about

    async def judgements(self, after: int, limit: int, question: str | None) -> list[Judgement]:
        """Judgements from the one after that id on, of one question or of all."""
        return await self.read(lambda c: c.store.judgements.kept(after, limit, question))

    # Changing

    async def add(self, articles: Sequence[Article]) -> Change:
        """Store articles."""
        return await self._write(lambda collection: collection.add(articles))

    async def remove(self, article_id: str) -> None:
        """Remove an article.

        Raises:
            UnknownArticle: there is none of that very id.
        """

        def run(collection: Collection) -> None:
            try:
                collection.remove([article_id])
            except UnknownArticle as error:
                raise _unknown(article_id) from error

        await self._write(run)

    async def judge(
        self, question: str, article_id: str, paragraph: int, relevant: bool
    ) -> Judgement:
        """Keep a judgement of a passage.

        Raises:
            UnknownArticle: there is no such passage.
        """

        def keep(collection: Collection) -> Judgement:
            shown = shown_article(collection, article_id)
            texts = {p["paragraph"]: p["text"] for p in shown["passages"]}
            if paragraph not in texts:
                raise UnknownArticle(
                    f"article {article_id!r} has {len(texts)} paragraphs, not a {paragraph}th",
                    f"文章“{article_id}”有 {len(texts)} 段，没有第 {paragraph} 段",
                )
            return collection.store.judgements.keep(
                Judgement(question, article_id, paragraph, relevant, texts[paragraph], time.time())
            )

        # Short, and must not wait for articles that are being embedded.
        return await self.read(keep)

    async def withdraw_judgement(self, question: str, article_id: str, paragraph: int) -> None:
        """Keep no judgement of a passage any more; the passage may be gone."""
        await self.read(lambda c: c.store.judgements.withdraw(question, article_id, paragraph))

    async def _write(self, job: Callable[[Collection], T]) -> T:
        embedder = await self.embedder()

        def run() -> T:
            if self._writer is None:
                self._writer = Collection.open(self.settings.collection, embedder=embedder)
            with self.metrics.timed("write"):
                return job(self._writer)

        return await self._writing.run(run)

    async def _warm_up(self, collection: Collection) -> Embedder:
        def first() -> None:
            with _of_model(collection, embedder.identity):
                ask(collection, _WARM_UP, 1)

        start = time.perf_counter()
        try:
            # Models load in other threads: what needs none can be read meanwhile.
            loading = await self._reading.run(collection.load_embedder)
            embedder = await asyncio.shield(asyncio.wrap_future(loading))
            await self._encoding.run(witness, Reads(), Mode.HYBRID)
            # Loads the indexes and the words, and is the models' first run.
            await self._reading.run(first)
        except WenjuError:
            log("not ready", failed=True)
            raise
        log("ready", seconds=round(time.perf_counter() - start, 3))
        return embedder


@contextmanager
def _of_model(collection: Collection, model: Identity | None) -> Iterator[None]:
    """Read while the collection's vectors are of ``model``.

    Raises:
        EmbedderMismatch: another process embedded the collection with another model meanwhile.
    """
    with collection.reading():
        if model:
            _check_model(collection.store.embedder, model)
        yield


def _check_model(held: Identity, model: Identity) -> None:
    """See that the collection's vectors, of the model ``held``, are of ``model``.

    Raises:
        EmbedderMismatch: they are not.
    """
    if held != model:
        raise EmbedderMismatch(
            f"the collection was embedded anew with {held.name}, the server runs {model.name}; "
            "start the server again",
            f"文集已改用 {held.name} 重新嵌入，服务器用的还是 {model.name}；请重新启动服务器",
        )


def _timed(result: Result, start: float) -> Result:
    """What was found, with the seconds since the question came: also those of waiting."""
    return replace(result, seconds=time.perf_counter() - start)


class _Clock:
    """Gives each stage the time since the one before."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._last = time.perf_counter()

    def end(self, stage: str) -> None:
        now = time.perf_counter()
        self._metrics.stages.labels(stage).observe(now - self._last)
        self._last = now


def shown_article(collection: Collection, article_id: str) -> dict[str, Any]:
    """An article with its passages, as ``wenju show --json`` has it but for folders.

    Raises:
        UnknownArticle: there is none of that very id.
    """
    with collection.store.snapshot():
        article = collection.store.article(article_id)
        if article is None:
            raise _unknown(article_id)
        passages = collection.passages_of(article)
    return {
        **article_as_dict(article, passages),
        "source": safe_source(article.source),
        "url": safe_url(article.url),
    }


def _unknown(article_id: str) -> UnknownArticle:
    return UnknownArticle(
        f"no article {article_id!r}; GET /api/articles lists the ids",
        f"没有编号为“{article_id}”的文章，GET /api/articles 可以列出编号",
    )


def _about(collection: Collection, generation: int) -> dict[str, Any]:
    store = collection.store
    first, last = store.listing.days()
    return {
        **store.counts(),
        "generation": generation,
        "model": store.embedder.as_dict(),
        "labels": [
            {"label": label, "count": held} for label, held in store.listing.labels().items()
        ],
        "first_day": first,
        "last_day": last,
    }
