"""What people said of content and of what rules did, on a server."""

from collections.abc import Mapping
from typing import Any

from campaignbase.core.rule_schema import validate_conditions
from campaignbase.models.rule_trials import JudgedChunk, JudgedRow
from campaignbase.stores.calls import Calls, Json


class ServerRuleTrials(Calls):
    """`campaignbase.ports.rule_trials.RuleTrials`."""

    async def judged_content(
        self,
        workspace_id: str,
        conditions: Mapping[str, Any] | None = None,
        after: str | None = None,
        chunk: int = 500,
        campaign_id: str | None = None,
    ) -> JudgedChunk:
        if conditions is not None:
            validate_conditions(conditions)
        told = await self._value(
            "judged_content",
            workspace_id=workspace_id,
            conditions=None if conditions is None else Json(dict(conditions)),
            after=after,
            chunk=chunk,
            campaign_id=campaign_id,
        )
        return JudgedChunk(
            int(told["read"]), told["after"], tuple(_judged(dict(row)) for row in told["rows"])
        )

    async def rule_results(self, workspace_id: str) -> dict[str, tuple[int, int]]:
        found = await self._rows("rule_results", workspace_id=workspace_id)
        return {str(row["rule_id"]): (int(row["kept_count"]), int(row["changed_count"])) for row in found}


def _judged(row: dict[str, Any]) -> JudgedRow:
    tags = {name: tuple(row[name]) for name in ("given_tags", "refused_tags")}
    return JudgedRow(**row | tags)
