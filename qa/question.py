"""What a question is about, apart from its asking."""

import re

# Words that ask. A passage that holds one of them is no nearer to the answer, but as they are rare
# in articles, lexical search would take them for telling.
_ASKING = re.compile(
    "(?:请问|請問|为什么|为甚么|為什麼|為甚麼|为何|為何|什么|甚么|什麼|甚麼|啥"
    "|怎么样|怎麼樣|怎么|怎麼|怎样|怎樣|如何|何时|何時|何地|何处|何處|何人|何种|何種|何以"
    "|哪些|哪个|哪個|哪里|哪裡|哪裏|哪儿|哪兒|哪位|哪家|哪一|哪种|哪種|哪年|哪|谁|誰"
    "|多少|多大|多久|多长时间|多長時間|几个|几种|几家|几年|几月|幾個|幾種|幾家|幾年|幾月"
    "|几(?!乎|何)|幾(?!乎|何)|是否|是不是|有没有|有沒有|能否|可否|吗|嗎|呢)"
)


def without_asking(question: str) -> str:
    """The question without its asking words; the whole of it where nothing else is left."""
    rest = _ASKING.sub(" ", question)
    return rest if any(character.isalnum() for character in rest) else question
