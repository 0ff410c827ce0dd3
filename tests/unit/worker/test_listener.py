"""The listener against a server that speaks the real protocol and fails in every way it is known to.

Time is virtual: waiting thirty seconds, or thirty minutes, takes a moment.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.support.fake_realtime import FakeRealtime
from tests.support.listening import KEY, NOTICED, Heard, listening, reached, until
from tests.support.virtual_clock import VirtualClock

from campaignbase.errors import InputError
from campaignbase.worker.listener import LONGEST_DELAY, Listener
from campaignbase.worker.session import Endpoint

# what a change looks like that the subscriber may not see
INVISIBLE = (
    '{"topic":"realtime:campaignbase-worker","event":"postgres_changes","ref":null,"payload":{"ids":[1000],"data":'
    '{"schema":"public","table":"content_assets","type":"INSERT","errors":["Error 401: Unauthorized"]}}}'
)


async def test_it_subscribes_to_ids_of_new_and_requeued_rows(
    server: FakeRealtime, clock: VirtualClock
) -> None:
    async with listening(server, clock) as (listener, _):
        await until(lambda: listener.connected)

    (join,) = server.joins
    assert join["config"]["postgres_changes"] == [
        {"event": "INSERT", "schema": "public", "table": "content_assets", "select": ["id"]},
        {
            "event": "UPDATE", "schema": "public", "table": "content_assets",
            "filter": "label_state=eq.queued", "select": ["id"],
        },
        {"event": "INSERT", "schema": "public", "table": "campaigns", "select": ["id"]},
        {
            "event": "UPDATE", "schema": "public", "table": "campaigns",
            "filter": "label_state=eq.queued", "select": ["id"],
        },
    ]  # fmt: skip
    assert (join["access_token"], server.keys) == (KEY, [KEY])


async def test_it_wakes_when_it_is_live_and_at_every_event(server: FakeRealtime, clock: VirtualClock) -> None:
    async with listening(server, clock) as (listener, heard):
        await until(lambda: listener.connected)
        assert heard.wakes == 1  # a sweep on every subscription
        await server.change("content_assets", id="1", label_state="queued")
        await server.change("campaigns", id="2", label_state="queued")
        await server.change("content_assets", "UPDATE", id="1", label_state="queued")
        await server.change("content_assets", "UPDATE", id="1", label_state="labeled")  # our own write
        await server.change("social_posts", id="3")
        await until(lambda: heard.wakes == 4)
        await clock.advance(1)

    assert (heard.wakes, listener.events) == (4, 3)
    assert heard.said == ["realtime: connected"]


async def test_joined_is_not_live_until_the_system_says_so(server: FakeRealtime, clock: VirtualClock) -> None:
    server.says_live = False
    async with listening(server, clock) as (listener, heard):
        await until(lambda: server.live == 1)
        await clock.advance(5)
        assert (listener.state, heard.wakes) == ("reconnecting", 0)
        await server.say_live()
        await until(lambda: listener.connected)
        assert heard.wakes == 1


async def test_a_healthy_connection_is_left_alone(server: FakeRealtime, clock: VirtualClock) -> None:
    async with listening(server, clock) as (listener, heard):
        await until(lambda: listener.connected)
        await clock.advance(600)

        assert (listener.connected, listener.tries, heard.wakes) == (True, 1, 1)
        assert server.heartbeats >= 55  # one every ten seconds, our client's own not counted


def kill_the_reading_task() -> None:
    """What a surprise inside the client does."""
    reading = [
        task for task in asyncio.all_tasks() if task.get_coro().__qualname__ == "AsyncRealtimeClient._listen"
    ]
    assert len(reading) == 1
    reading[0].cancel()


Fault = Callable[[FakeRealtime], Any]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (lambda server: server.drop(), "no close frame received or sent"),
        (lambda server: server.fall_silent(), "a heartbeat was not answered within 8 s"),
        (lambda server: server.ignore_heartbeats(), "a heartbeat was not answered within 8 s"),
        (lambda server: kill_the_reading_task(), "a heartbeat was not answered within 8 s"),
        (lambda server: server.close(1000), "received 1000 (OK)"),
        (lambda server: server.close(1001, "deploy"), "received 1001 (going away) deploy"),
        (lambda server: server.close(1012, "restart"), "received 1012 (service restart) restart"),
        (lambda server: server.tell("phx_error"), "the channel failed"),
        (lambda server: server.tell("phx_close"), "the server closed the channel"),
        (lambda server: server.system_error("the tenant moved"), "the tenant moved"),
        (lambda server: server.system_error("no slot", "postgres_changes"), "no slot"),
        (lambda server: server.send_raw("x" * (1 << 20) + "x"), "sent 1009 (message too big)"),
    ],
)  # fmt: skip
async def test_a_connection_that_is_of_no_use_is_noticed_and_replaced(
    server: FakeRealtime, clock: VirtualClock, fault: Fault, reason: str
) -> None:
    async with listening(server, clock) as (listener, heard):
        await until(lambda: listener.connected)
        done = fault(server)
        if done is not None:
            await done
        await reached(clock, lambda: listener.endings["retry"] == 1, NOTICED)
        assert reason in heard.said[1]

        server.answers_heartbeats = True
        await reached(clock, lambda: listener.sessions == 2, 2)
        assert heard.wakes == 2  # what was lost meanwhile is swept
        await server.change("content_assets", id="1", label_state="queued")
        await until(lambda: heard.wakes == 3)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"answers_joins": False}, "the join was not answered within 10 s"),
        ({"says_live": False}, "joined, but the server did not say that its subscription stands within 20 s"),
        ({"says_live": "UnableToSubscribe: no such table"}, "UnableToSubscribe: no such table"),
    ],
)
async def test_a_subscription_that_never_stands_is_tried_again(
    server: FakeRealtime, clock: VirtualClock, fault: dict[str, Any], reason: str
) -> None:
    for name, value in fault.items():
        setattr(server, name, value)
    async with listening(server, clock) as (listener, heard):
        await reached(clock, lambda: listener.reason == reason, NOTICED)
        assert heard.wakes == 0
        server.answers_joins = server.says_live = True
        await reached(clock, lambda: listener.connected, NOTICED + 2)


@pytest.mark.parametrize(
    "rubbish",
    [
        "no json",
        "[]",
        b"\xff\xfe",
        '{"topic":"realtime:campaignbase-worker","event":"postgres_changes","payload":{},"ref":null}',
        '{"topic":"realtime:campaignbase-worker","event":"new_in_2030","payload":{},"ref":null}',
        INVISIBLE,
    ],
)  # fmt: skip
async def test_rubbish_from_the_server_is_passed_over(
    server: FakeRealtime, clock: VirtualClock, rubbish: str | bytes
) -> None:
    async with listening(server, clock) as (listener, heard):
        await until(lambda: listener.connected)
        await server.send_raw(rubbish)
        await server.change("content_assets", id="1", label_state="queued")
        await until(lambda: heard.wakes == 2)
        await clock.advance(NOTICED)
        assert (listener.connected, listener.tries) == (True, 1)


async def test_a_thousand_callbacks_that_raise_change_nothing(
    server: FakeRealtime, clock: VirtualClock
) -> None:
    calls = 0

    def broken() -> None:
        nonlocal calls
        calls += 1
        raise RuntimeError("nobody home")

    async with listening(server, clock, wake=broken) as (listener, heard):
        await until(lambda: listener.connected)
        for number in range(1000):
            await server.change("content_assets", id=str(number), label_state="queued")
        await until(lambda: calls == 1001)
        await clock.advance(NOTICED)

        assert (listener.connected, listener.tries, listener.wake_errors) == (True, 1, 1001)
        assert "RuntimeError: nobody home" in heard.said[1]
        assert len(heard.said) == 2  # said, but not a thousand times


async def test_a_voice_that_fails_does_not_silence_the_listener(
    server: FakeRealtime, clock: VirtualClock
) -> None:
    def broken(_: str) -> None:
        raise BrokenPipeError

    heard = Heard()
    listener = Listener(Endpoint(server.url, KEY), clock, say=broken)
    running = asyncio.create_task(listener.run(heard.wake))
    await until(lambda: listener.connected)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_an_outage_of_thirty_minutes_ends_with_a_connection(
    server: FakeRealtime, clock: VirtualClock
) -> None:
    async with listening(server, clock, random=lambda: 0.999) as (listener, heard):
        await until(lambda: listener.connected)
        await server.stop()
        await reached(clock, lambda: not listener.connected, NOTICED)
        for _ in range(30):
            await clock.advance(60)
            await asyncio.sleep(0.01)
        assert listener.state == "reconnecting"
        assert 30 <= listener.tries <= 45  # the pauses have grown to a minute, and no longer
        assert len([line for line in heard.said if "reconnecting" in line]) <= 3  # not once a try

        await server.start()
        await reached(clock, lambda: listener.connected, LONGEST_DELAY + 1)
        assert heard.wakes == 2
        assert listener.failures == 0


@pytest.mark.parametrize(
    ("random", "expected"),
    [
        (0.0, [0.0, 0.0, 0.0]),  # full jitter: from nothing on
        (0.5, [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]),
        (0.999, [0.999, 1.998, 3.996, 7.992, 15.984, 31.968, 59.94, 59.94]),
    ],
)
async def test_pauses_double_up_to_a_minute_and_are_spread_evenly(
    server: FakeRealtime, random: float, expected: list[float]
) -> None:
    await server.stop()
    slept: list[float] = []

    class Noting(VirtualClock):
        async def sleep(self, seconds: float) -> None:
            if seconds == 10.0:  # the limit of the connection under way
                await super().sleep(seconds)
            slept.append(round(seconds, 3))
            if len(slept) >= len(expected):
                await asyncio.Event().wait()

    async with listening(server, Noting(), random=lambda: random):
        await until(lambda: len(slept) == len(expected))
    assert slept == expected


async def test_a_server_that_forgot_us_is_noticed_by_what_the_sweeps_find(
    server: FakeRealtime, clock: VirtualClock
) -> None:
    async with listening(server, clock) as (listener, heard):
        await until(lambda: listener.connected)
        listener.found_unheard()
        listener.found_unheard()
        await server.change("content_assets", id="1", label_state="queued")  # it does hear: begin again
        await until(lambda: heard.wakes == 2)
        listener.found_unheard()
        listener.found_unheard()
        await clock.advance(5)
        assert listener.tries == 1
        listener.found_unheard()
        await reached(clock, lambda: listener.sessions == 2, 5)


async def test_ending_it_leaves_nothing_behind(server: FakeRealtime, clock: VirtualClock) -> None:
    before = asyncio.all_tasks()
    async with listening(server, clock) as (listener, _):
        await until(lambda: listener.connected)
        mine = asyncio.all_tasks() - before
        assert mine
    await until(lambda: server.peers == [])
    await until(lambda: not [task for task in asyncio.all_tasks() - before if not task.done()])


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match=r"SUPABASE_URL 'project\.supabase\.co': expected https://"):
        Listener(Endpoint("project.supabase.co", KEY), VirtualClock())
    assert KEY not in repr(Endpoint("https://x", KEY))
