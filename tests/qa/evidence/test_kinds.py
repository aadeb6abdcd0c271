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


def test_other_kinds_are_not_told() -> None:
    assert fits("谁写了这本书？", ("鲁迅", "1921年")) == (UNKNOWN, UNKNOWN)
    assert fits("", ()) == ()
