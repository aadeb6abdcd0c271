"""Files, folders and uploads: what is read, what is passed over, what is reported."""

import inspect
import os
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import ReadError
from index.readers import FORMATS, MAX_BYTES, Read, read_bytes, read_path

CHECKOUT = Path(__file__).parents[2]
SEED = CHECKOUT.parent / "shared" / "seed" / "page.txt"
PARAGRAPH = "武汉市出台八条惠企政策，支持小微企业发展。"


def article_file(folder: Path, name: str, title: str = "一篇文章") -> Path:
    path = folder / name
    path.write_text(f"{title}\n\n{PARAGRAPH}\n", encoding="utf-8")
    return path


def the_error(result: Read) -> str:
    assert result.articles == ()
    assert not result.skipped
    (error,) = result.errors
    assert isinstance(error, ReadError)
    assert error.chinese
    return str(error)


def test_a_result_cannot_be_changed(tmp_path: Path) -> None:
    (result,) = read_path(article_file(tmp_path, "a.txt"))
    with pytest.raises(FrozenInstanceError):
        result.skipped = True  # type: ignore[misc]


def test_a_folder_is_read_in_order_and_one_bad_file_costs_no_other(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / ".git").mkdir()
    article_file(tmp_path / "c" / ".git", "inside-hidden.txt")
    article_file(tmp_path, ".hidden.txt")
    article_file(tmp_path, "z.txt", "末篇")
    article_file(tmp_path / "c", "b.MD", "# 中篇")
    article_file(tmp_path, "a.txt", "首篇")
    (tmp_path / "b.txt").write_bytes(b"\x00\x01\x02")
    (tmp_path / "d.png").write_bytes(b"\x89PNG")
    announced: list[Path] = []
    results = list(read_path(tmp_path, on_file=announced.append))
    names = [result.path.relative_to(tmp_path).as_posix() for result in results]
    assert names == ["a.txt", "b.txt", "c/b.MD", "d.png", "z.txt"]
    assert announced == [result.path for result in results]
    assert "b.txt: the content is binary" in the_error(results[1])
    assert results[3] == Read(tmp_path / "d.png", skipped=True)
    titles = [article.title for result in results for article in result.articles]
    assert titles == ["首篇", "中篇", "末篇"]


def test_on_file_comes_before_the_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    article_file(tmp_path, "a.txt")

    def edit(file: Path) -> None:
        file.write_text("改了\n正文。", encoding="utf-8")

    (result,) = read_path(path, on_file=edit)
    assert result.articles[0].title == "改了"


def test_reading_again_gives_the_same(tmp_path: Path) -> None:
    for name in ("a.txt", "b.md"):
        article_file(tmp_path, name)
    (tmp_path / "c.jsonl").write_text('{"title": "甲", "text": "乙"}\n' * 2, "utf-8")
    first = list(read_path(tmp_path))
    assert first == list(read_path(tmp_path))
    ids = [article.id for result in first for article in result.articles]
    assert len(set(ids)) == len(ids) == 4


def test_the_source_is_the_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = article_file(tmp_path, "a.txt")
    monkeypatch.chdir(tmp_path)
    (absolute,) = read_path(path)
    (relative,) = read_path(Path("a.txt"))
    (through_folder,) = read_path(Path())
    assert absolute.articles[0].source == str(path.resolve())
    assert absolute.articles == relative.articles == through_folder.articles


def test_an_edited_title_keeps_the_id_of_a_single_article(tmp_path: Path) -> None:
    (before,) = read_path(article_file(tmp_path, "a.txt", "旧题"))
    (after,) = read_path(article_file(tmp_path, "a.txt", "新题"))
    assert before.articles[0].title != after.articles[0].title
    assert before.articles[0].id == after.articles[0].id


def test_symbolic_links_lead_nowhere_twice(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    article_file(folder, "a.txt")
    (folder / "back").symlink_to(tmp_path)
    (folder / "same.txt").symlink_to(folder / "a.txt")
    (folder / "self.txt").symlink_to(folder / "self.txt")
    (folder / "self").symlink_to(folder / "self")
    results = list(read_path(tmp_path))
    assert [result.path.name for result in results] == ["a.txt"]


def test_a_broken_link_is_reported(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    (result,) = read_path(tmp_path)
    assert "No such file" in the_error(result)


def test_a_linked_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    article_file(tmp_path / "real", "a.txt")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "linked").symlink_to(tmp_path / "real")
    (result,) = read_path(tmp_path / "in")
    assert result.path == tmp_path / "in" / "linked" / "a.txt"
    assert result.articles[0].source == str((tmp_path / "real" / "a.txt").resolve())


def test_folders_nest_deeper_than_calls_may(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*"d" * 150)
    folder.mkdir(parents=True)
    article_file(folder, "a.txt")
    before = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(len(inspect.stack(0)) + 100)
        (result,) = read_path(tmp_path)
    finally:
        sys.setrecursionlimit(before)
    assert result.path == folder / "a.txt"
    assert result.articles[0].title == "一篇文章"


@pytest.mark.parametrize("name", ["gone", "nul\0byte", "x" * 5000])
def test_a_path_that_is_not_there(tmp_path: Path, name: str) -> None:
    (result,) = read_path(tmp_path / name)
    assert "expected a file or folder" in the_error(result)


def test_a_pipe_is_neither_file_nor_folder(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    (named,) = read_path(pipe)
    assert "neither a file nor a folder" in the_error(named)
    (inside,) = read_path(tmp_path)
    assert inside == Read(pipe, skipped=True)


def refused(*_args: object, **_kwargs: object) -> None:
    raise PermissionError(13, "Permission denied")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = article_file(tmp_path, "a.txt")
    monkeypatch.setattr(Path, "open", refused)
    (result,) = read_path(path)
    assert "cannot be opened (Permission denied)" in the_error(result)


def test_a_folder_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "iterdir", refused)
    (result,) = read_path(tmp_path)
    assert "cannot be read (Permission denied)" in the_error(result)


def test_a_name_that_is_not_text(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt"))
    path.write_text("题\n正文。", encoding="utf-8")
    (result,) = read_path(tmp_path)
    message = the_error(result)
    assert r"\udcff" in message
    assert message.isprintable()


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    (result,) = read_path(path)
    assert "200,000,001 bytes; expected at most 200,000,000" in the_error(result)


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_an_empty_file_of_each_format(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.touch()
    (result,) = read_path(path)
    assert "the file is empty" in the_error(result)


@pytest.mark.parametrize("suffix", sorted(FORMATS))
@pytest.mark.parametrize("blank", [b" \n\n\t\r\n", b"\xef\xbb\xbf", "　\n".encode()])
def test_a_blank_file_of_each_format(suffix: str, blank: bytes) -> None:
    with pytest.raises(ReadError, match="expected"):
        read_bytes(f"a{suffix}", blank, source="s")


def test_an_unknown_suffix_is_plain_text_where_it_was_asked_for(tmp_path: Path) -> None:
    path = article_file(tmp_path, "NOTES")
    (asked,) = read_path(path)
    (found,) = read_path(tmp_path)
    assert asked.articles[0].title == "一篇文章"
    assert found == Read(path, skipped=True)
    (uploaded,) = read_bytes("NOTES", path.read_bytes(), source=str(path.resolve()))
    assert uploaded == asked.articles[0]


def test_uploads_are_read_like_files(tmp_path: Path) -> None:
    path = article_file(tmp_path, "a.md", "# 题")
    (result,) = read_path(path)
    assert read_bytes("a.md", path.read_bytes(), source=str(path.resolve())) == [*result.articles]


@pytest.mark.parametrize("name", ["../../报告.md", r"C:\文件\报告.md", "报告.MD"])
def test_an_upload_is_named_without_its_folders(name: str) -> None:
    (article,) = read_bytes(name, PARAGRAPH.encode(), source="upload")
    assert article.title == "报告"
    assert article.source == "upload"


@pytest.mark.parametrize(("name", "source"), [("\ud800.txt", "s"), ("a.txt", "\ud800")])
def test_an_upload_named_with_half_a_character(name: str, source: str) -> None:
    with pytest.raises(ReadError, match=r"U\+D800"):
        read_bytes(name, PARAGRAPH.encode(), source=source)


def test_an_upload_with_a_bad_record_is_refused_whole() -> None:
    lines = '{"text": "好"}\n{"text": ""}\n{}\n'
    with pytest.raises(ReadError, match=r"line 2.*\(1 more records have errors\)"):
        read_bytes("a.jsonl", lines.encode(), source="s")


@pytest.mark.parametrize("suffix", [*sorted(FORMATS), ""])
@settings(max_examples=30, deadline=None)
@given(data=st.binary(max_size=300))
def test_random_bytes_raise_nothing_but_a_read_error(suffix: str, data: bytes) -> None:
    try:
        articles = read_bytes(f"a{suffix}", data, source="s")
    except ReadError as error:
        assert str(error).isprintable()  # noqa: PT017
    else:
        assert all(article.text.strip() and article.title for article in articles)


@pytest.mark.parametrize("suffix", [*sorted(FORMATS), ""])
@settings(max_examples=30, deadline=None)
@given(
    text=st.text(
        st.sampled_from("-\n\r\t \",:{}[]<>#`~'&;/!0129年月日【】。一题id字text"), max_size=80
    )
)
def test_random_markup_raises_nothing_but_a_read_error(suffix: str, text: str) -> None:
    try:
        articles = read_bytes(f"a{suffix}", text.encode(), source="s")
    except ReadError as error:
        assert str(error).isprintable()  # noqa: PT017
    else:
        assert all(article.text.strip() and article.title for article in articles)


def test_the_page_that_the_format_comes_from() -> None:
    (result,) = read_path(SEED)
    assert result.errors == ()
    assert len(result.articles) == 10
    assert {article.published for article in result.articles} == {"2025-07-23"}
    labels = [article.label for article in result.articles]
    assert labels.count("武汉招商") == 8
    assert labels.count("汉阳区招商") == 1
    assert labels.count(None) == 1
    assert len({article.id for article in result.articles}) == 10
    lines = SEED.read_text("utf-8").split("\n")
    for article in result.articles:
        assert article.full_title in lines
        assert article.text in lines
        assert "投稿" not in article.text
        assert "联系我们" not in article.text


def test_the_sample() -> None:
    sample = CHECKOUT / "data" / "sample"
    for name, count in (("page.txt", 7), ("articles.jsonl", 7)):
        (result,) = read_path(sample / name)
        assert result.errors == ()
        assert len(result.articles) == count
        assert all(article.published and article.text for article in result.articles)
