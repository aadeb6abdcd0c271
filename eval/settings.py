"""What a run is made with."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from index.embedders import DEFAULT
from index.errors import SettingError
from qa.fusion import SHIPPED, Weights
from qa.records import Mode
from qa.search import MOST_PASSAGES, check_k


@dataclass(frozen=True, slots=True)
class Settings:
    """How questions are put.

    Attributes:
        mode: how passages are searched for.
        model: the embedding model, by name.
        weights: how scores are put together.
        k: passages taken for a question, 1 to 100.
        limit: how many questions are asked, chosen by their ids; None for all.
    """

    mode: Mode = Mode.HYBRID
    model: str = DEFAULT
    weights: Weights = SHIPPED
    k: int = MOST_PASSAGES
    limit: int | None = None

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


def parse_assignments(given: Iterable[str], weights: Weights = SHIPPED) -> Weights:
    """``weights`` with what ``key=value`` texts set.

    Raises:
        SettingError: a text is not of that form, or its key is not known.
    """
    for text in given:
        key, equals, value = text.partition("=")
        if not equals:
            raise SettingError(
                f"--set {text!r} has no value; write it like lexical_weight=20",
                f"--set 的“{text}”没有值，请写成 lexical_weight=20 这样",
            )
        weights = with_value(weights, key.strip(), value.strip())
    return weights


def with_value(weights: Weights, key: str, value: object) -> Weights:
    """``weights`` with one of them set.

    Raises:
        SettingError: the key is not known, or the value is not a number from 0 on.
    """
    names = [each.name for each in fields(Weights)]
    if key not in names:
        raise SettingError(
            f"there is no setting {key!r}; expected one of {', '.join(names)}",
            f"没有“{key}”这个设置，应为 {'、'.join(names)} 之一",
        )
    try:
        number = float(str(value))
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise SettingError(
            f"{key} is {value!r}; expected a number from 0 on",
            f"{key} 为“{value}”，应为不小于 0 的数",
        )
    return replace(weights, **{key: number})
