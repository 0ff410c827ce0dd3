"""Settings become concrete parts: the only place that picks classes."""

import asyncio
import os
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

from campaignbase.errors import NotConfiguredError, NotFoundError
from campaignbase.models import Workspace
from campaignbase.pipeline.labeler import LEASE_SECONDS, Labeler
from campaignbase.pipeline.learn import Learner
from campaignbase.ports import Analyst, Embedder, Store
from campaignbase.providers.offline import OfflineAnalyst, OfflineReader
from campaignbase.providers.static import StaticEmbedder
from campaignbase.worker.loop import Worker


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def is_postgres(database: str) -> bool:
    return database.startswith(("postgresql://", "postgres://"))


async def open_store(database: str) -> Store:
    """The store behind a path or a postgresql:// URL.

    Raises:
        NotConfiguredError: the extra for Postgres is not installed, or the database cannot be used.
        UnreachableError: nothing answers there.
    """
    if is_postgres(database):
        try:
            from campaignbase.stores.postgres import PostgresStore
        except ImportError as error:
            raise NotConfiguredError(
                f"a postgresql:// database needs psycopg ({error.name} is missing);"
                " run: pip install 'campaignbase[supabase]'"
            ) from None
        return await PostgresStore.open(database)
    from campaignbase.stores.sqlite import SqliteStore

    return SqliteStore(Path(database), clock=SystemClock())


def shipped_embedder() -> Embedder:
    return StaticEmbedder()


def embedder_for(workspace: Workspace) -> Embedder:
    """The embedder of the workspace's vectors; the shipped one while it has none.

    Raises:
        NotConfiguredError: its vectors are by a model that cannot be reached from here.
    """
    embedder = shipped_embedder()
    if workspace.embedding_model not in (None, embedder.model):
        raise NotConfiguredError(
            f"workspace {workspace.name!r} holds vectors by {workspace.embedding_model!r}, not available;"
            f" this version embeds with {embedder.model!r} only and keeps vectors as they are"
        )
    return embedder


def offline_analyst() -> Analyst:
    return OfflineAnalyst()


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def labeler(store: Store, embedder: Embedder | None = None, lease_seconds: int = LEASE_SECONDS) -> Labeler:
    return Labeler(
        store,
        embedder or shipped_embedder(),
        offline_analyst(),
        OfflineReader(),
        SystemClock(),
        worker=worker_name(),
        lease_seconds=lease_seconds,
    )


def learner(store: Store, embedder: Embedder | None = None) -> Learner:
    return Learner(store, (embedder or shipped_embedder()).model)


def worker(store: Store, batch: int, lease_seconds: int = LEASE_SECONDS) -> Worker:
    embedder = shipped_embedder()
    return Worker(
        labeler(store, embedder, lease_seconds), learner(store, embedder), SystemClock(), batch=batch
    )


async def find_workspace(store: Store, name: str) -> Workspace:
    """By name or id; `default` is created when it is missing.

    Raises:
        NotFoundError: no such workspace, or several of that name.
    """
    known = await store.workspaces()
    found = [workspace for workspace in known if name in (workspace.name, workspace.id)]
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        listed = ", ".join(workspace.id for workspace in found)
        raise NotFoundError(f"several workspaces are named {name!r}: {listed}; give the id")
    if name == "default":
        return await store.create_workspace("default")
    listed = ", ".join(repr(workspace.name) for workspace in known) or "none"
    raise NotFoundError(
        f"no workspace {name!r}; there is: {listed}; create it: campaignbase workspace create {name}"
    )
