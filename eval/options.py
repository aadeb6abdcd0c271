"""Arguments and options that several commands of evaluation share."""

from pathlib import Path
from typing import Annotated

import typer

DatasetArgument = Annotated[
    Path,
    typer.Argument(
        metavar="DATASET",
        help="数据集：BEIR 或 TREC 格式的文件夹、SQuAD 格式的 .json、"
        "或问题文件 questions.jsonl 及其文件夹 · a labelled set",
    ),
]
DocumentsOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--documents", "-d", metavar="PATH",
        help="问题所依据的文章，可给多次 · articles of a file of questions; may be repeated",
    ),
]  # fmt: skip
SplitOption = Annotated[
    str | None,
    typer.Option(
        "--split", metavar="NAME", help="只用这一部分，例如 dev 或 test · part of the set"
    ),
]
AcceptOption = Annotated[
    bool,
    typer.Option(
        "--accept-problems", help="数据有错误时略过有错的部分 · go on without what has errors"
    ),
]
LimitOption = Annotated[
    int | None,
    typer.Option("--limit", metavar="N", help="只问 N 个问题，按编号的散列选取 · sample"),
]
CollectionArgument = Annotated[
    Path, typer.Argument(metavar="COLLECTION", help="文集的文件夹 · the collection's folder")
]
OutOption = Annotated[
    Path, typer.Option("--out", "-o", metavar="DIR", help="写到哪个文件夹 · where to write")
]
RunsArgument = Annotated[
    list[Path], typer.Argument(metavar="RUN…", help="评测结果的文件夹 · folders of runs")
]
MeasuresOption = Annotated[
    list[str] | None,
    typer.Option("--measure", "-m", metavar="NAME", help="指标，可给多次 · may be repeated"),
]
MainOption = Annotated[
    str, typer.Option("--measure", "-m", metavar="NAME", help="指标 · the measure")
]
