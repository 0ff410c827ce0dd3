"""supabase-js and supabase-py against the offline stack: sign in, insert, receive over realtime."""

import asyncio
import json
from typing import Any

from tests.integration.stack.test_stack_rest import workspace_of
from tests.support.deno import RUN, deno
from tests.support.stack import PASSWORD, Stack

SECONDS = 15.0


def test_supabase_js_receives_what_it_inserts(stack: Stack) -> None:
    user = stack.sign_up()
    workspace = workspace_of(stack, user)
    given = {
        "url": stack.url,
        "key": stack.publishable_key,
        "email": user.email,
        "password": PASSWORD,
        "workspace": workspace,
    }
    said = deno("run", *RUN, "tests/integration/stack/client.ts", given=json.dumps(given))
    seen = [json.loads(line) for line in said.splitlines()]
    (row_id,) = [value for name, value in seen if name == "inserted"]
    # sent and heard come in either order
    assert sorted(map(json.dumps, seen)) == sorted(
        map(
            json.dumps,
            [
                ["user", user.email],
                ["status", "SUBSCRIBED"],
                ["inserted", row_id],
                ["change", {"id": row_id, "content": "From a page", "tags": ["web"]}],
                ["uploaded", [["a.png", 8, "image/png"], ["b.png", 4, "image/png"]]],
                ["refused", "415"],
                ["exists", [True, False]],
                ["sent", "ok"],
                ["broadcast", {"ü": 1}],
                ["called", 1],
                ["status", "CLOSED"],
                ["signed out", None],
            ],
        )
    )


async def test_supabase_py_receives_its_own_rows_and_nobody_elses(stack: Stack) -> None:
    member, stranger = stack.sign_up(), stack.sign_up()
    workspace = workspace_of(stack, member)
    told: dict[str, asyncio.Queue[dict[str, Any]]] = {
        name: asyncio.Queue() for name in ("own", "foreign", "all")
    }
    live = {name: asyncio.Event() for name in told}
    async with (
        stack.client(member.token) as own,
        stack.client(stranger.token) as foreign,
        stack.client(key=stack.secret_key) as service,
        asyncio.timeout(SECONDS),
    ):
        for name, client in (("own", own), ("foreign", foreign), ("all", service)):
            channel = client.channel("assets")
            channel.on_system(lambda _, name=name: live[name].set())
            table = {"schema": "public", "table": "content_assets", "select": ["id"]}
            channel.on_postgres_changes("INSERT", told[name].put_nowait, **table)
            channel.on_postgres_changes(
                "UPDATE", told[name].put_nowait, filter="label_state=eq.queued", **table
            )
            await channel.subscribe()
            await live[name].wait()
        new = {"workspace_id": workspace, "content": "first"}
        (row,) = (await own.table("content_assets").insert(new).execute()).data
        inserted = [await told[name].get() for name in ("own", "all")]
        await own.table("content_assets").update({"content": "second"}).eq("id", row["id"]).execute()
        updated = [await told[name].get() for name in ("own", "all")]
    assert [one["data"]["type"].value for one in inserted + updated] == [
        "INSERT",
        "INSERT",
        "UPDATE",
        "UPDATE",
    ]
    assert {one["data"]["record"]["id"] for one in inserted + updated} == {row["id"]}
    assert told["foreign"].empty()
