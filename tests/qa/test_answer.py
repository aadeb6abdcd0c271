"""Sentences that answer, with their citations."""

from functools import partial
from pathlib import Path

import pytest

from index.collection import Collection
from index.embedders.base import Embedder
from index.errors import SettingError
from index.records import Article
from index.stored import Filter, StoredPassage
from qa import answer as answering
from qa.evidence.use import Reads
from qa.records import Citation, Evidence, Mode, SearchResult, cite
from qa.search import search
from tests.support import HashEmbedder

ask = partial(answering.ask, reads=Reads(Evidence.OFF))  # reading has tests of its own


def test_copies_of_one_passage_answer_too(tmp_path: Path) -> None:
    """Their vectors do not differ, so no distance between them can be a unit."""
    with Collection.create(tmp_path / "c", embedder=HashEmbedder()) as collection:
        collection.add([Article(str(i), "港", "港口有码头。鱼很多。", "test") for i in range(40)])
        for mode in Mode:
            assert ask(collection, "码头", mode=mode).answer == "港口有码头。"


QUESTION = "光谷的产业引导基金有多大？"


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (QUESTION, "50亿元"),
        ("强夯法是谁首创的？", "梅纳"),
        ("漢陽區金秋簽約會上有多少家本地企業與銀行簽約？", "26家"),
        ("How many piles were driven for the Tangjiadu port project?", "898根"),
        ("汉正街小商品市场是哪一年恢复的？", "1979年"),
    ],
)
def test_answers_with_the_sentence_that_says_it(
    sample: Collection, question: str, words: str
) -> None:
    answer = ask(sample, question)
    assert answer.answer is not None
    assert words in answer.answer
    assert not answer.abstained
    assert answer.question == question


@pytest.mark.parametrize("mode", Mode)
def test_the_answer_is_its_citations_in_text_order(sample: Collection, mode: Mode) -> None:
    for question in (QUESTION, "小米为什么把总部放在武汉？", "長江新城怎樣留住人才？"):
        answer = ask(sample, question, mode=mode)
        assert answer.answer == "\n".join(cited.quote for cited in answer.citations)
        assert 1 <= len(answer.citations) <= 3
        assert len({(cited.article_id, cited.paragraph) for cited in answer.citations}) == 1
        starts = [cited.start for cited in answer.citations]
        assert starts == sorted(set(starts))
        for cited in answer.citations:
            text = sample.article(cited.article_id).text
            assert text[cited.start : cited.end] == cited.quote


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("k", [1, 2, 5, 100])
def test_passages_are_those_of_search(sample: Collection, mode: Mode, k: int) -> None:
    hits = ask(sample, QUESTION, k, mode).hits
    assert [(hit.stored.id, hit.scores) for hit in hits] == [
        (hit.stored.id, hit.scores) for hit in search(sample, QUESTION, k, mode).hits
    ]


def test_the_answer_does_not_hang_on_how_many_passages_are_shown(sample: Collection) -> None:
    assert len({ask(sample, QUESTION, k).citations for k in (1, 3, 20)}) == 1


@pytest.mark.parametrize("k", [1, 5])
def test_passages_are_told_once_and_before_the_answer(
    sample: Collection, monkeypatch: pytest.MonkeyPatch, k: int
) -> None:
    events: list[object] = []

    def watched(stored: StoredPassage, start: int, end: int, score: float) -> Citation:
        citation = cite(stored, start, end, score)
        events.append(citation)
        return citation

    monkeypatch.setattr("qa.answer.cite", watched)
    answer = ask(sample, QUESTION, k, on_passages=lambda found: events.append(found.hits))
    assert events == [answer.hits, *answer.citations]
    assert len(answer.hits) == k


def test_who_stops_at_the_passages_gets_no_answer(sample: Collection) -> None:
    def stop(found: SearchResult) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        ask(sample, QUESTION, on_passages=stop)
    assert ask(sample, QUESTION).answer  # the collection is free again


def test_a_known_vector_changes_nothing(sample: Collection, e5: Embedder) -> None:
    vector = e5.embed_questions([QUESTION])[0]
    one, other = ask(sample, QUESTION), ask(sample, QUESTION, vector=vector)
    assert one.answer == other.answer
    assert [hit.stored.id for hit in one.hits] == [hit.stored.id for hit in other.hits]


@pytest.mark.parametrize("mode", Mode)
def test_abstains_where_nothing_is_found(sample: Collection, mode: Mode) -> None:
    told: list[SearchResult] = []
    where = Filter(since="2030-01-01")
    answer = ask(sample, QUESTION, mode=mode, where=where, on_passages=told.append)
    assert (answer.answer, answer.citations, answer.hits) == (None, (), ())
    assert [found.hits for found in told] == [()]
    assert answer.abstained


def test_answers_from_what_the_filter_lets_through(sample: Collection) -> None:
    answer = ask(sample, QUESTION, where=Filter(label="武汉新港"))
    assert {cited.label for cited in answer.citations} == {"武汉新港"}
    assert {hit.stored.article.label for hit in answer.hits} == {"武汉新港"}


@pytest.mark.parametrize(
    ("question", "k", "words"),
    [("", 5, "empty"), ("问" * 513, 5, "513"), ("问", 0, "k is 0"), ("问", 101, "k is 101")],
)
def test_refuses_what_search_refuses(sample: Collection, question: str, k: int, words: str) -> None:
    told: list[SearchResult] = []
    with pytest.raises(SettingError, match=words):
        ask(sample, question, k, on_passages=told.append)
    assert told == []


def test_an_empty_collection_has_no_answer(tmp_path: Path) -> None:
    with Collection.create(tmp_path / "c", embedder=HashEmbedder()) as collection:
        for mode in Mode:
            assert ask(collection, "码头在哪里？", mode=mode).abstained
