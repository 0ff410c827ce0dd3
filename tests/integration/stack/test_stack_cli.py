"""The command line on a Supabase project, and a worker that is told of rows by its realtime."""

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.support.cli import Cli, cli, environment
from tests.support.stack import Stack

from campaignbase import settings
from campaignbase.core.vectors import to_pgvector
from campaignbase.wiring import shipped_embedder

__all__ = ["cli"]

SECONDS = 25.0  # less than a sweep of a connected worker: only an event can have woken it
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
    assert "rule 'we're hiring'" in cli.ok("show", hit["id"][:8], *at).out
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


async def test_a_member_inserts_is_told_of_the_labels_and_searches(stack: Stack) -> None:
    member = stack.sign_up()
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    standing = asyncio.Event()
    async with asyncio.timeout(90), stack.client(member.token) as client, worker(stack) as said:
        channel = client.channel("content")
        channel.on_postgres_changes(
            "UPDATE", lambda change: told.put_nowait(change["data"]["record"]), "content_assets", "public"
        )
        channel.on_system(lambda _: standing.set())
        await channel.subscribe()
        await standing.wait()
        # the vocabulary of whoever signed up is read first
        while (await client.rpc("queue_status", {}).execute()).data:
            await asyncio.sleep(0.1)  # noqa: ASYNC110 another process does it

        new = {"content": "Spring sale: 20% off everything in store, this week only"}
        (row,) = (await client.table("content_assets").insert(new).execute()).data
        async with asyncio.timeout(SECONDS):
            while (seen := await told.get())["label_state"] == "queued":
                pass
        assert (seen["id"], seen["label_state"], seen["primary_category"]) == (row["id"], "labeled", "offer")

        [vector] = await shipped_embedder().embed(["cheaper in spring"])
        asked = {"query_embedding": to_pgvector(vector), "match_count": 3}
        hits = (await client.rpc("semantic_search_content", asked).execute()).data
        assert [hit["id"] for hit in hits] == [row["id"]]
        await client.remove_all_channels()
    assert f"target: Supabase {stack.url}\n" in said
    assert re.search(r"1 asset labeled", said[-1]), said
