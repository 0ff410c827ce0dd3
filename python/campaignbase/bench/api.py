"""The API under load, beside its store called directly in the same run."""

import asyncio
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from campaignbase import wiring
from campaignbase.bench.load import Measured, Plan, loaded, request
from campaignbase.bench.rows import BenchRow
from campaignbase.bench.texts import posts, short_texts
from campaignbase.models import NewContent
from campaignbase.models.library import SearchQuery
from campaignbase.ports import Store
from campaignbase.settings import environment_with

if TYPE_CHECKING:
    import psutil  # type: ignore[import-untyped]

    from campaignbase.local.stack.stack import Stack

ROWS = 1_000
QUERIES = 50
FOUND = 10
LISTED = 50
CONNECTIONS = 16
SECONDS = 4.0
WARMUP_SECONDS = 6.0  # connections to the database are opened, functions planned
PATIENCE_SECONDS = 60.0
RATE = "1000000/second"  # none is refused
EMPTY = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


def api_rows() -> list[BenchRow]:
    """On a SQLite file."""
    return asyncio.run(_on_sqlite())


def project_rows(stack: "Stack") -> list[BenchRow]:
    """On the offline stack, whose gateway and Postgres are on this machine too."""
    return asyncio.run(_on_project(stack))


async def _on_sqlite() -> list[BenchRow]:
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "bench.db")
        store = await wiring.open_store(file)
        try:
            workspace = await store.create_workspace("default")
            await _fill(store, workspace.id)
            variables = {"CAMPAIGNBASE_DATABASE": file, "SUPABASE_URL": ""}
            async with _served(variables, folder) as served:
                rows = await _rows("a SQLite file", store, workspace.id, served, {})
        finally:
            await store.close()
    return [await _generator_row(), *rows]


async def _on_project(stack: "Stack") -> list[BenchRow]:
    project, key = stack.gateway.url, stack.keys.publishable
    service = await wiring.open_store(stack.server.url)
    with tempfile.TemporaryDirectory() as folder:
        async with wiring.http_client(project) as http:
            account = {"email": "bench@example.com", "password": "correct horse 42"}
            answer = await http.post(f"{project}/auth/v1/signup", json=account, headers={"apikey": key})
            token = answer.raise_for_status().json()["access_token"]
            store = await wiring.store_of_user(project, key, token, http)
            try:
                [workspace] = await store.workspaces()
                await store.insert_content(workspace.id, _content())
                await wiring.labeler(service).drain()
                variables = {
                    "CAMPAIGNBASE_DATABASE": "",
                    "SUPABASE_URL": project,
                    "SUPABASE_PUBLISHABLE_KEY": key,
                    "DEVELOPMENT_JWT_SECRET": stack.keys.jwt_secret,
                }
                async with _served(variables, folder) as served:
                    headers = {"Authorization": f"Bearer {token}"}
                    return await _rows("a project", store, workspace.id, served, headers)
            finally:
                await store.close()
                await service.close()


def _content() -> list[NewContent]:
    return [NewContent(content=text) for text in posts(ROWS)]


async def _fill(store: Store, workspace_id: str) -> None:
    await store.insert_content(workspace_id, _content())
    await wiring.labeler(store).drain()


async def _rows(
    where: str, store: Store, workspace_id: str, served: "_Served", headers: Mapping[str, str]
) -> list[BenchRow]:
    words = list(dict.fromkeys(short_texts(QUERIES)))
    embedder = wiring.shipped_embedder()

    async def search(number: int) -> None:
        text = words[number % len(words)]
        [vector] = await embedder.embed([text])
        query = SearchQuery(
            workspace_id=workspace_id,
            text=text,
            vector=vector,
            model=embedder.model,
            mode="semantic",
            limit=FOUND,
        )
        if len(await store.search(query)) != FOUND:
            raise RuntimeError(f"expected {FOUND} rows for {text!r}")

    async def listing(_: int) -> None:
        if len((await store.content_page(workspace_id, limit=LISTED)).items) != LISTED:
            raise RuntimeError(f"expected {LISTED} rows")

    paths = [f"/search/semantic?limit={FOUND}&query={quote(one)}" for one in words]
    return [
        await _row(f"API: search, {where} of {ROWS:,} rows", search, served, paths, headers),
        await _row(
            f"API: list {LISTED} of {ROWS:,} rows, {where}",
            listing,
            served,
            [f"/content?limit={LISTED}"],
            headers,
        ),
    ]


async def _row(
    name: str,
    ask: Callable[[int], Awaitable[None]],
    served: "_Served",
    paths: Iterable[str],
    headers: Mapping[str, str],
) -> BenchRow:
    requests = [request("GET", path, headers) for path in paths]
    before = served.cpu_seconds()
    measured = await loaded(Plan(served.port, requests, CONNECTIONS, SECONDS, WARMUP_SECONDS))
    spent = served.cpu_seconds() - before
    if measured.refused:
        raise RuntimeError(f"{name}: {measured.refused} answers were not 200: {measured.first_refusal}")
    direct = await _direct(ask)
    note = f"{_note(measured)}; {spent * 1000 / measured.answers:.2f} ms of processor each"
    return BenchRow(name, "requests/s", measured.per_second, "the store, called directly", direct, "", note)


async def _direct(ask: Callable[[int], Awaitable[None]]) -> float:
    """Calls a second, by as many callers at once as the API has."""
    await ask(0)
    ends = time.perf_counter() + SECONDS

    async def caller(number: int) -> int:
        done = 0
        while time.perf_counter() < ends:
            await ask(number + done)
            done += 1
        return done

    return sum(await asyncio.gather(*map(caller, range(CONNECTIONS)))) / SECONDS


async def _generator_row() -> BenchRow:
    """What the load generator can ask of a server that does nothing: it must not be what is measured."""

    class Nothing(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            self._transport = transport

        def data_received(self, data: bytes) -> None:  # noqa: ARG002
            self._transport.write(EMPTY)

    server = await asyncio.get_running_loop().create_server(Nothing, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        measured = await loaded(Plan(port, [request("GET", "/", {})], CONNECTIONS, SECONDS / 2))
    name = "load generator, a server that does nothing"
    return BenchRow(name, "requests/s", measured.per_second, "", None, "", _note(measured))


def _note(measured: Measured) -> str:
    return f"{CONNECTIONS} at once: p50 {measured.p50:.1f} ms, p99 {measured.p99:.1f} ms"


@dataclass(frozen=True)
class _Served:
    port: int
    process: "psutil.Process"

    def cpu_seconds(self) -> float:
        times = self.process.cpu_times()
        return float(times.user + times.system)


@asynccontextmanager
async def _served(variables: Mapping[str, str], folder: str) -> AsyncIterator["_Served"]:
    """`campaignbase serve` in a process of its own."""
    import psutil

    from campaignbase.local.cluster import free_port

    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "campaignbase",
        "serve",
        "--port",
        str(port),
        cwd=folder,
        env=environment_with(
            **{
                "CAMPAIGNBASE_API_RATE": RATE,
                "OPENAI_API_KEY": "",
                "REDIS_URL": "",
                "SUPABASE_SECRET_KEY": "",
            }
            | dict(variables)
        ),
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await asyncio.to_thread(_ready, f"http://127.0.0.1:{port}/health/ready")
        yield _Served(port, psutil.Process(process.pid))
    finally:
        process.terminate()
        await process.wait()


def _ready(url: str) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 ours
                return
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)
