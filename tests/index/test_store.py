import sqlite3
from pathlib import Path

import numpy as np
import pytest

from index.embedders.base import Identity, PassageInput, PassageVectors
from index.errors import CollectionBusy, CollectionCorrupt, NoCollection
from index.records import Article, Passage, Span
from index.store import FILE, Store, vector_key
from index.stored import Filter, Prepared

IDENTITY = Identity("test", "1", 4, "mean", "q: ", "p: ")


def article(article_id: str = "a", text: str = "第一段。\n\n第二段。", **more: str) -> Article:
    return Article(article_id, f"题{article_id}", text, "/somewhere", **more)


def prepared(of: Article) -> list[Prepared]:
    found = []
    for number, part in enumerate(of.text.split("\n\n"), 1):
        start = of.text.index(part)
        passage = Passage(of.id, number, start, start + len(part), part, ("一、总则",))
        given = PassageInput(of.title, part, (Span(0, len(part)),))
        found.append(
            Prepared(passage, (Span(start, start + len(part)),), vector_key(IDENTITY, given))
        )
    return found


def keep(store: Store, items: list[Prepared]) -> None:
    vectors = PassageVectors(np.eye(4, dtype=np.float32)[0], np.eye(4, dtype=np.float32)[1:2])
    store.keep_vectors([(item.key, vectors) for item in items])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path, IDENTITY)


def put(store: Store, *articles: Article) -> None:
    items = [(a, prepared(a)) for a in articles]
    for _, parts in items:
        keep(store, parts)
    store.replace(items)


def test_what_is_stored_comes_back_as_it_was(store: Store) -> None:
    given = article(label="武汉招商", published="2023-06-01", url="https://example.org/a")
    put(store, given)
    assert store.article("a") == given
    assert store.passages_of(given) == [item.passage for item in prepared(given)]
    (first, second) = store.passages(store.added_since(0)).values()
    assert (first.passage.text, second.passage.text) == ("第一段。", "第二段。")
    assert second.sentences == (Span(6, 10),)
    assert first.article == given
    vectors = store.vectors([first.id])[first.id]
    assert vectors.passage.tolist() == [1, 0, 0, 0]
    assert vectors.sentences.tolist() == [[0, 1, 0, 0]]


def test_each_change_raises_the_generation_and_bears_a_new_stamp(store: Store) -> None:
    stamps = [store.stamp]
    put(store, article())
    stamps.append(store.stamp)
    store.remove(["a"])
    stamps.append(store.stamp)
    assert len(set(stamps)) == 3
    assert [store.generation_of(stamp) for stamp in stamps] == [0, 1, 2]
    assert store.generation_of("another history") is None


def test_replacing_names_the_old_passages_as_removed(store: Store) -> None:
    put(store, article())
    old = store.added_since(0)
    put(store, article(text="改过的一段。"))
    assert store.removed_since(1) == old
    new = store.added_since(1)
    assert not set(new) & set(old)
    assert store.counts() == {"articles": 1, "passages": 1, "characters": 6}


def test_vectors_nobody_refers_to_are_dropped_with_the_next_change(store: Store) -> None:
    orphan = prepared(article("orphan", "谁也不要的一段。"))
    keep(store, orphan)
    assert store.known_vectors([orphan[0].key]) == {orphan[0].key}
    put(store, article())
    assert store.known_vectors([orphan[0].key]) == set()


def test_a_change_that_fails_leaves_everything_as_it_was(store: Store) -> None:
    put(store, article())
    before = (store.generation, store.counts(), list(store.articles()))
    broken = prepared(article("b"))  # its vectors are missing
    with pytest.raises(sqlite3.IntegrityError):
        store.replace([(article("b"), broken)])
    assert (store.generation, store.counts(), list(store.articles())) == before


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Filter(), {"old", "new", "undated"}),
        (Filter(since="2023-01-01"), {"new"}),
        (Filter(until="2022-12-31"), {"old"}),
        (Filter(since="2022-05-06", until="2022-05-06"), {"old"}),
        (Filter(label="甲"), {"old", "undated"}),
        (Filter(since="2000-01-01", label="甲"), {"old"}),
        (Filter(label="无"), set()),
    ],
)
def test_filters(store: Store, where: Filter, expected: set[str]) -> None:
    put(
        store,
        article("old", label="甲", published="2022-05-06T10:00:00"),
        article("new", label="乙", published="2023-07-08"),
        article("undated", label="甲"),
    )
    assert {summary.id for summary in store.listing.summaries(where)} == expected
    passing = store.passages(store.passing(where).tolist())
    assert {stored.article.id for stored in passing.values()} == expected


def test_opening_what_is_not_there_names_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(NoCollection, match="wenju add"):
        Store.open(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "content", [b"", b"not a database at all", b"SQLite format 3\0" + bytes(500)]
)
def test_a_file_that_is_no_store_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(CollectionCorrupt):
        Store.open(tmp_path)
    assert (tmp_path / FILE).read_bytes() == content


def test_a_store_of_a_later_format_is_refused(store: Store) -> None:
    with sqlite3.connect(store.path) as other:
        other.execute("PRAGMA user_version = 99")
    with pytest.raises(CollectionCorrupt, match="format 99"):
        Store.open(store.path.parent)


def test_damaged_pages_are_told_as_corruption(tmp_path: Path, store: Store) -> None:
    put(store, *(article(f"a{i}", "很长的一段话。" * 300) for i in range(20)))
    store.close()
    data = bytearray((tmp_path / FILE).read_bytes())
    for at in range(4096, len(data), 4096):
        data[at : at + 16] = b"\xff" * 16
    (tmp_path / FILE).write_bytes(data)
    with pytest.raises(CollectionCorrupt):
        list(Store.open(tmp_path).articles())


def test_a_store_that_another_process_keeps_locked_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.database._PATIENCE", 0.1)
    impatient = Store.open(store.path.parent)
    with sqlite3.connect(store.path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CollectionBusy, match="locked"):
            impatient.remove(["a"])
        other.execute("ROLLBACK")


def test_a_snapshot_sees_one_generation_while_another_process_writes(store: Store) -> None:
    put(store, article())
    other = Store.open(store.path.parent)
    with store.snapshot() as generation:
        other.remove(["a"])
        assert store.generation == generation
        assert store.article("a") is not None
    assert store.article("a") is None
