"""The commands that ask a collection."""

import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from index.errors import SettingError, WenjuError
from index.terminal import (
    FOUND,
    NOTHING_FOUND,
    UNUSABLE,
    CollectionOption,
    JsonOption,
    LabelOption,
    SinceOption,
    UntilOption,
    exits,
    parse_day,
    print_json,
    print_line,
    progress_shown,
)

if TYPE_CHECKING:
    from index.embedders.base import Progress
    from qa.records import Answer, SearchResult

QuestionArgument = Annotated[
    str,
    typer.Argument(
        metavar="QUESTION",
        help="问题；与 --json 同用时，“-”表示从标准输入逐行读取 · "
        "the question; with --json, - reads questions from standard input, one a line",
    ),
]
PassagesOption = Annotated[
    int, typer.Option("--k", "-k", metavar="N", help="返回几个段落，1 到 100 · how many passages")
]
ModeOption = Annotated[
    str,
    typer.Option(
        "--mode",
        metavar="MODE",
        help="hybrid（混合）、dense（语义）或 lexical（字词）· how to search",
    ),
]
TodayOption = Annotated[
    str | None,
    typer.Option(
        "--today",
        metavar="DATE",
        help="提问的日期，“去年”“上半年”由它推算，默认是今天 · the day to count 去年 from",
    ),
]
EvidenceOption = Annotated[
    str,
    typer.Option(
        "--evidence",
        metavar="WHEN",
        help="off、on 或 auto：是否用阅读模型从原文中摘出答案 · whether passages are read",
    ),
]
ThresholdOption = Annotated[
    float | None,
    typer.Option(
        "--threshold",
        metavar="P",
        help="置信度低于它就不回答，0 到 1 · the least confidence with which an answer is given "
        "[默认 default: 随模型 the model's own]",
        show_default=False,
    ),
]


def mount(app: typer.Typer) -> None:
    """Add this folder's commands to the command line."""
    app.command("search")(search)
    app.command("ask")(ask)
    app.command("examples")(examples)


def search(
    question: QuestionArgument,
    k: PassagesOption = 5,
    mode: ModeOption = "hybrid",
    since: SinceOption = None,
    until: UntilOption = None,
    label: LabelOption = None,
    today: TodayOption = None,
    collection: CollectionOption = None,
    as_json: JsonOption = False,
) -> None:
    """找出与问题最相关的段落 · Find the passages for a question."""
    from qa.render import print_search

    def run(*arguments: Any, **named: Any) -> "SearchResult":
        from qa.search import search as run_search

        return run_search(*arguments, **named)

    status = _answer(
        run, print_search, question, k, mode, (since, until, label), today, collection, as_json
    )
    raise typer.Exit(status)


def ask(
    question: QuestionArgument,
    k: PassagesOption = 5,
    mode: ModeOption = "hybrid",
    since: SinceOption = None,
    until: UntilOption = None,
    label: LabelOption = None,
    today: TodayOption = None,
    evidence: EvidenceOption = "auto",
    threshold: ThresholdOption = None,
    collection: CollectionOption = None,
    as_json: JsonOption = False,
) -> None:
    """回答问题，并给出原文出处 · Answer a question, with citations."""
    with exits():
        from qa.evidence.use import Reads, load_soon, parse_evidence
        from qa.records import Mode
        from qa.render import print_answer

        reads = Reads(parse_evidence(evidence), threshold)

    def begin(progress: "Progress") -> None:
        load_soon(reads, Mode(mode), progress)

    def run(*arguments: Any, **named: Any) -> "Answer":
        from qa.answer import ask as run_ask

        named["reads"] = reads
        return run_ask(*arguments, **named)

    where = (since, until, label)
    status = _answer(run, print_answer, question, k, mode, where, today, collection, as_json, begin)
    raise typer.Exit(status)


def examples(
    questions: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[QUESTION…]",
            help="新的示例问题，替换原来的；不给则列出 · in place of those before",
        ),
    ] = None,
    clear: Annotated[
        bool, typer.Option("--clear", help="去掉所有示例问题 · remove them all")
    ] = False,
    collection: CollectionOption = None,
    as_json: JsonOption = False,
) -> None:
    """设置或列出网页上的示例问题 · Set or list the questions that the web page offers."""
    with exits():
        from contextlib import closing

        from index.paths import default_collection
        from index.store import Store
        from qa.search import checked_question

        if clear and questions:
            raise SettingError(
                "--clear removes the examples and goes without new ones",
                "--clear 会去掉所有示例问题，不能同时给出新的",
            )
        given = [checked_question(question) for question in questions or []]
        with closing(Store.open(collection or default_collection())) as store:
            if given or clear:
                store.keep_examples(given)
            kept = store.examples
        if as_json:
            print_json(kept)
        else:
            for question in kept:
                print_line(question)
    raise typer.Exit(FOUND if kept or clear else NOTHING_FOUND)


def _answer(
    run: Callable[..., Any],
    show: Callable[[Any], None],
    question: str,
    k: int,
    mode: str,
    where: tuple[str | None, str | None, str | None],
    today: str | None,
    collection: Path | None,
    as_json: bool,
    begin: "Callable[[Progress], None] | None" = None,
) -> int:
    """Put one question, or those on standard input; the exit status."""
    with exits(), progress_shown() as progress:
        from index.collection import Collection
        from index.paths import default_collection
        from index.stored import Filter
        from qa.records import Mode
        from qa.search import check_k
        from qa.understanding import Interpretation

        if mode not in tuple(Mode):
            raise SettingError(
                f"--mode is {mode!r}; expected one of {', '.join(Mode)}",
                f"--mode 为“{mode}”，应为 {'、'.join(Mode)} 之一",
            )
        check_k(k)
        since, until, label = where
        day = parse_day(today, "--today")
        interpretation = Interpretation(date.fromisoformat(day) if day else None)
        chosen = Filter(parse_day(since, "--since"), parse_day(until, "--until"), label)
        if question == "-" and not as_json:
            raise SettingError(
                "- reads questions from standard input and needs --json",
                "“-”表示从标准输入读取问题，需要同时使用 --json",
            )
        with Collection.open(collection or default_collection(), progress=progress) as opened:
            if begin:
                begin(progress)
            if mode != Mode.LEXICAL:
                opened.load_embedder()  # while dictionaries and indexes are read

            def put(asked: str) -> Any:
                return run(opened, asked, k, Mode(mode), chosen, interpretation=interpretation)

            if question == "-":
                return max(map(_status, _each_line(put)), default=FOUND)
            result = put(question)
            if as_json:
                print_json(result.as_dict())
            else:
                show(result)
            return _status(result)


def _each_line(put: Callable[[str], Any]) -> Iterator[Any]:
    """Answer each line of standard input with a line of JSON; a bad line has an ``error``."""
    for raw in sys.stdin.buffer:
        asked = raw.decode("utf-8", "surrogateescape").rstrip("\r\n")
        try:
            result = put(asked)
        except SettingError as error:
            readable = raw.decode("utf-8", "replace").rstrip("\r\n")
            print_json({"question": readable, "error": error.english}, indent=None)
            yield error
        else:
            print_json(result.as_dict(), indent=None)
            yield result


def _status(result: Any) -> int:
    if isinstance(result, WenjuError):
        return UNUSABLE
    found = result.hits and getattr(result, "abstained", False) is False
    return FOUND if found else NOTHING_FOUND
