"""What kind of answer a question expects, as far as its words tell."""

import re
from collections.abc import Collection
from enum import Enum

from index.facts import DATE_KIND, NUMBER_KIND
from index.quantities import quantity_reader
from index.units import PERCENT
from qa.told import DAY, ORDINAL, POINTS, amounts, times


class Expected(Enum):
    """The kind of thing asked for."""

    QUANTITY = "quantity"
    TIME = "time"
    OTHER = "other"


# 几 and 多少 that do not ask: 近几年, 十几家, 几年前 (but 是几年前 does), 没多少, and characters of
# other words.
_VAGUE = re.compile(
    r"(?:[近这那前头首好十]|过去|未来|接下来|随后|今后)几(?!成)|(?<!前)后几个?[年月天周]"
    r"|几(?:乎|何|内亚|率|经|番|欲|近|许|维|案|净)|(?:茶|无|未|庶)几"
    r"|几(?:[十百千万]{0,2}个?[年月天周]来|[十百千万]年(?!代))|(?<!是)几个?[年月天周](?:之|以)?前"
    r"|几度(?!$|[\s?,。、]|的|左右|以|呢|了|电|角)(?<![下到至约是有达高降升烧温]几度)"
    r"|(?:(?<![罚吞抄收淹])没有?|无|不知道?)多少|多少(?:有[些点]|年来|少)"
    r"|(?<!第)几号(?:线|楼|馆|门|店|院|厅|机|车|台|桌|展|码|位|球|公路|出[口租]|口|坑|电|泵|井|仓|库|航|房|病|教"
    r"|宿|地|高炉|令|文|站|选|种|床|员|桥|隧|炉|产|样|矿|路)"
    r"|(?:无论|不管|不论)(?:是|在)?(?:谁|哪[个家里儿]?|什么|多少|多[大高长远久]|何[时人地])"
    r"|哪(?:吒|怕)|任何"
)
# What takes time comes after these words: 花了几年建成.
_TAKING = "了用时历经过需要花共满等隔每干住"
_BEGINNING = "成立|出生|开始|建成|建|发布|举行|通过|签|毕业|去世|竣工|通车|开业|上市|创办|诞生"
_TIME_QUESTION = re.compile(
    r"何[时年月日]|[几何]时|几月(?![球饼])|(?<!第)几号|几几年|(?:星期|礼拜|(?<![一两])周)几"
    rf"|(?<!有)(?<![提给指]出)(?<![讲谈说]了)几点(?!{POINTS})"
    rf"|(?<![{_TAKING}])几年(?![才能内后里前以之来间])(?=.{{0,8}}(?:{_BEGINNING}))"
    r"|(?:什么|啥)(?:时[候间段期代刻]|年[份代间月]|月份|日[期子]|季节|朝代|钟?点)"
    r"|哪(?:[一两二三几]|些)?个?(?:年(?![龄轻级纪会糕画])|月(?![球台饼亮嫂])"
    r"|天(?![文然气津河使才空坛猫府宫])|日(?![本报企资元系用语])|周(?![边围刊报])"
    r"|星期|季[度节]|世纪|朝(?![鲜阳向])|时[候间段期代刻]|段时间|[晚早]上|[上下]午)"
    r"|(?:多久|多少[年天]|是几个?[年月天周])(?:之|以)?前|(?:[西公]元|民国|纪元)几年|几世纪(?!来)"
)
_OTHER_QUESTION = re.compile(
    r"谁|哪|为何|为啥|如何|怎么|怎样|(?:什么|啥)(?!价)|何[人地处种以者方物故]|几.{0,80}[吗嘛]\W{0,3}$"
)
_NO_DEGREE = "[许很诸众更最这那么好较越不大0-9十百千万亿余]"
_QUANTITY_QUESTION = re.compile(
    r"多少|几"
    rf"|(?<!{_NO_DEGREE})多(?:大(?![学型桥厂赛数众企师])|高(?![校新铁端级管层速考温科])"
    r"|长(?![江沙春三安])|远(?!程)|久|宽(?!带)|深(?![圳度])|重(?=$|[\s?,。]|的|了|呢)|快(?!好)|厚|粗)|(?:什么|啥)价"
    r"|(?:占比|(?<![按成])比例|比重)(?=$|[\s?,。是为约达有呢])"
)
# A question of key words: 参赛运动员 人数.
_KEY_NUMBER = re.compile(
    r"(?:^|\s)\S*(?:[人次件份条家天亩期级处户总股套台字票笔辆座个]数|(?<![质力能])量|额|(?<!效)率|占比"
    r"|比例|价格|[售单股票房均盘定]价|体重|面积|年龄|增[速幅]|[涨跌降]幅|利润|营收|时长|[长高宽]度|距离)\s*$"
)
_KEY_TIME = re.compile(
    r"(?:日期|年份|月份|(?:成立|上线|发布|开幕|闭幕|截止|开始|结束|通车|开[工业]|竣工|投产|召开|举[行办]"
    r"|出生|上市)时间)\s*$"
)

_ENGLISH_ASKING = re.compile(
    r"(?<![a-z])(?:what|which|who|whom|whose|where|when|why|how)(?![a-z])", re.IGNORECASE
)
# Where a question in English asks: at its start or after a comma, with no more than this before.
_ENGLISH_CLAUSE = re.compile(
    r"(?:^|[,;:]|(?<![a-z])(?:and|but)(?![a-z]))\s*(?:(?:by|for|in|on|at|of|to|from|since|until"
    r"|after|before|during|within|over|about|around|roughly|approximately|least|most|with|and|so"
    r"|into|under|up|than|more|till)\s+){0,3}"
    r"(?=(?:what|which|who|whom|whose|where|when|why|how)(?![a-z]))",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"when\s(?!(?:did|do|does|is|are|was|were|will|would|has|have|had|can|could|should|shall|must"
    r"|may|might|exactly)(?![a-z]))",
    re.IGNORECASE,
)
_ENGLISH_TIME = re.compile(
    r"when(?![a-z])|how long ago|how far back"
    r"|(?:what|which) (?:(?:two|three|exact|day and|month and) )?"
    r"(?:years?|dates?|months?|days?|time|weekday|week|century|decade|season|quarter|hour)"
    r"(?![a-z])(?! (?:period|limit|span))",
    re.IGNORECASE,
)
_ENGLISH_QUANTITY = re.compile(
    r"how (?:many|much|large|big|long|far|high|tall|often|old|heavy|deep|wide|fast)(?![a-z])"
    r"|what (?:percentage|proportion|share|amount|number)(?![a-z])"
    r"|what (?:is|was|are|were|will be) the (?:[a-z]+ ){0,2}"
    r"(?:number of(?! the)|(?:amount|percentage|proportion|share) of)(?![a-z])",
    re.IGNORECASE,
)


def expected(question: str) -> Expected:
    """What ``question``, in normal form, asks for.

    Who, which, why and how decide before numbers: what else is told in numbers is not asked for.
    """
    plain = _VAGUE.sub(_blank, question)
    time = _TIME_QUESTION.search(plain)
    rest = _TIME_QUESTION.sub(_blank, plain)
    if _OTHER_QUESTION.search(rest):
        return Expected.OTHER
    quantity = _QUANTITY_QUESTION.search(rest)
    # 几 beside a word for a time is rather some than how many.
    if time and (quantity is None or quantity[0] == "几" or time.start() < quantity.start()):
        return Expected.TIME
    if quantity:
        return Expected.QUANTITY
    if asking := _ENGLISH_ASKING.search(question):
        return _in_english(question, asking.start())
    if _KEY_NUMBER.search(question):
        return Expected.QUANTITY
    return Expected.TIME if _KEY_TIME.search(question) else Expected.OTHER


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _in_english(question: str, first: int) -> Expected:
    """What the word tells that stands where a question asks, or else the ``first`` that can."""
    places = [match.end() for match in _ENGLISH_CLAUSE.finditer(question)]
    if len(places) > 1 and _SUBORDINATE.match(question, places[0]):
        places.pop(0)
    at = places[0] if places else first
    if _ENGLISH_TIME.match(question, at):
        return Expected.TIME
    return Expected.QUANTITY if _ENGLISH_QUANTITY.match(question, at) else Expected.OTHER


_MONEY = ("元", "美元", "欧元", "英镑", "日元", "港元", "台币", "韩元", "卢布")
DURATION = ("月", "秒", "工作日")
# 个 counts whatever has no unit that measures: 26国 answers 多少个国家.
_THINGS = "个"
_NOT_THINGS = {
    "米", "平方米", "亩", "英亩", "立方米", "克", "克拉", "岁", "百分点", "度", "字节", "瓦",
    "瓦时", "毫安", "赫兹", "光年", "像素", "马力", "公里/小时", "km/h", "倍",
    "", ORDINAL, DAY, PERCENT, *_MONEY, *DURATION,
}  # fmt: skip
# Units in which the same is told.
_ALIKE = tuple(
    frozenset(row.split())
    for row in (
        f"{' '.join(DURATION)} {DAY}", f"{PERCENT} 百分点", "台 辆", "次 场 轮 届",
        "件 项 条 起 宗 例", "家 户 所 处 座", "份 张 篇 册 本", "条 幅 艘", "支 队 组",
    )
)  # fmt: skip
_COUNTED = re.compile(
    r"(?:多少|(?<!第)几|how many)[万亿千百]{0,2}"
    # No counters but the beginnings of words: 多少市民.
    r"(?!大|市[民场值]|股[东份民权]|票房|队[伍员]|国[家人有]|家[庭长人]|项目|道路|手[机续]|门[店票]"
    r"|班[级次]|部[门队]|省份|县城|村[民庄]|区[域县]|路[线段]|站点|期[限刊货]|级别|版[权本面]|代[表价码]"
    r"|步[骤行]|集[团体]|片[区段]|场[地馆次所]|条[件款例]|套餐|个(?:百分)?点|块?钱|[毛分]钱|克朗|天然)"
)
_MONEY_WORDS = (
    "钱|资金|金额|现金|经费|补贴|补助|奖金|奖励|税|贷款|罚款|赔偿|投资|收入|营收|利润|费用|成本|工资"
    "|租金|保费|造价|[售房票股单]价|价格|价|市值|产值"
)
# What is asked for, and the units that answer it.
_ASKED_UNITS = (
    (
        re.compile(
            r"百分之[几多]|几分之几|几成|占比|比例|比重|[率幅][^,。]{0,4}(?:多[少高大]|几)"
            r"|率\s*$|几个(?:百分)?点|多少(?:市场)?(?:份额|股份|股权)|利[^,。]{0,3}多高"
            r"|percent|what (?:share|proportion)"
        ),
        (PERCENT,),
    ),
    (re.compile("(?:[涨跌增降升缩减翻占][^,。]{0,5}|多)多少"), ()),
    (
        re.compile(
            rf"(?:多少|几)[万亿千百]*块?(?:{_MONEY_WORDS})|(?:花|赔|赚|卖|值)[了费出到]?多少"
            rf"|(?:{_MONEY_WORDS}|投资额|总额)[^,。]{{0,4}}(?:多[少高大]|几)|几[毛块]|多贵|(?:什么|啥)价"
            r"|how much (?:money|cash|funding)|how much (?:did|does|do|will|was|is).{1,60}"
            r"(?:cost|pay|invest|raise|worth|spend|fined|earn)"
        ),
        _MONEY,
    ),
    (re.compile("第几"), (ORDINAL,)),
    (re.compile(r"多大(?:年|岁|了\W*$)|年龄|[几多少]周?岁|how old"), ("岁",)),
    (re.compile(r"how long (?:is|was) the"), (*DURATION, "米")),
    (re.compile(r"多久|多长时间|几天|工期|时长|天数|how (?:long|often)"), DURATION),
    (re.compile(r"面积|占地"), ("平方米", "亩")),
    (re.compile(r"多长|多远|how far"), ("米", "光年", *DURATION)),
    (re.compile(r"多[高宽深厚]|how (?:high|tall|deep|wide)"), ("米",)),
    (re.compile(r"多重|how heavy"), ("克",)),
)
_OTHER_UNIT = 0.5


def kinds(question: str) -> tuple[str, ...]:
    """Kind terms (``index.facts``) of which a passage that answers ``question`` holds one.

    ``question`` is in normal form. Empty where its words do not tell.
    """
    kind = expected(question)
    if kind is Expected.TIME:
        return (DATE_KIND,)
    if kind is Expected.OTHER:
        return ()
    asked = units_asked(question)
    return () if asked == (ORDINAL,) else asked or (NUMBER_KIND,)


def units_asked(question: str) -> tuple[str, ...]:
    """The units that answer a question for a quantity; empty where its words do not tell."""
    units = quantity_reader().units
    for counted in _COUNTED.finditer(_VAGUE.sub(_blank, question)):
        if unit := units.after(question, counted.end()):
            return DURATION if unit[0].name in DURATION else (unit[0].name,)
    for pattern, names in _ASKED_UNITS:
        if pattern.search(question):
            return names
    return ()


def answers(unit: str, asked: Collection[str]) -> bool:
    """Whether a number in ``unit`` answers what is asked for in the units ``asked``."""
    if unit in asked or any(unit in row and not row.isdisjoint(asked) for row in _ALIKE):
        return True
    if unit == _THINGS:
        return not _NOT_THINGS.issuperset(asked)
    return _THINGS in asked and unit not in _NOT_THINGS


def found_in(kind: Expected, sentence: str, question: str) -> list[tuple[int, int]]:
    """Where ``sentence`` holds something of that kind that the question does not hold itself.

    Both in normal form. Quantities of the unit asked for, where there are any; else all numbers.
    Empty for kinds that no pattern tells.
    """
    if kind is Expected.OTHER:
        return []
    if kind is Expected.TIME:
        return [span for span in times(sentence) if sentence[slice(*span)] not in question]
    asked = units_asked(question)
    told = [one for one in amounts(sentence) if sentence[one.start : one.end] not in question]
    right = [one for one in told if asked and answers(one.unit, asked)]
    return [(one.start, one.end) for one in right or told]


def fits(kind: Expected, sentence: str, question: str) -> float:
    """How well ``sentence`` fits what is asked for: 1 with the unit asked for, 0 without any.

    Both in normal form. A half where there is a number, but not of the unit asked for.
    """
    if kind is not Expected.QUANTITY:
        return 1.0 if found_in(kind, sentence, question) else 0.0
    asked = units_asked(question)
    return max(
        (
            1.0 if not asked or answers(one.unit, asked) else _OTHER_UNIT
            for one in amounts(sentence)
            if sentence[one.start : one.end] not in question
        ),
        default=0.0,
    )
