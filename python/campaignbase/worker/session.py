"""One realtime connection: connect, join, wait until it is live, keep asking whether it still is.

Joined is not live: the server answers a join seconds before its database subscription stands, and only the
`system` message says so. The wire is realtime-py's, but not its reconnecting, which gives up after 15 s.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import jwt
from realtime import (
    AsyncRealtimeChannel,
    AsyncRealtimeClient,
    PostgresChangesPayload,
    RealtimeAcknowledgementStatus,
    RealtimePostgresChangesListenEvent,
    RealtimeSubscribeStates,
    ReplyPostgresChanges,
    SuccessSystemPayload,
)
from realtime._async.push import AsyncPush  # the only part whose answer can be awaited
from websockets.exceptions import InvalidStatus

from campaignbase.ports import Clock
from campaignbase.worker.refusals import Advice, of_reason, of_status
from campaignbase.worker.waiting import canceled, within

TokenProvider = Callable[[], Awaitable[str]]

# seconds; what goes wrong is noticed within 30
CONNECT_SECONDS = 10.0
JOIN_SECONDS = 10.0
LIVE_SECONDS = 20.0  # from the join's answer on; a busy server takes up to 10
HEARTBEAT_SECONDS = 10.0
ANSWER_SECONDS = 8.0
TOKEN_SECONDS = 10.0  # for the provider to answer
TOKEN_MARGIN = 60.0  # a token is renewed so long before it ends, a short one when a fifth is left

QUEUED = "label_state=eq.queued"
INSERT, UPDATE = RealtimePostgresChangesListenEvent.Insert, RealtimePostgresChangesListenEvent.Update


@dataclass(frozen=True, slots=True)
class Interest:
    """What to listen for; of every row the id alone."""

    topic: str
    changes: tuple[tuple[RealtimePostgresChangesListenEvent, str, str | None], ...]  # kind, table, filter
    changed: Callable[[str], None] | None = None  # told the id of each row; may not raise


WORK = Interest(
    "campaignbase-worker",
    tuple(
        change
        for table in ("content_assets", "campaigns")
        for change in ((INSERT, table, None), (UPDATE, table, QUEUED))
    ),
)


def labels_of(workspace_id: str, changed: Callable[[str], None]) -> Interest:
    """Content of one workspace that may just have been labeled."""
    mine = f"workspace_id=eq.{workspace_id}"
    changes = ((UPDATE, "content_assets", mine), (INSERT, "content_assets", "label_state=neq.queued"))
    return Interest(f"campaignbase-labels-{workspace_id}", changes, changed)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to listen, as whom, and for what."""

    url: str  # of the project: https://<ref>.supabase.co
    key: str = field(repr=False)  # secret or publishable
    token: TokenProvider | None = (
        None  # of a signed-in user, asked anew for each connection and before it ends
    )
    interest: Interest = WORK


@dataclass(frozen=True, slots=True)
class Ending:
    reason: str  # for people
    advice: Advice = Advice.RETRY


class Session:
    """Used once. `heard` is called for every event, `live` when events begin to come; neither may raise."""

    def __init__(
        self, endpoint: Endpoint, clock: Clock, *, heard: Callable[[], None], live: Callable[[], None]
    ) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._heard = heard
        self._on_live = live
        self._over: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._live = asyncio.Event()
        self._token: str | None = None

    def end(self, ending: Ending) -> None:
        """The first reason counts."""
        if not self._over.done():
            self._over.set_result(ending)

    async def run(self) -> Ending:
        """Until it is of no use any more."""
        client = AsyncRealtimeClient(
            f"{self._endpoint.url.rstrip('/')}/realtime/v1",
            self._endpoint.key,
            auto_reconnect=False,
            max_retries=1,
        )
        channel = self._channel(client)
        work = [asyncio.create_task(self._ended_by(self._work(client, channel)))]
        try:
            return await self._over
        finally:
            await canceled(*work)
            channel.rejoin_timer.reset()
            channel.join_push.destroy()
            _close_behind(client)

    async def _ended_by(self, work: Awaitable[None]) -> None:
        try:
            await work
        except InvalidStatus as refused:
            status = refused.response.status_code
            self.end(Ending(f"the server answered HTTP {status}", of_status(status)))
        except Exception as error:  # noqa: BLE001 whatever it is, a new connection is the answer
            self.end(Ending(_text(error)))

    async def _work(self, client: AsyncRealtimeClient, channel: AsyncRealtimeChannel) -> None:
        if self._endpoint.token is not None:
            await client.set_auth(await self._ask_for_token(self._endpoint.token))
        await self._limited(client.connect(), CONNECT_SECONDS, "the connection was not opened")
        await self._limited(channel.subscribe(self._subscribed), JOIN_SECONDS, "the join was not answered")
        await self._limited(
            self._live.wait(), LIVE_SECONDS, "joined, but the server did not say that its subscription stands"
        )
        async with asyncio.TaskGroup() as staying:
            staying.create_task(self._ended_by(self._ask_whether_alive(client)))
            if self._endpoint.token is not None:
                staying.create_task(self._ended_by(self._renew_token(client, self._endpoint.token)))

    async def _limited(self, work: Awaitable[Any], seconds: float, late: str) -> None:
        try:
            await within(self._clock, seconds, work)
        except TimeoutError:
            raise TimeoutError(f"{late} within {seconds:.0f} s") from None

    def _channel(self, client: AsyncRealtimeClient) -> AsyncRealtimeChannel:
        interest = self._endpoint.interest
        channel = client.channel(interest.topic)
        for kind, table, rows in interest.changes:
            channel.on_postgres_changes(kind, self._changed, table, "public", rows, ["id"])
        return channel.on_system(self._system)

    # called by the client inside its reading loop: they do next to nothing

    def _changed(self, payload: PostgresChangesPayload) -> None:
        changed = self._endpoint.interest.changed
        key = (payload["data"].get("record") or {}).get("id")
        if changed is not None and key is not None:
            changed(str(key))
        self._heard()

    def _system(self, payload: SuccessSystemPayload) -> None:
        if payload.extension == "postgres_changes" and not self._live.is_set() and not self._over.done():
            self._live.set()
            self._on_live()

    def _subscribed(self, state: RealtimeSubscribeStates, error: Exception | None) -> None:
        if state is RealtimeSubscribeStates.SUBSCRIBED:
            return
        if state is RealtimeSubscribeStates.CHANNEL_ERROR:
            reason = _reason(error)
            self.end(Ending(reason, of_reason(reason)))
        elif state is RealtimeSubscribeStates.CLOSED:
            self.end(Ending("the server closed the channel"))
        else:
            self.end(Ending("the join was not answered"))

    # while it is live

    async def _ask_whether_alive(self, client: AsyncRealtimeClient) -> None:
        """A dead reading task, a half-open socket, a hung server: each shows as a missing answer."""
        phoenix = AsyncRealtimeChannel(client, "phoenix")
        client.channels[phoenix.topic] = phoenix
        while True:
            answered = asyncio.Event()

            def answer(_: ReplyPostgresChanges, answered: asyncio.Event = answered) -> None:
                answered.set()

            beat = AsyncPush(phoenix, "heartbeat", {}, round(ANSWER_SECONDS) + 1)
            beat.receive(RealtimeAcknowledgementStatus.Ok, answer)
            try:
                await beat.send()
                await self._limited(answered.wait(), ANSWER_SECONDS, "a heartbeat was not answered")
            finally:
                beat.destroy()
            await self._clock.sleep(HEARTBEAT_SECONDS)

    async def _renew_token(self, client: AsyncRealtimeClient, provider: TokenProvider) -> None:
        while (left := self._seconds_left()) is not None:
            await self._clock.sleep(max(0.0, left - min(TOKEN_MARGIN, left / 5)))
            old = self._token
            fresh = await self._ask_for_token(provider)
            if fresh == old:
                await self._clock.sleep(max(0.0, self._seconds_left() or 0.0))
                self.end(Ending("the token expired and no newer one was given", Advice.REFRESH))
                return
            await client.set_auth(fresh)

    async def _ask_for_token(self, provider: TokenProvider) -> str:
        try:
            token = await within(self._clock, TOKEN_SECONDS, provider())
        except Exception as error:
            raise RuntimeError(f"no token was given: {_text(error)}") from error
        self._token = token
        return token

    def _seconds_left(self) -> float | None:
        """Of the token; None when it does not end or cannot be read, which is the server's to judge."""
        try:
            ends = jwt.decode(self._token or "", options={"verify_signature": False}).get("exp")
        except jwt.InvalidTokenError:
            return None
        if not isinstance(ends, int | float):
            return None
        return (datetime.fromtimestamp(ends, UTC) - self._clock.now()).total_seconds()


_closing: set["asyncio.Task[None]"] = set()


def _close_behind(client: AsyncRealtimeClient) -> None:
    """Nobody waits for it: on a half-open socket the closing handshake takes its full 10 s."""

    async def close() -> None:
        with suppress(Exception):
            await client.close()

    task = asyncio.create_task(close())
    _closing.add(task)
    task.add_done_callback(_closing.discard)


def _reason(error: Exception | None) -> str:
    """What the server said: realtime-py hands its payload on as JSON in an exception."""
    try:
        payload = json.loads(str(error))
    except ValueError:
        return _text(error) if error is not None else "the channel failed"
    if isinstance(payload, Mapping):
        return str(payload.get("reason") or payload.get("message") or payload or "the channel failed")
    return str(payload)


def _text(error: BaseException) -> str:
    return str(error) or type(error).__name__
