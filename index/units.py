"""Units and measure words: how they are written, what they are one of, and by what factor.

Forms are in normal form (``index.text``): simplified, lower case, ㎡ as m2.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

PERCENT = "%"
# Canonical unit: (form, factor) pairs; a form without a factor counts one.
_TABLE = {
    "元": "元 块钱 圆 人民币 元人民币 块 rmb cny yuan renminbi 角=.1 毛钱=.1",
    "美元": "美元 美金 美圆 usd dollar dollars",
    "欧元": "欧元 eur euro euros",
    "英镑": "英镑 gbp",
    "日元": "日元 日圆 jpy yen",
    "港元": "港元 港币 港圆 hkd",
    "台币": "台币 新台币 新台币元 twd",
    "韩元": "韩元 韩币 krw",
    "卢布": "卢布",
    "米": "米 公尺 m metre metres meter meters 公里=1000 千米=1000 km=1000 kilometre=1000 "
    "kilometres=1000 kilometer=1000 kilometers=1000 厘米=.01 公分=.01 cm=.01 毫米=.001 公厘=.001 "
    "mm=.001 微米=.000001 纳米=.000000001 奈米=.000000001 nm=.000000001 海里=1852 英里=1609.344 "
    "mile=1609.344 miles=1609.344 英尺=.3048 英寸=.0254",
    "平方米": "平方米 平米 平方公尺 m2 sqm 平方 平方公里=1000000 平方千米=1000000 km2=1000000 "
    "公顷=10000 hectare=10000 hectares=10000 平方厘米=.0001 平方公分=.0001 平方英里=2589988.110336",
    "亩": "亩 mu",
    "立方米": "立方米 立方 立方公尺 m3 立方公里=1000000000 升=.001 公升=.001 "
    "毫升=.000001 ml=.000001",
    "克": "克 公克 g 公斤=1000 千克=1000 kg=1000 吨=1000000 公吨=1000000 ton=1000000 tons=1000000 "
    "tonnes=1000000 毫克=.001 mg=.001 斤=500 磅=453.59237",
    "秒": "秒 秒钟 second seconds 毫秒=.001 分钟=60 min=60 minute=60 minutes=60 小时=3600 "
    "个小时=3600 钟头=3600 个钟头=3600 hour=3600 hours=3600 天=86400 "
    "昼夜=86400 day=86400 days=86400 周=604800 星期=604800 个星期=604800 "
    "礼拜=604800 个礼拜=604800 week=604800 weeks=604800",
    "月": "个月 月 month months 年=12 周年=12 个年头=12 year=12 years=12 季度=3 个季度=3 "
    "世纪=1200 个世纪=1200",
    "工作日": "工作日 个工作日 workday workdays",
    "岁": "岁 周岁 years-old",
    "百分点": "个百分点 百分点",
    "度": "度 摄氏度 °c °",
    "人": "人 名 位 口 人次 个人 people persons person",
    "户": "户 households household",
    "家": "家 间 companies firms enterprises banks",
    "台": "台 部 架 sets units",
    "辆": "辆 vehicles cars",
    "次": "次 回 times",
    "倍": "倍",
    "根": "根 piles",
    "项": "项",
    "字节": "字节 gb=1000000000 tb=1000000000000 mb=1000000 kb=1000",
    "瓦": "瓦 w 千瓦=1000 kw=1000 兆瓦=1000000 mw=1000000 吉瓦=1000000000 gw=1000000000",
    "瓦时": "瓦时 千瓦时=1000 kwh=1000 度电=1000",
    "毫安": "毫安 毫安时 mah",
    "赫兹": "赫兹 hz 千赫=1000 khz=1000 兆赫=1000000 mhz=1000000 吉赫=1000000000 ghz=1000000000",
    "标箱": "标箱 标准箱 teu teus",
    PERCENT: "% 个% percent ‰=.1",
}
# Measure words that have no synonym: each is a unit of its own.
_COUNTERS = (
    "个 件 条 届 期 种 类 座 栋 幢 所 套 批 处 组 支 队 只 头 匹 棵 株 片 张 本 册 集 篇 首 "
    "句 字 艘 列 节 门 堂 轮 场 局 盘 枚 颗 粒 层 级 班 份 笔 桶 箱 袋 瓶 杯 例 票 股 手 版 "
    "款 站 路 号 步 折 宗 起 幅 道 国 省 市 县 区 乡 镇 村 街道 像素 马力 公里/小时 km/h "
    "英亩 克拉 光年 代 强 大 页 排 行"
)
COUNTERS = frozenset(_COUNTERS.split())
_PREFIXED = {
    "us$": "美元", "$": "美元", "¥": "元", "rmb": "元", "cny": "元", "usd": "美元", "hk$": "港元",
    "nt$": "台币", "€": "欧元", "£": "英镑", "人民币": "元",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit and what one of the written form is worth in it."""

    name: str
    factor: Decimal


class Units:
    """The tables; make one and keep it."""

    def __init__(self) -> None:
        forms = {form: Unit(form, Decimal(1)) for form in COUNTERS}
        for name, written in _TABLE.items():
            for entry in written.split():
                form, _, factor = entry.partition("=")
                forms[form] = Unit(name, Decimal(factor or 1))
        self._forms = forms
        longest_first = sorted(forms, key=len, reverse=True)
        # A Latin form must be a word of its own.
        self._after = re.compile(
            "[ -]?(?:square )?("
            + "|".join(
                re.escape(f) + ("(?![a-z0-9])" if f.isascii() else "") for f in longest_first
            )
            + ")"
        )
        self._before = re.compile(
            "(?<![a-z])("
            + "|".join(re.escape(f) for f in sorted(_PREFIXED, key=len, reverse=True))
            + ") ?$"
        )

    def after(self, text: str, at: int) -> tuple[Unit, int] | None:
        """The unit written at ``at``, and where it ends."""
        match = self._after.match(text, at)
        if match is None:
            return None
        unit = self._forms[match[1]]
        if "square " in match[0]:
            if unit.name != "米":
                return None
            unit = Unit("平方米", unit.factor**2)
        return unit, match.end()

    def before(self, text: str, at: int, floor: int) -> tuple[Unit, int] | None:
        """The currency sign written just before ``at``, not before ``floor``, and its start."""
        low = max(floor, at - 5)
        match = self._before.search(text[low:at])
        return (Unit(_PREFIXED[match[1]], Decimal(1)), low + match.start()) if match else None

    def named(self, form: str) -> str | None:
        """The unit that a form stands for."""
        unit = self._forms.get(form)
        return unit.name if unit else None
