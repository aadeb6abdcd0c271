"""What an application holds, typed, and how routes get at it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response, Security
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer
from pydantic_core import to_json
from starlette.datastructures import Headers

from server.auth import check_host, check_read, check_trusted, check_write
from server.metrics import Metrics
from server.models import ProblemDetails
from server.problems import KINDS, MEDIA_TYPE
from server.service import Service
from server.settings import Settings

_bearer = HTTPBearer(auto_error=False, description="WENJU_TOKEN / WENJU_READ_TOKEN")
Check = Callable[[Settings, Headers], None]


@dataclass(frozen=True, slots=True)
class State:
    """What the routes work with."""

    settings: Settings
    metrics: Metrics
    service: Service


def state_of(request: Request) -> State:
    """The application's state."""
    state: State = request.app.state.wenju
    return state


def _service(request: Request) -> Service:
    return state_of(request).service


def _settings(request: Request) -> Settings:
    return state_of(request).settings


ServiceOf = Annotated[Service, Depends(_service)]
SettingsOf = Annotated[Settings, Depends(_settings)]


def _checked(check: Check) -> Any:
    async def run(request: Request) -> None:
        settings = state_of(request).settings
        check_host(settings, request.headers)
        check(settings, request.headers)
        _check_parameters(request)

    return Depends(run)


def _check_parameters(request: Request) -> None:
    """See that no parameter is unknown: mostly, it is a misspelt one that would do nothing.

    Raises:
        RequestValidationError: one is.
    """
    known = {parameter.alias for parameter in request.scope["route"].dependant.query_params}
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        told = "Extra inputs are not permitted"
        raise RequestValidationError(
            [{"type": "extra_forbidden", "loc": ("query", n), "msg": told} for n in unknown]
        )


# Security tells the API's description about the token; the check itself comes after it.
MAY_READ = [_checked(check_read), Security(_bearer)]
MAY_ASK_TRUSTED = [_checked(check_trusted), Security(_bearer)]
MAY_WRITE = [_checked(check_write), Security(_bearer)]


def as_json(value: Any, status: int = 200) -> Response:
    """An answer in JSON; what is made here needs no second validation."""
    return Response(to_json(value), status, media_type="application/json")


def problems(*codes: str) -> dict[int | str, dict[str, Any]]:
    """What the description says of the problems that a route may answer with."""
    always = ("wrong-host", "busy", "unavailable", "internal")
    return {
        KINDS[code].status: {
            "description": f"{KINDS[code].chinese} · {KINDS[code].english}",
            "content": {
                MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{ProblemDetails.__name__}"}}
            },
        }
        for code in (*codes, *always)
    }
