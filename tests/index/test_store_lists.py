"""What the store lists: articles a page at a time, labels, days, examples, judgements."""

from pathlib import Path

import pytest

from index.collection import Collection
from index.records import Article
from index.store import FILE, Store
from index.stored import Filter, Judgement
from tests.support import HashEmbedder


@pytest.fixture
def store(tmp_path: Path, hash_embedder: HashEmbedder) -> Store:
    with Collection.create(tmp_path, embedder=hash_embedder) as collection:
        collection.add(
            [
                Article("a", "港口 100%", "一", "s", "新港", "2025-01-02"),
                Article("b", "港口_新闻", "二", "s", "新港", "2025-03-01T08:00:00"),
                Article("c", "没有日期", "三", "s"),
                Article("d", "也没有", "四", "s", "招商"),
                Article("e", "同一天", "五", "s", None, "2025-01-02"),
                Article("f", "乾隆年間的ＧＤＰ", "六", "s", "歷史", "1980-01-01"),
            ]
        )
    return Store.open(tmp_path)


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 9])
def test_pages_together_are_the_whole_list(store: Store, limit: int) -> None:
    pages, after = [], None
    while True:
        page, after = store.listing.page(Filter(), "", after, limit)
        pages.append(page)
        if after is None:
            break
    assert [one for page in pages for one in page] == store.listing.summaries(Filter())
    assert [one.id for page in pages for one in page] == ["b", "a", "e", "f", "c", "d"]
    assert all(len(page) == limit for page in pages[:-1])
    assert pages[-1]


def test_pages_of_what_passes(store: Store) -> None:
    def ids(title: str = "", where: Filter = Filter()) -> list[str]:  # noqa: B008 - frozen
        return [one.id for one in store.listing.page(where, title, None, 10)[0]]

    assert ids("港口") == ids(" 港口 新 ") == ["b", "a"]
    assert ids("%") == ["a"]
    assert ids("_") == ["b"]
    assert ids("招商") == ["d"]
    assert ids("!") == []
    assert ids(where=Filter(since="2025-01-03")) == ["b"]
    assert ids("100", Filter(label="新港")) == ["a"]
    for words in ("年间", "年間", "gdp", "ＧＤＰ", "乾", "乾隆年间的gdp", "历史 乾隆"):
        assert ids(words) == ["f"], words


def test_labels_and_days(store: Store, tmp_path: Path) -> None:
    assert list(store.listing.labels().items()) == [("新港", 2), ("招商", 1), ("歷史", 1)]
    assert store.listing.days() == ("1980-01-01", "2025-03-01")
    empty = Store.create(tmp_path / "empty", HashEmbedder().identity)
    assert (empty.listing.labels(), empty.listing.days()) == ({}, (None, None))


def test_examples(store: Store) -> None:
    assert store.examples == []
    store.keep_examples(["港口在哪里？", "多大？"])
    assert store.examples == ["港口在哪里？", "多大？"]


def test_the_last_judgement_of_question_and_passage_counts(store: Store, tmp_path: Path) -> None:
    assert store.judgements.kept() == []
    first = store.judgements.keep(Judgement("问", "a", 1, False, "一", 1.0))
    other = store.judgements.keep(Judgement("另问", "a", 1, True, "一", 2.0))
    last = store.judgements.keep(Judgement("问", "a", 1, True, "一", 3.0))
    assert first.id < other.id < last.id
    assert store.judgements.kept() == [other, last]
    assert store.judgements.kept(limit=1) == [other]
    assert store.judgements.kept(after=other.id) == [last]
    assert (last.relevant, last.judged) == (True, 3.0)
    store.remove(["a"])
    assert Store.open(tmp_path).judgements.kept() == [other, last]
    assert (tmp_path / FILE).exists()


def test_judgements_are_withdrawn(store: Store) -> None:
    store.judgements.withdraw("问", "a", 1)
    assert store.judgements.kept() == []
    first = store.judgements.keep(Judgement("问", "a", 1, True, "一", 1.0))
    others = [
        store.judgements.keep(Judgement(*key, True, "一", 2.0))
        for key in (("另问", "a", 1), ("问", "b", 1), ("问", "a", 2))
    ]
    store.judgements.withdraw("问", "a", 1)
    assert store.judgements.kept() == others
    again = store.judgements.keep(Judgement("问", "a", 1, False, "一", 3.0))
    assert again.id > others[-1].id > first.id
    assert store.judgements.kept(question="问") == [*others[1:], again]
    assert store.judgements.kept(question="问", after=others[1].id, limit=1) == [others[2]]
    assert store.judgements.kept(question="没问过") == []
