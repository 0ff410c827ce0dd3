"""Any other Supabase project: its migrations applied to a Postgres with the platform, then translated."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from campaignbase.errors import InputError, TranslationError
from campaignbase.schema import catalogue
from campaignbase.schema.connection import connect
from campaignbase.schema.translate import rules, source
from campaignbase.schema.translate.compare import DiffersError, compare
from campaignbase.schema.translate.database import Database
from campaignbase.schema.translate.migrations import Migrations
from campaignbase.schema.translate.project import Translation, translate
from campaignbase.schema.translate.report import Entry, Outcome

if TYPE_CHECKING:
    from campaignbase.schema.connection import Connection

_PARTITIONS = """
select n.nspname::text, c.relname::text, c.relispartition
from pg_catalog.pg_inherits as i
inner join pg_catalog.pg_class as c on c.oid = i.inhrelid
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p')
"""
# tables, views and indexes whose name is another's too, for which SQLite has one namespace and no capitals;
# tables are first, and public ones
_NAMESAKES = """
select * from (
    select
        n.nspname::text,
        c.relname::text,
        case c.relkind when 'i' then 'index' when 'I' then 'index' when 'v' then 'view' when 'm' then 'view'
            else 'table' end,
        first_value(n.nspname || '.' || c.relname) over same as first,
        row_number() over same as place
    from pg_catalog.pg_class as c
    inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where
        c.relkind in ('r', 'p', 'v', 'm', 'i', 'I')
        and not c.relispartition
        and n.nspname::text = any(%s)
        and not exists (select from pg_catalog.pg_constraint as k where k.conindid = c.oid)
    window same as (
        partition by lower(c.relname)
        order by
            c.relkind in ('i', 'I'),
            n.nspname <> 'public',
            c.relname <> lower(c.relname),
            n.nspname,
            c.relname
    )
) as named
where place > 1
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
        InputError: the folder has no .sql files, or Postgres refused a statement; the text begins with file
            and line.
        TranslationError: columns of unknown types, or a key without counterpart. What else has none, or
            answers differently on both engines, is left out with the reason.
    """
    files = sorted(folder.glob("*.sql"))
    if not files:
        raise InputError(
            f"{folder}: no .sql files; name the folder of the migrations, like supabase/migrations"
        )
    named = title or (folder.resolve().parent.parent.name if folder.name == "migrations" else folder.name)
    with connect(url) as connection:
        migrations = Migrations(connection)
        migrations.prepare()
        for path in files:
            migrations.apply(path)
        schemas = [
            str(name) for (name,) in connection.execute(_SCHEMAS.encode()) if name not in rules.PLATFORM
        ]
        known = migrations.entries + _renamed(connection, schemas)
        found = _without_partitions(connection, catalogue.read(connection, schemas), known)
        known += _rows(connection, found)
        connection.commit()
        translation = _compared(connection, found, rules.foreign(named, columns), known)
    source.load(translation)
    return translation


def _compared(
    connection: "Connection", found: catalogue.Catalogue, project: rules.Rules, known: list[Entry]
) -> Translation:
    """Translated, without what the engines answer differently."""
    while True:
        _refuse_unknown_types(found, project)
        translation = translate(found, None, project, known=known)
        try:
            compare(connection, translation.database, translation.emitted)
        except DiffersError as error:
            if error.where in project.refused:
                raise
            project = replace(project, refused={**project.refused, error.where: str(error)})
        else:
            return translation


def _renamed(connection: "Connection", schemas: list[str]) -> list[Entry]:
    """Give every table, view and index a name of its own, in this database."""
    from psycopg import sql

    entries: list[Entry] = []
    for schema, name, kind, first, _ in connection.execute(_NAMESAKES.encode(), [schemas]).fetchall():
        new = f"{schema}_{name}"
        connection.execute(
            sql.SQL("alter {} {} rename to {}").format(
                sql.SQL("index" if kind == "index" else "table"),
                sql.Identifier(str(schema), str(name)),
                sql.Identifier(new),
            )
        )
        reason = f"named {new}: {first} has the name too, and SQLite has one namespace without capitals"
        entries.append(Entry(str(kind), f"{schema}.{name}", Outcome.REWRITTEN, reason))
    return entries


def _refuse_unknown_types(found: catalogue.Catalogue, project: rules.Rules) -> None:
    """All columns of unknown types at once, so that one more try suffices.

    Raises:
        TranslationError: there are some.
    """
    database = Database(found, project)
    errors: list[str] = []
    options: list[str] = []
    for table in database.tables:
        for column in database.columns(table):
            try:
                database.storage(column)
            except TranslationError as error:
                errors.append(str(error))
                options.append(f"{column.table}.{column.name} ({column.type})")
    if len(errors) == 1:
        raise TranslationError(errors[0])
    if errors:
        raise TranslationError(
            f"{len(errors)} columns have unknown types: {', '.join(options)}; change the types, or say how"
            f" to store each: " + " ".join(f"--column {option.partition(' ')[0]}=text" for option in options)
        )


def _without_partitions(
    connection: "Connection", found: catalogue.Catalogue, known: list[Entry]
) -> catalogue.Catalogue:
    """A partitioned table is one table here."""
    schemas = {schema.name for schema in found.schemas}
    parts = [row for row in connection.execute(_PARTITIONS.encode()).fetchall() if row[0] in schemas]
    for schema, name, is_partition in parts:
        if not is_partition:
            raise TranslationError(
                f"table {schema}.{name}: inherits from another, which has no counterpart; take it out, or "
                f"write its columns out, in a copy of the folder and translate that"
            )
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
