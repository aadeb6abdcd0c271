"""From scores to answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.agreement import agreement
from qa.evidence.judge import Judge, Seen, Support, answers
from qa.evidence.spans import (
    LONGEST,
    Floats,
    Reading,
    Scores,
    Span,
    asks_for_several,
    best_spans,
    plain,
    sentences_of,
    whole,
    without_particles,
)

numbers = st.lists(st.floats(-9, 9, width=32), min_size=8, max_size=8)


def scores_of_ends(starts: Floats, ends: Floats, first: Floats | None = None) -> Scores:
    """Scores of a window; an answer's are those of its ends where ``first`` is not given."""
    vectors = np.zeros((len(starts), 1), np.float32) if first is None else first[:, None]
    return Scores(starts, ends, 0.0, vectors, vectors)


@given(numbers, numbers, numbers)
def test_the_best_span_is_the_best_of_all(
    starts: list[float], ends: list[float], both: list[float]
) -> None:
    one, other, shared = (np.array(some, np.float32) for some in (starts, ends, both))
    found = list(best_spans(scores_of_ends(one, other, shared), 2, 7))

    def of(i: int, j: int) -> float:
        return starts[i] + ends[j] + both[i] * both[j]

    best = max(of(i, j) for i in range(2, 7) for j in range(i, 7))
    assert found[0][2] == pytest.approx(best - of(0, 0), abs=1e-3)
    taken: set[int] = set()
    for first, last, _ in found:
        assert 2 <= first <= last < 7
        assert not taken & set(range(first, last + 1))
        taken |= set(range(first, last + 1))


def test_no_span_is_longer_than_allowed() -> None:
    starts, ends = np.zeros(200, np.float32), np.zeros(200, np.float32)
    starts[1], ends[199] = 5, 5
    ((first, last, margin),) = best_spans(scores_of_ends(starts, ends), 1, 200, 1)
    assert last - first < LONGEST
    assert margin == 5


def test_no_span_goes_beyond_its_sentence() -> None:
    text = "甲。乙丙！丁"
    assert sentences_of(text).tolist() == [0, 0, 1, 1, 1, 2]
    number = sentences_of(text)
    starts, ends = (np.zeros(7, np.float32) for _ in range(2))
    starts[1], ends[4], ends[2] = 5, 5, 2
    scores = scores_of_ends(starts, ends)
    assert next(best_spans(scores, 1, 7)) == (1, 4, 10.0)
    assert next(best_spans(scores, 1, 7, within=(number, number))) == (1, 2, 7.0)


OWN_ODDS = (1.0, 0.0, 0.0)


def seen(fused: float, relevance: float, *spans: tuple[str, float]) -> Seen:
    """A passage with its quotes and their margins."""
    places = tuple(Span(0, len(quote), margin) for quote, margin in spans)
    return Seen(
        fused,
        0.5,
        Reading(relevance, places, 0.5),
        tuple(quote for quote, _ in spans),
        (0.5,) * len(spans),
        (Support(0.0, 0.0),) * len(spans),
    )


def test_the_same_answer_in_two_passages_is_one_with_both_places() -> None:
    passages = [
        seen(3.0, 2, ("５０亿元", 4.0)),
        seen(2.9, 2, ("50亿元", 4.0)),
        seen(2.9, 2, ("30家", 4.1)),
    ]
    first, second = answers(passages, [0.0, 0.0, 0.0], OWN_ODDS)
    assert first.text == "５０亿元"
    assert [number for number, _ in first.places] == [0, 1]
    assert second.text == "30家"
    assert first.share + second.share == pytest.approx(1)
    assert first.share > second.share


def test_a_judge_ranks_by_all_it_sees_and_is_surer_where_nothing_else_is_said() -> None:
    judge = Judge((1.0, 1.0, *(0.0,) * 4), OWN_ODDS, (1.0, *(0.0,) * 3, 0.2, *(0.0,) * 3), 0.5)
    near, far = seen(2.0, -3, ("甲", -2)), seen(1.0, 3)
    ranked = judge.verdict([near, far])
    assert ranked.order == (1, 0)
    assert ranked.scores == (4.0, -1.0)
    assert ranked.answers[0].places[0][0] == 1  # counted in the new order
    alone = judge.verdict([seen(2.0, 2, ("甲", 3.0))])
    torn = judge.verdict([seen(2.0, 2, ("甲", 3.0), ("乙", 2.9))])
    assert alone.confidence > torn.confidence > 0.8 > 0.3 > judge.verdict([near]).confidence
    assert judge.verdict([]).confidence == 0.0
    assert judge.verdict([far]).confidence == 0.0


@pytest.mark.parametrize(
    ("cut", "complete"),
    [
        ("规模为[50]亿元", "50亿"),
        ("约有１２[3]人", "１２3"),
        ("共1,2[34.]5万", "1,234.5万"),
        ("著有《红楼[梦》]一书", "《红楼梦》"),
        ("著有[《红楼]梦》一书", "《红楼梦》"),
        ("[　丁某。]", "丁某"),
        ("用 Open[VINO] 运行", "OpenVINO"),
        ("（[甲]）", "甲"),
        ("（甲[）]", "（甲）"),
        ("[，。]", ""),
        ("是[一笔50亿元]的基金", "50亿元"),
        ("[一份]3页的报告", "一份"),
    ],
)
def test_what_is_cut_in_two_is_completed(cut: str, complete: str) -> None:
    start, end = cut.index("["), cut.index("]") - 1
    text = cut.replace("[", "").replace("]", "")
    first, last = whole(text, start, end)
    assert text[first:last] == complete


@pytest.mark.parametrize(
    ("pieces", "answer"),
    [
        (["在上海", "、", "广州"], "上海、广州"),
        (["10", "天的"], "10天"),
        (["8", "月", "13", "日起"], "8月13日"),
        (["在北京"], "北京"),
        (["的天的"], "天"),
        (["在", "北京"], "在北京"),
        (["天真", "的"], "天真的"),
        (["的", "起"], "的起"),
        (["是的"], "的"),
    ],
)
def test_particles_in_one_piece_with_the_answer_are_left_out(
    pieces: list[str], answer: str
) -> None:
    text = "".join(pieces)
    first, last = slice(0, len(pieces[0])), slice(len(text) - len(pieces[-1]), len(text))
    start, end = without_particles(text, first, last)
    assert text[start:end] == answer


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("发展在线教育的城市", "在线"),
        ("他说明了改革目的", "目的"),
        ("解释黑洞的存在", "存在"),
        ("延续到现在", "现在"),
        ("他們與小米一起", "一起"),
        ("資助在校大学生", "在校"),
        ("战争引起", "引起"),
    ],
)
def test_a_particle_that_is_part_of_a_word_stays(text: str, piece: str) -> None:
    place = text.index(piece)
    own = slice(place, place + len(piece))
    assert without_particles(text, own, own) == (own.start, own.stop)


def test_both_ends_of_one_piece_are_looked_at() -> None:
    text = "谈改革的目的。"
    own = slice(text.index("的目的"), len(text) - 1)
    start, end = without_particles(text, own, own)
    assert text[start:end] == "目的"


@pytest.mark.parametrize(
    ("text", "found", "answer"),
    [
        ("全市共一百二十万人。", "二十万人", "一百二十万人"),
        ("投资50亿元。", "50", "50亿"),
        ("得１２．５万元。", "１２", "１２．５万"),
        ("降至 -5 度。", "5", "-5"),
        ("订了小米SU7。", "SU", "SU7"),
        ("用5G网络。", "G", "5G"),
        ("依鄂政发〔2023〕5号文。", "鄂政发〔2023", "鄂政发〔2023〕"),
        ("武汉市（湖北省会）有：1）江汉；2）武昌。", "2）武昌", "2）武昌"),
        ("在华中农业大学（武汉）读书。", "武汉）", "（武汉）"),
        ("第3-5名。", "5名", "5名"),
        ("三个二等奖。", "二等奖", "二等奖"),
    ],
)
def test_what_is_cut_in_two_is_completed_and_nothing_else(
    text: str, found: str, answer: str
) -> None:
    place = text.index(found)
    start, end = whole(text, place, place + len(found))
    assert text[start:end] == answer


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.2亿元", "12亿元"),
        ("3.5%", "35%"),
        ("1/3", "13"),
        ("-5℃", "5℃"),
        ("9:30", "930"),
        ("AA+", "AA-"),
        ("C++", "C"),
        ("3—5年", "35年"),
    ],
)
def test_answers_that_differ_in_a_sign_are_not_one(one: str, other: str) -> None:
    assert plain(one) != plain(other)


def test_answers_that_are_written_otherwise_are_one() -> None:
    assert plain("３—５年") == plain("3-5年") == plain("3~5年")
    assert plain("1,000元") == plain("1000元。")
    assert plain("武汉-上海") == plain("武汉上海")
    assert plain("50％") == plain("50%")


def test_a_list_of_works_is_kept_whole_where_several_are_asked_for() -> None:
    text = "他写过《甲》、《乙》和《丙》，后来写《丁》。"
    start = text.index("《乙》")
    first, last = whole(text, start, start + 3, asks_for_several("他写过哪些书？"))
    assert text[first:last] == "《甲》、《乙》和《丙》"
    first, last = whole(text, start, start + 3, asks_for_several("他最好的书是什么？"))
    assert text[first:last] == "《乙》"


@given(st.text("《》（）a1.,，。 甲\n", max_size=30), st.data())
def test_completing_never_leaves_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    first, last = whole(text, start, end, True)
    assert 0 <= first <= last <= len(text)


def test_agreement_counts_the_longest_common_run() -> None:
    assert agreement("５０億元", ["50亿元"]) == (1.0, 1.0)
    em, f1 = agreement("约50亿元", ["50亿元"])
    assert (em, round(f1, 3)) == (0.0, 0.889)
    assert agreement("甲", ["乙", "甲"]) == (1.0, 1.0)
    assert agreement("甲", []) == (0.0, 0.0)
    assert agreement("", ["乙"]) == (0.0, 0.0)


def test_answers_are_compared_by_letters_and_digits() -> None:
    assert plain("《Ａ、b》 臺灣！") == "ab台湾"
