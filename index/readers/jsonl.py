"""JSON Lines: an object a line, plain or compressed with gzip."""

import gzip
import io
import json
import zlib
from collections.abc import Iterator

from index.errors import ReadError
from index.readers.collect import Collector
from index.readers.encoding import decode, refuse_other_boms
from index.readers.found import Found
from index.readers.origin import Origin, shown

MAX_UNPACKED_BYTES = 1_000_000_000
MAX_LINE_BYTES = 50_000_000

# The first name that a record uses counts. BEIR corpora write _id.
_KEYS = {
    "id": ("id", "_id"),
    "title": ("title",),
    "text": ("text",),
    "published": ("published", "date"),
    "url": ("url",),
    "label": ("label",),
}


def read(data: bytes, origin: Origin) -> Found:
    """Read a record from each line that is not blank.

    A record is an object with ``text`` and, as far as it has them, ``id``, ``title``,
    ``published``, ``url`` and ``label``; other keys are passed over. Without a title, the first
    characters of the text are the title.

    Raises:
        ReadError: the file is not text, or has no record.
    """
    return _records(io.BytesIO(data), origin, MAX_UNPACKED_BYTES)


def read_gz(data: bytes, origin: Origin, *, limit: int = MAX_UNPACKED_BYTES) -> Found:
    """Read a compressed file, as ``read`` does, without ever holding it unpacked.

    Args:
        data: the compressed bytes.
        origin: the file.
        limit: the most bytes that may come out of it.

    Raises:
        ReadError: the file is no gzip file, is damaged, is larger than the limit when unpacked,
            or has no record.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as unpacked:
            return _records(unpacked, origin, limit)
    except (OSError, EOFError, zlib.error) as error:
        raise ReadError(
            f"{origin.name}: the file cannot be unpacked ({error}); expected a whole gzip file; "
            f"fetch it again or compress it again.",
            f"{origin.name}：文件无法解压（{error}），应为完整的 gzip 文件；请重新下载或重新压缩",
        ) from error


def _records(stream: io.BufferedIOBase, origin: Origin, limit: int) -> Found:
    """Collect a record from each line.

    Raises:
        ReadError: the stream as a whole cannot be read.
    """
    collector = Collector(origin)
    for number, line in enumerate(_lines(stream, origin, limit), start=1):
        if number == 1:
            refuse_other_boms(line, origin.name)
        try:
            record = _record(line, f"{origin.name}, line {number}")
        except ReadError as error:
            collector.fail(error)
            continue
        if record is not None:
            collector.add(record, number)
    return collector.found()


def _lines(stream: io.BufferedIOBase, origin: Origin, limit: int) -> Iterator[bytes]:
    """Yield the lines of a stream.

    Raises:
        ReadError: a line is too long, or all of them together are.
    """
    left = limit
    while line := stream.readline(MAX_LINE_BYTES + 1):
        left -= len(line)
        if left < 0:
            raise ReadError(
                f"{origin.name}: the file unpacks to more than {limit:,} bytes; expected at most "
                f"that; split it into smaller files.",
                f"{origin.name}：解压后超过 {limit:,} 字节，请拆成较小的文件",
            )
        if len(line) > MAX_LINE_BYTES:
            raise ReadError(
                f"{origin.name}: a line is longer than {MAX_LINE_BYTES:,} bytes; expected one "
                f"record a line; check that the file is JSON Lines.",
                f"{origin.name}：有一行超过 {MAX_LINE_BYTES:,} 字节，"
                "应为每行一条记录；请检查是不是 JSON Lines 文件",
            )
        yield line


def _record(line: bytes, where: str) -> dict[str, object] | None:
    """Return a line's record under the names that ``Collector.add`` wants, None if it is blank.

    Raises:
        ReadError: it is not text, not JSON, or not an object.
    """
    # Each line is decoded by itself, so that a broken one costs no other.
    text = decode(line, where).strip()
    if not text:
        return None
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise ReadError(
            f"{where}: {shown(text)} is not JSON ({error.msg} at character {error.pos + 1}); "
            f"expected one object a line; correct the line.",
            f"{where}：{shown(text)} 不是 JSON（第 {error.pos + 1} 个字符，"
            f"{error.msg}），应为每行一个对象；请改正这一行",
        ) from error
    # Numbers of thousands of digits and nesting thousands deep.
    except (ValueError, RecursionError) as error:
        raise ReadError(
            f"{where}: the record is beyond what can be read ({type(error).__name__}); "
            f"expected a flat object; correct the line.",
            f"{where}：这条记录无法读取（{type(error).__name__}）"
            "，应为没有嵌套的对象；请改正这一行",
        ) from error
    if not isinstance(value, dict):
        raise ReadError(
            f'{where}: found {_kind(value)}; expected an object like {{"title": …, "text": …}}; '
            f"correct the line.",
            f'{where}：应为 {{"title": …, "text": …}} 这样的对象；请改正这一行',
        )
    return {
        key: next((value[name] for name in names if value.get(name) is not None), None)
        for key, names in _KEYS.items()
    }


def _kind(value: object) -> str:
    """Return what JSON calls a value that is not an object."""
    kinds = {list: "an array", str: "a string", bool: "a truth value", type(None): "null"}
    return kinds.get(type(value), "a number")
