"""A paid embedder is asked once for what is searched for, by whoever asks in that workspace."""

from contextlib import AsyncExitStack
from typing import Any

import pytest
from pydantic import SecretStr
from tests.api.conftest import client, opened, settings
from tests.support.fake_openai import KEY, FakeOpenAI
from tests.support.stack import Stack

from campaignbase.api import backend


def loaded(stack: Stack, openai: FakeOpenAI, **more: Any) -> Any:
    return settings(
        supabase_url=stack.url,
        supabase_publishable_key=SecretStr(stack.publishable_key),
        development_jwt_secret=SecretStr(stack.jwt_secret),
        openai_api_key=SecretStr(KEY),
        openai_base_url=openai.url,
        **more,
    )


@pytest.mark.parametrize(
    ("secret", "shared"),
    [
        (False, False),  # each process for itself
        (True, True),
        ("sb_secret_wrong", False),  # the cache cannot be opened: as without the key
    ],
)
async def test_the_same_search_asks_once(
    stack: Stack, secret: bool | str, shared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend, "READY_SECONDS", 30.0)
    words = f"bad weather {secret}"
    key = {True: stack.secret_key, False: None}.get(secret, secret)  # type: ignore[call-overload]
    more = {} if key is None else {"supabase_secret_key": SecretStr(key)}
    with FakeOpenAI() as openai:
        async with AsyncExitStack() as holder:
            ann, bo = stack.sign_up(), stack.sign_up()
            for user, times in ((ann, 1), (bo, 2)):  # another workspace's vectors are its own
                for _ in range(2):
                    app = await opened(holder, loaded(stack, openai, **more))
                    headers = {"Authorization": f"Bearer {user.token}"}
                    asking = await holder.enter_async_context(client(app, headers=headers))
                    for _ in range(2):
                        answer = await asking.get("/search/semantic", params={"query": words})
                        assert answer.status_code == 200, answer.text
                    await app.state.backend._answers._cache.settle()
                processes = 1 if shared else 2
                assert openai.texts == [words] * times * processes
