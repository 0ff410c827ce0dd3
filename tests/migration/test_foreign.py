"""Foreign projects: their migrations are applied and translated, and what has no counterpart is told."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.migration.foreign_statements import LEFT_OUT
from tests.support.postgres import Database

from campaignbase.errors import InputError, TranslationError
from campaignbase.schema.translate import source, translate_migrations
from campaignbase.schema.translate.compare import compare
from campaignbase.schema.translate.project import Translation

FOREIGN = Path(__file__).resolve().parents[1] / "fixtures" / "foreign"


@pytest.mark.parametrize("name", ["bookings", "community"])
def test_another_project_translates(name: str, pg_platform: Database, tmp_path: Path) -> None:
    found = translate_migrations(pg_platform.url, FOREIGN / name)
    source.write(found, tmp_path)
    memory = sqlite3.connect(":memory:")
    memory.executescript((tmp_path / "schema.sql").read_text(encoding="utf-8"))
    assert (tmp_path / "report.md").read_text(encoding="utf-8").startswith(f"# {name} in SQLite\n")
    told = {(entry.kind, entry.name): (entry.outcome.value, entry.reason) for entry in found.entries}
    for key, outcome in EXPECTED[name].items():
        assert told[key] == outcome


IDENTITY = "the caller's identity exists behind the Data API only; the writer gives it"
EXPECTED = {
    "bookings": {
        ("extension", "uuid-ossp"): (
            "left out",
            "not in the embedded Postgres; a stand-in gave what migrations use of it most",
        ),
        ("default", "salons.owner_id"): ("left out", IDENTITY),
        ("key", "profiles.profiles_id_fkey"): (
            "left out",
            "auth.users belongs to the platform and is not here",
        ),
        ("key", "services.services_pkey"): ("rewritten", "counts by itself, a number is never used again"),
        ("column", "salons.currency"): ("rewritten", "public.currency -> text: the domain's character(3)"),
        ("view", "public.busy_days"): ("rewritten", "computed when read, never out of date"),
        ("view", "public.busy_salons"): ("kept", ""),
        ("trigger", "public.profiles.handle_updated_at"): (
            "left out",
            "calls extensions.moddatetime, which has no counterpart: nothing does its work here",
        ),
        ("function", "public.revenue"): (
            "left out",
            "sql has no counterpart in SQLite: what it did, the program does",
        ),
    },
    "community": {
        ("table", "public.events_2024"): ("left out", "a partition: its rows are in its parent"),
        ("key", "events.events_pkey"): (
            "rewritten",
            "unique: the column that counts by itself is SQLite's primary key",
        ),
        ("rows", "public.rooms"): ("left out", "2 rows that the migrations insert: copy them yourself"),
        ("sequence", "public.ticket_numbers"): ("left out", "SQLite has no sequences"),
        ("index", "posts_author_hash"): ("left out", "hash: SQLite has no such index"),
    },
}


def test_views_of_another_project_answer_alike_and_a_wrong_one_is_noticed(pg_platform: Database) -> None:
    found = translate_migrations(pg_platform.url, FOREIGN / "bookings")
    views = [one for one in found.emitted if one.table is None]
    assert [one.where for one in views] == [
        "view public.busy_days",
        "view public.salon_overview",
        "view public.busy_salons",
    ]
    with pg_platform.connect(autocommit=False) as connection:
        assert compare(connection, found.database, views) > 20
        for old, new in (
            ("left join", "join"),
            ("count(a.id) as", "count(*) as"),
            ("o.name", "o.id as name"),
        ):
            wrong = [replace(one, sqlite=one.sqlite.replace(old, new)) for one in views]
            assert wrong != views
            with pytest.raises(TranslationError, match=r"^view public\..*SQLite answers"):
                compare(connection, found.database, wrong)


def test_a_folder_without_migrations_is_bad_input(pg_platform: Database, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no \.sql files; name the folder of the migrations"):
        translate_migrations(pg_platform.url, tmp_path)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("create table public.a (b interval);", "column a.b: unknown type 'interval'"),
        (
            "create table public.a (b interval, c inet);",
            (
                "2 columns have unknown types: a.b (interval), a.c (inet); change the types, or say how to"
                " store each: --column a.b=text --column a.c=text"
            ),
        ),
        ("create table public.a (b numeric(4, 1) unique);", "key a.a_b_key: b is numeric(4,1), kept as text"),
        (
            "create table public.a (b int);\ncreate table public.c (d int) inherits (public.a);",
            "table public.c: inherits from another, which has no counterpart; take it out",
        ),
        (
            (
                "create table public.a (b int, unique nulls not distinct (b));"
                "create table public.c (d int references public.a (b));"
            ),
            "key a.a_b_key: 'UNIQUE NULLS NOT DISTINCT (b)' has no counterpart",
        ),
        # the line is that of the error, not of the statement or the comment before it
        (
            "select 1;\n-- a note; of two\n/* words */\ncreate table public.a (\n  b nothing\n);",
            "1.sql:5: type \"nothing\" does not exist, in 'create table public.a ( b nothing )'; mend this",
        ),
        (
            "create extension postgis;\ncreate table public.a (b extensions.geography);",
            '1.sql:2: type "extensions.geography" does not exist (without the extension postgis), in ',
        ),
        # a missing semicolon, which a published example has
        (
            "create table public.a (b int)\ncreate table public.c (d int);",
            '1.sql:2: syntax error at or near "create"',
        ),
        # rows as pg_dump writes them
        (
            "create table public.a (b int);\ncopy public.a (b)\n  from stdin;\n1\n\\.\n",
            "1.sql:2: rows by COPY ... FROM stdin, which only psql reads; take them out, with the lines that",
        ),
        # of the platform's table policies may go, what is made of it may not
        (
            "create view public.a as select topic from realtime.messages;",
            '1.sql:1: relation "realtime.messages" does not exist, in \'create view',
        ),
        # SQLite keeps these names for itself
        (
            "create table public.sqlite_notes (b int);",
            "object name reserved for internal use: sqlite_notes; rename it in a copy of the folder",
        ),
        # speed may go, a rule may not
        (
            (
                "create extension pg_trgm;\ncreate table public.a (b text);\n"
                "create unique index c on public.a (b extensions.gin_trgm_ops);"
            ),
            'operator class "extensions.gin_trgm_ops" does not exist for access method "btree"',
        ),
    ],
)
def test_what_cannot_be_meant_stops(sql: str, message: str, pg_platform: Database, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        _translated(pg_platform, tmp_path, sql)
    assert message in str(caught.value)


def test_a_file_in_another_encoding_is_named(pg_platform: Database, tmp_path: Path) -> None:
    (tmp_path / "1.sql").write_bytes("create table public.a (b int); -- caf\xe9".encode("latin-1"))
    with pytest.raises(InputError, match=r"1\.sql: byte 37 \(0xe9\) is not UTF-8; save a copy of the file"):
        translate_migrations(pg_platform.url, tmp_path)


@pytest.mark.parametrize(("sql", "thing", "expected"), LEFT_OUT)
def test_what_has_no_counterpart_is_told(
    sql: str, thing: tuple[str, str], expected: tuple[str, str], pg_platform: Database, tmp_path: Path
) -> None:
    found = _translated(pg_platform, tmp_path, sql)
    [told] = [entry for entry in found.entries if (entry.kind, entry.name) == thing]
    assert (told.outcome.value, told.reason[: len(expected[1])]) == expected
    assert all(entry.reason for entry in found.entries if entry.outcome.value != "kept")


KEPT = """
create extension citext;
create schema app;
create table app.people (
    name extensions.citext primary key, age int check (age > 0), nick text check (nick ~ '^x+y$')
);
create view public.people as select name, age from app.people;
create table public.pets (id int primary key, owner extensions.citext references app.people);
"""


def test_rules_that_stay_are_kept(pg_platform: Database, tmp_path: Path) -> None:
    found = _translated(pg_platform, tmp_path, KEPT)
    with closing(sqlite3.connect(":memory:")) as memory:
        memory.executescript(found.schema_sql)
        memory.execute("pragma foreign_keys = on")
        memory.execute("insert into app_people (name, age, nick) values ('Ann', 3, 'no such rule')")
        memory.execute("insert into pets values (1, 'ANN')")  # as citext compares
        assert memory.execute("select * from people").fetchall() == [("Ann", 3)]
        for wrong in (
            "insert into app_people (name) values ('ann')",
            "insert into app_people values ('Bob', 0, null)",
            "insert into pets values (2, 'Bob')",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                memory.execute(wrong)


# a name appears in keys as well
def test_a_key_of_any_type_fits_the_rows_that_are_compared(pg_platform: Database, tmp_path: Path) -> None:
    sql = (
        "create table public.a (b char(2) primary key, c date);"
        "create table public.d (e date primary key, f int);"
        "create view public.v as select a.b, d.f from public.a left join public.d on d.e = a.c where d.f > 1;"
    )
    told = {
        (entry.kind, entry.name): entry.outcome.value
        for entry in _translated(pg_platform, tmp_path, sql).entries
    }
    assert told["view", "public.v"] == "kept"


QUOTED = """
create type public."Role" as enum ('ADMIN', 'it''s');
create table public."User" (
    "id" int primary key,
    "Role" public."Role" not null default 'ADMIN',
    "a""b" text default 'x"y' check ("a""b" <> '100%'),
    "100%" int check ("100%" >= 0)
);
create table public."order" (
    "it's" int references public."User" ("id"), "roles" public."Role"[] default '{}'
);
create unique index "low.er" on public."User" (lower("a""b")) where "Role" = 'ADMIN';
create view public."Admins" as select "id", "a""b" as "c""d" from public."User" where "Role" = 'ADMIN';
create view public."v.2" as select a."id" from public."Admins" a join public."order" o on o."it's" = a."id";
"""


def test_names_with_capitals_and_quotes_are_found_again(pg_platform: Database, tmp_path: Path) -> None:
    found = _translated(pg_platform, tmp_path, QUOTED)
    lost = [
        one
        for one in found.entries
        if one.kind not in ("grant", "policy") and one.outcome.value == "left out"
    ]
    assert lost == []
    memory = sqlite3.connect(":memory:")
    memory.executescript(found.schema_sql)
    memory.execute("""insert into "User" ("id", "100%") values (1, 5)""")
    memory.execute("""insert into "User" ("id", "Role") values (2, 'it''s')""")
    memory.execute("""insert into "order" ("it's") values (1), (2)""")
    assert memory.execute('select * from "Admins"').fetchall() == [(1, 'x"y')]
    assert memory.execute('select * from "v.2"').fetchall() == [(1,)]
    for wrong in ("(3, 'admin', 'z', 1)", "(3, 'ADMIN', '100%', 1)", "(3, 'ADMIN', 'z', -1)"):
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            memory.execute(f'insert into "User" values {wrong}')


def _translated(database: Database, folder: Path, sql: str) -> Translation:
    (folder / "1.sql").write_text(sql)
    return translate_migrations(database.url, folder)
