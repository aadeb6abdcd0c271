"""A browser, axe and hostile articles for the tests of the page."""

import json
import re
import shutil
import subprocess
import tarfile
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright

from index.records import Article
from tests.support import ROOT

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE_VERSION = "4.14.1"

# What must stay text: scripts, handlers, links that run, characters that reorder.
HOSTILE = Article(
    id="hostile",
    title="<script>window.ran=1</script>\u202e名标题<img src=x onerror=window.ran=2>",
    text=(
        "<script>window.ran = 3</script>毒榜样的第一段：<b onmouseover=window.ran=4>粗体</b>。\n\n"
        "榴莲检疫站共有\u202e七十七\u202c间<img src=x onerror='window.ran=5'>冷库，"
        '<a href="javascript:window.ran=6">点这里</a>，\u2067再看\u2069结尾。\n\n'
        "<svg onload=window.ran=7></svg><iframe srcdoc='<script>parent.ran=8</script>'></iframe>"
        "第三段。<style>body{display:none}</style>"
    ),
    source="test",
    label="<i>标签</i>",
    published="2024-01-02",
    url="javascript:window.ran=9",
)
# Characters that are two units of a JavaScript string stand before what is cited.
ASTRAL = Article(
    id="astral",
    title="𠮷野家与𨭎元素",
    text=(
        "𠮷野家的招牌写作“𠮷”，不是“吉”。"
        "𠀀𠀁𠀂三个字很少见，常用的字体里大多没有，需要专门的字库才能显示出来，"
        "排版的人遇到它们常常要另外造字，读的人也往往只好跳过去，或者去查一本很厚的字典。\n\n"
        "元素𨭎的原子序数是106，符号为Sg，𨭎在1974年首次合成，用的是加速器和一块很薄的靶。"
        "它的寿命很短，几分钟之内就会衰变，所以能做的化学实验不多，研究它的实验室也只有几家。"
        "🀄之后还有一句：到此为止。"
    ),
    source="test",
    published="2024-02-03",
    url="https://example.org/astral?a=(b)",
)


@dataclass(frozen=True, slots=True)
class Site:
    """A running server."""

    url: str

    def at(self, path: str = "/", **query: Any) -> str:
        """The address of ``path`` with a query string."""
        return f"{self.url}{path}{'?' + urllib.parse.urlencode(query) if query else ''}"

    def get(self, path: str, **query: Any) -> Any:
        """What the API gives for ``path``."""
        with urllib.request.urlopen(self.at(path, **query), timeout=60) as response:  # noqa: S310
            return json.load(response)

    def ask(self, question: str, **more: Any) -> dict[str, Any]:
        """What the API answers."""
        request = urllib.request.Request(  # noqa: S310
            f"{self.url}/api/ask",
            json.dumps({"question": question, **more}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
            answer: dict[str, Any] = json.load(response)
            return answer


def launch(playwright: Playwright) -> Browser:
    """Debian's Chromium."""
    if not CHROMIUM.exists():
        pytest.fail("no Chromium; install it: apt-get install -y chromium fonts-noto-cjk")
    return playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))


def axe_source() -> str:
    """The script of axe-core, from the npm registry, kept in .cache/."""
    folder = ROOT / ".cache" / "axe-core"
    script = folder / f"axe-{AXE_VERSION}.min.js"
    if not script.exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", f"axe-core@{AXE_VERSION}", "--pack-destination", str(folder)]
        if not shutil.which("npm"):
            pytest.fail(f"no npm; install it (apt-get install -y npm), or run: {' '.join(command)}")
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        archive = folder / f"axe-core-{AXE_VERSION}.tgz"
        if done.returncode or not archive.exists():
            pytest.fail(f"could not get axe-core: {' '.join(command)}\n{done.stderr}")
        with tarfile.open(archive) as packed:
            member = packed.extractfile("package/axe.min.js")
            assert member is not None
            script.write_bytes(member.read())
        archive.unlink()
    return script.read_text(encoding="utf-8")


def violations(page: Page, source: str) -> list[str]:
    """What axe finds serious or critical on a page as it is now."""
    page.evaluate(source)
    found = page.evaluate("async () => (await axe.run(document)).violations")
    return [
        f"{item['id']} ({item['impact']}): {node['html'][:160]} {node['failureSummary']}"
        for item in found
        if item["impact"] in ("serious", "critical")
        for node in item["nodes"]
    ]


def until(page: Page, expression: str, argument: Any = None) -> None:
    """Wait for an expression to be true; the page's policy forbids Playwright's own way."""
    end = time.monotonic() + 10
    while not page.evaluate(expression, argument):
        assert time.monotonic() < end, f"never true: {expression}"
        time.sleep(0.03)


class Complaints:
    """What a page's console says that it should not, as far as it is the page's fault."""

    def __init__(self, page: Page) -> None:
        self.texts: list[str] = []
        page.on("pageerror", lambda error: self.texts.append(f"uncaught: {error}"))
        page.on("console", lambda message: self._hear(message.type, message.text))

    def _hear(self, kind: str, text: str) -> None:
        # A failed request is reported by the browser itself; the page tells of it too.
        if kind in ("error", "warning") and not re.match(r"Failed to load resource", text):
            self.texts.append(f"{kind}: {text}")
