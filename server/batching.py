"""Encodes questions that come at the same time in one call of the model."""

import asyncio
from collections.abc import Callable, Sequence

from index.embedders.base import Vectors
from server.metrics import Metrics
from server.workers import Worker

Encode = Callable[[Sequence[str]], Vectors]


class Batcher:
    """Gathers questions for a moment, and as long as the model is at work.

    Belongs to one event loop.
    """

    def __init__(self, worker: Worker, metrics: Metrics, seconds: float, most: int) -> None:
        self._worker = worker
        self._metrics = metrics
        self._seconds = seconds
        self._most = most
        self._waiting: list[tuple[str, asyncio.Future[Vectors]]] = []
        self._running: asyncio.Task[None] | None = None

    async def vector(self, question: str, encode: Encode) -> Vectors:
        """The question's vector, shape (dimension,).

        Args:
            question: as ``qa`` would encode it.
            encode: gives unit vectors, shape (questions, dimension); the same in every call.
        """
        made: asyncio.Future[Vectors] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, made))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run(encode))
        return await made

    async def _run(self, encode: Encode) -> None:
        await asyncio.sleep(self._seconds)
        while self._waiting:
            batch = self._waiting[: self._most]
            del self._waiting[: self._most]
            # Whoever left meanwhile needs no vector.
            batch = [(question, made) for question, made in batch if not made.done()]
            if batch:
                await self._encode(batch, encode)

    async def _encode(
        self, batch: list[tuple[str, asyncio.Future[Vectors]]], encode: Encode
    ) -> None:
        self._metrics.batches.observe(len(batch))
        try:
            with self._metrics.timed("encode"):
                vectors = await self._worker.run(encode, [question for question, _ in batch])
        except BaseException as error:
            for _, made in batch:
                if not made.done():
                    made.set_exception(_copy(error))
            if not isinstance(error, Exception):
                raise
            return
        for (_, made), vector in zip(batch, vectors, strict=True):
            if not made.done():
                made.set_result(vector)


def _copy(error: BaseException) -> BaseException:
    # A cancelled encoder is a failure to those who wait, not their own cancellation.
    return error if isinstance(error, Exception) else RuntimeError("the encoder was stopped")
