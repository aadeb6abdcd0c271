"""Reports of evaluations: a list, and their pages."""

import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.responses import HTMLResponse

from index.collection import Collection
from server.auth import check_host, check_read
from server.models import LONGEST_ID, ReportList
from server.problems import Problem
from server.reports import POLICY, SUFFIX, opens, report_files, report_url
from server.state import MAY_READ, ServiceOf, SettingsOf, as_json, problems

router = APIRouter(tags=["reports"])


@router.get(
    "/api/reports",
    summary="列出评测报告 · List reports of evaluations",
    response_model=ReportList,
    responses=problems("no-token"),
    dependencies=MAY_READ,
)
async def list_reports(service: ServiceOf, settings: SettingsOf) -> Response:
    """What ``wenju eval report --collection`` put with the collection."""

    def look(collection: Collection) -> list[dict[str, Any]]:
        return [
            {
                "name": path.name.removesuffix(SUFFIX),
                "url": report_url(settings, path.name.removesuffix(SUFFIX)),
                "written": datetime.datetime.fromtimestamp(
                    path.stat().st_mtime, datetime.UTC
                ).isoformat(timespec="seconds"),
                "bytes": path.stat().st_size,
            }
            for path in report_files(collection.reports)
        ]

    return as_json({"reports": await service.read(look)})


@router.get(
    "/reports/{name}",
    summary="一份评测报告 · A report",
    response_class=HTMLResponse,
    responses=problems("no-token", "not-found", "invalid"),
)
async def report(
    name: Annotated[str, Path(min_length=1, max_length=LONGEST_ID)],
    request: Request,
    service: ServiceOf,
    settings: SettingsOf,
    until: Annotated[int, Query(ge=0, lt=1 << 63, description="key 的期限 · of the key")] = 0,
    key: Annotated[str, Query(max_length=64, description="列表给出的 · as listed")] = "",
) -> Response:
    """The page of a report, which a browser opens without a token while its address holds."""
    check_host(settings, request.headers)
    if not (key and opens(settings, name, until, key)):
        check_read(settings, request.headers)

    def look(collection: Collection) -> bytes | None:
        # Found among what is listed, so that no name leads elsewhere.
        for path in report_files(collection.reports):
            if path.name == f"{name}{SUFFIX}":
                return path.read_bytes()
        return None

    page = await service.read(look)
    if page is None:
        raise Problem(
            "not-found",
            f"no report {name!r}; GET /api/reports lists them",
            f"没有报告“{name}”，GET /api/reports 可以列出报告",
        )
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})
