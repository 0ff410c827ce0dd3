"""A POST sent again under its Idempotency-Key: to the same process, another, or one started since."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api.conftest import Api, client, opened, settings
from tests.support.stack import Stack

from campaignbase.api import idempotency
from campaignbase.errors import UnreachableError

KEY = {"Idempotency-Key": "k-1"}
POST = {"content": "Rain jackets are 30% off."}


async def another(holder: AsyncExitStack, api: Api, **options: Any) -> tuple[Any, httpx.AsyncClient]:
    """Another process on the same database, and alice there."""
    backend = api.app.state.backend
    where = api.target.location if api.kind == "sqlite" else None
    app = await opened(holder, backend._settings, where, **options)
    hers = client(app, headers=api.alice.headers, params=api.alice.params)
    return app, await holder.enter_async_context(hers)


async def rows(asking: httpx.AsyncClient) -> int:
    return len((await asking.get("/content")).json()["items"])


async def test_the_same_post_is_done_once_in_whichever_process(api: Api) -> None:
    async with AsyncExitStack() as holder:
        _, elsewhere = await another(holder, api)
        at_once = await asyncio.gather(
            *(asking.post("/content", json=POST, headers=KEY) for asking in (api.alice, elsewhere))
        )
        again = [await asking.post("/content", json=POST, headers=KEY) for asking in (api.alice, elsewhere)]
        answers = [*at_once, *again]
        assert {one.status_code for one in answers} == {201}, [one.text for one in answers]
        assert len({one.content for one in answers}) == 1
        assert len({one.headers["Location"] for one in answers}) == 1
        assert [one.headers.get("Idempotency-Replayed") for one in answers].count("true") == 3
        assert "RateLimit" in again[0].headers
        other = await elsewhere.post("/content", json={"content": "x"}, headers=KEY)
        assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "header.Idempotency-Key")
        theirs = await api.bob.post("/content", json=POST, headers=KEY)
        assert theirs.json()["id"] != again[0].json()["id"]
        assert await rows(api.alice) == 1


async def test_what_was_refused_may_be_sent_again(api: Api) -> None:
    refused = await api.alice.post("/content", json={"text": "x"}, headers=KEY)
    assert refused.status_code == 422
    assert (await api.alice.post("/content", json=POST, headers=KEY)).status_code == 201


async def test_a_process_that_died_over_it(local: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "WAIT_SECONDS", 0.1)
    store = await local.app.state.backend.store(None)
    began = asyncio.Event()

    async def hang(*_: object) -> None:
        began.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(store, "insert_content", hang)
    dying = asyncio.create_task(local.alice.post("/content", json=POST, headers=KEY))
    await began.wait()
    async with AsyncExitStack() as holder:
        app, elsewhere = await another(holder, local)
        waits = await elsewhere.post("/content", json=POST, headers=KEY)
        assert (waits.status_code, waits.headers["Retry-After"]) == (409, "5")
        dying.cancel()
        await asyncio.wait({dying})
        # nobody knows whether it was done: its lease stays
        assert (await elsewhere.post("/content", json=POST, headers=KEY)).status_code == 409
        ended = "update idempotency_keys set leased_until = '2020-01-01T00:00:00.000000Z'"
        (await app.state.backend.store(None))._db.run(ended)
        assert (await elsewhere.post("/content", json=POST, headers=KEY)).status_code == 201
        assert await rows(elsewhere) == 1


async def test_an_answer_too_large_to_keep_is_still_done_once(
    local: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "LONGEST_ANSWER", 100)
    first = await local.alice.post("/content", json=POST, headers=KEY)
    again = await local.alice.post("/content", json=POST, headers=KEY)
    assert (again.status_code, again.headers["Location"]) == (409, first.headers["Location"])
    assert "too large to be kept" in again.json()["detail"]
    assert await rows(local.alice) == 1


async def test_a_database_that_fails_after_the_act_takes_no_answer_away(
    local: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(idempotency, "FINISH_WAITS", (0, 0))

    async def fail(*_: object) -> None:
        raise UnreachableError("gone")

    monkeypatch.setattr(await local.app.state.backend.store(None), "finish_request", fail)
    assert (await local.alice.post("/content", json=POST, headers=KEY)).status_code == 201
    assert "is not kept: gone" in caplog.text


async def test_without_the_header_and_for_reading_the_database_is_not_asked(
    local: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise UnreachableError("asked")

    monkeypatch.setattr(await local.app.state.backend.store(None), "begin_request", fail)
    assert (await local.alice.post("/content", json=POST)).status_code == 201
    for path, body in (
        ("/search", {"query": "rain"}),
        ("/rules/preview", {"conditions": {"contains_keyword": "rain"}}),
        ("/v1/embeddings", {"input": "x", "model": "campaignbase-static-1"}),
    ):
        assert (await local.alice.post(path, json=body, headers=KEY)).status_code == 200, path
    assert (await local.alice.post("/content", json=POST, headers=KEY)).status_code == 503


async def test_answers_told_again_count_as_requests(tmp_path: Path) -> None:
    async with AsyncExitStack() as holder:
        app = await opened(holder, settings(), str(tmp_path / "a.db"), rate="3/minute")
        asking = await holder.enter_async_context(client(app))
        statuses = [(await asking.post("/content", json=POST, headers=KEY)).status_code for _ in range(4)]
        assert statuses == [201, 201, 201, 429]


async def test_callers_reach_their_own_keys_alone(stack: Stack) -> None:
    """Also by the functions themselves, which any signed-in user may call."""
    ann, bo = stack.sign_up(), stack.sign_up()

    def begin(token: str, owner: str) -> Any:
        body = {"request_key": "k", "body_hash": "b", "owner": owner}
        return stack.request("POST", "/rest/v1/rpc/begin_request", token=token, json=body).json()

    assert begin(ann.token, "ann") == {"state": "yours"}
    assert begin(bo.token, "bo") == {"state": "yours"}
    finish = {"request_key": "k", "owner": "ann", "answer": "mine"}
    told = stack.request("POST", "/rest/v1/rpc/finish_request", token=bo.token, json=finish)
    assert told.json() is False
    assert begin(ann.token, "again")["state"] == "under_way"
