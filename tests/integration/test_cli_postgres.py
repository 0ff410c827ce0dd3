"""The same commands on a real Postgres that `campaignbase db` runs."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.support.cli import Cli, cli
from tests.support.postgres import Database

from campaignbase.cli import run

__all__ = ["cli"]

ROWS = (
    {"text": "We're hiring! Two dishwashers for the evening shift. Apply now."},
    {"text": "Rain jackets are 30% off until Thursday.", "category": "offer"},
)


@pytest.fixture
def data(open_folder: Path) -> Iterator[Path]:
    folder = open_folder / "postgres"
    yield folder
    run(["db", "stop", "--data", str(folder)])


def test_db_start_url_stop_reset(cli: Cli, data: Path) -> None:
    where = ("--data", str(data))
    started = cli.ok("db", "start", "--json", *where).json
    assert started.keys() == {"url"}
    url = started["url"]
    assert cli.ok("db", "url", *where).out == f"{url}\n"
    with psycopg.connect(url) as connection:
        connection.execute("insert into content_assets (content) values ('x')")
    asked = cli("db", "reset", *where)
    assert (asked.code, "--yes" in asked.err) == (2, True)
    assert cli.ok("db", "reset", "--yes", *where).out == f"{url}\n"  # the same port
    with psycopg.connect(url) as connection:
        assert connection.execute("select count(*) from content_assets").fetchone() == (0,)
    checks = {check["name"]: check for check in cli.ok("--database", url, "doctor", "--json").json["checks"]}
    assert checks["schema"]["detail"].endswith("migrations applied")
    assert cli.ok("db", "stop", "--json", *where).json == {"stopped": True}
    assert cli.ok("db", "stop", "--json", *where).json == {"stopped": False}
    gone = cli("db", "url", *where)
    assert (gone.code, "campaignbase db start" in gone.err) == (4, True)
    assert cli("--database", url, "categories").code == 4


def test_db_start_without_migrations_is_told_apart(cli: Cli, data: Path) -> None:
    url = cli.ok("db", "start", "--no-migrations", "--data", str(data)).out.strip()
    result = cli("--database", url, "ingest", cli.write_lines("a.jsonl", *ROWS))
    assert (result.code, "supabase db push" in result.err) == (3, True)
    checks = {check["name"]: check for check in cli("--database", url, "doctor", "--json").json["checks"]}
    assert checks["schema"]["level"] == "fail"


def test_server_inserts_and_a_worker_labels(
    cli: Cli, pg_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGNBASE_DATABASE", pg_database.url)
    name = cli.write_lines("a.jsonl", *ROWS)
    inserted = cli.ok("ingest", name, "--category-column", "category", "--campaign", "Rain")
    assert "target: Postgres postgresql://postgres@127.0.0.1" in inserted.err
    assert "2 inserted" in inserted.err
    assert inserted.err.endswith("2 assets and 1 campaign wait to be labeled: campaignbase worker\n")
    assert {row[1] for row in inserted.rows} == {"queued"}
    assert cli.ok("worker", "--once", "--json").json["failed"] == 0
    again = cli.ok("ingest", name, "--category-column", "category", "--campaign", "Rain", "--json").json
    assert (again["inserted"], again["skipped"], again["waiting"], again["labels"]) == (0, 2, 0, None)
    (hit, *_) = cli.ok("search", "evening job in a kitchen", "--json").json["hits"]
    assert (hit["primary_category"], hit["text"]) == ("job_opening", ROWS[0]["text"])
    assert "job_opening · a rule · 'we're hiring': says" in cli.ok("show", hit["id"][:8]).out
    cli.ok("categorize", hit["id"], "--category", "recruitment")
    queued = cli.ok("categorize", hit["id"])
    assert "1 asset queued; a worker labels: campaignbase worker" in queued.err
    cli.ok("worker", "--once")
    asset = cli.ok("show", hit["id"], "--json").json["asset"]
    assert (asset["primary_category"], asset["category_source"]) == ("recruitment", "human")


def test_db_inspect_lists_asks_and_refuses(cli: Cli, pg_database: Database) -> None:
    listed = cli.ok("db", "inspect", "--json").json
    assert [one["name"] for one in listed][:2] == ["dead_jobs", "expired_leases"]
    assert cli.ok("db", "inspect").rows[0][0] == "dead_jobs"
    with pg_database.connect() as connection:
        connection.execute("insert into workspaces (name) values ('Acme')")
        connection.execute("delete from private.jobs")
        connection.execute("insert into content_assets (content) values ('x'), ('y')")
    to = ("--database", pg_database.url)
    asked = cli.ok("db", "inspect", "queue", *to)
    assert asked.out.splitlines()[0].startswith("workspace\tkind\twaiting\tdue")
    assert asked.rows == [["Acme", "categorize_content", "2", "2", "0", "0", "0"]]
    assert "Worry when" in asked.err
    [row] = cli.ok("db", "inspect", "queue", "--json", *to).json
    assert (row["workspace"], row["waiting"]) == ("Acme", 2)
    nothing = cli.ok("db", "inspect", "dead_jobs", *to)
    assert (nothing.out, "nothing to show" in nothing.err) == ("", True)
    assert cli.ok(*to, "db", "inspect", "queue").rows == asked.rows
    for arguments, code, said in (
        (("db", "inspect", "queues", *to), 2, "did you mean 'queue'?"),
        (("db", "inspect", "queue", "--database", "a.db"), 2, "--database $(campaignbase db url)"),
        (("--workspace", "x", "db", "inspect", "queue", *to), 2, "--workspace has no effect"),
    ):
        result = cli(*arguments)
        assert (result.code, said in result.err) == (code, True), result.err


def test_bad_rule_and_used_category_on_a_server(
    cli: Cli, pg_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGNBASE_DATABASE", pg_database.url)
    name = cli.write_lines("a.jsonl", *ROWS)
    unknown = cli(
        "ingest",
        cli.write_lines("b.jsonl", {"text": "x", "category": "offr"}),
        "--category-column",
        "category",
    )
    assert (unknown.code, "did you mean 'offer'?" in unknown.err) == (2, True)
    cli.ok("ingest", name, "--category-column", "category")
    used = cli("categories", "remove", "offer", "--yes")
    assert (used.code, "category offer is in use" in used.err, "another category first" in used.err) == (
        2,
        True,
        True,
    )
    rule = cli("rules", "add", "x", "--if", '{"contain_keyword": "x"}', "--then", '{"add_category": "offer"}')
    assert (rule.code, "unknown condition 'contain_keyword'" in rule.err) == (2, True)


def test_database_with_a_migration_of_a_newer_version_is_refused(cli: Cli, pg_database: Database) -> None:
    with pg_database.connect() as connection:
        connection.execute("create schema if not exists supabase_migrations")
        connection.execute(
            "create table if not exists supabase_migrations.schema_migrations"
            " (version text primary key, statements text[], name text)"
        )
        connection.execute(
            "insert into supabase_migrations.schema_migrations (version) values ('99990101000000')"
        )

    result = cli("search", "anything", "--database", pg_database.url)

    assert (result.code, "has migration 99990101000000" in result.err) == (3, True), result.err
