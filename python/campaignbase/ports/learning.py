"""What is learned from people: what they filed and corrected, the heads fitted on it, the golden set."""

from collections.abc import Sequence
from typing import Protocol

from campaignbase.models import Vector
from campaignbase.models.learning import (
    Confirmed,
    Golden,
    HeadVersion,
    Judgement,
    LearningState,
    Prediction,
    ReviewRow,
    TrainedHead,
)


class Learning(Protocol):
    """Part of every store. Raises everywhere: UnreachableError when the database does not answer."""

    async def corrections(self, workspace_id: str, limit: int = 100) -> list[Judgement]:
        """What people said of machine answers, newest first."""
        ...

    async def learning_state(self, workspace_id: str) -> LearningState: ...

    async def confirmed(self, workspace_id: str) -> Confirmed:
        """By id; without golden rows, and without those that have the text of one."""
        ...

    async def label_vectors(self, workspace_id: str, embedding_model: str) -> dict[str, Vector]:
        """Category id -> vector, of those that have one by this model."""
        ...

    async def save_head(self, workspace_id: str, head: TrainedHead, *, activate: bool = True) -> int:
        """Its version; `activate`: it decides from now on. Vectors of versions before the last ten go."""
        ...

    async def heads(self, workspace_id: str) -> list[HeadVersion]:
        """Newest first; at most 500."""
        ...

    async def activate_head(self, workspace_id: str, version: int | None) -> None:
        """None: no head decides. Raises NotFoundError; InputError for one whose vectors are gone."""
        ...

    async def head_predictions(
        self, workspace_id: str, version: int, target_ids: Sequence[str]
    ) -> list[Prediction]:
        """By id; rows without a vector of the head's model have none."""
        ...

    async def golden(self, workspace_id: str) -> list[Golden]:
        """By id; those whose category is a person's. Raises InputError when two contradict each other."""
        ...

    async def set_golden(self, target_ids: Sequence[str], golden: bool) -> int:
        """How many were changed. Raises InputError for one without a person's category, and for one whose
        text is golden already under another."""
        ...

    async def review_rows(self, workspace_id: str, limit: int = 400) -> list[ReviewRow]:
        """What nobody was sure about, what waits longest first; `limit` is clamped to 1..1000."""
        ...
