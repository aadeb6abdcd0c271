"""The report is one page that loads nothing, shows what the run holds, and runs in a browser."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from eval import plots
from eval.abstention import Outcome, measure
from eval.compare import compare_runs
from eval.errors import RunError
from eval.report import _confidence_plots, _marks, _table, marked, recall_by_depth, report
from eval.run_files import Run, load_run
from index.text import folder
from qa.records import Mode
from tests.eval.conftest import read
from tests.eval.layouts import CORPUS, QUERIES, beir

Make = Callable[..., Run]
CHROMIUM = "/usr/bin/chromium"


@pytest.fixture
def runs(made: Make, tmp_path: Path) -> list[Run]:
    hostile = {
        "_id": "</script><script>window.ran=1</script>",
        "title": "<img src=x onerror=window.ran=2>",
        "text": "<b onclick=window.ran=3>唐家渡</b>有898根桩。<script>window.ran=4</script>",
    }
    asked = {"_id": "q5", "text": "</script><script>window.ran=5</script>唐家渡打桩？"}
    dataset = read(
        beir(tmp_path / "set", [*CORPUS, hostile], [*QUERIES, asked],
             "q1\td1\t1\nq2\td2\t1\nq3\td1\t1\nq5\td1\t1\n")
    )  # fmt: skip
    return [made("a", dataset), made("b", dataset, mode=Mode.LEXICAL)]


def test_it_loads_nothing_and_shows_what_there_is(runs: list[Run]) -> None:
    page = report(runs)
    assert not re.search(r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//""", page)
    assert not re.search(r"@import|url\(", page)
    for run in runs:
        for name, told in run.summary["measures"].items():
            assert name in page
            assert f"{told['mean']:.4f}" in page
    assert page.count("<script") == 2
    assert "没有置信度" in page
    assert "合成" not in page


def test_it_works_in_a_browser_and_runs_nothing_of_the_articles(
    runs: list[Run], tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text(report(runs), encoding="utf-8")
    told: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("request", lambda request: told.append(request.url))
        page.goto(path.as_uri())
        assert page.locator("#questions tbody tr").count() == 5
        page.fill("#filter", "基金")
        assert page.locator("#questions tbody tr").count() == 1
        assert "q2" in page.locator("#questions tbody tr").inner_text()
        page.fill("#filter", "")
        head = page.locator("#questions th").nth(3)
        head.get_by_role("button").focus()
        for key, order in (("Enter", "ascending"), ("Space", "descending")):
            page.keyboard.press(key)
            assert head.get_attribute("aria-sort") == order
        assert page.locator("#questions th[aria-sort]").count() == 1
        assert page.locator("#questions tbody tr").count() == 5
        assert page.get_by_role("button", name="previous page").is_disabled()
        assert page.get_by_role("button", name="next page").is_disabled()
        page.locator("details").first.hover()
        assert page.evaluate("window.ran") is None
        browser.close()
    assert told == [path.as_uri()]


def test_the_table_of_questions_holds_whichever_measure_is_asked_for(runs: list[Run]) -> None:
    for main in ("nDCG@3", "F1All"):
        told = _table(runs, [{row["id"]: row for row in run.rows()} for run in runs], main)
        for number, run in enumerate(runs):
            ids, values = run.values(main)
            held = {row[0]: row[3 + 3 * number] for row in told.rows}
            assert {name: held[name] for name in ids} == dict(zip(ids, values, strict=True))
        assert report(runs, main)


def test_a_tick_is_for_the_answers_own_words(runs: list[Run]) -> None:
    rows = {row["id"]: row for row in runs[0].rows()}
    assert rows["q2"]["scores"]["AnswerQuoted"] == 1
    for confidence, tick in ((None, 1), (0.9, 0)):
        rows["q2"] |= {"answer": "在线教育", "confidence": confidence}
        told = {row[0]: row[5] for row in _table(runs[:1], [rows], "nDCG@10").rows}
        assert told["q2"] == tick


def test_a_t_test_that_is_not_defined_is_a_dash(runs: list[Run]) -> None:
    held = runs[0].summary["values"]
    flat = {name: {**each, "values": [0.0] * len(each["of"])} for name, each in held.items()}
    even = {name: {**each, "values": [0.5] * len(each["of"])} for name, each in held.items()}
    two = [
        Run(name, runs[0].folder, {**runs[0].summary, "values": values})
        for name, values in (("flat", flat), ("even", even))
    ]
    page = report(two)
    assert '<td class="n">—</td><td class="n">4/0/0</td>' in page
    assert "&lt;0.0001" not in page


def test_recall_by_depth_is_recall(runs: list[Run]) -> None:
    for run in runs:
        curve = dict(recall_by_depth(run))
        assert len(curve) == 100
        for depth in (1, 5, 10, 100):
            _, values = run.values(f"R@{depth}")
            assert curve[float(depth)] == pytest.approx(values.mean(), abs=1e-12)


def test_curves_of_confidence_are_drawn_where_there_is_any(runs: list[Run]) -> None:
    none = {**runs[0].summary, "abstention": measure([Outcome(True, False, None, True)]).as_dict()}
    assert _confidence_plots([Run("unsure", runs[0].folder, none)]) == []
    outcomes = [Outcome(n % 3 > 0, False, n / 20, n > 9) for n in range(20)]
    summary = {**runs[0].summary, "abstention": measure(outcomes).as_dict()}
    sure = Run("sure", runs[0].folder, summary)
    titles = [title for title, _ in _confidence_plots([sure])]
    assert [title.partition("，")[0] for title in titles] == ["风险—覆盖", "校准 · Calibration"]
    page = report([sure])
    assert "风险—覆盖" in page
    share, risk = summary["abstention"]["given"]
    assert f"sure: {share:.3g}, {risk:.3g}" in page
    assert f"{summary['abstention']['auroc']:.3f}" in page


def test_what_cannot_be_shown_is_told(runs: list[Run]) -> None:
    assert runs[0].folder is not None
    alone = load_run(runs[0].folder / "measures.json")
    with pytest.raises(RunError, match="a summary alone"):
        report([alone])
    with pytest.raises(RunError, match="is not a measure"):
        report(runs, "magic")
    assert compare_runs([alone, runs[1]]).lines  # numbers need no more than the summary


def test_accepted_answers_are_marked_in_the_text_as_it_stands() -> None:
    text = "漢陽鐵廠由張之洞創辦，張之洞是湖廣總督。"
    pieces = marked(text, ["张之洞", "湖广"], folder())
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, hit in pieces if hit] == ["張之洞", "張之洞", "湖廣"]
    assert marked("武汉", [], folder()) == [("武汉", False)]
    assert marked("", ["武汉"], folder()) == []


def test_marks_are_round_and_within() -> None:
    assert _marks(1.0) == pytest.approx((0.0, 0.2, 0.4, 0.6, 0.8, 1.0))
    assert _marks(37) == (0, 10, 20, 30)
    assert _marks(0.031) == pytest.approx((0, 0.01, 0.02, 0.03))


def test_names_are_escaped_in_plots() -> None:
    series = plots.Series("<b>&", ((0.0, 0.0), (1.0, 1.0)))
    axis = plots.share_axis("<i>")
    drawn = plots.lines("<u>", [series], axis, axis, dots=True)
    assert not re.search(r"<[biu]>", drawn)
    assert 'points="56.0,276.0 624.0,12.0"' in drawn
