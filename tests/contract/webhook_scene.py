"""What tests of webhooks do again and again: endpoints, rules that name them, deliveries."""

from typing import Any

from tests.contract.subject import Subject

from campaignbase.models import Rule
from campaignbase.models.webhooks import ClaimedDelivery, DeliveryResult

URL = "https://hooks.acme.com/in?team=7"
NOT_A_NAME = "url: the host must be a public name like hooks.example.com, not an address or a local name"
IF = {"contains_keyword": ["sale"]}
SCHEDULE = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)


def sent(delivery: ClaimedDelivery, status: int | None = 204, **more: Any) -> DeliveryResult:
    return DeliveryResult(delivery.id, delivery.attempt, status=status, **{"duration_ms": 12, **more})


async def endpoint(subject: Subject, name: str = "crm", url: str = URL, events: tuple[str, ...] = ()) -> str:
    added, _ = await subject.store.add_webhook(subject.workspace.id, name, url, events)
    return added.id


async def rule(subject: Subject, name: str = "sales", webhook: str = "crm", **more: Any) -> str:
    added = await subject.store.add_rule(
        subject.workspace.id, Rule("", name, "tagging", IF, {"webhook": webhook, **more})
    )
    return added.id


async def queued(subject: Subject, endpoint_id: str, times: int = 1) -> None:
    for _ in range(times):
        await subject.store.test_webhook(endpoint_id)


async def claimed(subject: Subject, batch: int = 20) -> list[ClaimedDelivery]:
    return await subject.store.claim_deliveries("w1", batch)


async def claimed_one(subject: Subject) -> ClaimedDelivery:
    [found] = await claimed(subject)
    return found


async def log(subject: Subject) -> Any:
    [found] = await subject.store.webhook_deliveries(subject.workspace.id)
    return found


async def only_endpoint(subject: Subject) -> Any:
    [found] = await subject.store.webhooks(subject.workspace.id)
    return found
