"""Reports of evaluations, made by the command line, listed and opened through the server."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from server.reports import opens, report_files, report_url
from server.settings import Settings
from tests.server.conftest import CopySample
from tests.server.page_support import launch
from tests.server.process import ServerProcess
from tests.support import ROOT

NAME = "weights 1"


@pytest.fixture(scope="module")
def reported(copy_sample: CopySample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection with one report."""
    collection, run = copy_sample(), tmp_path_factory.mktemp("runs") / NAME
    for command in (
        ["run", "data/sample", "--limit", "8", "--k", "10", "--out", str(run)],
        ["report", str(run), "--collection", str(collection)],
    ):
        subprocess.run([sys.executable, "-m", "wenju", "eval", *command], cwd=ROOT, check=True)
    return collection


@pytest.fixture(scope="module")
def server(reported: Path) -> Iterator[ServerProcess]:
    tokens = {"WENJU_TOKEN": "write-1", "WENJU_READ_TOKEN": "read-1"}
    with ServerProcess(reported, WENJU_RATE="0", **tokens) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, launch(playwright) as opened:
        yield opened


def test_reports_are_listed_and_open_without_a_token(server: ServerProcess) -> None:
    with server.client("read-1") as client:
        (listed,) = client.get("/api/reports").json()["reports"]
    assert listed["name"] == NAME
    with server.client() as client:
        page = client.get(listed["url"])
        assert page.status_code == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["content-security-policy"].startswith("sandbox allow-scripts;")
        assert "nDCG@10" in page.text
        assert len(page.content) == listed["bytes"]


def test_a_token_is_wanted(server: ServerProcess) -> None:
    with server.client("read-1") as client:
        (listed,) = client.get("/api/reports").json()["reports"]
    key = parse_qs(urlsplit(listed["url"]).query)["key"][0]
    with server.client() as client:
        assert client.get("/api/reports").status_code == 401
        for wrong in ("", "?until=99999999999", f"?until=99999999999&key={key}", "?until=1&key=x"):
            assert client.get(f"/reports/weights%201{wrong}").status_code == 401, wrong


@pytest.mark.parametrize("name", ["none", "..%2F..%2Fwenju", "weights%201.html", ".", "%00"])
def test_other_names_find_nothing(server: ServerProcess, name: str) -> None:
    with server.client("read-1") as client:
        assert client.get(f"/reports/{name}").status_code == 404


def test_keys_expire(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(collection=Path("x"), read_token="secret")  # noqa: S106
    given = parse_qs(urlsplit(report_url(settings, "a b")).query)
    until, key = int(given["until"][0]), given["key"][0]
    assert opens(settings, "a b", until, key)
    assert not opens(settings, "a c", until, key)
    assert not opens(settings, "a b", until + 60, key)
    later = time.time() + 7200
    monkeypatch.setattr(time, "time", lambda: later)
    assert not opens(settings, "a b", until, key)


def test_only_pages_that_lie_in_the_folder_are_listed(tmp_path: Path) -> None:
    assert list(report_files(tmp_path / "none")) == []
    outside = tmp_path / "outside.html"
    folder = tmp_path / "reports"
    folder.mkdir()
    for path in (outside, folder / "a.html", folder / ".b.html", folder / "c.txt"):
        path.write_text("x", encoding="utf-8")
    (folder / "link.html").symlink_to(outside)
    assert [path.name for path in report_files(folder)] == ["a.html"]


def test_the_page_links_to_reports(server: ServerProcess, browser: Browser) -> None:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.add_init_script("sessionStorage.setItem('wenju-token', 'read-1')")
    page.goto(server.url)
    expect(page.get_by_role("heading", name="评测报告")).to_be_visible()
    with context.expect_page() as opening:
        page.get_by_role("link", name=NAME).click()
    report = opening.value
    expect(report.get_by_role("heading", level=1)).to_be_visible()
    # Its script runs, and reaches nothing of the server.
    report.get_by_role("searchbox").first.fill("没有这样的问题")
    expect(report.locator("#questions tbody tr:visible")).to_have_count(0)
    reached = report.evaluate(
        "url => fetch(url).then(() => 'reached', () => 'refused')", f"{server.url}/api/info"
    )
    assert reached == "refused"
    context.close()


def test_no_reports_no_heading(copy_sample: CopySample, browser: Browser) -> None:
    with ServerProcess(copy_sample()) as running:
        assert httpx2.get(f"{running.url}/api/reports").json() == {"reports": []}
        page = browser.new_page(locale="zh-CN")
        with page.expect_response("**/api/reports"):
            page.goto(running.url)
        expect(page.get_by_role("heading", name="文集里的文章")).to_be_visible()
        expect(page.get_by_role("heading", name="评测报告")).to_have_count(0)
        page.close()
