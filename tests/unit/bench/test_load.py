"""The load generator counts what a server really answered."""

import asyncio
from collections import Counter

from campaignbase.bench.load import Plan, loaded, request

ANSWERS = {
    b"/right": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nright",
    b"/wrong": b"HTTP/1.1 404 Not Found\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\nwrong",
}


async def test_it_asks_again_as_soon_as_it_is_answered_and_counts_refusals() -> None:
    asked: Counter[bytes] = Counter()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            if line.startswith(b"POST"):
                path = line.split()[1]
                asked[path] += 1
                assert (await reader.readuntil(b"\r\n\r\nbody")).startswith(b"Host: localhost\r\nX-A: 1\r\n")
                for byte in (ANSWERS[path][:20], ANSWERS[path][20:-2], ANSWERS[path][-2:]):
                    writer.write(byte)
                    await writer.drain()
                    await asyncio.sleep(0)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        requests = [request("POST", path, {"X-A": "1"}, "body") for path in ("/right", "/wrong")]
        measured = await loaded(Plan(port, requests, connections=3, seconds=0.3, warmup_seconds=0.1))
    assert (measured.answers, measured.refused) == (asked.total(), asked[b"/wrong"])
    assert measured.first_refusal.endswith("wrong")
    assert 0 < measured.per_second * 0.3 <= measured.answers
    assert 0 < measured.p50 <= measured.p99
