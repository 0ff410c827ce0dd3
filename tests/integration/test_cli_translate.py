"""`translate` starts its own Postgres, compares or writes, and stops at what it does not know."""

import sqlite3
from contextlib import closing

from tests.support.cli import Cli, cli

__all__ = ["cli"]

MIGRATION = """
create table public.posts (id uuid primary key default gen_random_uuid(), body text not null, shape point);
create view public.bodies as select body from public.posts;
"""


def test_our_own_schema_is_fresh(cli: Cli) -> None:
    result = cli.ok("translate", "--check", "--json").json
    assert (result["fresh"], result["changed"], result["written"]) == (True, [], False)
    assert {entry["outcome"] for entry in result["objects"]} == {"kept", "rewritten", "left out"}


def test_stale_files_exit_1_and_are_left_as_they_are(cli: Cli) -> None:
    cli.write("out/schema.sql", "select 1;")
    result = cli("translate", "--check", "--out", "out")
    assert result.code == 1
    assert result.out.splitlines() == [
        "out/schema.sql is stale; run: campaignbase translate",
        "out/report.md is stale; run: campaignbase translate",
    ]
    assert (cli.folder / "out" / "schema.sql").read_text() == "select 1;"


def test_another_project(cli: Cli) -> None:
    cli.write("supabase/migrations/20260101000000_create_posts.sql", MIGRATION)
    where = ("--migrations", "supabase/migrations", "--out", "out")
    unknown = cli("translate", *where)
    assert (unknown.code, "--column posts.shape=text" in unknown.err) == (2, True)
    assert not (cli.folder / "out").exists()
    cli.ok("translate", *where, "--column", "posts.shape=text")
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript((cli.folder / "out" / "schema.sql").read_text())
        connection.execute("insert into posts (body, shape) values ('soup', '(1,2)')")
        assert connection.execute("select body from bodies").fetchall() == [("soup",)]


def test_rules_that_nothing_keeps_are_told(cli: Cli) -> None:
    cli.write("m/1.sql", "create table public.posts (body text check (body ~ '^x+y$') check (body <> 'z'));")
    result = cli.ok("translate", "--migrations", "m", "--out", "out")
    assert [line for line in result.err.splitlines() if "nothing keeps" in line] == [
        "nothing keeps here: check posts.posts_body_check"
    ]


def test_column_that_cannot_be_meant(cli: Cli) -> None:
    cli.write("m/20260101000000_create_posts.sql", MIGRATION)
    for column in ("posts.shape=blub", "shape=text", "posts.shape"):
        result = cli("translate", "--migrations", "m", "--out", "out", "--column", column)
        assert (result.code, f"--column {column!r}" in result.err) == (2, True)
    assert cli("translate", "--column", "posts.shape=text").code == 2
    empty = cli("translate", "--migrations", "nowhere", "--out", "out")
    assert (empty.code, "no .sql files" in empty.err) == (2, True)
