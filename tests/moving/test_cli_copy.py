"""`campaignbase db copy`: what it prints, and its exit codes."""

from pathlib import Path

import pytest
from tests.moving.scene import counts, fill, postgres
from tests.support.cli import Cli
from tests.support.postgres import Database


@pytest.fixture
async def source(cli: Cli) -> Path:
    await fill(cli.folder / "source.db")
    return cli.folder / "source.db"


def test_a_copy_tells_rows_and_hashes(cli: Cli, source: Path, pg_database: Database) -> None:
    dry = cli.ok("db", "copy", "--from", source.name, "--to", pg_database.url, "--dry-run")
    assert ["content_assets", "7", "0"] in dry.rows
    assert "3 jobs would wait for a worker; files are not copied" in dry.err
    assert sum(counts(pg_database).values()) == 0
    done = cli.ok("db", "copy", "--from", source.name, "--to", pg_database.url)
    [row] = [row for row in done.rows if row[0] == "content_assets"]
    assert (row[1], row[2]) == ("7", row[3])
    assert "1 job of the source had a worker; stop it, what it still writes is not copied" in done.err
    assert "postgres:" not in done.err.split("@")[0].partition("//")[2]  # no password
    again = cli.ok("db", "copy", "--from", source.name, "--to", pg_database.url, "--json").json
    assert [one["present"] for one in again["tables"] if one["table"] == "content_assets"] == [7]
    back = cli.ok("db", "copy", "--from", pg_database.url, "--to", "back.db")
    assert [row[2] for row in back.rows] == [row[2] for row in done.rows]
    assert len(cli.ok("search", "spring", "--database", "back.db", "--workspace", "Fernway").rows) == 7


def test_a_dry_run_makes_no_file(cli: Cli, source: Path, pg_database: Database) -> None:
    cli.ok("db", "copy", "--from", source.name, "--to", pg_database.url)
    cli.ok("db", "copy", "--from", pg_database.url, "--to", "back.db", "--dry-run")
    assert not (cli.folder / "back.db").exists()


def test_refusals(cli: Cli, source: Path, pg_database: Database) -> None:
    cases = [
        (("--from", "none.db", "--to", pg_database.url), 3, "there is no file none.db; nothing to copy from"),
        (("--from", source.name, "--to", source.name), 2, "--from and --to are the same database"),
        (
            ("--from", source.name, "--to", "https://x.supabase.co"),
            2,
            "--to: name a Supabase project by its",
        ),
        (("--from", source.name, "--to", "mysql://x"), 2, "--to: a mysql:// URL is not a database"),
        (("--from", source.name, "--to", "postgresql://me@127.0.0.1:9/x"), 4, "cannot connect to"),
        (("--from", source.name), 2, "missing option '--to'"),
    ]
    for arguments, code, told in cases:
        refused = cli("db", "copy", *arguments)
        assert (refused.code, told in refused.err) == (code, True), refused.err
    default = "00000000-0000-0000-0000-000000000001"
    postgres(pg_database, f"insert into workspaces (id, name) values ('{default}', 'x')")
    refused = cli("db", "copy", "--from", source.name, "--to", pg_database.url)
    assert refused.code == 2
    assert f"workspaces {default}: another name" in refused.err
    assert counts(pg_database)["content_assets"] == 0
