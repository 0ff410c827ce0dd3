"""Every bad input of the command line: its exit code, one clear text, and nothing written."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.support.cli import DATABASE, Cli, cli

__all__ = ["cli"]

MILLION = "x" * 1_000_001

FILES: list[tuple[str, str, str | bytes, list[str], list[str]]] = [
    ("an empty file", "a.csv", b"", [], ["a.csv is empty"]),
    (
        "a missing text column",
        "a.csv",
        "headline\nx\n",
        [],
        ["a.csv: no column holds the text", "--text-column"],
    ),
    ("a missing named column", "a.csv", "text\nx\n", ["--text-column", "txt"], ["no column 'txt'", "'text'"]),
    (
        "another encoding",
        "a.csv",
        b"text\ncaf\xe9\n",
        [],
        ["a.csv: byte 8 (0xe9) is not UTF-8"],
    ),
    ("a text over 1 MB", "a.csv", f"text\nok\n{MILLION}\n", [], ["a.csv:3: 'text' has 1,000,001 bytes"]),
    ("a NUL byte", "a.csv", b"text\nok\na\x00b\n", [], ["a.csv:3: 'text' holds a NUL byte at character 2"]),
    (
        "a broken line in the middle",
        "a.jsonl",
        '{"text": "ok"}\n{"text"\n{"text": "ok too"}\n',
        [],
        ["a.jsonl:2: not JSON at character 8", "--skip-bad"],
    ),
    ("an unknown asset type", "a.jsonl", '{"text": "x", "asset_type": "song"}', [], ["a.jsonl:1", "'song'"]),
    ("an unknown format", "a.xlsx", b"PK", [], ["a.xlsx: cannot tell what it holds", "--format"]),
    ("two campaigns", "a.csv", "text\nx\n", ["--campaign", "C", "--campaign-column", "c"], ["give one"]),
    ("a blank campaign", "a.csv", "text\nx\n", ["--campaign", " "], ["--campaign is blank"]),
    ("a long delimiter", "a.csv", "text\nx\n", ["--delimiter", "||"], ["--delimiter '||'", "one character"]),
    ("an unknown option", "a.csv", "text\nx\n", ["--texts", "x"], ["no such option: --texts"]),
]


@pytest.mark.parametrize(
    ("name", "content", "options", "words"), [row[1:] for row in FILES], ids=[row[0] for row in FILES]
)
def test_bad_file_exits_2_and_writes_nothing(
    cli: Cli, name: str, content: str | bytes, options: list[str], words: list[str]
) -> None:
    good = cli.write("good.jsonl", '{"text": "fine"}\n')
    result = cli("ingest", good, cli.write(name, content), *options)
    assert result.code == 2
    assert result.out == ""
    error = result.err[result.err.index("error: ") :]
    assert all(word in error for word in words), error
    assert not (cli.folder / DATABASE).exists()


def test_missing_file_exits_2(cli: Cli) -> None:
    result = cli("ingest", "gone.csv", "--json")
    assert (result.code, result.json["error"]["message"]) == (2, "gone.csv does not exist")


BOTH = {"CAMPAIGNBASE_DATABASE": "a.db", "SUPABASE_URL": "https://x.supabase.co"}


@pytest.mark.parametrize(
    ("environment", "arguments", "code", "words"),
    [
        (BOTH, ["categories"], 2, ["two targets", "CAMPAIGNBASE_DATABASE", "SUPABASE_URL"]),
        ({"SUPABASE_URL": "https://x.supabase.co"}, ["categories"], 3, ["SUPABASE_URL", "not built yet"]),
        ({"CAMPAIGNBASE_DATABASE": "mysql://h/d"}, ["categories"], 2, ["mysql://", "postgresql://"]),
        ({}, ["--database", "no/such/folder/a.db", "categories"], 3, ["no/such/folder"]),
        ({}, ["--database", "postgresql://me:s3cret@127.0.0.1:1/db", "categories"], 4, ["127.0.0.1:1"]),
        (
            {},
            ["categories", "--workspace", "gone"],
            2,
            ["no workspace 'gone'", "workspace create"],
        ),
        ({}, ["show", "abcd"], 2, ["abcd"]),
        ({}, ["show", "ab"], 2, ["4 characters"]),
        ({}, ["search", " "], 2, ["blank"]),
        ({}, ["rules", "preview"], 2, ["name of a saved rule", "--if"]),
        ({}, ["rules", "preview", "gone"], 2, ["no rule 'gone'"]),
        ({}, ["rules", "preview", "--if", "{"], 2, ["--if is not JSON"]),
        ({}, ["rules", "preview", "--if", "[]"], 2, ["expected a JSON object"]),
        ({}, ["db", "reset"], 2, ["--yes"]),
        ({}, ["db", "start", "--version", "17"], 2, ["--version 17", "16 and 18"]),
        ({}, ["categories", "remove", "gone"], 2, ["no category 'gone'"]),
        ({}, ["categories", "rename", "gone", "new"], 2, ["no category 'gone'"]),
        ({}, ["categories", "add", "event"], 2, ["'event' exists already"]),
        ({}, ["categories", "add", "x", "--parent", "gone"], 2, ["no category 'gone'"]),
        ({}, ["workspace", "create", "default"], 2, ["'default' exists already"]),
        ({}, ["translate", "--migrations", "."], 2, ["--out"]),
    ],
)
def test_bad_configuration_and_arguments(
    cli: Cli,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    arguments: list[str],
    code: int,
    words: list[str],
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        result = cli(*arguments)
    assert result.code == code, result.err
    assert result.out == ""
    error = result.err[result.err.index("error: ") :]
    assert all(word in error for word in words), error
    assert "s3cret" not in result.err


@pytest.mark.parametrize(
    ("conditions", "actions", "words"),
    [
        ('{"contain_keyword": "x"}', '{"add_category": "offer"}', ["unknown condition 'contain_keyword'"]),
        ('{"contains_keyword": "x"}', '{"webhook": "https://x"}', ["action 'webhook' is not built yet"]),
        ('{"matches_regex": "(a+)+"}', '{"add_category": "offer"}', ["regex refused"]),
        ("{}", '{"add_category": "offer"}', ["empty, which would match everything"]),
        ('{"contains_keyword": "x"}', '{"add_category": "offr"}', ["rule 'mine'", "unknown category 'offr'"]),
    ],
)
def test_rule_that_cannot_be_accepted(cli: Cli, conditions: str, actions: str, words: list[str]) -> None:
    cli.ok("rules")
    before = cli.count("automation_rules")
    result = cli("rules", "add", "mine", "--if", conditions, "--then", actions)
    assert result.code == 2, result.err
    assert all(word in result.err for word in words), result.err
    assert cli.count("automation_rules") == before


def test_correction_with_an_unknown_category_changes_nothing(cli: Cli) -> None:
    cli.ok("ingest", cli.write("a.jsonl", '{"text": "Soup"}'), "--no-label")
    ((key,),) = cli.query("select id from content_assets")
    result = cli("categorize", key, "--sentiment", "positive", "--category", "evnt")
    assert result.code == 2
    assert "'evnt'" in result.err
    assert "'event'" in result.err
    assert cli.query("select sentiment from content_assets") == [(None,)]


def test_database_of_a_newer_version_is_left_alone(cli: Cli) -> None:
    cli.ok("categories")
    with closing(sqlite3.connect(DATABASE)) as connection:
        connection.execute("update schema_info set version = 999")
        connection.commit()
    before = Path(DATABASE).read_bytes()
    result = cli("ingest", cli.write("a.jsonl", '{"text": "Soup"}'))
    assert result.code == 3
    assert "newer" in result.err
    assert Path(DATABASE).read_bytes() == before


def test_file_that_is_no_database_of_ours(cli: Cli) -> None:
    cli.write("text.db", "just words, and many of them, so that it is no header\n" * 40)
    assert cli("--database", "text.db", "categories").code == 3
    with closing(sqlite3.connect("other.db")) as connection:
        connection.execute("create table bookings (id integer)")
    result = cli("--database", "other.db", "categories")
    assert (result.code, "bookings" in result.err) == (3, True)


def test_folder_that_may_not_be_written(cli: Cli) -> None:
    closed = cli.folder / "closed"
    closed.mkdir(mode=0o555)
    folder = "/proc" if os.access(closed, os.W_OK) else str(closed)  # root may write anywhere but there
    result = cli("--database", f"{folder}/a.db", "ingest", cli.write("a.jsonl", '{"text": "Soup"}'))
    assert result.code == 3, result.err
    assert "a.db" in result.err
