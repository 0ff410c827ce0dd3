"""`campaignbase stack`: started, told, stopped; and what is left when half of it fails."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]
import psycopg
import pytest
from tests.support.cli import Cli, cli

from campaignbase.cli import run
from campaignbase.errors import NotConfiguredError
from campaignbase.local import postgres
from campaignbase.local.cluster import free_port, is_free
from campaignbase.local.stack import parts
from campaignbase.schema import files

__all__ = ["cli"]

SECONDS = 60.0
NAMES = {
    *("API_URL", "REST_URL", "AUTH_URL", "STORAGE_URL", "FUNCTIONS_URL", "EMBEDDINGS_URL"),
    *("REALTIME_URL", "DB_URL"),
    *("PUBLISHABLE_KEY", "SECRET_KEY", "JWT_SECRET", "GATEWAY"),
}


@pytest.fixture
def data(open_folder: Path) -> Iterator[Path]:
    folder = open_folder / "stack"
    yield folder
    run(["stack", "stop", "--data", str(folder)])


def rows(told: dict[str, str]) -> list[str]:
    """Names of the workspaces, by REST."""
    answer = httpx.get(
        f"{told['REST_URL']}/workspaces?select=name&order=name", headers={"apikey": told["SECRET_KEY"]}
    )
    answer.raise_for_status()
    return [row["name"] for row in answer.json()]


def test_stack_start_status_stop_and_start_again(cli: Cli, data: Path) -> None:
    where = ("--data", str(data))
    assert cli("stack", "status", *where).code == 4
    told = cli.ok("stack", "start", "--port", "0", "--json", *where).json
    assert told.keys() == NAMES
    assert (told["PUBLISHABLE_KEY"][:15], told["SECRET_KEY"][:10]) == ("sb_publishable_", "sb_secret_")
    assert stat.S_IMODE((data / "keys.json").stat().st_mode) == 0o600
    assert rows(told) == ["default"]
    httpx.post(
        f"{told['REST_URL']}/workspaces", json={"name": "kept"}, headers={"apikey": told["SECRET_KEY"]}
    ).raise_for_status()

    again = cli.ok("stack", "start", "--json", *where)
    assert (again.json, "runs already" in again.err) == (told, True)
    assert cli.ok("stack", "status", "--json", *where).json == told
    assert f"Secret key\t{told['SECRET_KEY']}\n" in cli.ok("stack", "status", *where).out
    other = cli("stack", "start", "--port", str(free_port()), *where)
    assert (other.code, "campaignbase stack stop" in other.err) == (2, True)

    for part in ("gateway.json", "outside.json"):
        pid = json.loads((data / part).read_text())["pid"]
        os.kill(pid, signal.SIGKILL)  # a part of it is gone: not running, and the next start makes it whole
        assert cli("stack", "status", *where).code == 4
        assert cli.ok("stack", "start", "--json", *where).json == told
    assert rows(told) == ["default", "kept"]
    pids = [json.loads((data / part).read_text())["pid"] for part in ("gateway.json", "outside.json")]

    assert cli.ok("stack", "stop", "--json", *where).json == {"stopped": True}
    assert cli.ok("stack", "stop", "--json", *where).json == {"stopped": False}
    ports = [int(told[name].rsplit(":", 1)[1].split("/")[0]) for name in ("API_URL", "DB_URL")]
    assert [is_free(port) for port in ports] == [True, True]
    assert [psutil.pid_exists(pid) for pid in pids] == [False, False]


def test_the_database_of_a_stack_calls_its_edge_functions(
    cli: Cli, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    told = cli.ok("stack", "start", "--port", "0", "--json", "--data", str(data)).json
    with psycopg.connect(told["DB_URL"], autocommit=True) as connection:
        scheduled = connection.execute("select jobname from cron.job order by jobname").fetchall()
        assert scheduled == [("campaignbase_sweep",), ("campaignbase_tidy",)]
        connection.execute("insert into content_assets (content) values ('We are hiring two cooks.')")
        until = time.monotonic() + SECONDS
        found: object = None
        while found is None and time.monotonic() < until:
            time.sleep(0.1)
            row = connection.execute("select embedding_model from content_assets").fetchone()
            found = row and row[0]
    # the function was reached, with the right key, and the shipped embedder behind it, without one
    assert found == "campaignbase-static-1"


def test_a_taken_port_and_a_gateway_that_fails_leave_nothing_running(
    cli: Cli, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = ("--data", str(data))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = cli("stack", "start", "--port", str(port), *where)
    assert refused.code == 2
    assert refused.err.startswith(f"error: port {port} of 127.0.0.1 is taken by another program;")
    assert postgres.status(data=data / "postgres") is None

    broken = data / "broken.ts"
    broken.write_text("throw new Error('broken on purpose');")
    monkeypatch.setattr(parts, "GATEWAY", broken)
    failed = cli("stack", "start", "--port", "0", *where)
    assert failed.code == 1
    assert "the stack's gateway ended with 1" in failed.err
    assert "broken on purpose" in failed.err  # the end of its log
    assert postgres.status(data=data / "postgres") is None
    assert not (data / "gateway.json").exists()


def test_missing_packages_are_named_with_the_command_that_installs_them(
    cli: Cli, data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in parts.PACKAGE_FILES:  # as in a wheel: no node_modules
        shutil.copyfile(files.supabase_folder() / name, tmp_path / name)
    monkeypatch.setattr(parts.files, "supabase_folder", lambda: tmp_path)
    folder = data / "parts"
    result = cli("stack", "start", "--data", str(data))
    assert result.code == 3
    assert f"npm ci --omit=dev --prefix {folder}\n" in result.err
    assert postgres.status(data=data / "postgres") is None

    assert (folder / "package-lock.json").is_file()
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / ".package-lock.json").touch()  # what npm leaves when it is done
    assert parts.find(folder).config == folder / "deno.json"
    (tmp_path / "package-lock.json").write_text("{}")  # another version of ours
    with pytest.raises(NotConfiguredError, match="npm ci"):
        parts.find(folder)


def test_start_with_a_worker_labels_until_it_is_interrupted(data: Path) -> None:
    with _attended(data) as process:
        told = _first_document(process)
        with psycopg.connect(told["DB_URL"], autocommit=True) as connection:
            connection.execute("insert into content_assets (content) values ('We are hiring two cooks.')")
            until = time.monotonic() + SECONDS
            state = None
            while state not in ("labeled", "review") and time.monotonic() < until:
                time.sleep(0.1)
                (state,) = connection.execute("select label_state from content_assets").fetchone() or [None]
        assert state in ("labeled", "review")
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        said = _said(process)
    assert process.returncode == 0, said
    assert said.endswith("stopped; its data is kept\n")
    _assert_nothing_is_left(data, told)


@pytest.mark.proof
def test_a_start_after_a_kill_ends_what_was_left_and_owns_the_stack(data: Path) -> None:
    with _attended(data) as killed:
        told = _first_document(killed)
        left, _ = _worker_of(killed)
        killed.kill()
        killed.wait()
    assert psutil.pid_exists(left)  # nobody could tell it
    with _attended(data) as process:
        assert _first_document(process) == told
        _, first_said = _worker_of(process)
        assert not psutil.pid_exists(left)
        os.kill(process.pid, signal.SIGHUP)  # the terminal was closed
        said = first_said + _said(process)
    assert "the command that started it was killed; this one stops it at its end\n" in said
    assert said.endswith("stopped; its data is kept\n")
    _assert_nothing_is_left(data, told)


def test_a_worker_that_is_killed_ends_it_all_and_says_so(data: Path) -> None:
    with _attended(data) as process:
        told = _first_document(process)
        worker, _ = _worker_of(process)
        os.kill(worker, signal.SIGKILL)
        said = _said(process)
    assert process.returncode == 1
    assert said.endswith("the worker was ended by SIGKILL\nstopped; its data is kept\n")
    _assert_nothing_is_left(data, told)


@pytest.mark.proof
def test_stop_ends_the_worker_that_a_killed_start_left(cli: Cli, data: Path) -> None:
    with _attended(data) as killed:
        told = _first_document(killed)
        left, _ = _worker_of(killed)
        killed.kill()
        killed.wait()
    assert cli.ok("stack", "stop", "--json", "--data", str(data)).json == {"stopped": True}
    assert not psutil.pid_exists(left)
    _assert_nothing_is_left(data, told)


@contextmanager
def _attended(data: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """`stack start --worker`, as in a terminal of its own."""
    command = [sys.executable, "-m", "campaignbase", "stack", "start", "--worker", "--json", "--port", "0"]
    with subprocess.Popen(
        [*command, "--data", str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)


def _worker_of(process: "subprocess.Popen[bytes]") -> tuple[int, str]:
    """The number of its worker, once it works, and what was said until then."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line.decode())
        if line.startswith(b"waiting for work"):
            break
    [worker] = [child for child in psutil.Process(process.pid).children() if child.cmdline()[-1] == "worker"]
    return int(worker.pid), "".join(said)


def _said(process: "subprocess.Popen[bytes]") -> str:
    """What it says until its end."""
    _, said = process.communicate(timeout=SECONDS)
    return said.decode()


def _assert_nothing_is_left(data: Path, told: dict[str, str]) -> None:
    ports = [int(told[name].rsplit(":", 1)[1].split("/")[0]) for name in ("API_URL", "DB_URL")]
    assert [is_free(port) for port in ports] == [True, True]
    assert postgres.status(data=data / "postgres") is None
    with_it = [one.info["cmdline"] for one in psutil.process_iter(["cmdline"])]
    assert [words for words in with_it if words and any(str(data) in word for word in words)] == []
    assert list(data.glob("attended-*")) == []


def _first_document(process: "subprocess.Popen[bytes]") -> dict[str, str]:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.decode())
        if line == b"}\n":
            break
    document = json.loads("".join(lines))
    assert "DB_URL" in document, document
    return dict(document)
