"""The description of the API as a page: made here, so that it needs neither scripts nor network."""

import json
from collections.abc import Iterator
from html import escape
from typing import Any

_HEAD = """<!doctype html>
<html lang="zh-Hans"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>问据接口 · Wenju API</title>
<link rel="icon" href="/static/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/reference.css"></head><body><main>
<h1>问据接口 <span lang="en">· Wenju API</span></h1>
<p>机器可读的说明 · for programs: <a href="/openapi.json">openapi.json</a></p>
"""
_DEEPEST = 4


def reference_page(schema: dict[str, Any]) -> str:
    """The page for an OpenAPI description."""
    schemas = schema["components"]["schemas"]
    operations = [
        (method.upper(), path, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    parts = [_HEAD, "<nav aria-label='接口 · Operations'><ul>"]
    for method, path, operation in operations:
        link = f'<a href="#{_anchor(method, path)}"><code>{method} {escape(path)}</code></a>'
        parts.append(f"<li>{link} {escape(operation['summary'])}</li>")
    parts.append("</ul></nav>")
    for method, path, operation in operations:
        parts.extend(_operation(method, path, operation, schemas))
    return "".join([*parts, "</main></body></html>"])


def _anchor(method: str, path: str) -> str:
    return escape(f"{method.lower()}{path}".replace("/", "-").replace("{", "").replace("}", ""))


def _operation(
    method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]
) -> Iterator[str]:
    yield f'<section id="{_anchor(method, path)}"><h2><code>{method} {escape(path)}</code></h2>'
    yield f"<p><strong>{escape(operation['summary'])}</strong></p>"
    yield f"<p>{escape(operation.get('description', ''))}</p>"
    if parameters := operation.get("parameters"):
        yield "<h3>参数 · Parameters</h3>"
        yield from _table(
            (p["name"], p["schema"], p.get("required", False), p.get("description"))
            for p in parameters
        )
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<h3>内容 · Body <code>{escape(kind)}</code></h3>"
        yield from _body(content, schemas)
    yield "<h3>结果 · Answers</h3><dl>"
    for status, response in operation["responses"].items():
        yield f"<dt><code>{status}</code></dt><dd>{escape(response['description'])}"
        for kind, content in response.get("content", {}).items():
            yield from _content(status, kind, content, schemas)
        yield "</dd>"
    yield "</dl></section>"


def _body(content: dict[str, Any], schemas: dict[str, Any]) -> Iterator[str]:
    schema = _resolved(content["schema"], schemas)
    required = schema.get("required", [])
    yield from _table(
        (name, given, name in required, None)
        for name, given in schema.get("properties", {}).items()
    )
    if "example" in content:
        yield _pre(content["example"])


def _content(
    status: str, kind: str, content: dict[str, Any], schemas: dict[str, Any]
) -> Iterator[str]:
    if not status.startswith("2"):
        return
    yield f" <code>{escape(kind)}</code>"
    if "example" in content:
        yield _pre(content["example"])
    elif content.get("schema"):
        yield _pre(_shape(content["schema"], schemas))


def _table(rows: Iterator[tuple[str, dict[str, Any], bool, str | None]]) -> Iterator[str]:
    yield "<div class='wide'><table><thead><tr><th>名称 · name</th><th>类型 · type</th>"
    yield "<th>说明 · meaning</th></tr></thead><tbody>"
    for name, schema, required, description in rows:
        bounds = _bounds(schema)
        told = description or schema.get("description") or ""
        star = " <b title='必填 · required'>*</b>" if required else ""
        yield f"<tr><th scope='row'><code>{escape(name)}</code>{star}</th>"
        yield f"<td>{escape(bounds)}</td><td>{escape(told)}</td></tr>"
    yield "</tbody></table></div>"


def _bounds(schema: dict[str, Any]) -> str:
    """A value's type and bounds on one line."""
    for option in schema.get("anyOf", ()):
        if option.get("type") != "null":
            schema = {**option, **{k: v for k, v in schema.items() if k == "default"}}
    told = [schema["$ref"].rpartition("/")[2] if "$ref" in schema else str(schema.get("type", ""))]
    low = schema.get("minimum", schema.get("minLength"))
    high = schema.get("maximum", schema.get("maxLength"))
    if low is not None or high is not None:
        told.append(f"{'' if low is None else low}–{'' if high is None else high}")
    if schema.get("format"):
        told.append(schema["format"])
    if schema.get("default") is not None:
        told.append(f"默认 default {json.dumps(schema['default'], ensure_ascii=False)}")
    return ", ".join(filter(None, told))


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        found: dict[str, Any] = schemas[schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def _shape(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> Any:
    """What a value of the schema looks like, with types in place of values."""
    schema = _resolved(schema, schemas)
    if depth > _DEEPEST:
        return "…"
    if "anyOf" in schema:
        return " | ".join(str(_shape(one, schemas, depth + 1)) for one in schema["anyOf"])
    if schema.get("type") == "object" and "properties" in schema:
        return {n: _shape(one, schemas, depth + 1) for n, one in schema["properties"].items()}
    if schema.get("type") == "array":
        return [_shape(schema["items"], schemas, depth + 1)]
    return schema.get("type", "…")


def _pre(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    return f"<pre>{escape(text)}</pre>"
