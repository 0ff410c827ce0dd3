"""How much is read of what comes back, and what is made of it before anybody reads what it says."""

from collections.abc import AsyncIterator, Iterable

import httpx2
import pytest

from campaignbase.providers.replies import MAX_BODY, Reply, cut_errors, parse_envelope, read_envelope


class Chunks(httpx2.AsyncByteStream):
    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self.read = 0
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            self.read += len(chunk)
            yield chunk

    async def aclose(self) -> None:
        self.closed = True


@pytest.mark.parametrize(("status", "kept"), [(500, MAX_BODY), (429, MAX_BODY), (200, 1_000_000)])
async def test_cut_errors_reads_no_more_of_an_error_than_of_an_answer(status: int, kept: int) -> None:
    stream = Chunks([b"x" * 100_000] * 10)
    response = httpx2.Response(status, stream=stream)

    await cut_errors(response)

    assert len(await response.aread()) == kept
    assert stream.read <= kept + 100_000
    assert stream.closed


async def test_read_envelope_stops_at_its_limit() -> None:
    stream = Chunks([b" " * 100_000] * 100)
    found = await read_envelope(aiter(stream), "X")
    message = "X answered more than 262,144 bytes, which are not read to their end"
    assert found == Reply("", None, ("too_large", message))
    assert stream.read == 300_000


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b"", Reply("", None, ("no_answer", "X answered nothing"))),
        (b" \n", Reply("", None, ("no_answer", "X answered nothing"))),
        (b"[1]", Reply("", None, ("no_answer", "X answered what is no JSON object"))),
        (b"<html>", Reply("", None, ("no_answer", "X answered what is no JSON object"))),
        (b"[" * 100_000, Reply("", None, ("no_answer", "X answered what is no JSON object"))),
        (b"\xff", Reply("", None, ("no_answer", "X answered what is no JSON object"))),
    ],
)
def test_parse_envelope_wants_one_object(body: bytes, found: object) -> None:
    assert parse_envelope(body, "X") == found
