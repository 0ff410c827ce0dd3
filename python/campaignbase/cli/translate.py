"""`campaignbase translate`: the SQLite schema from the Postgres one, by way of a real Postgres."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.session import Json, common, refuse_common
from campaignbase.errors import InputError, NotConfiguredError

if TYPE_CHECKING:
    from campaignbase.schema.connection import Connection
    from campaignbase.schema.translate import Translation

VERSION = 18  # the same on every machine, so that the result is
SCHEMA = "schema.sql"
REPORT = "report.md"


def register(app: typer.Typer) -> None:
    app.command()(translate)


def translate(
    ctx: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 when the files are stale.")
    ] = False,
    migrations: Annotated[
        Path | None, typer.Option(help="Of any Supabase project, instead of this one's.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where schema.sql and report.md go.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Write the SQLite schema and a report of what became of every object.

    Starts a Postgres of its own, applies the migrations, reads the catalogue and stops it again.

    Example:  campaignbase translate --check
    Example:  campaignbase translate --migrations supabase/migrations --out sqlite
    """
    refuse_common(ctx, "campaignbase translate")
    as_json = common(ctx, None, None, json).json
    if migrations is not None and out is None:
        raise InputError("--migrations needs --out DIR, where the result goes")
    if migrations is not None and not any(migrations.glob("*.sql")):
        raise InputError(f"--migrations {migrations}: no .sql file there")
    folder = _own_folder(check) if out is None else out
    made = _translated(migrations)
    texts = {folder / SCHEMA: made.schema_sql, folder / REPORT: made.report_md}
    stale = [path for path, text in texts.items() if not path.is_file() or path.read_text("utf-8") != text]
    if not check:
        _write(texts)
    if as_json:
        outcomes = [
            {"kind": entry.kind, "name": entry.name, "outcome": entry.outcome.value, "reason": entry.reason}
            for entry in made.entries
        ]
        output.emit(
            {
                "fresh": not stale,
                "stale": [str(path) for path in stale],
                "written": not check,
                "objects": outcomes,
            }
        )
    else:
        output.say(made.summary)
        for path in texts:
            if check:
                state = "is stale; run: campaignbase translate" if path in stale else "is fresh"
            else:
                state = "written" if path in stale else "unchanged"
            output.data(f"{path} {state}")
    if check and stale:
        raise typer.Exit(1)


def _own_folder(check: bool) -> Path:
    from campaignbase.schema import files

    folder = files.sql_folder()
    if folder.name != "sql" and not check:
        raise InputError("this is an installed package, whose files are not written; say --out DIR")
    return folder / "sqlite"


def _translated(migrations: Path | None) -> "Translation":
    from campaignbase.schema import apply, catalogue, files
    from campaignbase.schema import translate as translator
    from campaignbase.schema.connection import connect

    with _postgres() as url:
        output.say(f"reading {migrations or 'our own migrations'} by way of a Postgres {VERSION}")
        apply.apply_migrations(url, migrations)
        with connect(url) as connection:
            if migrations is None:
                found = catalogue.read(connection)
            else:
                found = catalogue.read(connection, _own_schemas(connection))
    if migrations is None:
        return translator.translate(found, translator.read_twins(files.sql_folder() / "sqlite" / "twins"))
    rules = translator.foreign(migrations.resolve().parent.name)
    return translator.translate(found, rules=rules, strict=False)


def _own_schemas(connection: "Connection") -> list[str]:
    """Of a project we know nothing of: all but those of Postgres and of the platform."""
    from campaignbase.schema.translate.rules import PLATFORM

    rows = connection.execute("select nspname from pg_namespace order by nspname").fetchall()
    names = [str(name) for (name,) in rows]
    return [name for name in names if name not in PLATFORM and not name.startswith("pg_")]


def _write(texts: dict[Path, str]) -> None:
    for path, text in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise NotConfiguredError(f"cannot write {path} ({error.strerror}); name another --out") from error


@contextmanager
def _postgres() -> Iterator[str]:
    from campaignbase.local import postgres

    with tempfile.TemporaryDirectory(prefix="campaignbase-translate-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # for root, Postgres runs as another user
        data = Path(folder) / "postgres"
        server = postgres.start(VERSION, data, migrations=False, say=lambda _: None)
        try:
            yield server.url
        finally:
            postgres.stop(VERSION, data)
