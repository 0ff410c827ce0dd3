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


@pytest.mark.parametrize("key", [None, "sb_secret_wrong"])  # a cache that cannot be opened is as none
async def test_without_the_services_key_each_process_asks_once(
    stack: Stack, key: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With it: test_processes."""
    monkeypatch.setattr(backend, "READY_SECONDS", 30.0)
    words = f"bad weather {key}"
    more = {} if key is None else {"supabase_secret_key": SecretStr(key)}
    with FakeOpenAI() as openai:
        async with AsyncExitStack() as holder:
            app = await opened(holder, loaded(stack, openai, **more))
            for times in (1, 2):  # another workspace's vectors are its own
                headers = {"Authorization": f"Bearer {stack.sign_up().token}"}
                asking = await holder.enter_async_context(client(app, headers=headers))
                for _ in range(2):
                    answer = await asking.get("/search/semantic", params={"query": words})
                    assert answer.status_code == 200, answer.text
                assert openai.texts == [words] * times
