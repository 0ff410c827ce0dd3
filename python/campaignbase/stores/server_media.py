"""Files of content as a server knows them: which asset has one, and which lie there without an asset."""

from campaignbase.errors import NotFoundError
from campaignbase.stores.calls import Calls


class ServerMedia(Calls):
    async def link_file(self, asset_id: str, path: str | None) -> None:
        if not await self._update("content_assets", {"id": asset_id}, {"file_path": path}):
            raise NotFoundError(f"no content with id {asset_id!r}")

    async def orphaned_media(self, older_than_seconds: int = 3600, limit: int = 1000) -> list[str]:
        found = await self._rows("orphaned_media", older_than_seconds=older_than_seconds, match_count=limit)
        return [str(row["name"]) for row in found]
