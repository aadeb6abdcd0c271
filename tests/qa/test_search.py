"""Finds the passages for a question, with the real model."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.collection import Collection
from index.embedders.base import Embedder
from index.errors import SettingError
from index.stored import Filter
from qa.records import Mode, SearchResult
from qa.search import check_k, checked_question, search

QUESTION = "唐家渡打了多少根桩？"


def places(result: SearchResult) -> list[tuple[str, int]]:
    return [(hit.stored.article.id, hit.stored.passage.number) for hit in result.hits]


@pytest.mark.parametrize("mode", Mode)
def test_every_mode_finds_the_passage(sample: Collection, mode: Mode) -> None:
    result = search(sample, QUESTION, 3, mode)
    assert "898根桩" in result.hits[0].stored.passage.text
    ranking = [hit.score for hit in result.hits]
    assert ranking == sorted(ranking, reverse=True)
    for hit in result.hits:
        scores = hit.scores
        used = {
            Mode.HYBRID: (scores.dense, scores.lexical, scores.fused),
            Mode.DENSE: (scores.dense,),
            Mode.LEXICAL: (scores.lexical,),
        }[mode]
        unused = {scores.dense, scores.lexical, scores.fused} - set(used)
        assert None not in used
        assert unused <= {None}
        assert hit.score == used[-1]
        assert scores.lexical is None or 0 <= scores.lexical <= 1


@pytest.mark.parametrize(
    ("question", "article", "words"),
    [
        ("漢陽區金秋簽約會上有多少家企業簽約？", "hanyang-bank-matching", "26家本地企業"),
        ("汉阳区金秋签约会上有多少家企业签约？", "hanyang-bank-matching", "26家本地企業"),
        ("唐家渡口岸打了多少根樁？", "tangjiadu-piles", "898根桩"),
        ("How many piles were driven for the Tangjiadu port?", "tangjiadu-piles", "898根桩"),
    ],
)
def test_hybrid_search_crosses_scripts_and_languages(
    sample: Collection, question: str, article: str, words: str
) -> None:
    hits = search(sample, question, 5).hits
    assert any(
        hit.stored.article.id == article and words in hit.stored.passage.text for hit in hits
    )


def test_both_scripts_match_the_same_words(sample: Collection) -> None:
    simplified = search(sample, "小微企业的贷款余额", 10, Mode.LEXICAL)
    traditional = search(sample, "小微企業的貸款餘額", 10, Mode.LEXICAL)
    assert places(simplified) == places(traditional) != []


@pytest.mark.parametrize("mode", Mode)
def test_a_known_vector_changes_nothing(sample: Collection, e5: Embedder, mode: Mode) -> None:
    vector = e5.embed_questions([QUESTION])[0]
    without, given_it = (
        search(sample, QUESTION, mode=mode),
        search(sample, QUESTION, mode=mode, vector=vector),
    )
    assert places(without) == places(given_it)
    assert [hit.score for hit in given_it.hits] == pytest.approx(
        [hit.score for hit in without.hits], abs=1e-5
    )


def test_the_given_vector_is_the_one_that_searches(sample: Collection, e5: Embedder) -> None:
    vector = e5.embed_questions(["汉正街小商品市场"])[0]
    result = search(sample, QUESTION, 1, Mode.DENSE, vector=vector)
    assert places(result) == places(search(sample, "汉正街小商品市场", 1, Mode.DENSE))
    assert places(result) != places(search(sample, QUESTION, 1, Mode.DENSE))


def test_lexical_search_needs_no_model(sample: Collection) -> None:
    nowhere = np.zeros(3, dtype=np.float32)  # any use of it would fail
    assert search(sample, QUESTION, 1, Mode.LEXICAL, vector=nowhere).hits


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    "where",
    [
        Filter(since="2025-07-01", until="2025-07-31"),
        Filter(since="2025-07-21"),
        Filter(until="2025-04-16"),
        Filter(label="武汉新港"),
        Filter(since="2025-06-01", until="2025-08-31", label="武汉招商"),
    ],
)
def test_filters_hold_in_every_mode(sample: Collection, mode: Mode, where: Filter) -> None:
    found = {hit.stored.article.id for hit in search(sample, "武汉的企业", 100, mode, where).hits}
    allowed = {summary.id for summary in sample.summaries(where)}
    assert found
    assert found <= allowed < {summary.id for summary in sample.summaries(Filter())}
    if mode is not Mode.LEXICAL:
        assert found == allowed  # 100 candidates are more than the filter lets through


@pytest.mark.parametrize("mode", Mode)
def test_nothing_passes_a_filter_that_no_article_meets(sample: Collection, mode: Mode) -> None:
    assert search(sample, QUESTION, mode=mode, where=Filter(since="2030-01-01")).hits == ()
    assert search(sample, QUESTION, mode=mode, where=Filter(label="无")).hits == ()


def test_until_before_since_is_refused() -> None:
    with pytest.raises(SettingError, match=r"until \(2025-01-31\).*since \(2025-02-01\)"):
        Filter(since="2025-02-01", until="2025-01-31")
    assert Filter(since="2025-02-01", until="2025-02-01")
    assert not Filter()


@pytest.mark.parametrize("mode", Mode)
def test_more_passages_go_on_where_fewer_stop(sample: Collection, mode: Mode) -> None:
    most = places(search(sample, QUESTION, 100, mode))
    assert len(set(most)) == len(most) > 20
    for k in (1, 2, 20):
        assert places(search(sample, QUESTION, k, mode)) == most[:k]


@pytest.mark.parametrize("k", [-1, 0, 101])
def test_k_out_of_bounds_is_refused(sample: Collection, k: int) -> None:
    with pytest.raises(SettingError, match=f"k is {k}; expected 1 to 100") as refused:
        search(sample, QUESTION, k)
    assert str(k) in refused.value.chinese


@given(st.integers(1, 100))
def test_k_within_bounds_is_taken(k: int) -> None:
    check_k(k)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("", "empty"),
        (" \n\u3000\t", "empty"),
        ("长" * 513, "513 characters"),
        ("半个\ud83d字", "UTF-8"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(
    sample: Collection, question: str, words: str
) -> None:
    with pytest.raises(SettingError, match=words):
        checked_question(question)
    with pytest.raises(SettingError, match=words):
        search(sample, question)


@given(st.text(st.characters(codec="utf-8"), max_size=600))
def test_white_space_around_a_question_does_not_count(text: str) -> None:
    inner = text.strip()[:512].strip() or "问"
    assert checked_question(f"\n　 {inner} \t") == inner


@pytest.mark.parametrize("mode", Mode)
def test_the_longest_question_is_searched(sample: Collection, mode: Mode) -> None:
    question = ("唐家渡的桩" * 103)[:512]
    result = search(sample, question, 1, mode)
    assert result.question == question
    assert result.hits[0].stored.article.id == "tangjiadu-piles"


def test_a_question_without_words_matches_none(sample: Collection) -> None:
    assert search(sample, "？！", mode=Mode.LEXICAL).hits == ()
    assert len(search(sample, "？！", 3).hits) == 3
