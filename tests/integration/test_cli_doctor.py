"""What `campaignbase doctor` finds, and the line it gives to fix it."""

import sqlite3
from contextlib import closing

import pytest
from tests.support.cli import Cli, cli, filled

__all__ = ["cli", "filled"]


def test_doctor_says_what_it_measured_and_exits_0(cli: Cli, filled: dict[str, str]) -> None:
    result = cli.ok("doctor", "--json")
    assert result.json["ok"] is True
    checks = {check["name"]: check for check in result.json["checks"]}
    assert {
        "python",
        "sqlite",
        "extras",
        "settings",
        "database",
        "schema",
        "workspace",
        "queue",
        "embedder",
    } <= set(checks)
    assert checks["queue"]["detail"].startswith("0 waiting, 0 leased, 0 dead")
    assert "short texts a second" in checks["embedder"]["detail"]
    assert all(check.keys() == {"name", "ok", "level", "detail", "hint"} for check in checks.values())
    assert cli.ok("doctor", "--no-speed").out.startswith("ok    python")


def test_doctor_changes_nothing_and_creates_nothing(cli: Cli) -> None:
    said = cli.ok("doctor", "--no-speed").out
    assert "does not exist yet" in said
    assert "fix: make it: campaignbase ingest FILE" in said
    assert not (cli.folder / "campaignbase.db").exists()


@pytest.mark.parametrize(
    ("environment", "name", "level", "words"),
    [
        ({"CAMPAIGNBASE_DATABASE": "a.db", "SUPABASE_URL": "https://x"}, "settings", "fail", "two targets"),
        ({"CAMPAIGNBASE_DATABASE": "postgresql://me@127.0.0.1:1/x"}, "database", "fail", "127.0.0.1:1"),
        ({"CAMPAIGNBASE_DATABASE": "no/folder/a.db"}, "database", "fail", "there is no folder"),
        ({"SUPABASE_ANON_KEY": "x"}, "environment", "warn", "SUPABASE_ANON_KEY is an older name"),
        (
            {"OPENAI_API_KEY": "x", "OPENAI_BASE_URL": "http://127.0.0.1:1/v1"},
            "embedder",
            "fail",
            "OpenAI at http://127.0.0.1:1/v1 cannot be reached",
        ),
        (
            {"CAMPAIGNBASE_DATABSE": "x"},
            "environment",
            "warn",
            "CAMPAIGNBASE_DATABSE is set but",
        ),
    ],
)
def test_doctor_finds_what_is_wrong(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], name: str, level: str, words: str
) -> None:
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    result = cli("doctor", "--no-speed", "--json")
    found = [check for check in result.json["checks"] if check["name"] == name and words in check["detail"]]
    assert [check["level"] for check in found] == [level]
    assert all(check["hint"] for check in result.json["checks"] if check["level"] != "ok")
    assert all("\n" not in check["detail"] for check in result.json["checks"])
    assert result.code == (1 if level == "fail" else 0)
    assert result.json["ok"] is (level != "fail")


def test_doctor_says_how_to_reach_a_server(cli: Cli) -> None:
    result = cli("--database", "postgresql://me@127.0.0.1:1/x", "doctor", "--no-speed")
    assert result.code == 1
    assert "fix: start it (a local one: campaignbase db start), or correct host, port" in result.out


@pytest.mark.parametrize(
    ("sql", "detail", "hint"),
    [
        ("update schema_info set hash = 'old'", "an older text", "campaignbase workspace"),
        ("update schema_info set version = 999", "version 999", "pip install --upgrade campaignbase"),
        ("drop table schema_info", "tables of another program", "name another --database"),
        (
            "update workspaces set embedding_model = 'gone'",
            "holds vectors by 'gone'",
            "this version embeds with",
        ),
        ("update jobs set state = 'dead'", " dead", "campaignbase worker --once --replay"),
        ("update jobs set created_at = '2020-01-01T00:00:00.000000Z'", "waiting", "campaignbase worker"),
    ],
)
def test_doctor_says_what_to_do_about_a_file(cli: Cli, sql: str, detail: str, hint: str) -> None:
    cli.new()
    with closing(sqlite3.connect("campaignbase.db")) as connection:
        connection.execute(sql)
        connection.commit()
    checks = cli("doctor", "--no-speed", "--json").json["checks"]
    ((found, fix),) = [(one["detail"], one["hint"]) for one in checks if one["level"] != "ok"]
    assert detail in found
    assert hint in fix


def test_doctor_names_rows_that_point_nowhere(cli: Cli) -> None:
    cli.new()
    with closing(sqlite3.connect("campaignbase.db")) as connection:
        connection.execute("drop trigger content_assets__check_references_insert")
        connection.execute("insert into content_assets (content, workspace_id) values ('lost', 'nobody')")
        connection.commit()

    checks = cli("doctor", "--no-speed", "--json").json["checks"]

    found = [(one["level"], one["detail"]) for one in checks if one["name"] == "references"]
    assert found == [
        ("warn", "1 row of content_assets points to rows of workspaces that are not there"),
        ("warn", "1 row of jobs points to rows of workspaces that are not there"),
    ]


def test_a_workspace_that_another_program_deleted_is_told_and_comes_back(cli: Cli) -> None:
    cli.new()
    with closing(sqlite3.connect("campaignbase.db")) as connection, connection:
        connection.execute("delete from workspaces")

    checks = cli("doctor", "--no-speed", "--json").json["checks"]
    told = [one for one in checks if one["name"] == "references"]
    assert {one["level"] for one in told} == {"warn"}
    assert all("puts the workspace default back with all it had" in one["hint"] for one in told)
    assert any(
        one["detail"].endswith(" of tags point to rows of workspaces that are not there") for one in told
    )
    assert [one for one in checks if not one["ok"]] == []

    cli.ok("workspace")
    assert cli("doctor", "--no-speed", "--json").json["ok"]


def test_a_damaged_file_is_told_by_every_command(cli: Cli) -> None:
    cli.new()
    path = cli.folder / "campaignbase.db"
    path.write_bytes(path.read_bytes().replace(b"\x0d", b"\xff"))  # the mark of every leaf page

    result = cli("workspace", "--json")
    assert (result.code, result.json["error"]["exit_code"]) == (3, 3)
    assert "campaignbase.db is damaged: database disk image is malformed; restore" in result.err

    found = next(one for one in cli("doctor", "--no-speed", "--json").json["checks"] if not one["ok"])
    assert (found["name"], "is damaged: " in found["detail"]) == ("database", True)
    assert ".recover | sqlite3 recovered.db" in found["hint"]
