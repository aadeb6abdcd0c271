"""Questions proposed from a collection, and judgements taken out of it, are sets of their own."""

import json
from collections import Counter
from pathlib import Path

import pytest

from eval.datasets.write import write_set
from eval.errors import DatasetError
from eval.generate import generate
from eval.gold import resolve
from eval.judged import exported
from eval.propose import proposals
from index.collection import Collection
from index.embedders.base import no_progress
from index.records import Article, Passage
from index.stored import Judgement
from tests.eval.conftest import read
from tests.support import HashEmbedder


def asked(text: str) -> list[tuple[str, str, str]]:
    article = Article("a", "标题", text, "test")
    passage = Passage("a", 1, 0, len(text), text)
    return [(p.question, p.answer, p.kind) for p in proposals(article, passage)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "光谷为在线教育设立的引导基金规模为50亿元。",
            [("光谷为在线教育设立的引导基金规模为多少亿元？", "50亿元", "number")],
        ),
        (
            "全市小微企业的贷款余额比上年增长了35.5%。",
            [("全市小微企业的贷款余额比上年增长了百分之多少？", "35.5%", "number")],
        ),
        (
            "2017年4月1日，湖北自由贸易试验区在武汉挂牌。",
            [("哪一天，湖北自由贸易试验区在武汉挂牌？", "2017年4月1日", "date")],
        ),
        (
            "市里为企业松绑的对策当时叫“惠企八条”，从八个方面入手。",
            [("市里为企业松绑的对策当时叫“什么”，从八个方面入手？", "惠企八条", "name")],
        ),
        (
            "强夯法是指用重锤从高处落下反复夯实地基。",
            [("什么是强夯法？", "用重锤从高处落下反复夯实地基", "definition")],
        ),
        ("这笔钱一共有50亿元，全部用来补贴本地企业。", []),  # nobody can tell what “this” is
        ("基金有50亿元。", []),  # too short to tell what it is about
        ("引导基金有50亿元，风险资金池同样也有50亿元。", []),  # the answer is given away
    ],
)
def test_sentences_become_questions(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert asked(text) == expected


def test_generated_questions_stand_in_their_passages(sample: Collection, tmp_path: Path) -> None:
    made = generate(sample, 40, no_progress)
    assert len(made.questions) == 40
    assert len({question["question"] for question in made.questions}) == 40
    assert set(Counter(q["kind"] for q in made.questions)) >= {"number", "date", "name"}
    for question in made.questions:
        text = sample.article(question["article"]).text
        start, evidence = question["start"], question["evidence"]
        assert text[start : start + len(evidence)] == evidence
        assert question["answers"][0] in evidence
        assert question["answers"][0] not in question["question"]
        assert question["synthetic"] is True
    write_set(tmp_path / "set", sample.store.articles(), made.questions)
    dataset = read(tmp_path / "set")
    assert all(question.synthetic for question in dataset.questions)
    qrels = resolve(dataset, sample, dataset.questions)
    assert len(qrels) == 40
    places = [name for held in qrels.values() for name in held]
    assert len(set(places)) == len(places) == 40  # one a passage
    assert generate(sample, 40, no_progress) == made


def test_a_question_that_another_passage_answers_too_is_refused(
    tmp_path: Path, hash_embedder: HashEmbedder
) -> None:
    same = "唐家渡港区为企业设立的产业引导基金规模为50亿元。"
    texts = [same, f"{same}其余的事以后再说。", "光谷今年新开工的学校一共有12所。"]
    articles = [Article(f"a{n}", f"标题{n}", text, "test") for n, text in enumerate(texts)]
    with Collection.create(tmp_path / "c", embedder=hash_embedder) as collection:
        collection.add(articles)
        made = generate(collection, 10, no_progress)
    assert [question["article"] for question in made.questions] == ["a2"]
    assert made.refused == {"another passage answers it too": 1, "duplicate": 1}


def test_judgements_become_a_set_and_lost_ones_are_told(
    tmp_path: Path, hash_embedder: HashEmbedder
) -> None:
    first = Article(
        "a", "港口", "唐家渡港区完成了898根桩的施工。\n\n" + "另一段讲别的事。" * 40, "t"
    )
    second = Article("b", "基金", "光谷设立了50亿元的产业引导基金。", "t")
    with Collection.create(tmp_path / "c", embedder=hash_embedder) as collection:
        collection.add([first, second])
        for question, article, number, relevant in (
            ("打了多少根桩？", "a", 1, True),
            ("打了多少根桩？", "b", 1, False),
            ("基金多大？", "b", 1, True),
        ):
            held = collection.article(article)
            text = collection.passages_of(held)[number - 1].text
            collection.store.judgements.keep(
                Judgement(question, article, number, relevant, text, 0.0)
            )
        gone = Judgement("旧问题", "b", 1, True, "原来的文字", 0.0)
        collection.store.judgements.keep(gone)
        collection.store.judgements.keep(Judgement("更旧的问题", "没了", 1, True, "文字", 0.0))
        collection.store.judgements.keep(Judgement("撤回的问题", "a", 1, True, "港口", 0.0))
        collection.store.judgements.withdraw("撤回的问题", "a", 1)
        told = exported(collection, collection.store.judgements.kept())
        assert [lost.question for lost in told.lost] == ["旧问题", "更旧的问题"]
        assert told.judgements == 3
        write_set(tmp_path / "set", collection.store.articles(), told.questions)
        dataset = read(tmp_path / "set")
        qrels = resolve(dataset, collection, dataset.questions)
    assert qrels == {"j1": {"a/1": 1, "b/1": 0}, "j2": {"b/1": 1}}
    assert [article.text for article in dataset.documents()] == [first.text, second.text]


def test_a_set_is_not_written_over_something(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("不要动")
    with pytest.raises(DatasetError, match="is there already"):
        write_set(tmp_path, [], [])
    write_set(tmp_path / "new", [Article("a", "题", "文", "s")], [{"question": "问"}])
    (line,) = (tmp_path / "new" / "articles.jsonl").read_text().splitlines()
    assert json.loads(line) == {"id": "a", "title": "题", "text": "文"}
