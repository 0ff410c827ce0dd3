"""A store under test, what else a test needs of its engine, and answers as a worker gives them."""

import json
import os
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
from tests.support.stack import Stack

from campaignbase.core.media import type_of
from campaignbase.models import (
    ContextRequest,
    Failure,
    Job,
    JobResult,
    LabelChoice,
    NewContent,
    TagChoice,
    Verdict,
    Workspace,
)
from campaignbase.ports import Store
from campaignbase.stores.folder_media import media_folder
from campaignbase.stores.postgres import PostgresStore
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.stores.supabase import SupabaseStore
from campaignbase.testing import FAKE_MODEL, FakeClock, hash_vectors

UNSAFE_BUT_FAST = "pragma synchronous = off"  # no test pulls the plug
SERVER_TIMES = "update private.jobs set run_at = clock_timestamp() - interval '1 second'"


class Subject(ABC):
    """One database of one engine; every test finds it empty but for the workspace `default`."""

    store: Store
    workspace: Workspace

    @abstractmethod
    async def open(self) -> Store:
        """A store as another process would have it."""

    @abstractmethod
    def sql(self, query: str, *values: Any, keys: bool = False) -> list[tuple[Any, ...]]:
        """Run plain SQL as any other program would.

        Args:
            query: `%s` for values, `{jobs}` for the table of jobs, `{private}` before others of its schema.
            keys: the program asks for foreign keys where they are off unless asked for.
        """

    @abstractmethod
    def array(self, *words: str) -> Any:
        """The value of a text[] column."""

    @abstractmethod
    def words(self, value: Any) -> list[str]:
        """What a text[] column of `sql` holds."""

    @abstractmethod
    def expire_leases(self) -> None:
        """Every lease ended a moment ago."""

    @abstractmethod
    def end_waiting(self) -> None:
        """Whatever waits to be tried again has waited long enough."""

    @abstractmethod
    def pass_webhook_time(self, seconds: float) -> None:
        """As if that much time had passed for deliveries, endpoints and their secrets."""

    @abstractmethod
    def put_file(self, path: str, age_seconds: float = 0) -> None:
        """A file that lies there for so long already."""

    async def start(self) -> None:
        self.store = await self.open()
        self.workspace = await self.store.create_workspace("default")

    def drop_label_jobs(self) -> None:
        """Labels get no vectors, so that content is claimed at once."""
        self.sql("delete from {jobs} where kind in ('embed_category', 'embed_tag')")

    async def add(self, *texts: str, **fields: Any) -> list[str]:
        """Ids of new content, one row a text."""
        rows = [NewContent(content=text, **fields) for text in texts]
        return list((await self.store.insert_content(self.workspace.id, rows)).ids)

    async def claim(self, batch: int = 50, worker: str = "w1") -> list[Job]:
        return await self.store.claim_jobs(worker, batch)

    async def claim_one(self) -> Job:
        jobs = await self.claim()
        assert len(jobs) == 1, jobs
        return jobs[0]

    async def complete(self, *results: JobResult) -> list[Verdict]:
        return await self.store.complete_jobs(results)

    async def label(self, *texts: str, **changes: Any) -> list[str]:
        """Ids of new content that a machine has labeled already."""
        self.drop_label_jobs()
        ids = await self.add(*texts)
        await self.finish(**changes)
        return ids

    async def finish(self, **changes: Any) -> None:
        """Claim and answer everything that can be claimed."""
        while jobs := await self.claim():
            verdicts = await self.complete(*(answer(job, **changes) for job in jobs))
            assert set(verdicts) == {"accepted"}

    async def category(self, name: str) -> str:
        return next(
            found.id for found in await self.store.categories(self.workspace.id) if found.name == name
        )

    async def tag(self, name: str) -> str:
        return next(found.id for found in await self.store.tags(self.workspace.id) if found.name == name)

    async def asset(self, asset_id: str) -> Any:
        return (await self.store.explain(asset_id)).asset


class SqliteSubject(Subject):
    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = FakeClock()

    async def open(self) -> Store:
        store = SqliteStore(self.path, clock=self.clock)
        store._db.run(UNSAFE_BUT_FAST)
        return store

    def sql(self, query: str, *values: Any, keys: bool = False) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute(f"pragma foreign_keys = {keys}")
            connection.execute(UNSAFE_BUT_FAST)
            return connection.execute(
                query.format(jobs="jobs", private="").replace("%s", "?"), values
            ).fetchall()

    def array(self, *words: str) -> Any:
        return json.dumps(words)

    def words(self, value: Any) -> list[str]:
        return list(json.loads(value))

    def expire_leases(self) -> None:
        self.clock.advance(3601)

    def end_waiting(self) -> None:
        self.clock.advance(90000)

    def pass_webhook_time(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def put_file(self, path: str, age_seconds: float = 0) -> None:
        place = media_folder(self.path) / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"x")
        then = self.clock.now().timestamp() - age_seconds
        os.utime(place, (then, then))


class PostgresSubject(Subject):
    def __init__(self, url: str) -> None:
        self.url = url

    async def open(self) -> Store:
        return await PostgresStore.open(self.url)

    def sql(self, query: str, *values: Any, keys: bool = False) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(query.format(jobs="private.jobs", private="private."), values)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def array(self, *words: str) -> Any:
        return list(words)

    def words(self, value: Any) -> list[str]:
        return list(value)

    def expire_leases(self) -> None:
        self.sql(f"{SERVER_TIMES} where state = 'leased'")

    def end_waiting(self) -> None:
        self.sql(f"{SERVER_TIMES} where state = 'waiting'")

    def pass_webhook_time(self, seconds: float) -> None:
        for table, columns in (
            ("public.webhook_deliveries", ("run_at", "updated_at")),
            ("public.webhook_endpoints", ("failing_since", "paused_until")),
            ("private.webhook_secrets", ("expires_at",)),
        ):
            past = ", ".join(f"{column} = {column} - make_interval(secs => %s)" for column in columns)
            self.sql(f"update {table} set {past}", *[seconds] * len(columns))

    def put_file(self, path: str, age_seconds: float = 0) -> None:
        self.sql(
            "insert into storage.objects (bucket_id, name, created_at, metadata) values"
            " ('media', %s, now() - make_interval(secs => %s),"
            " jsonb_build_object('size', 1, 'mimetype', %s::text))",
            path,
            age_seconds,
            type_of(path),
        )


class SupabaseSubject(PostgresSubject):
    """Over the Data API as the service; plain SQL goes to the database behind it."""

    def __init__(self, url: str, stack: Stack) -> None:
        super().__init__(url)
        self.stack = stack

    async def open(self) -> Store:
        return await SupabaseStore.open(self.stack.url, self.stack.secret_key)


def answer(job: Job, **changes: Any) -> JobResult:
    """Accepted without labels unless `changes` say more: fields of JobResult."""
    vector = hash_vectors([job.text or ""])[0]
    result = JobResult(
        job_id=job.id,
        attempt=job.attempt,
        embedding=vector if vector.any() else None,
        embedding_model=FAKE_MODEL,
        content_hash=job.content_hash,
        category=LabelChoice() if job.kind.startswith("categorize") else None,
    )
    return replace(result, **changes)


def failed(job: Job, message: str = "the provider is down", **more: Any) -> JobResult:
    return JobResult(job.id, job.attempt, failure=Failure(message, **more))


def chosen(
    label_id: str, source: Any = "model", score: float = 0.75, reason: str = "it says so"
) -> LabelChoice:
    return LabelChoice(source, score, (reason,), id=label_id)


def felt(label: str, source: Any = "model", score: float = 0.75) -> LabelChoice:
    return LabelChoice(source, score, ("it sounds so",), label=label)


def tagged(*tag_ids: str, score: float = 0.75) -> tuple[TagChoice, ...]:
    return tuple(TagChoice(tag_id, "model", score, "it says so") for tag_id in tag_ids)


def asked(jobs: Sequence[Job]) -> list[ContextRequest]:
    """What the pipeline asks about claimed content."""
    vectors = hash_vectors([job.text or "" for job in jobs])
    return [
        ContextRequest(job.kind, job.target_id, vector if vector.any() else None, job.content_hash)
        for job, vector in zip(jobs, vectors, strict=True)
    ]
