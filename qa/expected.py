"""What kind of answer a question expects, as far as its words tell."""

import re
from enum import Enum

from index.facts import DATE_KIND, NUMBER_KIND, read_facts
from index.quantities import quantity_reader
from index.units import PERCENT


class Expected(Enum):
    """The kind of thing asked for."""

    QUANTITY = "quantity"
    TIME = "time"
    OTHER = "other"


_TIME_QUESTION = re.compile(
    r"(?<!任)何时|何年|何月|何日|几时|几点|几月|几号|几年(?=.{0,8}(?:成立|出生|开始|建成|发布|举行|通过|签))"
    r"|(?:什么|啥)(?:时候|时间|年份|日期|日子)|哪(?:一)?(?:年|月|天|日|个月|一天)|多久以前"
    r"|\bwhen\b|what (?:year|date|month|day|time)|which (?:year|month|day)|by what date",
    re.IGNORECASE,
)
_QUANTITY_QUESTION = re.compile(
    r"多少|(?<!茶)几(?!乎|何|内亚|率)|(?<![许很诸众更])多(?:大|高|长|远|久|宽|深|重|快)"
    r"|百分之几|占比|比例"
    r"|how (?:many|much|large|big|long|far|high|tall|often|old)"
    r"|what (?:percentage|proportion|share)",
    re.IGNORECASE,
)
_NUMERAL = "0-9零〇一二两三四五六七八九十百千万亿"
_QUANTITY = re.compile(
    rf"[0-9][0-9,.]*|[{_NUMERAL}]{{2,}}|[{_NUMERAL}][个家名人次年月天项条倍成座位种亩级岁层部]"
)
_TIME = re.compile(
    r"[0-9]{1,4}\s*年|[0-9]{1,2}\s*月|[0-9]{1,2}\s*[日号]|[零〇一二三四五六七八九十]{1,4}[年月日]"
    r"|世纪|年代|去年|今年|明年|年底|年初|上半年|下半年|期间|朝|[0-9]{4}-[0-9]{2}"
)


def expected(question: str) -> Expected:
    """What ``question``, in normal form, asks for."""
    if _TIME_QUESTION.search(question):
        return Expected.TIME
    if _QUANTITY_QUESTION.search(question):
        return Expected.QUANTITY
    return Expected.OTHER


# What is asked for, and the units that answer it.
_ASKED_UNITS = (
    (re.compile(r"百分之几|占比|比例|percent|what (?:share|proportion)"), (PERCENT,)),
    (re.compile(r"多久|多长时间|几天|how long"), ("月", "秒", "工作日")),
    (re.compile(r"多大(?:年|岁)|年龄|how old"), ("岁",)),
    (re.compile(r"面积"), ("平方米", "亩")),
    (re.compile(r"多[高长远宽深]|how (?:high|tall|far)"), ("米",)),
    (re.compile(r"多重"), ("克",)),
)
_OTHER_UNIT = 0.5
_COUNTED = re.compile(r"(?:多少|几)[万亿千百]{0,2}")


def kinds(question: str) -> tuple[str, ...]:
    """Kind terms (``index.facts``) of which a passage that answers ``question`` holds one.

    ``question`` is in normal form. Empty where its words do not tell.
    """
    kind = expected(question)
    if kind is Expected.TIME:
        return (DATE_KIND,)
    if kind is Expected.OTHER:
        return ()
    units = quantity_reader().units
    if (counted := _COUNTED.search(question)) and (unit := units.after(question, counted.end())):
        return (unit[0].name,)
    for pattern, names in _ASKED_UNITS:
        if pattern.search(question):
            return names
    return (NUMBER_KIND,)


def found_in(kind: Expected, sentence: str, question: str) -> list[tuple[int, int]]:
    """Where ``sentence`` holds something of that kind that the question does not hold itself.

    Both in normal form. Quantities of the unit asked for, where there are any; else all numbers.
    Empty for kinds that no pattern tells.
    """
    pattern = {Expected.QUANTITY: _QUANTITY, Expected.TIME: _TIME}.get(kind)
    if pattern is None:
        return []
    asked = kinds(question)
    if kind is Expected.QUANTITY and asked != (NUMBER_KIND,):
        found = [
            (read.start, read.end)
            for read in read_facts(sentence).quantities
            if read.unit in asked and sentence[read.start : read.end] not in question
        ]
        if found:
            return found
    return [m.span() for m in pattern.finditer(sentence) if m.group() not in question]


def fits(kind: Expected, sentence: str, question: str) -> float:
    """How well ``sentence`` fits what is asked for: 1 with the unit asked for, 0 without any.

    Both in normal form. A half where there is a number, but not of the unit asked for.
    """
    if not found_in(kind, sentence, question):
        return 0.0
    asked = kinds(question)
    if kind is not Expected.QUANTITY or asked == (NUMBER_KIND,):
        return 1.0
    held = {read.unit for read in read_facts(sentence).quantities}
    return 1.0 if held.intersection(asked) else _OTHER_UNIT
