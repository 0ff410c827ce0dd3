"""Two processes of the API on one project: what they share, and what is done once for both."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import httpx
from tests.support.cli import environment
from tests.support.fake_openai import KEY, FakeOpenAI
from tests.support.redis import RedisServer
from tests.support.stack import Stack

from campaignbase.local.cluster import free_port

POST = {"content": "Rain jackets are 30% off."}
RATE = 40


@contextmanager
def process(folder: Path, **variables: str) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """With its address, before it answers."""
    port = free_port()
    log = folder / f"{port}.log"
    with (
        log.open("wb") as told,
        subprocess.Popen(
            [sys.executable, "-m", "campaignbase", "api", "--port", str(port)],
            cwd=folder,
            env={**environment(), **variables},
            stderr=told,
        ) as started,
    ):
        try:
            yield started, f"http://127.0.0.1:{port}"
        finally:
            started.kill()
            started.wait()


def client(url: str, token: str) -> httpx.Client:
    made = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
    for _ in range(300):
        try:
            if made.get("/health/ready").status_code == 200:
                return made
        except httpx.ConnectError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


def test_two_processes_do_things_once(stack: Stack, tmp_path: Path) -> None:
    redis = RedisServer(tmp_path)
    try:
        with FakeOpenAI() as openai, ExitStack() as holder:
            variables = {
                "SUPABASE_URL": stack.url,
                "SUPABASE_PUBLISHABLE_KEY": stack.publishable_key,
                "SUPABASE_SECRET_KEY": stack.secret_key,
                "DEVELOPMENT_JWT_SECRET": stack.jwt_secret,
                "OPENAI_API_KEY": KEY,
                "OPENAI_BASE_URL": openai.url,
                "REDIS_URL": redis.url,
                "CAMPAIGNBASE_API_RATE": f"{RATE}/minute",
            }
            token = stack.sign_up().token
            running = [holder.enter_context(process(tmp_path, **variables)) for _ in range(2)]
            one, two = [holder.enter_context(closing(client(url, token))) for _, url in running]

            for asking in (one, one, two):
                found = asking.get("/search/semantic", params={"query": "bad weather"})
                assert found.status_code == 200, found.text
            assert openai.texts == ["bad weather"]

            key = {"Idempotency-Key": "k"}
            first = one.post("/content", json=POST, headers=key)
            running[0][0].kill()
            again = two.post("/content", json=POST, headers=key)
            assert (first.status_code, again.status_code) == (201, 201), again.text
            assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")

            # four requests here, and two by the one that is gone
            left = [two.get("/content").status_code for _ in range(RATE - 4)]
            assert left.count(200) == RATE - 5, left
            redis.kill()
            assert two.get("/content").status_code == 200  # by its own count there is room
    finally:
        redis.kill()
