"""A bare client of the realtime protocol, for tests that look at single frames."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from tests.support.stack import Stack
from websockets.asyncio.client import ClientConnection, connect

SECONDS = 10.0


class Phoenix:
    """One socket; what arrives is kept in `seen` as {topic, event, payload, ref, join_ref}."""

    def __init__(self, socket: ClientConnection, vsn: str) -> None:
        self.socket = socket
        self.seen: list[dict[str, Any]] = []
        self._vsn = vsn
        self._refs = 0

    async def send(self, topic: str, event: str, payload: object, join_ref: str | None = None) -> str:
        """Send one message and return its ref."""
        self._refs += 1
        ref = str(self._refs)
        if self._vsn == "2.0.0":
            frame: object = [join_ref, ref, topic, event, payload]
        else:
            frame = {"topic": topic, "event": event, "payload": payload, "ref": ref, "join_ref": join_ref}
        await self.socket.send(json.dumps(frame))
        return ref

    async def ask(
        self, topic: str, event: str, payload: object, join_ref: str | None = None
    ) -> dict[str, Any]:
        """Send one message and return the payload of its reply."""
        ref = await self.send(topic, event, payload, join_ref)
        reply = await self.event("phx_reply", topic, ref=ref)
        payload = reply["payload"]
        assert isinstance(payload, dict)
        return payload

    async def join(
        self, topic: str, *bindings: Mapping[str, object], token: str | None = None, **config: object
    ) -> dict[str, Any]:
        """Join realtime:`topic`; the payload of the reply."""
        payload: dict[str, object] = {"config": {"postgres_changes": list(bindings), **config}}
        if token is not None:
            payload["access_token"] = token
        return await self.ask(f"realtime:{topic}", "phx_join", payload, str(self._refs + 1))

    async def live(
        self, topic: str, *bindings: Mapping[str, object], token: str | None = None
    ) -> dict[str, Any]:
        """Join, and wait until changes arrive."""
        reply = await self.join(topic, *bindings, token=token)
        assert reply["status"] == "ok", reply
        system = await self.event("system", f"realtime:{topic}")
        assert system["payload"]["status"] == "ok", system
        return reply

    async def event(
        self, name: str, topic: str | None = None, *, ref: str | None = None, seconds: float = SECONDS
    ) -> dict[str, Any]:
        """The next message of that name that nobody asked for yet."""
        async with asyncio.timeout(seconds):
            while True:
                for at, message in enumerate(self.seen):
                    if (
                        message["event"] == name
                        and topic in (None, message["topic"])
                        and ref in (None, message["ref"])
                    ):
                        return self.seen.pop(at)
                await self._receive()

    async def change(self, topic: str | None = None, *, seconds: float = SECONDS) -> dict[str, Any]:
        """The next change: {ids, data}."""
        told = await self.event("postgres_changes", topic and f"realtime:{topic}", seconds=seconds)
        payload = told["payload"]
        assert isinstance(payload, dict)
        return payload

    async def settle(self) -> None:
        """Return when everything the server had to say before now has arrived."""
        assert (await self.ask("phoenix", "heartbeat", {}))["status"] == "ok"

    async def _receive(self) -> None:
        text = await self.socket.recv()
        frame = json.loads(text)
        if self._vsn == "2.0.0":
            frame = dict(zip(("join_ref", "ref", "topic", "event", "payload"), frame, strict=True))
        self.seen.append(frame)


@asynccontextmanager
async def open_socket(stack: Stack, key: str | None = None, vsn: str = "1.0.0") -> AsyncIterator[Phoenix]:
    address = f"{stack.url.replace('http', 'ws')}/realtime/v1/websocket"
    async with connect(f"{address}?apikey={key or stack.publishable_key}&vsn={vsn}", max_size=None) as socket:
        yield Phoenix(socket, vsn)
