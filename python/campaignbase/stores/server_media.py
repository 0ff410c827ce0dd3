"""Files of content as a server knows them: which asset has one, and which lie there without an asset."""

from campaignbase.errors import NotFoundError
from campaignbase.models.media import MediaFile
from campaignbase.stores.calls import Calls, Row

PAGE = 1000  # files that sql/rpc/workspace_media.sql gives at once


class ServerMedia(Calls):
    async def link_file(self, asset_id: str, path: str | None) -> None:
        if not await self._update("content_assets", {"id": asset_id}, {"file_path": path}):
            raise NotFoundError(f"no content with id {asset_id!r}")

    async def media(self, workspace_id: str) -> list[MediaFile]:
        found: list[MediaFile] = []
        while True:
            after = found[-1].path if found else None
            page = await self._rows("workspace_media", workspace_id=workspace_id, after=after)
            found += [
                MediaFile(
                    str(row["name"]), None if row["size"] is None else int(row["size"]), row["content_type"]
                )
                for row in page
            ]
            if len(page) < PAGE:
                return found

    async def orphaned_media(self, older_than_seconds: int = 3600, limit: int = 1000) -> list[str]:
        found = await self._rows("orphaned_media", older_than_seconds=older_than_seconds, match_count=limit)
        return [str(row["name"]) for row in found]


def _file(row: Row) -> MediaFile:
    size = row["size"]
    return MediaFile(str(row["name"]), None if size is None else int(size), row["content_type"])
