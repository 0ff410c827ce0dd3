"""The store on Postgres, spoken to directly with psycopg: hosted, embedded or your own."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self

import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from campaignbase.errors import CampaignbaseError, InputError, NotConfiguredError, UnreachableError
from campaignbase.models import Context, ContextRequest, Job, JobResult, QueueStatus, Verdict
from campaignbase.schema.files import migration_folder
from campaignbase.stores import rows
from campaignbase.stores.postgres_content import PostgresContent
from campaignbase.stores.postgres_insert import PostgresInsert
from campaignbase.stores.postgres_learning import PostgresLearning
from campaignbase.stores.postgres_members import PostgresMembers
from campaignbase.stores.postgres_vocabulary import PostgresVocabulary
from campaignbase.stores.postgres_webhooks import PostgresWebhooks

CONNECTIONS = 4
CONNECT_SECONDS = 10
# a person's edit and a batch may lock the same rows in opposite orders; Postgres picks one to begin again
DEADLOCK_TRIES = 5


class PostgresStore(
    PostgresVocabulary, PostgresInsert, PostgresContent, PostgresLearning, PostgresWebhooks, PostgresMembers
):
    """`campaignbase.ports.Store` over a few pooled connections.

    The role decides what it may do: a worker needs `postgres` or `service_role`.
    """

    def __init__(self, pool: AsyncConnectionPool[psycopg.AsyncConnection[DictRow]], target: str) -> None:
        self._pool = pool
        self.target = target

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect and look whether the schema is there.

        Raises:
            UnreachableError: nothing answers at that address, or it refuses the role.
            NotConfiguredError: the migrations are not applied.
        """
        shown = _without_password(url)
        pool: AsyncConnectionPool[psycopg.AsyncConnection[DictRow]] = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=CONNECTIONS,
            open=False,
            kwargs={"row_factory": dict_row, "autocommit": True, "connect_timeout": CONNECT_SECONDS},
        )
        try:
            # one plain connection first: the pool would retry in the background and hide the reason
            async with await psycopg.AsyncConnection.connect(url, connect_timeout=CONNECT_SECONDS) as probe:
                cursor = await probe.execute("select to_regclass('private.jobs') is not null")
                answer = await cursor.fetchone()
                newer = await _newer_migration(probe)
        except psycopg.OperationalError as error:
            raise UnreachableError(
                f"cannot connect to {shown}: {_first_line(error)}; is it running, and the role allowed in?"
            ) from None
        except psycopg.ProgrammingError as error:
            raise InputError(f"not a database URL: {shown}: {_first_line(error)}") from None
        if answer is None or not answer[0]:
            raise NotConfiguredError(
                f"the database {shown} lacks Campaignbase's schema; run: supabase db push --remote=URL"
            )
        if newer is not None:
            raise NotConfiguredError(
                f"the database {shown} has migration {newer}, which this campaignbase does not know;"
                " upgrade campaignbase"
            )
        await pool.open()
        return cls(pool, f"Postgres {shown}")

    async def close(self) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[psycopg.AsyncConnection[DictRow]]:
        try:
            async with (
                self._pool.connection(timeout=CONNECT_SECONDS) as connection,
                connection.transaction(),
            ):
                yield connection
        except CampaignbaseError:
            raise
        except (psycopg.OperationalError, PoolTimeout) as error:
            if isinstance(error, psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure):
                raise
            raise UnreachableError(f"{self.target} does not answer: {_first_line(error)}") from error
        except (psycopg.IntegrityError, psycopg.DataError) as error:
            raise InputError(_explained(error)) from error
        except psycopg.errors.InsufficientPrivilege as error:
            raise NotConfiguredError(
                f"{self.target}: {_first_line(error)}; connect as postgres or service_role"
            ) from error

    # the queue

    async def claim_jobs(
        self,
        worker: str,
        batch: int = 50,
        lease_seconds: int = 120,
        workspace_id: str | None = None,  # noqa: ARG002 a server shares its queue
    ) -> list[Job]:
        async with self._transaction() as connection:
            cursor = await connection.execute(
                "select * from public.claim_jobs(%s, %s, %s)", (worker, batch, lease_seconds)
            )
            return [rows.job(row) for row in await cursor.fetchall()]

    async def categorization_context(self, requests: Sequence[ContextRequest]) -> Context:
        if not requests:
            return Context({}, {})
        answer = await self._value(
            "select public.categorization_context(%s) as value", (rows.context_requests(requests),)
        )
        return rows.context(answer)

    async def complete_jobs(self, results: Sequence[JobResult]) -> list[Verdict]:
        if not results:
            return []
        written = rows.job_results(results)
        for attempt in range(1, DEADLOCK_TRIES + 1):
            try:
                async with self._transaction() as connection:
                    cursor = await connection.execute(
                        "select job_id, attempt, verdict from public.complete_jobs(%s)", (written,)
                    )
                    verdicts = {
                        (row["job_id"], row["attempt"]): row["verdict"] for row in await cursor.fetchall()
                    }
                return [verdicts[result.job_id, result.attempt] for result in results]
            except (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure) as error:
                if attempt == DEADLOCK_TRIES:
                    raise UnreachableError(f"{self.target}: {_first_line(error)}, {attempt} times") from error
        raise AssertionError("unreachable")

    async def release_jobs(self, jobs: Sequence[Job]) -> int:
        if not jobs:
            return 0
        fences = psycopg.types.json.Jsonb([{"job_id": job.id, "attempt": job.attempt} for job in jobs])
        return int(await self._value("select public.release_jobs(%s) as value", (fences,)))

    async def replay_jobs(self, job_ids: Sequence[int] | None = None) -> int:
        ids = None if job_ids is None else list(job_ids)
        return int(await self._value("select public.replay_jobs(%s::bigint[]) as value", (ids,)))

    async def queue_status(self, workspace_id: str | None = None) -> list[QueueStatus]:
        found = await self._all("select * from public.queue_status(%s)", (workspace_id,))
        return [QueueStatus(**row) for row in found]

    async def queue_content(self, target_ids: Sequence[str]) -> int:
        return int(await self._value("select public.queue_content(%s::uuid[]) as value", (list(target_ids),)))

    async def _all(self, query: str, values: Any = ()) -> list[DictRow]:
        async with self._transaction() as connection:
            return await (await connection.execute(query, values)).fetchall()

    async def _value(self, query: str, values: Any = ()) -> Any:
        found = await self._all(query, values)
        return found[0]["value"]


async def _newer_migration(connection: psycopg.AsyncConnection[Any]) -> str | None:
    """The newest applied migration if it is newer than those shipped here; None where nothing is recorded."""
    known = max((path.name.split("_")[0] for path in migration_folder().glob("*.sql")), default="")
    cursor = await connection.execute(
        "select has_table_privilege(to_regclass('supabase_migrations.schema_migrations'), 'select')"
    )
    readable = await cursor.fetchone()
    if readable is None or not readable[0]:
        return None
    cursor = await connection.execute("select max(version) from supabase_migrations.schema_migrations")
    newest = await cursor.fetchone()
    return newest[0] if newest is not None and newest[0] is not None and newest[0] > known else None


def _without_password(url: str) -> str:
    try:
        parts = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return url.split("@")[-1]
    host, port = parts.get("host") or "localhost", parts.get("port") or 5432
    return f"{parts.get('user') or 'postgres'}@{host}:{port}/{parts.get('dbname') or ''}"


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _explained(error: psycopg.Error) -> str:
    told = error.diag.message_primary or _first_line(error)
    return f"{told}; {error.diag.message_hint}" if error.diag.message_hint else told
