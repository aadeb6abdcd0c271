"""What a run is made with."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

from index.embedders import DEFAULT
from index.errors import SettingError
from qa.evidence.use import Reads, parse_evidence
from qa.fusion import SHIPPED, Weights
from qa.records import Mode
from qa.search import MOST_PASSAGES, check_k

TODAY = "2025-01-01"  # a day of its own, so that a run made later gives the same
_READS = ("evidence", "threshold", "windows")


@dataclass(frozen=True, slots=True)
class Settings:
    """How questions are put.

    Attributes:
        mode: how passages are searched for.
        model: the embedding model, by name.
        weights: how scores are put together.
        k: passages taken for a question, 1 to 100.
        limit: how many questions are asked, chosen by their ids; None for all.
        reads: how passages are read for their answers.
        today: the day on which the questions are asked, from which 去年 is counted.
    """

    mode: Mode = Mode.HYBRID
    model: str = DEFAULT
    weights: Weights = SHIPPED
    k: int = MOST_PASSAGES
    limit: int | None = None
    reads: Reads = Reads()  # noqa: RUF009 - frozen
    today: str = TODAY

    def __post_init__(self) -> None:
        check_k(self.k)
        if self.limit is not None and self.limit < 1:
            raise SettingError(
                f"--limit is {self.limit}; expected 1 or more",
                f"--limit 为 {self.limit}，应为 1 或更大",
            )

    def as_dict(self) -> dict[str, Any]:
        """The settings as JSON can hold them."""
        return asdict(self)


def parse_mode(name: object) -> Mode:
    """A mode by name.

    Raises:
        SettingError: there is none of that name.
    """
    if not isinstance(name, str) or name not in tuple(Mode):
        raise SettingError(
            f"the mode is {name!r}; expected one of {', '.join(Mode)}",
            f"检索方式为“{name}”，应为 {'、'.join(Mode)} 之一",
        )
    return Mode(name)


def assigned(settings: Settings, given: Iterable[str]) -> Settings:
    """``settings`` with what ``key=value`` texts set.

    Raises:
        SettingError: a text is not of that form, its key is not known, or its value cannot be.
    """
    for text in given:
        key, equals, value = text.partition("=")
        if not equals:
            raise SettingError(
                f"--set {text!r} has no value; write it like lexical_weight=20",
                f"--set 的“{text}”没有值，请写成 lexical_weight=20 这样",
            )
        settings = with_setting(settings, key.strip(), value.strip())
    return settings


def with_setting(settings: Settings, key: str, value: object) -> Settings:
    """``settings`` with one of those set that a grid or ``--set`` may name.

    Raises:
        SettingError: the key is not known, or the value cannot be.
    """
    if key == "mode":
        return replace(settings, mode=parse_mode(value))
    if key == "evidence":
        # YAML reads on and off as true and false.
        name = {True: "on", False: "off"}.get(value, value) if isinstance(value, bool) else value
        return replace(settings, reads=replace(settings.reads, evidence=parse_evidence(str(name))))
    if key == "today":
        return replace(settings, today=_day(value))
    if key == "threshold":
        return replace(settings, reads=replace(settings.reads, threshold=_number(key, value)))
    if key == "windows":
        return replace(settings, reads=replace(settings.reads, windows=int(_number(key, value))))
    return replace(settings, weights=with_value(settings.weights, key, value))


def with_value(weights: Weights, key: str, value: object) -> Weights:
    """``weights`` with one of them set.

    Raises:
        SettingError: the key is not known, or the value is not a number from 0 on.
    """
    names = [each.name for each in fields(Weights)]
    if key not in names:
        raise SettingError(
            f"there is no setting {key!r}; expected one of {', '.join([*names, *_READS, 'today'])}",
            f"没有“{key}”这个设置，应为 {'、'.join([*names, *_READS, 'today'])} 之一",
        )
    return replace(weights, **{key: _number(key, value)})


def _day(value: object) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise SettingError(
            f"today is {value!r}; expected a date like 2025-06-01",
            f"today 为“{value}”，应为 2025-06-01 这样的日期",
        ) from error


def _number(key: str, value: object) -> float:
    try:
        number = float(str(value))
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise SettingError(
            f"{key} is {value!r}; expected a number from 0 on",
            f"{key} 为“{value}”，应为不小于 0 的数",
        )
    return number
