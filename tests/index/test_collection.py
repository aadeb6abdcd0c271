"""A collection: what adding does, and derived indexes that are missing, stale or broken."""

import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from index.collection import Collection
from index.embedders.base import Embedder, PassageInput, PassageVectors
from index.errors import EmbedderMismatch, NoCollection, UnknownArticle
from index.records import Article
from index.store import Store
from index.stored import Filter
from qa.records import Mode
from qa.search import search
from tests.support import HashEmbedder

TOPICS = ("港口吞吐量", "在线教育", "时尚产业", "科技信贷", "智能化改造", "人才政策")


def article(number: int, version: int = 0) -> Article:
    topic = TOPICS[number % len(TOPICS)]
    body = "\n\n".join(
        f"第{number}篇文章的第{part}段讲的是{topic}，编号{number * 7 + part}，版本{version}。" * 2
        for part in range(3)
    )
    return Article(f"a{number}", f"{topic}之{number}", body, "/source", label=topic)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "collection"


def filled(place: Path, embedder: Embedder, count: int = 6) -> Collection:
    collection = Collection.create(place, embedder=embedder)
    collection.add([article(number) for number in range(count)])
    return collection


def everything(collection: Collection) -> dict[str, list[tuple[str, int, float]]]:
    """What a few questions find in every mode; equal for collections that are equal."""
    return {
        f"{mode} {question}": [
            (hit.stored.article.id, hit.stored.passage.number, round(hit.score, 4))
            for hit in search(collection, question, 100, mode).hits
        ]
        for mode in Mode
        for question in ("港口吞吐量是多少", "编号15的一段", "人才")
    }


def test_adding_again_changes_nothing(place: Path, hash_embedder: HashEmbedder) -> None:
    with filled(place, hash_embedder) as collection:
        generation = collection.store.generation
        embedded = hash_embedder.embedded
        change = collection.add([article(number) for number in range(6)])
        assert (change.added, change.replaced, len(change.unchanged)) == ((), (), 6)
        assert collection.store.generation == generation
        assert hash_embedder.embedded == embedded


def test_a_changed_article_is_replaced_and_only_what_is_new_is_embedded(
    place: Path, hash_embedder: HashEmbedder
) -> None:
    with filled(place, hash_embedder) as collection:
        before = hash_embedder.embedded
        text = article(2).text
        changed = Article("a2", article(2).title, text + "\n\n" + "全新的一段内容，" * 8, "/source")
        change = collection.add([article(1), changed])
        assert (change.added, change.replaced, change.unchanged) == ((), ("a2",), ("a1",))
        assert hash_embedder.embedded > before
        assert collection.article("a2").text == changed.text
        (hit,) = search(collection, "全新的一段内容", 1).hits
        assert hit.stored.article.id == "a2"
        assert collection.store.counts()["articles"] == 6


def test_the_same_id_twice_in_one_call_keeps_the_later(
    place: Path, hash_embedder: HashEmbedder
) -> None:
    with Collection.create(place, embedder=hash_embedder) as collection:
        change = collection.add([article(1, 0), article(1, 1)])
        assert change.added == ("a1",)
        assert "版本1" in collection.article("a1").text


def test_removed_articles_are_not_found(place: Path, hash_embedder: HashEmbedder) -> None:
    with filled(place, hash_embedder) as collection:
        collection.remove(["a0", "a3"])
        found = {key for hits in everything(collection).values() for key, _, _ in hits}
        assert found == {"a1", "a2", "a4", "a5"}
        with pytest.raises(UnknownArticle, match="a0"):
            collection.remove(["a1", "a0"])
        assert collection.article("a1").id == "a1"


def test_articles_are_found_by_id_start_or_title(place: Path, hash_embedder: HashEmbedder) -> None:
    with filled(place, hash_embedder, 12) as collection:
        assert collection.article("a10").id == "a10"
        assert collection.article("a1").id == "a1"  # a whole id wins over starts
        assert collection.article("时尚产业之2").id == "a2"
        with pytest.raises(UnknownArticle, match="may mean"):
            collection.article("a")
        with pytest.raises(UnknownArticle, match="wenju list"):
            collection.article("nothing")
        with pytest.raises(UnknownArticle):
            collection.article("")


def test_opening_needs_a_collection_and_its_model(place: Path, hash_embedder: HashEmbedder) -> None:
    with pytest.raises(NoCollection, match="wenju add"):
        Collection.open(place)
    filled(place, hash_embedder).close()
    with pytest.raises(EmbedderMismatch, match="wenju reembed --model other"):
        Collection.open(place, embedder=HashEmbedder("other"))


def test_another_model_embeds_everything_anew(place: Path, hash_embedder: HashEmbedder) -> None:
    other = HashEmbedder("other", 32)
    with filled(place, hash_embedder) as collection:
        collection.reembed(other)
        after = everything(collection)
    with Collection.open(place, embedder=other) as collection:
        assert collection.store.embedder == other.identity
        assert everything(collection) == after


def test_filters_hold_in_every_mode(place: Path, hash_embedder: HashEmbedder) -> None:
    with filled(place, hash_embedder, 12) as collection:
        for mode in Mode:
            hits = search(collection, "编号15的一段", 100, mode, Filter(label="科技信贷")).hits
            assert {hit.stored.article.id for hit in hits} <= {"a3", "a9"}
            assert search(collection, "编号", 5, mode, Filter(since="2000-01-01")).hits == ()
        hits = search(collection, "编号15的一段", 100, Mode.DENSE, Filter(label="科技信贷")).hits
        assert len(hits) == 6


def _delete(path: Path) -> None:
    path.unlink()


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[random.Random(path.name).randrange(len(data))] ^= 0x10
    path.write_bytes(data)


@pytest.mark.parametrize("harm", [_delete, _truncate, _empty, _flip])
def test_a_damaged_file_of_an_index_is_noticed_and_made_anew(
    place: Path, hash_embedder: HashEmbedder, harm: Callable[[Path], None]
) -> None:
    with filled(place, hash_embedder) as collection:
        whole = everything(collection)
    files = sorted(
        path.relative_to(place)
        for folder in ("dense", "lexical")
        for path in (place / folder).iterdir()
        if path.suffix != ".lock" and path.name != ".managed.json" and path.stat().st_size
    )
    assert len(files) > 5
    for name in files:
        harmed = place.with_name("harmed")
        shutil.copytree(place, harmed)
        harm(harmed / name)
        with Collection.open(harmed, embedder=hash_embedder) as collection:
            assert everything(collection) == whole, name
        with (
            Collection.open(harmed, embedder=hash_embedder) as collection,
            collection.store.snapshot() as generation,
        ):
            assert collection._load(generation), f"{name} was not made anew on disk"
        shutil.rmtree(harmed)


def test_indexes_that_are_missing_are_made_anew(place: Path, hash_embedder: HashEmbedder) -> None:
    with filled(place, hash_embedder) as collection:
        whole = everything(collection)
    shutil.rmtree(place / "dense")
    shutil.rmtree(place / "lexical")
    with Collection.open(place, embedder=hash_embedder) as collection:
        assert everything(collection) == whole


def test_indexes_of_an_older_generation_are_caught_up(
    place: Path, hash_embedder: HashEmbedder
) -> None:
    with filled(place, hash_embedder) as collection:
        stale = place.with_name("stale")
        for folder in ("dense", "lexical"):
            shutil.copytree(place / folder, stale / folder)
        collection.add([article(1, 1), article(20)])
        collection.remove(["a2"])
        whole = everything(collection)
    for folder in ("dense", "lexical"):
        shutil.rmtree(place / folder)
        shutil.copytree(stale / folder, place / folder)
    with Collection.open(place, embedder=hash_embedder) as collection:
        found = everything(collection)
        assert {k: [h[:2] for h in v] for k, v in found.items() if "dense" in k} == {
            k: [h[:2] for h in v] for k, v in whole.items() if "dense" in k
        }
        assert {k: {h[:2] for h in v} for k, v in found.items()} == {
            k: {h[:2] for h in v} for k, v in whole.items()
        }


def test_indexes_of_a_later_history_are_not_trusted(
    place: Path, hash_embedder: HashEmbedder
) -> None:
    """The store was restored from a copy, the indexes were not."""
    with filled(place, hash_embedder) as collection:
        collection.store.close()
    saved = place.with_name("saved.sqlite")
    shutil.copy(place / "store.sqlite", saved)
    with Collection.open(place, embedder=hash_embedder) as collection:
        collection.add([article(30)])
    shutil.copy(saved, place / "store.sqlite")
    for leftover in place.glob("store.sqlite-*"):
        leftover.unlink()
    with Collection.open(place, embedder=hash_embedder) as collection:
        collection.add([article(31)])
        found = {key for hits in everything(collection).values() for key, _, _ in hits}
        assert "a31" in found
        assert "a30" not in found


def test_an_open_collection_sees_what_another_process_does(
    place: Path, hash_embedder: HashEmbedder
) -> None:
    with filled(place, hash_embedder) as reader:
        assert search(reader, "全新的内容", 1).hits[0].stored.article.id != "new"
        with Collection.open(place, embedder=HashEmbedder()) as writer:
            writer.add([Article("new", "新", "全新的内容，别处没有。", "/source")])
        assert search(reader, "全新的内容", 1).hits[0].stored.article.id == "new"
        with Collection.open(place, embedder=HashEmbedder()) as writer:
            writer.remove(["new"])
        assert "new" not in {h.stored.article.id for h in search(reader, "全新的内容", 50).hits}


def test_a_collection_can_be_asked_where_nothing_can_be_written(
    place: Path, hash_embedder: HashEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with filled(place, hash_embedder) as collection:
        whole = everything(collection)
    shutil.rmtree(place / "lexical")
    (place / "dense" / "manifest.json").unlink()

    def refuse(*_: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr("index.locks.filelock.FileLock.acquire", refuse)
    with Collection.open(place, embedder=hash_embedder) as collection:
        assert everything(collection) == whole
    assert not (place / "lexical").exists()


def test_an_interrupted_embedding_changes_nothing_and_goes_on_where_it_stopped(
    place: Path, hash_embedder: HashEmbedder
) -> None:
    with filled(place, hash_embedder) as collection:
        before = (collection.store.generation, everything(collection))

        class Interrupted(HashEmbedder):
            def _vector(self, text: str):  # type: ignore[no-untyped-def]
                if self.embedded > 100:
                    raise KeyboardInterrupt
                return super()._vector(text)

        fresh = [article(number) for number in range(100, 180)]
        interrupted = Interrupted()
        with (
            Collection.open(place, embedder=interrupted) as writer,
            pytest.raises(KeyboardInterrupt),
        ):
            writer.add(fresh)
        assert (collection.store.generation, everything(collection)) == before
        done = hash_embedder.embedded
        collection.add(fresh)
        assert 0 < hash_embedder.embedded - done < len(fresh) * 3
        assert collection.store.counts()["articles"] == 86


def _stored(place: Path) -> tuple[int, dict[str, bytes], set[bytes]]:
    with closing(Store.open(place)) as store:
        vectors = {key for (key,) in store._db.rows("SELECT key FROM vectors")}
        return store.generation, store.digests(), vectors


def test_nothing_is_added_with_a_model_that_is_not_the_collections_any_more(
    place: Path, hash_embedder: HashEmbedder
) -> None:
    other = HashEmbedder("other", 32)
    with filled(place, hash_embedder) as kept:
        with Collection.open(place, embedder=HashEmbedder()) as elsewhere:
            elsewhere.reembed(other)
        before, embedded = _stored(place), hash_embedder.embedded
        with pytest.raises(EmbedderMismatch, match="made by 'other', not by 'hash'"):
            kept.add([article(40)])
        assert hash_embedder.embedded == embedded
        assert _stored(place) == before
    with Collection.open(place, embedder=other) as collection:
        collection.add([article(40)])
        assert any(hit[0] == "a40" for hits in everything(collection).values() for hit in hits)


def test_a_model_that_changes_while_articles_are_embedded_is_noticed(place: Path) -> None:
    class Overtaken(HashEmbedder):
        """While it embeds, somebody who does not keep the lock changes the model."""

        def embed_passages(
            self, passages: Sequence[PassageInput]
        ) -> Iterator[tuple[int, PassageVectors]]:
            with closing(Store.open(place)) as store:
                articles = [(stored, ()) for stored in store.articles()]
                store.replace(articles, HashEmbedder("other", 32).identity)
            return super().embed_passages(passages)

    filled(place, HashEmbedder()).close()
    with Collection.open(place, embedder=Overtaken()) as collection:
        with pytest.raises(EmbedderMismatch, match="made by 'other', not by 'hash'"):
            collection.add([article(40)])
        assert "a40" not in _stored(place)[1]
