"""The realtime bridge, frame by frame: tokens, joining and leaving, broadcasts, presence, sockets."""

import uuid

import pytest
from tests.integration.stack.readings import READINGS, run
from tests.support.phoenix import open_socket
from tests.support.stack import Stack
from websockets.exceptions import ConnectionClosed, InvalidStatus


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("expired", "InvalidJWTToken: Token has expired 60 seconds ago"),
        ("foreign", "JwtSignatureError: Failed to validate JWT signature"),
        ("nonsense", "MalformedJWT: The token provided is not a valid JWT"),
        ("roleless", "InvalidJWTToken: Fields `role` and `exp` are required in JWT"),
    ],
)
async def test_a_token_that_does_not_hold_is_refused(stack: Stack, token: str, reason: str) -> None:
    head, body, _ = stack.token().split(".")
    tokens = {
        "expired": stack.token(expires_in=-60),
        "foreign": f"{head}.{body}.{'A' * 43}",
        "nonsense": "nonsense",
        "roleless": stack.token(role=""),
    }
    async with open_socket(stack) as socket:
        reply = await socket.join("x", token=tokens[token])
    assert reply == {"status": "error", "response": {"reason": reason}}


async def test_a_token_that_runs_out_closes_the_channel_unless_renewed(stack: Stack, tables: None) -> None:
    async with open_socket(stack) as socket:
        short = stack.token(expires_in=1.6)
        assert (await socket.join("ends", token=short))["status"] == "ok"
        assert (await socket.join("renewed", token=short))["status"] == "ok"
        await socket.send("realtime:renewed", "access_token", {"access_token": stack.token()})
        system = await socket.event("system")
        assert system["topic"] == "realtime:ends"
        assert system["payload"]["extension"] == "system"
        assert system["payload"]["message"].startswith("Token has expired")
        assert (await socket.event("phx_close"))["topic"] == "realtime:ends"
        await socket.settle()
        assert socket.seen == []
        await socket.send("realtime:renewed", "access_token", {"access_token": "nonsense"})
        assert (await socket.event("phx_close"))["topic"] == "realtime:renewed"


async def test_a_new_token_decides_from_then_on(stack: Stack, tables: None) -> None:
    before, after = str(uuid.uuid4()), str(uuid.uuid4())
    async with open_socket(stack) as socket:
        await socket.live(
            "x", {"event": "INSERT", "schema": "public", "table": "owned"}, token=stack.token(before)
        )
        await socket.send("realtime:x", "access_token", {"access_token": stack.token(after)})
        await socket.event("system")
        run(
            stack,
            f"insert into owned values (1, 'x', '{before}')",
            f"insert into owned values (2, 'x', '{after}')",
        )
        assert (await socket.change())["data"]["record"]["id"] == 2
    run(stack, "delete from owned")


async def test_a_lost_slot_is_replaced_and_told(stack: Stack, tables: None) -> None:
    async with open_socket(stack) as socket:
        await socket.live("x", READINGS)
        with stack.connect() as connection:
            ended = connection.execute(
                "select pg_terminate_backend(active_pid) from pg_replication_slots"
                " where database = current_database()"
            ).fetchall()
        assert ended == [(True,)]
        assert (await socket.event("system"))["payload"]["status"] == "ok"  # what came between is lost
        run(stack, "insert into readings (id) values (7)")
        assert (await socket.change())["data"]["record"]["id"] == 7
    run(stack, "delete from readings")


async def test_leaving_ends_the_changes_and_joining_again_replaces(stack: Stack, tables: None) -> None:
    async with open_socket(stack) as socket, open_socket(stack) as witness:
        await witness.live("x", READINGS)
        await socket.live("x", READINGS)
        assert (await socket.ask("realtime:x", "phx_leave", {}))["status"] == "ok"
        assert (await socket.event("phx_close"))["topic"] == "realtime:x"
        assert (await socket.ask("realtime:x", "broadcast", {}))["response"] == {"reason": "unmatched topic"}
        run(stack, "insert into readings (id) values (8)")
        await witness.change()
        await socket.settle()
        assert socket.seen == []
        await socket.live("x", READINGS)
        await socket.live("x", {**READINGS, "event": "INSERT"})
        assert (await socket.event("phx_close"))["topic"] == "realtime:x"
        run(stack, "delete from readings", "insert into readings (id) values (9)")
        assert (await socket.change())["data"]["type"] == "INSERT"


async def test_broadcasts_reach_the_others_of_the_topic(stack: Stack) -> None:
    async with open_socket(stack) as first, open_socket(stack, vsn="2.0.0") as second:
        await first.join("room", broadcast={"self": False, "ack": True})
        await second.join("room", broadcast={"self": True})
        said = {"type": "broadcast", "event": "move", "payload": {"x": 1}}
        assert await first.ask("realtime:room", "broadcast", said) == {"status": "ok", "response": {}}
        assert (await second.event("broadcast"))["payload"] == said
        await second.send("realtime:room", "broadcast", {**said, "event": "back"})
        assert (await first.event("broadcast"))["payload"]["event"] == "back"
        assert (await second.event("broadcast"))["payload"]["event"] == "back"  # it asked to hear itself
        by_http = {"messages": [{"topic": "room", "event": "http", "payload": {}}]}
        assert stack.request("POST", "/realtime/v1/api/broadcast", json=by_http).status_code == 202
        assert (await first.event("broadcast"))["payload"]["event"] == "http"
        # httpSend of supabase-js
        one = stack.request("POST", "/realtime/v1/api/broadcast/room/events/a%20b", json={"x": 3})
        assert (one.status_code, (await first.event("broadcast"))["payload"]) == (
            202,
            {"type": "broadcast", "event": "a b", "payload": {"x": 3}},
        )
        await first.settle()
        assert first.seen == []


async def test_presence_is_told_to_those_who_asked(stack: Stack) -> None:
    async with open_socket(stack) as ann:
        await ann.join("lobby", presence={"enabled": True, "key": "ann"})
        assert (await ann.event("presence_state"))["payload"] == {}
        async with open_socket(stack) as bob:
            await bob.join("lobby", presence={"enabled": True, "key": "bob"})
            assert (await bob.ask("realtime:lobby", "presence", {"event": "track", "payload": {"n": 1}}))[
                "status"
            ] == "ok"
            joined = (await ann.event("presence_diff"))["payload"]
            assert (joined["leaves"], joined["joins"]["bob"]["metas"][0]["n"]) == ({}, 1)
        left = (await ann.event("presence_diff"))["payload"]  # the socket is gone
        assert (left["joins"], [*left["leaves"]]) == ({}, ["bob"])


async def test_a_private_channel_needs_a_policy_nobody_wrote(stack: Stack) -> None:
    async with open_socket(stack) as socket:
        reply = await socket.join("x", private=True)
    assert reply["response"]["reason"].startswith("Unauthorized: You do not have permissions to read")


async def test_sockets_without_the_projects_key_are_refused(stack: Stack) -> None:
    for key in ("wrong", "sb_publishable_wrong"):
        with pytest.raises(InvalidStatus) as refused:
            async with open_socket(stack, key):
                pass
        assert refused.value.response.status_code == 401


async def test_a_malformed_frame_closes_its_own_socket_only(stack: Stack) -> None:
    async with open_socket(stack) as broken, open_socket(stack) as other:
        await broken.socket.send("{")
        with pytest.raises(ConnectionClosed) as closed:
            await broken.event("phx_reply")
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1003, "the frame is not JSON")
        await other.settle()
