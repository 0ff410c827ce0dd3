"""`campaignbase media`: the files of content."""

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from campaignbase.cli import output
from campaignbase.cli.session import (
    Database,
    Json,
    Session,
    Workspace,
    Yes,
    ask,
    common,
    refuse_common,
    session,
)
from campaignbase.core.media import file_of
from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import ContentAsset
from campaignbase.pipeline.media import ORPHAN_SECONDS, attach, detach, remove_orphans
from campaignbase.ports import MediaStore, Store

LONGEST_SECONDS = 7 * 24 * 3600

app = typer.Typer(no_args_is_help=True)

Asset = Annotated[str, typer.Argument(help="Its id; the first 4 characters will do.", show_default=False)]
Answer = TypeVar("Answer")


@app.callback()
def media(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """Pictures, videos, sound and pdf of your content, at most 50 MB each.

    Beside a SQLite file they lie in FILE.media; on Supabase in the private bucket media.

    Example:  campaignbase media upload 3f2a poster.png
    """
    ctx.obj = common(ctx, database, workspace, json)


@app.command()
def upload(
    ctx: typer.Context,
    asset: Asset,
    file: Annotated[Path, typer.Argument(show_default=False)],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file of that name.")] = False,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Add a file to a piece of content and make it the one it shows.

    Example:  campaignbase media upload 3f2a poster.png
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, files: MediaStore, found: ContentAsset) -> str:
        path = str(await attach(store, files, found, file, overwrite=overwrite))
        if found.file_path not in (None, path):
            output.say(f"the file before stays: {found.file_path}")
        return path

    path = _on(run, asset, act)
    if run.json:
        output.emit({"path": path})
    else:
        output.data(path)


@app.command()
def url(
    ctx: typer.Context,
    asset: Asset,
    expires: Annotated[
        int, typer.Option(min=1, max=LONGEST_SECONDS, help="Seconds until it opens nothing any more.")
    ] = 3600,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Print an address that opens the file without a key, until it expires.

    Example:  campaignbase media url 3f2a --expires 600
    """
    run = session(ctx, database, workspace, json)

    async def act(_store: Store, files: MediaStore, found: ContentAsset) -> str:
        if found.file_path is None:
            raise NotFoundError(
                f"{found.id} has no file; add one: campaignbase media upload {found.id[:8]} FILE"
            )
        if (
            file_of(found.workspace_id, found.id, found.file_path) is None
        ):  # a secret key would open anybody's
            raise InputError(
                f"{found.id} shows {found.file_path!r}, which is no file of its own;"
                f" replace it: campaignbase media upload {found.id[:8]} FILE"
            )
        return await files.signed_url(found.file_path, expires)

    address = _on(run, asset, act)
    if run.json:
        output.emit({"url": address, "expires_seconds": None if run.embedded else expires})
        return
    if run.embedded:
        output.say("a file on this machine; the address does not expire")
    output.data(address)


@app.command("list")
def list_(
    ctx: typer.Context,
    asset: Asset,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """List the files of a piece of content; the one it shows is marked.

    Example:  campaignbase media list 3f2a
    """
    run = session(ctx, database, workspace, json)

    async def act(_store: Store, files: MediaStore, found: ContentAsset) -> list[tuple[str, str, bool]]:
        paths = await files.paths(f"{found.workspace_id}/{found.id}")
        return [(path.rpartition("/")[2], path, path == found.file_path) for path in paths]

    listed = _on(run, asset, act)
    if run.json:
        output.emit({"files": [{"name": name, "path": path, "shown": shown} for name, path, shown in listed]})
    else:
        rows = [(name, "shown" if shown else "", path) for name, path, shown in listed]
        output.table(("name", "", "path"), rows, fill="path")


@app.command()
def remove(
    ctx: typer.Context,
    asset: Asset,
    name: Annotated[str, typer.Argument(help="As `media list` shows it.", show_default=False)],
    yes: Yes = False,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Remove a file of a piece of content, for good.

    Example:  campaignbase media remove 3f2a poster.png --yes
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, files: MediaStore, found: ContentAsset) -> bool:
        ask(f"Remove {name} of {found.id}?", yes)
        if not await detach(store, files, found, name):
            raise NotFoundError(
                f"{found.id} has no file {name!r}; see: campaignbase media list {found.id[:8]}"
            )
        return True

    removed = _on(run, asset, act)
    if run.json:
        output.emit({"removed": removed})
    else:
        output.say(f"removed {name}")


@app.command()
def clean(
    ctx: typer.Context,
    older_than: Annotated[
        int, typer.Option(min=0, help="Seconds; a program may upload before it adds the row.")
    ] = ORPHAN_SECONDS,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list them.")] = False,
    database: Database = None,
    json: Json = False,
) -> None:
    """Remove the files whose content was deleted; a worker does so every ten minutes.

    Example:  campaignbase media clean --dry-run
    """
    refuse_common(ctx, "campaignbase media clean", ["--workspace"])
    run = session(ctx, database, None, json)

    async def act(store: Store) -> tuple[list[str], int]:
        from campaignbase import wiring

        if dry_run:
            return await store.orphaned_media(older_than), 0
        async with aclosing(wiring.open_media(run.target, run.settings)) as files:
            return [], await remove_orphans(store, files, older_than)

    found, removed = run.run(act)
    if run.json:
        output.emit({"would_remove": found} if dry_run else {"removed": removed})
    elif dry_run:
        output.say(f"{output.plural(len(found), 'file')} without content")
        for path in found:
            output.data(path)
    else:
        output.say(f"removed {output.plural(removed, 'file')} without content")


def _on(
    run: Session, asset: str, action: Callable[[Store, MediaStore, ContentAsset], Awaitable[Answer]]
) -> Answer:
    async def act(store: Store) -> Answer:
        from campaignbase import wiring

        found = (await run.explain(store, asset)).asset
        if found is None:
            raise InputError(f"{asset} is a campaign; only content has files")
        async with aclosing(wiring.open_media(run.target, run.settings)) as files:
            output.say(f"files: {files.target}")
            return await action(store, files, found)

    return run.run(act)
