"""The command line on a Supabase project, and a worker that is told of rows by its realtime."""

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from deno import find_deno_bin
from tests.support.cli import Cli, cli, environment
from tests.support.deno import ROOT, RUN
from tests.support.stack import Stack

from campaignbase import settings

__all__ = ["cli"]

ROWS = (
    {"text": "We're hiring! Two dishwashers for the evening shift. Apply now."},
    {"text": "Rain jackets are 30% off until Thursday.", "category": "offer"},
)


@pytest.fixture
def project(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """The target of every command."""
    monkeypatch.setenv("SUPABASE_URL", f"{stack.url}/")
    monkeypatch.setenv("SUPABASE_SECRET_KEY", stack.secret_key)
    return stack


def test_commands_work_on_a_project(cli: Cli, project: Stack) -> None:
    at = ("--workspace", "From the command line")
    with project.connect() as connection:
        connection.execute("delete from private.jobs")  # what other tests left
    cli.ok("workspace", "create", at[1])
    name = cli.write_lines("a.jsonl", *ROWS)
    inserted = cli.ok("ingest", name, "--category-column", "category", "--campaign", "Rain", *at)
    assert f"target: Supabase {project.url}" in inserted.err
    assert project.secret_key not in inserted.err + inserted.out
    assert inserted.err.endswith("2 assets and 1 campaign wait to be labeled: campaignbase worker\n")
    assert cli.ok("worker", "--once", "--json").json["failed"] == 0
    again = cli.ok("ingest", name, "--category-column", "category", "--campaign", "Rain", "--json", *at).json
    assert (again["inserted"], again["skipped"], again["waiting"]) == (0, 2, 0)

    hit = cli.ok("search", "evening job in a kitchen", "--json", *at).json["hits"][0]
    assert (hit["primary_category"], hit["text"]) == ("job_opening", ROWS[0]["text"])
    assert "job_opening · a rule · 'we're hiring': says" in cli.ok("show", hit["id"][:8], *at).out
    cli.ok("categorize", hit["id"], "--category", "recruitment")
    asset = cli.ok("show", hit["id"], "--json").json["asset"]
    assert (asset["primary_category"], asset["category_source"]) == ("recruitment", "human")
    wrong = cli("categorize", hit["id"], "--category", "recruitmnt")
    assert (wrong.code, "did you mean 'recruitment'?" in wrong.err) == (2, True)

    [campaign] = cli.ok("campaigns", "--json", *at).json["campaigns"]
    assert (campaign["name"], campaign["content_count"]) == ("Rain", 2)
    cli.ok("categories", "add", "weather", "--description", "Rain and sun.", *at)
    cli.ok("categories", "rename", "weather", "sky", *at)
    assert "sky" in cli.ok("categories", *at).out
    cli.ok("categories", "remove", "sky", "--yes", *at)
    cli.ok("tags", "add", "umbrella", *at)
    cli.ok("tags", "remove", "umbrella", "--yes", *at)
    taken = cli("tags", "rename", "urgency", "Student", *at)
    assert (taken.code, "students" in taken.err) == (2, True)
    assert cli.ok("rules", "--json", *at).json
    found = cli.ok("rules", "preview", "--if", '{"contains_keyword": "rain"}', "--json", *at).json
    assert [hit["text"] for hit in found["hits"]] == [ROWS[1]["text"]]
    made = cli.ok("webhooks", "add", "board", "https://hooks.example.com/x", "--json", *at).json
    assert str(made).count("whsec_") == 1
    assert "board" in cli.ok("webhooks", *at).out

    checks = {check["name"]: check for check in cli.ok("doctor", "--no-speed", "--json").json["checks"]}
    assert (checks["database"]["level"], checks["queue"]["level"]) == ("ok", "ok")
    refused = cli("db", "inspect", "queue")
    assert (refused.code, "asks a Postgres, and the target is Supabase" in refused.err) == (2, True)


def test_what_is_wrong_with_the_target_is_told(
    cli: Cli, project: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGNBASE_DATABASE", "a.db")
    both = cli("categories")
    assert (both.code, "two targets are configured" in both.err) == (2, True)
    monkeypatch.delenv("CAMPAIGNBASE_DATABASE")
    monkeypatch.setenv("SUPABASE_SECRET_KEY", "sb_secret_wrong")
    wrong = cli("categories")
    assert (wrong.code, "Invalid API key; is it another project's?" in wrong.err) == (3, True)
    monkeypatch.setenv("SUPABASE_URL", "http://127.0.0.1:1")
    away = cli("categories")
    assert (away.code, "cannot reach Supabase http://127.0.0.1:1" in away.err) == (4, True)
    monkeypatch.delenv("SUPABASE_SECRET_KEY")
    monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY", project.secret_key)  # its older name
    monkeypatch.setenv("SUPABASE_URL", project.url)
    cli.ok("workspace")
    assert not (cli.folder / "campaignbase.db").exists()


@asynccontextmanager
async def worker(stack: Stack) -> AsyncIterator[list[str]]:
    """A process of its own, connected; what it says."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "campaignbase", "worker"),
        env=environment(**settings.environment_of_project(stack.url, stack.secret_key)),
        stderr=subprocess.PIPE,
    )
    said: list[str] = []
    assert process.stderr is not None
    try:
        while not said or "realtime: connected" not in said[-1]:
            line = await process.stderr.readline()
            assert line, said
            said.append(line.decode())
        yield said
    finally:
        process.send_signal(signal.SIGTERM)
        said += (await process.stderr.read()).decode().splitlines()
        assert await process.wait() == 0, said


@pytest.mark.parametrize(
    "command",
    [
        (sys.executable, "examples/member.py"),
        (find_deno_bin(), "run", *RUN, "examples/member.ts"),
    ],
    ids=["supabase-py", "supabase-js"],
)
async def test_a_member_inserts_is_told_of_the_labels_and_searches(
    stack: Stack, command: tuple[str, ...]
) -> None:
    async with asyncio.timeout(120), worker(stack) as said:
        member = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            env=environment(SUPABASE_URL=stack.url, SUPABASE_PUBLISHABLE_KEY=stack.publishable_key),
            stdout=subprocess.PIPE,
        )
        assert member.stdout is not None
        lines = []
        while line := await member.stdout.readline():
            lines.append(re.sub(r"[\[\]'\"]", "", line.decode().strip()))
        assert await member.wait() == 0
    assert lines == [
        "signed up",
        "inserted",
        "labeled: offer",
        "found: Spring sale: 20% off everything in store, this week only",
        "uploaded: True" if command[0] == sys.executable else "uploaded: true",
        "signed out",
    ]
    assert f"target: Supabase {stack.url}\n" in said
    assert "1 asset labeled" in said[-1]


def test_a_port_that_another_folders_stack_has_is_told_as_such(cli: Cli, stack: Stack) -> None:
    refused = cli("stack", "start", "--data", "elsewhere", "--port", str(stack.gateway.port))
    assert refused.code == 2
    assert refused.err == (
        f"error: port {stack.gateway.port} of 127.0.0.1 is taken by another folder's stack (process"
        f" {stack.gateway.pid}); stop that one, or name another port with --port\n"
    )
