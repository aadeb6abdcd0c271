"""Pictures of the page, for the documentation.

    python bench/screenshots.py docs/images

Makes the sample collection, serves it, and photographs the views with Debian's Chromium
(apt-get install -y chromium fonts-noto-cjk). Each picture is under 300 KB.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, sync_playwright

from index.store import Store

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "data" / "sample"
LARGEST = 300_000  # bytes of a picture
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
QUESTION = "光谷的产业引导基金有多大？"
EXAMPLES = [QUESTION, "惠企八条有多少家银行参与？", "小米哪一年决定在武汉设立总部？"]
WAIT = 180  # seconds that the server may take to start


@dataclass(frozen=True, slots=True)
class Picture:
    """A view: what is asked, in which window, and whether its first citation is opened."""

    name: str
    query: dict[str, str] = field(default_factory=dict)
    width: int = 1280
    height: int = 860
    scheme: str = "light"
    opened: bool = False


PICTURES = (
    Picture("home"),
    Picture("answer", {"q": QUESTION}),
    Picture("article", {"q": QUESTION}, opened=True),
    Picture(
        "filters", {"q": "小微企业能拿到哪些贷款？", "label": "武汉招商", "since": "2025-06-01"}
    ),
    Picture("dark", {"q": QUESTION}, scheme="dark"),
    Picture("phone", {"q": QUESTION}, width=390, height=844),
    Picture("phone-article-dark", {"q": QUESTION}, 390, 844, "dark", opened=True),
    Picture(
        "english",
        {"q": "What share of online education headquarters are in Beijing?", "lang": "en"},
    ),
)


@contextmanager
def serving(port: int) -> Iterator[str]:
    wenju = [sys.executable, "-m", "wenju"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        collection = ["--collection", f"{folder}/collection"]
        files = [str(SAMPLE / name) for name in ("articles.jsonl", "page.txt")]
        subprocess.run([*wenju, "add", *files, *collection], env=env, check=True)
        store = Store.open(Path(folder) / "collection")
        store.keep_examples(EXAMPLES)
        store.close()
        serve = [*wenju, "serve", "--port", str(port), *collection]
        process = subprocess.Popen(serve, env=env, stderr=subprocess.DEVNULL)
        try:
            wait_for(f"{url}/api/health/ready")
            yield url
        finally:
            process.terminate()
            process.wait(30)


def wait_for(url: str) -> None:
    end = time.monotonic() + WAIT
    while True:
        try:
            urllib.request.urlopen(url, timeout=10).close()  # noqa: S310
        except (urllib.error.URLError, OSError):
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return


def settled(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.locator("main h1, main .answer").first.wait_for()
    page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(200)


def take(browser: Browser, url: str, picture: Picture, folder: Path) -> Path:
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.scheme == "dark" else "light",
        locale="zh-CN",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{url}/?{urlencode(picture.query)}" if picture.query else url)
    settled(page)
    if picture.opened:
        page.locator(".answer figcaption a").first.click()
        page.locator("mark.cited").first.wait_for()
        settled(page)
    path = folder / f"page-{picture.name}.png"
    page.screenshot(path=path)
    context.close()
    if path.stat().st_size > LARGEST:
        sys.exit(f"{path} has {path.stat().st_size:,} bytes; at most {LARGEST:,} are wanted")
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--port", type=int, default=8765)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with serving(options.port) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=FLAGS)
        for picture in PICTURES:
            path = take(browser, url, picture, options.folder)
            print(f"{path}  {path.stat().st_size:,} bytes")
        browser.close()


if __name__ == "__main__":
    main()
