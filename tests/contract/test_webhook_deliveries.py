"""The queue of deliveries: tries, pauses, leases, replay, and the log."""

from typing import Any

import pytest
from tests.contract.subject import Subject
from tests.contract.webhook_scene import (
    SCHEDULE,
    claimed,
    claimed_one,
    endpoint,
    log,
    only_endpoint,
    queued,
    sent,
)

from campaignbase.errors import InputError
from campaignbase.models.webhooks import DeliveryStatus
from campaignbase.stores import server_webhooks


async def test_a_delivery_that_was_answered_is_done(subject: Subject) -> None:
    await queued(subject, await endpoint(subject))
    delivery = await claimed_one(subject)
    assert await claimed(subject) == []
    answers = [sent(delivery, 202, response="thanks" * 1000)]
    assert await subject.store.complete_deliveries(answers) == ["accepted"]
    assert await subject.store.complete_deliveries(answers) == ["stale"]
    subject.pass_webhook_time(10 * 86400)
    assert await claimed(subject) == []
    found = await log(subject)
    assert (found.state, found.failures, found.last_status, found.last_error) == ("delivered", 0, 202, None)
    assert (found.last_response, found.duration_ms) == (("thanks" * 1000)[:1000], 12)
    assert found.delivered_at is not None


@pytest.mark.parametrize(
    ("outcome", "error"),
    [
        ({"status": 500}, "answered 500"),
        ({"status": 302}, "answered 302"),  # a redirect is no answer
        ({"status": 199}, "answered 199"),
        ({"status": None, "error": "no answer in 15 seconds"}, "no answer in 15 seconds"),
        ({"status": 200, "error": "more than a program may answer"}, "more than a program may answer"),
        ({"status": None}, "failed without a message"),
    ],
)
async def test_what_is_not_2xx_is_tried_again(subject: Subject, outcome: dict[str, Any], error: str) -> None:
    await queued(subject, await endpoint(subject))
    await subject.store.complete_deliveries([sent(await claimed_one(subject), **outcome)])
    found = await log(subject)
    assert (found.state, found.failures, found.last_error) == ("waiting", 1, error)


async def test_tries_follow_the_schedule_and_end(subject: Subject) -> None:
    await queued(subject, await endpoint(subject))
    for seconds in SCHEDULE:
        delivery = await claimed_one(subject)
        await subject.store.complete_deliveries([sent(delivery, 503)])
        subject.pass_webhook_time(0.5 * seconds)  # a server's own clock runs on meanwhile
        assert await claimed(subject) == [], seconds
        # the endpoint's own pause after ten failures does not apply yet
        subject.pass_webhook_time(0.61 * seconds)
    last = await claimed_one(subject)
    assert last.attempt == 10
    await subject.store.complete_deliveries([sent(last, 503)])
    assert ((await log(subject)).state, (await log(subject)).failures) == ("dead", 10)
    subject.pass_webhook_time(90 * 86400)
    assert await claimed(subject) == []


@pytest.mark.parametrize(("asked", "waits"), [(120, 60), (10**9, 80_000), (1, 2)])
async def test_a_receiver_that_asks_for_time_gets_it_up_to_a_day(
    subject: Subject, asked: float, waits: float
) -> None:
    await queued(subject, await endpoint(subject))
    await subject.store.complete_deliveries([sent(await claimed_one(subject), 429, retry_after=asked)])
    subject.pass_webhook_time(waits)
    assert await claimed(subject) == []
    subject.pass_webhook_time(waits + 7000)
    assert len(await claimed(subject)) == 1


async def test_gone_disables_the_endpoint_and_a_new_start_is_a_new_start(subject: Subject) -> None:
    endpoint_id = await endpoint(subject)
    await queued(subject, endpoint_id)
    await subject.store.complete_deliveries([sent(await claimed_one(subject), 410)])
    found = await only_endpoint(subject)
    assert (found.enabled, found.disabled_reason) == (False, "it answered 410 Gone")
    assert (await log(subject)).state == "dead"
    await subject.store.enable_webhook(endpoint_id, True)
    found = await only_endpoint(subject)
    assert (found.enabled, found.disabled_reason, found.failures) == (True, None, 0)


async def test_ten_failures_in_a_row_pause_an_endpoint_and_one_success_ends_it(subject: Subject) -> None:
    await queued(subject, await endpoint(subject), 12)
    subject.pass_webhook_time(1)
    for _ in range(10):
        for delivery in await claimed(subject):
            await subject.store.complete_deliveries([sent(delivery, 500)])
        if (await only_endpoint(subject)).paused_until is not None:
            break
    found = await only_endpoint(subject)
    assert 10 <= found.failures <= 13
    assert found.paused_until is not None
    assert found.enabled
    assert await claimed(subject) == []
    subject.pass_webhook_time(500)
    delivery = await claimed_one(subject)  # one to see how it does
    await subject.store.complete_deliveries([sent(delivery)])
    found = await only_endpoint(subject)
    assert (found.failures, found.paused_until, found.failing_since) == (0, None, None)
    assert len(await claimed(subject)) == 4


async def test_five_days_of_failures_disable_an_endpoint(subject: Subject) -> None:
    await queued(subject, await endpoint(subject), 2)
    first, _ = await claimed(subject)
    await subject.store.complete_deliveries([sent(first, 500)])
    subject.pass_webhook_time(5 * 86400 + 60)
    await subject.store.complete_deliveries([sent(await claimed_one(subject), 500)])
    found = await only_endpoint(subject)
    assert (found.enabled, found.disabled_reason) == (False, "nothing was delivered for five days")


async def test_one_endpoint_gets_four_at_once_and_one_while_it_fails(subject: Subject) -> None:
    await queued(subject, await endpoint(subject), 10)
    await queued(subject, await endpoint(subject, "other"), 1)
    first = await claimed(subject)
    assert len(first) == 5
    assert await claimed(subject) == []
    other = next(
        delivery for delivery in first if sum(d.endpoint_id == delivery.endpoint_id for d in first) == 1
    )
    mine = [delivery for delivery in first if delivery is not other]
    await subject.store.complete_deliveries([sent(mine[0])])
    assert len(await claimed(subject)) == 1
    await subject.store.complete_deliveries([sent(delivery, 500) for delivery in mine[1:]])
    # one is still out
    assert await claimed(subject) == []


async def test_a_small_claim_is_spread_over_endpoints(subject: Subject) -> None:
    for name in ("a", "b", "c"):
        await queued(subject, await endpoint(subject, name), 4)
    assert len({delivery.endpoint_id for delivery in await claimed(subject, batch=3)}) == 3


async def test_a_lease_that_ended_is_taken_over_and_the_late_answer_is_stale(subject: Subject) -> None:
    await queued(subject, await endpoint(subject))
    late = await claimed_one(subject)
    subject.pass_webhook_time(59)
    assert await claimed(subject) == []
    subject.pass_webhook_time(2)
    again = await claimed_one(subject)
    assert (again.id, again.attempt) == (late.id, 2)
    assert await subject.store.complete_deliveries([sent(late)]) == ["stale"]
    found = await log(subject)
    assert (found.state, found.failures) == ("leased", 1)
    assert found.last_error == "worker w1 took the delivery and never answered"
    assert await subject.store.complete_deliveries([sent(again)]) == ["accepted"]


async def test_replay_sends_again_under_the_same_id(subject: Subject) -> None:
    endpoint_id = await endpoint(subject)
    await queued(subject, endpoint_id, 2)
    one, two = await claimed(subject)
    await subject.store.complete_deliveries([sent(one), sent(two, 410)])
    await subject.store.enable_webhook(endpoint_id, True)
    with pytest.raises(InputError, match=r"^name deliveries, or an endpoint"):
        await subject.store.replay_deliveries()
    assert await subject.store.replay_deliveries(endpoint_id=endpoint_id) == 1  # the dead one
    again = await claimed_one(subject)
    assert (again.id, again.body) == (two.id, two.body)
    assert await subject.store.replay_deliveries([one.id]) == 1
    assert (await claimed_one(subject)).id == one.id
    assert await subject.store.replay_deliveries([one.id]) == 0  # it is under way


async def test_finished_deliveries_go_after_thirty_days(subject: Subject) -> None:
    await queued(subject, await endpoint(subject), 2)
    one, two = await claimed(subject)
    await subject.store.complete_deliveries([sent(one)])
    subject.pass_webhook_time(30 * 86400 + 60)
    again = await claimed_one(subject)
    await subject.store.complete_deliveries([sent(again, 500)])
    assert [found.id for found in await subject.store.webhook_deliveries(subject.workspace.id)] == [two.id]


async def test_the_log_is_filtered(subject: Subject) -> None:
    crm, other = await endpoint(subject), await endpoint(subject, "other")
    await queued(subject, crm)
    await queued(subject, other, 2)
    for delivery in await claimed(subject):
        if delivery.endpoint_id == crm:
            await subject.store.complete_deliveries([sent(delivery)])
    here = subject.workspace.id
    assert len(await subject.store.webhook_deliveries(here)) == 3
    assert len(await subject.store.webhook_deliveries(here, limit=2)) == 2
    assert {found.endpoint_name for found in await subject.store.webhook_deliveries(here, other)} == {"other"}
    assert [found.state for found in await subject.store.webhook_deliveries(here, state="delivered")] == [
        "delivered"
    ]
    elsewhere = await subject.store.create_workspace("elsewhere")
    assert await subject.store.webhook_deliveries(elsewhere.id) == []
    assert await subject.store.webhooks(elsewhere.id) == []


async def test_the_log_comes_in_pages_with_the_names_of_its_endpoints(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    crm, cms = await endpoint(subject), await endpoint(subject, "cms")
    await queued(subject, crm, 3)
    await queued(subject, cms, 2)
    here = subject.workspace.id
    whole = await subject.store.webhook_deliveries(here)
    assert sorted(one.endpoint_name for one in whole) == ["cms"] * 2 + ["crm"] * 3
    assert whole == sorted(whole, key=lambda one: (one.created_at, one.id), reverse=True)
    monkeypatch.setattr(server_webhooks, "PAGE", 2)
    assert await subject.store.webhook_deliveries(here) == whole
    assert await subject.store.webhook_deliveries(here, limit=3) == whole[:3]
    assert await subject.store.webhook_deliveries(here, cms) == [o for o in whole if o.endpoint_name == "cms"]
    await subject.store.remove_webhook(cms)
    assert await subject.store.webhook_deliveries(here) == [o for o in whole if o.endpoint_name == "crm"]
    assert await subject.store.webhook_deliveries(here, state="dead") == []


async def test_what_waits_and_what_is_dead_is_counted(subject: Subject) -> None:
    assert await subject.store.delivery_status() == DeliveryStatus(0, 0, 0, None, 0, None)
    endpoint_id = await endpoint(subject)
    await queued(subject, endpoint_id, 3)
    [delivery, *_] = await claimed(subject, 1)
    subject.sql(
        "update webhook_deliveries set state = 'dead', leased_by = null, last_error = 'gone' where id = %s",
        delivery.id,
    )
    [other, *_] = await claimed(subject, 1)
    late = await subject.store.delivery_status()
    assert (late.waiting, late.leased, late.dead, late.last_error) == (1, 1, 1, "gone")
    assert late.late_seconds is not None
    assert late.late_seconds >= 0
    subject.sql("update webhook_endpoints set enabled = false, disabled_reason = 'answered 410'")
    assert await subject.store.delivery_status() == DeliveryStatus(1, 1, 1, None, 1, "gone")
    assert other.id != delivery.id
