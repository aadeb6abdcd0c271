"""What is wrong with a data set, told with file and line, and what is done about it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from eval.errors import DatasetError

_SHOWN = 20
_SHOWN_OF_A_KIND = 5


class Severity(Enum):
    """What a problem does to a run: stops it, is told, or is merely noted."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Kind(Enum):
    """Every problem there is, with its severity and what becomes of what it is about."""

    UNREADABLE = (Severity.ERROR, "cannot be read", "读不了", "left out", "略去")
    DUPLICATE_DOCUMENT = (
        Severity.ERROR,
        "duplicate document id",
        "文档编号重复",
        "the first one is used",
        "用第一个",
    )
    DUPLICATE_QUESTION = (
        Severity.ERROR,
        "duplicate question id",
        "问题编号重复",
        "the first one is used",
        "用第一个",
    )
    EMPTY_QUESTION = (Severity.ERROR, "empty question", "问题为空", "left out", "略去")
    UNKNOWN_QUESTION = (
        Severity.ERROR,
        "judgement of an unknown question",
        "标注指向不存在的问题",
        "left out",
        "略去",
    )
    CONFLICTING_JUDGEMENT = (
        Severity.ERROR,
        "judged twice, differently",
        "同一对标注前后不一",
        "the first one is used",
        "用第一个",
    )
    UNKNOWN_PLACE = (
        Severity.ERROR,
        "evidence or paragraph is not in its article",
        "文章里没有所引的证据或段落",
        "left out",
        "略去",
    )
    UNKNOWN_DOCUMENT = (
        Severity.WARNING,
        "judgement of an unknown document",
        "标注指向不存在的文档",
        "kept, as trec_eval does: it can never be found",
        "照 trec_eval 的做法保留，永远找不到",
    )
    EMPTY_DOCUMENT = (
        Severity.WARNING,
        "document without text",
        "文档没有文字",
        "it can never be found",
        "永远找不到",
    )
    LONG_QUESTION = (
        Severity.WARNING,
        "question is too long",
        "问题太长",
        "its beginning is asked",
        "只问开头",
    )
    NOTHING_RELEVANT = (
        Severity.WARNING,
        "no relevant document is judged",
        "没有标注任何相关文档",
        "not in the measures of retrieval",
        "不计入检索指标",
    )
    UNANSWERABLE_JUDGED = (
        Severity.WARNING,
        "unanswerable, yet something is relevant",
        "标为没有答案，却又标了相关",
        "counts as unanswerable",
        "按没有答案算",
    )
    REPEATED_PLACE = (
        Severity.WARNING,
        "evidence stands in several places",
        "证据在文中出现不止一次",
        "each place counts",
        "每一处都算",
    )
    STRAY_ANSWER = (
        Severity.WARNING,
        "answer is not where it is said to be",
        "答案不在所标的位置",
        "accepted as it is written",
        "按所写的文字接受",
    )
    TITLE_ONLY = (
        Severity.NOTE,
        "document has a title only",
        "文档只有标题",
        "the title is its text",
        "以标题为正文",
    )
    REPEATED_TEXT = (
        Severity.NOTE,
        "text equals an earlier document's",
        "正文与前面的文档相同",
        "kept; unjudged twins cost measures",
        "保留；没有标注的副本会拉低指标",
    )
    REPEATED_JUDGEMENT = (
        Severity.NOTE,
        "judged twice, alike",
        "重复标注",
        "counts once",
        "只算一次",
    )
    NEGATIVE = (
        Severity.NOTE,
        "negative relevance",
        "相关度为负",
        "counts as not relevant",
        "按不相关算",
    )
    NOT_JUDGED = (
        Severity.NOTE, "question without judgements in this split", "问题在这一部分没有标注",
        "not asked", "不问",
    )  # fmt: skip

    def __init__(
        self, severity: Severity, english: str, chinese: str, done: str, done_chinese: str
    ) -> None:
        self.severity = severity
        self.english = english
        self.chinese = chinese
        self.done = done
        self.done_chinese = done_chinese


@dataclass(frozen=True, slots=True)
class Problem:
    """One of them.

    Attributes:
        kind: what it is.
        place: file and line, or the path inside a JSON file.
        detail: the id or text it is about.
    """

    kind: Kind
    place: str
    detail: str

    def __str__(self) -> str:
        return f"{self.place}: {self.kind.english}: {self.detail}"

    def as_dict(self) -> dict[str, str]:
        """The problem as JSON can hold it."""
        return {
            "severity": self.kind.severity.value,
            "problem": self.kind.english,
            "place": self.place,
            "detail": self.detail,
            "treatment": self.kind.done,
        }


class Problems:
    """Counts problems and hands each on; keeps only the first few of a kind in memory."""

    def __init__(self, on_problem: Callable[[Problem], None] | None = None) -> None:
        self.counts: Counter[Kind] = Counter()
        self._examples: dict[Kind, list[Problem]] = {}
        self._on_problem = on_problem

    def add(self, kind: Kind, place: str, detail: str) -> None:
        """Tell of one."""
        problem = Problem(kind, place, detail)
        self.counts[kind] += 1
        examples = self._examples.setdefault(kind, [])
        if len(examples) < _SHOWN:
            examples.append(problem)
        if self._on_problem:
            self._on_problem(problem)

    def examples(self, kind: Kind) -> list[Problem]:
        """The first of a kind, twenty at most."""
        return list(self._examples.get(kind, ()))

    def number(self, severity: Severity) -> int:
        """How many there are of a severity."""
        return sum(count for kind, count in self.counts.items() if kind.severity is severity)

    def as_dict(self) -> dict[str, int]:
        """Counts by what is wrong."""
        return {kind.english: count for kind, count in self.counts.items()}

    def raise_errors(self, name: str) -> None:
        """Refuse the set if it has errors.

        Raises:
            DatasetError: it has.
        """
        errors = self.number(Severity.ERROR)
        if not errors:
            return
        shown = [
            str(problem)
            for kind in self.counts
            if kind.severity is Severity.ERROR
            for problem in self.examples(kind)[:_SHOWN_OF_A_KIND]
        ]
        more = f"\n  … and {errors - len(shown)} more" if errors > len(shown) else ""
        listed = "\n  ".join(shown)
        raise DatasetError(
            f"{name} has {errors} errors:\n  {listed}{more}\n"
            f"correct them, or go on without what is wrong with --accept-problems; "
            f"`wenju eval validate {name}` lists all",
            f"{name} 有 {errors} 处错误（见下）；请改正，或用 --accept-problems 略过有错的部分；"
            f"“wenju eval validate {name}”列出全部",
        )
