"""A load generator: keep-alive connections that each ask again as soon as they are answered.

`python -m campaignbase.bench.load` is one process of it: a plan as JSON on stdin, what was measured as JSON
on stdout. Answers are not parsed beyond their length; those that are not 200 are counted.
"""

import asyncio
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial


@dataclass(frozen=True, slots=True)
class Plan:
    port: int
    requests: Sequence[str]  # whole ones, asked in turn
    connections: int = 16
    seconds: float = 4.0
    warmup_seconds: float = 1.0  # not counted


@dataclass(frozen=True, slots=True)
class Measured:
    per_second: float
    p50: float  # ms
    p99: float  # ms
    answers: int  # those of the warmup too
    refused: int  # of these other than 200
    first_refusal: str = ""


def request(method: str, path: str, headers: Mapping[str, str], body: str = "") -> str:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *(f"{k}: {v}" for k, v in headers.items())]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body.encode())}"]
    return "\r\n".join(lines) + "\r\n\r\n" + body


class _Connection(asyncio.Protocol):
    def __init__(self, load: "_Load", place: int) -> None:
        self._load = load
        self._place = place
        self._received = bytearray()
        self._needed = 0  # bytes of the whole answer; 0: not known yet

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.WriteTransport = transport  # type: ignore[assignment]
        self._ask()

    def _ask(self) -> None:
        requests = self._load.requests
        self._place = (self._place + 1) % len(requests)
        self._began = time.perf_counter()
        self._transport.write(requests[self._place])

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._needed:
            head = self._received.find(b"\r\n\r\n")
            if head < 0:
                return
            _, _, after = bytes(self._received[:head]).lower().partition(b"content-length:")
            self._needed = head + 4 + int(after.partition(b"\r\n")[0])
        if len(self._received) < self._needed:
            return
        now = time.perf_counter()
        if not self._load.note(now, now - self._began, self._received):
            self._transport.close()
            return
        del self._received[: self._needed]
        self._needed = 0
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._load.lost()


class _Load:
    def __init__(self, plan: Plan) -> None:
        self.requests = [one.encode() for one in plan.requests]
        self._starts = time.perf_counter() + plan.warmup_seconds
        self._ends = self._starts + plan.seconds
        self._left = plan.connections
        self._taken: list[float] = []
        self._answers = 0
        self._refused = 0
        self._first = ""
        self._done = asyncio.Event()

    def note(self, now: float, took: float, answer: bytearray) -> bool:
        """Whether to go on."""
        self._answers += 1
        if answer[9:12] != b"200":
            self._refused += 1
            self._first = self._first or answer.decode(errors="replace")
        if self._starts <= now < self._ends:
            self._taken.append(took)
        return now < self._ends

    def lost(self) -> None:
        self._left -= 1
        if not self._left:
            self._done.set()

    async def run(self, plan: Plan) -> Measured:
        loop = asyncio.get_running_loop()
        for number in range(plan.connections):
            place = number * len(self.requests) // plan.connections
            await loop.create_connection(partial(_Connection, self, place), "127.0.0.1", plan.port)
        await self._done.wait()
        taken = sorted(self._taken)
        if not taken:
            raise RuntimeError(f"no answer in {plan.seconds} s; {self._first}")
        return Measured(
            len(taken) / plan.seconds,
            taken[len(taken) // 2] * 1000,
            taken[len(taken) * 99 // 100] * 1000,
            self._answers,
            self._refused,
            self._first,
        )


async def loaded(plan: Plan) -> Measured:
    """By a process of its own, so that it takes no time from whoever calls."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "campaignbase.bench.load",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate(json.dumps(asdict(plan)).encode())
    if process.returncode:
        raise RuntimeError(f"the load generator ended with {process.returncode}")
    return Measured(**json.loads(told))


async def main() -> None:
    plan = Plan(**json.loads(sys.stdin.read()))
    sys.stdout.write(json.dumps(asdict(await _Load(plan).run(plan))))


if __name__ == "__main__":
    asyncio.run(main())
