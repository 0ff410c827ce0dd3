"""Copies the files of content from one database's place to another's, after its rows."""

from collections.abc import Callable
from dataclasses import dataclass

from campaignbase.core.media import content_type
from campaignbase.errors import CampaignbaseError, InputError, NotFoundError
from campaignbase.moving.shape import tables
from campaignbase.moving.sides import Side
from campaignbase.ports import MediaStore

_PROJECT = "set SUPABASE_URL and SUPABASE_SECRET_KEY to the project of"


@dataclass(frozen=True)
class FilesReport:
    files: int  # in the source
    present: int  # in the target before
    bytes: int  # that were copied, or would be


async def copy_files(
    source: Side,
    target: Side,
    read: MediaStore,
    write: MediaStore,
    *,
    dry_run: bool = False,
    on_file: Callable[[int, int], None] = lambda _done, _all: None,
) -> FilesReport:
    """Run again after an interruption it goes on: what has the same path and size is there.

    Args:
        read, write: where the files of source and target lie; the sides say which there are.
        on_file: told after each: how many are there, of how many.
    Raises:
        InputError: the target has another file of that path, or keeps no files of that type.
        CampaignbaseError: what was written is not what the target lists.
    """
    home = tables()[0]
    workspaces = [row[home.place("id")] for row in source.rows(home)]
    wanted = {path: size for one in workspaces for path, size in source.files(one).items()}
    kept = {path: size for one in workspaces for path, size in target.files(one).items()}
    there = {path: size for path, size in kept.items() if path in wanted}
    for path, size in there.items():
        if size != wanted[path]:
            raise InputError(
                f"{write.target} has another {path}, of {size:,} bytes instead of {wanted[path]:,};"
                " remove it there and copy again"
            )
    new = [path for path in wanted if path not in there]
    if not dry_run:
        for done, path in enumerate(new, 1):
            await write.upload(path, await _read(source, read, path), content_type(path))
            if done == 1 and path not in target.files(path.partition("/")[0]):
                await write.remove([path])
                raise InputError(
                    f"{write.target} is not the place of {target.target}'s files; {_PROJECT} --to"
                )
            on_file(len(there) + done, len(wanted))
        listed = {path: size for one in workspaces for path, size in target.files(one).items()}
        if lacking := [path for path, size in wanted.items() if listed.get(path) != size]:
            many = f"{len(lacking):,} of {len(wanted):,} files"
            raise CampaignbaseError(f"{many} are not there as sent, the first is {lacking[0]}; copy again")
    return FilesReport(len(wanted), len(there), sum(wanted[path] for path in new))


async def _read(source: Side, read: MediaStore, path: str) -> bytes:
    try:
        return await read.download(path)
    except NotFoundError as error:
        raise InputError(f"{source.target} lists {path}, and {error}; {_PROJECT} --from") from error
