"""`campaignbase translate`: the SQLite schema from the Postgres one, by way of a real Postgres."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.session import Json, common, refuse_common
from campaignbase.errors import InputError, NotConfiguredError

if TYPE_CHECKING:
    from campaignbase.schema.translate import Translation

VERSION = 18  # the same on every machine, so that the result is
KINDS = ("text", "integer", "real", "blob")


def register(app: typer.Typer) -> None:
    app.command()(translate)


def translate(
    ctx: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 when a file is stale.")
    ] = False,
    migrations: Annotated[
        Path | None, typer.Option(help="Of any Supabase project, instead of this one's.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where schema.sql and report.md go.", show_default=False)
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TABLE.COLUMN=KIND", help=f"For a type unknown here: {', '.join(KINDS)}; repeatable."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Write the SQLite schema and a report of what became of every object.

    Starts a Postgres of its own, applies the migrations, reads the catalogue and stops it again.

    Example:  campaignbase translate --check
    Example:  campaignbase translate --migrations supabase/migrations --out sqlite
    """
    refuse_common(ctx, "campaignbase translate")
    if migrations is not None and out is None:
        raise InputError("--migrations needs --out DIR, where the result goes")
    if migrations is None and column:
        raise InputError("--column goes with --migrations: this project's columns are all known")
    columns = _columns(column or ())
    folder = _own_folder(check) if out is None else out
    made = _translated(migrations, columns)
    stale = _stale(made, folder, check)
    if common(ctx, None, None, json).json:
        _emit(made, stale, check)
    else:
        output.say(made.summary)
        for name in made.unkept:
            output.say(f"nothing keeps here: {name}")
        told = "is stale; run: campaignbase translate" if check else "written"
        for path in stale:
            output.data(f"{path} {told}")
        if not stale:
            output.say(f"{folder} is fresh")
    if check and stale:
        raise typer.Exit(1)


def _columns(given: Sequence[str]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for text in given:
        name, _, kind = text.partition("=")
        if kind not in KINDS or name.count(".") != 1:
            raise InputError(f"--column {text!r}: expected TABLE.COLUMN=KIND, KIND one of {', '.join(KINDS)}")
        columns[name] = kind
    return columns


def _own_folder(check: bool) -> Path:
    from campaignbase.schema import files
    from campaignbase.schema.translate import source

    if files.sql_folder().name != "sql" and not check:
        raise InputError("this is an installed package, whose files are not written; say --out DIR")
    return source.sqlite_folder()


def _translated(migrations: Path | None, columns: dict[str, str]) -> "Translation":
    from campaignbase.schema import apply
    from campaignbase.schema.translate import source
    from campaignbase.schema.translate.foreign import translate_migrations

    with _postgres() as url:
        output.say(f"reading {migrations or 'our own migrations'} by way of a Postgres {VERSION}")
        if migrations is not None:
            return translate_migrations(url, migrations, columns)
        apply.apply_migrations(url)
        return source.translate_project(url)


def _stale(made: "Translation", folder: Path, check: bool) -> list[Path]:
    from campaignbase.schema.translate import source

    if check:
        return source.stale(made, folder)
    try:
        return source.write(made, folder)
    except OSError as error:
        raise NotConfiguredError(
            f"cannot write to {folder} ({error.strerror}); name another --out"
        ) from error


def _emit(made: "Translation", stale: list[Path], check: bool) -> None:
    objects = [
        {"kind": entry.kind, "name": entry.name, "outcome": entry.outcome.value, "reason": entry.reason}
        for entry in made.entries
    ]
    paths = [str(path) for path in stale]
    output.emit({"fresh": not stale or not check, "changed": paths, "written": not check, "objects": objects})


@contextmanager
def _postgres() -> Iterator[str]:
    """Gone afterwards, with nothing in it but the platform."""
    from campaignbase.local import postgres

    with tempfile.TemporaryDirectory(prefix="campaignbase-translate-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # for root, Postgres runs as another user
        data = Path(folder) / "postgres"
        server = postgres.start(VERSION, data, migrations=False, say=lambda _: None)
        try:
            yield server.url
        finally:
            postgres.stop(VERSION, data)
