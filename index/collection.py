"""A collection: articles together with their indexes, in one folder."""

import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from index.dense import DenseIndex
from index.embedders import open_embedder
from index.embedders.base import Embedder, Identity, PassageInput, Progress, no_progress
from index.errors import CollectionBusy, EmbedderMismatch, UnknownArticle
from index.lexical import LexicalIndex
from index.locks import locked
from index.names import Names
from index.namings import NameIndex
from index.passages import prepared
from index.records import Article, Passage
from index.store import FILE, Store, article_digest
from index.stored import ArticleSummary, Filter, Prepared
from index.wordlists import State, lists_state, read_aliases, read_words

_WRITER_PATIENCE = 600.0
_READER_PATIENCE = 5.0
_ATTEMPTS = 3  # a writer may come between catching up and reading
_CHUNK = 64  # passages embedded between two commits


@dataclass(frozen=True, slots=True)
class Change:
    """What adding did.

    Attributes:
        added: ids of the articles that were not there before.
        replaced: ids of those that were there and differ now.
        unchanged: ids of those that were there and are the same.
        passages: number of passages stored.
    """

    added: tuple[str, ...]
    replaced: tuple[str, ...]
    unchanged: tuple[str, ...]
    passages: int


@dataclass(frozen=True, slots=True)
class Indexes:
    """The derived indexes, all as of one generation of the store and one state of the lists."""

    generation: int
    lists: State
    dense: DenseIndex
    lexical: LexicalIndex
    names: Names


class Collection:
    """Articles and their indexes; open with ``open`` or ``create``, close when done.

    The model is loaded when it is first needed, and so are the indexes.
    """

    def __init__(
        self, folder: Path, store: Store, progress: Progress, embedder: Embedder | None
    ) -> None:
        self.folder = folder
        self.store = store
        self.progress = progress
        self._given = embedder
        self._indexes: Indexes | None = None
        self._loading: Future[Embedder] | None = None
        self._busy = threading.RLock()

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        progress: Progress = no_progress,
        embedder: Embedder | None = None,
    ) -> "Collection":
        """Open the collection in ``folder``.

        Args:
            folder: where it lies.
            progress: called during work that may take long.
            embedder: the model to use; by default the one the collection was made with.

        Raises:
            NoCollection: there is none.
            CollectionCorrupt: its store cannot be read.
            EmbedderMismatch: ``embedder`` is not the model that made its vectors.
        """
        store = Store.open(folder)
        if embedder:
            try:
                _check_model(folder, store.embedder, embedder.identity)
            except EmbedderMismatch:
                store.close()
                raise
        return cls(folder, store, progress, embedder)

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        progress: Progress = no_progress,
        embedder: Embedder | None = None,
    ) -> "Collection":
        """Open the collection in ``folder``, or make an empty one there.

        Raises as ``open`` does, apart from ``NoCollection``.
        """
        if not (folder / FILE).exists():
            embedder = embedder or open_embedder(progress=progress)
            folder.mkdir(parents=True, exist_ok=True)
            with locked(folder, _WRITER_PATIENCE):
                Store.create(folder, embedder.identity).close()
        return cls.open(folder, progress=progress, embedder=embedder)

    @property
    def reports(self) -> Path:
        """Where reports of evaluations lie, for the web page to list; may be missing."""
        return self.folder / "reports"

    def close(self) -> None:
        """Let go of the files."""
        self.store.close()

    def __enter__(self) -> "Collection":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def embedder(self) -> Embedder:
        """The model that made the collection's vectors.

        Raises:
            EmbedderMismatch: the model of that name is another one by now.
            ModelError: it cannot be loaded.
        """
        return self.load_embedder().result()

    def load_embedder(self) -> "Future[Embedder]":
        """Start to load the model, without waiting for it."""
        with self._busy:
            if self._loading is None:
                self._loading = Future()
                # A daemon: who interrupts the command does not wait for the model.
                threading.Thread(
                    target=self._fulfil, args=(self._loading, self.store.embedder), daemon=True
                ).start()
            return self._loading

    def _fulfil(self, loading: "Future[Embedder]", stored: Identity) -> None:
        try:
            loading.set_result(self._open_embedder(stored))
        except BaseException as error:
            loading.set_exception(error)

    def _open_embedder(self, stored: Identity) -> Embedder:
        embedder = self._given or open_embedder(stored.name, progress=self.progress)
        _check_model(self.folder, stored, embedder.identity)
        return embedder

    # Reading

    @contextmanager
    def reading(self) -> Iterator[Indexes]:
        """The indexes; what is read from them and from the store inside is of one generation."""
        with self._busy:
            for _ in range(_ATTEMPTS):
                with self.store.snapshot() as generation:
                    self._indexes = self._current(generation) or self._load(generation)
                    if self._indexes:
                        yield self._indexes
                        return
                if not self._try_to_catch_up():
                    break
            with self.store.snapshot() as generation:
                self._indexes = self._current(generation) or self._build(generation)
                yield self._indexes

    def article(self, name: str) -> Article:
        """The article with that id, start of an id, or title.

        Raises:
            UnknownArticle: there is none, or there are several.
        """
        article = self.store.article(name)
        if article:
            return article
        found = self.store.find_articles(name) if name else []
        if len(found) == 1 and (article := self.store.article(found[0])):
            return article
        if found:
            raise UnknownArticle(
                f"{name!r} may mean {len(found)} articles: {', '.join(found[:5])}; give a whole id",
                f"“{name}”可以指 {len(found)} 篇文章：{'、'.join(found[:5])}；请给出完整的编号",
            )
        raise _unknown(name, self.folder)

    def passages_of(self, article: Article) -> list[Passage]:
        """The passages of an article, in order."""
        return self.store.passages_of(article)

    def summaries(self, where: Filter) -> list[ArticleSummary]:
        """A line for each article that passes, the newest first."""
        return self.store.listing.summaries(where)

    # Changing

    def add(self, articles: Iterable[Article]) -> Change:
        """Store articles that are new or changed; all of them become visible at once.

        When it is interrupted, nothing has changed, and embedding goes on where it stopped when
        the same articles are added again.

        Raises:
            EmbedderMismatch: another process embedded the collection with another model meanwhile.
            CollectionBusy: another process is writing and did not finish in time.
        """
        given = {article.id: article for article in articles}
        items: list[tuple[Article, list[Prepared]]] = []
        with self._writing():
            before = self.store.digests()
            fresh = [a for a in given.values() if before.get(a.id) != article_digest(a)]
            if fresh:
                embedder = self.embedder
                _check_model(self.folder, self.store.embedder, embedder.identity)
                items = self._prepare(fresh, embedder)
                # Embedding takes long, and not every file system keeps the lock.
                _check_model(self.folder, self.store.embedder, embedder.identity)
                self.store.replace(items)
        changed = {article.id for article in fresh}
        return Change(
            added=tuple(i for i in given if i in changed and i not in before),
            replaced=tuple(i for i in given if i in changed and i in before),
            unchanged=tuple(i for i in given if i not in changed),
            passages=sum(len(prepared) for _, prepared in items),
        )

    def remove(self, ids: Sequence[str]) -> None:
        """Remove articles by id, all at once.

        Raises:
            UnknownArticle: one of them is not there; none is removed then.
            CollectionBusy: another process is writing and did not finish in time.
        """
        with self._writing():
            for article_id in ids:
                if self.store.article(article_id) is None:
                    raise _unknown(article_id, self.folder)
            self.store.remove(ids)

    def reembed(self, embedder: Embedder) -> int:
        """Divide and embed all articles anew with another model; the number of passages.

        Raises:
            CollectionBusy: another process is writing and did not finish in time.
        """
        with self._writing():
            items = self._prepare(list(self.store.articles()), embedder)
            self.store.replace(items, embedder.identity)
            self._given = embedder
            self._loading = None
        return sum(len(prepared) for _, prepared in items)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """The only writer; the indexes are caught up before and after."""
        with self._busy, locked(self.folder, _WRITER_PATIENCE):
            self._catch_up()
            yield
            self._catch_up()

    def _catch_up(self) -> None:
        with self.store.snapshot() as generation:
            self._indexes = self._current(generation) or self._repair(generation)

    def _prepare(
        self, articles: Sequence[Article], embedder: Embedder
    ) -> list[tuple[Article, list[Prepared]]]:
        """Divide and embed; vectors are kept as they are made, under their content."""
        inputs: dict[bytes, PassageInput] = {}
        items = []
        for done, article in enumerate(articles):
            self.progress("分段", done, len(articles))
            items.append((article, list(prepared(article, embedder, inputs))))
        self.progress("分段", len(articles), len(articles))
        known = self.store.known_vectors(inputs)
        missing = [key for key in inputs if key not in known]
        # Neighbours in length share a batch; the longest first shows early how long it will take.
        missing.sort(key=lambda key: len(inputs[key].text), reverse=True)
        for low in range(0, len(missing), _CHUNK):
            keys = missing[low : low + _CHUNK]
            made = embedder.embed_passages([inputs[key] for key in keys])
            self.store.keep_vectors([(keys[place], vectors) for place, vectors in made])
            self.progress("嵌入", low + len(keys), len(missing))
        return items

    # Derived indexes

    def _current(self, generation: int) -> Indexes | None:
        """The indexes at hand, when they are of that generation and the lists are as they were."""
        held = self._indexes
        if held and (held.generation, held.lists) == (generation, lists_state(self.folder)):
            return held
        return None

    def _load(self, generation: int) -> Indexes | None:
        """The indexes from their files, when those can be used as they are."""
        lists, aliases = lists_state(self.folder), read_aliases(self.folder)
        namings = NameIndex.load(self.folder, self.store)
        dense = DenseIndex.load(self.folder, self.store) if namings else None
        lexical = (
            LexicalIndex.load(self.folder, self.store, read_words(self.folder)) if dense else None
        )
        if not (namings and dense and lexical):
            return None
        return Indexes(generation, lists, dense, lexical, namings.names(aliases))

    def _repair(self, generation: int) -> Indexes:
        """The indexes, with files that are caught up or made anew."""
        lists = lists_state(self.folder)
        aliases, words = read_aliases(self.folder), read_words(self.folder)
        names = NameIndex.repair(self.folder, self.store).names(aliases)
        return Indexes(
            generation,
            lists,
            DenseIndex.repair(self.folder, self.store),
            LexicalIndex.repair(self.folder, self.store, words, names, self.progress),
            names,
        )

    def _try_to_catch_up(self) -> bool:
        """Repair the files; False where another process writes, or the folder is read-only."""
        try:
            with locked(self.folder, _READER_PATIENCE):
                self._catch_up()
        except (CollectionBusy, OSError):
            return False
        return True

    def _build(self, generation: int) -> Indexes:
        """The indexes in memory, from the store alone."""
        lists = lists_state(self.folder)
        names = NameIndex.build(self.store).names(read_aliases(self.folder))
        return Indexes(
            generation,
            lists,
            DenseIndex.build(self.store),
            LexicalIndex.build(self.store, read_words(self.folder), names, self.progress),
            names,
        )


def _unknown(name: str, folder: Path) -> UnknownArticle:
    return UnknownArticle(
        f"no article {name!r} in {folder}; `wenju list` shows the ids",
        f"{folder} 里没有文章“{name}”，用“wenju list”可以看到编号",
    )


def _check_model(folder: Path, stored: Identity, given: Identity) -> None:
    """See that a collection's vectors are of the given model.

    Raises:
        EmbedderMismatch: they are not.
    """
    if given == stored:
        return
    differing = {
        key: (value, given.as_dict()[key])
        for key, value in stored.as_dict().items()
        if given.as_dict()[key] != value
    }
    raise EmbedderMismatch(
        f"the vectors in {folder} were made by {stored.name!r}, not by {given.name!r} "
        f"({json.dumps(differing, ensure_ascii=False)}); embed them anew with "
        f"`wenju reembed --model {given.name} --collection {folder}`",
        f"{folder} 的向量由模型“{stored.name}”算出，不能与“{given.name}”混用；"
        f"要换模型，请运行“wenju reembed --model {given.name} --collection {folder}”",
    )
