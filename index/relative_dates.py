"""Forms of dates that count from the day of the text: 昨天, 上周五, 近半年, 三年前, 年底."""

import re
from datetime import date, timedelta

from index.days import Found, Interval, days, months, months_from, part
from index.numerals import whole_number

# What may stand before a word that others end in: 此后年均 has no 后年, 基本月薪 no 本月.
LOOSE = r"(?:(?<!\w)|(?<=[在到至于从自和与及或是为比较占超将的了等按计预距]))"
_MING = r"(?<![文说证表声清透光聪发简昆阐申判英鲜照])明"  # 说明, 文明, 昆明
_BEN = r"(?<![基日成原根样版剧课读])本"  # 基本, 日本, 成本
_JIN = r"(?<![如当])今"
_SHANG = r"(?<![以线网史路身海晚早马世天市])上"  # 以上, 线上, 历史上
_XIA = r"(?<![以天地之线手])下"
_NEXT_MONTH = r" ?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2}) ?月"
_NO_YEAR = r"(?!轻|龄|薪(?![资酬水金])|级|味|纪(?![录念检律])|代(?![表理替码])|货(?![物运款币轮]))"
_YEAR = re.compile(
    rf"(?:(?<!如)今年|今年(?={_NEXT_MONTH})|{_MING}年|大前年|大后年|(?<![以之目此当提战疫情灾史面眼向往空先年月日天周期])前年(?!均)|{LOOSE}后年(?!均)|{_BEN}年(?!均)|{_SHANG}年(?!均)"
    rf"|(?:(?<!过)|(?<=[超胜越高]过))去年)度?{_NO_YEAR}|(?:this|last|next) year"
)
_YEARS_OFF = {
    "今年": 0, "本年": 0, "去年": -1, "上年": -1, "前年": -2, "大前年": -3,
    "明年": 1, "后年": 2, "大后年": 3, "this year": 0, "last year": -1, "next year": 1,
}  # fmt: skip
_DAY = re.compile(
    rf"{_JIN}日(?!头条|俄罗斯|资本|说法|印度|关注)|{_JIN}天|昨[日天]|大前天|大后天"
    r"|(?<![以之目此当提面眼])前天(?![气数])|(?<![此以之然最今先])后天(?!性|的|培养|努力|因素|形成|环境)"
    rf"|{_MING}天(?!系|集团|控股|会更好)|{_MING}日(?!之|方舟|香)"
    r"|yesterday|today|tomorrow"
)
_DAYS_OFF = {
    "今日": 0, "今天": 0, "昨日": -1, "昨天": -1, "前天": -2, "大前天": -3, "明天": 1, "明日": 1,
    "后天": 2, "大后天": 3, "today": 0, "yesterday": -1, "tomorrow": 1,
}  # fmt: skip
_STEP = {
    "上上": -2, "上": -1, "下": 1, "下下": 2, "本": 0, "这": 0, "当": 0,
    "last": -1, "this": 0, "next": 1,
}  # fmt: skip
_WHICH = rf"(?P<which>上上|下下|{_SHANG}|{_XIA}|{_BEN}|这|(?<![应每正相])当)"
_MONTH = re.compile(
    rf"{_WHICH}一?个?月(?![球薪亮嫂饼台季光经])|(?P<in>last|this|next) month(?![a-z])"
)
_QUARTER = re.compile(rf"{_WHICH}一?个?季度|(?P<in>last|this|next) quarter(?![a-z])")
_WEEK = re.compile(
    rf"{_WHICH}一?个?(?:周(?![期边围岁转遭密年])|星期|礼拜)"
    r"(?P<day>[一二三四五六日天末](?![次个种项均]))?|(?P<in>last|this|next) week(?![a-z])"
)
_WEEKDAY = re.compile(
    # What is on several weekdays is so every week.
    r"(?<![每逢单双各隔半一二两三四五六七八九十几数第个多0-9])(?<!周[一二三四五六日][、及])"
    r"(?:周(?P<short>[一二三四五六日])|(?:星期|礼拜)(?P<long>[一二三四五六日天]))"
    r"(?![次个种项年小名福鸣良围均常益报刊]|天(?!气)|[、及]周[一二三四五六日])"
)
_WEEKDAYS = "一二三四五六日"
_COUNT = r"(?P<count>[0-9]{1,3}|[一二两三四五六七八九十]{1,3}|半|two|three|four|five|six|ten)"
_LONG = r"年(?!报)|个月|天(?!然)|个?星期|个?礼拜|周(?![年岁期边])|个季度"
_UNIT = rf"(?P<unit>{_LONG}|日(?![元圆本均常报])|years?|months?|weeks?|days?)"
_SPAN = re.compile(
    r"(?P<way>(?<![将接附靠临邻达时隔期])近|过去|最近|未来|今后|the (?:last|past|next))(?:的|这)? ?"
    rf"{_COUNT} ?{_UNIT}(?![a-z代级末])(?:以?来(?![自到临])|间|里|内)?"
)
_AGO = re.compile(
    r"(?<![0-9.,零〇一二三四五六七八九十百千万亿几第多余近])"
    rf"{_COUNT} ?(?P<unit>{_LONG})"
    r"(?:(?P<ago>多?(?:之|以)?前(?!后|[一二三四1-4]个?季))|以?来(?![自到临华访回说讲看]))"
)
_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10, "半": 0.5}
_MOST_AGO = 200  # years; more are ages that no article counts from its own day
_MONTHS_OF = {"年": 12, "y": 12, "月": 1, "m": 1, "季": 3}
_DAYS_OF = {"周": 7, "星": 7, "礼": 7, "w": 7, "天": 1, "日": 1, "d": 1}
_END = re.compile(
    rf"{LOOSE}年(?:内(?![部容外蒙])|底(?![层线盘价气部蕴色特薪片座稿])|末(?![班位代日梢端尾流])|初(?=\W|$|[的前以至时就])"
    r"|中(?=\W|$|[的前]))"
)
_PARTS = {"内": (1, 12), "初": (1, 2), "中": (6, 7), "底": (11, 12), "末": (11, 12)}


def year_at(text: str, at: int, today: date) -> tuple[int, int] | None:
    """The year of 去年, with where the word ends."""
    match = _YEAR.match(text, at)
    return (today.year + _YEARS_OFF[match[0].removesuffix("度")], match.end()) if match else None


def relative(text: str, at: int, today: date | None) -> Found | None:
    """A form that counts from the day of the text."""
    if today is None:
        return None
    return (
        _day(text, at, today)
        or _week(text, at, today)
        or _month(text, at, today)
        or _stretch(text, at, today)
        or _ago(text, at, today)
        or _part_of_this_year(text, at, today)
    )


def _day(text: str, at: int, today: date) -> Found | None:
    match = _DAY.match(text, at)
    if match is None:
        return None
    day = today + timedelta(_DAYS_OFF[match[0]])
    return part(day.year, day.month, day.day), match.end()


def _week(text: str, at: int, today: date) -> Found | None:
    monday = today - timedelta(today.weekday())
    if match := _WEEK.match(text, at):
        monday += timedelta(7 * _STEP[match["which"] or match["in"]])
        named = match["day"]
    elif match := _WEEKDAY.match(text, at):
        named = match["short"] or match["long"]
    else:
        return None
    if named is None:
        return days(monday, monday + timedelta(6)), match.end()
    if named == "末":
        return days(monday + timedelta(5), monday + timedelta(6)), match.end()
    day = monday + timedelta(_WEEKDAYS.index(named.replace("天", "日")))
    return part(day.year, day.month, day.day), match.end()


def _month(text: str, at: int, today: date) -> Found | None:
    if match := _MONTH.match(text, at):
        step = _STEP[match["which"] or match["in"]]
        return part(*months_from(today, step), 0), match.end()
    if match := _QUARTER.match(text, at):
        step = _STEP[match["which"] or match["in"]]
        year, month = months_from(today, 3 * step)
        low = (month - 1) // 3 * 3 + 1
        return months(year, low, low + 2), match.end()
    return None


def _stretch(text: str, at: int, today: date) -> Found | None:
    """The days before or after today: 近半年, 未来三天."""
    match = _SPAN.match(text, at)
    if match is None or not (length := _length(match)):
        return None
    if match["way"] in {"未来", "今后", "the next"}:
        return days(today, today + length), match.end()
    return days(today - length, today), match.end()


def _ago(text: str, at: int, today: date) -> Found | None:
    """The year, month, week or day of 三年前; all the time since in 三年来."""
    match = _AGO.match(text, at)
    if match is None or not (length := _length(match)):
        return None
    if not match["ago"]:
        return days(today - length, today), match.end()
    count, unit = _counted(match), match["unit"][-1]
    if unit == "年" and count >= 1:
        return Interval(today.year - int(count)), match.end()
    day = today - length
    if length.days >= 28:
        return part(day.year, day.month, 0), match.end()
    if length.days % 7 == 0 and unit != "天":
        day -= timedelta(day.weekday())
        return days(day, day + timedelta(6)), match.end()
    return part(day.year, day.month, day.day), match.end()


def _part_of_this_year(text: str, at: int, today: date) -> Found | None:
    match = _END.match(text, at)
    return (months(today.year, *_PARTS[match[0][-1]]), match.end()) if match else None


def _counted(match: re.Match[str]) -> float:
    return _WORDS.get(match["count"]) or whole_number(match["count"])


def _length(match: re.Match[str]) -> timedelta | None:
    """How long it is; None for nothing at all, or for ages."""
    count, unit = _counted(match), match["unit"].removeprefix("个")[0]
    length = 30.44 * count * _MONTHS_OF[unit] if unit in _MONTHS_OF else count * _DAYS_OF[unit]
    return timedelta(round(length)) if 1 <= length <= _MOST_AGO * 366 else None
