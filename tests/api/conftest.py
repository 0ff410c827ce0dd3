"""The API over both backends: a SQLite file of two workspaces, the offline stack with two signed-in users."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from tests.support.stack import Stack

from campaignbase import wiring
from campaignbase.api.app import create_app, open_backend
from campaignbase.settings import Settings, Target
from campaignbase.stores.sqlite import SqliteStore

BACKENDS = ["sqlite", "supabase"]


def settings(**values: Any) -> Settings:
    """These alone, nothing of the environment."""
    nothing = dict.fromkeys(Settings.model_fields)
    nothing.pop("campaignbase_cache_items")
    return Settings.model_construct(**{**nothing, "campaignbase_cache_items": 1000, **values})


@dataclass
class Api:
    """`alice` and `bob` each have a workspace, and no right in the other's."""

    kind: str
    app: Any
    alice: httpx.AsyncClient
    bob: httpx.AsyncClient
    target: Target  # for a worker
    options: dict[str, Any] = field(default_factory=dict)

    async def label(self) -> None:
        """As a worker does."""
        store = await wiring.open_target(self.target)
        try:
            await wiring.worker(store).run_once()
        finally:
            await store.close()


def client(app: Any, **options: Any) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60, **options)


async def opened(
    holder: AsyncExitStack, loaded: Settings, database: str | None = None, **options: Any
) -> Any:
    app = create_app(open_backend(loaded, database), **options)
    await holder.enter_async_context(app.router.lifespan_context(app))
    return app


_made: list[bytes] = []  # a file with the workspaces, made once and copied


async def _two_workspaces() -> bytes:
    if not _made:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "made.db"
            store = SqliteStore(file, clock=wiring.SystemClock())
            for name in ("default", "other"):
                await store.create_workspace(name)
            await store.close()
            _made.append(file.read_bytes())
    return _made[0]


async def on_sqlite(holder: AsyncExitStack, folder: Path) -> Api:
    file = folder / "api.db"
    file.write_bytes(await _two_workspaces())
    target = Target("sqlite", str(file))
    app = await opened(holder, settings(), target.location)
    people = [client(app, params={"workspace": name}) for name in ("default", "other")]
    alice, bob = [await holder.enter_async_context(one) for one in people]
    return Api("sqlite", app, alice, bob, target)


def of_stack(stack: Stack) -> Settings:
    return settings(
        supabase_url=stack.url,
        supabase_publishable_key=SecretStr(stack.publishable_key),
        supabase_secret_key=SecretStr(stack.secret_key),
        development_jwt_secret=SecretStr(stack.jwt_secret),
    )


async def on_supabase(holder: AsyncExitStack, stack: Stack) -> Api:
    app = await opened(holder, of_stack(stack))
    people = [client(app, headers={"Authorization": f"Bearer {stack.sign_up().token}"}) for _ in "ab"]
    alice, bob = [await holder.enter_async_context(one) for one in people]
    return Api("supabase", app, alice, bob, Target("supabase", stack.url, SecretStr(stack.secret_key)))


@pytest.fixture(params=BACKENDS)
async def api(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Api]:
    async with AsyncExitStack() as holder:
        if request.param == "sqlite":
            yield await on_sqlite(holder, tmp_path)
        else:
            yield await on_supabase(holder, request.getfixturevalue("stack"))


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Api]:
    """SQLite alone: what does not differ."""
    async with AsyncExitStack() as holder:
        yield await on_sqlite(holder, tmp_path)
