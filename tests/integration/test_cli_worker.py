"""The worker as a service: started, watched, stopped."""

import json
import os
import pty
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from tests.support.cli import Cli, cli, environment

__all__ = ["cli"]

COMMAND = (sys.executable, "-m", "campaignbase", "worker")
SECONDS = 60
SALE = {"text": "Spring sale: 20% off everything"}


def start(*arguments: str, **variables: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*COMMAND, *arguments], env=environment(**variables), stderr=subprocess.PIPE, text=True
    )


def read_until(process: "subprocess.Popen[str]", words: str) -> str:
    """The first line with these words."""
    assert process.stderr is not None
    for line in process.stderr:
        if words in line:
            return line
    raise AssertionError(f"it ended with exit code {process.wait()} before it said {words!r}")


def ended(process: "subprocess.Popen[str]", number: signal.Signals = signal.SIGTERM) -> str:
    """What it said at last."""
    process.send_signal(number)
    _, said = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, said
    return said


def fetch(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return str(answer.read().decode())


def wait_for_labels(cli: Cli, rows: int) -> None:
    deadline = time.monotonic() + SECONDS
    while cli.query("select count(*) from content_assets where label_state <> 'queued'")[0][0] < rows:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_it_labels_what_arrives_serves_its_health_and_ends_on_sigterm(cli: Cli) -> None:
    cli.new()
    with start("--metrics-port", "0") as process:
        address = re.search(r"http://127\.0\.0\.1:\d+", read_until(process, "serving"))
        assert address is not None
        read_until(process, "waiting for work")
        cli.ok("ingest", cli.write_lines("a.jsonl", SALE), "--no-label")
        wait_for_labels(cli, 1)
        health = json.loads(fetch(f"{address[0]}/health"))
        metrics = fetch(f"{address[0]}/metrics")
        said = ended(process)

    assert (health["ready"], health["database"], health["realtime"]) == (True, "answers", "sweeping")
    assert "campaignbase_rows_labeled_total 1.0" in metrics
    assert said.endswith("1 asset labeled, 0 assets left for review\n")
    assert "Traceback" not in said


def test_sigterm_in_the_middle_leaves_no_lease(cli: Cli) -> None:
    rows = [{"text": f"Sale number {place}: boots at half price"} for place in range(1000)]
    cli.ok("ingest", cli.write_lines("a.jsonl", *rows), "--no-label")
    with start() as process:
        wait_for_labels(cli, 50)
        said = ended(process)
    assert " labeled, " in said
    assert "Traceback" not in said
    assert cli.query("select count(*) from jobs where state = 'leased'") == [(0,)]
    assert cli.query("select count(*) from jobs where state = 'waiting'")[0][0] > 0


def test_on_a_terminal_one_line_lives(cli: Cli) -> None:
    cli.ok("ingest", cli.write_lines("a.jsonl", SALE), "--no-label")
    master, slave = pty.openpty()
    process = subprocess.Popen(
        COMMAND, env=environment(TERM="xterm", COLUMNS="100"), stderr=slave, stdout=subprocess.DEVNULL
    )
    os.close(slave)
    shown = b""
    deadline = time.monotonic() + SECONDS
    while b"1 asset labeled, 0 assets left for review" not in shown:
        assert time.monotonic() < deadline
        shown += os.read(master, 65536)
    process.send_signal(signal.SIGTERM)
    try:
        while chunk := os.read(master, 65536):
            shown += chunk
    except OSError:  # the terminal closed with its last reader
        pass
    os.close(master)
    assert process.wait(timeout=SECONDS) == 0
    assert re.search(rb"sweeping \xc2\xb7 \d+ waiting", shown)
    assert b"\r" in shown


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            ["--once", "--metrics-port", "9464"],
            2,
            "error: --metrics-port has no effect with --once; leave one of them out\n",
        ),
        (["--metrics-port", "70000"], 2, "error: invalid value for '--metrics-port'"),
    ],
)
def test_options_that_mean_nothing_are_refused(
    cli: Cli, arguments: list[str], code: int, message: str
) -> None:
    result = cli("worker", *arguments)
    assert result.code == code
    assert message in result.err


def test_metrics_without_the_package_say_what_to_install(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.new()
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    monkeypatch.delitem(sys.modules, "campaignbase.worker.health", raising=False)
    result = cli("worker", "--metrics-port", "0")
    assert result.code == 3
    needs = "--metrics-port needs the package prometheus_client; run: pip install 'campaignbase[supabase]'"
    assert result.err.endswith(f"error: {needs}\n")


def test_it_says_which_rows_somebody_else_holds(cli: Cli) -> None:
    cli.ok("ingest", cli.write_lines("a.jsonl", SALE, {"text": "Gone"}))
    ((other,),) = cli.query("select id from content_assets where content = 'Gone'")
    cli.ok("ingest", cli.write_lines("b.jsonl", {"text": "New"}), "--no-label")
    with closing(sqlite3.connect("campaignbase.db")) as connection, connection:
        connection.execute(
            "update jobs set state = 'leased', leased_by = 'dead', run_at = '2100-01-01T00:00:00.000000Z'"
        )
    said = "1 asset waits, held by another process or to be tried again later: campaignbase worker --once"

    assert said in cli.ok("worker", "--once").err
    assert cli.ok("worker", "--once", "--json").json["waiting"] == 1
    assert said in cli.ok("categorize", other).err
