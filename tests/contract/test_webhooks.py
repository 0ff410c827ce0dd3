"""Endpoints, what they are told, and the queue of deliveries."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from tests.contract.subject import Subject, answer, chosen

from campaignbase.errors import InputError, NotFoundError, RuleError
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


async def test_an_endpoint_is_added_with_a_secret_that_is_told_once(subject: Subject) -> None:
    added, secret = await subject.store.add_webhook(subject.workspace.id, "crm", URL, ("content.labeled",))
    assert (added.name, added.url, added.events, added.enabled) == ("crm", URL, ("content.labeled",), True)
    assert (added.failures, added.paused_until, added.disabled_reason) == (0, None, None)
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 48
    assert await subject.store.webhooks(subject.workspace.id) == [added]
    await queued(subject, added.id)
    assert (await claimed_one(subject)).secrets == (secret,)


@pytest.mark.parametrize(
    ("url", "events", "message"),
    [
        ("http://hooks.acme.com/", (), "webhook 'crm': url: must start with https://"),
        ("https://127.0.0.1/", (), f"webhook 'crm': {NOT_A_NAME}"),
        (
            URL,
            ("content.deleted",),
            "webhook 'crm': events: unknown event 'content.deleted'; known: content.labeled, content.review",
        ),
    ],
)
async def test_a_wrong_endpoint_is_refused_and_nothing_is_written(
    subject: Subject, url: str, events: tuple[str, ...], message: str
) -> None:
    with pytest.raises(InputError) as refused:
        await subject.store.add_webhook(subject.workspace.id, "crm", url, events)
    assert str(refused.value) == message
    assert await subject.store.webhooks(subject.workspace.id) == []


async def test_loopback_is_an_address_only_where_it_is_allowed(subject: Subject) -> None:
    with pytest.raises(InputError):
        await subject.store.add_webhook(subject.workspace.id, "here", "http://127.0.0.1:9999/")
    await subject.store.add_webhook(subject.workspace.id, "here", "http://127.0.0.1:9999/", allow_local=True)
    # and is disabled without being asked again
    await subject.store.enable_webhook((await only_endpoint(subject)).id, False)
    assert not (await only_endpoint(subject)).enabled


async def test_names_are_taken_once_and_a_workspace_has_twenty(subject: Subject) -> None:
    await endpoint(subject)
    with pytest.raises(InputError, match=r"^a webhook 'crm' exists already; choose another name$"):
        await endpoint(subject)
    for number in range(19):
        await endpoint(subject, f"n{number}")
    with pytest.raises(InputError, match=r"^webhook 'more': this workspace has 20 already"):
        await endpoint(subject, "more")


async def test_a_rule_names_an_endpoint_that_is_there_and_stays(subject: Subject) -> None:
    with pytest.raises(RuleError, match=r"^rule 'sales': unknown webhook 'crm'$"):
        await rule(subject)
    endpoint_id = await endpoint(subject)
    rule_id = await rule(subject)
    with pytest.raises(InputError, match="cannot be deleted"):
        await subject.store.remove_webhook(endpoint_id)
    await subject.store.remove_rule(subject.workspace.id, rule_id)
    await subject.store.remove_webhook(endpoint_id)
    assert await subject.store.webhooks(subject.workspace.id) == []


async def test_a_matching_rule_tells_its_endpoint_with_the_decision(subject: Subject) -> None:
    await endpoint(subject)
    await endpoint(subject, "other")
    rule_id = await rule(subject)
    offer = await subject.category("offer")
    [asset_id] = await subject.label(
        "Summer sale", category=chosen(offer), rules=((rule_id, True),), language="en", quality_score=0.5
    )
    delivery = await claimed_one(subject)
    assert (delivery.url, delivery.event_type, delivery.attempt) == (URL, "rule.matched", 1)
    message = json.loads(delivery.body)
    assert message.pop("timestamp").endswith("Z")
    assert message == {
        "type": "rule.matched",
        "data": {
            "id": asset_id,
            "workspace_id": subject.workspace.id,
            "asset_type": "text",
            "campaign_id": None,
            "source_key": None,
            "text": "Summer sale",
            "label_state": "labeled",
            "primary_category": "offer",
            "category_source": "model",
            "tags": [],
            "sentiment": None,
            "target_audience": None,
            "language": "en",
            "quality_score": 0.5,
            "rule": {"id": rule_id, "name": "sales"},
        },
    }
    assert (await log(subject)).endpoint_name == "crm"


async def test_one_message_an_accepted_decision_and_none_for_a_stale_one(subject: Subject) -> None:
    await endpoint(subject)
    rule_id = await rule(subject)
    subject.drop_label_jobs()
    await subject.add("Winter sale")
    job = await subject.claim_one()
    late = replace(job, attempt=job.attempt - 1)
    assert await subject.complete(answer(late, rules=((rule_id, True),))) == ["stale"]
    assert await claimed(subject) == []
    assert await subject.complete(answer(job, rules=((rule_id, True),))) == ["accepted"]
    assert await subject.complete(answer(job, rules=((rule_id, True),))) == ["stale"]
    assert len(await claimed(subject)) == 1


@pytest.mark.parametrize(
    ("events", "labeled", "told"),
    [
        (("content.labeled",), True, ["content.labeled"]),
        (("content.labeled",), False, []),
        (("content.labeled", "content.review"), False, ["content.review"]),
        ((), True, []),
    ],
)
async def test_events_are_told_to_who_subscribed(
    subject: Subject, events: tuple[str, ...], labeled: bool, told: list[str]
) -> None:
    await endpoint(subject, events=events)
    category = await subject.category("offer")
    await subject.label("Some words", **({"category": chosen(category)} if labeled else {}))
    assert [delivery.event_type for delivery in await claimed(subject)] == told


async def test_a_disabled_endpoint_is_told_nothing_and_sent_nothing(subject: Subject) -> None:
    endpoint_id = await endpoint(subject, events=("content.review",))
    await queued(subject, endpoint_id)
    await subject.store.enable_webhook(endpoint_id, False)
    with pytest.raises(NotFoundError):
        await subject.store.test_webhook(endpoint_id)
    await subject.label("Some words")
    assert await claimed(subject) == []
    await subject.store.enable_webhook(endpoint_id, True)
    assert [delivery.event_type for delivery in await claimed(subject)] == ["webhook.test"]


async def test_a_long_text_is_cut(subject: Subject) -> None:
    await endpoint(subject, events=("content.review",))
    await subject.label("é" * 30_000)
    body = (await claimed_one(subject)).body
    assert json.loads(body)["data"]["text"] == "é" * 2000
    assert len(body.encode()) < 20_000


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


async def test_a_rotated_secret_signs_for_a_day_more(subject: Subject) -> None:
    added, old = await subject.store.add_webhook(subject.workspace.id, "crm", URL)
    new = await subject.store.rotate_webhook_secret(added.id)
    assert new != old
    await queued(subject, added.id, 3)
    subject.pass_webhook_time(23.9 * 3600)
    first = (await claimed(subject, batch=1))[0]
    assert first.secrets == (new, old)
    subject.pass_webhook_time(0.2 * 3600)
    assert {delivery.secrets for delivery in await claimed(subject)} == {(new,)}


async def test_a_rotation_without_overlap_ends_every_older_secret(subject: Subject) -> None:
    added, first = await subject.store.add_webhook(subject.workspace.id, "crm", URL)
    rotated = [await subject.store.rotate_webhook_secret(added.id) for _ in range(3)]
    await queued(subject, added.id, 2)
    # two older ones at most
    assert (await claimed(subject, batch=1))[0].secrets == (rotated[2], rotated[1], rotated[0])
    assert first not in rotated
    last = await subject.store.rotate_webhook_secret(added.id, 0)
    assert (await claimed(subject, batch=1))[0].secrets == (last,)


async def test_what_is_not_there_is_named(subject: Subject) -> None:
    nobody = "00000000-0000-0000-0000-0000000000aa"
    for call in (
        subject.store.rotate_webhook_secret(nobody),
        subject.store.test_webhook(nobody),
        subject.store.enable_webhook(nobody, True),
        subject.store.remove_webhook(nobody),
    ):
        with pytest.raises(NotFoundError, match=nobody):
            await call


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
