"""How much a server takes: many clients that ask at once, against one that waits for each answer.

    python bench/load.py
    python bench/load.py --seconds 10 --clients 8
    python bench/load.py --url http://127.0.0.1:8000 --token TOKEN

Serves the sample collection itself unless an address is given, on the loopback, with the limits a
server has by default except for the rate. Asks the sample's questions in process, then with one
client, then with many, each for the given time; prints throughput, percentiles of the latency,
answers by status, and the ratios. A question is asked again and again: nothing is cached by it.
"""

import argparse
import contextlib
import http.client
import itertools
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from index.collection import Collection
from index.readers import read_path
from qa.answer import ask

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
_WARM_UP = 10  # requests that are not counted


@dataclass(slots=True)
class Load:
    """What came of one part of the measurement; latencies in seconds, of answers with 200."""

    latencies: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def throughput(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def tell(self, what: str) -> None:
        """Print a line of it."""
        cuts = statistics.quantiles(self.latencies, n=100) if len(self.latencies) > 1 else [0] * 99
        told = ", ".join(f"p{p} {cuts[p - 1] * 1000:.1f}" for p in (50, 90, 95, 99))
        print(f"{what:>12}: {self.throughput:7.1f} answers/s; ms {told}; {dict(self.statuses)}")


def sample_questions() -> list[str]:
    lines = (SAMPLE / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines]


def fill(folder: Path) -> None:
    articles = [
        article
        for name in ("articles.jsonl", "page.txt")
        for read in read_path(SAMPLE / name)
        for article in read.articles
    ]
    with Collection.create(folder) as collection:
        collection.add(articles)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "wenju", "serve", "--port", "0", "-c", str(folder)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env={**os.environ, "WENJU_RATE": "0"},
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        found = re.search(r"http://\S+", line)
        if not found:
            sys.exit("the server did not start; run `wenju serve` to see why")
        yield found[0].rstrip("/")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def load(url: str, token: str | None, clients: int, seconds: float) -> Load:
    """Let ``clients`` clients ask for ``seconds``, each its next question after its answer.

    The standard library's client: clients and server share the processors, and a fuller client
    was seen to add half as much again to each answer's time.
    """
    result, questions, lock = Load(), itertools.cycle(sample_questions()), threading.Lock()
    address = urlsplit(url)
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    start = time.perf_counter()

    def one() -> None:
        client = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        with contextlib.closing(client):
            while time.perf_counter() - start < seconds:
                with lock:
                    body = json.dumps({"question": next(questions)})
                asked = time.perf_counter()
                try:
                    client.request("POST", "/api/ask", body, headers)
                    answered = client.getresponse()
                    answered.read()
                except (OSError, http.client.HTTPException) as error:
                    client.close()  # opened anew by the next request
                    with lock:
                        result.statuses[type(error).__name__] += 1
                    continue
                with lock:
                    result.statuses[str(answered.status)] += 1
                    if answered.status == 200:
                        result.latencies.append(time.perf_counter() - asked)
                if answered.status != 200:
                    time.sleep(float(answered.headers.get("retry-after", 0)))

    threads = [threading.Thread(target=one) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - start
    return result


def in_process(folder: Path, seconds: float) -> Load:
    result, questions = Load(), itertools.cycle(sample_questions())
    with Collection.open(folder) as collection:
        for _ in range(_WARM_UP):
            ask(collection, next(questions))
        start = time.perf_counter()
        while time.perf_counter() - start < seconds:
            asked = time.perf_counter()
            ask(collection, next(questions))
            result.latencies.append(time.perf_counter() - asked)
        result.seconds = time.perf_counter() - start
    return result


def until_ready(url: str) -> None:
    for _ in range(600):
        with contextlib.suppress(urllib.error.URLError):
            urllib.request.urlopen(f"{url}/api/health/ready").close()  # noqa: S310
            return
        time.sleep(0.1)
    sys.exit(f"{url} did not become ready within a minute")


def measure(url: str, options: argparse.Namespace) -> tuple[Load, Load]:
    until_ready(url)
    load(url, options.token, 1, 0.5)
    single = load(url, options.token, 1, options.seconds / 4)
    single.tell("one client")
    many = load(url, options.token, options.clients, options.seconds)
    many.tell(f"{options.clients} clients")
    return single, many


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument("--token", help="its WENJU_READ_TOKEN, if it has one")
    options = parser.parse_args()
    if options.url:
        single, many = measure(options.url, options)
    else:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "sample"
            fill(folder)
            alone = in_process(folder, options.seconds / 4)
            alone.tell("in process")
            with serving(folder) as url:
                single, many = measure(url, options)
        ratio = statistics.median(single.latencies) / statistics.median(alone.latencies)
        print(f"median latency, one client to in process: {ratio:.2f}")
    print(f"throughput, many clients to one: {many.throughput / single.throughput:.2f}")
    sys.exit(0 if set(many.statuses) <= {"200", "429"} else 1)


if __name__ == "__main__":
    main()
