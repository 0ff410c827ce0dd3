"""A realtime server on loopback: Phoenix protocol 1.0.0 as Supabase speaks it, and every way to fail.

Wire shapes as the hosted service sends them: joins answered with the bindings and their ids, then a `system`
message, `postgres_changes` events, heartbeat answers, `phx_close`.
"""

import json
import random
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Request, Response, Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

STAMP = "2026-01-01T00:00:00.000Z"


@dataclass
class Weather:
    """What becomes of events on their way: the share that is lost, sent twice, sent after the next."""

    lost: float = 0.0
    doubled: float = 0.0
    late: float = 0.0


@dataclass
class Peer:
    """One connected client."""

    connection: ServerConnection
    topics: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # joined topic -> its bindings
    silent: bool = False

    async def send(self, topic: str, event: str, payload: Any, ref: str | None = None) -> None:
        if not self.silent:
            with suppress(ConnectionClosed):
                frame = {"topic": topic, "event": event, "payload": payload, "ref": ref}
                await self.connection.send(json.dumps(frame))


class FakeRealtime:
    """Attributes may be set at any time; a queue of refusals is used up, one a try."""

    def __init__(self, seed: int = 1) -> None:
        self._server: Server | None = None
        self._port = 0
        self._random = random.Random(seed)
        self._held: list[tuple[Peer, str, dict[str, Any]]] = []
        self.peers: list[Peer] = []
        self.joins: list[dict[str, Any]] = []  # payloads of phx_join, in order
        self.keys: list[str] = []  # apikey of every connection tried
        self.tokens: list[str] = []  # of access_token messages
        self.heartbeats = 0
        self.weather = Weather()
        # what it does wrong
        self.http_refusals: deque[int] = deque()
        self.join_refusals: deque[str] = deque()  # "<Code>: <text>"
        self.answers_joins = True
        self.answers_heartbeats = True
        self.says_live: bool | str = (
            True  # False: never says that the subscription stands; text: says that error
        )

    @property
    def url(self) -> str:
        """As SUPABASE_URL."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def live(self) -> int:
        """Clients that joined."""
        return sum(bool(peer.topics) for peer in self.peers)

    async def start(self) -> None:
        """At the same port as before."""
        self._server = await serve(
            self._talk, "127.0.0.1", self._port, process_request=self._admit, ping_interval=None
        )
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Down: connections are cut, new ones refused."""
        if self._server is not None:
            self.drop()
            self._server.close(close_connections=False)
            self._server = None

    # what happens to it

    def drop(self) -> None:
        """Cuts every connection without a word."""
        for peer in self.peers:
            peer.connection.transport.abort()
        self.peers = []

    async def close(self, code: int = 1000, reason: str = "") -> None:
        for peer in list(self.peers):
            await peer.connection.close(code, reason)

    def fall_silent(self) -> None:
        """Half-open: connections stay, nothing is read and nothing is sent any more."""
        for peer in self.peers:
            peer.silent = True
            peer.connection.transport.pause_reading()

    def ignore_heartbeats(self) -> None:
        self.answers_heartbeats = False

    async def change(self, table: str, event: str = "INSERT", **record: Any) -> None:
        """A row was written; whoever subscribed to that hears of it, if the weather allows."""
        for peer in list(self.peers):
            for topic, bindings in list(peer.topics.items()):
                matching = [binding for binding in bindings if _matches(binding, table, event, record)]
                if matching:
                    columns = matching[0].get("select") or list(record)
                    payload = _change(matching, table, event, {name: record[name] for name in columns})
                    await self._deliver(peer, topic, payload)

    async def send_raw(self, text: str | bytes) -> None:
        for peer in list(self.peers):
            with suppress(ConnectionClosed):
                await peer.connection.send(text)

    async def system_error(self, message: str, extension: str = "system") -> None:
        """An error of the whole channel closes it; one of postgres_changes leaves it open."""
        for peer in list(self.peers):
            for topic in list(peer.topics):
                await peer.send(topic, "system", _system(topic, "error", message, extension))
                if extension == "system":
                    del peer.topics[topic]
                    await peer.send(topic, "phx_close", {})

    async def expire_tokens(self) -> None:
        await self.system_error("Token has expired 0 seconds ago")

    async def tell(self, event: str) -> None:
        """A bare channel event: phx_error, phx_close."""
        for peer in list(self.peers):
            for topic in list(peer.topics):
                await peer.send(topic, event, {})

    # the protocol

    async def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        address = urlsplit(request.path)
        query = parse_qs(address.query)
        if address.path != "/realtime/v1/websocket" or query.get("vsn") != ["1.0.0"]:
            return connection.respond(HTTPStatus.NOT_FOUND, "no such path")
        self.keys.append(query["apikey"][0])
        if self.http_refusals:
            return connection.respond(HTTPStatus(self.http_refusals.popleft()), "refused")
        return None

    async def _talk(self, connection: ServerConnection) -> None:
        peer = Peer(connection)
        self.peers.append(peer)
        try:
            async for text in connection:
                await self._answer(peer, json.loads(text))
        except ConnectionClosed:
            pass
        finally:
            if peer in self.peers:
                self.peers.remove(peer)

    async def _answer(self, peer: Peer, frame: dict[str, Any]) -> None:
        topic, ref = frame["topic"], frame["ref"]
        match frame["event"]:
            case "heartbeat" if topic == "phoenix":
                self.heartbeats += 1
                if self.answers_heartbeats:
                    await peer.send(topic, "phx_reply", {"status": "ok", "response": {}}, ref)
            case "phx_join":
                await self._join(peer, topic, ref, frame["payload"])
            case "access_token":
                self.tokens.append(frame["payload"]["access_token"])
            case "phx_leave":
                peer.topics.pop(topic, None)
                await peer.send(topic, "phx_reply", {"status": "ok", "response": {}}, ref)

    async def _join(self, peer: Peer, topic: str, ref: str, payload: dict[str, Any]) -> None:
        self.joins.append(payload)
        if self.join_refusals:
            refusal = {"status": "error", "response": {"reason": self.join_refusals.popleft()}}
            await peer.send(topic, "phx_reply", refusal, ref)
            return
        if not self.answers_joins:
            return
        bindings = [
            {"id": 1000 + place, **binding}
            for place, binding in enumerate(payload["config"]["postgres_changes"])
        ]
        await peer.send(topic, "phx_reply", {"status": "ok", "response": {"postgres_changes": bindings}}, ref)
        if isinstance(self.says_live, str):
            await peer.send(topic, "system", _system(topic, "error", self.says_live, "postgres_changes"))
        elif self.says_live:
            await self.say_live(peer, topic)
        peer.topics[topic] = bindings

    async def say_live(self, peer: Peer | None = None, topic: str | None = None) -> None:
        for each in [peer] if peer is not None else list(self.peers):
            for name in [topic] if topic is not None else list(each.topics):
                message = _system(name, "ok", "Subscribed to PostgreSQL", "postgres_changes")
                await each.send(name, "system", message)

    async def _deliver(self, peer: Peer, topic: str, payload: dict[str, Any]) -> None:
        chance = self._random.random
        if chance() < self.weather.lost:
            return
        if chance() < self.weather.late:
            self._held.append((peer, topic, payload))
            return
        for _ in range(2 if chance() < self.weather.doubled else 1):
            await peer.send(topic, "postgres_changes", payload)
        late, self._held = self._held, []
        for other, name, old in late:
            await other.send(name, "postgres_changes", old)


def _matches(binding: dict[str, Any], table: str, event: str, record: dict[str, Any]) -> bool:
    if binding["table"] != table or binding["event"] not in (event, "*"):
        return False
    column, _, value = binding.get("filter", "").partition("=eq.")
    return not column or str(record.get(column)) == value


def _change(bindings: list[dict[str, Any]], table: str, event: str, record: dict[str, Any]) -> dict[str, Any]:
    data = {
        "schema": "public",
        "table": table,
        "commit_timestamp": STAMP,
        "type": event,
        "columns": [{"name": name, "type": "text"} for name in record],
        "record": record,
        "errors": None,
    }
    if event == "UPDATE":
        data["old_record"] = {"id": record.get("id")}
    return {"ids": [binding["id"] for binding in bindings], "data": data}


def _system(topic: str, status: str, message: str, extension: str) -> dict[str, Any]:
    channel = topic.removeprefix("realtime:")
    return {"message": message, "status": status, "extension": extension, "channel": channel}
