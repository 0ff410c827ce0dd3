"""Rules that people write."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    name: str
    rule_type: str
    conditions: Mapping[str, Any]
    actions: Mapping[str, Any]
    priority: int = 0
    enabled: bool = True
    execution_count: int = 0
    success_count: int = 0  # matches whose action took effect
    last_execution: datetime | None = None
    kept_count: int = 0  # labels it gave that a person confirmed
    changed_count: int = 0  # and those that a person changed or took away

    @property
    def category(self) -> str | None:
        """Under which it files what it matches; None: it says nothing of that."""
        found: str | None = self.actions.get("add_category", self.actions.get("category"))
        return found

    @property
    def given_tags(self) -> tuple[str, ...]:
        """The tags it puts on what it matches, the audience it sets among them, as they were written."""
        words = (self.actions.get(action, ()) for action in ("add_tags", "set_audience"))
        return tuple(word for given in words for word in ((given,) if isinstance(given, str) else given))
