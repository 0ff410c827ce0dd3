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
    (
        "another format",
        "a.csv",
        "text\nx\n",
        ["--format", "xml"],
        ["'--format': 'xml' is not one of 'csv', "],
    ),
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
        (
            {"SUPABASE_URL": "https://x.supabase.co"},
            ["categories"],
            3,
            ["SECRET_KEY is not", "sb_secret_"],
        ),
        ({"CAMPAIGNBASE_DATABASE": "mysql://h/d"}, ["categories"], 2, ["mysql://", "postgresql://"]),
        ({}, ["--database", "no/such/folder/a.db", "categories"], 3, ["no/such/folder"]),
        ({}, ["--database", "postgresql://me:s3cret@127.0.0.1:1/db", "categories"], 4, ["127.0.0.1:1"]),
        (
            {},
            ["categories", "--workspace", "far away"],
            2,
            ["no workspace 'far away'", "workspace create 'far away'"],
        ),
        ({}, ["show", "abcd"], 2, ["abcd"]),
        ({}, ["show", "ab"], 2, ["4 characters"]),
        ({}, ["campaigns", "create", " "], 2, ["the name of a campaign is blank"]),
        ({}, ["campaigns", "create", "x", "--type", "Big Day"], 2, ["did you mean 'big_day'?"]),
        ({}, ["campaigns", "create", "x", "--status", "on"], 2, ["not one of draft, active, paused"]),
        ({}, ["search", " "], 2, ["blank"]),
        ({}, ["rules", "preview"], 2, ["name of a saved rule", "--if"]),
        ({}, ["rules", "preview", "gone"], 2, ["no rule 'gone'"]),
        ({}, ["rules", "preview", "--if", "{"], 2, ["--if is not JSON"]),
        ({}, ["rules", "preview", "--if", '{"tag": "a", "tag": "b"}'], 2, ["the key 'tag' comes twice"]),
        ({}, ["rules", "preview", "--if", "[]"], 2, ["expected a JSON object"]),
        ({}, ["db", "reset"], 2, ["--yes"]),
        ({}, ["db", "start", "--version", "17"], 2, ["--version 17", "16 and 18"]),
        ({}, ["categories", "remove", "gone"], 2, ["no category 'gone'"]),
        ({}, ["categories", "remove", "ofer"], 2, ["no category 'ofer'; did you mean 'offer'?"]),
        ({}, ["categories", "remove", "webinar"], 2, ["Remove category 'webinar'?", "no terminal", "--yes"]),
        ({}, ["categories", "edit", "offer"], 2, ["nothing to edit: name --description"]),
        ({}, ["categories", "edit", "gone", "--parent", ""], 2, ["no category 'gone'"]),
        ({}, ["categories", "edit", "offer", "--parent", "gone"], 2, ["no category 'gone'"]),
        ({}, ["categories", "edit", "offer", "--parent", "job_opening"], 2, ["third level"]),
        ({}, ["tags", "remove", "urgncy"], 2, ["no tag 'urgncy'; did you mean 'urgency'?"]),
        ({}, ["tags", "remove", "urgency"], 2, ["Remove tag 'urgency'?", "no terminal", "--yes"]),
        ({}, ["tags", "add", "#Urgencies"], 2, ["'#Urgencies' means the tag 'urgency' already"]),
        ({}, ["tags", "add", "x", "--alias", "student"], 2, ["'student' means the tag 'students' already"]),
        ({}, ["tags", "add", " # "], 2, ["' # ' is no tag: expected a word with letters or digits"]),
        ({}, ["tags", "add", "x", "--type", "Big Type"], 2, ["--type 'Big Type': expected lower_snake_case"]),
        ({}, ["tags", "edit", "urgency"], 2, ["nothing to edit: name --type"]),
        ({}, ["tags", "edit", "urgency", "--type", "Ä"], 2, ["--type 'Ä': expected lower_snake_case"]),
        ({}, ["tags", "edit", "urgency", "--alias", "asap", "--alias", "trusts"], 2, ["the tag 'trust'"]),
        ({}, ["tags", "rename", "urgency", "Student"], 2, ["'Student' means the tag 'students' already"]),
        ({}, ["rules", "remove", "gone", "--yes"], 2, ["no rule 'gone'; there is: ", '"we\'re hiring"']),
        ({}, ["rules", "remove", "we're hiring"], 2, ["Remove rule", "no terminal", "--yes"]),
        ({}, ["rules", "enable", "gone"], 2, ["no rule 'gone'"]),
        ({}, ["rules", "disable", "abc"], 2, ["no rule 'abc'"]),
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
    cli.new()
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        result = cli(*arguments)
    assert result.code == code, result.err
    assert result.out == ""
    error = result.err[result.err.index("error: ") :]
    assert all(word in error for word in words), error
    assert "s3cret" not in result.err


READING = (
    "search x", "show abcd", "worker --once", "categorize abcd", "campaigns", "categories list", "tags",
    "rules list", "rules preview gone", "rules remove gone --yes", "rules disable gone", "workspace",
    "categories edit offer --parent event", "categories rename offer deal", "categories remove offer --yes",
    "tags edit trust --alias faith", "tags rename trust faith", "tags remove trust --yes",
)  # fmt: skip
ADDING = (
    "campaigns create Summer", "categories add podcast", "tags add podcast", "workspace create Fernway",
    """rules add x --if {"contains_keyword":"x"} --then {"add_category":"offer"}""",
)  # fmt: skip


@pytest.mark.parametrize("command", READING)
def test_command_that_only_reads_makes_no_database(cli: Cli, command: str) -> None:
    result = cli("--database", "gone.db", *command.split())
    assert (result.code, result.out) == (3, "")
    assert result.err == (
        "target: SQLite gone.db\nerror: there is no file gone.db; expected a database with content;"
        " make one: campaignbase ingest FILE, or see an example: campaignbase demo\n"
    )
    assert list(cli.folder.iterdir()) == []


@pytest.mark.parametrize("command", ADDING)
def test_command_that_adds_makes_the_database(cli: Cli, command: str) -> None:
    cli.ok(*command.split())
    assert cli.count("workspaces") >= 1


@pytest.mark.parametrize(
    ("conditions", "actions", "words"),
    [
        ('{"contain_keyword": "x"}', '{"add_category": "offer"}', ["unknown condition 'contain_keyword'"]),
        (
            '{"contains_keyword": "x"}',
            '{"schedule": "monday"}',
            ["action 'schedule' needs a rule of type scheduling"],
        ),
        ('{"matches_regex": "(a+)+"}', '{"add_category": "offer"}', ["regex refused"]),
        ("{}", '{"add_category": "offer"}', ["empty, which would match everything"]),
        ('{"contains_keyword": "x"}', '{"add_category": "offr"}', ["rule 'mine'", "unknown category 'offr'"]),
    ],
)
def test_rule_that_cannot_be_accepted(cli: Cli, conditions: str, actions: str, words: list[str]) -> None:
    cli.new()
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
    cli.new()
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
