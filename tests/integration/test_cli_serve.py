"""`campaignbase serve` as a process of its own."""

import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from tests.support.cli import Cli, environment
from tests.support.cli import cli as cli

from campaignbase.local.cluster import free_port


def test_it_serves_the_file_until_it_is_told_to_stop(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "campaignbase", "serve", "--port", str(port), "--database", "a.db"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            answer = asked(f"http://127.0.0.1:{port}/health/ready", process)
            assert answer.json() == {"status": "ready", "parts": {"database": "answers"}}
            assert httpx.get(f"http://127.0.0.1:{port}/docs").status_code == 200
        finally:
            process.terminate()
            told = process.communicate(timeout=20)[1]
    assert told.startswith("target: SQLite a.db\n")
    assert "GET /health/ready 200" in told  # with the request's id, in the log
    assert "Traceback" not in told


def asked(url: str, process: "subprocess.Popen[str]") -> httpx.Response:
    for _ in range(200):
        assert process.poll() is None
        try:
            return httpx.get(url)
        except httpx.ConnectError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--database", "postgresql://me:secret@db/x"], 3, "does not serve Postgres postgresql://me@db/x"),
        (["--host", "0.0.0.0"], 3, "set CAMPAIGNBASE_API_TOKEN"),
        (["--port", "70000"], 2, "--port"),
    ],
)
def test_what_it_refuses_before_it_listens(cli: Cli, arguments: list[str], code: int, told: str) -> None:
    result = cli("serve", *arguments)
    assert (result.code, told in result.err) == (code, True), result.err
    assert "secret" not in result.err


def test_packages_that_are_missing_are_named(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    result = cli("serve")
    assert result.code == 3
    assert "the API needs the package uvicorn; run: pip install 'campaignbase[api,supabase]'" in result.err
