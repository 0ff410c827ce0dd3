"""`campaignbase export`: everything of a workspace as files."""

import asyncio
import hashlib
import json as encoding
from contextlib import aclosing, closing
from dataclasses import asdict
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from campaignbase import __version__
from campaignbase.cli import output
from campaignbase.cli.session import Database, Json, Session, Workspace, session
from campaignbase.core.media import BUCKET
from campaignbase.errors import NotFoundError
from campaignbase.models import Workspace as WorkspaceRow
from campaignbase.models.media import MediaFile
from campaignbase.moving.folder import check_new, new_folder
from campaignbase.ports import Store

if TYPE_CHECKING:
    from campaignbase.moving.sides import Source

FORMAT = 1  # of the folder; a change that a reader must know of raises it


def register(app: typer.Typer) -> None:
    app.command()(export)


def export(
    ctx: typer.Context,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="A folder that is made; an empty one will do.")
    ],
    with_media: Annotated[bool, typer.Option("--with-media", help="Also the files of content.")] = False,
    vectors: Annotated[
        bool, typer.Option("--vectors", help="Also embeddings and the trained head: 30 kB a row.")
    ] = False,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Write everything of a workspace into a folder: a jsonl a table, a list of its files, a manifest.

    Without secrets, the queue and, unless asked for, vectors. The folder appears when it is complete.

    Example:  campaignbase export --workspace "Fernway" --out fernway
    """
    from campaignbase.moving.export import left_out, write_lines, write_tables
    from campaignbase.schema import apply

    run = session(ctx, database, workspace, json)
    check_new(out)

    def tell(table: str, rows: int) -> None:
        if rows and not run.json:
            output.say(f"  {table}: {rows:,}")

    async def act(store: Store) -> dict[str, Any]:
        found = _named(await store.workspaces(), run.workspace_name)
        started = datetime.now(UTC)
        with new_folder(out) as folder, closing(await asyncio.to_thread(_source, run)) as source:
            written = write_tables(source, found.id, folder, vectors=vectors, on_table=tell)
            listed = await store.media(found.id)
            lines = await _media(run, listed, folder if with_media else None)
            manifest: dict[str, Any] = {
                "format": FORMAT,
                "campaignbase": __version__,
                "schema": max(migration.version for migration in apply.migrations()),
                "workspace": {"id": found.id, "name": found.name},
                "exported_at": started.isoformat(timespec="seconds"),
                "tables": [asdict(one) for one in written],
                "left_out": left_out(vectors),
                "media": {
                    "file": "media.jsonl",
                    "rows": len(lines),
                    "sha256": write_lines(folder / "media.jsonl", lines),
                    "bytes": sum(one.size or 0 for one in listed),
                    "included": with_media,
                    "fetch": "below media/" if with_media else _fetch(run),
                },
            }
            text = encoding.dumps(manifest, ensure_ascii=False, indent=2)
            (folder / "manifest.json").write_text(f"{text}\n", encoding="utf-8")
        return manifest

    manifest = run.run(act)
    if run.json:
        output.emit({"folder": str(out), **manifest})
        return
    rows = sum(one["rows"] for one in manifest["tables"])
    files = output.plural(manifest["media"]["rows"], "file")
    copied = "with" if with_media else "list of"
    output.say(f"{manifest['workspace']['name']}: {output.plural(rows, 'row')}, {copied} {files}")
    output.data(str(out))


def _named(known: list[WorkspaceRow], name: str) -> WorkspaceRow:
    found = [one for one in known if name in (one.name, one.id)]
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(one.id for one in found)
        raise NotFoundError(f"several workspaces are named {name!r}: {listed}; give the id")
    near = get_close_matches(name, [one.name for one in known], 1)
    there = ", ".join(repr(one.name) for one in known) or "none"
    raise NotFoundError(
        f"no workspace {name!r}; {f'did you mean {near[0]!r}?' if near else f'there is: {there}'}"
    )


def _source(run: Session) -> "Source":
    target = run.target
    if target.kind == "sqlite":
        from campaignbase.moving.sqlite_side import SqliteSide

        return SqliteSide(target.location)
    # the store was opened before: what these need is installed
    if target.kind == "supabase" and target.key is not None:
        from campaignbase.moving.rest_side import RestSide

        return RestSide(target.location, target.key.get_secret_value())
    from campaignbase.moving.postgres_side import PostgresSide

    return PostgresSide(target.location)


async def _media(run: Session, listed: list[MediaFile], folder: Path | None) -> list[dict[str, Any]]:
    """A line a file; into `folder` they are fetched, one after the other."""
    from campaignbase import wiring

    lines: list[dict[str, Any]] = [asdict(one) for one in listed]
    if folder is None or not listed:
        return lines
    async with aclosing(wiring.open_media(run.target, run.settings)) as files:
        with output.progress("files", len(lines)) as bar:
            for done, line in enumerate(lines, 1):
                place = folder / "media" / line["path"]
                if place.name == "..":  # a key of a bucket may end so, a file's name may not
                    continue
                content = await files.download(line["path"])
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
                line |= {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                bar(done)
    return lines


def _fetch(run: Session) -> str:
    if run.embedded:
        return f"{Path(f'{run.target.location}.media').absolute()}/<path>"
    url = run.target.location if run.target.key else run.settings.supabase_url
    return (
        f"GET {(url or 'https://<ref>.supabase.co').rstrip('/')}/storage/v1/object/authenticated/{BUCKET}/<path>"
        " with a secret key in the header apikey"
    )
