"""What a database remembers of requests that may be sent again."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Begun:
    """yours: act now, then finish; other: the key was used for another body."""

    state: Literal["yours", "under_way", "answered", "other"]
    answer: str | None = None
    seconds_left: float = 0.0  # under way: after so long whoever is at it is taken for dead
