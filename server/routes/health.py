"""Whether the server lives, is ready, what it holds, what it measures."""

from importlib import metadata

from fastapi import APIRouter, Response

from server.metrics import CONTENT_TYPE
from server.models import Health, InfoResponse
from server.problems import Problem
from server.settings import Settings
from server.state import MAY_READ, ServiceOf, SettingsOf, as_json, problems

router = APIRouter(tags=["server"])


@router.get("/api/health/live", summary="是否在运行 · Whether it runs", response_model=Health)
async def live() -> Response:
    """Whether the server runs."""
    return as_json({"status": "live"})


@router.get(
    "/api/health/ready",
    summary="是否可以提问 · Whether it can be asked",
    response_model=Health,
    responses=problems(),
)
async def ready(service: ServiceOf) -> Response:
    """Whether the model answers, and is still the one that the collection was embedded with."""
    if not await service.ready():
        raise Problem(
            "unavailable",
            "the model is not loaded; if it stays so, the server's log tells why",
            "模型还没有加载；如果一直这样，请看服务器的日志",
            headers={"Retry-After": "1"},
        )
    return as_json({"status": "ready"})


@router.get(
    "/api/info",
    summary="文集和服务器 · The collection and the server",
    response_model=InfoResponse,
    responses=problems("no-token"),
    dependencies=MAY_READ,
)
async def info(service: ServiceOf, settings: SettingsOf) -> Response:
    """Counts, model, labels, dates, and what may be done here."""
    about = await service.about()
    return as_json({"version": metadata.version("wenju"), **about, **_allowed(settings)})


@router.get(
    "/metrics",
    summary="监控指标 · Measures for Prometheus",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
        **problems("no-token"),
    },
    dependencies=MAY_READ,
)
async def metrics(service: ServiceOf) -> Response:
    """Requests, latencies by stage, queues, the size of the collection."""
    await service.about()  # brings the collection's size up to date
    return Response(service.metrics.text(), headers={"Content-Type": CONTENT_TYPE})


def _allowed(settings: Settings) -> dict[str, object]:
    return {
        "read_only": not settings.writable,
        "token_wanted": settings.writable and settings.token is not None,
        "limits": {
            "body_bytes": settings.body_bytes,
            "upload_bytes": settings.upload_bytes,
            "upload_files": settings.upload_files,
            "request_seconds": settings.request_seconds,
            "concurrency": settings.concurrency,
            "rate_per_minute": settings.rate,
        },
    }
