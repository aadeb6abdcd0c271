"""What a question is about, apart from its asking."""

import re

# Words that ask. A passage that holds one of them is no nearer to the answer, but as they are rare
# in articles, lexical search would take them for telling. The same characters do not ask inside
# other words (任何时候, 许多大学, 几内亚, 哪吒, 吗啡, 呢绒) nor where they are vague (近几年,
# 这么多大企业).
_ASKING = re.compile(
    "(?:请问|請問|为什么|为甚么|為什麼|為甚麼|为何|為何|什么|甚么|什麼|甚麼|啥"
    "|怎么样|怎麼樣|怎么|怎麼|怎样|怎樣|如何|(?<!任)何(?:时|時|地|处|處|人|种|種|以)"
    "|哪些|哪个|哪個|哪里|哪裡|哪裏|哪儿|哪兒|哪位|哪家|哪一|哪种|哪種|哪年|哪(?!吒|怕)|谁|誰"
    "|(?<![许許很諸诸众眾更最这這那么麼好太较較不])多大(?![学學型桥橋厂廠赛賽数數众眾企师師])"
    "|多少|多久|多长时间|多長時間"
    "|(?<![茶近这這那前头頭好十])(?<!过去|過去|未来|未來)[几幾]"
    "(?:个|個|种|種|家|年|月|(?!乎|何|内亚|內亞|率|经|經|番|欲|度[易更]))"
    "|是否|是不是|有没有|有沒有|能否|可否|[吗嗎](?!啡)|呢(?!绒|絨|喃))"
)


def without_asking(question: str) -> str:
    """The question with blanks for its asking words; the whole of it where nothing else is left.

    What is left keeps its place.
    """
    rest = _ASKING.sub(lambda asking: " " * len(asking[0]), question)
    return rest if any(character.isalnum() for character in rest) else question
