"""A running server among other processes: changes from outside, and its end."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx2

from tests.conftest import Wenju
from tests.server.conftest import CopySample
from tests.server.process import ServerProcess
from tests.support import ROOT


def add(place: Path, file: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "wenju", "add", str(file), "-c", str(place), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_what_another_process_adds_is_seen_without_a_wrong_answer(
    copy_sample: CopySample, tmp_path: Path
) -> None:
    place, file = copy_sample(), tmp_path / "new.jsonl"
    lines = [
        {"id": f"n{n}", "title": f"消息{n}", "text": f"第{n}号蓝鲸在第{n}号码头靠岸。"}
        for n in range(40)
    ]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    with ServerProcess(place, WENJU_RATE="0") as server, server.client() as client:
        texts: dict[str, str] = {}

        def seen() -> bool:
            """Ask what is there before and after; whether the new article was found."""
            old = client.post("/api/ask", json={"question": "光谷的产业引导基金有多大？"})
            assert old.status_code == 200, old.text
            assert "50亿元" in old.json()["answer"]
            new = client.post("/api/ask", json={"question": "第17号蓝鲸在哪里靠岸？"})
            for answer in (old.json(), new.json()):
                for cited in (*answer["citations"], *answer["passages"]):
                    key = cited["article_id"]
                    if key not in texts:
                        texts[key] = client.get(f"/api/articles/{key}").json()["text"]
                    assert texts[key][cited["start"] : cited["end"]] == cited["quote"]
            return "第17号码头" in (new.json()["answer"] or "")

        assert not seen()
        adding, answered = add(place, file), 0
        while adding.poll() is None:
            seen()
            answered += 1
        out, err = adding.communicate()
        assert adding.returncode == 0, err.decode()
        assert len(json.loads(out)["added"]) == 40
        assert answered > 3
        assert seen()
        assert client.get("/api/info").json()["articles"] == 54
        # And the other way round: what the server removes, the command line does not see.
        assert client.delete("/api/articles/n17").status_code == 204
        assert not seen()


def test_sigterm_lets_requests_in_work_finish(copy_sample: CopySample) -> None:
    place = copy_sample()
    text = "\n\n".join(
        f"第{n}段说的是第{n}号码头的施工情况，工期一共{n}天。" * 9 for n in range(60)
    )
    with ServerProcess(place) as server:
        done: list[httpx2.Response] = []

        def upload() -> None:
            with server.client() as client:
                done.append(client.post("/api/articles", json={"title": "长文", "text": text}))

        sending = threading.Thread(target=upload)
        sending.start()
        with server.client() as client:
            while 'wenju_queue_depth{worker="write"} 1.0' not in client.get("/metrics").text:
                time.sleep(0.02)
        assert not done
        server.stop()
        sending.join(60)
        (answered,) = done
        assert answered.status_code == 201
        assert len(answered.json()["results"][0]["added"]) == 1


def test_asks_are_answered_while_articles_are_embedded(copy_sample: CopySample) -> None:
    text = "\n\n".join(f"第{n}段说的是第{n}号仓库的库存情况，一共{n}件。" * 9 for n in range(60))
    with ServerProcess(copy_sample(), WENJU_RATE="0") as server:
        done: list[httpx2.Response] = []

        def upload() -> None:
            with server.client() as client:
                done.append(client.post("/api/articles", json={"title": "长文", "text": text}))

        sending = threading.Thread(target=upload)
        sending.start()
        answered = 0
        with server.client() as client:
            while not done:
                asked = client.post("/api/ask", json={"question": "光谷的产业引导基金有多大？"})
                assert "50亿元" in asked.json()["answer"]
                answered += not done
        sending.join()
        assert done[0].status_code == 201
        assert answered >= 3


def test_what_cannot_be_served_is_told(wenju: Wenju, copy_sample: CopySample) -> None:
    done = wenju("serve", "-c", "nowhere", "--port", "0")
    assert (done.returncode, "wenju add" in done.stderr) == (2, True)
    done = wenju("mcp", "-c", "nowhere")
    assert (done.returncode, "wenju add" in done.stderr) == (2, True)
    place = str(copy_sample())
    done = wenju("serve", "-c", place, WENJU_RATE="fast")
    assert (done.returncode, "WENJU_RATE" in done.stderr) == (2, True)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = wenju("serve", "-c", place, "--port", str(taken.getsockname()[1]))
    assert (done.returncode, "--port" in done.stderr) == (2, True)
    assert "Traceback" not in done.stderr
