"""The HTTP API, through a real server with the real model."""

import json
import re
import time
from typing import Any

import httpx2
import pytest

from index.collection import Collection
from qa.answer import ask
from qa.evidence.use import Reads
from qa.records import Evidence
from tests.server.process import ServerProcess
from tests.support import SAMPLE, sample_articles

QUESTION = "光谷的产业引导基金有多大？"


def test_ask_answers_as_the_command_line_does(client: httpx2.Client, sample: Collection) -> None:
    body = {"question": f" {QUESTION} ", "k": 3, "mode": "hybrid"}
    answered = client.post("/api/ask", json=body)
    assert answered.status_code == 200
    found = answered.json()
    expected = json.loads(json.dumps(ask(sample, QUESTION, 3).as_dict()))
    assert list(found) == list(expected)
    assert (found["question"], found["answer"]) == (QUESTION, expected["answer"])
    assert "50亿元" in found["answer"]
    assert len(found["passages"]) == 3
    for one, other in zip(found["passages"], expected["passages"], strict=True):
        assert list(one) == list(other)
        assert one["quote"] == other["quote"]
        assert one["score"] == pytest.approx(other["score"], abs=1e-3)


def test_without_evidence_sentences_are_quoted(client: httpx2.Client, sample: Collection) -> None:
    body = {"question": QUESTION, "evidence": "off", "threshold": 1}
    found = client.post("/api/ask", json=body).json()
    expected = ask(sample, QUESTION, reads=Reads(Evidence.OFF)).as_dict()
    assert found["answer"] == expected["answer"]
    assert found["citations"][0]["quote"] == expected["citations"][0]["quote"]
    assert (found["confidence"], found["candidates"]) == (None, [])


def test_every_citation_holds_in_the_article(client: httpx2.Client) -> None:
    lines = (SAMPLE / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    texts: dict[str, str] = {}
    for line in lines[::6]:
        answer = client.post("/api/ask", json={"question": json.loads(line)["question"]}).json()
        for cited in (
            *answer["citations"],
            *answer["passages"],
            *(cited for read in answer["candidates"] for cited in read["citations"]),
        ):
            key = cited["article_id"]
            if key not in texts:
                texts[key] = client.get(f"/api/articles/{key}").json()["text"]
            assert texts[key][cited["start"] : cited["end"]] == cited["quote"]
    assert texts


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_search(client: httpx2.Client, mode: str) -> None:
    found = client.get("/api/search", params={"q": "唐家渡打了多少根桩", "k": 2, "mode": mode})
    assert found.status_code == 200
    passages = found.json()["passages"]
    assert "898" in passages[0]["text"]
    assert len(passages) == 2


def test_filters(client: httpx2.Client) -> None:
    where = {"since": "2025-07-01", "until": "2025-07-31", "label": "武汉招商"}
    found = client.get("/api/search", params={"q": "小微企业贷款", **where}).json()
    asked = client.post("/api/ask", json={"question": "小微企业贷款", **where}).json()
    listed = client.get("/api/articles", params=where).json()
    assert found["passages"]
    for one in (*found["passages"], *asked["passages"], *listed["articles"]):
        assert "2025-07-01" <= one["published"] <= "2025-07-31"
        assert one["label"] == "武汉招商"
    nothing = client.post("/api/ask", json={"question": "港口", "since": "2030-01-01"}).json()
    assert (nothing["answer"], nothing["abstained"], nothing["passages"]) == (None, True, [])


def test_what_was_understood_is_told_and_can_be_ignored(client: httpx2.Client) -> None:
    body = {"question": "光谷去年设立的五十亿元基金投向哪里？", "today": "2024-03-01"}
    told = client.post("/api/ask", json=body).json()["understood"]
    assert [(d["text"], d["first"], d["last"]) for d in told["dates"]] == [
        ("去年", "2023-01-01", "2023-12-31")
    ]
    assert [(q["text"], q["low"], q["unit"]) for q in told["quantities"]] == [
        ("五十亿元", 5e9, "元")
    ]
    assert "基金" in told["terms"]
    ignore = ["date:去年", "quantity:五十亿元", "term:基金"]
    rest = client.post("/api/ask", json={**body, "ignore": ignore}).json()["understood"]
    assert (rest["dates"], rest["quantities"]) == ([], [])
    assert set(rest["terms"]) == set(told["terms"]) - {"基金"}
    given = {"q": body["question"], "today": body["today"], "ignore": ignore}
    assert client.get("/api/search", params=given).json()["understood"] == rest


def events(text: str) -> list[tuple[str, Any]]:
    blocks = [block for block in text.split("\n\n") if block]
    pairs = [re.fullmatch(r"event: (\w+)\ndata: (.*)", block) for block in blocks]
    return [(pair[1], json.loads(pair[2])) for pair in pairs if pair]


def test_the_stream_gives_passages_then_the_answer_then_done(client: httpx2.Client) -> None:
    # Reading may order passages anew after they were sent.
    body = {"question": QUESTION, "k": 2, "evidence": "off"}
    answered = client.post("/api/ask", json=body, headers={"Accept": "text/event-stream"})
    assert answered.headers["content-type"].startswith("text/event-stream")
    (first, passages), (second, answer), (third, nothing) = events(answered.text)
    assert (first, second, third) == ("passages", "answer", "done")
    common = ("question", "understood", "passages")
    assert passages == {key: answer[key] for key in common} | {"seconds": passages["seconds"]}
    plain = client.post("/api/ask", json=body).json()
    assert {**answer, "seconds": 0} == {**plain, "seconds": 0}
    assert nothing == {}


def test_a_stream_that_cannot_begin_is_a_problem(client: httpx2.Client) -> None:
    answered = client.post(
        "/api/ask", json={"question": ""}, headers={"Accept": "text/event-stream"}
    )
    assert answered.status_code == 422
    assert answered.headers["content-type"] == "application/problem+json"


def test_articles_come_a_part_at_a_time(client: httpx2.Client) -> None:
    whole = client.get("/api/articles", params={"limit": 500}).json()
    assert whole["next"] is None
    ids, cursor, parts = [], None, 0
    while cursor or not parts:
        part = client.get(
            "/api/articles", params={"limit": 4} | ({"cursor": cursor} if cursor else {})
        )
        ids += [one["id"] for one in part.json()["articles"]]
        cursor, parts = part.json()["next"], parts + 1
    assert ids == [one["id"] for one in whole["articles"]]
    assert len(ids) == len(set(ids)) >= 14
    days = [one["published"] or "" for one in whole["articles"]]
    assert days == sorted(days, reverse=True)
    named = client.get("/api/articles", params={"query": "引导基金 风险"}).json()["articles"]
    assert [one["title"] for one in named] == ["同样是财政的钱,引导基金和风险资金池差在哪"]
    assert not client.get("/api/articles", params={"query": "%"}).json()["articles"]


def test_an_article_with_its_passages(client: httpx2.Client) -> None:
    article = next(a for a in sample_articles() if a.url)
    shown = client.get(f"/api/articles/{article.id}").json()
    assert list(shown) == [
        "id", "title", "text", "source", "label", "published", "url", "passages",
    ]  # fmt: skip
    assert (shown["text"], shown["url"]) == (article.text, article.url)
    assert shown["source"] == "articles.jsonl"  # not this machine's folders
    assert [one["paragraph"] for one in shown["passages"]] == [
        *range(1, len(shown["passages"]) + 1)
    ]
    for one in shown["passages"]:
        assert shown["text"][one["start"] : one["end"]] == one["text"]


def test_an_article_is_added_found_replaced_and_removed(client: httpx2.Client) -> None:
    record = {
        "id": "测试/一",
        "title": "蓝鲸科技落户",
        "text": "蓝鲸科技在临空港建了一座深海机器人工厂。",
        "published": "2024-02-29",
        "url": "javascript:alert(1)",
        "label": "测试",
    }
    path = "/api/articles/%E6%B5%8B%E8%AF%95%2F%E4%B8%80"
    added = client.post("/api/articles", json=record)
    assert added.status_code == 201
    (result,) = added.json()["results"]
    assert result == {
        "file": None, "added": ["测试/一"], "replaced": [], "unchanged": [], "passages": 1,
        "errors": [],
    }  # fmt: skip
    again = client.post("/api/articles", json=record)
    assert (again.status_code, again.json()["results"][0]["unchanged"]) == (200, ["测试/一"])
    found = client.post("/api/ask", json={"question": "蓝鲸科技建了什么工厂？", "k": 1}).json()
    assert "深海机器人" in found["answer"]
    assert found["citations"][0]["url"] is found["passages"][0]["url"] is None
    assert client.get(path).json()["url"] is None
    record["text"] = "蓝鲸科技改建了一座玩具工厂。"
    replaced = client.post("/api/articles", json=record).json()["results"][0]
    assert replaced["replaced"] == ["测试/一"]
    assert client.get(path).json()["text"] == record["text"]
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == client.delete(path).status_code == 404


def test_files_are_added_each_with_its_result(client: httpx2.Client) -> None:
    files = [
        ("files", ("好.txt", "港口新闻\n\n红岸码头今年完成了桩基施工。".encode("gb18030"))),
        ("files", ("坏.txt", b"\x00\x01\x02\xff\xfe binary")),
        ("files", ("两篇.jsonl", b'{"text": "\xe7\x94\xb2"}\n{"text": "\xe4\xb9\x99"}\n')),
    ]
    added = client.post("/api/articles", files=files)
    assert added.status_code == 201
    good, bad, two = added.json()["results"]
    assert [len(one["added"]) for one in (good, bad, two)] == [1, 0, 2]
    assert (good["file"], good["errors"]) == ("好.txt", [])
    assert "坏.txt" in bad["errors"][0]
    assert client.get(f"/api/articles/{good['added'][0]}").json()["title"] == "港口新闻"
    for key in (*good["added"], *two["added"]):
        assert client.delete(f"/api/articles/{key}").status_code == 204


def test_judgements_are_kept(client: httpx2.Client) -> None:
    passage = client.get("/api/search", params={"q": QUESTION, "k": 1}).json()["passages"][0]
    given = {
        "question": f"{QUESTION} ",
        "article_id": passage["article_id"],
        "paragraph": passage["paragraph"],
        "relevant": False,
    }
    assert client.post("/api/judgements", json=given).status_code == 201
    kept = client.post("/api/judgements", json={**given, "relevant": True}).json()
    assert (kept["question"], kept["relevant"], kept["text"]) == (QUESTION, True, passage["text"])
    other = client.post("/api/judgements", json={**given, "question": "别的问题"}).json()
    listed = client.get("/api/judgements").json()
    assert [one["id"] for one in listed["judgements"]] == [kept["id"], other["id"]]
    part = client.get("/api/judgements", params={"limit": 1}).json()
    assert (part["judgements"], part["next"]) == ([kept], kept["id"])
    rest = client.get("/api/judgements", params={"after": part["next"]}).json()
    assert (rest["judgements"], rest["next"]) == ([other], None)
    asked = client.get("/api/judgements", params={"question": f" {QUESTION}"}).json()
    assert asked == {"judgements": [kept], "next": None}

    key = {name: given[name] for name in ("question", "article_id", "paragraph")}
    for _ in range(2):  # the second time, there is nothing to withdraw
        assert client.delete("/api/judgements", params=key).status_code == 204
        assert client.get("/api/judgements").json() == {"judgements": [other], "next": None}
    gone = client.delete("/api/judgements", params={**key, "article_id": "gone"})
    assert gone.status_code == 204
    key.pop("paragraph")
    told = client.delete("/api/judgements", params=key)
    assert (told.status_code, told.json()["errors"][0]["field"]) == (422, "paragraph")


def test_info_tells_of_the_collection(client: httpx2.Client) -> None:
    told = client.get("/api/info").json()
    assert told["articles"] >= 14
    assert told["model"]["name"] == "e5-small"
    assert {"label": "武汉招商", "count": 10} in told["labels"]
    assert (told["first_day"], told["last_day"]) == ("2025-03-12", "2025-08-12")
    assert (told["read_only"], told["token_wanted"], told["examples"]) == (False, False, [])


def test_health_and_metrics(client: httpx2.Client) -> None:
    assert client.get("/api/health/live").json() == {"status": "live"}
    assert client.get("/api/health/ready").json() == {"status": "ready"}
    client.post("/api/ask", json={"question": QUESTION})
    text = client.get("/metrics").text
    for name in (
        'wenju_requests_total{method="POST",route="/api/ask",status="200"}',
        'wenju_stage_seconds_count{stage="encode"}',
        'wenju_stage_seconds_count{stage="search"}',
        'wenju_queue_depth{worker="encode"} 0.0',
        "wenju_articles",
        "wenju_batch_questions_sum",
    ):
        assert name in text


def test_headers_keep_articles_from_running(client: httpx2.Client) -> None:
    for path in ("/", "/article/x", "/api/info", "/nothing", "/static/nothing.js", "/docs"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert re.fullmatch("[0-9a-f]{16}", headers["x-request-id"])
        assert "server" not in headers


def test_the_description_page_needs_no_script(client: httpx2.Client) -> None:
    page = client.get("/docs").text
    assert "POST /api/ask" in page
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert client.get("/static/reference.css").headers["content-type"].startswith("text/css")


def test_other_origins_are_not_let_in(client: httpx2.Client) -> None:
    foreign = {"Origin": "https://elsewhere.example"}
    asked = client.get("/api/info", headers=foreign)
    preflight = client.options(
        "/api/ask", headers={**foreign, "Access-Control-Request-Method": "POST"}
    )
    for answered in (asked, preflight):
        assert not [name for name in answered.headers if name.startswith("access-control")]
    files = [("files", ("a.txt", "别的网站的文章。".encode()))]
    assert client.post("/api/articles", files=files, headers=foreign).status_code == 403


def test_request_ids_and_the_log(server: ServerProcess, client: httpx2.Client) -> None:
    named = client.get("/api/search", params={"q": "秘密的问题"}, headers={"X-Request-ID": "my-1"})
    assert named.headers["x-request-id"] == "my-1"
    odd = client.get("/api/nothing", headers={"X-Request-ID": "a b\x7f"})
    assert odd.headers["x-request-id"] == odd.json()["request_id"] != "a b\x7f"
    deadline = time.monotonic() + 10
    while not any('"my-1"' in line for line in server.log) and time.monotonic() < deadline:
        time.sleep(0.05)
    lines = [json.loads(line) for line in server.log if '"my-1"' in line]
    line = next(line for line in lines if line.get("id") == "my-1")
    assert (line["event"], line["path"], line["status"]) == ("request", "/api/search", 200)
    assert not any("秘密" in text for text in server.log)
