"""What the golden set said of models, prompts and vocabularies."""

from typing import Protocol

from campaignbase.models.learning import GateVerdict


class Gate(Protocol):
    """Part of every store. Raises everywhere: UnreachableError when the database does not answer.

    `Budget.reserve_spend` goes by the newest verdict of a model with a prompt.
    """

    async def record_verdict(self, workspace_id: str, verdict: GateVerdict) -> None:
        """Of the golden set; the service's alone."""
        ...

    async def gate_verdicts(self, workspace_id: str) -> list[GateVerdict]:
        """Newest first; at most 500."""
        ...
