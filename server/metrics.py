"""What the server measures, for Prometheus."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client import exposition as _exposition

CONTENT_TYPE = _exposition.CONTENT_TYPE_LATEST
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_SIZES = (1, 2, 4, 8, 16, 32, 64)


class Metrics:
    """The measures of one server, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "wenju_requests_total",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self.latency = Histogram(
            "wenju_request_seconds",
            "Seconds from request to the end of the answer.",
            ["route"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.stages = Histogram(
            "wenju_stage_seconds",
            "Seconds in a stage: encode, wait (for the search's turn), search, answer, write.",
            ["stage"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.batches = Histogram(
            "wenju_batch_questions",
            "Questions encoded at once.",
            buckets=_SIZES,
            registry=self._registry,
        )
        self.in_work = self._gauge("wenju_requests_in_work", "Requests being answered.")
        self.queued = Gauge(
            "wenju_queue_depth",
            "Jobs waiting for a worker or being done by it.",
            ["worker"],
            registry=self._registry,
        )
        self.ready = self._gauge("wenju_ready", "Whether the model answers.")
        self.articles = self._gauge("wenju_articles", "Articles in the collection.")
        self.passages = self._gauge("wenju_passages", "Passages in the collection.")
        self.generation = self._gauge("wenju_generation", "Changes of the collection so far.")

    def _gauge(self, name: str, meaning: str) -> Gauge:
        return Gauge(name, meaning, registry=self._registry)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Measure how long a stage takes."""
        start = perf_counter()
        try:
            yield
        finally:
            self.stages.labels(stage).observe(perf_counter() - start)

    def text(self) -> bytes:
        """All measures in Prometheus' format."""
        return generate_latest(self._registry)
