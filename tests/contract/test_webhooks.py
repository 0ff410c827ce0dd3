"""Endpoints, the rules that name them, and what they are told."""

import base64
import json
from dataclasses import replace

import pytest
from tests.contract.subject import Subject, answer, chosen
from tests.contract.webhook_scene import (
    NOT_A_NAME,
    URL,
    claimed,
    claimed_one,
    endpoint,
    log,
    only_endpoint,
    queued,
    rule,
)

from campaignbase.errors import InputError, NotFoundError, RuleError


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
