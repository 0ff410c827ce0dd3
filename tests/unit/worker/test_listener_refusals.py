"""What the listener does when it is refused, and how a user's token is kept valid."""

import pytest
from tests.support.fake_realtime import FakeRealtime
from tests.support.listening import KEY, NOTICED, listening, reached, token, until
from tests.support.virtual_clock import VirtualClock


async def test_asked_to_slow_down_it_waits_half_a_minute_at_least(
    server: FakeRealtime, clock: VirtualClock
) -> None:
    server.join_refusals.append("ClientJoinRateLimitReached: Too many joins per second")
    async with listening(server, clock, random=lambda: 0.0) as (listener, _):
        await until(lambda: listener.reason == "ClientJoinRateLimitReached: Too many joins per second")
        await clock.advance(29)
        assert listener.tries == 1
        await reached(clock, lambda: listener.connected, 3)


async def test_a_refusal_that_may_pass_is_tried_again(server: FakeRealtime, clock: VirtualClock) -> None:
    server.http_refusals.extend([503, 500])
    server.join_refusals.extend(["InitializingProjectConnection: wait", "NewCode: who knows"])
    async with listening(server, clock) as (listener, _):
        await reached(clock, lambda: listener.connected, 10)
        assert listener.tries == 5
        assert listener.endings == {"retry": 4}


@pytest.mark.parametrize(
    ("http", "join", "reason"),
    [
        (401, None, "the server answered HTTP 401"),
        (403, None, "the server answered HTTP 403"),
        (None, "Unauthorized: no", "Unauthorized: no"),
        (None, "RealtimeDisabledForTenant: off", "RealtimeDisabledForTenant: off"),
        # the key itself has expired: nothing can renew it from here
        (None, "InvalidJWTToken: Token has expired 9 seconds ago",
         "InvalidJWTToken: Token has expired 9 seconds ago (the key itself; set a valid one and restart)"),
    ],
)  # fmt: skip
async def test_a_refusal_for_good_is_said_aloud_and_not_tried_again(
    server: FakeRealtime, clock: VirtualClock, http: int | None, join: str | None, reason: str
) -> None:
    if http is not None:
        server.http_refusals.append(http)
    if join is not None:
        server.join_refusals.append(join)
    async with listening(server, clock) as (listener, heard):
        await until(lambda: listener.state == "sweeping")
        await clock.advance(300)
        assert (listener.tries, listener.reason) == (1, reason)
        assert heard.said == [f"realtime refused: {reason}; not tried again, the queue is swept instead"]
        assert KEY not in "".join(heard.said)


class Tokens:
    """Gives the next of its tokens, the last one for ever."""

    def __init__(self, *tokens: str | Exception) -> None:
        self._tokens = list(tokens)
        self.asked = 0

    async def __call__(self) -> str:
        self.asked += 1
        given = self._tokens.pop(0) if len(self._tokens) > 1 else self._tokens[0]
        if isinstance(given, Exception):
            raise given
        return given


async def test_a_user_joins_with_her_token_and_renews_it_before_it_ends(
    server: FakeRealtime, clock: VirtualClock
) -> None:
    first, second = token(clock, 300), token(clock, 600)
    tokens = Tokens(first, second, token(clock, 3600))
    async with listening(server, clock, token=tokens) as (listener, _):
        await until(lambda: listener.connected)
        assert (server.joins[0]["access_token"], server.keys) == (first, [KEY])
        await clock.advance(239)
        assert server.tokens == []
        await clock.advance(2)
        assert server.tokens == [second]  # a minute before the end
        await clock.advance(300)
        assert (len(server.tokens), listener.tries) == (2, 1)


async def test_a_token_that_nobody_renews_ends_the_connection_when_it_expires(
    server: FakeRealtime, clock: VirtualClock
) -> None:
    tokens = Tokens(token(clock, 100), token(clock, 100), token(clock, 9999))
    async with listening(server, clock, token=tokens) as (listener, heard):
        await until(lambda: listener.connected)
        await clock.advance(99)
        assert listener.connected
        await reached(clock, lambda: listener.sessions == 2, NOTICED)
        assert "realtime: the token expired and no newer one was given; reconnecting" in heard.said
        assert listener.endings == {"refresh the token": 1}


async def test_a_token_the_server_calls_expired_is_replaced(
    server: FakeRealtime, clock: VirtualClock
) -> None:
    first, second = token(clock, 5000), token(clock, 9000)
    async with listening(server, clock, token=Tokens(first, second)) as (listener, _):
        await until(lambda: listener.connected)
        await server.expire_tokens()
        await reached(clock, lambda: listener.sessions == 2, NOTICED)
        assert [join["access_token"] for join in server.joins] == [first, second]


async def test_a_provider_of_tokens_that_fails_is_asked_again(
    server: FakeRealtime, clock: VirtualClock
) -> None:
    tokens = Tokens(RuntimeError("signed out"), "opaque")
    async with listening(server, clock, token=tokens) as (listener, heard):
        await reached(clock, lambda: listener.connected, 2)
        assert heard.said[0] == "realtime: no token was given: signed out; reconnecting"
