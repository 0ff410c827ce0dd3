"""One line of what `campaignbase doctor` finds."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    level: Level
    detail: str
    hint: str | None = None


def failed(name: str, error: Exception) -> Check:
    """The messages of our errors end with what to do."""
    detail, separator, hint = str(error).rpartition("; ")
    return Check(name, "fail", detail or hint, hint if separator else None)
