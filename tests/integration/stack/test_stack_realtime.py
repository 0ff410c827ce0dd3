"""The realtime bridge, frame by frame: changes, and who is told of them."""

import asyncio
import uuid

import pytest
from tests.integration.stack.readings import OWNER, READINGS, run
from tests.support.phoenix import Phoenix, open_socket
from tests.support.stack import Stack


async def test_changes_have_the_platforms_shape(stack: Stack, tables: None) -> None:
    async with open_socket(stack) as socket:
        reply = await socket.live("shape", READINGS)
        (binding,) = reply["response"]["postgres_changes"]
        assert {**READINGS, "id": binding["id"]} == binding
        run(
            stack,
            "insert into readings values"
            " (1, null, 'new', 0.5, '2026-01-02 03:04:05+00', '{a,\"b c\"}', 's', 'b')",
            "update readings set state = 'old' where id = 1",
            "delete from readings where id = 1",
        )
        inserted, updated, deleted = [await socket.change() for _ in range(3)]
    columns = ["id", "owner", "state", "amount", "taken_at", "tags", "body"]  # not the secret one
    record = {
        "id": 1,
        "owner": None,
        "state": "new",
        "amount": 0.5,
        "taken_at": "2026-01-02T03:04:05+00:00",
        "tags": ["a", "b c"],
        "body": "b",
    }
    assert inserted["ids"] == [binding["id"]]
    data = inserted["data"]
    assert data.keys() == {"schema", "table", "type", "commit_timestamp", "columns", "record", "errors"}
    assert (data["schema"], data["table"], data["type"], data["errors"]) == (
        "public",
        "readings",
        "INSERT",
        None,
    )
    assert data["commit_timestamp"].endswith("Z")
    assert len(data["commit_timestamp"]) == len("2025-11-19T00:22:40.877Z")
    assert [column["name"] for column in data["columns"]] == columns
    assert data["columns"][5] == {"name": "tags", "type": "_text"}
    assert data["record"] == record
    assert updated["data"]["type"] == "UPDATE"
    assert updated["data"]["record"] == {**record, "state": "old"}
    assert updated["data"]["old_record"] == {"id": 1}  # the key: the replica identity is the default one
    assert deleted["data"]["type"] == "DELETE"
    assert deleted["data"]["old_record"] == {"id": 1}
    assert "record" not in deleted["data"]


async def test_a_full_replica_identity_tells_the_old_row_but_of_deletions_only_without_policies(
    stack: Stack, tables: None
) -> None:
    run(
        stack,
        "alter table readings replica identity full",
        "alter table owned replica identity full",
        "insert into readings (id, state) values (1, 'a')",
        f"insert into owned values (1, 'x', '{OWNER}')",
    )
    async with open_socket(stack) as socket:
        await socket.live("open", {**READINGS, "filter": "state=eq.a", "event": "DELETE"}, READINGS)
        await socket.live("owned", {**READINGS, "table": "owned"}, token=stack.token())
        run(stack, "update readings set body = 'b'", "delete from readings", "delete from owned")
        updated, deleted = await socket.change("open"), await socket.change("open")
        hidden = await socket.change("owned")
    assert updated["data"]["old_record"] == {**deleted["data"]["old_record"], "body": None}
    assert (deleted["data"]["old_record"]["state"], "secret" in deleted["data"]["old_record"]) == ("a", False)
    assert len(deleted["ids"]) == 2  # the filter sees the old row
    assert hidden["data"]["old_record"] == {"id": 1, "part": "x"}
    run(stack, "alter table readings replica identity default", "alter table owned replica identity default")


# filter -> the ids of the rows below that it lets through
FILTERS = {
    "state=eq.a": [1],
    "state=neq.a": [2],  # the third has none: null passes nothing
    "state=not.eq.a": [2],
    "state=in.(a,b)": [1, 2],
    "state=like.a%": [1],
    "state=is.null": [3],
    "amount=lt.10": [1],
    "amount=lte.10": [1, 2],
    "amount=gt.9": [2],
    "amount=gte.9": [1, 2],
    f"owner=eq.{OWNER.upper()}": [2],  # compared as uuid, not as text
    "taken_at=gt.2026-01-01": [2],
    "id=gt.1,id=lt.3": [2],
}


async def test_filters_compare_as_the_columns_type(stack: Stack, tables: None) -> None:
    async with open_socket(stack, vsn="2.0.0") as socket:
        bindings = [{**READINGS, "event": "INSERT", "filter": text, "select": ["id"]} for text in FILTERS]
        reply = await socket.live("filters", *bindings)
        ids = [binding["id"] for binding in reply["response"]["postgres_changes"]]
        assert len(set(ids)) == len(FILTERS)
        run(
            stack,
            "begin",
            "insert into readings (id, state, amount, taken_at) values (1, 'a', 9, '2025-12-31')",
            "insert into readings (id, state, amount, owner, taken_at)"
            f" values (2, 'b', 10, '{OWNER}', '2026-01-02')",
            "insert into readings (id) values (3)",
            "commit",
        )
        passed: dict[int, list[int]] = {one: [] for one in ids}
        for _ in range(3):
            change = await socket.change()
            assert change["data"]["record"].keys() == {"id"}
            for one in change["ids"]:
                passed[one].append(change["data"]["record"]["id"])
    assert dict(zip(FILTERS, passed.values(), strict=True)) == FILTERS
    run(stack, "delete from readings")


async def test_each_row_goes_to_those_who_may_see_it(stack: Stack, tables: None) -> None:
    mine, other = str(uuid.uuid4()), str(uuid.uuid4())
    owned = {"event": "*", "schema": "public", "table": "owned"}
    async with (
        open_socket(stack) as member,
        open_socket(stack) as stranger,
        open_socket(stack, stack.secret_key) as service,
    ):
        await member.live("a", owned, token=stack.token(mine))
        await stranger.live("a", owned, token=stack.token(other))
        await service.live("a", owned)
        run(
            stack,
            f"insert into owned values (1, 'x', '{mine}'), (2, 'y', '{mine}')",
            f"insert into owned values (3, 'z', '{other}')",
        )
        assert [(await service.change())["data"]["record"]["id"] for _ in range(3)] == [1, 2, 3]
        # the fourth is gone before anybody can be asked whether it was theirs
        run(
            stack,
            "begin",
            f"insert into owned values (4, 'x', '{mine}')",
            "delete from owned where id in (1, 4)",
            "commit",
        )
        assert [(await service.change())["data"]["type"] for _ in range(2)] == ["DELETE", "DELETE"]
        for socket in (member, stranger):
            await socket.settle()

    def told(socket: Phoenix) -> list[tuple[str, object]]:
        data = [
            message["payload"]["data"] for message in socket.seen if message["event"] == "postgres_changes"
        ]
        return [(one["type"], one.get("record", one.get("old_record"))["id"]) for one in data]

    # as on the platform: everybody who listens to the table learns the keys of what is deleted
    deleted = [("DELETE", 1), ("DELETE", 4)]
    assert told(member) == [("INSERT", 1), ("INSERT", 2), *deleted]
    assert told(stranger) == [("INSERT", 3), *deleted]
    run(stack, "delete from owned")


@pytest.mark.parametrize(
    ("binding", "told"),
    [
        ({"schema": "public", "table": "unpublished"}, "Please check Realtime is enabled"),
        ({"schema": "public", "table": "no_such"}, "Please check Realtime is enabled"),
        (
            {"schema": "public", "table": "readings", "filter": "nothing=eq.1"},
            "invalid column for filter nothing",
        ),
        (
            {"schema": "public", "table": "readings", "filter": "secret=eq.1"},
            "invalid column for filter secret",
        ),
        (
            {"schema": "public", "table": "readings", "filter": "owner=eq.me"},
            "invalid input syntax for type uuid",
        ),
        ({"schema": "public", "table": "readings", "filter": "state=match.("}, "invalid regular expression"),
        ({"schema": "public", "table": "readings", "select": ["secret"]}, "invalid column for select secret"),
        ({"event": "*"}, "No subscription params provided"),
    ],
)
async def test_bindings_that_cannot_be_served_are_told(
    stack: Stack, tables: None, binding: dict[str, object], told: str
) -> None:
    async with open_socket(stack) as socket:
        assert (await socket.join("x", binding))["status"] == "ok"  # as on the platform: the refusal follows
        payload = (await socket.event("system"))["payload"]
    assert (payload["extension"], payload["status"], payload["channel"]) == ("postgres_changes", "error", "x")
    assert told in payload["message"]


async def test_rows_without_a_key_or_a_grant_are_reported_as_errors(stack: Stack, tables: None) -> None:
    async with open_socket(stack) as socket:
        await socket.live("keyless", {"event": "*", "schema": "public", "table": "keyless"})
        await socket.live("hidden", {"event": "*", "schema": "public", "table": "hidden"})
        run(stack, "insert into keyless values ('x')", "insert into hidden values (1)")
        first, second = await socket.change("keyless"), await socket.change("hidden")
    assert first["data"] == {
        "schema": "public",
        "table": "keyless",
        "type": "INSERT",
        "errors": ["Error 400: Bad Request, no primary key"],
    }
    assert second["data"]["errors"] == ["Error 401: Unauthorized"]
    assert "record" not in second["data"]


async def test_a_record_above_one_mebibyte_keeps_its_small_values(stack: Stack, tables: None) -> None:
    async with open_socket(stack) as socket:
        await socket.live("large", {**READINGS, "event": "INSERT"})
        run(stack, f"insert into readings (id, state, body) values (9, 's', repeat('x', {1024 * 1024}))")
        data = (await socket.change())["data"]
        assert data["errors"] == ["Error 413: Payload Too Large"]
        assert (data["record"]["id"], data["record"]["state"]) == (9, "s")
        assert "body" not in data["record"]
    run(stack, "delete from readings")


async def test_a_busy_stream_does_not_hold_up_the_rest(stack: Stack, tables: None) -> None:
    rows = 3000
    async with open_socket(stack) as socket:
        # deletions of the test before may still come
        await socket.live("x", {**READINGS, "event": "INSERT"})
        insert = f"insert into readings (id) select 1000 + n from generate_series(1, {rows}) as n"
        inserting = asyncio.create_task(asyncio.to_thread(run, stack, insert))
        heard = []  # changes, at each answer
        while len(socket.seen) < rows:
            await socket.settle()
            heard.append(len(socket.seen))
        await inserting
    assert any(0 < count < rows for count in heard)  # answered between changes of one transaction
    assert [one["payload"]["data"]["record"]["id"] for one in socket.seen] == [*range(1001, 1001 + rows)]
    run(stack, "delete from readings")
