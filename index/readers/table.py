"""Tables: CSV, and TSV with tabs for commas."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from index.errors import ReadError
from index.readers.collect import Collector
from index.readers.encoding import decode
from index.readers.found import Found
from index.readers.origin import Origin, shown

MAX_FIELD_CHARACTERS = 50_000_000

# Of two columns that mean the same, the one named first here counts.
_COLUMNS = {
    "id": ("id", "_id", "编号"),
    "title": ("title", "标题"),
    "text": ("text", "正文"),
    "published": ("published", "date", "日期"),
    "url": ("url", "链接"),
    "label": ("label", "标签"),
}


def read(data: bytes, origin: Origin) -> Found:
    """Read a record from each row below the header.

    The header names the columns as JSON Lines names its keys, in any case, or 编号, 标题, 正文,
    日期, 链接, 标签; other columns are passed over. An empty cell is the same as no value.

    Raises:
        ReadError: the file is not text, its header names no text, or it has no record.
    """
    text = decode(data, origin.name)
    # The limit is the process's: it is raised for good and never lowered under another reader.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_FIELD_CHARACTERS))
    delimiter = "\t" if origin.name.lower().endswith(".tsv") else ","
    collector = Collector(origin)
    rows = _rows(text, delimiter, collector)
    line, header = next(rows, (1, []))
    places = _places(header, f"{origin.name}, line {line}")
    for line, row in rows:
        if len(row) > len(header):
            collector.fail(_too_wide(f"{origin.name}, line {line}", len(row), len(header)))
        else:
            collector.add(_record(row, places), line)
    return collector.found()


def _rows(text: str, delimiter: str, collector: Collector) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank, with the line that it starts on.

    Rows that are malformed go to the collector as errors.
    """
    # Strict, or a quote that nobody closes would swallow the rest of the file in silence.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            collector.fail(
                ReadError(
                    f"{collector.origin.name}, line {line}: the row is malformed ({error}); "
                    f"expected cells with quotes around line breaks, quotes doubled inside; "
                    f"correct it.",
                    f"{collector.origin.name} 第 {line} 行：格式有误（{error}）"
                    "；含换行的单元格应加引号，里面的引号写两遍；请改正",
                )
            )
            continue
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield line, row


def _places(header: Sequence[str], where: str) -> dict[str, int]:
    """Return which column holds which value.

    Raises:
        ReadError: no column holds the text.
    """
    names = [name.strip().lower() for name in header]
    places = {
        key: names.index(found)
        for key, known in _COLUMNS.items()
        if (found := next((name for name in known if name in names), None)) is not None
    }
    if "text" not in places:
        raise ReadError(
            f'{where}: the header is {shown(",".join(header))}; expected a column "text" or '
            f'"正文"; name the columns in the first row.',
            f"{where}：首行是 {shown(','.join(header))}，应有“text”或“正文”一列；请在首行写上列名",
        )
    return places


def _record(row: Sequence[str], places: Mapping[str, int]) -> dict[str, object]:
    """Return a row's cells by what they hold, None for the empty ones."""
    return {
        key: row[place] if place < len(row) and row[place].strip() else None
        for key, place in places.items()
    }


def _too_wide(where: str, cells: int, columns: int) -> ReadError:
    return ReadError(
        f"{where}: the row has {cells} cells; expected at most {columns}, one a column; "
        f"put quotes around cells that hold the delimiter.",
        f"{where}：这一行有 {cells} 个单元格，最多 {columns} 个；含分隔符的单元格请加引号",
    )
