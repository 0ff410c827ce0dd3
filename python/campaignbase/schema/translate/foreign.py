"""Any other Supabase project: its migrations applied to a Postgres with the platform, then translated."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from campaignbase.errors import CampaignbaseError, InputError, TranslationError
from campaignbase.schema import catalogue, loader
from campaignbase.schema.connection import connect
from campaignbase.schema.translate import rules, source
from campaignbase.schema.translate.compare import compare
from campaignbase.schema.translate.project import Translation, translate
from campaignbase.schema.translate.report import Entry, Outcome

if TYPE_CHECKING:
    from campaignbase.schema.connection import Connection

_EXTENSION = re.compile(
    r"create\s+extension\s+(?:if\s+not\s+exists\s+)?\"?(?P<name>[\w-]+)\"?[^;]*;", re.IGNORECASE
)
# what projects use of extensions that the embedded Postgres does not have
_STAND_INS: Mapping[str, str] = {
    "uuid-ossp": """
create or replace function extensions.uuid_generate_v4() returns uuid language sql volatile
as 'select gen_random_uuid()';
""",
    "moddatetime": """
create or replace function extensions.moddatetime() returns trigger language plpgsql
as 'begin return new; end';
""",
    "pgcrypto": "",
}
_PARTITIONS = """
select n.nspname::text, c.relname::text, c.relispartition
from pg_catalog.pg_inherits as i
inner join pg_catalog.pg_class as c on c.oid = i.inhrelid
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p')
"""
_SCHEMAS = "select nspname::text from pg_catalog.pg_namespace where nspname !~ '^pg_' order by nspname"


def translate_migrations(
    url: str, folder: Path, columns: Mapping[str, str] | None = None, *, title: str | None = None
) -> Translation:
    """Apply a folder of migrations and translate what they make.

    Args:
        url: an empty database with the platform, as its role `postgres`; the migrations are applied to it.
        columns: `table.column` to text, integer, real or blob, for types that have no counterpart.
        title: of the files; None is the project folder's name.
    Raises:
        InputError: the folder has no .sql files.
        CampaignbaseError: Postgres refused a migration; the text begins with file and line.
        TranslationError: a column, default, check or key is unknown, or answers differently on both
            engines. Views, triggers, functions and indexes without counterpart are left out.
    """
    files = sorted(folder.glob("*.sql"))
    if not files:
        raise InputError(
            f"{folder}: no .sql files; name the folder of the migrations, like supabase/migrations"
        )
    named = title or (folder.parent.parent.name if folder.name == "migrations" else folder.name)
    with connect(url) as connection:
        connection.execute(_STAND_INS["uuid-ossp"].encode())  # a hosted project has it from the start
        known = [entry for path in files for entry in _apply(connection, path)]
        connection.commit()
        schemas = [
            str(name) for (name,) in connection.execute(_SCHEMAS.encode()) if name not in rules.PLATFORM
        ]
        found = _without_partitions(connection, catalogue.read(connection, schemas), known)
        known += _rows(connection, found)
        translation = translate(found, None, rules.foreign(named, columns), known=known)
        compare(connection, translation.database, translation.emitted)
    source.load(translation)
    return translation


def _apply(connection: "Connection", path: Path) -> list[Entry]:
    """Run one migration; entries for the extensions that are not there."""
    there = {
        str(name) for (name,) in connection.execute("select name from pg_catalog.pg_available_extensions")
    }
    skipped: list[Entry] = []

    def without(statement: re.Match[str]) -> str:
        name = statement["name"].lower()
        if name in there:
            return statement[0]
        connection.execute(_STAND_INS.get(name, "").encode() or b"select")
        given = "" if name not in _STAND_INS else "; a stand-in gave what migrations use of it most"
        skipped.append(Entry("extension", name, Outcome.LEFT_OUT, f"not in the embedded Postgres{given}"))
        return "\n" * statement[0].count("\n")

    text = _EXTENSION.sub(without, path.read_text(encoding="utf-8"))
    try:
        loader.run(connection, [loader.Script(path, 1, text)])
    except CampaignbaseError as error:
        names = ", ".join(entry.name for entry in skipped)
        raise CampaignbaseError(
            f"{error}" + (f" (without the extension {names})" if names else "")
        ) from error
    connection.commit()
    return skipped


def _without_partitions(
    connection: "Connection", found: catalogue.Catalogue, known: list[Entry]
) -> catalogue.Catalogue:
    """A partitioned table is one table here."""
    schemas = {schema.name for schema in found.schemas}
    parts = [row for row in connection.execute(_PARTITIONS.encode()).fetchall() if row[0] in schemas]
    for schema, name, is_partition in parts:
        if not is_partition:
            raise TranslationError(f"table {schema}.{name}: inherits from another, which has no counterpart")
        known.append(
            Entry("table", f"{schema}.{name}", Outcome.LEFT_OUT, "a partition: its rows are in its parent")
        )
    gone = {(schema, name) for schema, name, _ in parts}

    def stays(row: "catalogue.Column | catalogue.Constraint | catalogue.Index | catalogue.Trigger") -> bool:
        return (row.schema, row.table) not in gone

    return replace(
        found,
        tables=tuple(row for row in found.tables if (row.schema, row.name) not in gone),
        columns=tuple(filter(stays, found.columns)),
        constraints=tuple(filter(stays, found.constraints)),
        indexes=tuple(filter(stays, found.indexes)),
        triggers=tuple(filter(stays, found.triggers)),
    )


def _rows(connection: "Connection", found: catalogue.Catalogue) -> list[Entry]:
    """Rows that the migrations inserted, which a schema does not hold."""
    from psycopg import sql

    entries: list[Entry] = []
    for table in found.tables:
        name = sql.Identifier(table.schema, table.name)
        row = connection.execute(sql.SQL("select count(*) from {}").format(name)).fetchone()
        if row is not None and row[0]:
            reason = f"{row[0]} rows that the migrations insert: copy them yourself"
            entries.append(Entry("rows", f"{table.schema}.{table.name}", Outcome.LEFT_OUT, reason))
    return entries
