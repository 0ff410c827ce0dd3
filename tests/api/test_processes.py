"""Another process of the API on the same project: what they share, and what is done once for both."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
from pydantic import SecretStr
from tests.api.conftest import client, opened, settings
from tests.support.cli import environment
from tests.support.fake_openai import KEY, FakeOpenAI
from tests.support.redis import RedisServer
from tests.support.stack import Stack

from campaignbase import wiring
from campaignbase.local.cluster import free_port

POST = {"content": "Rain jackets are 30% off."}
START_SECONDS = 60


@asynccontextmanager
async def process(folder: Path, variables: Mapping[str, str]) -> AsyncIterator[str]:
    """Its address."""
    url = f"http://127.0.0.1:{free_port()}"
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "campaignbase",
        "serve",
        "--port",
        url.rpartition(":")[2],
        cwd=folder,
        env={**environment(), **variables},
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(START_SECONDS), httpx.AsyncClient(base_url=url) as asking:
            while True:
                try:
                    if (await asking.get("/health/ready")).status_code == 200:
                        break
                except httpx.ConnectError:
                    await asyncio.sleep(0.1)
        yield url
    finally:
        started.kill()
        await started.wait()


# redis-py leaves a socket to the garbage collector when the server dies while it greets
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_two_processes_do_things_once(stack: Stack, tmp_path: Path) -> None:
    redis = RedisServer(tmp_path)
    try:
        with FakeOpenAI() as openai:
            secrets = {
                "supabase_publishable_key": stack.publishable_key,
                "supabase_secret_key": stack.secret_key,
                "development_jwt_secret": stack.jwt_secret,
                "openai_api_key": KEY,
                "redis_url": redis.url,
            }
            others = {"supabase_url": stack.url, "openai_base_url": openai.url}
            loaded = settings(**others, **{name: SecretStr(value) for name, value in secrets.items()})
            variables = {name.upper(): value for name, value in {**others, **secrets}.items()}
            headers = {"Authorization": f"Bearer {stack.sign_up().token}"}
            with psycopg.connect(stack.database_url, autocommit=True) as connection:
                connection.execute("update public.workspaces set daily_budget = 1")
            async with AsyncExitStack() as holder:
                url = await holder.enter_async_context(process(tmp_path, variables))
                other = await holder.enter_async_context(
                    httpx.AsyncClient(base_url=url, headers=headers, timeout=60)
                )
                app = await opened(holder, loaded, line=wiring.redis_line(loaded))
                own = await holder.enter_async_context(client(app, headers=headers))

                for asking in (own, own, other):
                    found = await asking.get("/search/semantic", params={"query": "bad weather"})
                    assert found.status_code == 200, found.text
                assert openai.texts == ["bad weather"]

                key = {"Idempotency-Key": "k"}
                first = await own.post("/content", json=POST, headers=key)
                again = await other.post("/content", json=POST, headers=key)
                assert (first.status_code, again.status_code) == (201, 201), again.text
                assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    finally:
        redis.kill()
        gc.collect()
