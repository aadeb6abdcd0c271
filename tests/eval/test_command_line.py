"""`wenju eval` as a process, with the real model on the sample."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Wenju
from tests.eval.layouts import CORPUS, QUERIES, beir, write_lines
from tests.support import ROOT, SAMPLE


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of the sample in each mode."""
    place = tmp_path_factory.mktemp("runs")
    for mode in ("hybrid", "dense", "lexical"):
        done = subprocess.run(
            [sys.executable, "-m", "wenju", "eval", "run", str(SAMPLE), "--mode", mode,
             "--set", "evidence=off", "--out", str(place / mode)],
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
        assert "nDCG@10" in done.stdout.decode()
        assert "14 个没有答案的问题" in done.stdout.decode()
    return place


def test_a_run_is_given_as_json(wenju: Wenju, runs: Path) -> None:
    done = wenju(
        "eval", "run", str(SAMPLE), "--set", "evidence=off", "--out", str(runs / "hybrid"), "--json"
    )
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert told["dataset"]["questions"] == 115
    assert told["measures"]["nDCG@10"]["questions"] == 101
    assert told["measures"]["nDCG@10"]["mean"] > 0.85
    assert told["command"].startswith("wenju eval run ")
    assert "values" not in told


def test_compare_and_gate(wenju: Wenju, runs: Path) -> None:
    hybrid, dense, lexical = (str(runs / mode) for mode in ("hybrid", "dense", "lexical"))
    done = wenju("eval", "compare", hybrid, dense, lexical, "--json", "-m", "nDCG@10", "-m", "R@5")
    told = json.loads(done.stdout)
    assert told["runs"] == ["hybrid", "dense", "lexical"]
    (main, recall) = told["lines"]
    assert (main["measure"], recall["measure"]) == ("nDCG@10", "R@5")
    p_values = [each["randomisation"] for each in main["differences"]]
    corrected = [each["holm"] for each in main["differences"]]
    assert min(corrected) == min(1.0, 2 * min(p_values))
    assert len(told["changed"][1]) == 5
    assert all(changed["first"][0] for changed in told["changed"][1])
    shown = wenju("eval", "compare", hybrid, lexical, COLUMNS="80").stdout
    assert "变化最大的问题" in shown
    assert wenju("eval", "gate", hybrid, hybrid).returncode == 0
    lost = wenju("eval", "gate", str(runs / "hybrid" / "measures.json"), lexical)
    assert (lost.returncode, "未通过" in lost.stdout) == (1, True)
    assert wenju("eval", "gate", lexical, hybrid).returncode == 0
    told = json.loads(wenju("eval", "gate", hybrid, lexical, "--json").stdout)
    assert told["lost"] is True


def test_report_stands_alone_or_with_a_collection(wenju: Wenju, runs: Path, tmp_path: Path) -> None:
    both = [str(runs / "hybrid"), str(runs / "dense")]
    assert wenju("eval", "report", *both, "-o", "both.html").returncode == 0
    page = (tmp_path / "both.html").read_text(encoding="utf-8")
    assert "湖北" in page
    assert page.endswith("</html>\n")
    assert wenju("eval", "report", both[0], "-c", "nowhere").returncode == 2
    add = wenju("add", str(SAMPLE / "page.txt"), "-c", "here")
    assert add.returncode == 0
    assert wenju("eval", "report", *both, "-c", "here").returncode == 0
    assert (tmp_path / "here" / "reports" / "hybrid-dense.html").is_file()
    assert wenju("info", "-c", "here").returncode == 0


def test_validate_lists_everything_and_run_refuses(wenju: Wenju, tmp_path: Path) -> None:
    folder = beir(tmp_path / "set", [*CORPUS, CORPUS[0]], [*QUERIES, {"_id": "q9", "text": ""}])
    done = wenju("eval", "validate", str(folder), "--json")
    assert done.returncode == 2
    places = [json.loads(line)["place"] for line in done.stdout.splitlines()]
    assert places == ["queries.jsonl:5", "corpus.jsonl:4"]
    shown = wenju("eval", "validate", str(folder))
    assert "corpus.jsonl:4  d1, first at corpus.jsonl:1" in shown.stdout
    refused = wenju("eval", "run", str(folder))
    assert refused.returncode == 2
    assert "--accept-problems" in refused.stderr
    assert not (tmp_path / "eval-runs").exists()
    run = wenju("eval", "run", str(folder), "--accept-problems", "--limit", "3", "--json")
    assert run.returncode == 0
    assert json.loads(run.stdout)["dataset"]["problems"] == {
        "empty question": 1,
        "duplicate document id": 1,
    }
    assert "d1, first at corpus.jsonl:1" in run.stderr
    assert wenju("eval", "validate", str(SAMPLE)).returncode == 0


def test_ones_own_documents_and_questions(wenju: Wenju, tmp_path: Path) -> None:
    shutil.copy(SAMPLE / "page.txt", tmp_path / "page.txt")
    lines = [
        {"question": "唐家渡打了多少根桩？", "article": 1, "paragraphs": [1]},
        {"question": "月球背面有什么？", "answerable": False},
    ]
    write_lines(tmp_path / "mine.jsonl", lines)
    done = wenju("eval", "run", "mine.jsonl", "--documents", "page.txt", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["dataset"]
    assert (told["documents"], told["judged"], told["unanswerable"]) == (7, 1, 1)


def test_generate_marks_what_it_makes_as_synthetic(wenju: Wenju, tmp_path: Path) -> None:
    assert wenju("add", str(SAMPLE / "page.txt"), "-c", "here").returncode == 0
    done = wenju("eval", "generate", "here", "-o", "made", "-n", "8", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["questions"] == 8
    run = wenju("eval", "run", "made", "--out", "run")
    assert "⚠ 其中 8 个是合成问题" in run.stdout
    assert "⚠ 其中 8 个是合成问题" in wenju("eval", "compare", "run", "run").stdout
    assert wenju("eval", "report", "run", "-o", "r.html").returncode == 0
    assert "8 questions are synthetic" in (tmp_path / "r.html").read_text(encoding="utf-8")
    (tmp_path / "g.yaml").write_text("lexical_weight: [1, 18]")
    swept = wenju("eval", "sweep", "made", "--grid", "g.yaml")
    assert swept.returncode == 0, swept.stderr
    assert "⚠ 其中 8 个是合成问题" in swept.stdout
    assert wenju("eval", "export-judgements", "here", "-o", "judged").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "nowhere"], "is not there"),
        (["run", "SAMPLE", "--mode", "magic"], "hybrid, dense, lexical"),
        (["run", "SAMPLE", "--k", "0"], "expected 1 to 100"),
        (["run", "SAMPLE", "--limit", "0"], "expected 1 or more"),
        (["run", "SAMPLE", "--set", "magic=1"], "lexical_weight"),
        (["run", "SAMPLE", "--split", "train"], "is 'train' one of its splits"),
        (["run", "SAMPLE", "--model", "no-such-model"], "no-such-model"),
        (["compare", "nowhere"], "two or more"),
        (["compare", "nowhere", "elsewhere"], "there is no run"),
        (["gate", "nowhere", "elsewhere"], "there is no run"),
        (["report", "nowhere"], "there is no run"),
        (["sweep", "SAMPLE", "--grid", "nowhere"], "cannot be read"),
        (["generate", "nowhere", "-o", "out"], "wenju add"),
        (["generate", "nowhere", "-o", "out", "-n", "0"], "expected 1 or more"),
        (["export-judgements", "nowhere", "-o", "out"], "wenju add"),
    ],
)
def test_unusable_input_is_status_2_and_one_clear_message(
    wenju: Wenju, arguments: list[str], message: str
) -> None:
    done = wenju("eval", *(str(SAMPLE) if a == "SAMPLE" else a for a in arguments))
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
