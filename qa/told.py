"""What a sentence or a quote tells in numbers and times, more than what is indexed of it.

Facts (``index.facts``) have a value; here it is enough that 第三 and 清末 are of a kind. All texts
are in normal form.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from index.facts import read_facts
from index.quantities import quantity_reader
from index.units import PERCENT

ORDINAL = "第"
DAY = "日"  # 30日 is a day of a month or a month long
# What is counted by 点 and is no time of day.
POINTS = "意见|建议|要求|体会|看法|原因|理由|好处|不足|措施|启示|经验|思考|特点|想法|共识|内容"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit, empty where it has none, and where it stands."""

    start: int
    end: int
    unit: str


_DIGITS = "0-9零〇一二两三四五六七八九十"
_NUMERAL = f"[{_DIGITS}百千万亿][{_DIGITS}百千万亿.,]{{0,15}}"
# What the reader of quantities passes over, with the unit it is of, where that is always the same.
_SOME = "(?:好?[几数]|多)十?|[大小好]?半"
_MORE_AMOUNTS = tuple(
    (re.compile(pattern), unit)
    for pattern, unit in (
        (rf"第[{_DIGITS}百千]{{1,6}}|首[个次款届批家位]", ORDINAL),
        ("(?<![a-z])[ivx]{1,4}级", "级"),
        (rf"{_NUMERAL}分之{_NUMERAL}|(?<![0-9/])[0-9]{{1,3}}/[0-9]{{1,3}}(?![0-9/])", PERCENT),
        ("一半|过半|[大多小]半(?![年月天个日])|半数|对半", PERCENT),
        (f"(?:{_SOME})(?:年|个?月|个?世纪)", "月"),
        (f"(?:{_SOME})(?:[天日]|个?星期|个?小时|个?钟头|分钟)", "秒"),
        (rf"(?<![{_DIGITS}月]){_NUMERAL}[余多]?日(?![本元报])", DAY),
    )
)
_WEAKER = (
    (re.compile(rf"每(?:隔|[{_DIGITS}]{{1,3}})?个?(?:年|月|季度)"), "月"),
    (re.compile(rf"每(?:隔|[{_DIGITS}]{{1,3}})?个?(?:周|星期|天|日|小时|分钟)"), "秒"),
)
_COUNT_ALONE = re.compile(
    rf"\W*[约近超共]?(?!一[^{_DIGITS}百千万亿余多来])({_NUMERAL}[余多来]?)(?=[^\W\d_]{{1,3}}\W*$)"
)
_ONE = re.compile("一(?!些|般|定|样|起|直|边|致)")
_NUMBER_ALONE = re.compile(rf"\W*({_NUMERAL})[余多]?\W*")

_DYNASTIES = (
    "[夏商周秦汉晋隋唐宋辽金元明清](?:[朝代](?![表理币金码价销购])|[初末])|[东西]周|[东西两][汉晋]|[南北两]宋|王朝|[六南北]朝"
    "|春秋|战国|三国|民国|中世纪|古代|近代|史前|(?:侏罗|白垩|寒武|三叠|石炭|泥盆|二叠)纪|[上中更全]新世(?![界纪])"
)
_FEASTS = (
    "春节|元旦|元宵|清明|端午|中秋|国庆|重阳|七夕|除夕|圣诞|五一(?!路|村)"
    "|(?:妇女|儿童|劳动|教师|情人|感恩|母亲|父亲)节"
)
_HOUR = f"(?:[01]?[0-9]|2[0-4]|[{_DIGITS[3:]}]{{1,3}})"
_PART_OF_DAY = (
    "凌晨|清晨|早[上晨]|上午|中午|午[间后夜]|正午|下午|傍晚|晚[上间]|夜[里间晚]|深夜|半夜|[当今昨每明]晚"
    "|[今明]早|黄昏|白天"
)
_CLOCK = re.compile(
    rf"(?<![0-9.:])(?:[01]?[0-9]|2[0-4]):[0-5][0-9](?::[0-5][0-9])?(?![0-9:])"
    rf"|(?<![0-9.第]){_HOUR}(?:时(?![代期装速区空])(?:[0-9]{{1,2}}分)?许?"
    r"|点(?:钟|半|多|许|整|左右|[0-9一二三四五十]{1,3}分(?!之)|[一三]刻))"
    rf"|(?:{_PART_OF_DAY})(?:的)?{_HOUR}点"
    rf"|(?<![0-9.第])(?:1?[0-9]|2[0-4])点(?!{POINTS}|[0-9%个名项条])"
)
_MORE_TIMES = re.compile(
    rf"{_DYNASTIES}|{_FEASTS}|{_PART_OF_DAY}"
    r"|[上下本这每]?个?(?:(?<![一两几0-9])周|星期|礼拜)[一二三四五六日末](?![年期个天本])"
    r"|[春夏秋冬][季天末初]|[早晚初仲盛暮入立][春夏秋冬]|[暑寒][假期]|汛期|[一-鿿]{2}年间|期间|世纪|年代"
    r"|[去今明后前当次翌同]年(?!级|度报)|年[底初末内中](?!国)|[上下]半年|月[底初末]|[上中下]旬"
    r"|[次当翌同即昨今明][日天](?!然|下)|[0-9]{4}-[0-9]{2}"
    rf"|(?:{_NUMERAL}|半)[余多]?个?(?:年|月|天|日|周|星期|小时|分钟)(?:之|以)?[前后](?!年|天)"
    rf"|(?<![0-9.])[0-9]{{2,4}} ?年(?!时间|[内来间期])|[0-9]{{1,2}} ?[月日]"
    r"|[0-9]{1,2}号(?!线|楼|馆|门|院|厅)"
    r"|[零〇一二三四五六七八九]{2,4}年|[一二三四五六七八九十]{1,3}[月日]|(?<![a-z])(?:mon|tues|wednes"
    r"|thurs|fri|satur|sun)day"
)
# Times as the whole of a sentence or quote: 1998, 建安二十四年, 江户时代.
_TIME_ALONE = re.compile(
    r"\W*(?:[12][0-9]{3}(?:[./~—–至到-][0-9]{1,4}){0,2}"
    rf"|[^\W\d_]{{2,8}}(?:元|[{_DIGITS}]{{1,3}})年|第[{_DIGITS}百]{{1,4}}(?:分钟|个?[年月日天周])"
    r"|[^\W\d_]{1,8}(?:时期|时代|[早中晚末初后前冰]期|季))\W*"
)
# Any day will do: it is asked where 去年 stands, not what it means.
_SOME_DAY = date(2000, 6, 15)


def amounts(sentence: str) -> list[Amount]:
    """What a sentence tells in numbers, apart from dates, in order; none overlaps another."""
    facts = read_facts(sentence)
    taken = [(mention.start, mention.end) for mention in facts.dates]
    clock = [match.span() for match in _CLOCK.finditer(sentence)]
    found = [
        Amount(read.start, read.end, read.unit)
        for read in facts.quantities
        if read.unit or not _meets(read.start, read.end, clock)
    ]
    found.extend(_matched(_MORE_AMOUNTS, sentence, taken))
    if alone := _NUMBER_ALONE.fullmatch(sentence):
        found.append(Amount(*alone.span(1), ""))
    if not found:
        found.extend(_matched(_WEAKER, sentence, taken))
        found.extend(_ones(sentence, taken))
    if not found and (alone := _COUNT_ALONE.match(sentence)) and not _meets(*alone.span(1), taken):
        unit = quantity_reader().units.after(sentence, alone.end())
        found.append(Amount(*alone.span(1), unit[0].name if unit else ""))
    # What the facts say goes before what is found here.
    by_span = {(one.start, one.end): one for one in reversed(found)}
    return [by_span[span] for span in _apart(by_span)]


def _matched(
    patterns: Iterable[tuple[re.Pattern[str], str]], sentence: str, taken: list[tuple[int, int]]
) -> Iterator[Amount]:
    for pattern, unit in patterns:
        for match in pattern.finditer(sentence):
            if not _meets(match.start(), match.end(), taken):
                yield Amount(match.start(), match.end(), unit)


def _ones(sentence: str, taken: list[tuple[int, int]]) -> Iterator[Amount]:
    """一个 and 一次, which say little where there are other numbers."""
    units = quantity_reader().units
    for match in _ONE.finditer(sentence):
        unit = units.after(sentence, match.end())
        if unit and not _meets(match.start(), unit[1], taken):
            yield Amount(match.start(), unit[1], unit[0].name)


def _meets(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    """Whether a span overlaps one of ``taken``, which are in order and apart."""
    following = bisect_left(taken, (end,))
    return following > 0 and taken[following - 1][1] > start


def times(sentence: str) -> list[tuple[int, int]]:
    """Where a sentence names a time, in order; none overlaps another."""
    found = [(mention.start, mention.end) for mention in read_facts(sentence, _SOME_DAY).dates]
    for pattern in (_CLOCK, _MORE_TIMES):
        found.extend(match.span() for match in pattern.finditer(sentence))
    if _TIME_ALONE.fullmatch(sentence):
        found.append((0, len(sentence)))
    return _apart(found)


def _apart(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, without those that overlap an earlier or longer one."""
    kept: list[tuple[int, int]] = []
    floor = 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= floor:
            kept.append((start, end))
            floor = end
    return kept
