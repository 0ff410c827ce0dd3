"""Files of content: put one to an asset, and remove those whose asset is gone."""

import asyncio
from pathlib import Path

from campaignbase.core.media import MediaPath, check_size, content_type, safe_name
from campaignbase.errors import InputError
from campaignbase.models import ContentAsset
from campaignbase.ports import MediaStore, Store

ORPHAN_SECONDS = 3600  # a client may upload before it writes the row


async def attach(
    store: Store, media: MediaStore, asset: ContentAsset, file: Path, *, overwrite: bool = False
) -> MediaPath:
    """Upload the file and make it the asset's; an earlier one of another name stays beside it.

    Raises:
        InputError: no file, another type, too large, exists already, or the caller may not.
    """
    kind = content_type(file.name)
    content = await asyncio.to_thread(_read, file)
    path = MediaPath(asset.workspace_id, asset.id, safe_name(file.name))
    await media.upload(str(path), content, kind, overwrite=overwrite)
    await store.link_file(asset.id, str(path))
    return path


async def detach(store: Store, media: MediaStore, asset: ContentAsset, name: str) -> bool:
    """Remove a file of the asset; False when there was none of that name."""
    path = str(MediaPath(asset.workspace_id, asset.id, name))
    removed = await media.remove([path])
    if asset.file_path == path:
        await store.link_file(asset.id, None)
    return removed > 0


async def remove_orphans(store: Store, media: MediaStore, older_than_seconds: int = ORPHAN_SECONDS) -> int:
    """Remove every file whose asset is gone; how many."""
    removed = 0
    while names := await store.orphaned_media(older_than_seconds):
        gone = await media.remove(names)
        removed += gone
        if not gone:  # told again and again, and never there
            break
    return removed


def _read(file: Path) -> bytes:
    try:
        check_size(file.name, file.stat().st_size)  # before all of it is in memory
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {file}: {error.strerror}") from error
