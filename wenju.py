"""The command line's front door."""

import os
import sys
import threading
from contextlib import suppress
from importlib import metadata
from typing import Annotated

import typer

import index.commands
import qa.commands
import server.commands
from eval.commands import mount as mount_evaluation

app = typer.Typer(
    name="wenju",
    help="问据：用中文提问，得到能回答问题的原文段落和可以核对的出处。\n\n"
    "Ask in Chinese, get the passages that answer, each with a citation that can be checked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
index.commands.mount(app)
qa.commands.mount(app)
server.commands.mount(app)
mount_evaluation(app)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"wenju {metadata.version('wenju')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="显示版本 · show the version"
        ),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line.

    Libraries that a thread is loading a model with abort when the interpreter ends around them, so
    that the status would be lost. Where one still is, the process ends without that.
    """
    try:
        app()
    except SystemExit as end:
        if not any(thread.daemon for thread in threading.enumerate()):
            raise
        with suppress(BrokenPipeError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(int(end.code or 0))


if __name__ == "__main__":
    main()
