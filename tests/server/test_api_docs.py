"""The examples of docs/api.md run as they stand there."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from server.problems import KINDS
from server.settings import Settings, read_settings
from tests.server.process import ServerProcess
from tests.support import ROOT

TEXT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```sh\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_runs(server: ServerProcess, tmp_path: Path, example: str) -> None:
    done = subprocess.run(
        ["bash", "-euc", example],
        cwd=tmp_path,
        env={**os.environ, "WENJU": server.url, "no_proxy": "*"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert done.stdout


def test_every_problem_and_variable_is_told() -> None:
    for kind in KINDS.values():
        assert f"| {kind.status} | `{kind.code}` |" in TEXT
    source = (ROOT / "server" / "settings.py").read_text(encoding="utf-8")
    default = read_settings(Path(), "127.0.0.1", read_only=False, environment={})
    assert default == Settings(Path())
    for name in set(re.findall(r'"(WENJU_[A-Z_]+)"', source)):
        assert f"| `{name}` |" in TEXT, name
    for name in ("concurrency", "rate", "burst", "upload_bytes", "drain_seconds"):
        assert f"| `WENJU_{name.upper()}` | {getattr(default, name)} |" in TEXT
