"""Labelled sets are read whole, and what is wrong with them is told with its place."""

import gzip
import json
import tracemalloc
from pathlib import Path

import pytest

from eval.datasets.check import Wanted, read_dataset
from eval.datasets.lines import Seen
from eval.errors import DatasetError
from eval.problems import Kind, Problem, Problems
from eval.records import Dataset, Unit
from tests.eval.layouts import CORPUS, QRELS, QUERIES, beir, write_lines
from tests.support import SAMPLE, SHARED


def read(path: Path, **given: object) -> tuple[Dataset, list[Problem]]:
    told: list[Problem] = []
    accept = bool(given.pop("accept", False))
    wanted = Wanted(path, **given)  # type: ignore[arg-type]
    return read_dataset(wanted, Problems(told.append), accept=accept), told


def test_beir(tmp_path: Path) -> None:
    dataset, told = read(beir(tmp_path))
    assert told == []
    assert (dataset.layout, dataset.unit, dataset.size) == ("beir", Unit.DOCUMENT, 3)
    assert [question.id for question in dataset.questions] == ["q1", "q2", "q3", "q4"]
    assert dataset.questions[0].answers == ("898根",)
    assert [question.answerable for question in dataset.questions] == [True, True, True, False]
    assert [j.relevance for j in dataset.judgements] == [1, 2, 1]
    assert [a.text for a in dataset.documents()] == [str(each["text"]) for each in CORPUS]


def test_beir_packed_and_with_qrels_beside_the_corpus_is_the_same_set(tmp_path: Path) -> None:
    plain, _ = read(beir(tmp_path / "a"))
    packed = beir(tmp_path / "b")
    for name in ("corpus", "queries"):
        path = packed / f"{name}.jsonl"
        (packed / f"{name}.jsonl.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    (packed / "qrels" / "test.tsv").rename(packed / "qrels.tsv")
    other, told = read(packed)
    assert told == []
    assert other.digest == plain.digest


def test_beir_splits(tmp_path: Path) -> None:
    folder = beir(tmp_path)
    (folder / "qrels" / "dev.tsv").write_text("q3\td3\t1\n")
    dataset, told = read(folder, split="dev")
    assert [question.id for question in dataset.questions] == ["q3", "q4"]
    assert [(p.kind, p.detail) for p in told] == [(Kind.NOT_JUDGED, "q1"), (Kind.NOT_JUDGED, "q2")]
    with pytest.raises(DatasetError, match="--split can be dev, test"):
        read(folder, split="train")


def test_every_problem_is_told_with_its_line(tmp_path: Path) -> None:
    folder = beir(
        tmp_path,
        [*CORPUS, "{broken", "[1]", {"_id": "d1", "text": "另一篇"}, {"_id": "d5"},
         {"_id": "d6", "title": "只有标题", "text": " "}, {"_id": "d7", "title": "", "text": ""},
         {**CORPUS[1], "_id": "d8"}, '{"_id": "d9", "text": "\\ud83d"}'],
        [*QUERIES, {"_id": "q1", "text": "又一次"}, {"_id": "q6", "text": " "},
         {"_id": "q7", "text": "长" * 600}, {"_id": "q8", "text": "没有标注"},
         {"_id": "q9", "text": "全不相关"}],
        f"{QRELS}q1\tnowhere\t1\nnobody\td1\t1\nq1\td1\t1\nq2\td2\t0\nq2 d1\nq3\td1\tx\n"
        "q7\td1\t-1\nq7\td2\t1\nq9\td1\t0\nq4\td1\t1\n",
    )  # fmt: skip
    dataset, told = read(folder, accept=True)
    assert {(p.kind, p.place) for p in told} == {
        (Kind.UNREADABLE, "corpus.jsonl:4"),
        (Kind.UNREADABLE, "corpus.jsonl:5"),
        (Kind.DUPLICATE_DOCUMENT, "corpus.jsonl:6"),
        (Kind.UNREADABLE, "corpus.jsonl:7"),
        (Kind.TITLE_ONLY, "corpus.jsonl:8"),
        (Kind.EMPTY_DOCUMENT, "corpus.jsonl:9"),
        (Kind.REPEATED_TEXT, "corpus.jsonl:10"),
        (Kind.UNREADABLE, "corpus.jsonl:11"),
        (Kind.DUPLICATE_QUESTION, "queries.jsonl:5"),
        (Kind.EMPTY_QUESTION, "queries.jsonl:6"),
        (Kind.LONG_QUESTION, "queries.jsonl:7"),
        (Kind.UNKNOWN_DOCUMENT, "test.tsv:5"),
        (Kind.UNKNOWN_QUESTION, "test.tsv:6"),
        (Kind.REPEATED_JUDGEMENT, "test.tsv:7"),
        (Kind.CONFLICTING_JUDGEMENT, "test.tsv:8"),
        (Kind.UNREADABLE, "test.tsv:9"),
        (Kind.UNREADABLE, "test.tsv:10"),
        (Kind.NEGATIVE, "test.tsv:11"),
        (Kind.NOT_JUDGED, folder.name),
        (Kind.NOTHING_RELEVANT, folder.name),
        (Kind.UNANSWERABLE_JUDGED, folder.name),
    }
    assert [a.id for a in dataset.documents()] == ["d1", "d2", "d3", "d6", "d8"]
    assert dataset.size == 5
    assert [len(q.text) for q in dataset.questions if q.id == "q7"] == [512]
    # A relevant document that the corpus lacks stays: it costs recall, as in trec_eval.
    assert ("q1", "nowhere") in {(j.question_id, j.document_id) for j in dataset.judgements}
    with pytest.raises(DatasetError, match=r"has 11 errors(.|\n)*corpus.jsonl:4(.|\n)*--accept"):
        read(folder)


def test_many_problems_are_counted_whole_and_kept_few(tmp_path: Path) -> None:
    folder = beir(tmp_path, [*CORPUS, *[CORPUS[0]] * 1000])
    with pytest.raises(DatasetError, match=r"has 1000 errors(.|\n)*and 995 more"):
        read(folder)


def test_a_cut_archive_is_told(tmp_path: Path) -> None:
    folder = beir(tmp_path, CORPUS * 500)
    path = folder / "corpus.jsonl"
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(path.read_bytes())[:-20])
    path.unlink()
    with pytest.raises(DatasetError, match=r"broken after line [1-9]"):
        read(folder)


def test_squad(tmp_path: Path) -> None:
    path = tmp_path / "set.json"
    answered = {"id": "1", "question": "多大？", "answers": [{"text": "50亿元", "answer_start": 3}]}
    impossible = {"id": "2", "question": "哪年？", "answers": [], "is_impossible": True}
    stray = {"id": "3", "question": "谁？", "answers": [{"text": "光谷", "answer_start": 1}]}
    paragraph = {
        "context": "基金有50亿元，在光谷。",
        "qas": [answered, impossible, stray, {"id": "4"}],
    }
    path.write_text(json.dumps({"data": [{"title": "基金", "paragraphs": [paragraph, {}]}]}))
    dataset, told = read(path, accept=True)
    assert [(q.id, q.answerable, q.answers) for q in dataset.questions] == [
        ("1", True, ("50亿元",)), ("2", False, ()), ("3", True, ("光谷",)),
    ]  # fmt: skip
    assert [(j.question_id, j.document_id) for j in dataset.judgements] == [
        ("1", "0-0"),
        ("3", "0-0"),
    ]
    assert [(p.kind, p.place) for p in told] == [
        (Kind.STRAY_ANSWER, "set.json data[0].paragraphs[0].qas[2]"),
        (Kind.UNREADABLE, "set.json data[0].paragraphs[0].qas[3]"),
        (Kind.UNREADABLE, "set.json data[0].paragraphs[1]"),
    ]


def test_drcd_and_cmrc_are_whole() -> None:
    for name, paragraphs, questions in (("drcd-dev", 1000, 3524), ("cmrc2018-dev", 848, 3219)):
        dataset, _ = read(SHARED / "sets" / f"{name}.json")
        assert (dataset.size, len(dataset.questions)) == (paragraphs, questions)
        assert len(dataset.judgements) == questions
        assert all(question.answers for question in dataset.questions)


TOPICS = {
    "topics.tsv": "1\t多少根桩？\n2\t基金多大？\n",
    "topics.txt": "<top>\n<num> Number: 1\n<title> 多少根桩？\n<desc> Description:\n长\n</top>\n"
    "<top>\n<num> Number: 2\n<title> 基金多大？\n</top>\n",
    "topics.xml": '<topics><topic number="1"><query>多少根桩？</query></topic>'
    '<topic number="2"><query>基金多大？</query></topic></topics>',
    "topics.jsonl": '{"id": 1, "text": "多少根桩？", "answers": ["898"]}\n'
    '{"id": 2, "text": "基金多大？"}\n',
}  # fmt: skip


@pytest.mark.parametrize("name", TOPICS)
def test_trec(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(TOPICS[name], encoding="utf-8")
    (tmp_path / "qrels.txt").write_text("1 0 d1 1\n2 0 d2 2\n2 0 d1 0\n")
    write_lines(
        tmp_path / "corpus.jsonl", [{"docno": d["_id"], "contents": d["text"]} for d in CORPUS]
    )
    dataset, told = read(tmp_path)
    assert told == []
    assert [(q.id, q.text) for q in dataset.questions] == [("1", "多少根桩？"), ("2", "基金多大？")]
    assert [j.relevance for j in dataset.judgements] == [1, 2, 0]
    assert dataset.questions[0].answers == (("898",) if name == "topics.jsonl" else ())


def test_the_sample() -> None:
    dataset, told = read(SAMPLE)
    assert told == []
    assert (dataset.unit, dataset.size, len(dataset.questions)) == (Unit.PASSAGE, 14, 115)
    assert sum(not question.answerable for question in dataset.questions) == 14
    texts = {article.id: article.text for article in dataset.documents()}
    for judgement in dataset.judgements:
        assert judgement.span is not None
        assert texts[judgement.document_id][judgement.span.start : judgement.span.end]
    halves = [read(SAMPLE, split=split)[0] for split in ("dev", "test")]
    assert sum(len(half.questions) for half in halves) == 115


def test_ids_and_digest_do_not_depend_on_where_a_set_lies(tmp_path: Path) -> None:
    here, _ = read(SAMPLE)
    for name in ("articles.jsonl", "page.txt", "questions.jsonl"):
        (tmp_path / name).write_bytes((SAMPLE / name).read_bytes())
    there, _ = read(tmp_path)
    assert there.digest == here.digest


def test_evidence_paragraphs_and_several_articles(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "港口新闻\n\n唐家渡完成了桩基。唐家渡又开工了。", encoding="utf-8"
    )
    (tmp_path / "b.txt").write_text("基金新闻\n\n基金有50亿元。", encoding="utf-8")
    write_lines(
        tmp_path / "questions.jsonl",
        [
            {"question": "甲", "article": "港口新闻", "evidence": "唐家渡"},
            {"question": "乙", "article": 2, "paragraphs": [1]},
            {"question": "丙", "relevant": [
                {"article": "港口新闻", "evidence": "桩基", "relevance": 2},
                {"article": "基金新闻", "evidence": "50亿元", "relevance": 0},
            ]},
            {"question": "丁", "answers": ["只知道答案"]},
            {"question": "戊", "article": "没有这篇", "evidence": "唐家渡"},
            {"question": "己", "article": "港口新闻", "evidence": "没有这句"},
            {"question": "庚", "article": "港口新闻"},
            {"question": "辛", "kind": "unanswerable", "answers": []},
        ],
    )  # fmt: skip
    dataset, told = read(tmp_path, accept=True)
    assert [(p.kind, p.place) for p in told] == [
        (Kind.REPEATED_PLACE, "questions.jsonl:1"),
        (Kind.UNKNOWN_PLACE, "questions.jsonl:5"),
        (Kind.UNKNOWN_PLACE, "questions.jsonl:6"),
        (Kind.UNKNOWN_PLACE, "questions.jsonl:7"),
        (Kind.NOT_JUDGED, tmp_path.name),
        (Kind.NOT_JUDGED, tmp_path.name),
        (Kind.NOT_JUDGED, tmp_path.name),
    ]
    assert [(q.id, q.answerable) for q in dataset.questions] == [
        ("1", True), ("2", True), ("3", True), ("4", True), ("8", False),
    ]  # fmt: skip
    held = [(j.question_id, j.relevance, j.paragraph) for j in dataset.judgements]
    assert held == [("1", 1, None), ("1", 1, None), ("2", 1, 1), ("3", 2, None), ("3", 0, None)]


def test_questions_and_readmes_are_no_articles_wherever_they_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("港口新闻\n\n唐家渡完成了桩基。", encoding="utf-8")
    (tmp_path / "README.md").write_text("# 说明\n\n这是数据的说明。", encoding="utf-8")
    line = {"question": "甲", "article": "港口新闻", "evidence": "唐家渡"}
    write_lines(tmp_path / "questions.jsonl", [line])
    plain, _ = read(tmp_path)
    file = tmp_path / "questions.jsonl"
    for path, documents in (
        (tmp_path, (tmp_path,)),
        (file, (tmp_path,)),
        (file, (tmp_path / "a.txt", file)),
    ):
        named, told = read(path, documents=documents)
        assert told == []
        assert named.digest == plain.digest
    readme, _ = read(file, documents=(tmp_path / "a.txt", tmp_path / "README.md"))
    assert readme.size == 2  # named itself, it is meant


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda place: place / "nowhere", "is not there"),
        (lambda place: place, "is not a labelled set"),
        (lambda place: _file(place / "a.json", "{"), "is not JSON"),
        (lambda place: _file(place / "a.json", "[]"), "SQuAD layout"),
        (lambda place: _file(place / "q.jsonl", '{"question": "问"}'), "--documents"),
        (lambda place: _file(place / "topics.txt", "1\t问").parent, "0 qrels"),
        (lambda place: _file(place / "corpus.jsonl", "{}").parent, "no queries.jsonl"),
    ],
)  # fmt: skip
def test_what_is_no_set_is_told(tmp_path: Path, make, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DatasetError, match=message):
        read(make(tmp_path))


def _file(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def test_memory_does_not_grow_with_the_corpus(tmp_path: Path) -> None:
    folder = beir(tmp_path)
    peaks = []
    for documents in (2_000, 40_000):
        with (folder / "corpus.jsonl").open("w", encoding="utf-8") as file:
            for number in range(documents):
                record = {"_id": f"d{number}", "title": "", "text": f"第{number}篇。" * 40}
                file.write(json.dumps(record) + "\n")
        tracemalloc.start()
        dataset, _ = read(folder)
        assert sum(1 for _ in dataset.documents()) == dataset.size == documents
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 1_000_000
    with Seen() as seen:
        assert [seen.first(key, key) for key in ("a", "b", "a")] == [None, None, "a"]
