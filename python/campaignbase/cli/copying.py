"""`campaignbase db copy`: everything from one database into another."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack, aclosing, closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.session import Common, Json
from campaignbase.errors import InputError, NotConfiguredError
from campaignbase.settings import Target, parse_target

if TYPE_CHECKING:
    from campaignbase.moving.copy import CopyReport
    from campaignbase.moving.files import FilesReport
    from campaignbase.moving.sides import Side
    from campaignbase.ports import MediaStore


def register(app: typer.Typer) -> None:
    app.command()(copy)


def copy(
    ctx: typer.Context,
    source: Annotated[str, typer.Option("--from", metavar="PATH|URL", help="Where the rows are.")],
    target: Annotated[str, typer.Option("--to", metavar="PATH|URL", help="Where they go; a file is made.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only look what there is to do.")] = False,
    without_members: Annotated[
        bool, typer.Option("--without-members", help="Leave out who belongs to a workspace.")
    ] = False,
    with_media: Annotated[
        bool, typer.Option("--with-media", help="Also the files of content; of a project by SUPABASE_URL.")
    ] = False,
    json: Json = False,
) -> None:
    """Copy every workspace into another database: a SQLite file to Postgres, back, or between servers.

    Ids, history and times stay as they are; jobs wait again. Stop the workers of both first. Interrupted,
    the same command goes on where it was. Name a Supabase project by its database's postgresql:// URL.

    Example:  campaignbase db copy --from campaignbase.db --to postgresql://postgres@db.example.com/postgres
    """
    from campaignbase.moving import copy as moving

    given: Common = ctx.obj or Common()
    as_json = given.json or json
    pair = _parsed(source, "--from"), _parsed(target, "--to")
    if pair[0] == pair[1]:
        raise InputError(f"--from and --to are the same database, {pair[0].label}")
    with ExitStack() as stack:
        mine = stack.enter_context(closing(_side(pair[0], creates=False)))
        theirs = stack.enter_context(closing(_side(pair[1], creates=True, dry_run=dry_run)))
        output.say(f"from: {mine.target}\nto: {theirs.target}")
        places = _places(pair) if with_media else None
        report = moving.copy(
            mine, theirs, dry_run=dry_run, members=not without_members, on_rows=_progress(as_json)
        )
        files = None if places is None else asyncio.run(_files(mine, theirs, places, dry_run, as_json))
    if as_json:
        output.emit({**asdict(report), "files": None if files is None else asdict(files)})
    else:
        _tell(report, files)


def _parsed(value: str, option: str) -> Target:
    if value.startswith(("http://", "https://")):
        raise InputError(
            f"{option}: name a Supabase project by its database's postgresql:// URL"
            " (dashboard, Connect, session pooler)"
        )
    return parse_target(value, option)


def _side(target: Target, *, creates: bool, dry_run: bool = False) -> "Side":
    if target.kind == "sqlite":
        from campaignbase.moving.sqlite_side import SqliteSide

        missing = dry_run and not target.path.exists()
        return SqliteSide(":memory:" if missing else target.location, creates=creates)
    try:
        from campaignbase.moving.postgres_side import PostgresSide
    except ImportError as error:
        raise NotConfiguredError(
            f"a postgresql:// database needs psycopg ({error.name} is missing);"
            " run: pip install 'campaignbase[supabase]'"
        ) from None
    return PostgresSide(target.location)


def _places(pair: tuple[Target, Target]) -> tuple["MediaStore", "MediaStore"]:
    from campaignbase import settings, wiring

    if all(one.kind == "postgres" for one in pair):
        raise InputError(
            "--with-media: SUPABASE_URL names one project, and these are two; copy to a SQLite file first,"
            " then with the other project's SUPABASE_URL from there"
        )
    loaded = settings.load()
    return wiring.open_media(pair[0], loaded), wiring.open_media(pair[1], loaded)


async def _files(
    mine: "Side", theirs: "Side", places: tuple["MediaStore", "MediaStore"], dry_run: bool, quiet: bool
) -> "FilesReport":
    from campaignbase.moving.files import copy_files

    def tell(done: int, wanted: int) -> None:
        if not quiet and (done % 100 == 0 or done == wanted):
            output.say(f"  files: {done:,} of {wanted:,}")

    async with aclosing(places[0]) as read, aclosing(places[1]) as write:
        output.say(f"files from: {read.target}\nfiles to: {write.target}")
        return await copy_files(mine, theirs, read, write, dry_run=dry_run, on_file=tell)


def _progress(quiet: bool) -> Callable[[str, int], None]:
    def tell(table: str, rows: int) -> None:
        if rows and not quiet:
            output.say(f"  {table}: {rows:,}")

    return tell


def _tell(report: "CopyReport", files: "FilesReport | None") -> None:
    moved = [one for one in report.tables if one.rows]
    if report.dry_run:
        rows = [(one.table, f"{one.rows - one.present:,}", f"{one.present:,}") for one in moved]
        output.table(("table", "to copy", "there already"), rows, fill="table")
    else:
        told = [(one.table, f"{one.rows:,}", one.source_hash[:12], one.target_hash[:12]) for one in moved]
        output.table(("table", "rows", "hash here", "hash there"), told, fill="table")
    if report.replaced:
        verb = "would make" if report.dry_run else "made"
        output.say(f"the empty workspace 'default' there {verb} way for the one from here")
    if report.leased:
        held = output.plural(report.leased, "job")
        output.say(f"{held} of the source had a worker; stop it, what it still writes is not copied")
    verb = "would wait" if report.dry_run else "wait"
    waiting = f"{output.plural(report.jobs, 'job')} {verb} for a worker"
    if files is None:
        output.say(f"{waiting}; files are not copied")
        return
    new = output.plural(files.files - files.present, "file")
    copied = "would be copied" if report.dry_run else "copied"
    output.say(f"{waiting}; {new} {copied}, {files.bytes / 1e6:.1f} MB, {files.present:,} there already")
