"""What kind of answer a question expects."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text import folder
from qa.expected import Expected, expected, fits, found_in, kinds

QUANTITY = (
    "有几点意见",
    "花了几年建成",
    "前后几天",
    "这笔基金一共多少亿元",
    "园区占地多少亩",
    "大桥主跨有多长",
    "光谷现有多少家上市公司",
    "一共有几个国家的代表团参加",
    "今年新增就业多少万人",
    "学校招了几名博士后",
    "手术做了多久",
    "工期有多长时间",
    "他在北京住了几年",
    "水位最高涨到多少米",
    "失业率是多少",
    "股价跌了百分之几",
    "门票卖多少钱一张",
    "什么价位能买到",
    "罚没多少钱",
    "湖北批下来几家",
    "从这里到机场有多远",
    "新楼有多高",
    "最重的一头猪有多重",
    "这次募捐收到多少现金",
    "排名第几",
    "这是第几届大会",
    "第几号台风登陆",
    "提了几点意见",
    "会上讲了几点建议",
    "占到几成",
    "参赛运动员 人数",
    "光谷 上市公司 数量",
    "今天气温几度",
    "老板多大年纪",
    "奶奶多大岁数",
    "比上年多多少",
    "多少市民参加了活动",
    "how many people live in Wuhan?",
    "How much did the bridge cost?",
    "By how much did exports grow?",
    "According to the report, how many firms moved?",
    "For how long was the road closed?",
    "How old was Lei Jun when he founded Xiaomi?",
    "What percentage of staff are local?",
    "When the fund started, how many banks took part?",
)
TIME = (
    "哪一年建成",
    "哪个月最热",
    "是几年前成立的",
    "前后试行是哪几天",
    "八月几号开的会",
    "大桥哪年通车",
    "工厂几月份投产",
    "展会是几号开幕",
    "比赛几点开始",
    "演出几点开场",
    "比赛星期几举行",
    "该寺建于哪个朝代",
    "这种乐器是什么年代传入的",
    "他出生在几几年",
    "哪几天放假",
    "哪两年亏损",
    "公司是几年成立的",
    "民国几年设市",
    "西元几年发生",
    "这座桥是多少年前建的",
    "工厂何时投产",
    "小米什么时间决定落户",
    "什么日子开学",
    "大会是在哪一天下午召开的",
    "这几个项目什么时候开工",
    "预售 截止日期",
    "公司 成立时间",
    "When will the line open?",
    "By when must firms apply?",
    "In which year was the plant built?",
    "On what date did he resign?",
    "how long ago was the temple built?",
    "When did Li, who was 40, join the firm?",
)
OTHER = (
    "近几年武汉出台了哪些人才政策",
    "这几年谁在投资",
    "前几年哪位专家来过",
    "十几年来谁负责",
    "占比最高的是哪个行业",
    "比例由谁确定",
    "为什么占比下降",
    "为什么这么多大企业选择光谷",
    "拥有最多高新技术企业的城市是哪个",
    "哪个区有最多重点实验室",
    "有哪些多重保障措施",
    "几经周折后谁接手",
    "几度易主后谁接手",
    "坐几号线到光谷",
    "近几年武汉变化大吗",
    "最近几个月谁访问了武汉",
    "过去几年为什么人口减少",
    "几年前他去了哪里",
    "十几家企业的代表说了什么",
    "好几名嫌疑人因何被捕",
    "前几天哪里下了暴雨",
    "几千年来如何演变",
    "公司几度易主",
    "几经周折的收购案",
    "更多高校参与的项目",
    "不少多媒体教室",
    "两百多大学生的故事",
    "没多少人知道的秘密",
    "无论多少钱都不卖的是什么",
    "如何提高研发投入占比",
    "按比例分配的原则",
    "地铁几号线经过光谷",
    "在几号楼办公",
    "会议在几号厅举行",
    "身披几号球衣",
    "分为哪几个阶段",
    "哪个月球探测器着陆了",
    "哪个日本企业投资了武汉",
    "哪个天文台发现了它",
    "哪个年轻人获奖",
    "怎么知道什么时候缴税",
    "谁在什么时候都帮他",
    "What did Lei Jun say when he visited?",
    "Who was mayor when the bridge opened?",
    "Which city has how many bridges?",
    "Why did it take how long?",
    "When Xi visited, which lab did he see?",
    "Where were they when it rained?",
)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("小米何时决定落户武汉?", Expected.TIME),
        ("园区是哪一年启用的", Expected.TIME),
        ("大桥几月通车", Expected.TIME),
        ("基金会是几年成立的", Expected.TIME),
        ("when did the plan start?", Expected.TIME),
        ("What year was it founded?", Expected.TIME),
        ("光谷的基金有多大", Expected.QUANTITY),
        ("一共打了多少根桩", Expected.QUANTITY),
        ("工期用了几年", Expected.QUANTITY),
        ("这条路多长", Expected.QUANTITY),
        ("本地员工占比是", Expected.QUANTITY),
        ("How many companies came?", Expected.QUANTITY),
        ("强夯法是谁首创的", Expected.OTHER),
        ("几何学的起源", Expected.OTHER),
        ("几乎没有人去的地方在哪", Expected.OTHER),
        ("许多重点项目落在哪里", Expected.OTHER),
        ("很多高校为什么搬走", Expected.OTHER),
        ("任何时候都能去的地方", Expected.OTHER),
        ("几内亚的首都在哪里", Expected.OTHER),
        ("谁做的茶几", Expected.OTHER),
        ("whenever it rains", Expected.OTHER),
        ("", Expected.OTHER),
    ],
)
def test_the_words_of_a_question_tell_its_kind(question: str, kind: Expected) -> None:
    assert expected(question) is kind


@pytest.mark.parametrize(
    ("question", "kind"),
    [(question, kind) for kind in Expected for question in globals()[kind.name]],
)
def test_only_what_a_question_asks_for_tells_its_kind(question: str, kind: Expected) -> None:
    assert expected(folder().fold(question)) is kind


@pytest.mark.parametrize(
    ("question", "units"),
    [
        ("花了多少钱", ("元", "美元", "欧元", "英镑", "日元", "港元", "台币", "韩元", "卢布")),
        ("贷款金额是多少", kinds("花了多少钱")),
        ("总投资额有多大", kinds("花了多少钱")),
        ("多少亿元的基金", ("元",)),
        ("股价涨了多少", ("number",)),
        ("多少市民报名", ("number",)),
        ("有多少人", ("人",)),
        ("how many people came", ("人",)),
        ("工程要几个月", kinds("要多久")),
        ("how many years did it take", kinds("要多久")),
        ("奶奶多大岁数", ("岁",)),
        ("毛利率是多少", ("%",)),
        ("占几成", ("%",)),
        ("失业率有多高", ("%",)),
        ("新楼有多高", ("米",)),
        ("排名第几", ()),
    ],
)
def test_the_units_that_answer(question: str, units: tuple[str, ...]) -> None:
    assert kinds(question) == units


@pytest.mark.parametrize(
    ("question", "right", "other"),
    [
        ("有多少个国家参加", "共26国参加", "历时三年"),
        ("工期多久", "历时三天", "共30家"),
        ("工期多久", "用了30日", "共30家"),
        ("花了多少钱", "约5亿美元", "共30家"),
    ],
)
def test_a_number_of_another_unit_fits_less(question: str, right: str, other: str) -> None:
    assert fits(Expected.QUANTITY, right, question) == 1
    assert 0 < fits(Expected.QUANTITY, other, question) < 1
    assert fits(Expected.QUANTITY, "没有数字", question) == 0


@pytest.mark.parametrize(
    ("kind", "sentence", "words"),
    [
        (Expected.QUANTITY, "基金规模50亿元,另有1,000亩地", ["50亿元", "1,000亩"]),
        (Expected.QUANTITY, "队伍有三百多人,分成八个组", ["三百多人", "八个"]),
        (Expected.QUANTITY, "一般没有问题", []),
        (Expected.TIME, "2019 年7月在香港上市", ["2019 年7月"]),
        (Expected.TIME, "十九世纪末、二〇二〇年", ["十九世纪末", "二〇二〇年"]),
        (Expected.TIME, "规模50亿元", []),
        (Expected.OTHER, "2019年有50家", []),
    ],
)
def test_finds_what_is_expected(kind: Expected, sentence: str, words: list[str]) -> None:
    assert [sentence[a:b] for a, b in found_in(kind, sentence, "")] == words


def test_what_the_question_says_itself_is_no_answer() -> None:
    sentence = "2023年有50家,2025年有80家"
    found = found_in(Expected.QUANTITY, sentence, "2023年有50家,后来有多少家")
    assert [sentence[a:b] for a, b in found] == ["80家"]


@given(st.sampled_from(Expected), st.text(alphabet="年月日0123一二十百个家在有", max_size=40))
def test_a_sentence_never_answers_itself(kind: Expected, sentence: str) -> None:
    assert found_in(kind, sentence, sentence) == []
    spans = found_in(kind, sentence, "")
    assert all(0 <= a < b <= len(sentence) for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in pairwise(spans))
