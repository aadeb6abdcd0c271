"""Web pages, friendly and hostile."""

import subprocess
import sys
import time

import pytest

from index.errors import ReadError
from index.readers import html, read_bytes
from index.records import Article

FIRST = "武汉市出台了八条惠企政策，纾困贴息贷款额度增加到1000亿元，首批授信超过300亿元。"
SECOND = "申请材料不超过5项，审批不超过3个工作日，小微企业一次也不用多跑。"
HEAD = "<title>惠企八条 - 武汉招商网</title>"
ARTICLE = f"<article><h1>惠企八条</h1><p>{FIRST}</p><h2>二、快在哪里</h2><p>{SECOND}</p></article>"


def markup(head: str = HEAD, body: str = ARTICLE) -> str:
    return f"""<!DOCTYPE html>
<html lang="zh"><head>{head}</head><body>
<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/news">新闻</a></li></ul></div>
{body}
<div class="footer">版权所有 2021 武汉招商网</div></body></html>"""


def read(page: str | bytes, name: str = "网页.html") -> Article:
    data = page.encode() if isinstance(page, str) else page
    (article,) = read_bytes(name, data, source="s")
    return article


def test_page_with_metadata() -> None:
    head = (
        HEAD + '<meta property="article:published_time" content="2023-08-16T10:00:00+08:00">'
        '<meta property="og:site_name" content="武汉招商网">'
        '<link rel="canonical" href="https://example.org/a">'
    )
    assert read(markup(head)) == Article(
        id=read(markup()).id,
        title="惠企八条",
        text=f"{FIRST}\n二、快在哪里\n{SECOND}",
        source="s",
        label=None,
        published="2023-08-16",
        url="https://example.org/a",
    )


@pytest.mark.parametrize("name", ["a.htm", "a.HTML"])
def test_page_without_metadata(name: str) -> None:
    article = read(f"<html><body><p>{FIRST}</p></body></html>", name)
    assert article == Article(article.id, "a", FIRST, "s")


@pytest.mark.parametrize(
    "body", ["<p>武汉出台惠企八条。</p>", "<div><p>武汉出台惠企八条。</p></div>"]
)
@pytest.mark.parametrize("whole", [True, False])
def test_short_pages_and_fragments(body: str, whole: bool) -> None:
    page = f"<html><head>{HEAD}</head><body>{body}</body></html>" if whole else body
    assert read(page).text == "武汉出台惠企八条。"


def test_short_article_among_links() -> None:
    article = read(markup(body=f'<div class="content"><h1>惠企八条</h1><p>{FIRST}</p></div>'))
    assert article.text == FIRST


def test_tables_and_lists_are_kept() -> None:
    table = "<table><tr><td>甲区</td><td>1亿元</td></tr></table>"
    body = f"<p>{FIRST}</p><ul><li>一项任务</li></ul>{table}"
    text = read(markup(body=f"<article>{body}</article>")).text
    assert "一项任务" in text
    assert "甲区" in text
    assert "1亿元" in text


def test_a_year_in_the_footer_is_no_date() -> None:
    assert read(markup()).published is None


def test_the_date_does_not_depend_on_today() -> None:
    assert read(markup(HEAD + '<meta name="date" content="2093-08-16">')).published == "2093-08-16"


def test_an_address_that_is_a_script_is_left_out() -> None:
    head = HEAD + '<link rel="canonical" href="javascript:alert(1)">'
    assert read(markup(head)).url is None


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("gb2312", "gbk"),
        ("GBK", "gbk"),
        ("gb18030", "gb18030"),
        ("big5", "big5"),
        ("Big5-HKSCS", "big5hkscs"),
        ("utf-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        # The file was converted, the declaration forgotten.
        ("gb2312", "utf-8"),
        ("big5", "utf-8"),
        ("shift_jis", "utf-8"),
        ("utf-8", "gb18030"),
        ("iso-8859-1", "gb18030"),
        (None, "gb18030"),
        (None, "utf-8"),
    ],
)
@pytest.mark.parametrize("form", ["<meta charset={}>", '<meta content="text/html; charset={}">'])
def test_declared_encodings(declared: str | None, encoding: str, form: str) -> None:
    text = "漢陽是武漢的老工業區，清末創辦的鐵廠就在這裡，一百多年過去，企業卻還在。"
    head = "<title>漢陽企業</title>" + (form.format(declared) if declared else "")
    page = f"<html><head>{head}</head><body><article><p>{text}</p></article></body></html>"
    article = read(page.encode(encoding))
    assert article.text == text
    assert article.title == "漢陽企業"


def test_xml_declaration() -> None:
    page = '<?xml version="1.0" encoding="gb2312"?>\n' + markup()
    assert read(page.encode("gbk")).text == read(markup()).text


def test_latin1_is_read_where_it_is_declared() -> None:
    text = "Le gouvernement élargit l'accès au crédit des entreprises créées récemment."
    page = markup('<meta charset="iso-8859-1">', f"<article><p>{text}</p></article>")
    page = (
        page.replace("首页", "Home").replace("新闻", "News").replace("版权所有 2021 武汉招商网", "")
    )
    assert read(page.encode("latin-1")).text == text


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (markup('<meta charset="big5">').encode("utf-8") + b"\xff", 'declares "big5"'),
        (markup('<meta charset="koi8-r">', "<p>Привет</p>").encode("koi8-r", "ignore"), "koi8-r"),
        (markup().encode("utf-16"), "UTF-16"),
        (markup(body="\0").encode(), "binary"),
        (b"<html><head><title>x</title></head><body></body></html>", "no main text"),
        (b"<html><body><script>alert(1)</script></body></html>", "no main text"),
        (b"<!-- -->", "no main text"),
        (b"<p>", "no main text"),
    ],
)
def test_pages_that_cannot_be_read(page: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read(page)


HOSTILE = f"""<article onclick="alert('坏')"><p onmouseover="alert('坏')">{FIRST}</p>
<script>document.write("坏")</script><SCRIPT SRC="https://example.org/坏.js"></SCRIPT>
<style>p::before {{ content: "坏" }}</style><noscript>坏</noscript><template><p>坏</p></template>
<svg><script>alert("坏")</script></svg><img src=x onerror="alert('坏')" alt="坏">
<iframe srcdoc="<p>坏</p>"></iframe><object data="坏"></object><!-- 坏 -->
<a href="javascript:alert('坏')">好</a><p>{SECOND}</p></article>"""


def test_scripts_and_styles_never_reach_the_text() -> None:
    article = read(markup(body=HOSTILE))
    assert FIRST in article.text
    assert SECOND in article.text
    assert "坏" not in article.text
    assert "<" not in article.text


def many_attributes(count: int) -> str:
    return "<div " + " ".join(f"a{n}=1" for n in range(count)) + f">{ARTICLE}</div>"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<div>" * 100_000 + ARTICLE, "more than 250 levels of elements"),
        ("<p>" + "<b>" * 300 + FIRST, "more than 250 levels of elements"),
        (many_attributes(100_000), 'more than 1,000 attributes on one "div"'),
        ("<i></i>" * 250_000 + ARTICLE, "more than 200,000 elements"),
        (f'{ARTICLE}<img alt="{"a" * 11_000_000}"><p>{SECOND}</p>', "more than 10,000,000 bytes"),
        (f"{ARTICLE}<!--{'a' * 11_000_000}--><p>{SECOND}</p>", "more than 10,000,000 bytes"),
    ],
)
def test_pages_built_to_exhaust_are_refused_at_once(body: str, message: str) -> None:
    start = time.perf_counter()
    with pytest.raises(ReadError, match=message):
        read(markup(body=body))
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 200 + ARTICLE + "</div>" * 200,
        many_attributes(900),
        f'<img src="data:image/png;base64,{"a" * 5_000_000}">{ARTICLE}',
        f'<div class="article-body"><p>{FIRST}</p></div>' * 6_000,
    ],
)
def test_large_pages_are_read(body: str) -> None:
    start = time.perf_counter()
    assert FIRST in read(markup(body=body)).text
    assert time.perf_counter() - start < 15


def test_a_page_that_is_too_large() -> None:
    with pytest.raises(ReadError, match="expected at most 50,000,000"):
        read(b" " * (html.MAX_PAGE_BYTES + 1))


def test_a_failure_of_the_library_is_a_read_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("trafilatura.bare_extraction", fail)
    with pytest.raises(ReadError, match="RecursionError"):
        read(markup())


def test_the_library_is_imported_when_it_is_needed() -> None:
    code = (
        "import sys, index.readers; sys.exit('trafilatura' in sys.modules or 'lxml' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
