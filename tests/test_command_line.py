"""The command line as a process, with the real model."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.cells import cell_len

from index.collection import Collection
from tests.conftest import Wenju
from tests.support import ROOT, SAMPLE

CITATION_FIELDS = {
    "article_id", "title", "label", "published", "url", "paragraph", "heading",
    "start", "end", "quote", "score",
}  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample collection, made by the command."""
    place = tmp_path_factory.mktemp("demo") / "collection"
    files = [str(SAMPLE / "articles.jsonl"), str(SAMPLE / "page.txt")]
    done = subprocess.run(
        [sys.executable, "-m", "wenju", "add", *files, "--collection", str(place), "--json"],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert len(json.loads(done.stdout)["added"]) == 14
    return place


def test_help_names_every_command(wenju: Wenju) -> None:
    done = wenju("--help")
    assert done.returncode == 0
    for command in (
        "add", "list", "show", "remove", "search", "ask", "info", "reembed", "examples",
        "serve", "mcp", "eval",
    ):  # fmt: skip
        assert f" {command} " in done.stdout
    done = wenju("eval", "--help")
    for command in (
        "validate", "run", "compare", "gate", "report", "sweep", "generate", "export-judgements",
    ):  # fmt: skip
        assert f" {command} " in done.stdout
    assert re.fullmatch(r"wenju \d+\.\d+\.\d+\n", wenju("--version").stdout)


def test_help_loads_nothing_heavy(wenju: Wenju, tmp_path: Path) -> None:
    (tmp_path / "look.py").write_text(
        "import sys, wenju\n"
        "heavy = {'numpy', 'faiss', 'torch', 'jieba', 'tantivy', 'openvino', 'transformers',"
        " 'sentence_transformers', 'trafilatura', 'sqlite3'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run(
        [sys.executable, str(tmp_path / "look.py")],
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_examples_are_set_listed_and_removed(wenju: Wenju, tmp_path: Path, demo: Path) -> None:
    place = str(shutil.copytree(demo, tmp_path / "own"))
    none = wenju("examples", "-c", place)
    assert (none.returncode, none.stdout) == (1, "")
    assert wenju("examples", "港口有几个泊位？", "谁来审批？", "-c", place).returncode == 0
    assert wenju("examples", "谁来投资？", "港口在哪里？", "-c", place).returncode == 0
    listed = wenju("examples", "-c", place, "--json")
    assert json.loads(listed.stdout) == ["谁来投资？", "港口在哪里？"]
    refused = wenju("examples", "好问题？", " ", "-c", place)
    assert refused.returncode == 2
    assert wenju("examples", "-c", place).stdout == "谁来投资？\n港口在哪里？\n"
    assert wenju("examples", "--clear", "-c", place).returncode == 0
    assert wenju("examples", "-c", place).stdout == ""
    missing = wenju("examples", "-c", str(tmp_path / "nowhere"))
    assert missing.returncode == 2
    assert "wenju add" in missing.stderr


def test_ask_gives_the_documented_json(wenju: Wenju, demo: Path) -> None:
    done = wenju(
        "ask", "光谷的产业引导基金有多大？", "--evidence", "off", "--json", "-c", str(demo)
    )
    assert done.returncode == 0
    answer = json.loads(done.stdout)
    assert list(answer) == [
        "question", "understood", "answer", "abstained", "confidence", "citations", "candidates",
        "passages",
        "seconds",
    ]  # fmt: skip
    assert "50亿元" in answer["answer"]
    assert (answer["abstained"], answer["confidence"]) == (False, None)
    assert answer["candidates"] == []
    assert len(answer["passages"]) == 5
    for citation in answer["citations"]:
        assert set(citation) == CITATION_FIELDS
    for passage in answer["passages"]:
        assert set(passage) == CITATION_FIELDS | {"text", "scores"}
        assert set(passage["scores"]) == {"dense", "lexical", "fused", "facts"}
        assert passage["quote"] == passage["text"]
    scores = [passage["score"] for passage in answer["passages"]]
    assert scores == sorted(scores, reverse=True)


def test_every_citation_holds_in_what_show_prints(wenju: Wenju, demo: Path) -> None:
    questions = [
        json.loads(line)["question"]
        for line in (SAMPLE / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    done = wenju("ask", "-", "--json", "-c", str(demo), stdin="\n".join(questions))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["question"] for answer in answers] == questions
    texts: dict[str, str] = {}
    for answer in answers:
        read = (cited for each in answer["candidates"] for cited in each["citations"])
        for cited in (*answer["citations"], *read, *answer["passages"]):
            key = cited["article_id"]
            if key not in texts:
                shown = json.loads(wenju("show", key, "--json", "-c", str(demo)).stdout)
                texts[key] = shown["text"]
                for passage in shown["passages"]:
                    held = texts[key][passage["start"] : passage["end"]]
                    assert held == passage["text"]
            assert texts[key][cited["start"] : cited["end"]] == cited["quote"]
    assert len(texts) == 14


def test_search_gives_passages_in_every_mode(wenju: Wenju, demo: Path) -> None:
    for mode, missing in (("hybrid", ()), ("dense", ("lexical", "facts")), ("lexical", ("dense",))):
        done = wenju(
            "search", "唐家渡打了多少根桩", "-k", "2", "--mode", mode, "--json", "-c", str(demo)
        )
        found = json.loads(done.stdout)
        assert list(found) == ["question", "understood", "passages", "seconds"]
        assert "898" in found["passages"][0]["text"], mode
        for name in missing:
            assert found["passages"][0]["scores"][name] is None


def test_the_askers_day_can_be_given(wenju: Wenju, demo: Path) -> None:
    asked = ("ask", "光谷去年做了什么", "--json", "-c", str(demo))
    done = wenju(*asked, "--today", "2024-03-01")
    understood = json.loads(done.stdout)["understood"]
    assert [(d["text"], d["first"], d["last"]) for d in understood["dates"]] == [
        ("去年", "2023-01-01", "2023-12-31")
    ]
    assert set(understood) == {"dates", "quantities", "terms", "aliases"}
    wrong = wenju(*asked, "--today", "someday")
    assert wrong.returncode == 2
    assert "--today" in wrong.stderr


def test_output_for_people_fits_eighty_columns(wenju: Wenju, demo: Path) -> None:
    asked = ("ask", "小米为什么在武汉设总部？", "--threshold", "0", "-c", str(demo))
    done = wenju(*asked, COLUMNS="80")
    assert done.returncode == 0
    assert re.search(r"—— 《.+》（2025-\d\d-\d\d）第\d+段", done.stdout)
    assert "相关段落" in done.stdout
    assert max(map(cell_len, done.stdout.splitlines())) <= 80


def test_filters(wenju: Wenju, demo: Path) -> None:
    done = wenju(
        "search", "小微企业贷款", "--since", "2025-07-01", "--until", "2025年7月31日",
        "--label", "武汉招商", "--json", "-c", str(demo),
    )  # fmt: skip
    passages = json.loads(done.stdout)["passages"]
    assert passages
    for passage in passages:
        assert "2025-07-01" <= passage["published"] <= "2025-07-31"
        assert passage["label"] == "武汉招商"


def test_nothing_found_is_status_1(wenju: Wenju, demo: Path) -> None:
    done = wenju("ask", "港口", "--since", "2030-01-01", "-c", str(demo))
    assert (done.returncode, done.stdout.strip()) == (1, "没有找到可靠的答案")
    done = wenju("ask", "zzzz", "--mode", "lexical", "--json", "-c", str(demo))
    assert done.returncode == 1
    answer = json.loads(done.stdout)
    assert (answer["answer"], answer["abstained"], answer["passages"]) == (None, True, [])
    assert wenju("list", "--label", "没有", "-c", str(demo)).returncode == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", "问题", "-c", "nowhere"], "wenju add"),
        (["ask", "", "-c", "DEMO"], "empty"),
        (["ask", "长" * 513, "-c", "DEMO"], "513 characters"),
        (["ask", "问题", "--mode", "magic", "-c", "DEMO"], "hybrid, dense, lexical"),
        (["ask", "问题", "--evidence", "maybe", "-c", "DEMO"], "off, on, auto"),
        (["ask", "问题", "--threshold", "1.5", "-c", "DEMO"], "expected 0 to 1"),
        (["ask", "问题", "--k", "0", "-c", "DEMO"], "expected 1 to 100"),
        (["ask", "问题", "--k", "101", "-c", "DEMO"], "expected 1 to 100"),
        (["ask", "问题", "--since", "昨天", "-c", "DEMO"], "2023-06-01"),
        (["ask", "问题", "--since", "2025-02-01", "--until", "2025-01-31"], "exchange"),
        (["ask", "-", "-c", "DEMO"], "needs --json"),
        (["show", "nothing", "-c", "DEMO"], "wenju list"),
        (["remove", "nothing", "-c", "DEMO"], "wenju list"),
        (["add", "missing.txt", "-c", "DEMO"], "missing.txt"),
        (["add", "SAMPLE", "-c", "/proc/nowhere/collection"], "/proc/nowhere"),
        (["reembed", "--model", "no-such-model", "-c", "DEMO"], "no-such-model"),
    ],
)
def test_unusable_input_is_status_2_and_one_clear_message(
    wenju: Wenju, demo: Path, arguments: list[str], message: str
) -> None:
    meant = {"DEMO": str(demo), "SAMPLE": str(SAMPLE / "page.txt")}
    done = wenju(*(meant.get(argument, argument) for argument in arguments))
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_bad_lines_on_standard_input_are_answered_in_their_place(wenju: Wenju, demo: Path) -> None:
    done = wenju(
        "ask", "-", "--json", "-c", str(demo), stdin="光谷的产业引导基金有多大\n\n小米在哪\n"
    )
    first, second, third = map(json.loads, done.stdout.splitlines())
    assert first["answer"]
    assert second == {"question": "", "error": second["error"]}
    assert third["question"] == "小米在哪"
    assert done.returncode == 2


def test_a_folder_with_a_bad_file_adds_the_rest_and_tells(wenju: Wenju, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "好.txt").write_text("港口新闻\n\n唐家渡港区今年完成了桩基施工。", encoding="utf-8")
    (folder / "gb.txt").write_bytes(
        "旧编码\n\n这份文件是国标编码的，也应当读得出来。".encode("gb18030")
    )
    (folder / "坏.txt").write_bytes(b"\x00\x01\x02\xff\xfe binary")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    done = wenju("add", "in")
    assert done.returncode == 2
    assert "新增 2 篇" in done.stdout
    assert "picture.png" in done.stdout
    assert "坏.txt" in done.stderr
    assert (tmp_path / "wenju-collection" / "store.sqlite").exists()
    assert "国标编码" in wenju("ask", "国标编码").stdout


def test_add_list_show_remove_info(wenju: Wenju, tmp_path: Path) -> None:
    place = tmp_path / "here"
    shutil.copy(SAMPLE / "page.txt", tmp_path / "page.txt")
    assert wenju("add", "page.txt", WENJU_COLLECTION=str(place)).returncode == 0
    again = wenju("add", "page.txt", "--json", WENJU_COLLECTION=str(place))
    assert len(json.loads(again.stdout)["unchanged"]) == 7
    listed = json.loads(wenju("list", "--json", "-c", str(place)).stdout)
    assert len(listed) == 7
    one = listed[0]
    assert one["title"] in wenju("list", "-c", str(place), COLUMNS="200").stdout
    shown = wenju("show", one["id"][:8], "-c", str(place)).stdout
    assert shown.startswith(f"【{one['label']}】{one['title']}\n" if one["label"] else one["title"])
    assert "[1] " in shown
    assert wenju("remove", one["title"], "-c", str(place)).returncode == 0
    told = json.loads(wenju("info", "--json", "-c", str(place)).stdout)
    assert (told["articles"], told["healthy"]) == (6, True)
    assert told["model"]["name"] == "e5-small"
    assert "6" in wenju("info", "-c", str(place)).stdout


def test_articles_cannot_give_orders_to_the_terminal(wenju: Wenju, tmp_path: Path) -> None:
    order = "\x1b]0;换了窗口标题\x07\x9b31m"
    text = f"唐家渡港区\t完成了桩基施工。\n\n{order}第二段的船期没有变。"
    record = {"id": "p1", "title": f"港口{order}新闻", "label": f"航{order}运", "text": text}
    (tmp_path / "in.jsonl").write_text(json.dumps(record), encoding="utf-8")
    assert wenju("add", "in.jsonl").returncode == 0
    [kept] = json.loads(wenju("list", "--json").stdout)
    assert "\x1b" in kept["title"]
    shown, listed, removed = wenju("show", "p1"), wenju("list"), wenju("remove", "p1")
    for done in (shown, listed, removed):
        assert done.returncode == 0
        assert not set(done.stdout) & {"\x1b", "\x07", "\x9b"}, done.args
        assert "�]0;换了窗口标题��31m" in done.stdout, done.args
    assert "[1] 唐家渡港区\t完成了桩基施工。\n\n�" in shown.stdout
    missing = wenju("show", f"没有{order}")
    assert missing.returncode == 2
    assert not set(missing.stderr) & {"\x1b", "\x07", "\x9b"}


def test_a_changed_page_replaces_its_article(wenju: Wenju, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    text = (SAMPLE / "page.txt").read_text(encoding="utf-8")
    page.write_text(text, encoding="utf-8")
    before = json.loads(wenju("add", "page.txt", "--json").stdout)
    assert "大家都说" not in text
    page.write_text(text.replace("2017年,", "大家都说,2017年,", 1), encoding="utf-8")
    after = json.loads(wenju("add", "page.txt", "--json").stdout)
    assert len(after["replaced"]) == 1
    assert after["replaced"][0] in before["added"]
    assert len(after["unchanged"]) == 6


def test_a_corrupt_store_is_told_and_left_as_it_is(
    wenju: Wenju, demo: Path, tmp_path: Path
) -> None:
    place = tmp_path / "broken"
    shutil.copytree(demo, place)
    (place / "store.sqlite").write_bytes(b"garbage" * 1000)
    for arguments in (["ask", "问题"], ["add", str(SAMPLE / "page.txt")], ["info"]):
        done = wenju(*arguments, "-c", str(place))
        assert done.returncode == 2
        assert "store.sqlite" in done.stderr
        assert "Traceback" not in done.stderr
    assert (place / "store.sqlite").read_bytes() == b"garbage" * 1000


def test_ctrl_c_leaves_the_collection_as_it_was(tmp_path: Path) -> None:
    records = [
        {"id": f"a{number}", "text": f"第{number}篇，" + f"港口与产业基金第{number}回。" * 40}
        for number in range(800)
    ]
    many = tmp_path / "many.jsonl"
    many.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    place = tmp_path / "collection"
    command = [sys.executable, "-m", "wenju", "add", str(many), "-c", str(place)]
    running = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        # Tests that run in the background inherit a Ctrl-C that is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    time.sleep(4)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "interrupted; the collection is as it was" in told.decode()
    assert "run the same command again to go on" in told.decode()
    assert "Traceback" not in told.decode()
    if (place / "store.sqlite").exists():
        with Collection.open(place) as collection:
            assert collection.store.counts()["articles"] == 0


@pytest.mark.parametrize("loading", [True, False])
def test_the_status_is_not_lost_where_a_thread_still_loads_a_model(loading: bool) -> None:
    program = f"""
import atexit, sys, threading, time, wenju
def app():
    if {loading}:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    atexit.register(print, "the interpreter ended")
    print("an answer")
    sys.exit(2)
wenju.app = app
wenju.main()
"""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=env, check=False
    )
    assert done.returncode == 2
    assert done.stdout.splitlines() == ["an answer", "the interpreter ended"][: 2 - loading]
