"""`campaignbase mcp` and `fastmcp` as people start them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.cli import Cli, cli

__all__ = ["cli"]

FOR_ALL = ["--api", "http://127.0.0.1:1", "--port", "8765", "--public-url"]
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--features", "dance"], 2, "no feature 'dance'; there is: campaigns"),
        (["--features", " "], 2, "--features is blank"),
        (["--campaign", "00000000-0000-0000-0000-0000000000ff"], 2, "0000000000ff"),
        (["--api", "somewhere"], 2, "is no address of an API"),
        (["--api", "http://127.0.0.1:1"], 4, "does not answer"),
        (["--api", "http://127.0.0.1:1", "--database", "x.db"], 2, "name two targets"),
        (["--host", "0.0.0.0"], 2, "add --public-url"),
        (["--public-url", "https://mcp.example.com"], 2, "add --api and --port"),
        ([*FOR_ALL, "http://mcp.example.com"], 2, "expected https://"),
        ([*FOR_ALL, "https://example.com/mcp"], 2, "has a path"),
        ([*FOR_ALL, "mcp.example.com"], 2, "is no address"),
        ([*FOR_ALL, "https://mcp.example.com"], 3, "set SUPABASE_URL to the project whose users sign in"),
        (["--workspace", "nowhere"], 2, "no workspace 'nowhere'"),
        (["--database", "postgresql://me@127.0.0.1/x"], 3, "an agent must not hold a server's own keys"),
        (["--port", "70000"], 2, "less than or equal to 65535"),
        (["--json"], 2, "--json"),
    ],
)
def test_bad_usage_is_refused(cli: Cli, arguments: list[str], code: int, told: str) -> None:
    result = cli("mcp", *arguments)
    assert result.code == code
    assert told in result.err


@pytest.mark.parametrize(
    ("arguments", "set_", "code", "told"),
    [
        ([*FOR_ALL, "https://mcp.example.com"], ["API_TOKEN"], 2, "unset CAMPAIGNBASE_API_TOKEN"),
        ([*FOR_ALL, "https://mcp.example.com"], ["SESSION_FILE"], 2, "unset CAMPAIGNBASE_SESSION_FILE"),
        (FOR_ALL[:2], ["API_TOKEN", "SESSION_FILE"], 2, "both say who asks"),
        (FOR_ALL[:2], ["SESSION_FILE"], 3, "set SUPABASE_URL and SUPABASE_PUBLISHABLE_KEY"),
    ],
)
def test_one_says_who_asks(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, arguments: list[str], set_: list[str], code: int, told: str
) -> None:
    for name in set_:
        monkeypatch.setenv(f"CAMPAIGNBASE_{name}", "x")
    result = cli("mcp", *arguments)
    assert (result.code, told in result.err) == (code, True), result.err


def test_fastmcp_finds_the_server_by_its_file(tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "fastmcp.cli", "inspect", "--skip-env", "--format", "fastmcp", "fastmcp.json"],
        cwd=ROOT,
        env={**os.environ, "CAMPAIGNBASE_DATABASE": str(tmp_path / "campaignbase.db")},
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(answer.stdout[answer.stdout.index("{") :])
    assert told["server"]["name"] == "campaignbase"
    assert "search_content" in [tool["name"] for tool in told["tools"]]
