"""What the framework cannot tell of the API by itself."""

from typing import Any

from fastapi import FastAPI

from server.models import ArticleRequest, ProblemDetails

_BY_HAND = (ArticleRequest, ProblemDetails)
_UNUSED = ("HTTPValidationError", "ValidationError")


def describe(app: FastAPI) -> None:
    """Have the application's OpenAPI description completed when it is first asked for."""
    made = app.openapi

    def complete() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(made())
        return made()

    app.openapi = complete  # type: ignore[method-assign]


def _complete(schema: dict[str, Any]) -> None:
    schemas = schema["components"]["schemas"]
    for name in _UNUSED:
        schemas.pop(name, None)
    for model in _BY_HAND:
        own = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(own.pop("$defs", {}))
        schemas[model.__name__] = own
    for path in schema["paths"].values():
        for operation in path.values():
            _with_headers(operation)


def _with_headers(operation: dict[str, Any]) -> None:
    """Say which headers come with an answer."""
    text = {"type": "string"}
    for status, response in operation["responses"].items():
        headers = response.setdefault("headers", {})
        headers["X-Request-ID"] = {"schema": text, "description": "在日志里查找 · for the log"}
        if status in {"429", "503"}:
            headers["Retry-After"] = {"schema": text, "description": "等几秒 · seconds to wait"}
        if status == "401":
            headers["WWW-Authenticate"] = {"schema": text}
