"""Answering with evidence; the model is untrained, what it says is not judged here."""

import hashlib
import itertools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from index.collection import Collection
from index.errors import ModelError, SettingError
from index.paths import cache_dir
from qa.answer import ask
from qa.evidence import use
from qa.evidence.inputs import Pair
from qa.evidence.judge import Judge
from qa.evidence.model import EvidenceModel, _windows
from qa.evidence.use import Judged, Reads, Witness, witness, worth_reading
from qa.evidence.weights import MANIFEST, WEIGHTS, shipped
from qa.records import Answer, Evidence, Mode
from qa.search import retrieve, search
from tests.support import in_8_bits

QUESTION = "光谷的产业引导基金有多大？"
JUDGE = {
    "ranker": (0.0, 1.0, *(0.0,) * 4),
    "chooser": (1.0, 0.0, 0.0),
    "sure": (0.0,) * 8,
    "threshold": 0.4,
}


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model of which only the backbone is trained."""
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
    return folder


@pytest.fixture(scope="module")
def reader(weights: Path) -> Witness:
    given = shipped(weights)
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


@pytest.mark.parametrize("length", [1, 49, 50, 51, 199, 200, 201, 350, 351, 5000])
def test_windows_cover_a_passage(length: int) -> None:
    none = np.zeros(length, dtype=np.int64)
    pair = Pair(none[:4], none[:4], none, none, none, none)
    jobs = sorted(_windows(pair, 0), key=lambda job: job.low)
    assert all(0 <= job.low < job.high <= length and job.high - job.low <= 200 for job in jobs)
    assert len(jobs) <= 3
    if length <= 500:
        assert (jobs[0].low, jobs[-1].high) == (0, length)
        assert all(two.low <= one.high - 50 for one, two in itertools.pairwise(jobs))


def test_the_windows_read_share_most_with_the_question() -> None:
    none = np.zeros(2000, dtype=np.int64)
    types = none.copy()
    types[1400:1420] = 3
    pair = Pair(none[:4], none[:4], none, types, none, none)
    best = _windows(pair, 0)[0]
    assert best.low <= 1400 < 1420 <= best.high


def prepared(weights: Path) -> Path:
    """The folder with the reader made ready."""
    given = shipped(weights)
    assert given is not None
    (model,) = (cache_dir() / "models").glob(f"evidence-{given.digest[:16]}-*/model.xml")
    return model.parent


def test_batches_do_not_change_what_is_read(reader: Witness, weights: Path) -> None:
    passages = [("", "甲" * 5), ("标题", "武汉长江新城的生活圈。" * 30), ("", "光谷")]
    most = 0.01 if in_8_bits(prepared(weights)) else 1e-3
    together = reader.model.read(QUESTION, passages)
    apart = [reader.model.read(QUESTION, [passage])[0] for passage in passages]
    for one, other in zip(together, apart, strict=True):
        assert one.relevance == pytest.approx(other.relevance, abs=most)
        assert one.covered == other.covered


def judged_of(reader: Witness, collection: Collection, reads: Reads) -> Judged:
    """What reading the best eight passages for the question finds."""
    with collection.reading() as indexes:
        found = retrieve(collection, indexes, QUESTION, 8, Mode.HYBRID, None)
        return reader.judged(QUESTION, indexes, found, reads)


def test_hits_are_ranked_by_the_judge_and_quotes_hold(reader: Witness, sample: Collection) -> None:
    judged = judged_of(reader, sample, Reads())
    hits = search(sample, QUESTION, 8).hits
    assert {hit.stored.id for hit in judged.hits} == {hit.stored.id for hit in hits}
    assert judged.confidence == pytest.approx(0.5)
    assert not judged.abstained
    assert [hit.score for hit in judged.hits] == sorted(
        (h.score for h in judged.hits), reverse=True
    )
    assert judged.candidates[0].confidence == judged.confidence
    assert all(c.confidence <= judged.confidence for c in judged.candidates)
    for candidate in judged.candidates:
        assert candidate.text == candidate.citations[0].quote
        for exact in candidate.citations:
            stored = next(h.stored for h in hits if h.stored.article.id == exact.article_id)
            assert stored.article.text[exact.start : exact.end] == exact.quote
            assert any(c.start <= exact.start and exact.end <= c.end for c in candidate.context)


def test_only_what_can_come_first_is_read() -> None:
    assert worth_reading([9.0, 8.0, 6.0, 5.9, 5.0]) == 3
    assert worth_reading([9.0] * 20) == 5
    assert worth_reading([]) == 0


def test_the_threshold_and_the_budget_can_be_set(reader: Witness, sample: Collection) -> None:
    hits = search(sample, QUESTION, 8).hits
    assert judged_of(reader, sample, Reads(threshold=0.6)).abstained
    little = judged_of(reader, sample, Reads(windows=1))
    assert little.hits == hits
    assert {c.citations[0].article_id for c in little.candidates} == {hits[0].stored.article.id}
    with pytest.raises(SettingError, match="0 to 1"):
        Reads(threshold=1.5)
    with pytest.raises(SettingError, match="1 or more"):
        Reads(windows=0)


def test_a_damaged_model_is_passed_over_by_auto_and_refused_by_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WENJU_CACHE", str(tmp_path / "cache"))
    (tmp_path / WEIGHTS).write_bytes(b"something else")
    about = {"sha256": "0" * 64, "judge": JUDGE, "default": True}
    (tmp_path / MANIFEST).write_text(json.dumps(about))
    monkeypatch.setattr(use, "shipped", lambda: shipped(tmp_path))
    keeper = use._Keeper()
    monkeypatch.setattr(use, "_keeper", lambda: keeper)
    assert witness(Reads(Evidence.AUTO), Mode.HYBRID) is None
    assert "SHA-256" in capfd.readouterr().err
    assert witness(Reads(Evidence.AUTO), Mode.HYBRID) is None
    assert capfd.readouterr().err == ""  # said once
    with pytest.raises(ModelError, match="reinstall wenju"):
        witness(Reads(Evidence.ON), Mode.HYBRID)


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
    strict = Witness(reader.model, replace(reader.judge, threshold=0.6))
    answer = read(monkeypatch, sample, strict)
    assert answer.abstained
    assert answer.citations == ()
    assert answer.candidates
    assert answer.hits


def test_without_a_model_auto_quotes_sentences_and_on_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sample: Collection
) -> None:
    monkeypatch.setattr(use, "shipped", lambda: shipped(tmp_path))
    answer = ask(sample, QUESTION, reads=Reads(Evidence.AUTO))
    assert answer.citations
    assert answer.confidence is None
    assert answer.candidates == ()
    with pytest.raises(ModelError, match="no evidence model"):
        witness(Reads(Evidence.ON), Mode.HYBRID)


def test_a_prepared_form_that_cannot_be_loaded_is_made_anew(reader: Witness, weights: Path) -> None:
    given = shipped(weights)
    assert given is not None
    model = prepared(weights) / "model.xml"
    model.write_bytes(b"x" * model.stat().st_size)
    with pytest.raises(ModelError, match="prepare it anew"):
        EvidenceModel(given)
    assert EvidenceModel(given).read("基金？", [("", "基金50亿元。")])[0].spans
