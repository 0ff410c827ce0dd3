"""POST /v1/messages as Anthropic answers it, /v1/responses as OpenAI does, on loopback, with faults to order.

`with FakeModels() as server: server.script("rate_limited"); ... server.url("anthropic")`. It asks of a call
what the real ones do: a key, a model, a schema in which everything is required and nothing else allowed.
A token is four bytes.
"""

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.support import model_answers as answers
from tests.support.fake_batches import Desk
from tests.support.model_answers import Api, Asked, Fault

KEY = "sk-fake-key"
HUGE = 10_000_000
DRIP = 0.05  # seconds between a few bytes


@dataclass(frozen=True)
class Call:
    at: float  # time.monotonic()
    api: Api
    headers: Mapping[str, str]  # names in lower case
    body: dict[str, Any]
    asked: Asked


@dataclass
class FakeModels:
    calls: list[Call] = field(default_factory=list)
    # the next fault where nothing is scripted
    choose: Callable[[], Fault] = lambda: Fault("none")
    # what the model says: labels, or a text that is no answer
    say: Callable[[Asked], dict[str, Any] | str] = answers.labels
    _script: deque[Fault] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.desk = Desk(self.answer)

    def __enter__(self) -> "FakeModels":
        started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), daemon=True)
        self._thread.start()
        started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(10)

    def url(self, api: Api) -> str:
        return f"http://127.0.0.1:{self._port}" + ("" if api == "anthropic" else "/v1")

    def script(self, *faults: str | Fault) -> None:
        """What the next calls meet, one each ("none": nothing); after them `choose` says."""
        self._script.extend(Fault(fault) if isinstance(fault, str) else fault for fault in faults)

    def forget(self) -> None:
        self.calls.clear()
        self._script.clear()
        self.say = answers.labels
        self.choose = lambda: Fault("none")
        self.desk = Desk(self.answer)

    async def _serve(self, started: threading.Event) -> None:
        self._loop, self._closing = asyncio.get_running_loop(), asyncio.Event()
        open_ones: set[asyncio.Task[None]] = set()

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            open_ones.add(task)
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._request(reader, writer):
                    pass
            open_ones.discard(task)
            writer.close()

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        started.set()
        await self._closing.wait()
        server.close()
        for task in open_ones:
            task.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one; False: the connection is done with."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        except asyncio.IncompleteReadError:
            return False
        method, path, _ = head[0].split(" ")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        raw = await reader.readexactly(int(headers.get("content-length", 0)))
        return await self.handle(method, path.partition("?")[0], headers, raw, writer)

    async def handle(
        self, method: str, path: str, headers: dict[str, str], raw: bytes, writer: asyncio.StreamWriter
    ) -> bool:
        api: Api = "anthropic" if "anthropic-version" in headers else "openai"
        if headers.get("authorization") != f"Bearer {KEY}":
            await _send(writer, *_json(*answers.refusal(api, "unauthorized")))
            return True
        if (method, path) not in (("POST", "/v1/messages"), ("POST", "/v1/responses")):
            return await self._other(api, method, path, raw, writer)
        body = json.loads(raw)
        fault = self._script.popleft() if self._script else self.choose()
        asked = Asked(question(api, body), fault)
        self.calls.append(Call(time.monotonic(), api, headers, body, asked))
        return await self._answer(api, body, asked, writer)

    async def _other(
        self, api: Api, method: str, path: str, raw: bytes, writer: asyncio.StreamWriter
    ) -> bool:
        """Batches; they meet scripted refusals and resets, and nothing else."""
        if self._script:
            fault = self._script.popleft()
            if fault.name == "reset":
                writer.transport.abort()
                return False
            await _send(writer, *_json(*answers.refusal(api, fault.name)))
            return True
        found = self.desk.handle(api, method, path, raw)
        if found is None:
            await _send(writer, *_json(404, {"error": {"type": "not_found_error", "message": path}}))
        else:
            await _send(writer, 200, found)
        return True

    async def _answer(
        self, api: Api, body: dict[str, Any], asked: Asked, writer: asyncio.StreamWriter
    ) -> bool:
        name = asked.fault.name
        if name in answers.REFUSALS:
            more = {} if asked.fault.retry_after is None else {"Retry-After": asked.fault.retry_after}
            status, refused = answers.refusal(api, name)
            await _send(writer, *_json(status, refused), more)
            return True
        if name == "reset":
            writer.transport.abort()
            return False
        if name in ("hang", "slow"):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), 3600 if name == "hang" else asked.fault.seconds)
        answer = self.answer(api, body, asked)
        if name == "huge":
            return await self._stream(writer, HUGE, 65_536, 0)
        if name == "huge_error":
            return await self._stream(writer, HUGE, 65_536, 0, status=500)
        content = answers.odd_body(name, answer)
        if name == "drip":
            return await self._stream(writer, len(content), 4, DRIP)
        if name == "cut":
            writer.write(_head(200, len(content), {}) + content[: len(content) // 2])
            await writer.drain()
            return False
        await _send(writer, 200, content)
        return True

    def answer(self, api: Api, body: dict[str, Any], asked: Asked) -> dict[str, Any]:
        said = self.say(asked)
        text = said if isinstance(said, str) else answers.odd_text(asked, said)
        tokens = (len(json.dumps(body).encode()) // 4, len(text.encode()) // 4)
        return answers.wrapped(api, body["model"], text, asked.fault.name, tokens)

    async def _stream(
        self, writer: asyncio.StreamWriter, size: int, step: int, pause: float, status: int = 200
    ) -> bool:
        writer.write(_head(status, size, {}))
        for _ in range(0, size, step):
            writer.write(b" " * step)
            await writer.drain()
            if pause:
                await asyncio.sleep(pause)
        return False


def question(api: Api, body: dict[str, Any]) -> str:
    """What is asked; AssertionError where the real one would refuse the call."""
    assert body["model"]
    if api == "anthropic":
        assert isinstance(body["max_tokens"], int)
        schema = body["output_config"]["format"]["schema"]
        text = body["messages"][0]["content"]
    else:
        assert isinstance(body["max_output_tokens"], int)
        assert body["text"]["format"]["strict"] is True
        assert re_name(body["text"]["format"]["name"])
        schema, text = body["text"]["format"]["schema"], body["input"]
    _check(schema)
    assert isinstance(text, str)
    return text


def re_name(name: str) -> bool:
    return name.replace("_", "").isalnum()


def _check(schema: Any) -> None:
    """The subset both providers keep: objects closed and complete, no limits they would not enforce."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False
            assert schema["required"] == list(schema["properties"])
        assert not {"minItems", "maxItems", "maxLength", "minimum", "maximum", "pattern"} & schema.keys()
        for value in schema.values():
            _check(value)
    elif isinstance(schema, list):
        for value in schema:
            _check(value)


def _head(status: int, length: int, more: Mapping[str, str]) -> bytes:
    lines = [
        f"HTTP/1.1 {status} Reason",
        "Content-Type: application/json",
        f"Content-Length: {length}",
        "request-id: req_1",
        *(f"{name}: {value}" for name, value in more.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _send(
    writer: asyncio.StreamWriter, status: int, body: bytes, more: Mapping[str, str] | None = None
) -> None:
    writer.write(_head(status, len(body), more or {}) + body)
    await writer.drain()


def _json(status: int, body: object) -> tuple[int, bytes]:
    return status, json.dumps(body).encode()
