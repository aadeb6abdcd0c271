"""Questions in other words, joined with the texts they are about."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from qa.evidence.mine import labelled, paragraphs
from qa.evidence.written import NEWS, Written, news_set, read_written, reworded_set

FILE = Path(__file__).parents[3] / "data" / "questions" / "otherwise.jsonl"
LONG = "江城今年新开了三座图书馆。" + "周末来看书的人很多，座位常常不够。" * 30 + "书店也多了起来。"


@pytest.fixture
def news(tmp_path: Path) -> Path:
    path = tmp_path / "news.jsonl.gz"
    rows = [{"id": "news-1", "text": LONG}, *({"id": f"news-{n}", "text": LONG} for n in (2, 3))]
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    return path


def save(path: Path, made: dict[str, object]) -> Path:
    path.write_text(json.dumps(made, ensure_ascii=False))
    return path


def test_news_are_passages_with_their_questions(news: Path, tmp_path: Path) -> None:
    last = LONG.index("书店")
    written = [
        Written(NEWS, "news-1", "能借书的地方添了几处？", LONG.index("三座"), LONG.index("图书馆")),
        Written(NEWS, "news-1", "除了借的，卖书的呢？", last, last + 2),
        Written(NEWS, "news-1", "谁出的钱？", -1, -1),
        Written("drcd-dev", "1-0", "不是新闻的问题", 0, 1),
    ]
    path = save(tmp_path / "made.json", news_set(written, news, 1))
    first, second, none = sorted(labelled(path), key=lambda one: -len(one.answers))
    assert [one.answers[0][0] for one in (first, second)] == ["三座", "书店"]
    for one in (first, second):
        text, start = one.answers[0]
        assert one.passage[start : start + len(text)] == text
        assert one.title == LONG[:40]
    assert first.paragraph == "news-1-0"
    assert second.paragraph != first.paragraph
    assert none.answers == ()
    assert len({p.article for p in paragraphs(path).values()}) == 2
    assert "".join(p.text for p in paragraphs(path).values() if p.article == "news-1") == LONG


def test_reworded_questions_keep_the_accepted_answers(tmp_path: Path) -> None:
    answers = [{"text": "三座", "answer_start": 7}, {"text": "三座图书馆", "answer_start": 7}]
    qas = [{"id": "a", "question": "新开了几座图书馆？", "answers": answers}]
    entry = {"id": "1", "title": "江城", "paragraphs": [{"context": LONG, "qas": qas}]}
    path = save(tmp_path / "drcd-dev.json", {"data": [entry]})
    written = [
        Written("drcd-dev", "1-0", "能借书的地方添了几处？", 7, 9),
        Written("drcd-dev", "1-0", "哪座城添了图书馆？", 0, 2),
        Written("drcd-dev", "1-0", "谁出的钱？", -1, -1),
    ]
    made = labelled(save(tmp_path / "reworded.json", reworded_set(written, path)))
    assert [(one.text, one.paragraph) for one in made] == [(one.text, "1-0") for one in written]
    assert [one.answers for one in made] == [(("三座", 7), ("三座图书馆", 7)), (("江城", 0),), ()]


def test_the_kept_questions_are_as_their_card_says() -> None:
    kept = read_written(FILE)
    assert len(kept) == len({(one.article, one.text) for one in kept}) == 28706
    assert Counter(one.source for one in kept) == {
        NEWS: 25125,
        "drcd-dev": 1866,
        "cmrc2018-dev": 1715,
    }
    assert sum(one.start < 0 for one in kept) == 5721
    for one in kept:
        assert one.text.strip() == one.text
        assert (one.start, one.end) == (-1, -1) or 0 <= one.start < one.end <= one.start + 120
