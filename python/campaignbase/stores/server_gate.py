"""What the golden set said of models, prompts and vocabularies, on a server."""

from campaignbase.models.learning import GateVerdict
from campaignbase.stores import learning_rows as read
from campaignbase.stores.calls import Calls, Json

MOST_VERDICTS = 500


class ServerGate(Calls):
    """`campaignbase.ports.gate.Gate`."""

    async def record_verdict(self, workspace_id: str, verdict: GateVerdict) -> None:
        told = {
            "subject": verdict.subject,
            "model": verdict.model,
            "prompt_version": verdict.prompt_version,
            "margin": verdict.margin,
            "comparison": None if verdict.comparison is None else dict(verdict.comparison),
            "passed": verdict.passed,
            "forced": verdict.forced,
        }
        await self._value("record_verdict", workspace_id=workspace_id, verdict=Json(told))

    async def gate_verdicts(self, workspace_id: str) -> list[GateVerdict]:
        where = {"workspace_id": workspace_id}
        found = await self._newest("gate_verdicts", (*read.VERDICT, "id"), where, MOST_VERDICTS)
        return [read.gate_verdict(row) for row in found]
