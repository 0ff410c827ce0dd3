"""Every command explains itself with an example, and every way to end has its exit code and one text."""

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from campaignbase import cli
from campaignbase.cli import app as app_module
from campaignbase.errors import NotConfiguredError, ProviderError, UnreachableError

COMMANDS = {
    "approvals", "backfill", "bench", "cache", "campaigns", "categories", "categorize", "compare-embedders",
    "db", "demo", "doctor", "evaluate", "export", "ingest", "keys", "mcp", "media", "review", "rules",
    "search", "serve", "show", "stack", "tags", "train", "translate", "webhooks", "worker", "workspace",
}  # fmt: skip


def commands(group: Any, path: str = "campaignbase") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        yield f"{path} {name}", command
        if hasattr(command, "commands"):
            yield from commands(command, f"{path} {name}")


ALL = dict(commands(typer.main.get_command(app_module.app)))


def test_the_commands_that_are_promised_are_there() -> None:
    assert {path.split()[1] for path in ALL} == COMMANDS


@pytest.mark.parametrize("path", ALL)
def test_every_command_has_help_with_an_example_of_itself(path: str) -> None:
    text = ALL[path].help
    examples = [line.strip() for line in text.splitlines() if "Example:" in line]
    assert examples
    assert all(path in line for line in examples)


@pytest.mark.parametrize("path", ALL)
def test_every_option_is_explained(path: str) -> None:
    obvious = {"--help", "--hashtag-strategy"}
    for option in ALL[path].params:
        if any(name.startswith("--") for name in option.opts) and not obvious & set(option.opts):
            assert option.help, option.opts


def test_every_command_that_reports_can_do_so_in_json() -> None:
    without = [
        path
        for path, command in ALL.items()
        if "--json" not in {name for option in command.params for name in option.opts}
    ]
    assert sorted(without) == ["campaignbase mcp", "campaignbase serve"]  # they serve


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--nope"], "no such option: --nope; see: campaignbase --help"),
        (["serch"], "no such command 'serch'; did you mean 'search'"),
        (["db", "stat"], "no such command 'stat'; did you mean 'start'?; see: campaignbase db --help"),
        (
            ["search", "x", "--limt", "3"],
            "no such option: --limt (Possible options: --limit); see: campaignbase search",
        ),
        (["search"], "missing argument 'text'; see: campaignbase search --help"),
        (["search", "x", "-n", "0"], "invalid value for '--limit' / '-n': "),
        (["campaigns", "remove"], "no such command 'remove'"),
        (["demo", "extra"], "got unexpected extra argument"),
        (["search", "caf\udce9"], "argument 'caf\\udce9' is no UTF-8; write it in UTF-8"),  # latin-1
        (["campaigns", "create", "--type=\udcff"], "argument '--type=\\udcff' is no UTF-8"),
    ],
)
def test_bad_usage_exits_2_with_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert cli.run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"error: {message}")
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize("place", ["before", "after"])
def test_errors_are_json_on_stdout_when_asked_for(capsys: pytest.CaptureFixture[str], place: str) -> None:
    arguments = ["--json", "serch"] if place == "before" else ["search", "--json", "--nope"]
    assert cli.run(arguments) == 2
    captured = capsys.readouterr()
    error = json.loads(captured.out)["error"]
    assert error["type"] == "UsageError"
    assert error["exit_code"] == 2
    assert captured.err == f"error: {error['message']}\n"


@pytest.mark.parametrize(
    ("raised", "code", "words"),
    [
        (NotConfiguredError("a key is missing"), 3, "error: a key is missing"),
        (UnreachableError("nobody answers"), 4, "error: nobody answers"),
        (ProviderError("refused"), 4, "error: refused"),
        (KeyboardInterrupt(), 130, "interrupted; nothing lost: run the same command again"),
        (typer.Abort(), 130, "interrupted; nothing lost: run the same command again"),
    ],
)
def test_expected_ends_have_their_code_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    raised: BaseException,
    code: int,
    words: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr("campaignbase.cli.session.settings.load", fail)
    assert cli.run(["categories"]) == code
    assert capsys.readouterr().err == f"{words}\n"


def test_a_file_may_have_a_name_in_another_encoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stderr", told := io.StringIO())
    Path("caf\udce9.csv").write_text("text\n")
    assert cli.run(["ingest", "caf\udce9.csv"]) == 2
    assert told.getvalue() == "error: caf\udce9.csv has a header but no rows\n"


def test_what_a_terminal_cannot_show_does_not_end_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["campaignbase", "Zoë 🍷", "--json"])
    monkeypatch.setattr("sys.stderr", io.StringIO())
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, "latin-1"))
    with pytest.raises(SystemExit, match="2"):
        cli.main()
    sys.stdout.write("Zoë 🍷")
    sys.stdout.flush()
    found, end = json.JSONDecoder().raw_decode(written.getvalue().decode("latin-1"))
    assert found["error"]["message"].startswith("no such command 'Zoë 🍷'")
    assert written.getvalue()[end:].strip() == b"Zo\xeb \\U0001f377"


def test_an_interrupted_command_that_did_nothing_yet_says_so_in_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("campaignbase.cli.session.settings.load", fail)
    assert cli.run(["search", "x", "--json"]) == 130
    assert json.loads(capsys.readouterr().out) == {"interrupted": True}


def test_an_unexpected_error_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("campaignbase.cli.session.settings.load", fail)
    with pytest.raises(ZeroDivisionError):
        cli.run(["categories"])


@pytest.mark.parametrize("arguments", [[], ["db"]])
def test_no_command_prints_the_help_and_exits_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert cli.run(arguments) == 2
    assert "Usage: campaignbase" in capsys.readouterr().out


def test_version_is_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out == "0.1.0\n"


@pytest.mark.parametrize("command", ["demo", "translate", "bench", "db url"])
def test_a_common_option_without_effect_is_refused(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert cli.run(["--database", "x.db", *command.split()]) == 2
    assert "--database has no effect" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["worker --once", "workspace list", "demo"])
def test_a_workspace_is_refused_where_it_means_nothing(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert cli.run(["--workspace", "x", *command.split()]) == 2
    assert "--workspace has no effect" in capsys.readouterr().err
