"""The embedder against a server that speaks OpenAI's format: what it sends, what it makes of every fault."""

import random
import sys
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal

import numpy as np
import pytest
from tests.support.fake_openai import KEY, REFUSED_TEXT, FakeOpenAI, Fault, vectors

from campaignbase.errors import CampaignbaseError, InputError, NotConfiguredError, ProviderError
from campaignbase.providers.openai import LATER, MAX_CALLS, MODEL, OpenAIEmbedder, Usage
from campaignbase.testing import FakeClock

SALE, RAIN = "Spring sale: 20% off", "Rain jackets are back"


@pytest.fixture(scope="module")
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as opened:
        yield opened


@pytest.fixture(autouse=True)
def forget(server: FakeOpenAI) -> None:
    server.forget()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def embedder(server: FakeOpenAI, clock: FakeClock) -> AsyncIterator[OpenAIEmbedder]:
    opened = OpenAIEmbedder(KEY, server.url, clock=clock, deadline=60)
    yield opened
    await opened.close()


async def raised(embedder: OpenAIEmbedder, *texts: str) -> CampaignbaseError:
    with pytest.raises(CampaignbaseError) as caught:
        await embedder.embed(texts or [SALE])
    return caught.value


async def test_embed_asks_once_for_all_texts_and_keeps_their_order(
    server: FakeOpenAI, embedder: OpenAIEmbedder
) -> None:
    found = await embedder.embed([SALE, RAIN])

    (call,) = server.calls
    assert call.body == {"model": MODEL, "input": [SALE, RAIN], "encoding_format": "base64"}
    assert call.headers["authorization"] == f"Bearer {KEY}"
    assert found.dtype == np.float32
    assert np.array_equal(found, vectors([SALE, RAIN]))
    # the server counts a token a byte
    assert embedder.usage == Usage(calls=1, tokens=len(SALE) + len(RAIN))


async def test_embed_sorts_what_came_in_another_order(server: FakeOpenAI, embedder: OpenAIEmbedder) -> None:
    server.script("shuffled", "extra_keys")
    for _ in range(2):
        assert np.array_equal(await embedder.embed([SALE, RAIN]), vectors([SALE, RAIN]))


async def test_embed_takes_plain_lists_too(
    server: FakeOpenAI, embedder: OpenAIEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.support.fake_openai._written", lambda row, _: row.tolist())
    assert np.array_equal(await embedder.embed([SALE]), vectors([SALE]))


async def test_embed_gives_zeros_for_blank_texts_and_does_not_ask(
    server: FakeOpenAI, embedder: OpenAIEmbedder
) -> None:
    found = await embedder.embed(["", SALE, " \n"])
    assert server.texts == [SALE]
    assert [bool(row.any()) for row in found] == [False, True, False]
    assert not (await embedder.embed([])).size
    assert len(server.calls) == 1


async def test_embed_cuts_long_texts_and_leaves_nothing_out(
    server: FakeOpenAI, embedder: OpenAIEmbedder
) -> None:
    text = "sale " * 3000 + "rain " * 3000  # 30,000 bytes: pieces of 8,000
    (found,) = await embedder.embed([text])

    assert "".join(server.texts) == text
    assert [len(piece) for piece in server.texts] == [8000, 8000, 8000, 6000]
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-6)
    sale, rain = vectors(["sale", "rain"])
    # pieces by weight: 8000 sale; 7000 sale + 1000 rain, of unit length together; 14000 rain
    mixed = (7 * sale + rain) / np.sqrt(50)
    expected = 8000 * sale + 8000 * mixed + 14000 * rain
    assert np.allclose(found, expected / np.linalg.norm(expected), atol=1e-6)


async def test_embed_stays_inside_the_limits_of_a_call(server: FakeOpenAI, embedder: OpenAIEmbedder) -> None:
    texts = ["é" * 4000 + str(place) for place in range(100)]  # 8,001 bytes each: two pieces
    assert len(await embedder.embed(texts)) == 100  # the server refuses what is beyond a limit
    assert [len(call.inputs) for call in server.calls] == [72, 72, 56]
    server.forget()
    await embedder.embed(["word"] * 2049)
    assert [len(call.inputs) for call in server.calls] == [2048, 1]


async def test_embed_survives_characters_that_are_none(server: FakeOpenAI, embedder: OpenAIEmbedder) -> None:
    await embedder.embed(["a lone \ud83d surrogate"])
    assert server.texts == ["a lone ? surrogate"]


@pytest.mark.parametrize(
    "fault",
    [
        "rate_limited",
        "server_error",
        "overloaded",
        "reset",
        "cut",
        "malformed",
        "empty_body",
        "wrong_count",
        "twice_the_same",
        "wrong_width",
        "not_unit",
        "not_finite",
    ],
)
async def test_embed_asks_again_after_a_trouble_that_may_pass(
    server: FakeOpenAI, embedder: OpenAIEmbedder, clock: FakeClock, fault: str
) -> None:
    server.script(fault)
    assert np.array_equal(await embedder.embed([SALE]), vectors([SALE]))
    assert (len(server.calls), len(clock.slept)) == (2, 1)
    assert embedder.usage.calls == 2


@pytest.mark.parametrize(
    ("fault", "message", "waits"),
    [
        # busy: the job waits and it costs no failure
        ("rate_limited", "429 rate_limit_exceeded: Rate limit reached", True),
        ("overloaded", "503 server_error: The engine is currently overloaded", True),
        ("reset", "broke off", True),
        # a text may be at fault: it counts
        ("server_error", "500 server_error: The server had an error", False),
        ("malformed", "answered what is no list of vectors", False),
        ("empty_body", "answered what is no list of vectors", False),
        ("wrong_count", "answered 1 vectors, of 1 of 2 texts", False),
        ("twice_the_same", "answered 2 vectors, of 1 of 2 texts", False),
        ("wrong_width", "answered vectors of 768 numbers, expected 1536", False),
        ("not_unit", "answered a vector of length 2, expected unit length", False),
        ("not_finite", "answered a vector with a number that is not finite", False),
    ],
)
async def test_embed_gives_up_after_a_few_calls(
    server: FakeOpenAI, embedder: OpenAIEmbedder, clock: FakeClock, fault: str, message: str, waits: bool
) -> None:
    server.script(*[fault] * 10)
    error = await raised(embedder, SALE, RAIN)

    assert len(server.calls) == MAX_CALLS == 4
    assert isinstance(error, ProviderError)
    assert message in str(error)
    assert str(error).startswith(f"OpenAI at {server.url}")
    assert error.retryable
    if waits:
        assert error.retry_after is not None
        assert LATER <= error.retry_after <= 2 * LATER
    else:
        assert error.retry_after is None


async def test_a_provider_that_is_down_costs_a_text_one_failure_until_it_answers(
    server: FakeOpenAI, embedder: OpenAIEmbedder, clock: FakeClock
) -> None:
    server.script(*["server_error"] * 12)
    waits = []
    for _ in range(3):
        error = await raised(embedder)
        assert isinstance(error, ProviderError)
        waits.append(error.retry_after is not None)
        clock.advance(2 * LATER)
    await embedder.embed([SALE])
    server.script(*["server_error"] * 4)
    error = await raised(embedder)
    assert isinstance(error, ProviderError)
    assert [*waits, error.retry_after is not None] == [False, True, True, False]


async def test_embed_pauses_longer_each_time_with_full_jitter(
    server: FakeOpenAI, embedder: OpenAIEmbedder, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, high: (low + high) / 2)
    server.script(*["server_error"] * 10)
    await raised(embedder)
    assert clock.slept == [0.25, 0.5, 1.0]  # half of 0.5, 1, 2


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"data": [{"index": 1e999, "embedding": []}]}',
        '{"data": [{"index": 0.5, "embedding": []}]}',
        '{"data": [{"index": 0, "embedding": [1' + "0" * 400 + "]}]}",
        '{"data": [{"index": 0, "embedding": [1e300]}]}',
    ],
    ids=["deep", "infinite place", "half a place", "huge number", "large number"],
)
async def test_embed_survives_numbers_and_depths_that_no_answer_has(
    server: FakeOpenAI, embedder: OpenAIEmbedder, body: str
) -> None:
    server.script(Fault("raw", body=body))
    assert np.array_equal(await embedder.embed([SALE]), vectors([SALE]))
    assert len(server.calls) == 2


@pytest.mark.parametrize("fault", ["no_usage", "odd_usage"])
async def test_embed_counts_a_token_a_byte_where_nobody_says(
    server: FakeOpenAI, embedder: OpenAIEmbedder, fault: str
) -> None:
    server.script(fault)
    _, cost = await embedder.embed_paid(["shoes" * 1_000])
    assert cost == Decimal("0.0001")  # 5,000 at 0.02 a million


@pytest.mark.parametrize("fault", ["no_money", "spend_limit", "payment_required", "not_active"])
async def test_embed_never_asks_again_for_money(
    server: FakeOpenAI, embedder: OpenAIEmbedder, clock: FakeClock, fault: str
) -> None:
    server.script(Fault(fault, retry_after="1"), fault)
    error = await raised(embedder)

    assert len(server.calls) == 1
    assert clock.slept == []
    assert isinstance(error, ProviderError)
    assert not error.retryable
    assert error.retry_after is None
    assert str(error).endswith("; top up or raise the limit, then: campaignbase worker --replay")


@pytest.mark.parametrize("asked", ["7", "7.0", "Fri, 01 Jan 2100 00:00:07 GMT"])
async def test_embed_waits_as_long_as_it_is_asked_to(
    server: FakeOpenAI, embedder: OpenAIEmbedder, clock: FakeClock, asked: str
) -> None:
    server.script(Fault("rate_limited", retry_after=asked))
    await embedder.embed([SALE])
    assert clock.slept == [7.0]


@pytest.mark.parametrize(("asked", "seconds"), [("60", 60), ("86400", 86400)])
async def test_embed_lets_the_job_wait_when_it_is_asked_for_longer_than_it_has(
    server: FakeOpenAI, embedder: OpenAIEmbedder, clock: FakeClock, asked: str, seconds: float
) -> None:
    server.script(Fault("rate_limited", retry_after=asked))
    error = await raised(embedder)
    assert clock.slept == []
    assert isinstance(error, ProviderError)
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    ("asked", "left", "waited"),
    [
        ("90", 60.0, 30.0),  # the job of another batch, half a minute later, waits as long as is left
        ("90", None, 90.5),
        ("86400", None, 300.5),  # a day is asked about again: it may be a mistake
    ],
)
async def test_embed_leaves_a_provider_alone_that_asked_for_it(
    server: FakeOpenAI,
    embedder: OpenAIEmbedder,
    clock: FakeClock,
    asked: str,
    left: float | None,
    waited: float,
) -> None:
    server.script(Fault("rate_limited", retry_after=asked))
    await raised(embedder)
    clock.advance(waited)
    if left is None:
        assert np.array_equal(await embedder.embed([SALE]), vectors([SALE]))
        return
    error = await raised(embedder)
    assert isinstance(error, ProviderError)
    assert (error.retryable, error.retry_after) == (True, left)
    left_alone, _, said = str(error).partition("; it said: ")
    assert left_alone == f"OpenAI at {server.url} is left alone, 60 s more"
    assert "429 rate_limit_exceeded" in said
    assert len(server.calls) == 1


async def test_embed_spends_its_deadline_once_for_all_calls(
    server: FakeOpenAI, embedder: OpenAIEmbedder, clock: FakeClock
) -> None:
    server.script(*[Fault("rate_limited", retry_after="25")] * 4)
    error = await raised(embedder)
    assert clock.slept == [25, 25]  # a third wait would end after 75 of 60 seconds
    assert isinstance(error, ProviderError)
    assert error.retry_after == 25


async def test_embed_does_not_wait_for_an_answer_that_never_comes(
    server: FakeOpenAI, clock: FakeClock
) -> None:
    server.script(*["hang"] * MAX_CALLS)  # as often as short pauses of the clock let it ask again
    embedder = OpenAIEmbedder(KEY, server.url, clock=clock, deadline=0.2)
    try:
        error = await raised(embedder)
    finally:
        await embedder.close()
    assert isinstance(error, ProviderError)
    assert "did not answer within" in str(error)


async def test_embed_says_when_nobody_is_there(clock: FakeClock) -> None:
    embedder = OpenAIEmbedder(KEY, "http://127.0.0.1:1/v1", clock=clock)
    error = await raised(embedder)
    await embedder.close()
    assert "OpenAI at http://127.0.0.1:1/v1 cannot be reached" in str(error)


async def test_embed_refuses_a_text_for_good(server: FakeOpenAI, embedder: OpenAIEmbedder) -> None:
    error = await raised(embedder, SALE, REFUSED_TEXT)
    assert isinstance(error, InputError)
    assert "400 content_refused: This text is refused." in str(error)
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    ("fault", "hint"),
    [
        ("unauthorized", "set a valid OPENAI_API_KEY"),
        ("forbidden", "check OPENAI_API_KEY and OPENAI_BASE_URL"),
    ],
)
async def test_embed_says_what_is_not_configured(
    server: FakeOpenAI, embedder: OpenAIEmbedder, fault: str, hint: str
) -> None:
    server.script(fault)
    error = await raised(embedder)
    assert isinstance(error, NotConfiguredError)
    assert str(error).endswith(hint)
    assert len(server.calls) == 1


async def test_embed_never_shows_the_key(server: FakeOpenAI, clock: FakeClock) -> None:
    embedder = OpenAIEmbedder("sk-s3cret", server.url, clock=clock)
    error = await raised(embedder)
    await embedder.close()
    assert "401 invalid_api_key" in str(error)
    assert "s3cret" not in str(error)


async def test_embed_names_the_model_an_endpoint_must_serve(
    server: FakeOpenAI, embedder: OpenAIEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OpenAIEmbedder, "model", "text-embedding-9")
    error = await raised(embedder)
    assert isinstance(error, NotConfiguredError)
    assert str(error).endswith("OPENAI_BASE_URL must serve text-embedding-9")


async def test_embed_says_what_to_install(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    error = await raised(OpenAIEmbedder(KEY, clock=clock))
    assert isinstance(error, NotConfiguredError)
    assert "pip install 'campaignbase[supabase]'" in str(error)


async def test_embed_goes_on_after_it_was_closed(server: FakeOpenAI, embedder: OpenAIEmbedder) -> None:
    await embedder.embed([SALE])
    await embedder.close()
    await embedder.embed([SALE])
    assert len(server.calls) == 2
