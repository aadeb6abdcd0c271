"""The quick tokenizer for questions against the library's."""

import json
import unicodedata
from array import array
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.normalizers import NFKC

from index.embedders.prepare import PIECES, TOKENIZER, prepared_folder
from index.embedders.unigram import Unigram
from tests.support import SAMPLE, SHARED

# Markers are read as markers by the library, as they should not be in a question.
MARKERS = ("<s>", "</s>", "<pad>", "<unk>", "<mask>")


@pytest.fixture(scope="module")
def library() -> Tokenizer:
    return Tokenizer.from_file(str(prepared_folder(lambda *_: None) / TOKENIZER))


@pytest.fixture(scope="module")
def unigram() -> Unigram:
    return Unigram.load(prepared_folder(lambda *_: None) / PIECES)


def theirs(library: Tokenizer, text: str) -> list[int]:
    ids: list[int] = library.encode(text, add_special_tokens=False).ids
    return ids


def test_the_same_pieces_for_questions(library: Tokenizer, unigram: Unigram) -> None:
    texts = [
        json.loads(line)["question"]
        for line in (SAMPLE / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    drcd = json.loads((SHARED / "sets" / "drcd-dev.json").read_text(encoding="utf-8"))
    texts += [
        asked["question"]
        for entry in drcd["data"][:120]
        for paragraph in entry["paragraphs"]
        for asked in paragraph["qas"]
    ]
    texts += [
        "",
        " ",
        "  a   b ",
        "ＡＢＣ　１２３",
        "\t制表\n换行",
        "\u200b零宽",
        "ﬁ①½",
        "𠮷𠮷𠮷野家",
    ]
    assert len(texts) > 1000
    for text in texts:
        given_text = f"query: {text}"
        assert unigram.encode(given_text) == theirs(library, given_text), text


def known_to_both(character: str) -> bool:
    """Whether both have it: Python and the library know different versions of Unicode."""
    return NFKC().normalize_str(character) == unicodedata.normalize("NFKC", character)


@settings(max_examples=400)
@given(
    text=st.text(
        st.characters(codec="utf-8", max_codepoint=0x2FFFF).filter(known_to_both), max_size=80
    )
)
def test_the_same_pieces_for_any_text(library: Tokenizer, unigram: Unigram, text: str) -> None:
    text = "query: " + text.replace("\0", "")
    if not any(marker in text for marker in MARKERS):
        assert unigram.encode(text) == theirs(library, text)


def test_markers_in_a_question_are_only_text(unigram: Unigram) -> None:
    assert 2 not in unigram.encode("</s>")
    assert 0 not in unigram.encode("<s>")


def test_saved_and_loaded(tmp_path: Path) -> None:
    made = Unigram(["<unk>", "▁港", "口", "港口", "▁"], array("f", [0, -2, -3, -4, -5]), 0)
    made.save(tmp_path / "pieces")
    loaded = Unigram.load(tmp_path / "pieces")
    for text in ("港口", "港口港口", "口口口", "天港", ""):
        assert loaded.encode(text) == made.encode(text)
    assert made.encode("港口港口") == [1, 2, 3]
    assert made.encode("天天港口") == [4, 0, 3]


def test_the_same_offsets_for_passages(library: Tokenizer, unigram: Unigram) -> None:
    drcd = json.loads((SHARED / "sets" / "drcd-dev.json").read_text(encoding="utf-8"))
    texts = [p["context"] for entry in drcd["data"][:60] for p in entry["paragraphs"]]
    texts += ["", " ", "  a   b ", "ＡＢＣ　１２３", "\t制表\n换行", "\u200b零宽 x\u200b", "ﬁ①½…㍿"]
    assert len(texts) > 100
    for text in texts:
        given_text = f"passage: {text}"
        encoding = library.encode(given_text, add_special_tokens=False)
        expected = [
            (i, *offsets) for i, offsets in zip(encoding.ids, encoding.offsets, strict=True)
        ]
        assert unigram.encode_with_offsets(given_text) == expected, text


@settings(max_examples=400)
@given(text=st.text(st.characters(codec="utf-8", max_codepoint=0x2FFFF), max_size=80))
def test_pieces_lie_in_their_text(unigram: Unigram, text: str) -> None:
    found = unigram.encode_with_offsets(text)
    assert [piece for piece, _, _ in found] == unigram.encode(text)
    assert all(0 <= start <= end <= len(text) for _, start, end in found)
    assert [start for _, start, _ in found] == sorted(start for _, start, _ in found)
    assert [end for _, _, end in found] == sorted(end for _, _, end in found)


def test_marks_stay_with_their_letter(unigram: Unigram) -> None:
    assert unigram.encode_with_offsets("e\u0301x")[0][2] == 2
