"""Citations, hits and answers."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.collection import Collection
from index.errors import CitationError
from index.records import Article, Passage, Span
from index.stored import StoredPassage
from qa.answer import ask
from qa.records import Answer, Hit, Mode, Scores, cite
from tests.support import HashEmbedder

TEXT = "开头。\n\n武汉新港𝒳有码头。货船很多。\n\n结尾。"
START, END = TEXT.index("武"), TEXT.index("多。") + 2
ARTICLE = Article(
    "港", "新港", TEXT, "test", label="招商", published="2025-07-09", url="https://example.org/a"
)
PASSAGE = Passage("港", 2, START, END, TEXT[START:END], ("一", "二"))
STORED = StoredPassage(7, PASSAGE, ARTICLE, (Span(START, END),))
# What a reader lets through: any text without NUL and lone surrogates.
CHARACTERS = st.one_of(
    st.characters(codec="utf-8", exclude_characters="\x00\r"),
    st.sampled_from("。！？\n港口码头漢𝒳ﬁ①“”（） "),
)


@given(st.integers(START, END - 1), st.integers(1, END))
def test_a_citation_quotes_the_article(start: int, length: int) -> None:
    end = min(start + length, END)
    citation = cite(STORED, start, end, 0.5)
    assert ARTICLE.text[citation.start : citation.end] == citation.quote != ""
    assert (citation.article_id, citation.title, citation.label) == ("港", "新港", "招商")
    assert (citation.published, citation.url) == ("2025-07-09", "https://example.org/a")
    assert (citation.paragraph, citation.heading, citation.score) == (2, "一 › 二", 0.5)


@given(st.integers(-50, 50), st.integers(-50, 50))
def test_only_characters_of_the_passage_are_cited(start: int, end: int) -> None:
    if START <= start < end <= END:
        assert cite(STORED, start, end, 0).quote == TEXT[start:end]
        return
    with pytest.raises(CitationError, match=f"characters {start} to {end}"):
        cite(STORED, start, end, 0)


@pytest.mark.parametrize(
    "stored",
    [
        replace(STORED, passage=replace(PASSAGE, text=PASSAGE.text.replace("多", "少"))),
        replace(STORED, passage=replace(PASSAGE, start=START + 1, end=END + 1)),
        replace(STORED, article=replace(ARTICLE, text=TEXT[: END - 1])),
        replace(STORED, article=replace(ARTICLE, text="改" + TEXT)),
    ],
)
def test_a_passage_that_differs_from_its_article_is_not_cited(stored: StoredPassage) -> None:
    with pytest.raises(CitationError, match="not a quote"):
        cite(stored, START + 1, END - 2, 0)


def test_a_hit_cites_its_whole_passage() -> None:
    hit = Hit(STORED, 0.75, Scores(0.5, 0.25, 0.75))
    found = hit.as_dict()
    assert found["quote"] == found["text"] == PASSAGE.text
    assert (found["start"], found["end"], found["score"]) == (START, END, 0.75)
    assert found["scores"] == {"dense": 0.5, "lexical": 0.25, "fused": 0.75, "facts": None}


def test_an_answer_abstains_when_there_is_none() -> None:
    silent = Answer("问？", None, None, (), (), 0.1)
    spoken = replace(silent, answer="答。")
    assert (silent.abstained, spoken.abstained) == (True, False)
    assert (silent.as_dict()["abstained"], spoken.as_dict()["abstained"]) == (True, False)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    folder: Path = tmp_path_factory.mktemp("scratch") / "collection"
    with Collection.create(folder, embedder=HashEmbedder()) as collection:
        yield collection


@given(
    text=st.text(CHARACTERS, max_size=200),
    question=st.text(CHARACTERS, min_size=1, max_size=30).filter(str.strip),
    mode=st.sampled_from(Mode),
)
def test_every_quote_stands_in_its_article(
    scratch: Collection, text: str, question: str, mode: Mode
) -> None:
    scratch.add([Article("one", "题", text, "test")])
    answer = ask(scratch, question, mode=mode)
    stored = scratch.article("one").text
    assert stored == text
    for cited in (*answer.citations, *(hit.citation() for hit in answer.hits)):
        assert stored[cited.start : cited.end] == cited.quote != ""
    quotes = [citation.quote for citation in answer.citations]
    if answer.candidates and answer.answer:  # read: the very words, from what is quoted
        assert any(answer.answer in quote for quote in quotes)
    else:
        assert answer.answer == ("\n".join(quotes) if quotes else None)
