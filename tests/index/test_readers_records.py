"""JSON Lines, tables, dates and ids."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import ReadError
from index.readers import Read, jsonl, read_bytes, read_path
from index.readers.dates import parse_date
from index.readers.ids import article_id, explicit_id, file_id
from index.readers.origin import Origin
from index.records import Article

ORIGIN = Origin("a.jsonl.gz", "s", "a")
FULL = {
    "id": "k",
    "title": "题",
    "text": "正文。\r\n第二段。",
    "published": "2023/8/16",
    "url": "https://example.org/a",
    "label": "武汉招商",
}
AS_READ = Article(
    "k", "题", "正文。\n第二段。", "s", "武汉招商", "2023-08-16", "https://example.org/a"
)


def lines(*records: object) -> bytes:
    return "\n".join(json.dumps(record, ensure_ascii=False) for record in records).encode()


def jsonl_articles(*records: object) -> list[Article]:
    return read_bytes("a.jsonl", lines(*records), source="s")


def of_file(folder: Path, name: str, data: bytes) -> Read:
    (folder / name).write_bytes(data)
    (result,) = read_path(folder / name)
    return result


# JSON Lines


def test_jsonl_record() -> None:
    assert jsonl_articles(FULL) == [AS_READ]


@pytest.mark.parametrize("name", ["a.ndjson", "a.JSONL"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_jsonl_encodings(name: str, encoding: str) -> None:
    data = ("\n" + json.dumps(FULL, ensure_ascii=False) + "\r\n \n").encode(encoding)
    assert read_bytes(name, data, source="s") == [AS_READ]


def test_jsonl_other_spellings() -> None:
    (article,) = jsonl_articles({"_id": 7, "date": "2023-08-16", "text": "正文", "metadata": {}})
    assert (article.id, article.published) == ("7", "2023-08-16")


def test_jsonl_null_is_no_value() -> None:
    nulls = {"id": None, "title": None, "published": None, "url": None, "label": ""}
    (article,) = jsonl_articles({**nulls, "_id": "k", "text": "正文"})
    assert article == Article("k", "正文", "正文", "s")


def test_jsonl_title_of_the_text() -> None:
    (article,) = jsonl_articles({"text": "\n  " + "甲" * 40 + "\n乙"})
    assert article.title == "甲" * 30
    assert article.text == "\n  " + "甲" * 40 + "\n乙"


def test_jsonl_title_is_one_line() -> None:
    (article,) = jsonl_articles({"title": " 甲\r\n乙\u2028丙 ", "text": "正文"})
    assert article.title == "甲 乙 丙"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"text": "a"', r"line 2: .*is not JSON \(.*at character 13\).*one object a line"),
        ("文本", 'line 2: "文本" is not JSON'),
        ('["text"]', "line 2: found an array; expected an object"),
        ("null", "line 2: found null"),
        ("true", "line 2: found a truth value"),
        ("12", "line 2: found a number"),
        ('"text"', "line 2: found a string"),
        ("{}", 'line 2: the record has no "text"'),
        ('{"content": "甲", "body": "乙"}', 'line 2: the record has no "text"'),
        ('{"text": 5}', 'line 2: "text" is of type int; expected a string'),
        ('{"text": " \\n"}', 'line 2: the record\'s "text" is empty'),
        ('{"text": "a\\ud800b"}', r'line 2: "text" holds U\+D800 at character 2'),
        ('{"text": "a\\u0000"}', r'line 2: "text" holds U\+0000 at character 2'),
        ('{"text": "a", "title": "\\udfff"}', r'line 2: "title" holds U\+DFFF'),
        ('{"text": "a", "title": 5}', 'line 2: "title" is of type int'),
        ('{"text": "a", "url": ["b"]}', 'line 2: "url" is of type list'),
        ('{"text": "a", "published": "2023-13-40"}', 'line 2: "2023-13-40" is not a date'),
        ('{"text": "a", "date": "昨天"}', 'line 2: "昨天" is not a date'),
        ('{"text": "a", "date": 20230816}', 'line 2: "published" is of type int'),
        ('{"text": "a", "id": 1.5}', "line 2: the id is of type float"),
        ('{"text": "a", "id": true}', "line 2: the id is of type bool"),
        ('{"text": "a", "id": " "}', 'line 2: "" cannot be an id'),
        ('{"text": "a", "id": "a\\nb"}', r'line 2: "a\\nb" cannot be an id'),
        ('{"text": "a", "id": "k"}', 'line 2: the id "k" is that of line 1 already'),
        ("[" * 100_000, "line 2: .*RecursionError"),
        ('{"text": ' + "9" * 5000 + "}", "line 2: .*ValueError"),
    ],
)
def test_jsonl_a_bad_record_is_told_and_the_others_are_kept(
    tmp_path: Path, line: str, message: str
) -> None:
    data = lines(FULL) + b"\n" + line.encode() + b"\n" + lines({"text": "后来"})
    result = of_file(tmp_path, "a.jsonl", data)
    assert [article.title for article in result.articles] == ["题", "后来"]
    (error,) = result.errors
    with pytest.raises(ReadError, match=message):
        raise error
    assert str(error).isprintable()


def test_jsonl_a_line_that_is_not_text_costs_no_other(tmp_path: Path) -> None:
    data = lines(FULL) + b"\n\xff\xfe\xfd\n\x00\n" + lines({"text": "后来"})
    result = of_file(tmp_path, "a.jsonl", data)
    assert len(result.articles) == 2
    messages = [str(error) for error in result.errors]
    assert "line 2: the content is UTF-16" in messages[0]
    assert "line 3: the content is binary" in messages[1]


def test_jsonl_in_utf16_is_one_error(tmp_path: Path) -> None:
    result = of_file(tmp_path, "a.jsonl", lines(FULL, FULL).decode().encode("utf-16"))
    assert result.articles == ()
    (error,) = result.errors
    assert "UTF-16" in str(error)


def test_jsonl_errors_without_end_are_counted(tmp_path: Path) -> None:
    result = of_file(tmp_path, "a.jsonl", b"x\n" * 1234 + lines(FULL))
    assert len(result.articles) == 1
    assert len(result.errors) == 101
    assert "1,134 more records" in str(result.errors[-1])


def test_jsonl_same_title_and_stable_ids() -> None:
    first = jsonl_articles(*[{"title": "甲", "text": f"{n}"} for n in range(3)])
    again = jsonl_articles({"text": "新"}, *[{"title": "甲", "text": f"改{n}"} for n in range(3)])
    assert [article.id for article in first] == [article.id for article in again[1:]]
    assert len({article.id for article in again}) == 4


def test_jsonl_gz() -> None:
    for name in ("a.jsonl.gz", "a.ndjson.GZ"):
        assert read_bytes(name, gzip.compress(lines(FULL)), source="s") == [AS_READ]
    parts = gzip.compress(lines(FULL) + b"\n") + gzip.compress(lines({"text": "乙"}))
    assert len(read_bytes("a.jsonl.gz", parts, source="s")) == 2


def test_jsonl_gz_that_unpacks_to_more_than_the_limit() -> None:
    bomb = gzip.compress(lines(FULL) + b"\n" + b" " * 50_000_000)
    with pytest.raises(ReadError, match="unpacks to more than 10,000 bytes"):
        jsonl.read_gz(bomb, ORIGIN, limit=10_000)
    exact = lines(FULL)
    assert len(jsonl.read_gz(gzip.compress(exact), ORIGIN, limit=len(exact)).articles) == 1
    with pytest.raises(ReadError, match="unpacks to more"):
        jsonl.read_gz(gzip.compress(exact), ORIGIN, limit=len(exact) - 1)


def test_jsonl_line_without_end() -> None:
    with pytest.raises(ReadError, match="a line is longer than 50,000,000 bytes"):
        jsonl.read_gz(gzip.compress(b" " * 50_000_001), ORIGIN)


@pytest.mark.parametrize(
    "data",
    [
        lines(FULL),
        gzip.compress(lines(FULL), mtime=0)[:-9],
        gzip.compress(lines(FULL), mtime=0) + b"rubbish",
        gzip.compress(lines(FULL), mtime=0)[:12] + b"\xff" * 40,
    ],
)
def test_jsonl_gz_that_is_damaged(data: bytes) -> None:
    with pytest.raises(ReadError, match="cannot be unpacked"):
        read_bytes("a.jsonl.gz", data, source="s")


record_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(text=record_text.filter(str.strip), escaped=st.booleans())
def test_jsonl_text_is_kept(text: str, escaped: bool) -> None:
    data = json.dumps({"text": text}, ensure_ascii=escaped).encode()
    try:
        (article,) = read_bytes("a.jsonl", data, source="s")
    except ReadError as error:
        assert "binary" in str(error)  # noqa: PT017
        assert not escaped
    else:
        assert article.text == text.replace("\r\n", "\n").replace("\r", "\n")


# Tables


@pytest.mark.parametrize(
    "header",
    [
        "id,title,text,published,url,label",
        " ID ,Title,TEXT,date,URL,Label",
        "编号,标题,正文,日期,链接,标签",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("a.TSV", "\t")])
def test_table(header: str, encoding: str, name: str, delimiter: str) -> None:
    row = 'k,题,"正文。\r\n第二段。",2023/8/16,https://example.org/a,武汉招商'
    table = f"{header}\r\n\r\n{row}\r\n".replace(",", delimiter)
    assert read_bytes(name, table.encode(encoding), source="s") == [AS_READ]


def test_table_cells() -> None:
    table = 'extra,text,title\nx,"他说""好"", 然后\n走了",\n,乙\n'
    first, second = read_bytes("a.csv", table.encode(), source="s")
    assert first.text == '他说"好", 然后\n走了'
    assert first.title == '他说"好", 然后'
    assert second.text == "乙"


def test_table_long_cell() -> None:
    (article,) = read_bytes("a.csv", b"text\n" + b"a" * 1_000_000, source="s")
    assert len(article.text) == 1_000_000


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("k2,,,", 'line 4: the record has no "text"'),
        ("k2,乙,正文,2023-02-30", 'line 4: "2023-02-30" is not a date'),
        ("k,乙,正文,", 'line 4: the id "k" is that of line 2 already'),
        ("k2,乙,甲,,乙", "line 4: the row has 5 cells; expected at most 4"),
        ('k2,乙,"甲"乙,', "line 4: the row is malformed"),
    ],
)
def test_table_a_bad_row_is_told_and_the_others_are_kept(
    tmp_path: Path, row: str, message: str
) -> None:
    table = f'id,title,text,date\nk,甲,"正\n文",\n{row}\n,丙,正文,2023-08-16\n'
    result = of_file(tmp_path, "a.csv", table.encode())
    assert [article.title for article in result.articles] == ["甲", "丙"]
    (error,) = result.errors
    with pytest.raises(ReadError, match=message):
        raise error


def test_table_with_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    result = of_file(tmp_path, "a.csv", 'text\n甲\n"乙\n丙\n'.encode())
    assert [article.text for article in result.articles] == ["甲"]
    assert "line 3: the row is malformed" in str(result.errors[0])


@pytest.mark.parametrize("header", ["title,content", "甲;乙", '"text'])
def test_table_whose_header_names_no_text(header: str) -> None:
    with pytest.raises(ReadError, match='expected a column "text" or "正文"'):
        read_bytes("a.csv", f"{header}\n甲,乙\n".encode(), source="s")


def test_table_without_rows() -> None:
    with pytest.raises(ReadError, match="holds no record"):
        read_bytes("a.csv", b"title,text\n", source="s")


# Dates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-08-16", "2023-08-16"),
        ("2023-8-6", "2023-08-06"),
        ("2023/8/16", "2023-08-16"),
        ("2023.8.16", "2023-08-16"),
        ("2023年8月16日", "2023-08-16"),
        ("2023 年 8 月 16 日", "2023-08-16"),
        ("２０２３－０８－１６", "2023-08-16"),
        (" 2023-08-16\n", "2023-08-16"),
        ("2023-08-16 18:02:41", "2023-08-16T18:02:41"),
        ("2023-08-16 8:02", "2023-08-16T08:02:00"),
        ("2023年8月16日18：02", "2023-08-16T18:02:00"),
        ("2023-08-16T18:02:41Z", "2023-08-16T18:02:41Z"),
        ("2023-08-16T18:02:41.123456+08:00", "2023-08-16T18:02:41+08:00"),
        ("2023-08-16 18:02:41 +0800", "2023-08-16T18:02:41+08:00"),
        ("Wed, 16 Aug 2023 18:02:41 +0800", "2023-08-16T18:02:41+08:00"),
        ("16 Aug 2023 18:02:41 GMT", "2023-08-16T18:02:41+00:00"),
        ("2024-02-29", "2024-02-29"),
        ("2023年08月18日 21:00:22 来自北京市", "2023-08-18T21:00:22"),
        ("2023-08-09 07:46  来源：新华社", "2023-08-09T07:46:00"),
        ("2023-08-13 08:30:37来源: 晨报       \t北京      举报", "2023-08-13T08:30:37"),
        ("2023年8月16日来源：晚报", "2023-08-16"),
    ],
)
def test_dates(text: str, expected: str) -> None:
    assert parse_date(text) == expected
    assert parse_date(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2023",
        "2023-08",
        "20230816",
        "2023-13-40",
        "2023-02-29",
        "0000-01-01",
        "2023-08/16",
        "2023年8月",
        "2023-08-16 25:00",
        "2023-08-16T18:02:41+99:00",
        "2023-08-16 武汉",
        "来源：新华社",
        "新华社 2023-08-16 来自北京",
        "16 Foo 2023 18:02:41 GMT",
        "32 Aug 2023 18:02:41 GMT",
        "昨天",
        "2023-08-16" + " " * 100,
    ],
)
def test_what_is_not_a_date(text: str) -> None:
    assert parse_date(text) is None


@given(st.dates() | st.datetimes())
def test_iso_dates_are_read(value: object) -> None:
    text = value.isoformat()  # type: ignore[attr-defined]
    assert parse_date(text) == text.partition(".")[0]


@given(st.text())
def test_any_text_may_be_asked_for_a_date(text: str) -> None:
    parse_date(text)


# Ids


def test_ids_are_twelve_hexadecimal_digits_and_never_change() -> None:
    # Written out, since a change of them would double every article of a collection.
    assert article_id("/a/b.jsonl", "题") == "9d8e4ee9db1a"
    assert article_id("/a/b.jsonl", "题", 1) == "0ff7fb61a175"
    assert file_id("/a/b.txt") == "3700e480e41e"


@given(st.tuples(st.text(), st.text(), st.integers(0, 99)).filter(lambda t: "\ud800" not in t[0]))
def test_ids_tell_sources_titles_and_repetitions_apart(key: tuple[str, str, int]) -> None:
    source, title, nth = key
    assert article_id(*key) == article_id(*key)
    others = [
        article_id(source, title, nth + 1),
        article_id(source + title[:1] + "-", title[1:], nth),
        article_id(source, title + "-", nth),
        file_id(source),
    ]
    assert article_id(*key) not in others


@pytest.mark.parametrize(
    "value", ["a" * 201, "", "\t", "a\x00b", "a\u2028b", "\ud800", None, [], 1.0]
)
def test_what_cannot_be_an_id(value: object) -> None:
    with pytest.raises(ReadError, match=r"f, line 1: .*id"):
        explicit_id(value, "f, line 1")


@pytest.mark.parametrize(
    ("value", "key"),
    [(" a ", "a"), (0, "0"), (-5, "-5"), ("a" * 200, "a" * 200), ("a b/ç", "a b/ç")],
)
def test_what_can_be_an_id(value: object, key: str) -> None:
    assert explicit_id(value, "f") == key
