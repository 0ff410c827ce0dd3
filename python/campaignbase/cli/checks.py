"""The checks of `campaignbase doctor`, each with the measured value. None of them changes anything."""

import os
import re
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from importlib import metadata
from pathlib import Path

from campaignbase import settings
from campaignbase.cli import contents, deployment, embedding, output
from campaignbase.cli.check import Check, failed
from campaignbase.cli.session import DEFAULT_WORKSPACE
from campaignbase.errors import CampaignbaseError, NotConfiguredError
from campaignbase.ports import Store
from campaignbase.settings import Settings, Target

OLDEST_PYTHON = (3, 11)
_REQUIREMENT = re.compile(r"""([A-Za-z0-9._-]+).*;\s*extra\s*==\s*['"]([a-z]+)['"]""")
_BUILDING = {"dev"}  # extras nobody needs to use the product
_LOST_WORKSPACE = (
    "any command puts the workspace default back with all it had: campaignbase workspace;"
    " another one is back after: insert into workspaces (id, name) values ('its id', 'a name')"
)


async def run(database: str | None, workspace: str | None, speed: bool) -> list[Check]:
    """All checks, in the order in which one depends on another."""
    found = [_python(), _sqlite_library(), *_extras()]
    try:
        loaded = settings.load()
        target = loaded.target(database)
    except CampaignbaseError as error:
        return [*found, failed("settings", error, "correct the environment, .env or --database")]
    found.append(Check("settings", "ok", f"target: {target.label}"))
    found += _environment()
    ready = await _ready(target, loaded)
    found += ready
    if any(check.name == "schema" and check.level == "ok" for check in ready):
        found += await contents.run(target, loaded, workspace or DEFAULT_WORKSPACE)
    return [*found, *await embedding.run(loaded, speed)]


async def _ready(target: Target, loaded: Settings) -> list[Check]:
    """May the store be opened? Of a server: and is all of its deployment there?"""
    if target.kind == "sqlite":
        return _sqlite(target)
    if target.kind == "postgres":
        found = _postgres(target)
        return found if found[-1].level == "fail" else [found[0], *await _deployment(target, loaded)]
    try:
        from campaignbase.cli import project
    except ImportError as missing:
        detail = f"a Supabase project needs the package {missing.name}"
        return [Check("key", "fail", detail, "pip install 'campaignbase[supabase]'")]
    keys = list(project.keys(target, loaded))
    if keys[0].level == "fail":
        return keys
    return [*keys, *await _deployment(target, loaded)]


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        return Check("python", "fail", version, "install Python 3.11 or newer")
    return Check("python", "ok", version)


def _sqlite_library() -> Check:
    from campaignbase.stores.sqlite_connection import OLDEST_SQLITE, has_wal_reset_bug

    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        oldest = ".".join(map(str, OLDEST_SQLITE))
        return Check("sqlite", "fail", version, f"use a Python with SQLite {oldest} or newer")
    if has_wal_reset_bug(sqlite3.sqlite_version_info):
        return Check(
            "sqlite", "ok", f"{version}, with a rollback journal: its write-ahead log may lose commits"
        )
    return Check("sqlite", "ok", f"{version}, with a write-ahead log")


def _extras() -> Iterator[Check]:
    try:
        required = metadata.requires("campaignbase") or []
    except metadata.PackageNotFoundError:
        yield Check(
            "extras", "warn", "campaignbase is not installed as a package", "pip install campaignbase"
        )
        return
    extras: dict[str, bool] = {}
    for line in required:
        match = _REQUIREMENT.match(line)
        if match is not None and match[2] not in _BUILDING:
            extras[match[2]] = extras.get(match[2], True) and _installed(match[1])
    listed = [
        ", ".join(name for name, there in extras.items() if there is wanted) or "none"
        for wanted in (True, False)
    ]
    yield Check("extras", "ok", f"installed: {listed[0]}; not installed: {listed[1]}")


def _installed(distribution: str) -> bool:
    try:
        metadata.distribution(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True


def _environment() -> Iterator[Check]:
    for old, new in settings.legacy_names():
        yield Check("environment", "warn", f"{old} is an older name", f"call it {new}")
    for name in settings.unknown_names():
        yield Check(
            "environment", "warn", f"{name} is set but nothing reads it", "see .env.example for the names"
        )


def _sqlite(target: Target) -> list[Check]:
    path = target.path
    if path.is_dir():
        return [Check("database", "fail", f"{path} is a folder", "name a file in it")]
    folder = path.absolute().parent
    if not path.exists():
        if not folder.is_dir():
            return [
                Check(
                    "database",
                    "fail",
                    f"there is no folder {folder}",
                    "create it, or name another --database",
                )
            ]
        if not os.access(folder, os.W_OK):
            return [
                Check(
                    "database",
                    "fail",
                    f"{folder} is read-only",
                    "make it writable, or name another --database",
                )
            ]
        return [Check("database", "warn", f"{path} does not exist yet", "make it: campaignbase ingest FILE")]
    if not (os.access(path, os.W_OK) and os.access(folder, os.W_OK)):
        return [Check("database", "fail", f"{path} or its folder is read-only", "make both writable")]
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            problem = connection.execute("pragma quick_check(1)").fetchone()[0]
            if problem != "ok":
                return [_damaged(path, problem.splitlines()[-1])]
            size = path.stat().st_size / 1e6
            found = Check("database", "ok", f"{path}, {size:.1f} MB")
            schema = _sqlite_schema(connection)
            return (
                [found, *_references(path, connection), schema] if schema.level != "fail" else [found, schema]
            )
    except UnicodeDecodeError:
        return [_damaged(path)]
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "").startswith("SQLITE_CORRUPT"):
            return [_damaged(path, str(error))]
        hint = "name another file with --database, or move this one away"
        return [Check("database", "fail", f"{path}: {error}", hint)]


def _damaged(path: Path, told: str | None = None) -> Check:
    from campaignbase.stores.sqlite_connection import MALFORMED, damage

    detail, hint = damage(str(path), told or MALFORMED)
    return Check("database", "fail", detail, hint)


def _references(path: Path, connection: sqlite3.Connection) -> Iterator[Check]:
    """Rows that point nowhere: another program wrote or deleted with foreign keys off."""
    broken = Counter((row[0], row[2]) for row in connection.execute("pragma foreign_key_check"))
    for (table, parent), count in sorted(broken.items()):
        points = output.verb(count, "points", "point")
        look = f"sqlite3 {path} 'pragma foreign_key_check({table})'"
        yield Check(
            "references",
            "warn",
            f"{output.plural(count, 'row')} of {table} {points} to rows of {parent} that are not there",
            _LOST_WORKSPACE
            if parent == "workspaces"
            else f"delete what they are no use for, or insert what is missing: {look}",
        )


def _sqlite_schema(connection: sqlite3.Connection) -> Check:
    wanted_version, wanted_hash = _shipped_schema()
    if connection.execute("select 1 from sqlite_schema where name = 'schema_info'").fetchone() is None:
        empty = connection.execute("select 1 from sqlite_schema").fetchone() is None
        if empty:
            return Check("schema", "warn", "the file is empty", "fill it: campaignbase ingest FILE")
        return Check("schema", "fail", "the file holds tables of another program", "name another --database")
    version, digest = connection.execute("select version, hash from schema_info").fetchone()
    if version > wanted_version:
        detail = f"version {version}, this package knows {wanted_version}"
        return Check("schema", "fail", detail, "pip install --upgrade campaignbase")
    if (version, digest) != (wanted_version, wanted_hash):
        fix = "any command that reads it upgrades it, a copy first: campaignbase workspace"
        return Check("schema", "warn", f"version {version}, an older text", fix)
    return Check("schema", "ok", f"version {version}")


def _shipped_schema() -> tuple[int, str]:
    """Version and hash that a file of this package has."""
    from campaignbase.stores.sqlite_schema import shipped_schema, split

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as scratch:
        for statement in split(shipped_schema()):
            if "schema_info" in statement:
                scratch.execute(statement)
        version, digest = scratch.execute("select version, hash from schema_info").fetchone()
    return int(version), str(digest)


def _postgres(target: Target) -> list[Check]:
    from campaignbase.schema import apply
    from campaignbase.schema.connection import connect

    try:
        with connect(target.location) as connection:
            version = connection.execute("show server_version").fetchone()
            vector = connection.execute(
                "select extversion from pg_extension where extname = 'vector'"
            ).fetchone()
            history = connection.execute(
                "select to_regclass('supabase_migrations.schema_migrations')"
            ).fetchone()
            rows: list[tuple[object, ...]] = []
            if history is not None and history[0] is not None:
                rows = connection.execute(
                    "select version from supabase_migrations.schema_migrations"
                ).fetchall()
    except CampaignbaseError as error:
        start = "start it (a local one: campaignbase db start), or correct host, port, role and password"
        return [failed("database", error, start)]
    server = f"Postgres {version[0] if version else '?'}"
    if vector is None:
        return [
            Check("database", "fail", f"{server} without the extension vector", "create extension vector")
        ]
    reached = Check("database", "ok", f"{server}, vector {vector[0]}")
    applied = {str(row[0]) for row in rows}
    ours = [migration.version for migration in apply.migrations()]
    missing = [name for name in ours if name not in applied]
    newer = [name for name in applied if name > max(ours, default="")]
    if newer:
        detail = f"migration {max(newer)} is newer than this package"
        return [reached, Check("schema", "fail", detail, "pip install --upgrade campaignbase")]
    if missing:
        detail = f"{len(missing)} of {len(ours)} migrations are not applied"
        return [
            reached,
            Check("schema", "fail", detail, f"{deployment.PUSH}, or campaignbase db start for a local one"),
        ]
    return [reached, Check("schema", "ok", f"{len(ours)} migrations applied")]


async def _project(store: Store, target: Target, loaded: Settings, poked: bool) -> list[Check]:
    from campaignbase.cli import project
    from campaignbase.stores.supabase import SupabaseStore

    if not isinstance(store, SupabaseStore):
        return []
    return [
        await project.rows_at_once(store),
        await project.realtime(target),
        await project.storage(target, loaded),
        *await project.functions(target, poked),
    ]


async def _deployment(target: Target, loaded: Settings) -> list[Check]:
    """What the database says, and of a project what its other parts do."""
    from campaignbase import wiring
    from campaignbase.schema.expected import expected
    from campaignbase.stores.server import ServerStore

    found: list[Check] = []
    try:
        store = await wiring.open_target(target)
    except CampaignbaseError as error:
        return [failed("database", error, f"correct SUPABASE_URL, SUPABASE_SECRET_KEY; {deployment.PUSH}")]
    try:
        if not isinstance(store, ServerStore):
            return found
        on_platform = target.kind == "supabase"
        if on_platform:
            found.append(Check("database", "ok", f"{target.label} answers and takes the key"))
        try:
            status = await store.deployment_status()
        except NotConfiguredError as error:
            if "permission denied" in str(error):
                return [*found, Check("grants", "fail", str(error).partition("; ")[0], deployment.MAY_ASK)]
            return [*found, failed("schema", error, deployment.PUSH)]
        found += deployment.checks(status, expected(), target.location if on_platform else None)
        return [
            *found,
            *(await _project(store, target, loaded, deployment.pokes(status)) if on_platform else ()),
        ]
    except CampaignbaseError as error:
        return [*found, failed("database", error, "try again")]
    finally:
        await store.close()
