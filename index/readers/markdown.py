"""Markdown: one article a file, with or without YAML front matter."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from index.errors import ReadError
from index.readers import fields
from index.readers.encoding import decode
from index.readers.found import Found
from index.readers.ids import file_id
from index.readers.origin import Origin
from index.records import Article

# YAML is read at some hundred kilobytes a second.
MAX_FRONT_CHARACTERS = 100_000

_FRONT = re.compile(r"---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.M)
_HEADING = re.compile(r" {0,3}#[ \t]+")
_FENCE = re.compile(r" {0,3}(?P<marks>`{3,}|~{3,})(?P<info>.*)")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_NULL = "tag:yaml.org,2002:null"


@dataclass(frozen=True, slots=True)
class _Value:
    """A value of the front matter.

    Attributes:
        text: as written, or None for a mapping.
        line: its line in the file, from 1.
    """

    text: str | None
    line: int


def read(data: bytes, origin: Origin) -> Found:
    """Read one article.

    The front matter may tell ``title``, ``date`` or ``published``, ``url``, ``link`` or
    ``source``, and ``label``, ``category``, ``categories`` or ``tags`` (of several, the first).
    Without its title, the first heading of level one is the title, otherwise the file's name.
    The text stays Markdown; the front matter is left out of it, and so is the heading that gave
    the title if the text begins with it.

    Raises:
        ReadError: the file is not text, has no text, or its front matter is broken.
    """
    text, front = _split_front(decode(data, origin.name), origin)
    given = _one_line(front, origin, "title")
    title, body = (given, text) if given else _split_heading(text)
    if not body.strip():
        raise ReadError(
            f"{origin.name}: the file has no text below its title; expected an article; "
            f"add its text or delete the file.",
            f"{origin.name}：标题下面没有正文；请补上正文，或删除这个文件",
        )
    article = Article(
        id=file_id(origin.source),
        title=title or origin.stem,
        text=body,
        source=origin.source,
        label=_one_line(front, origin, "label", "category", "categories", "tags"),
        published=_published(front, origin),
        url=_one_line(front, origin, "url", "link") or _web_address(front, origin),
    )
    return Found((article,))


def _split_front(text: str, origin: Origin) -> tuple[str, dict[str, _Value]]:
    """Return the text without its front matter, and the front matter.

    Raises:
        ReadError: the front matter is not YAML, or is too long.
    """
    match = _FRONT.match(text)
    if not match:
        return text, {}
    if len(match["yaml"]) > MAX_FRONT_CHARACTERS:
        raise ReadError(
            f"{origin.name}: the front matter has more than {MAX_FRONT_CHARACTERS:,} characters; "
            f"expected a few lines; move the rest below it.",
            f"{origin.name}：文件头超过 {MAX_FRONT_CHARACTERS:,} 个字符，"
            "应为几行；请把其余的移到下面",
        )
    try:
        # Composed, not loaded: values stay as written (loading makes 012 ten), lines are known,
        # and nothing is ever constructed.
        node = yaml.compose(match["yaml"], Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise _broken(error, origin) from error
    if node is not None and not isinstance(node, yaml.MappingNode):
        return text, {}  # a text between two thematic breaks
    pairs = node.value if node is not None else []
    front = {
        str(key.value).lower(): value
        for key, node in reversed(pairs)
        if isinstance(key, yaml.ScalarNode) and (value := _value(node)) is not None
    }
    return text[match.end() :].lstrip("\n"), front


def _value(node: yaml.Node) -> _Value | None:
    """Return a value, the first of several, or None if it is empty."""
    line = node.start_mark.line + 2  # marks count from 0, and the dashes stand above
    if isinstance(node, yaml.SequenceNode):
        return _value(node.value[0]) if node.value else None
    if not isinstance(node, yaml.ScalarNode):
        return _Value(None, line)
    return None if node.tag == _NULL or not node.value.strip() else _Value(node.value, line)


def _broken(error: Exception, origin: Origin) -> ReadError:
    """Return the error of front matter that is not YAML, with its line in the file."""
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 2 if mark is not None else 1
    problem = getattr(error, "problem", None) or type(error).__name__
    return ReadError(
        f"{origin.name}, line {line}: the front matter is not YAML ({problem}); "
        f'expected lines like "title: …" between two lines "---"; correct it.',
        f"{origin.name} 第 {line} 行：文件头不是 YAML（{problem}）"
        "，应为两行“---”之间的“title: …”等；请改正",
    )


def _one_line(front: Mapping[str, _Value], origin: Origin, *keys: str) -> str | None:
    """Return the first value that there is under one of the keys.

    Raises:
        ReadError: it is a mapping, or cannot be stored.
    """
    key = next((key for key in keys if key in front), None)
    if key is None:
        return None
    value = front[key]
    where = f"{origin.name}, line {value.line}"
    if value.text is None:
        raise ReadError(
            f'{where}: "{key}" is a mapping; expected one value; correct it.',
            f"{where}：“{key}”应为一个值，这里是一组；请改正",
        )
    return fields.one_line(value.text, key, where)


def _published(front: Mapping[str, _Value], origin: Origin) -> str | None:
    """Return the publication date.

    Raises:
        ReadError: it is not a date.
    """
    written = _one_line(front, origin, "published", "date")
    line = next((front[key].line for key in ("published", "date") if key in front), 1)
    return fields.date(written, f"{origin.name}, line {line}")


def _web_address(front: Mapping[str, _Value], origin: Origin) -> str | None:
    """Return the source if it is an address; it may as well be a newspaper's name."""
    source = _one_line(front, origin, "source")
    return source if source and _WEB.match(source) else None


def _split_heading(text: str) -> tuple[str | None, str]:
    """Return the first heading of level one, and the text without it if it begins with it."""
    fence = ""
    above_is_blank = True
    lines = text.split("\n")
    for number, line in enumerate(lines):
        fence = _fence_after(line, fence)
        if not fence and (title := _heading(line)):
            below = "\n".join(lines[number + 1 :]).lstrip("\n")
            return title, below if above_is_blank else text
        above_is_blank = above_is_blank and not line.strip()
    return None, text


def _heading(line: str) -> str:
    """Return the heading of level one that a line is, or ""."""
    match = _HEADING.match(line)
    if not match:
        return ""
    title = line[match.end() :].strip()
    unclosed = title.rstrip("#")
    return unclosed.rstrip() if unclosed.endswith((" ", "\t")) else title


def _fence_after(line: str, fence: str) -> str:
    """Return the marks of the code fence that is open below a line, or "".

    CommonMark 0.31, section 4.5: a fence is closed by at least as many of its own marks, with
    nothing behind them; a fence of backticks has none behind its marks.
    """
    match = _FENCE.fullmatch(line)
    if not match:
        return fence
    marks, info = match["marks"], match["info"]
    if not fence:
        return "" if marks[0] == "`" and "`" in info else marks
    closes = marks.startswith(fence) and not info.strip()
    return "" if closes else fence
