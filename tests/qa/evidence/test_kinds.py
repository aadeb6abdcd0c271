"""Whether an answer is of the kind asked for."""

import pytest

from qa.evidence.kinds import UNKNOWN, fits


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("最快几个工作日可以批下贷款？", "3个工作日", "2022年"),
        ("共有多少家企业？", "８７９５家", "三年"),
        ("基金有多大？", "50亿元", "光谷"),
        ("基金有多大？", "50亿元", "2023年"),
        ("哪一年設立總部？", "2017年", "武漢"),
        ("什么时候通车？", "去年底", "300公里"),
    ],
)
def test_the_kind_asked_for_is_told(question: str, right: str, wrong: str) -> None:
    good, bad = fits(question, (right, wrong))
    assert good == 1
    assert bad < UNKNOWN


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("工期多久？", "3天 两年 一个月 18个月 半年 三周 好几年", "3家 2022年 光谷 50亿元"),
        ("要多长时间", "3天 两年 一个月 18个月", "3家 光谷"),
        ("用了几年", "两年 3年", "2023年 三家"),
        ("多少天", "30日 30天", "8月30日 三家"),
        ("有几个小时", "两小时", "三元"),
        (
            "有多少？",
            "三本 五所 三件 三套 三元 三米 三分之一 一半 百余家 第三 第十届",
            "光谷 2023年",
        ),
        ("花了多少钱？", "50亿元 3亿美元", "3家 三年 2023年"),
        ("金额是多少", "50亿元", "3家 三年"),
        ("资金有多少", "50亿元", "3家 三年"),
        ("投资额多大", "50亿元", "3家 三年"),
        ("有多少人？", "300名 3人 五位 1.2万个", "3家 50亿元 2023年"),
        ("多少个国家", "26国 26个", "三年 50亿元"),
        ("有几根天线", "4根 4个", "4年 4米"),
        ("排第几", "第四 第四位", "4元"),
        ("占几成", "三分之一 四成 10% 一半", "三年 5家"),
        (
            "什么时候",
            "清末 明代 唐朝 春节前 国庆期间 周五 昨天 上周 月底 第三季度 上午9点 9:00 周六晚",
            "300公里 三天 50亿元 2%",
        ),
        ("什么年份", "1998 1998年", "三个 光谷"),
        ("是几年建成的", "1998年", "三家"),
    ],
)
def test_all_forms_of_a_kind_are_known(question: str, right: str, wrong: str) -> None:
    assert {quote: fit for quote, fit in _fits(question, right) if fit != 1} == {}
    assert {quote: fit for quote, fit in _fits(question, wrong) if fit >= UNKNOWN} == {}


def _fits(question: str, quotes: str) -> list[tuple[str, float]]:
    return list(zip(quotes.split(), fits(question, tuple(quotes.split())), strict=True))


@pytest.mark.parametrize(
    ("question", "quote"), [("花了多少钱？", "6万"), ("什么时候停车", "等红灯时")]
)
def test_what_may_be_of_the_kind_is_left_open(question: str, quote: str) -> None:
    assert fits(question, (quote,)) == (UNKNOWN,)


def test_other_kinds_are_not_told() -> None:
    assert fits("谁写了这本书？", ("鲁迅", "1921年")) == (UNKNOWN, UNKNOWN)
    assert fits("", ()) == ()
