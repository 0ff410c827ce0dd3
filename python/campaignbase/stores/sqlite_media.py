"""Files of content as a SQLite file knows them: which asset has one, and which lie there without an asset."""

from pathlib import Path

from campaignbase.core.media import MediaPath, parse_path, type_of
from campaignbase.errors import NotFoundError
from campaignbase.models.media import MediaFile
from campaignbase.stores.folder_media import files_below, media_folder
from campaignbase.stores.sqlite_connection import Database


def link_file(db: Database, asset_id: str, path: str | None) -> None:
    with db.write():
        if not db.run("update content_assets set file_path = ? where id = ?", (path, asset_id)):
            raise NotFoundError(f"no content with id {asset_id!r}")


def media(db: Database, workspace_id: str) -> list[MediaFile]:
    folder = media_folder(db.path)
    return [
        MediaFile(path, (folder / path).stat().st_size, type_of(path))
        for path in sorted(files_below(folder, workspace_id))
    ]


def orphaned_media(db: Database, older_than_seconds: int, limit: int) -> list[str]:
    media = media_folder(db.path)
    oldest = db.clock.now().timestamp() - older_than_seconds
    found: list[str] = []
    for path in sorted(files_below(media)):
        parsed = parse_path(path)
        if len(found) == limit or parsed is None:
            break
        if _modified(media / path) <= oldest and not _has_asset(db, parsed):
            found.append(path)
    return found


def _has_asset(db: Database, path: MediaPath) -> bool:
    query = "select 1 from content_assets where workspace_id = ? and id = ?"
    return db.value(query, (path.workspace_id, path.asset_id)) is not None


def _modified(place: Path) -> float:
    """Seconds; for ever young where it was removed meanwhile."""
    try:
        return place.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
