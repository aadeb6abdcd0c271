"""Web pages: the main text as trafilatura finds it."""

import logging
import re
from collections.abc import Mapping
from typing import Any

from index.errors import ReadError
from index.readers import fields
from index.readers.encoding import (
    checked,
    decode,
    decode_strictly,
    looks_chinese,
    refuse_other_boms,
)
from index.readers.found import Found
from index.readers.ids import file_id
from index.readers.origin import Origin, shown
from index.records import Article

# More than any page has that people read. The extractor's time grows with the number of elements
# (200,000 take half a minute), and with the square of an element's attributes; the parser drops
# what is nested deeper than 255, and what follows a piece of more than ten million bytes.
MAX_PAGE_BYTES = 50_000_000
MAX_ELEMENTS = 200_000
MAX_ATTRIBUTES = 1_000
MAX_DEPTH = 250
# The extractor compares its result with those of other algorithms, whose time grows with the
# square of the elements. Pages larger than this do without.
COMPARED_ELEMENTS = 10_000

# The library's 250 characters are meant for languages that need three times as many.
_SHORTEST_MAIN_TEXT = "25"
_DATES = {
    "extensive_search": False,  # or the year of a copyright notice passes for a date
    "original_date": True,
    "max_date": "2099-12-31",  # or the result would depend on today
}

_CHARSET = re.compile(
    rb"<meta\b[^>]{0,300}?\bcharset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{1,40})"
    rb"|<\?xml[^>]{0,100}?\bencoding\s{0,9}=\s{0,9}[\"']([\w.:-]{1,40})",
    re.IGNORECASE,
)
_DECLARED_WITHIN = 4096
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*>")
_WEB = re.compile(r"https?://", re.IGNORECASE)
# Names that pages use, and the widest encoding that holds what such pages contain.
_ENCODINGS = {
    "utf-8": ("utf-8",),
    "utf8": ("utf-8",),
    "gb2312": ("gb18030",),
    "gb_2312-80": ("gb18030",),
    "gbk": ("gb18030",),
    "x-gbk": ("gb18030",),
    "cp936": ("gb18030",),
    "gb18030": ("gb18030",),
    "big5": ("cp950", "big5hkscs"),
    "big5-hkscs": ("big5hkscs",),
    "x-x-big5": ("cp950", "big5hkscs"),
    "cp950": ("cp950",),
    "us-ascii": ("cp1252",),
    "iso-8859-1": ("cp1252",),
    "windows-1252": ("cp1252",),
}


def read(data: bytes, origin: Origin) -> Found:
    """Read the article of a web page.

    The text is the page's main text, a paragraph a line, without its title if it begins with it.
    The encoding is the one that the page declares (UTF-8, GB18030 and its subsets, Big5), or
    UTF-8 or GB18030.

    Raises:
        ReadError: the page is not text, has no main text, or is built to exhaust its reader.
    """
    if len(data) > MAX_PAGE_BYTES:
        raise ReadError(
            f"{origin.name}: the page has {len(data):,} bytes; expected at most "
            f"{MAX_PAGE_BYTES:,}; save it without its images.",
            f"{origin.name}：网页有 {len(data):,} 字节，最多 {MAX_PAGE_BYTES:,} 字节；"
            "请保存时不带图片",
        )
    markup = _decode(data, origin.name)
    if declaration := _XML_DECLARATION.match(markup):
        markup = markup[declaration.end() :]  # the characters are decoded already
    elements = _refuse_monsters(markup, origin.name)
    page = _extract(markup, origin.name, compare=elements <= COMPARED_ELEMENTS)
    if page is None or not (page.text or "").strip():
        raise ReadError(
            f"{origin.name}: the page has no main text; expected an article; "
            f"save the page when it is fully loaded, or save its text as a .txt file.",
            f"{origin.name}：网页里没有找到正文；请等网页完全打开后再保存，或把文字存成 .txt 文件",
        )
    title = fields.one_line(page.title, "title", origin.name) or origin.stem
    article = Article(
        id=file_id(origin.source),
        title=title,
        text=_without_title(fields.body(page.text, origin.name), title),
        source=origin.source,
        published=fields.date(page.date, origin.name),
        url=page.url if page.url and _WEB.match(page.url) else None,
    )
    return Found((article,))


def _decode(data: bytes, where: str) -> str:
    """Return a page's characters.

    A declaration that makes no sense of the bytes is common (the file was converted, the
    declaration forgotten), so it yields to an encoding that does.

    Raises:
        ReadError: no encoding that the page may be in fits.
    """
    refuse_other_boms(data, where)
    match = _CHARSET.search(data, 0, _DECLARED_WITHIN)
    if match is None:
        return decode(data, where)
    declared = (match[1] or match[2]).decode("ascii").lower()
    readings = [decode_strictly(data, name) for name in _ENCODINGS.get(declared, ())]
    as_declared = [text for text in readings if text is not None]
    undeclared = decode_strictly(data, "gb18030")
    tries = [
        *(text for text in as_declared if looks_chinese(text)),
        decode_strictly(data, "utf-8"),
        undeclared if undeclared is not None and looks_chinese(undeclared) else None,
        *as_declared,
    ]
    text = next((text for text in tries if text is not None), None)
    if text is None:
        raise ReadError(
            f"{where}: the page declares {shown(declared)} and cannot be read as that; expected "
            f"UTF-8, GB18030 or Big5; convert the page to UTF-8.",
            f"{where}：网页声明的编码是 {shown(declared)}，但读不出来；请转成 UTF-8",
        )
    return checked(text, where)


class _Gauge:
    """Measures a page while it is parsed, without keeping any of it."""

    def __init__(self, where: str) -> None:
        self._where = where
        self.elements = 0
        self._depth = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Count an element.

        Raises:
            ReadError: it is one too many, too deep, or has too many attributes.
        """
        self.elements += 1
        self._depth += 1
        for count, most, what in (
            (self.elements, MAX_ELEMENTS, "elements"),
            (self._depth, MAX_DEPTH, "levels of elements"),
            (len(attributes), MAX_ATTRIBUTES, f"attributes on one {shown(tag)}"),
        ):
            if count > most:
                raise ReadError(
                    f"{self._where}: the page has more than {most:,} {what}; expected a page "
                    f"for people to read; save its text as a .txt file.",
                    f"{self._where}：网页的结构过于庞大；请把文字存成 .txt 文件",
                )

    def end(self, tag: str) -> None:  # noqa: ARG002
        """Leave an element."""
        self._depth -= 1

    def close(self) -> None:
        """End the page."""


def _refuse_monsters(markup: str, where: str) -> int:
    """Return the number of a page's elements.

    Raises:
        ReadError: the page would exhaust the extractor, or the parser would cut it short.
    """
    from lxml import etree  # type: ignore[import-untyped]

    gauge = _Gauge(where)
    parser = etree.HTMLParser(target=gauge)
    try:
        etree.fromstring(markup, parser=parser)
    except etree.LxmlError:
        return gauge.elements  # what cannot be parsed has no main text, and is refused for that
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise ReadError(
            f"{where}: the page has a piece of more than 10,000,000 bytes; expected smaller ones; "
            f"save it without its images.",
            f"{where}：网页里有一块超过 10,000,000 字节；请保存时不带图片",
        )
    return gauge.elements


def _extract(markup: str, where: str, *, compare: bool) -> Any:
    """Return what the library makes of a page, or None.

    Raises:
        ReadError: the library failed.
    """
    import trafilatura  # slow to import, and only needed here
    from trafilatura.settings import use_config

    for name in ("trafilatura", "htmldate"):
        # The library reports on stderr what is reported here as an error.
        if not logging.getLogger(name).handlers:
            logging.getLogger(name).addHandler(logging.NullHandler())
    if not re.search("<(?:html|body)\\b", markup, re.IGNORECASE):
        # A fragment is not taken for HTML.
        markup = f"<html><body>{markup}</body></html>"
    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", _SHORTEST_MAIN_TEXT)
    page = None
    try:
        for recall in (False, True):
            page = page or trafilatura.bare_extraction(
                markup,
                fast=not compare,
                favor_recall=recall,
                include_comments=False,
                with_metadata=True,
                date_extraction_params=_DATES,
                prune_xpath=["//noscript", "//template"],
                config=config,
            )
    # Whatever a hostile page makes it raise must not end the reading of the other files.
    except Exception as error:
        raise ReadError(
            f"{where}: the page cannot be read ({type(error).__name__}: {shown(str(error))}); "
            f"expected HTML; save its text as a .txt file.",
            f"{where}：网页无法读取（{type(error).__name__}）；请把文字存成 .txt 文件",
        ) from error
    return page


def _without_title(text: str, title: str) -> str:
    """Return a text without its first line if that repeats the title."""
    first, _, below = text.partition("\n")
    return below.lstrip("\n") if first.strip() == title and below.strip() else text
