"""Threads that do the blocking work, each with what belongs to it alone."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from server.metrics import Metrics

P = ParamSpec("P")
T = TypeVar("T")


class Worker:
    """One thread with a queue before it.

    A collection's connection is used by one thread at a time. A worker owns what it works on, so
    that nothing needs a lock, and a writer that embeds for minutes keeps no reader waiting.
    """

    def __init__(self, name: str, metrics: Metrics) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=f"wenju-{name}")
        self._depth = metrics.queued.labels(name)

    async def run(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do a job when its turn comes; one that is cancelled before is never begun."""
        self._depth.inc()
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._executor, lambda: job(*args, **kwargs))
        finally:
            self._depth.dec()

    def close(self) -> None:
        """Finish the job at hand, drop the others, end the thread."""
        self._executor.shutdown(cancel_futures=True)
