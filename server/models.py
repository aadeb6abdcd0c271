"""What goes in and out, as the OpenAPI description has it."""

import datetime
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from index.readers import MAX_BYTES
from index.stored import Filter
from qa.evidence.use import Reads
from qa.records import Evidence, Mode
from qa.search import LONGEST_QUESTION, MOST_PASSAGES
from qa.understanding import KINDS, Interpretation
from server.service import Asked

LONGEST_LABEL = 200
LONGEST_ID = 200
LONGEST_IGNORED = LONGEST_QUESTION + 20
MOST_IGNORED = 100
_IGNORED = rf"^({'|'.join(KINDS)}):\S"
_EXAMPLE = "光谷的产业引导基金有多大？"


def _real_day(text: str) -> str:
    try:
        datetime.date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("no such day", "没有这一天") from error
    return text


def _number(value: object) -> object:
    """Refuse what would pass for a number in a form, but is none in JSON; 5.0 is one."""
    if isinstance(value, bool | str | bytes):
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


Question = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_QUESTION,
        pattern=r"\S",
        description="问题 · the question",
        examples=[_EXAMPLE],
    ),
]
Passages = Annotated[
    int, Field(ge=1, le=MOST_PASSAGES, description="返回几个段落 · how many passages")
]
ModeField = Annotated[
    Mode, Field(description="hybrid（混合）、dense（语义）或 lexical（字词） · how to search")
]
EvidenceField = Annotated[
    Evidence,
    Field(
        description="off、on 或 auto：是否用阅读模型从原文中摘出答案，只用于混合检索 · "
        "whether passages are read for the exact answer; hybrid search only"
    ),
]
Threshold = Annotated[
    float,
    Field(
        ge=0,
        le=1,
        strict=True,
        description="置信度低于它就不回答，默认随模型 · the least confidence with which an answer "
        "is given; by default the model's own",
    ),
]
Day = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        json_schema_extra={"format": "date"},
        examples=["2025-06-01"],
    ),
    AfterValidator(_real_day),
]
Since = Annotated[Day, Field(description="只看这一天及以后的文章 · from this day on")]
Until = Annotated[Day, Field(description="只看这一天及以前的文章 · up to this day")]
Label = Annotated[
    str,
    Field(
        min_length=1, max_length=LONGEST_LABEL, description="只看这一类的文章 · of this label only"
    ),
]
Today = Annotated[
    Day,
    Field(description="提问的日期，“去年”由它推算，默认是今天 · the day that 去年 is counted from"),
]
Ignored = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=LONGEST_IGNORED, pattern=_IGNORED)]],
    Field(
        max_length=MOST_IGNORED,
        description="不要这样理解的地方 · what is not to be read in the question, as kind and text",
        examples=[["date:去年"]],
    ),
]
Id = Annotated[str, Field(min_length=1, max_length=LONGEST_ID, description="文章的编号 · its id")]
Place = Annotated[int, Field(ge=1, le=10**9, description="第几段 · its number")]


class Given(BaseModel):
    """What a client sends: unknown names are told, as they are mostly misspelt ones."""

    model_config = ConfigDict(extra="forbid")


class AskRequest(Given):
    """A question."""

    question: Question
    k: Annotated[Passages, BeforeValidator(_number)] = 5
    mode: ModeField = Mode.HYBRID
    since: Since | None = None
    until: Until | None = None
    label: Label | None = None
    today: Today | None = None
    ignore: Ignored = []
    evidence: EvidenceField = Evidence.AUTO
    threshold: Threshold | None = None

    def asked(self) -> Asked:
        """The question with its settings."""
        where = Filter(self.since, self.until, self.label)
        reads = Reads(self.evidence, self.threshold)
        as_asked = interpretation(self.today, self.ignore)
        return Asked(self.question, self.k, self.mode, where, as_asked, reads)


def interpretation(today: str | None, ignore: Iterable[str]) -> Interpretation:
    """How a question is to be read, from what a client sent."""
    day = datetime.date.fromisoformat(today) if today else None
    return Interpretation(day, frozenset(ignore))


class JudgementRequest(Given):
    """What somebody says about a passage."""

    question: Question
    article_id: Id
    paragraph: Annotated[Place, BeforeValidator(_number)]
    relevant: Annotated[
        bool, Field(strict=True, description="是否有助于回答 · whether it helps to answer")
    ]


class ArticleRequest(BaseModel):
    """An article, as a line of a JSON Lines file has it; other names are passed over."""

    text: Annotated[str, Field(min_length=1, max_length=MAX_BYTES, description="正文 · the body")]
    title: str | None = Field(None, description="标题 · by default, the first words of the text")
    id: Id | None = Field(
        None,
        description="编号；同编号的文章会被替换。不给时由标题和正文算出，正文改了就是另一篇 · "
        "one of the same id is replaced; by default made from title and text, so that an edited "
        "text is another article",
    )
    published: str | None = Field(None, description="日期 · the date", examples=["2025-05-14"])
    url: str | None = Field(None, description="链接 · where it was published")
    label: str | None = Field(None, description="类别 · the label")


class Citation(BaseModel):
    """Where a quote stands: ``text[start:end] == quote`` holds in the article's text."""

    article_id: str
    title: str
    label: str | None
    published: str | None
    url: str | None = Field(description="只给出 http 和 https 地址 · only http and https")
    paragraph: int
    heading: str | None
    start: int
    end: int
    quote: str
    score: float


class Scores(BaseModel):
    """The scores of a passage; null where the mode uses none."""

    dense: float | None
    lexical: float | None
    fused: float | None
    facts: float | None


class Hit(Citation):
    """A passage that was found."""

    text: str
    scores: Scores


class ReadDate(BaseModel):
    """A date in the question; null where the year is open."""

    text: str
    start: int
    end: int
    first: datetime.date | None
    last: datetime.date | None


class ReadQuantity(BaseModel):
    """A quantity in the question; null where it has no bound."""

    text: str
    start: int
    end: int
    low: float | None
    high: float | None
    unit: str
    approximate: bool


class ReadName(BaseModel):
    """What the question names, and what it is called too."""

    name: str
    aliases: list[str]


class Understood(BaseModel):
    """What was read in the question."""

    dates: list[ReadDate]
    quantities: list[ReadQuantity]
    terms: list[str]
    aliases: list[ReadName]


class SearchResponse(BaseModel):
    """Ranked passages, the same object as ``wenju search --json`` prints."""

    question: str
    understood: Understood
    passages: list[Hit]
    seconds: float


class Candidate(BaseModel):
    """A possible answer, read in the passages."""

    text: str
    confidence: float = Field(description="正确的概率 · the probability that it is right")
    citations: list[Citation]


class AskResponse(BaseModel):
    """The answer, the same object as ``wenju ask --json`` prints."""

    question: str
    understood: Understood
    answer: str | None = Field(
        description="从原文摘出的答案，没读段落时为引用的句子；没有可靠的答案时为 null · "
        "the exact words, or the quoted sentences where no passage was read; null when abstained"
    )
    abstained: bool
    confidence: float | None = Field(
        description="答案正确的概率；没读段落时为 null · the probability that the answer is right; "
        "null where no passage was read"
    )
    citations: list[Citation]
    candidates: list[Candidate] = Field(
        description="从段落中读出的答案，最好的在前；未读则为空 · answers read, best first"
    )
    passages: list[Hit]
    seconds: float


class Paragraph(BaseModel):
    """A passage of an article."""

    paragraph: int
    heading: str | None
    start: int
    end: int
    text: str


class ArticleResponse(BaseModel):
    """An article, the same object as ``wenju show --json`` prints."""

    id: str
    title: str
    text: str
    source: str
    label: str | None
    published: str | None
    url: str | None
    passages: list[Paragraph]


class Summary(BaseModel):
    """A line of the list of articles."""

    id: str
    title: str
    label: str | None
    published: str | None
    url: str | None
    source: str
    characters: int
    passages: int


class ArticlePage(BaseModel):
    """A part of the list of articles, the newest first."""

    articles: list[Summary]
    next: str | None = Field(description="下一页的 cursor，没有则为 null · cursor of the next part")


class FileResult(BaseModel):
    """What came of one file."""

    file: str | None = Field(description="文件名；JSON 为 null · null for a JSON body")
    added: list[str]
    replaced: list[str]
    unchanged: list[str]
    passages: int
    errors: list[str]


class AddResponse(BaseModel):
    """What came of each file."""

    results: list[FileResult]


class JudgementResponse(BaseModel):
    """A judgement that is kept; the last one of the same question and passage counts."""

    id: int
    question: str
    article_id: str
    paragraph: int
    relevant: bool
    text: str = Field(description="当时的段落 · the passage as it was judged")
    judged: datetime.datetime


class JudgementPage(BaseModel):
    """Judgements in the order they were made."""

    judgements: list[JudgementResponse]
    next: int | None = Field(description="下一页的 after · `after` of the next part")


class ReportItem(BaseModel):
    """A report of an evaluation."""

    name: str
    url: str = Field(description="网页的地址，可能过一阵失效 · its page; may expire")
    written: str = Field(description="何时写成 · when it was written")
    bytes: int


class ReportList(BaseModel):
    """Reports of evaluations, the newest first."""

    reports: list[ReportItem]


class LabelCount(BaseModel):
    """A label with the number of its articles."""

    label: str
    count: int


class InfoResponse(BaseModel):
    """The collection and what may be done here."""

    version: str
    articles: int
    passages: int
    characters: int
    generation: int
    model: dict[str, Any]
    labels: list[LabelCount]
    first_day: str | None
    last_day: str | None
    examples: list[str]
    read_only: bool
    token_wanted: bool = Field(description="修改是否需要令牌 · whether changes want a token")
    limits: dict[str, float]


class Health(BaseModel):
    """Whether it is so."""

    status: str


class FieldError(BaseModel):
    """A value that is not as it should be."""

    field: str
    code: str
    message: str


class ProblemDetails(BaseModel):
    """An error as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[FieldError] | None = None
