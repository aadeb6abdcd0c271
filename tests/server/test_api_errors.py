"""What is wrong is told, in the language of who asks."""

import httpx2
import pytest

GOOD = {"question": "港口", "k": 5}


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"question": ""}, "question", "string_too_short"),
        ({"question": "长" * 513}, "question", "string_too_long"),
        ({"question": " \n"}, "question", "string_pattern_mismatch"),
        ({"question": 5}, "question", "string_type"),
        ({"question": None}, "question", "string_type"),
        ({"k": 0}, "k", "greater_than_equal"),
        ({"k": 101}, "k", "less_than_equal"),
        ({"k": "5"}, "k", "int_type"),
        ({"k": True}, "k", "int_type"),
        ({"mode": "magic"}, "mode", "enum"),
        ({"evidence": "maybe"}, "evidence", "enum"),
        ({"threshold": 1.1}, "threshold", "less_than_equal"),
        ({"threshold": "0.5"}, "threshold", "float_type"),
        ({"since": "昨天"}, "since", "string_pattern_mismatch"),
        ({"until": "2025-02-30"}, "until", "value_error"),
        ({"label": "长" * 201}, "label", "string_too_long"),
        ({"today": "今天"}, "today", "string_pattern_mismatch"),
        ({"today": "2025-02-30"}, "today", "value_error"),
        ({"ignore": ["去年"]}, "ignore.0", "string_pattern_mismatch"),
        ({"ignore": ["day:去年"]}, "ignore.0", "string_pattern_mismatch"),
        ({"ignore": "date:去年"}, "ignore", "list_type"),
        ({"ignore": ["date:去年"] * 101}, "ignore", "too_long"),
        ({"topk": 5}, "topk", "extra_forbidden"),
    ],
)
def test_a_value_out_of_bounds_is_named(
    client: httpx2.Client, change: dict[str, object], field: str, code: str
) -> None:
    answered = client.post("/api/ask", json={**GOOD, **change})
    assert answered.status_code == 422
    assert answered.headers["content-type"] == "application/problem+json"
    problem = answered.json()
    assert (problem["type"], problem["status"]) == ("urn:wenju:problem:invalid", 422)
    (error,) = problem["errors"]
    assert (error["field"], error["code"]) == (field, code)
    assert field in problem["detail"]
    assert problem["request_id"] == answered.headers["x-request-id"]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({}, "q"),
        ({"q": "港口", "k": "many"}, "k"),
        ({"q": "港口", "since": "2025-13-01"}, "since"),
        ({"q": "港口", "mode": ""}, "mode"),
        ({"q": "港口", "today": "明天"}, "today"),
        ({"q": "港口", "ignore": "去年"}, "ignore.0"),
        ({"q": "港口", "topk": "5"}, "topk"),
    ],
)
def test_parameters_are_checked_too(
    client: httpx2.Client, parameters: dict[str, str], field: str
) -> None:
    answered = client.get("/api/search", params=parameters)
    assert answered.status_code == 422
    assert answered.json()["errors"][0]["field"] == field


def test_days_in_the_wrong_order_are_refused(client: httpx2.Client) -> None:
    where = {"since": "2025-02-01", "until": "2025-01-31"}
    for answered in (
        client.post("/api/ask", json={"question": "港口", **where}),
        client.get("/api/search", params={"q": "港口", **where}),
        client.get("/api/articles", params=where),
    ):
        assert answered.status_code == 422
        assert "2025-01-31" in answered.json()["detail"]


@pytest.mark.parametrize("content", [b'{"question":', b"\xff\xfe", b"[" * 5000])
@pytest.mark.parametrize("path", ["/api/ask", "/api/articles", "/api/judgements"])
def test_what_is_no_json_is_malformed(client: httpx2.Client, path: str, content: bytes) -> None:
    kind = {"Content-Type": "application/json"}
    answered = client.post(path, content=content, headers=kind)
    assert answered.status_code == 400
    assert answered.json()["type"] == "urn:wenju:problem:malformed"


@pytest.mark.parametrize("body", ["[]", '"text"', "5", "null"])
def test_what_is_no_object_is_invalid(client: httpx2.Client, body: str) -> None:
    kind = {"Content-Type": "application/json"}
    for path in ("/api/ask", "/api/articles"):
        assert client.post(path, content=body, headers=kind).status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/articles/nothing", 404),
        ("DELETE", "/api/articles/nothing", 404),
        ("GET", "/api/articles/" + "x" * 201, 422),
        ("GET", "/api/articles?cursor=5", 422),
        ("GET", "/api/articles?cursor=WzUsNV0", 422),
        ("GET", "/api/articles?limit=501", 422),
        ("GET", "/api/judgements?after=-1", 422),
        ("GET", "/nothing", 404),
        ("GET", "/static/../app.py", 404),
        ("GET", "/static/%2e%2e/app.py", 404),
        ("PUT", "/api/ask", 405),
        ("POST", "/", 405),
    ],
)
def test_other_problems(client: httpx2.Client, method: str, path: str, status: int) -> None:
    answered = client.request(method, path)
    assert answered.status_code == status
    assert answered.headers["content-type"] == "application/problem+json"
    assert answered.json()["status"] == status


def test_unusable_articles(client: httpx2.Client) -> None:
    bad = [("files", ("坏.txt", b"\x00\x01\xff\xfe"))]
    told = client.post("/api/articles", files=bad, headers={"Accept-Language": "zh-CN"}).json()
    assert "坏.txt：内容" in told["detail"]
    assert told["results"][0]["errors"] == [told["detail"]]
    binary = client.post("/api/articles", files=bad)
    assert binary.status_code == 422
    assert "坏.txt" in binary.json()["detail"]
    assert binary.json()["results"][0]["added"] == []
    empty = client.post("/api/articles", files=[("other", (None, "text"))])
    assert (empty.status_code, "files" in empty.json()["detail"]) == (422, True)
    plain = client.post("/api/articles", content="text", headers={"Content-Type": "text/plain"})
    assert plain.status_code == 415
    assert client.post("/api/articles").status_code == 415
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert client.post("/api/articles", content=b"--y", headers=broken).status_code == 400
    unnamed = client.post("/api/articles", json={"title": "无文"})
    assert unnamed.json()["errors"][0]["field"] == "text"
    dated = client.post("/api/articles", json={"text": "甲乙丙", "published": "昨天"})
    assert (dated.status_code, "date" in dated.json()["detail"]) == (422, True)
    many = [("files", (f"{n}.txt", "文章".encode())) for n in range(21)]
    assert client.post("/api/articles", files=many).status_code == 400


def test_a_judgement_of_nothing(client: httpx2.Client) -> None:
    given = {"question": "港口", "article_id": "nothing", "paragraph": 1, "relevant": True}
    assert client.post("/api/judgements", json=given).status_code == 404
    known = {**given, "article_id": "optics-valley-education", "paragraph": 999}
    assert client.post("/api/judgements", json=known).status_code == 404
    loose = {**known, "relevant": "yes"}
    assert client.post("/api/judgements", json=loose).json()["errors"][0]["field"] == "relevant"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.1", "en"),
        ("zh;q=0.2, en;q=0.7", "en"),
        ("fr", "en"),
        ("", "zh"),
        ("zh;q=0, en;q=nonsense", "en"),
    ],
)
def test_problems_speak_the_language_of_who_asks(
    client: httpx2.Client, accepted: str, language: str
) -> None:
    answered = client.get("/api/articles/nothing", headers={"Accept-Language": accepted})
    assert answered.headers["content-language"] == language
    assert answered.headers["vary"] == "Accept-Language"
    assert answered.json()["title"] == {"zh": "没有找到", "en": "Not found"}[language]
