"""A bad line between a realtime client and a real server: events are lost, doubled, overtaken, all is cut.

Answers, heartbeats and system messages pass untouched: what is lost without a word is what hurts.
"""

import asyncio
import json
import random
from collections import Counter
from contextlib import suppress

from tests.support.fake_realtime import Weather
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed


class Proxy:
    """`counts`: of events passed, lost, doubled, late; of connections and cuts."""

    def __init__(self, upstream: str, weather: Weather, seed: int) -> None:
        """`upstream`: the server's http:// address."""
        self._upstream = upstream.replace("http", "ws", 1)
        self._weather = weather
        self._random = random.Random(seed)
        self._server: Server | None = None
        self._live = asyncio.Event()
        self._open: dict[ServerConnection, ClientConnection] = {}
        self._late: list[str] = []
        self.counts: Counter[str] = Counter()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> "Proxy":
        self._server = await serve(self._pass, "127.0.0.1", 0, ping_interval=None, max_size=None)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._abort()
        self._server.close()
        await self._server.wait_closed()

    async def live(self) -> None:
        """Until a subscription stands."""
        await self._live.wait()

    def cut(self) -> None:
        """Every connection ends without a word, on both sides, with what was on its way."""
        self.counts["cuts"] += 1
        self._abort()

    def _abort(self) -> None:
        self._live.clear()
        self._late = []
        for client, server in self._open.items():
            client.transport.abort()
            server.transport.abort()
        self._open = {}

    async def _pass(self, client: ServerConnection) -> None:
        assert client.request is not None
        self.counts["connections"] += 1
        try:
            async with connect(
                f"{self._upstream}{client.request.path}", ping_interval=None, max_size=None
            ) as server:
                self._open[client] = server
                with suppress(ConnectionClosed):
                    async with asyncio.TaskGroup() as both:
                        both.create_task(self._up(client, server))
                        both.create_task(self._down(client, server))
        except* (ConnectionClosed, OSError):
            pass
        finally:
            self._open.pop(client, None)

    async def _up(self, client: ServerConnection, server: ClientConnection) -> None:
        async for frame in client:
            await server.send(frame)
        await server.close()

    async def _down(self, client: ServerConnection, server: ClientConnection) -> None:
        async for frame in server:
            message = json.loads(frame)
            if message["event"] == "postgres_changes":
                for passed in self._weathered(str(frame)):
                    await client.send(passed)
                continue
            await client.send(frame)
            if message["event"] == "system" and message["payload"]["status"] == "ok":
                self._live.set()
        await client.close()

    def _weathered(self, event: str) -> list[str]:
        """What goes on in its place, in order."""
        chance, weather = self._random.random, self._weather
        if chance() < weather.lost:
            self.counts["lost"] += 1
            return []
        if chance() < weather.late:
            self.counts["late"] += 1
            self._late.append(event)
            return []
        passed = [event]
        if chance() < weather.doubled:
            self.counts["doubled"] += 1
            passed.append(event)
        passed, self._late = passed + self._late, []
        self.counts["passed"] += len(passed)
        return passed
