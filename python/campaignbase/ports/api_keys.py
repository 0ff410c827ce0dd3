"""API keys: made, looked up, revoked, and what was done with them."""

from collections.abc import Sequence
from typing import Protocol

from campaignbase.models.api_keys import ApiKey, ApiKeyEvent, ApiRequest, FoundApiKey, NewApiKey
from campaignbase.models.library import Cursor, Page


class ApiKeys(Protocol):
    """Part of every store."""

    async def add_api_key(self, workspace_id: str, new: NewApiKey) -> ApiKey:
        """Raises InputError for what cannot be stored, and for one more than a workspace may have."""
        ...

    async def api_keys(self, workspace_id: str) -> list[ApiKey]:
        """Oldest first, revoked and expired ones too."""
        ...

    async def revoke_api_key(self, key_id: str) -> ApiKey:
        """For good; twice is as good as once. Raises NotFoundError."""
        ...

    async def find_api_key(self, token_hash: str) -> FoundApiKey | None:
        """For the service alone."""
        ...

    async def log_api_requests(self, requests: Sequence[ApiRequest]) -> int:
        """How many were written: those that were told before, or of keys that are gone, are not.

        For the service alone.
        """
        ...

    async def api_key_log(
        self, workspace_id: str, *, key_id: str | None = None, after: Cursor | None = None, limit: int = 50
    ) -> Page[ApiKeyEvent]:
        """Newest first."""
        ...
