"""Apply supabase/migrations/ and record them the way `supabase db push` does.

A following push therefore finds nothing to do. Runs as the role of the URL, which should be
`postgres`: what it makes, it owns, as on a hosted project.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from campaignbase.errors import CampaignbaseError, NotConfiguredError
from campaignbase.schema import files, loader, statements
from campaignbase.schema.connection import connect, without_password

if TYPE_CHECKING:
    from campaignbase.schema.connection import Connection

_FILE_NAME = re.compile(r"(\d{14})_(\w+)\.sql")
# what version 3.1.0 of the command line makes
_HISTORY = """
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
alter table supabase_migrations.schema_migrations add column if not exists statements text[];
alter table supabase_migrations.schema_migrations add column if not exists name text;
"""


@dataclass(frozen=True)
class Migration:
    version: str  # 14 digits, YYYYMMDDHHMMSS
    name: str
    path: Path

    def sql(self) -> str:
        return self.path.read_text(encoding="utf-8")


def migrations(folder: Path | None = None) -> list[Migration]:
    """The migrations we ship, oldest first.

    Raises:
        CampaignbaseError: a file is not named <14 digits>_<words>.sql, or two share a version.
    """
    found: dict[str, Migration] = {}
    for path in sorted((folder or files.migration_folder()).glob("*.sql")):
        name = _FILE_NAME.fullmatch(path.name)
        if name is None:
            raise CampaignbaseError(f"{path}: a migration is named YYYYMMDDHHMMSS_verb_object.sql")
        if name[1] in found:
            raise CampaignbaseError(f"{path}: {found[name[1]].path.name} has the same version {name[1]}")
        found[name[1]] = Migration(name[1], name[2], path)
    return list(found.values())


def apply_migrations(url: str, folder: Path | None = None) -> list[Migration]:
    """Apply what the database lacks, each file in one transaction, and return what was applied.

    `seed.sql` beside the folder runs after the very first migrations, never again.

    Raises:
        NotConfiguredError: the database has a migration newer than ours, or was made by another
            text of one of ours. Nothing is applied.
        CampaignbaseError: Postgres refused a file; that file left nothing behind.
    """
    known = migrations(folder)
    with connect(url) as connection:
        connection.execute(_HISTORY.encode())
        connection.commit()
        recorded = _recorded(connection)
        _check(known, recorded, without_password(url))
        fresh = [migration for migration in known if _apply(connection, migration)]
        seed = (folder or files.migration_folder()).parent / "seed.sql"
        if fresh and not recorded and seed.is_file():
            loader.run(connection, loader.read(seed))
    return fresh


def _recorded(connection: "Connection") -> dict[str, list[str] | None]:
    rows = connection.execute("select version, statements from supabase_migrations.schema_migrations")
    recorded = {str(version): list(kept) if isinstance(kept, list) else None for version, kept in rows}
    connection.commit()
    return recorded


def _check(known: list[Migration], recorded: dict[str, list[str] | None], target: str) -> None:
    newest = max(recorded, default=None)
    if newest is not None and newest not in {migration.version for migration in known}:
        ours = known[-1].version if known else "none"
        raise NotConfiguredError(
            f"the database {target} is newer than this package: its newest migration is {newest}, "
            f"ours is {ours}; upgrade with: pip install --upgrade campaignbase"
        )
    for migration in known:
        kept = recorded.get(migration.version)
        if kept is not None and kept != statements.split(migration.sql()):
            raise NotConfiguredError(
                f"the database {target} was made by another text of migration {migration.path.name} "
                f"(before 1.0 migrations are rebuilt); keep your rows with pg_dump --data-only, "
                f"then run: campaignbase db reset"
            )


def _apply(connection: "Connection", migration: Migration) -> bool:
    """False when another process was first."""
    with connection.transaction():
        connection.execute("lock table supabase_migrations.schema_migrations in exclusive mode")
        already = connection.execute(
            "select from supabase_migrations.schema_migrations where version = %s", [migration.version]
        ).fetchone()
        if already is not None:
            return False
        loader.run(connection, [loader.Script(migration.path, 1, migration.sql())])
        connection.execute(
            "insert into supabase_migrations.schema_migrations (version, name, statements)"
            " values (%s, %s, %s)",
            [migration.version, migration.name, statements.split(migration.sql())],
        )
    return True
