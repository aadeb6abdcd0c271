"""The commands that fill a collection and look into it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from index.terminal import (
    FOUND,
    NOTHING_FOUND,
    UNUSABLE,
    CollectionOption,
    JsonOption,
    LabelOption,
    ModelOption,
    SinceOption,
    UntilOption,
    exits,
    harmless,
    parse_day,
    print_error,
    print_json,
    print_line,
    progress_shown,
)

if TYPE_CHECKING:
    from index.collection import Change, Collection
    from index.readers import Read
    from index.stored import ArticleSummary

ArticleArgument = Annotated[
    str,
    typer.Argument(
        metavar="ARTICLE", help="文章的编号、编号开头或标题 · id, start of an id, or title"
    ),
]


def mount(app: typer.Typer) -> None:
    """Add this folder's commands to the command line."""
    app.command("add")(add)
    app.command("list")(list_articles)
    app.command("show")(show)
    app.command("remove")(remove)
    app.command("info")(info)
    app.command("reembed")(reembed)


def add(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH…", help="文件或文件夹 · files or folders")
    ],
    collection: CollectionOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """加入文章；已有的不变，改过的替换 · Add articles; those that changed are replaced."""
    with exits(goes_on=True), progress_shown() as progress:
        from index.collection import Collection
        from index.embedders import open_embedder
        from index.readers import read_path

        reads = [read for path in paths for read in read_path(path)]
        articles = [article for read in reads for article in read.articles]
        errors = [error for read in reads for error in read.errors]
        change: Change | None = None
        if articles:
            embedder = open_embedder(model, progress) if model else None
            folder = _folder(collection)
            with Collection.create(folder, progress=progress, embedder=embedder) as opened:
                change = opened.add(articles)
        _report_added(reads, change, as_json=as_json)
        for error in errors:
            print_error(error)
        if not articles and not errors:
            print_error(
                "没有找到可以读的文章；支持 .txt .md .html .jsonl .csv · "
                "found no articles; .txt, .md, .html, .jsonl and .csv are read"
            )
    raise typer.Exit(UNUSABLE if errors or not articles else FOUND)


def list_articles(
    collection: CollectionOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    label: LabelOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出文章 · List the articles."""
    with exits():
        from dataclasses import asdict

        from index.collection import Collection
        from index.stored import Filter

        where = Filter(parse_day(since, "--since"), parse_day(until, "--until"), label)
        with Collection.open(_folder(collection)) as opened:
            summaries = opened.summaries(where)
        if as_json:
            print_json([asdict(summary) for summary in summaries])
        else:
            _print_list(summaries)
    raise typer.Exit(FOUND if summaries else NOTHING_FOUND)


def show(
    article: ArticleArgument, collection: CollectionOption = None, as_json: JsonOption = False
) -> None:
    """显示一篇文章和它的段落 · Show an article and its passages."""
    with exits():
        from index.collection import Collection
        from index.records import article_as_dict

        with Collection.open(_folder(collection)) as opened:
            found = opened.article(article)
            passages = opened.passages_of(found)
        if as_json:
            print_json(article_as_dict(found, passages))
            return
        print_line(found.full_title)
        print_line("  ".join(part for part in (found.published, found.id, found.url) if part))
        for passage in passages:
            print_line()
            print_line(f"[{passage.number}] {passage.text}")


def remove(
    articles: Annotated[
        list[str],
        typer.Argument(metavar="ARTICLE…", help="文章的编号、编号开头或标题 · ids or titles"),
    ],
    collection: CollectionOption = None,
) -> None:
    """删除文章 · Remove articles."""
    with exits(), progress_shown() as progress:
        from index.collection import Collection

        with Collection.open(_folder(collection), progress=progress) as opened:
            found = [opened.article(name) for name in dict.fromkeys(articles)]
            opened.remove([article.id for article in found])
        for article in found:
            print_line(f"已删除 {article.id}《{article.title}》")


def info(collection: CollectionOption = None, as_json: JsonOption = False) -> None:
    """显示文集的数量、模型、大小和状态 · Show counts, model, sizes and health."""
    with exits(), progress_shown() as progress:
        from index.collection import Collection

        with Collection.open(_folder(collection), progress=progress) as opened:
            told = _about(opened)
        if as_json:
            print_json(told)
        else:
            _print_info(told)


def reembed(
    model: Annotated[str, typer.Option("--model", metavar="NAME", help="新的嵌入模型 · the model")],
    collection: CollectionOption = None,
) -> None:
    """换一个嵌入模型，重新计算所有向量 · Embed everything anew with another model."""
    with exits(goes_on=True), progress_shown() as progress:
        from index.collection import Collection
        from index.embedders import open_embedder

        with Collection.open(_folder(collection), progress=progress) as opened:
            passages = opened.reembed(open_embedder(model, progress))
        print_line(f"已用 {model} 重新嵌入 {passages} 个段落")


def _folder(given: Path | None) -> Path:
    from index.paths import default_collection

    return given or default_collection()


def _report_added(reads: "list[Read]", change: "Change | None", *, as_json: bool) -> None:
    skipped = [str(read.path) for read in reads if read.skipped]
    failed = [
        {"path": str(read.path), "errors": [error.english for error in read.errors]}
        for read in reads
        if read.errors
    ]
    if as_json:
        print_json(
            {
                "added": change.added if change else [],
                "replaced": change.replaced if change else [],
                "unchanged": change.unchanged if change else [],
                "passages": change.passages if change else 0,
                "skipped": skipped,
                "failed": failed,
            }
        )
        return
    if change:
        print_line(
            f"新增 {len(change.added)} 篇，替换 {len(change.replaced)} 篇，"
            f"未变 {len(change.unchanged)} 篇；存入 {change.passages} 个段落"
        )
    if skipped:
        shown = "、".join(Path(path).name for path in skipped[:5])
        print_line(f"略过 {len(skipped)} 个不认识的文件：{shown}{'…' if len(skipped) > 5 else ''}")


def _print_list(summaries: "list[ArticleSummary]") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("编号", no_wrap=True, overflow="ellipsis", max_width=24)
    table.add_column("日期", no_wrap=True)
    table.add_column("段", justify="right")
    table.add_column("标题", overflow="fold")
    for summary in summaries:
        title = f"【{summary.label}】{summary.title}" if summary.label else summary.title
        day = (summary.published or "")[:10]
        table.add_row(Text(harmless(summary.id)), day, str(summary.passages), Text(harmless(title)))
    Console().print(table)


def _about(opened: "Collection") -> dict[str, Any]:
    with opened.reading() as indexes:
        counts = opened.store.counts()
        healthy = indexes.dense.passages == indexes.lexical.passages == counts["passages"]
        return {
            "collection": str(opened.folder.resolve()),
            **counts,
            "sentences": indexes.dense.sentences,
            "generation": indexes.generation,
            "model": opened.store.embedder.as_dict(),
            "bytes": {
                part.name: sum(
                    f.stat().st_size
                    for f in (part.rglob("*") if part.is_dir() else [part])
                    if f.is_file()
                )
                for part in sorted(opened.folder.iterdir())
            },
            "healthy": healthy,
        }


def _print_info(told: dict[str, Any]) -> None:
    size = sum(told["bytes"].values()) / 1e6
    model = told["model"]
    for name, value in (
        ("文集", told["collection"]),
        ("文章", told["articles"]),
        ("段落", told["passages"]),
        ("句子", told["sentences"]),
        ("字符", told["characters"]),
        ("模型", f"{model['name']}（{model['revision']}，{model['dimension']} 维）"),
        ("大小", f"{size:.1f} MB"),
        (
            "状态",
            "正常" if told["healthy"] else "索引与存储不一致，请删除 dense 和 lexical 文件夹后重试",
        ),
    ):
        print_line(f"{name}  {value}")
