"""Forms of dates that the calendar tells: 2023年6月, 24年三季度, “十四五”期间, June 2023."""

import re
from datetime import date

from index.days import Found, Interval, days, end_of, months, part
from index.numerals import whole_number
from index.relative_dates import LOOSE, year_at

CN = "零〇一二三四五六七八九十"
# 初, 中, 底 and 末 begin words too (年初创, 年中小企业): they count where the text goes on so.
_DOING = (
    "增长|增加|增幅|减少|下降|下跌|上升|上涨|回升|持平|开始|启动|开启|开工|动工|开业|开通|竣工"
    "|完工|完成|建成|投产|投入|投用|发布|推出|举办|举行|召开|成立|组建|上市|生效|实施|实现|宣布"
    "|公布|公开|签署|签约|达成|达到|突破|出台|进行|通车|交付|量产|破产|更新|推进|爆发|取得|正式|首|发起"
)
_BOUND = rf"(?=$|\W|以来|以前|以后|之前|之后|之际|[前后至到起时的就已曾将才]|{_DOING})"
_CLOSED = (
    rf"(?P<early>初(?:{_BOUND}|(?=[0-9a-z在由从因与再又还即])))|(?P<middle>中{_BOUND})"
    r"|(?P<late>底(?![层线盘价气部蕴色特薪片座稿牌细])|末(?![班位代梢端尾流]))"
)
_YEAR = re.compile(
    r"(?P<ad>(?:公元|西元) ?(?:[0-9]{1,4}|[零〇一二三四五六七八九十]{1,4})) ?年(?![龄级纪])"
    r"|(?P<year>[0-9]{4}|[零〇一二三四五六七八九]{4}) ?年(?![龄级纪代])度?"
    rf"|(?P<era>民国|明治|大正|昭和|平成|令和) ?(?P<reign>[0-9]{{1,3}}|[{CN}元]{{1,4}}) ?年"
)
_ERAS = {"民国": 1911, "明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_BEFORE_CHRIST = re.compile(rf"(?:公元|西元)前 ?(?:约 ?)?(?:[0-9]{{1,5}}|[{CN}百千]{{1,7}}) ?年")
# 3500年历史 and 3000年前 are no years; 2023年历史新高 and 2000年前 are.
_AGES = re.compile(r"的?(?:悠久|漫长|灿烂)?(?:历史(?![新最性上同首学])|之久|沧桑|不变|一遇|难遇)")
_ROUND_AGES = re.compile(
    r"的?(?:文明(?![城村单实办行校家祭创典])|文化(?:史|传承)|岁月|时光|光阴|间)"
)
_SPANNED = re.compile(r"(?:距今(?:已有|已|约|大约|有|近)?|长达|历时|上下|绵延|传承) ?$")
_NEARLY = re.compile(r"[近达逾有] ?$")
_LAST_YEAR = 2100  # a later one without a month is a number of years
_SEASON = re.compile(
    r" ?的?(?:(?P<half>上|下)半年|(?P<first>前三季度|前二季度|前两季度|第?一至三季度)"
    r"|第?(?P<from>[一二三])[一二三]?(?: ?[-~—–至到、和] ?第?)?(?P<to>[二三四])季度"
    r"|第?(?P<quarter>[一二三四1-4])季度|q(?P<q>[1-4])(?![a-z0-9])|h(?P<h>[12])(?![a-z0-9]))"
)
_YEAR_PART = re.compile(rf"(?<=年)年?(?:{_CLOSED})")
_BARE_YEAR = re.compile(
    r"(?<![0-9.a-z])(?<![0-9],)(?P<year>(?:19|20)[0-9]{2}|2[0-9](?=[qh][0-9]))"
    r"(?= ?(?:(?:前|第)?[一二两三四1-4]季度|[上下]半年"
    r"|q[1-4](?![a-z0-9])|h[12](?![a-z0-9])))"
)
_SHORT_YEAR = re.compile(
    rf"(?:{LOOSE}|(?<=[据较以按受经]))(?:(?P<year>[0-9]{{2}}) ?年"
    r"(?= ?(?:(?:前|第)?[一二两三四1-4]季度|[上下]半年"
    r"|(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]) ?月|[初底末中](?=\W|$|[的前])|q[1-4]))"
    # Spoken of by two figures as it is: no number begins with 0, and few last 98 years.
    r"|(?P<told>0[0-9]|9[0-9])年(?=[^\W0-9a-z代来间内前后期产租使寿的历之多以文不左上龄级纪]))"
)
_SEPARATOR = r" ?(?:[-~—–至到、和及与]|——) ?"
_MONTH = re.compile(
    r" ?的?(?:(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]|[元正](?=月)) ?"
    r"月(?![球季饼亮台薪嫂经])份?"
    # 1—6月 and 1、2月 share the 月.
    r"|(?P<shared>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
    rf"(?=(?:{_SEPARATOR}(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])){{1,5}} ?月"
    r"(?![球季饼亮台薪嫂经]| ?[0-9])))"
)
_DAY_NUMBER = (
    r"3[01]|[12][0-9]|0?[1-9]|三十一?|二十[一二三四五六七八九]?|十[一二三四五六七八九]?"
    r"|[一二三四五六七八九]"
)
_DAY = re.compile(
    rf" ?(?:(?P<day>{_DAY_NUMBER}) ?(?:日|号(?![线楼令召码院台]))"
    rf"|(?P<shared>{_DAY_NUMBER})(?=(?:{_SEPARATOR}(?:{_DAY_NUMBER})){{1,5}} ?[日号]))"
)
_MONTH_PART = re.compile(rf" ?(?:(?P<first>上旬)|(?P<second>中旬)|(?P<third>中?下旬)|{_CLOSED})")
_NUMERIC = re.compile(
    r"(?<![0-9./])(?:(?<!-)|(?=[0-9]{4}[./]))(?P<y>[12][0-9]{3})(?P<mark>[-/.])(?P<m>1[0-2]|0?[1-9])"
    r"(?:(?P=mark)(?P<d>3[01]|[12][0-9]|0?[1-9]))?(?![0-9]|(?P=mark)[0-9]|[/.][0-9])"
)
# A month such as 2023.6 looks like a number or a version: it stands alone, or in a range.
_STANDS_AFTER = re.compile(r"(?:^|[(\[,;:。、!?“\"\n~—–-]|[自从在于到至]) ?$")
_STANDS_BEFORE = re.compile(
    r" ?(?:$|[)\],;:。、!?”\"\n~—–-]|[至到起前后的]| (?![0-9a-z元万亿千百十米吨人家个倍]))"
)
_YEARS = re.compile(
    r"(?<![0-9])(?P<from>[12][0-9]{3})年? ?(?:[-~—–至到]|——) ?(?P<to>[12][0-9]{3}) ?年"
    r"|(?<![a-z])(?:from|between) (?P<since>[12][0-9]{3}) (?:to|and|until) (?P<until>[12][0-9]{3})"
    r"(?![0-9])"
)
_MORE_OF_A_YEAR = re.compile(
    r" ?(?:(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2}) ?月|[上下]半年|第?[一二三四1-4]季度)"
)
_LISTED_YEAR = re.compile(
    r"(?<![0-9.])(?<![0-9],)(?P<year>(?:1[0-9]|20)[0-9]{2})"
    r"(?=(?: ?[、和及与] ?(?:1[0-9]|20)[0-9]{2}){1,5} ?年)"
)
_BUSINESS_YEAR = re.compile(
    r"(?<![0-9.])(?P<from>(?:19|20)[0-9]{2})年?"
    r"(?: ?(?:[-~—–/至到]|——) ?(?P<to>(?:(?:19|20)[0-9]{2}|[0-9]{2})))? ?"
    r"(?P<kind>学年|财年|财政年度|财务年度)"
)
_PLAN = re.compile(
    r"[\"“'‘「]?(?P<plan>十[一二三四五六七]五|[六七八九]五|(?<=[\"“'‘「])十五)[\"”'’」]?"
    r"(?= ?(?:期间|时期|规划|计划|末|初|以来|开局|收官|目标|纲要|阶段))"
    r"|[\"“'‘「](?P<quoted>十[一二三四五六七]五)[\"”'’」]"
    r"|(?P<nth>1[0-7])th five-year plan"
)
_DECADE = re.compile(
    rf"(?:(?P<age>[0-9]{{1,2}}|[{CN}]{{1,3}}) ?世纪|(?P<last>上个?世纪)|(?P<this>本世纪))"
    r"(?: ?(?P<decade>[0-9]0|[一二三四五六七八九]?[一二三四五六七八九]十) ?年代)?"
    r"(?P<when>初|中叶?|末)?"
    r"|(?P<tens>[12][0-9]{2}0|[一二][零〇一二三四五六七八九]{2}[零〇])(?:年代| ?s(?![a-z]))"
    # Without the century it is the last one's.
    rf"|(?<![0-9.{CN}百千万])"
    r"(?P<spoken>[2-9]0|[二三四五六七八九]?[二三四五六七八九]十) ?年代(?![表理])"
)
_HOLIDAY = re.compile(
    rf"(?<![{CN}])五一(?P<may>(?:国际)?劳动节|节|小?长?假期?|黄金周|期间|前夕)"
    rf"|(?<![{CN}])十一(?P<october>小?长?假期?(?!设)|黄金周|国庆)"
    r"|双(?:(?P<november>十一|11)|(?P<december>十二|12))(?![0-9个])"
)
# Whose numbers tell no amount: those born in a decade.
_BORN = re.compile(
    r"(?<![0-9.])(?<![0-9],)(?:[5-9][05]|[01][05])(?:[、/](?:[5-9][05]|[01][05])){0,4}后(?!期|[0-9])"
    rf"|(?<![{CN}百千万])[五六七八九零]零后"
)
_NAMED = re.compile(rf"(?<![{CN}百千万])五一(?![{CN}百千万亿点])")


def calendar(text: str, at: int, today: date | None) -> Found | None:
    """Year, part of the year, month, day, as far as they are there."""
    year, end = _year(text, at, today)
    if not year and today and (at == 0 or text[at - 1] not in "0123456789.以"):
        season = season_at(text, at, today.year)
    else:
        season = season_at(text, end, year) if year else None
    if season:
        return season
    if year and (match := _YEAR_PART.match(text, end)):
        low, high = (1, 2) if match["early"] else (6, 7) if match["middle"] else (11, 12)
        return months(year, low, high), match.end()
    if year and (named := holiday(text, end, today)):
        return named[0].of_year(year), named[1]
    if match := _MONTH.match(text, end):
        if not year and at and text[at - 1] in "0123456789.个" + CN:
            return None
        return _month(text, year, match)
    if not year or _is_age(text, at, end, year):
        return None
    return Interval(year), end


def season_at(text: str, at: int, year: int) -> Found | None:
    """The half or the quarters of a year that are written at ``at`` without the year."""
    match = _SEASON.match(text, at)
    return (_season(year, match), match.end()) if match else None


def day_at(text: str, at: int) -> tuple[int, int] | None:
    """The day of a month that is written at ``at`` without the month, and where it ends."""
    match = _DAY.match(text, at)
    return (whole_number(match["day"] or match["shared"]), match.end()) if match else None


def _month(text: str, year: int, match: re.Match[str]) -> Found:
    written, end = match["month"] or match["shared"], match.end()
    month = {"元": 1, "正": 1}.get(written) or whole_number(written)
    if match["shared"]:
        return part(year, month, 0), end
    if found := day_at(text, end):
        return part(year, month, found[0]), found[1]
    if named := _MONTH_PART.match(text, end):
        end = named.end()
        if year:
            low, high = _third_of_month(named)
            last = end_of(year, month)
            return days(date(year, month, low), last.replace(day=min(high, last.day))), end
    return part(year, month, 0), end


def _third_of_month(match: re.Match[str]) -> tuple[int, int]:
    if match["first"] or match["early"]:
        return 1, 10
    if match["second"] or match["middle"]:
        return 11, 20
    return 11 if match["third"] == "中下旬" else 21, 31


def _year(text: str, at: int, today: date | None) -> tuple[int, int]:
    """The year that is written at ``at``, 0 for none, and where it ends."""
    if match := _YEAR.match(text, at):
        if match["era"] is None:
            return max(0, whole_number(match["year"] or match["ad"][2:].strip())), match.end()
        reign = 1 if match["reign"] == "元" else whole_number(match["reign"])
        return (_ERAS[match["era"]] + reign, match.end()) if reign > 0 else (0, at)
    if match := _BARE_YEAR.match(text, at):
        year = int(match["year"])
        return year if year > 99 else 2000 + year, match.end()
    if match := _SHORT_YEAR.match(text, at):
        year = int(match["year"] or match["told"])
        newest = (today.year if today else 2049) % 100
        return year + (2000 if year <= newest + 5 else 1900), match.end()
    return (today and year_at(text, at, today)) or (0, at)


def _is_age(text: str, at: int, end: int, year: int) -> bool:
    """Whether this is a number of years: 3500年历史, 距今2100年."""
    if not "0" <= text[at] <= "9":
        return False
    if _SPANNED.search(text[max(0, at - 6) : at]):
        return True
    if year > _LAST_YEAR or _AGES.match(text, end):
        return True
    if year % 100:  # 接近2019年 is a year, 近2000年 is none
        return False
    return bool(_ROUND_AGES.match(text, end) or _NEARLY.search(text[max(0, at - 2) : at]))


def _season(year: int, match: re.Match[str]) -> Interval:
    if half := match["half"] or match["h"]:
        return months(year, 1, 6) if half in "上1" else months(year, 7, 12)
    if match["first"]:
        return months(year, 1, 9 if "三" in match["first"] else 6)
    if match["from"]:
        return months(year, 3 * whole_number(match["from"]) - 2, 3 * whole_number(match["to"]))
    high = 3 * whole_number(match["quarter"] or match["q"])
    return months(year, high - 2, high)


def span_of_years(text: str, at: int, _: date | None) -> Found | None:
    """Years from one to another: 2020—2023年, 2023-2024学年; or one of several: 2022、2023年."""
    if match := _BUSINESS_YEAR.match(text, at):
        first = int(match["from"])
        last = int(f"{first}"[: 4 - len(match["to"])] + match["to"]) if match["to"] else first
        if match["kind"] == "学年" and last in {first, first + 1}:
            return days(date(first, 9, 1), date(first + 1, 8, 31)), match.end()
    elif match := _YEARS.match(text, at):
        first, last = int(match["from"] or match["since"]), int(match["to"] or match["until"])
        if match["from"] and _MORE_OF_A_YEAR.match(text, match.end()):  # 2000年至2017年1月
            end = match.end("from")
            return Interval(first), end + text.startswith("年", end)
    elif match := _LISTED_YEAR.match(text, at):
        first = last = int(match["year"])
    else:
        return None
    if first > last:
        return None
    return days(date(first, 1, 1), date(last, 12, 31)), match.end()


def numeric(text: str, at: int, _: date | None) -> Found | None:
    """2023-06-01, 2023/6/1, 2023-06, and 2023.6 where it stands alone."""
    match = _NUMERIC.match(text, at)
    if match is None:
        return None
    if match["d"] is None and (match["mark"] != "-" or len(match["m"]) < 2):
        alone = _STANDS_AFTER.search(text[max(0, at - 2) : at])
        if match["mark"] == "-" or not alone or not _STANDS_BEFORE.match(text, match.end()):
            return None
        if not 1900 <= int(match["y"]) <= _LAST_YEAR:
            return None
    return part(int(match["y"]), int(match["m"]), int(match["d"] or 0)), match.end()


def plan(text: str, at: int, _: date | None) -> Found | None:
    """A five-year plan: “十四五”期间."""
    match = _PLAN.match(text, at)
    if match is None:
        return None
    if match["nth"]:
        number = int(match["nth"])
    else:
        number = whole_number((match["plan"] or match["quoted"])[:-1])
    first = 1966 + 5 * (number - 3)
    return days(date(first, 1, 1), date(first + 4, 12, 31)), match.end()


def decade(text: str, at: int, today: date | None) -> Found | None:
    """Centuries and decades: 20世纪60年代, 上世纪末, 90年代, 七八十年代."""
    match = _DECADE.match(text, at)
    if match is None:
        return None
    if match["tens"]:
        first = whole_number(match["tens"])
        return days(date(first, 1, 1), date(first + 9, 12, 31)), match.end()
    if match["spoken"]:
        century = 20
    elif match["age"]:
        century = whole_number(match["age"])
    elif today is None:
        return None
    else:
        century = (today.year - 1) // 100 + (0 if match["last"] else 1)
    first, years = 100 * (century - 1), 100
    if tens := match["decade"] or match["spoken"]:
        low, high = (whole_number(tens[k]) for k in (0, -2))
        first, years = first + 10 * low, 10 * (high - low + 1)
    elif match["when"]:
        first += {"初": 0, "中": 40, "末": 80}[match["when"][0]]
        years = 20
    return days(date(max(first, 1), 1, 1), date(first + years - 1, 12, 31)), match.end()


def holiday(text: str, at: int, _: date | None) -> Found | None:
    """Days that are called by their number: 五一, 双十一."""
    match = _HOLIDAY.match(text, at)
    if match is None:
        return None
    month, day = (
        (5, 1) if match["may"] else (10, 1) if match["october"]
        else (11, 11) if match["november"] else (12, 12)
    )  # fmt: skip
    return part(0, month, day), match.end()


def without_days(text: str, at: int) -> tuple[bool, int] | None:
    """What tells no days, though its numbers are no amounts: whether it is a date, and its end.

    公元前221年 is one, 80后 and 五一路 are none.
    """
    if match := _BEFORE_CHRIST.match(text, at):
        return True, match.end()
    match = _BORN.match(text, at) or _NAMED.match(text, at)
    return (False, match.end()) if match else None
