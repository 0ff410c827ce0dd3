"""API keys and their log on a server."""

from collections.abc import Sequence

from campaignbase.core.changes import page_size
from campaignbase.core.names import check_name
from campaignbase.models.api_keys import ApiKey, ApiKeyEvent, ApiRequest, FoundApiKey, NewApiKey
from campaignbase.models.library import Cursor, Page
from campaignbase.stores import api_key_rows as read
from campaignbase.stores.calls import Calls, Json
from campaignbase.stores.library_rows import page


class ServerApiKeys(Calls):
    """`campaignbase.ports.api_keys.ApiKeys`."""

    async def add_api_key(self, workspace_id: str, new: NewApiKey) -> ApiKey:
        check_name("key", new.name)
        return read.api_key(
            await self._value(
                "create_api_key",
                workspace_id=workspace_id,
                name=new.name,
                role=new.role,
                scopes=list(new.scopes),
                prefix=new.prefix,
                token_hash=new.token_hash,
                expires_at=None if new.expires_at is None else new.expires_at.isoformat(),
            )
        )

    async def api_keys(self, workspace_id: str) -> list[ApiKey]:
        found = await self._all("api_keys", read.KEY, {"workspace_id": workspace_id})
        return sorted(map(read.api_key, found), key=lambda key: (key.created_at, key.id))

    async def revoke_api_key(self, key_id: str) -> ApiKey:
        return read.api_key(await self._value("revoke_api_key", key_id=key_id))

    async def find_api_key(self, token_hash: str) -> FoundApiKey | None:
        found = await self._value("find_api_key", token_hash=token_hash)
        return None if found is None else read.found_api_key(found)

    async def log_api_requests(self, requests: Sequence[ApiRequest]) -> int:
        if not requests:
            return 0
        told = Json([read.request_values(one) for one in requests])
        return int(await self._value("log_api_requests", requests=told))

    async def api_key_log(
        self, workspace_id: str, *, key_id: str | None = None, after: Cursor | None = None, limit: int = 50
    ) -> Page[ApiKeyEvent]:
        size = page_size(limit)
        where = {"workspace_id": workspace_id, **({} if key_id is None else {"key_id": key_id})}
        last = None if after is None else {"created_at": after.created_at.isoformat(), "id": after.id}
        found = await self._newest("api_key_log", read.EVENT, where, size + 1, after=last)
        return page(found, size, read.event)
