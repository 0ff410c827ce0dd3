"""Endpoints, deliveries and their queue on a server."""

from collections.abc import Sequence
from dataclasses import asdict

from campaignbase.core.webhook_schedule import OVERLAP_HOURS
from campaignbase.errors import NotFoundError
from campaignbase.models import Verdict
from campaignbase.models.webhooks import (
    ClaimedDelivery,
    DeliveryResult,
    DeliveryStatus,
    WebhookDelivery,
    WebhookEndpoint,
)
from campaignbase.stores import server_rows as read
from campaignbase.stores.calls import Calls, Json, Row

_ENDPOINT = (
    *("id", "workspace_id", "name", "url", "events", "enabled", "disabled_reason", "failures"),
    *("failing_since", "paused_until", "created_at"),
)
PAGE = 1000  # deliveries at once, as many as list_deliveries gives


class ServerWebhooks(Calls):
    async def webhooks(self, workspace_id: str) -> list[WebhookEndpoint]:
        found = await self._all("webhook_endpoints", _ENDPOINT, {"workspace_id": workspace_id})
        return sorted(map(read.webhook_endpoint, found), key=lambda endpoint: endpoint.name)

    async def add_webhook(
        self, workspace_id: str, name: str, url: str, events: Sequence[str] = (), *, allow_local: bool = False
    ) -> tuple[WebhookEndpoint, str]:
        added = await self._value(
            "add_webhook",
            workspace_id=workspace_id,
            name=name,
            url=url,
            events=list(events),
            allow_local=allow_local,
        )
        return read.webhook_endpoint(added["endpoint"]), str(added["secret"])

    async def enable_webhook(self, endpoint_id: str, enabled: bool) -> None:
        if not await self._update("webhook_endpoints", {"id": endpoint_id}, {"enabled": enabled}):
            raise _no_endpoint(endpoint_id)

    async def remove_webhook(self, endpoint_id: str) -> None:
        if not await self._delete("webhook_endpoints", {"id": endpoint_id}):
            raise _no_endpoint(endpoint_id)

    async def rotate_webhook_secret(self, endpoint_id: str, overlap_hours: int = OVERLAP_HOURS) -> str:
        try:
            return str(
                await self._value(
                    "rotate_webhook_secret", endpoint_id=endpoint_id, overlap_hours=overlap_hours
                )
            )
        except NotFoundError as error:
            raise NotFoundError(f"{error}; see: campaignbase webhooks") from error

    async def test_webhook(self, endpoint_id: str) -> str:
        try:
            return str(await self._value("test_webhook", endpoint_id=endpoint_id))
        except NotFoundError as error:
            raise NotFoundError(f"{error}; see: campaignbase webhooks") from error

    async def webhook_deliveries(
        self, workspace_id: str, endpoint_id: str | None = None, state: str | None = None, limit: int = 50
    ) -> list[WebhookDelivery]:
        asked = {"workspace_id": workspace_id, "endpoint_id": endpoint_id, "state": state}
        found: list[Row] = []
        while len(found) < limit:
            wanted = min(PAGE, limit - len(found))
            last = found[-1] if found else None
            page = await self._rows(
                "list_deliveries",
                **asked,
                match_count=wanted,
                before_created_at=last and str(last["created_at"]),
                before_id=last and str(last["id"]),
            )
            found += page
            if len(page) < wanted:
                break
        return [read.webhook_delivery(row) for row in found]

    async def replay_deliveries(
        self, delivery_ids: Sequence[str] | None = None, endpoint_id: str | None = None
    ) -> int:
        ids = None if delivery_ids is None else list(delivery_ids)
        return int(await self._value("replay_deliveries", delivery_ids=ids, endpoint_id=endpoint_id))

    async def claim_deliveries(
        self, worker: str, batch: int = 20, lease_seconds: int = 60
    ) -> list[ClaimedDelivery]:
        found = await self._rows("claim_deliveries", worker=worker, batch=batch, lease_seconds=lease_seconds)
        return [read.claimed_delivery(row) for row in found]

    async def complete_deliveries(self, results: Sequence[DeliveryResult]) -> list[Verdict]:
        if not results:
            return []
        found = await self._rows("complete_deliveries", results=Json(list(map(_storable, results))))
        verdicts: dict[tuple[str, int], Verdict] = {
            (str(row["delivery_id"]), int(row["attempt"])): row["verdict"] for row in found
        }
        return [verdicts[result.delivery_id, result.attempt] for result in results]

    async def delivery_status(self) -> DeliveryStatus:
        [row] = await self._rows("delivery_status")
        return read.delivery_status(row)


def _storable(result: DeliveryResult) -> dict[str, object]:
    """A receiver's words may hold a character that Postgres keeps in no text; others are not to suffer."""
    texts = {"error": result.error, "response": result.response}
    return asdict(result) | {name: text and text.replace("\x00", "") for name, text in texts.items()}


def _no_endpoint(endpoint_id: str) -> NotFoundError:
    return NotFoundError(f"no webhook {endpoint_id!r}; see: campaignbase webhooks")
