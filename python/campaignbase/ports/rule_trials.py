"""What there is to judge rules by: what people said of content, and of what rules did."""

from collections.abc import Mapping
from typing import Any, Protocol

from campaignbase.models.rule_trials import JudgedChunk


class RuleTrials(Protocol):
    """Part of every store; nothing is written. Raises everywhere: UnreachableError."""

    async def judged_content(
        self,
        workspace_id: str,
        conditions: Mapping[str, Any] | None = None,
        after: str | None = None,
        chunk: int = 500,
        campaign_id: str | None = None,
    ) -> JudgedChunk:
        """The next rows by id that these conditions hold for, or that a person said something of.

        Raises RuleError. `chunk` is clamped to 1..1000; `campaign_id`: whose rows are read, None: all.
        """
        ...

    async def rule_results(self, workspace_id: str) -> dict[str, tuple[int, int]]:
        """Rule id -> labels it gave that people (kept, changed); those without any are left out."""
        ...
