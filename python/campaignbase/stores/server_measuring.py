"""How right machines are, on a server."""

from datetime import date

from campaignbase.models.measuring import Measured
from campaignbase.stores import measuring_rows as read
from campaignbase.stores.calls import Calls


class ServerMeasuring(Calls):
    """`campaignbase.ports.measuring.Measuring`."""

    async def measured_labels(self, workspace_id: str, since: date) -> Measured:
        found = await self._value("measured_labels", workspace_id=workspace_id, since=since.isoformat())
        return read.measured(**found)

    async def sample_audit(self, workspace_id: str, sample_size: int = 20) -> int:
        read.check_sample(sample_size)
        return int(await self._value("sample_audit", workspace_id=workspace_id, sample_size=sample_size))
