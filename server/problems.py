"""Errors as RFC 9457 problem details, in the reader's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json
from starlette.datastructures import Headers
from starlette.responses import Response

from index.errors import (
    CitationError,
    CollectionBusy,
    CollectionError,
    EmbedderMismatch,
    InputError,
    UnknownArticle,
    WenjuError,
)

MEDIA_TYPE = "application/problem+json"
_PREFIX = "urn:wenju:problem:"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem.

    Attributes:
        code: the last part of the problem's ``type``.
        status: the HTTP status.
        english: what it is, for people.
        chinese: the same in Chinese.
    """

    code: str
    status: int
    english: str
    chinese: str


KINDS = {
    kind.code: kind
    for kind in (
        Kind("malformed", 400, "Malformed request", "请求格式不对"),
        Kind("no-token", 401, "A token is wanted", "需要令牌"),
        Kind("not-allowed", 403, "Not allowed here", "不允许"),
        Kind("not-found", 404, "Not found", "没有找到"),
        Kind("method", 405, "Method not allowed", "不支持该请求方法"),
        Kind("too-large", 413, "Body too large", "内容太大"),
        Kind("media-type", 415, "Unknown kind of content", "内容类型不对"),
        Kind("wrong-host", 421, "Wrong host", "主机名不对"),
        Kind("invalid", 422, "Invalid request", "请求不符合要求"),
        Kind("busy", 429, "Too many requests", "请求太多"),
        Kind("internal", 500, "Internal error", "内部错误"),
        Kind("unavailable", 503, "Not available now", "暂时不可用"),
    )
}  # fmt: skip
_BY_STATUS = {kind.status: kind for kind in KINDS.values()}


class Problem(Exception):
    """An error that is told to the client.

    Attributes:
        kind: what kind it is.
        english: what was given, what was expected and what to do next.
        chinese: the same in Chinese.
        headers: to send with it.
        more: further members of the problem details.
    """

    def __init__(
        self,
        code: str,
        english: str,
        chinese: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(english)
        self.kind = KINDS[code]
        self.english = english
        self.chinese = chinese
        self.headers = dict(headers or {})
        self.more = dict(more or {})

    def as_dict(self, language: str, request_id: str) -> dict[str, Any]:
        """The problem details."""
        chinese = language == "zh"
        return {
            "type": _PREFIX + self.kind.code,
            "title": self.kind.chinese if chinese else self.kind.english,
            "status": self.kind.status,
            "detail": (chinese and self.chinese) or self.english,
            "request_id": request_id,
            **self.more,
        }

    def response(self, language: str, request_id: str) -> Response:
        """The answer that tells it."""
        headers = {"Content-Language": language, "Vary": "Accept-Language", **self.headers}
        content = to_json(self.as_dict(language, request_id))
        return Response(content, self.kind.status, headers, MEDIA_TYPE)


def problem_of(error: WenjuError) -> Problem:
    """The problem that tells an error of the collection, the model or the input."""
    if isinstance(error, CitationError):  # nothing in it helps who asked
        return internal()
    if isinstance(error, UnknownArticle):
        return Problem("not-found", error.english, error.chinese)
    if isinstance(error, InputError):
        return Problem("invalid", error.english, error.chinese)
    # Their own messages name this machine's folders and commands: these are for the log.
    if isinstance(error, CollectionBusy):
        return Problem(
            "unavailable",
            "another process is writing to the collection; try again when it is done",
            "另一个进程正在写入文集，请等它结束后再试",
            headers={"Retry-After": "5"},
        )
    if isinstance(error, EmbedderMismatch):
        return Problem(
            "unavailable",
            "the collection's vectors are not of the model that the server runs; if it was "
            "embedded anew, start the server again; else the server's log tells more",
            "文集的向量不是服务器所用的模型算出的；如果文集重新嵌入过，请重新启动服务器，"
            "否则请看服务器的日志",
        )
    english, chinese = (
        ("the collection", "文集") if isinstance(error, CollectionError) else ("the model", "模型")
    )
    return Problem(
        "unavailable",
        f"{english} cannot be used; the server's log tells why",
        f"{chinese}无法使用，原因请看服务器的日志",
    )


def problem_of_status(status: int, detail: str, headers: Mapping[str, str] | None) -> Problem:
    """The problem for an HTTP status that the framework gave."""
    kind = _BY_STATUS.get(status) or KINDS["malformed" if status < 500 else "internal"]
    english, chinese = {
        "not-found": (
            "there is nothing at this address; see /docs",
            "这个地址没有内容，请看 /docs",
        ),
        "method": ("this address does not take this method; see /docs", "这个地址不支持该请求方法"),
        "malformed": (f"the request cannot be read: {detail}", f"无法读取请求：{detail}"),
    }.get(kind.code, (detail, ""))
    return Problem(kind.code, english, chinese, headers=headers)


def internal() -> Problem:
    """A failure that tells nothing of the inside."""
    return Problem(
        "internal",
        "the server failed; its log has more under this request id",
        "服务器出错；日志里有这个请求编号的详细情况",
    )


def invalid(errors: Iterable[Mapping[str, Any]], language: str) -> Problem:
    """The problem of a request whose values were checked, with each field that is wrong."""
    told = [(_field(error), *_explained(error)) for error in errors]
    if any(error[1] == "json_invalid" for error in told):
        detail = told[0][2]
        return Problem(
            "malformed", f"the body is not JSON: {detail}", f"内容不是有效的 JSON：{detail}"
        )
    chinese = "；".join(f"{name}：{zh}" for name, _, _, zh in told)
    english = "; ".join(f"{name}: {en}" for name, _, en, _ in told)
    fields = [
        {"field": name, "code": code, "message": zh if language == "zh" else en}
        for name, code, en, zh in told
    ]
    return Problem("invalid", english, chinese, more={"errors": fields})


def language_of(headers: Headers) -> str:
    """``zh`` or ``en``, whichever the reader prefers; Chinese for who does not say."""
    given = headers.get("accept-language", "")
    best, chosen = 0.0, "zh" if not given.strip() else "en"
    for part in given.split(","):
        tag, _, parameter = part.strip().partition(";")
        name = tag.strip().lower().split("-")[0]
        weight = _weight(parameter)
        if name in {"zh", "en"} and weight > best:
            best, chosen = weight, name
    return chosen


def _weight(parameter: str) -> float:
    _, _, value = parameter.strip().partition("q=")
    try:
        return float(value) if value else 1.0
    except ValueError:
        return 0.0


def _field(error: Mapping[str, Any]) -> str:
    """The field as whoever made the request knows it: without ``body`` or ``query`` before it."""
    place = [str(part) for part in error["loc"]]
    return ".".join(place[1:] or place).encode("utf-8", "replace").decode()


_CHINESE = {
    "missing": "缺少这一项",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "最多 {max_length} 个字符",
    "string_type": "应为字符串",
    "string_pattern_mismatch": "格式不对，应符合 {pattern}",
    "string_unicode": "不是有效的文字",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "bool_type": "应为 true 或 false",
    "greater_than_equal": "应不小于 {ge}",
    "less_than_equal": "应不大于 {le}",
    "enum": "应为 {expected} 之一",
    "extra_forbidden": "没有这一项，请检查拼写",
    "model_attributes_type": "应为 JSON 对象",
    "dict_type": "应为 JSON 对象",
}


def _explained(error: Mapping[str, Any]) -> tuple[str, str, str]:
    """A field's error: its code, and what it means in English and in Chinese."""
    code, english = str(error["type"]), str(error["msg"])
    context = error.get("ctx") or {}
    if code == "json_invalid":
        english = str(context.get("error", english))
    if isinstance(cause := context.get("error"), ValueError) and len(cause.args) == 2:
        return code, str(cause.args[0]), str(cause.args[1])
    template = _CHINESE.get(code)
    try:
        chinese = template.format(**context) if template else english
        return code, english, chinese.replace(" or ", "、").replace(", ", "、")
    except (KeyError, IndexError):
        return code, english, english
