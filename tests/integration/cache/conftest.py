import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from subprocess import PIPE

import pytest
from tests.support.cache import SignedStore
from tests.support.redis import RedisServer

from campaignbase.cache.redis_line import connect
from campaignbase.cache.redis_tier import RedisTier
from campaignbase.wiring import SystemClock

Start = Callable[..., Awaitable[asyncio.subprocess.Process]]


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.kill()


@pytest.fixture
def redis(redis_server: RedisServer) -> Iterator[RedisServer]:
    """Up and empty."""
    redis_server.kill()
    redis_server.start()
    yield redis_server
    gc.collect()  # see pytest_collection_modifyitems


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """redis-py leaves a socket to the garbage collector when the server dies while it greets."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))


@pytest.fixture
async def tier(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RedisTier]:
    monkeypatch.setattr("campaignbase.cache.redis_line.ANSWER_SECONDS", 1.0)  # the machine may be busy
    made = RedisTier(connect(redis.url), SystemClock(), "a signing key")
    yield made
    await made.aclose()


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    """With the workspace `default`."""
    store = SignedStore(tmp_path / "cache.db", clock=SystemClock())
    await store.create_workspace("default")
    await store.close()
    return tmp_path / "cache.db"


@pytest.fixture
async def start(file: Path, redis: RedisServer) -> AsyncIterator[Start]:
    """Start a process of tests.support.cache; it has said `ready`."""
    started: list[asyncio.subprocess.Process] = []

    async def one(*role: str) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.support.cache", str(file), redis.url, *role, stdin=PIPE, stdout=PIPE
        )
        started.append(process)
        assert await line(process) == "ready"
        return process

    yield one
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().strip()
