"""A run is whole or it is not a run; its measures are those of its own files."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
import pytest

from eval import run as running
from eval.cached import open_cached
from eval.compare import compare_runs, judge
from eval.datasets.check import Wanted, read_dataset
from eval.errors import DatasetError, RunError
from eval.gold import resolve
from eval.outcomes import Row
from eval.problems import Kind, Problem, Problems
from eval.records import Dataset, Question, Unit
from eval.run import Plan
from eval.run_files import Run, load_run, read_trec, trec_run
from eval.settings import Settings, assigned, with_setting
from index.collection import Collection
from index.embedders.base import no_progress
from index.embedders.questions import Change
from index.errors import SettingError
from qa.evidence.use import Reads
from qa.fusion import Weights
from qa.records import Answer, Candidate, Citation, Evidence, Mode
from tests.eval.conftest import read
from tests.eval.layouts import CORPUS, QUERIES, beir, write_lines
from tests.support import ROOT, SAMPLE, HashEmbedder

Make = Callable[..., Run]
FILES = ("run.trec", "qrels.trec", "answers.jsonl", "passages.jsonl", "measures.json")


def test_measures_are_those_of_the_files(made: Make) -> None:
    run = made()
    assert run.folder is not None
    assert sorted(p.name for p in run.folder.iterdir() if p.name[0] != ".") == sorted(FILES)
    names = [name for name in run.measures if name in {"nDCG@10", "AP", "RR@10", "R@5", "P@1"}]
    theirs = ir_measures.calc_aggregate(
        [ir_measures.parse_measure(name) for name in names],
        ir_measures.read_trec_qrels(str(run.folder / "qrels.trec")),  # type: ignore[no-untyped-call]
        ir_measures.read_trec_run(str(run.folder / "run.trec")),  # type: ignore[no-untyped-call]
    )
    assert len(names) == len(theirs) == 5
    for measure, value in theirs.items():
        ids, values = run.values(str(measure))
        assert ids == ["q1", "q2", "q3"]  # the unanswerable one has no part in rankings
        assert values.mean() == pytest.approx(value, abs=1e-9)
        assert run.summary["measures"][str(measure)]["mean"] == pytest.approx(value, abs=1e-9)


def test_the_summary_tells_how_it_was_made(made: Make) -> None:
    told = made(weights=Weights(lexical_weight=5), k=7, reads=Reads(Evidence.OFF)).summary
    assert told["settings"]["weights"]["lexical_weight"] == 5
    assert "R@10" not in told["measures"]  # of seven places
    assert "R@5" in told["measures"]
    assert told["versions"]["ir-measures"]
    assert told["peak_memory_bytes"] > 10_000_000
    assert {"collection", "questions asked", "questions embedded", "measures"} <= set(
        told["seconds"]
    )
    assert told["dataset"]["unanswerable"] == 1
    assert told["abstention"]["with_confidence"] == 0


def without_times(folder: Path) -> dict[str, Any]:
    """The files of a run, apart from times."""
    rows = [json.loads(line) for line in (folder / "answers.jsonl").read_text().splitlines()]
    for row in rows:
        del row["seconds"]
    summary = json.loads((folder / "measures.json").read_text())
    kept = {key: summary[key] for key in ("values", "questions", "measures", "fingerprint")}
    files = {name: (folder / name).read_text() for name in ("run.trec", "qrels.trec")}
    return {"rows": rows, "summary": kept, **files}


@pytest.mark.parametrize("cut", [0, 7])
def test_an_interrupted_run_is_no_run_and_is_gone_on_with(
    made: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cut: int
) -> None:
    whole = made("whole")
    asked: list[str] = []
    put = running.put

    def interrupted(
        collection: Collection, question: Question, vector: Any, settings: Settings
    ) -> Row:
        if len(asked) == 2:
            raise KeyboardInterrupt
        asked.append(question.id)
        return put(collection, question, vector, settings)

    monkeypatch.setattr(running, "put", interrupted)
    with pytest.raises(KeyboardInterrupt):
        made("again")
    monkeypatch.setattr(running, "put", put)
    again = tmp_path / "again"
    with pytest.raises(RunError, match="not finished"):
        load_run(again)
    if cut:  # killed while it wrote
        rows = again / "unfinished.jsonl"
        rows.write_bytes(rows.read_bytes()[:-cut])
    monkeypatch.setattr(running, "put", _counted(put, asked))
    made("again")
    assert asked == ["q1", "q2", *(["q2"] if cut else []), "q3", "q4"]
    assert whole.folder is not None
    assert without_times(again) == without_times(whole.folder)
    assert not (again / "unfinished.jsonl").exists()


def _counted(put: Callable[..., Row], asked: list[str]) -> Callable[..., Row]:
    def counted(collection: Collection, question: Question, vector: Any, settings: Settings) -> Row:
        asked.append(question.id)
        return put(collection, question, vector, settings)

    return counted


def test_a_finished_run_is_given_as_it_is(made: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    first = made()
    monkeypatch.setattr(running, "put", lambda *_: pytest.fail("it was asked again"))
    assert made().summary == first.summary
    with pytest.raises(RunError, match="other settings"):
        made(mode=Mode.LEXICAL)


@pytest.mark.parametrize(
    ("settings", "other"),
    [
        (Settings(), True),
        (Settings(mode=Mode.DENSE), True),
        (Settings(mode=Mode.LEXICAL), False),
        (Settings(model="another"), False),
    ],
)
def test_another_network_for_questions_makes_another_run(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, other: bool
) -> None:
    plan = Plan.of(read(SAMPLE), settings)
    before = plan.fingerprint
    monkeypatch.setattr(running, "read_change", lambda: Change("another", {}))
    assert (plan.fingerprint != before) == other


@pytest.mark.parametrize("name", FILES)
def test_a_cut_file_is_told(made: Make, name: str) -> None:
    folder = made().folder
    assert folder is not None
    path = folder / name
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(RunError, match=name):
        load_run(folder)
    path.unlink()
    with pytest.raises(RunError):
        load_run(folder)


def test_ids_may_hold_anything(tmp_path: Path) -> None:
    names = ["a b", "100%", "线\u2028行", "x\ty", "plain", "%20"]
    path = tmp_path / "run.trec"
    path.write_bytes(trec_run({name: [(other, 1.0) for other in names] for name in names}))
    assert read_trec(path) == dict.fromkeys(names, names)


def test_a_long_document_is_ranked_once_by_its_best_passage(
    hashed: HashEmbedder, made: Make, tmp_path: Path
) -> None:
    long = "\n\n".join(f"第{n}段讲的是第{n}件事，说来话长。" * 12 for n in range(30))
    corpus = [
        *CORPUS,
        {"_id": "long", "title": "长文", "text": f"{long}\n\n月球背面有一座环形山。"},
    ]
    queries = [{"_id": "q", "text": "月球背面有什么？"}]
    folder = beir(tmp_path / "long", corpus, queries, "q\tlong\t1\n")
    run = made("out", read(folder))
    assert run.summary["counts"]["passages"] > 10
    ranking = run.rankings()["q"]
    assert ranking[0] == "long"
    assert sorted(ranking) == ["d1", "d2", "d3", "long"]
    (row,) = run.rows()
    shown = run.passages()[row["first"][0]["passage"]]
    assert "环形山" in shown["text"]


def test_evidence_counts_for_every_passage_it_reaches_into(
    hashed: HashEmbedder, tmp_path: Path
) -> None:
    dataset = read(SAMPLE)
    assert dataset.unit is Unit.PASSAGE
    with open_cached(dataset, hashed, no_progress) as collection:
        qrels = resolve(dataset, collection, dataset.questions)
        assert len(qrels) == 101
        for judgement in dataset.judgements:
            article = collection.article(judgement.document_id)
            assert judgement.span is not None
            quote = article.text[judgement.span.start : judgement.span.end]
            passages = collection.passages_of(article)
            held = {f"{article.id}/{p.number}" for p in passages if quote in p.text}
            assert held <= set(qrels[judgement.question_id])


def test_a_paragraph_that_is_not_there_is_told(
    hashed: HashEmbedder, made: Make, tmp_path: Path
) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "a.txt").write_text("港口\n\n唐家渡完成了桩基。", encoding="utf-8")
    lines = [{"id": "q", "question": "唐家渡完成了什么？", "article": "港口", "paragraphs": [9]}]
    write_lines(folder / "questions.jsonl", lines)
    with pytest.raises(DatasetError, match="paragraph 9"):
        read(folder)
    assert hashed.embedded == 0
    more = [{"id": "p", "question": "完成了什么？", "article": "港口", "paragraphs": [0, 1]}]
    write_lines(folder / "questions.jsonl", [*lines, *more])
    told: list[Problem] = []
    dataset = read_dataset(Wanted(folder), Problems(told.append), accept=True)
    assert [(p.kind, p.place) for p in told] == [
        (Kind.UNKNOWN_PLACE, "questions.jsonl:1"),
        (Kind.UNKNOWN_PLACE, "questions.jsonl:2"),
        (Kind.NOT_JUDGED, "set"),
    ]
    run = made("out", dataset)
    assert list(run.qrels()) == ["p"]


def test_another_kind_makes_another_run_that_compares_with_the_first(
    made: Make, tmp_path: Path
) -> None:
    first = made("a")
    changes: list[dict[str, object]] = [{"kind": "number"}, {"synthetic": True}]
    for told in changes:
        query = {"_id": "q1", "text": "唐家渡打了多少根桩？", "answers": ["898根"], **told}
        other = read(beir(tmp_path / "other", queries=[query, *QUERIES[1:]]))
        with pytest.raises(RunError, match="other settings"):
            made("a", other)
    assert compare_runs([first, made("b", other)]).lines


def test_measures_over_all_questions(made: Make, tmp_path: Path) -> None:
    run = made()  # answers whatever it is asked
    ids, values = run.values("EMAll")
    assert ids == ["q1", "q2", "q4"]  # q3 has no accepted answers
    assert values.tolist() == [0, 0, 0]
    f1 = dict(zip(*run.values("F1"), strict=True))
    assert dict(zip(*run.values("F1All"), strict=True)) == {**f1, "q4": 0}
    assert {"EMAll", "F1All"} <= set(run.measures)
    assert judge(run, run, "F1All", 0).difference.ties == 3
    answered = read(beir(tmp_path / "answered", queries=QUERIES[:3]))
    plain = made("plain", answered)
    assert not {"EMAll", "F1All"} & set(plain.measures)  # they would be EM and F1 again
    assert {line.measure for line in compare_runs([plain, plain]).lines} == set(plain.measures)
    assert compare_runs([plain, plain], ["F1All"]).lines[0].values[0].number == 2


def test_the_answer_that_was_withheld_is_kept(
    made: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def unsure(_collection: Collection, question: str, *_: object, **__: object) -> Answer:
        text = {"唐家渡打了多少根桩？": "898根"}.get(question, "不对")
        cited = Citation("d1", "港口", None, None, None, 1, None, 0, 4, text, 1.0)
        best, other = (Candidate(said, 0.1, (cited,), (cited,)) for said in (text, "别的"))
        return Answer(question, None, 0.1, (), (), 0.0, candidates=(best, other))

    monkeypatch.setattr(running, "ask", unsure)
    run = made()
    assert [row["answer"] for row in run.rows()] == [None] * 4
    assert run.values("F1")[1].tolist() == [0, 0]
    # q1 by its words; q3 has no accepted answer and cites another document; q4 has none at all.
    assert run.summary["abstention"]["risk_coverage"] == [[1.0, 3 / 4]]


def test_an_abstention_is_right_where_there_is_no_answer(
    made: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = running.put

    def silent(collection: Collection, question: Question, vector: Any, settings: Settings) -> Row:
        row = put(collection, question, vector, settings)
        withheld = {"withheld": row.answer, "withheld_citations": row.citations}
        return replace(row, answer=None, citations=(), confidence=0.2, **withheld)  # type: ignore[arg-type]

    monkeypatch.setattr(running, "put", silent)
    run = made()
    assert dict(zip(*run.values("F1All"), strict=True)) == {"q1": 0, "q2": 0, "q4": 1}
    told = run.summary["abstention"]
    assert told["risk_coverage"][-1][0] == 1
    assert told["given"] is None


def test_a_cached_collection_is_used_again_and_an_unfinished_one_gone_on_with(
    hashed: HashEmbedder, tmp_path: Path
) -> None:
    dataset = read(beir(tmp_path / "set"))
    with open_cached(dataset, hashed, no_progress) as collection:
        place = collection.folder
    assert hashed.embedded == 3
    (place / "complete.json").unlink()
    with Collection.open(place, embedder=hashed) as collection:
        collection.remove(["d2"])
    for _ in range(2):
        with open_cached(dataset, hashed, no_progress) as collection:
            assert collection.folder == place
            assert collection.store.counts()["articles"] == 3
        assert hashed.embedded == 4
    other = read(beir(tmp_path / "other", [*CORPUS[:2], {**CORPUS[2], "text": "改过的正文。"}]))
    with open_cached(other, hashed, no_progress) as collection:
        assert collection.folder != place


def test_a_limit_takes_the_same_sample_everywhere() -> None:
    dataset = read(SAMPLE)
    asked = [q.id for q in Plan.of(dataset, Settings(limit=20)).asked]
    assert len(asked) == 20
    assert asked == [q.id for q in dataset.questions if q.id in set(asked)]
    assert asked != [q.id for q in dataset.questions[:20]]
    more = {q.id for q in Plan.of(dataset, Settings(limit=40)).asked}
    assert set(asked) < more


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["lexical_weight"], "has no value"),
        (["nothing=1"], "no setting 'nothing'"),
        (["lexical_weight=much"], "expected a number"),
        (["lexical_weight=-1"], "expected a number"),
        (["lexical_weight=inf"], "expected a number"),
        (["evidence=maybe"], "off, on, auto"),
        (["threshold=2"], "0 to 1"),
        (["windows=0"], "1 or more"),
    ],
)
def test_what_is_no_setting_is_told(given: list[str], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        assigned(Settings(), given)


def test_settings_are_assigned() -> None:
    told = assigned(Settings(), ["lexical_weight=0", "sentence_share=0.5"])
    assert told.weights == Weights(0.5, 0.0, 1.5)
    told = assigned(Settings(), ["evidence=off", "threshold=0.3", "windows=4"])
    assert told.reads == Reads(Evidence.OFF, 0.3, 4)
    assert with_setting(Settings(), "evidence", True).reads.evidence is Evidence.ON  # of YAML


def test_settings_reach_retrieval(made: Make) -> None:
    scores = [
        next(iter(made(f"w{weight}", weights=Weights(lexical_weight=weight)).rows()))["first"]
        for weight in (0.0, 50.0)
    ]
    assert scores[0][0]["score"] < scores[1][0]["score"]


def test_runs_are_compared_question_by_question(made: Make) -> None:
    runs = [made("a"), made("b", mode=Mode.LEXICAL)]
    told = compare_runs(runs)
    for line in told.lines:
        (ids, before), (other, after) = (run.values(line.measure) for run in runs)
        assert ids == other
        (difference,) = line.differences
        assert difference.mean.mean == pytest.approx(np.mean(after - before))
        assert difference.wins + difference.ties + difference.losses == len(ids)


def test_measures_that_a_run_did_not_tell_are_computed_from_its_files(made: Make) -> None:
    run = made(k=7)
    for name in ("R@5", "P@1", "RR@5"):
        ids, values = run.values(name)
        assert ids == ["q1", "q2", "q3"]
        if name in run.measures:
            again = Run(run.name, run.folder, {**run.summary, "values": {}}).values(name)
            assert again[0] == ids
            assert again[1] == pytest.approx(values)
    assert compare_runs([run, run], ["nDCG@3"]).lines[0].differences[0].ties == 3
    with pytest.raises(RunError, match="does not tell R@8"):
        run.values("R@8")


def test_runs_of_other_questions_are_not_compared(made: Make, tmp_path: Path) -> None:
    other = read(beir(tmp_path / "other", queries=QUERIES[:2], qrels="q1\td1\t1\nq2\td2\t2\n"))
    first = made("a")
    for run in (made("b", other), made("c", limit=2)):
        with pytest.raises(RunError, match=r"differ|not the same"):
            compare_runs([first, run])


def test_the_gate_is_for_losses_that_are_large_and_not_chance(tmp_path: Path) -> None:
    good = np.full(200, 0.9)
    slightly, badly = good.copy(), good.copy()
    slightly[:150] -= 0.004  # significant, within the margin
    badly[:60] -= 0.3
    few = good.copy()
    few[:3] = 0.0  # more than the margin, but three questions are chance
    base = summary_run(good)
    assert not judge(base, summary_run(good), "nDCG@10", 0.005).lost
    assert not judge(base, summary_run(slightly), "nDCG@10", 0.005).lost
    assert judge(base, summary_run(slightly), "nDCG@10", 0.001).lost
    assert judge(base, summary_run(badly), "nDCG@10", 0.005).lost
    assert not judge(base, summary_run(few), "nDCG@10", 0.005).lost
    assert not judge(summary_run(badly), base, "nDCG@10", 0.005).lost
    for name in ("AP", "F1All"):
        with pytest.raises(RunError, match=f"does not tell {name}"):
            judge(base, base, name, 0.005)


def summary_run(values: np.ndarray[Any, np.dtype[np.float64]]) -> Run:
    ids = [f"q{n}" for n in range(len(values))]
    held = {"nDCG@10": {"of": list(range(len(ids))), "values": values.tolist()}}
    dataset = {"name": "made", "digest": "0", "synthetic": 0}
    told = {"dataset": dataset, "questions": ids, "values": held, "settings": {"k": 100}}
    return Run("made", None, told)


def test_a_dataset_has_its_synthetic_questions_counted(made: Make, tmp_path: Path) -> None:
    first: dict[str, object] = {"_id": "q1", "text": "多少根桩？", "synthetic": True}
    queries = [first, *QUERIES[1:]]
    dataset: Dataset = read(beir(tmp_path / "s", queries=queries))
    assert made("out", dataset).dataset["synthetic"] == 1


def test_the_committed_baseline_is_of_the_sample() -> None:
    baseline = load_run(ROOT / "bench" / "baseline-sample.json")
    assert baseline.dataset["digest"] == read(SAMPLE).digest
    assert judge(baseline, baseline, "nDCG@10", 0.02).difference.ties == 101
