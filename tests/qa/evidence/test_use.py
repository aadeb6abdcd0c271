"""Answering with evidence; the model is untrained, what it says is not judged here."""

import hashlib
import itertools
import json
from pathlib import Path

import pytest
from safetensors.numpy import save

from index.collection import Collection
from index.errors import ModelError
from qa.answer import ask
from qa.evidence import use
from qa.evidence.judge import Judge
from qa.evidence.model import EvidenceModel
from qa.evidence.use import Witness, witness
from qa.evidence.weights import MANIFEST, WEIGHTS, shipped
from qa.records import Answer, Evidence, Mode
from qa.search import search

QUESTION = "光谷的产业引导基金有多大？"
JUDGE = {"ranker": (0.0, 1.0, 0.0, 0.0), "sure": (0.0,) * 6, "threshold": 0.4}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Witness:
    """A model of which only the backbone is trained."""
    import torch

    from qa.evidence.network import FIXED, Network
    from qa.evidence.weights import pack

    torch.manual_seed(3)
    network = Network()
    heads = {
        name: value.detach().numpy()
        for name, value in network.named_parameters()
        if name not in FIXED and "backbone" not in name
    }
    folder = tmp_path_factory.mktemp("weights")
    data = save(pack(heads, {}))
    (folder / WEIGHTS).write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    (folder / MANIFEST).write_text(json.dumps({"sha256": digest, "judge": JUDGE, "default": True}))
    given = shipped(folder)
    assert given is not None
    return Witness(EvidenceModel(given), Judge.of(given.judge))


def test_a_long_passage_is_read_in_windows_and_quoted_as_given(reader: Witness) -> None:
    text = "　產業基金規模為５０億元，１９９８年設立。" * 40
    (reading,) = reader.model.read("基金规模？", [("光谷", text)])
    assert reading.spans
    for span in reading.spans:
        assert 0 <= span.start < span.end <= len(text)
    ordered = sorted(reading.spans, key=lambda span: span.start)
    assert all(one.end <= two.start for one, two in itertools.pairwise(ordered))


def test_batches_do_not_change_what_is_read(reader: Witness) -> None:
    passages = [("", "甲" * 5), ("标题", "武汉长江新城的生活圈。" * 30), ("", "光谷")]
    together = reader.model.read(QUESTION, passages)
    apart = [reader.model.read(QUESTION, [passage])[0] for passage in passages]
    for one, other in zip(together, apart, strict=True):
        assert one.relevance == pytest.approx(other.relevance, abs=1e-3)
        assert one.covered == other.covered


def test_hits_are_ranked_by_the_judge_and_quotes_hold(reader: Witness, sample: Collection) -> None:
    hits = search(sample, QUESTION, 8).hits
    with sample.reading() as indexes:
        judged = reader.judged(QUESTION, hits, indexes.dense.spread)
    assert {hit.stored.id for hit in judged.hits} == {hit.stored.id for hit in hits}
    assert judged.confidence == pytest.approx(0.5)
    assert not judged.abstained
    for candidate in judged.candidates:
        for exact in candidate.citations:
            stored = next(h.stored for h in hits if h.stored.article.id == exact.article_id)
            assert stored.article.text[exact.start : exact.end] == exact.quote
            assert any(c.start <= exact.start and exact.end <= c.end for c in candidate.context)


def read(monkeypatch: pytest.MonkeyPatch, sample: Collection, witness_: Witness | None) -> Answer:
    monkeypatch.setattr("qa.answer.witness", lambda *_: witness_)
    return ask(sample, QUESTION, 5)


def test_ask_gives_the_words_with_their_sentence(
    monkeypatch: pytest.MonkeyPatch, reader: Witness, sample: Collection
) -> None:
    answer = read(monkeypatch, sample, reader)
    assert answer.answer == answer.candidates[0].text
    assert answer.citations == answer.candidates[0].context
    assert answer.answer in answer.citations[0].quote
    assert answer.as_dict()["candidates"][0]["text"] == answer.answer


def test_ask_abstains_below_the_threshold(
    monkeypatch: pytest.MonkeyPatch, reader: Witness, sample: Collection
) -> None:
    strict = Witness(reader.model, Judge(reader.judge.ranker, reader.judge.sure, 0.6))
    answer = read(monkeypatch, sample, strict)
    assert answer.abstained
    assert answer.citations == ()
    assert answer.candidates
    assert answer.hits


def test_without_a_model_auto_quotes_sentences_and_on_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sample: Collection
) -> None:
    monkeypatch.setattr(use, "shipped", lambda: shipped(tmp_path))
    answer = ask(sample, QUESTION, evidence=Evidence.AUTO)
    assert answer.citations
    assert answer.confidence is None
    assert answer.candidates == ()
    with pytest.raises(ModelError, match="no evidence model"):
        witness(Evidence.ON, Mode.HYBRID)
