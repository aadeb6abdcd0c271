"""The evidence model that is shipped, at work on the sample collection."""

import hashlib

import pytest

from index.collection import Collection
from qa.answer import ask
from qa.evidence.figures import read_figures, table
from qa.evidence.use import Reads
from qa.evidence.weights import WEIGHTS, Shipped, shipped
from qa.records import Answer, Evidence
from tests.support import ROOT


@pytest.fixture(scope="module")
def given() -> Shipped:
    found = shipped()
    assert found is not None, "no evidence model in data/evidence: make train-evidence"
    return found


def read(sample: Collection, question: str) -> Answer:
    return ask(sample, question, reads=Reads(Evidence.ON))


def test_it_is_small_and_what_its_manifest_says(given: Shipped) -> None:
    data = (given.folder / WEIGHTS).read_bytes()
    assert hashlib.sha256(data).hexdigest() == given.digest
    assert len(data) < 25_000_000


def test_the_document_has_the_figures_of_these_weights(given: Shipped) -> None:
    figures = read_figures(given.folder)
    assert figures is not None
    assert figures["sha256"] == given.digest
    assert table(figures["sets"]) in (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("question", ["光谷的产业引导基金有多大？", "光谷的產業引導基金有多大？"])
def test_it_quotes_the_words_in_their_sentence(sample: Collection, question: str) -> None:
    answer = read(sample, question)
    assert answer.answer is not None
    assert "50亿元" in answer.answer
    assert answer.confidence is not None
    assert answer.candidates[0].confidence == answer.confidence
    for candidate in answer.candidates:
        for cited in candidate.citations:
            article = sample.store.article(cited.article_id)
            assert article is not None
            assert article.text[cited.start : cited.end] == cited.quote


def test_what_no_article_tells_is_less_sure(sample: Collection) -> None:
    told = read(sample, "光谷的产业引导基金有多大？")
    untold = read(sample, "贵阳地铁三号线有多少座车站？")
    assert told.confidence is not None
    assert untold.confidence is not None
    assert untold.confidence < told.confidence
