"""Questions made by rules."""

import pytest

from qa.evidence.news import questions


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        ("截至8月底，全市一共有多条地铁和30个换乘车站。", "多少个换乘车站", "30个"),
        ("公司去年的研发投入达到12.5亿元，创下新高。", "多少亿元", "12.5亿元"),
        ("该项目已经于2023年6月在光谷正式开工。", "什么时候在光谷正式开工", "2023年6月"),
        (
            "数字孪生是指把实物映射到虚拟空间的技术。",
            "什么是数字孪生",
            "把实物映射到虚拟空间的技术",
        ),
        ("市政府上周印发了《在线教育若干措施》。", "印发了哪份文件", "《在线教育若干措施》"),
    ],
)
def test_a_clause_becomes_a_question_with_its_answer(text: str, question: str, answer: str) -> None:
    made = list(questions(text))
    assert any(question in m.text and text[m.start : m.end] == answer for m in made)
    assert all(text[m.start : m.end] not in m.text for m in made)


def test_bylines_and_clauses_with_two_of_a_kind_are_passed_over() -> None:
    assert not list(questions("新华社北京8月9日电。"))
    assert not list(questions("今年新增了30家企业和40家研发机构。"))
