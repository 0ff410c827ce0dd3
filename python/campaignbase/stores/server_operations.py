"""What a server's store can say about the deployment it belongs to."""

from typing import Any

from campaignbase.stores.calls import Calls


class ServerOperations(Calls):
    async def deployment_status(self) -> dict[str, Any]:
        """As sql/functions/deployed_state.sql says it; tells no secret."""
        found: dict[str, Any] = await self._value("deployment_status")
        return found

    async def rows_at_once(self, wanted: int) -> int:
        """How many of so many rows a single answer has."""
        return len(await self._rows("probe_rows", row_count=wanted))
