"""What the commands of every folder share: options, progress, errors, exit statuses."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from index.errors import SettingError, WenjuError

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

FOUND = 0
NOTHING_FOUND = 1
UNUSABLE = 2
INTERRUPTED = 130
_PATIENCE = 1.0  # seconds before a bar is shown
_LOG_EVERY = 5.0  # seconds between two lines where there is no terminal
# Articles come from anywhere, and a terminal obeys these. One for one, so that spans still hold.
_CONTROLS = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - {*map(ord, "\t\n")}, "\ufffd")

CollectionOption = Annotated[
    Path | None,
    typer.Option(
        "--collection",
        "-c",
        metavar="DIR",
        help="文集所在的文件夹 · the collection's folder "
        "[默认 default: $WENJU_COLLECTION, ./wenju-collection]",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
SinceOption = Annotated[
    str | None,
    typer.Option("--since", metavar="DATE", help="只看这一天及以后的文章 · from this day on"),
]
UntilOption = Annotated[
    str | None,
    typer.Option("--until", metavar="DATE", help="只看这一天及以前的文章 · up to this day"),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help="嵌入模型：内置的 e5-small，或 sentence-transformers 模型的名称或文件夹 · "
        "the embedding model, by name or folder",
    ),
]
LabelOption = Annotated[
    str | None, typer.Option("--label", metavar="L", help="只看这一类的文章 · of this label only")
]


def harmless(text: str) -> str:
    """The text without the characters that a terminal obeys; as long as before."""
    return text.translate(_CONTROLS)


def print_line(text: str = "") -> None:
    """Print plain text, harmless, in UTF-8 whatever the locale."""
    _write(sys.stdout, harmless(text))


def print_json(value: Any, *, indent: int | None = 2) -> None:
    """Print ``value`` as JSON; one line where ``indent`` is None."""
    import json

    _write(sys.stdout, json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False))


def print_error(error: WenjuError | str) -> None:
    """Print an error to standard error, in Chinese where it has it, and in English."""
    lines = []
    if isinstance(error, WenjuError):
        if error.chinese:
            lines.append(f"错误：{error.chinese}")
        lines.append(f"error: {error.english}")
    else:
        lines.append(error)
    _write(sys.stderr, harmless("\n".join(lines)))


def _write(stream: TextIO, text: str) -> None:
    stream.buffer.write(text.encode("utf-8", "replace") + b"\n")
    stream.buffer.flush()


@contextmanager
def exits(*, goes_on: bool = False) -> Iterator[None]:
    """Turn what goes wrong inside into a message and an exit status.

    Args:
        goes_on: whether the same command, run again, goes on where it was interrupted.
    """
    try:
        yield
    except WenjuError as error:
        print_error(error)
        raise typer.Exit(UNUSABLE) from error
    except KeyboardInterrupt as error:
        print_error("已中断，文集保持原样 · interrupted; the collection is as it was")
        if goes_on:
            print_error(
                "再次运行同一命令，会接着做下去 · run the same command again to go on from here"
            )
        raise typer.Exit(INTERRUPTED) from error
    except BrokenPipeError as error:
        # Whoever read the output has enough; closing it must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(FOUND) from error
    except OSError as error:
        print_error(
            WenjuError(
                f"{error.strerror or error}: {error.filename or ''}".rstrip(": "),
                "文件操作失败，请检查权限和剩余空间",
            )
        )
        raise typer.Exit(UNUSABLE) from error


def parse_day(text: str | None, option: str) -> str | None:
    """A day given on the command line as ISO 8601.

    Raises:
        SettingError: it is not a date.
    """
    from index.readers.dates import parse_date

    if text is None:
        return None
    parsed = parse_date(text)
    if parsed is None:
        raise SettingError(
            f"{option} {text!r} is not a date; write it like 2023-06-01",
            f"{option} 的“{text}”不是日期，请写成 2023-06-01 这样",
        )
    return parsed[:10]


class TerminalProgress:
    """Shows what takes long: a bar on a terminal, a line now and then in a log.

    Nothing is shown of work that is done within a second.
    """

    def __init__(self) -> None:
        self._bar: Bar | None = None
        self._task: Any = None
        self._what = ""
        self._state = (0, 0)
        self._timer: threading.Timer | None = None
        self._printed = 0.0  # when the last line was printed
        self._lock = threading.Lock()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Tell that ``done`` of ``total`` are done; a total of 0 is not known yet."""
        with self._lock:
            if what != self._what:
                self._finish()
                self._what, self._printed = what, 0.0
                self._timer = threading.Timer(_PATIENCE, self._show)
                self._timer.daemon = True
                self._timer.start()
            self._state = (done, total)
            self._update()
            if 0 < total <= done:
                self._finish()

    def close(self) -> None:
        """Take the bar away."""
        with self._lock:
            self._finish()

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        with self._lock:
            done, total = self._state
            if not self._what:
                return
            console = Console(stderr=True)
            if not console.is_terminal:
                self._print()
                return
            self._bar = Progress(
                "{task.description}",
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
                console=console,
            )
            self._bar.start()
            self._task = self._bar.add_task(self._what, total=total or None, completed=done)

    def _update(self) -> None:
        done, total = self._state
        if self._bar is not None:
            self._bar.update(self._task, completed=done, total=total or None)
        elif self._printed and time.monotonic() >= self._printed + _LOG_EVERY:
            self._print()

    def _print(self) -> None:
        done, total = self._state
        self._printed = time.monotonic()
        print_error(f"{self._what} {done}/{total}" if total else f"{self._what} {done:,}")

    def _finish(self) -> None:
        if self._timer:
            self._timer.cancel()
        if self._bar:
            self._bar.stop()
        if self._printed and 0 < self._state[1] <= self._state[0]:
            print_error(f"{self._what} 完成")
        self._bar, self._timer, self._what, self._printed = None, None, "", 0.0


@contextmanager
def progress_shown() -> Iterator[Callable[[str, int, int], None]]:
    """A progress callback whose display is gone when the work is."""
    progress = TerminalProgress()
    try:
        yield progress
    finally:
        progress.close()
