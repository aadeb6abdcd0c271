"""A real server as a process of its own."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx2

from tests.support import ROOT

_START = 120.0
_ENDS = 60.0


class ServerProcess:
    """``wenju serve`` on a free port; ready when entered."""

    def __init__(
        self, collection: Path, *arguments: str, host: str = "127.0.0.1", **environment: str
    ) -> None:
        command = [sys.executable, "-m", "wenju", "serve", "--host", host, "--port", "0"]
        self.process = subprocess.Popen(
            [*command, "--collection", str(collection), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**_clean(os.environ), "PYTHONPATH": str(ROOT), **environment},
        )
        self.log: list[str] = []
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()

    def __enter__(self) -> "ServerProcess":
        assert self.process.stdout
        found = re.search(r"http://[^ ]+:(\d+)/", self.process.stdout.readline())
        assert found, self._failed()
        self.url = f"http://127.0.0.1:{found[1]}"
        deadline = time.monotonic() + _START
        while httpx2.get(f"{self.url}/api/health/ready").status_code != 200:
            assert time.monotonic() < deadline, self._failed()
            time.sleep(0.1)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def client(self, token: str | None = None, **headers: str) -> httpx2.Client:
        """A client of this server; its problems come in English."""
        headers = {"Accept-Language": "en", **headers}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return httpx2.Client(base_url=self.url, headers=headers, timeout=120)

    def stop(self) -> int:
        """Ask it to stop, and wait until it has; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(_ENDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        self._reader.join(10)
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()
        return status

    def _read_log(self) -> None:
        assert self.process.stderr
        self.log.extend(self.process.stderr)

    def _failed(self) -> str:
        self.process.kill()
        self.process.wait()
        self._reader.join(10)
        return "the server did not start:\n" + "".join(self.log)


def _clean(environment: "os._Environ[str]") -> dict[str, str]:
    """Without settings of the machine that the tests run on; the prepared model's place is kept."""
    kept = {"WENJU_CACHE"}
    return {n: v for n, v in environment.items() if n in kept or not n.startswith("WENJU_")}
