"""Text files: a page as saved from a browser, or one article."""

import re

from index.errors import ReadError
from index.readers import page
from index.readers.dates import parse_date
from index.readers.encoding import decode
from index.readers.found import Found
from index.readers.ids import file_id
from index.readers.origin import Origin
from index.records import Article

_LONGEST_TITLE = 60
_SENTENCE_ENDS = tuple("。！？；，：、…!?;,:.")
_LIST_MARK = re.compile(r"[-*+•·●○■□◆]\s")


def read(data: bytes, origin: Origin) -> Found:
    """Read a page if the text is shaped like one, otherwise one article.

    The first line that is not blank is the title if it is short, does not end like a sentence
    and has text below it; it then stays out of the text, and so does a date that follows it.
    Otherwise the title is the file's name.

    Raises:
        ReadError: the file is not text, or blank.
    """
    text = decode(data, origin.name)
    if not text.strip():
        raise ReadError(
            f"{origin.name}: the file has no text; expected an article; check where it is from.",
            f"{origin.name}：文件里没有文字，请检查来源",
        )
    if page.is_page(text):
        return page.read(text, origin)
    title, published, body = _split(text)
    article = Article(
        id=file_id(origin.source),
        title=title or origin.stem,
        text=body,
        source=origin.source,
        published=published,
    )
    return Found((article,))


def _split(text: str) -> tuple[str | None, str | None, str]:
    """Return the title and the date above a text, None where there is none, and the text."""
    title, below = _first_line(text)
    if not _is_title(title):
        return None, None, text
    second, below_second = _first_line(below)
    published = parse_date(second)
    body = below if published is None else below_second
    if not body.strip():
        return None, None, text
    return title, published, body.lstrip("\n")


def _first_line(text: str) -> tuple[str, str]:
    """Return the first line that is not blank, stripped, and what follows its line end."""
    start = len(text) - len(text.lstrip())
    line, _, below = text[start:].partition("\n")
    return line.strip(), below


def _is_title(line: str) -> bool:
    return (
        len(line) <= _LONGEST_TITLE
        and not line.endswith(_SENTENCE_ENDS)
        and not _LIST_MARK.match(line)
        and any(character.isalnum() for character in line)
    )
