"""One line of what `campaignbase doctor` finds."""

from dataclasses import dataclass
from typing import Literal

from campaignbase.cli import output

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, how it is, and where that is not well: what to do about it."""

    name: str
    level: Level
    detail: str
    hint: str | None = None

    def __post_init__(self) -> None:
        if self.level != "ok" and not self.hint:
            raise ValueError(f"{self.name}: {self.detail}: told without a fix")


def failed(name: str, error: Exception, otherwise: str) -> Check:
    """Most messages of our errors end with what to do; `otherwise` where one does not."""
    detail, separator, hint = output.one_line(str(error)).rpartition("; ")
    return Check(name, "fail", *((detail, hint) if separator else (hint, otherwise)))
