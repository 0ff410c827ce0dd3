"""Endpoints, deliveries and their queue on Postgres."""

import json
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import DictRow

from campaignbase.core.webhook_schedule import OVERLAP_HOURS
from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import Verdict
from campaignbase.models.webhooks import ClaimedDelivery, DeliveryResult, WebhookDelivery, WebhookEndpoint
from campaignbase.stores import rows as read

_ENDPOINT = """
    select
        id::text as id, workspace_id::text as workspace_id, name, url, events, enabled, disabled_reason,
        failures, failing_since, paused_until, created_at
    from public.webhook_endpoints
"""
_NO_ENDPOINT = "no webhook {0!r}; see: campaignbase webhooks"


class PostgresWebhooks:
    if TYPE_CHECKING:

        def _transaction(self) -> AbstractAsyncContextManager[psycopg.AsyncConnection[DictRow]]: ...

        async def _all(self, query: str, values: Any = ()) -> list[DictRow]: ...

        async def _value(self, query: str, values: Any = ()) -> Any: ...

    async def webhooks(self, workspace_id: str) -> list[WebhookEndpoint]:
        found = await self._all(
            _ENDPOINT + ' where workspace_id = %s order by name collate "C"', (workspace_id,)
        )
        return [read.webhook_endpoint(row) for row in found]

    async def add_webhook(
        self, workspace_id: str, name: str, url: str, events: Sequence[str] = (), *, allow_local: bool = False
    ) -> tuple[WebhookEndpoint, str]:
        async with self._transaction() as connection:
            if allow_local:
                await connection.execute("select set_config('campaignbase.webhooks_local', 'on', true)")
            cursor = await connection.execute(
                "insert into public.webhook_endpoints (workspace_id, name, url, events)"
                " values (%s, %s, %s, %s)"
                " on conflict on constraint webhook_endpoints_name_is_unique do nothing"
                " returning id::text as id",
                (workspace_id, name, url, list(events)),
            )
            added = await cursor.fetchone()
            if added is None:
                raise InputError(f"a webhook {name!r} exists already; choose another name")
            cursor = await connection.execute(
                "select public.rotate_webhook_secret(%s, 0) as secret", (added["id"],)
            )
            secret = await cursor.fetchone()
            cursor = await connection.execute(_ENDPOINT + " where id = %s", (added["id"],))
            found = await cursor.fetchone()
        if found is None or secret is None:
            raise NotFoundError(_NO_ENDPOINT.format(name))
        return read.webhook_endpoint(found), str(secret["secret"])

    async def enable_webhook(self, endpoint_id: str, enabled: bool) -> None:
        changed = await self._all(
            "update public.webhook_endpoints set enabled = %s where id = %s returning id",
            (enabled, endpoint_id),
        )
        if not changed:
            raise NotFoundError(_NO_ENDPOINT.format(endpoint_id))

    async def remove_webhook(self, endpoint_id: str) -> None:
        gone = await self._all(
            "delete from public.webhook_endpoints where id = %s returning id", (endpoint_id,)
        )
        if not gone:
            raise NotFoundError(_NO_ENDPOINT.format(endpoint_id))

    async def rotate_webhook_secret(self, endpoint_id: str, overlap_hours: int = OVERLAP_HOURS) -> str:
        with _not_found(endpoint_id):
            return str(
                await self._value(
                    "select public.rotate_webhook_secret(%s, %s) as value", (endpoint_id, overlap_hours)
                )
            )

    async def test_webhook(self, endpoint_id: str) -> str:
        with _not_found(endpoint_id):
            return str(await self._value("select public.test_webhook(%s)::text as value", (endpoint_id,)))

    async def webhook_deliveries(
        self, workspace_id: str, endpoint_id: str | None = None, state: str | None = None, limit: int = 50
    ) -> list[WebhookDelivery]:
        found = await self._all(
            """
            select
                deliveries.id::text as id, endpoints.name as endpoint_name, deliveries.event_type,
                deliveries.state, deliveries.attempt, deliveries.failures, deliveries.run_at,
                deliveries.last_status, deliveries.last_error, deliveries.last_response,
                deliveries.duration_ms, deliveries.created_at, deliveries.delivered_at
            from public.webhook_deliveries as deliveries
            inner join public.webhook_endpoints as endpoints on deliveries.endpoint_id = endpoints.id
            where
                deliveries.workspace_id = %(workspace_id)s
                and (%(endpoint_id)s::uuid is null or deliveries.endpoint_id = %(endpoint_id)s)
                and (%(state)s::text is null or deliveries.state = %(state)s)
            order by deliveries.created_at desc, deliveries.id
            limit %(limit)s
            """,
            {"workspace_id": workspace_id, "endpoint_id": endpoint_id, "state": state, "limit": limit},
        )
        return [WebhookDelivery(**row) for row in found]

    async def replay_deliveries(
        self, delivery_ids: Sequence[str] | None = None, endpoint_id: str | None = None
    ) -> int:
        ids = None if delivery_ids is None else list(delivery_ids)
        return int(
            await self._value("select public.replay_deliveries(%s::uuid[], %s) as value", (ids, endpoint_id))
        )

    async def claim_deliveries(
        self, worker: str, batch: int = 20, lease_seconds: int = 60
    ) -> list[ClaimedDelivery]:
        found = await self._all(
            "select * from public.claim_deliveries(%s, %s, %s)", (worker, batch, lease_seconds)
        )
        return [read.claimed_delivery(row) for row in found]

    async def complete_deliveries(self, results: Sequence[DeliveryResult]) -> list[Verdict]:
        if not results:
            return []
        found = await self._all(
            "select delivery_id::text as delivery_id, attempt, verdict from public.complete_deliveries(%s)",
            (json.dumps([asdict(result) for result in results]),),
        )
        verdicts = {(row["delivery_id"], row["attempt"]): row["verdict"] for row in found}
        return [verdicts[result.delivery_id, result.attempt] for result in results]


class _not_found:  # noqa: N801 - read as a word
    """The database's own answer to an unknown endpoint, as NotFoundError."""

    def __init__(self, endpoint_id: str) -> None:
        self._endpoint_id = endpoint_id

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, psycopg.Error) and error.sqlstate == "PT404":
            raise NotFoundError(f"{error.diag.message_primary}; see: campaignbase webhooks") from error
