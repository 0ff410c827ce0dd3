"""What a person decided stays, against imports and machines, also where she changed nothing."""

from typing import Any

import pytest
from tests.contract.subject import Subject, answer, chosen, felt, tagged

from campaignbase.errors import InputError, UnknownLabelError
from campaignbase.models import Correction, InsertCounts, NewCampaign, NewContent

IMPORTED = "taken from an imported file"


async def imported(subject: Subject, text: str, category: str | None) -> InsertCounts:
    row = NewContent(content=text, source_key="k", primary_category=category, tags=("urgency",))
    return await subject.store.insert_content(subject.workspace.id, [row])


async def filed(subject: Subject) -> tuple[str | None, str | None]:
    [asset] = await subject.store.content(subject.workspace.id)
    return asset.primary_category, asset.category_source


async def history(subject: Subject, field: str = "category") -> list[tuple[str | None, str | None, str]]:
    """A person's decisions, oldest first: (label, label before, reason)."""
    [asset] = await subject.store.content(subject.workspace.id)
    return [
        (one.label, one.previous_label, one.reasons[0])
        for one in reversed((await subject.store.explain(asset.id)).decisions)
        if one.field == field and one.source == "human"
    ]


@pytest.mark.parametrize("corrected", ["event", ""])
async def test_a_second_import_leaves_a_correction_alone(subject: Subject, corrected: str):
    [asset_id] = (await imported(subject, "one", "offer")).ids
    await subject.store.correct(asset_id, Correction(category=corrected, remove_tags=("urgency",)))
    before = await history(subject)
    assert await imported(subject, "one", "offer") == InsertCounts(kept=1)
    assert await filed(subject) == (corrected or None, "human")
    assert await history(subject) == before
    assert (await subject.asset(asset_id)).tags == ()
    # what is the same, or says nothing, is nothing to tell
    assert await imported(subject, "one", corrected or None) == InsertCounts(skipped=1)


async def test_an_import_decides_what_no_person_has(subject: Subject):
    subject.drop_label_jobs()
    await imported(subject, "one", None)
    await subject.finish(category=chosen(await subject.category("event")))
    assert await filed(subject) == ("event", "model")
    assert (await imported(subject, "one", "offer")).updated == 1
    assert await filed(subject) == ("offer", "human")
    assert await history(subject) == [("offer", "event", IMPORTED)]


async def test_an_import_confirms_what_a_machine_said(subject: Subject):
    subject.drop_label_jobs()
    [asset_id] = (await imported(subject, "one", None)).ids
    await subject.finish(category=chosen(await subject.category("offer")))
    counts = await imported(subject, "one", "offer")
    assert (counts.updated, counts.ids) == (1, (asset_id,))
    asset = await subject.asset(asset_id)
    assert (asset.primary_category, asset.category_source, asset.label_state) == ("offer", "human", "labeled")
    assert asset.confirmed_at is not None
    assert await history(subject) == [("offer", "offer", "confirmed by a person")]
    assert await imported(subject, "one", "offer") == InsertCounts(skipped=1)


async def test_another_text_brings_its_label(subject: Subject):
    [asset_id] = (await imported(subject, "one", "offer")).ids
    await subject.store.correct(asset_id, Correction(category="event"))
    # she replaced that very label: with another text the file still says nothing new
    assert (await imported(subject, "two", "offer")).updated == 1
    assert await filed(subject) == ("event", "human")
    assert (await imported(subject, "three", "giveaway")).updated == 1
    # the file may change its own mind
    assert (await imported(subject, "four", "event")).updated == 1
    assert (await subject.asset(asset_id)).text == "four"
    assert await history(subject) == [
        ("offer", None, "set by a person"),
        ("event", "offer", "set by a person"),
        ("giveaway", "event", IMPORTED),
        ("event", "giveaway", IMPORTED),
    ]


async def test_a_tag_that_is_not_there_is_refused_for_good(subject: Subject):
    urgency = await subject.tag("urgency")
    [asset_id] = await subject.label("one", tags=tagged(await subject.tag("trust")))
    await subject.store.correct(asset_id, Correction(remove_tags=("URGENCY",)))
    found = await subject.store.explain(asset_id)
    assert found.asset.tags == ("trust",)
    assert {(link.name, link.source, link.state) for link in found.tags} == {
        ("trust", "model", "applied"),
        ("urgency", "human", "rejected"),
    }
    assert await history(subject, "tags") == [("trust", "trust", "refused by a person: urgency")]
    # once said is said
    await subject.store.correct(asset_id, Correction(remove_tags=("urgency",)))
    assert len(await history(subject, "tags")) == 1

    await subject.store.queue_content([asset_id])
    await subject.finish(tags=tagged(urgency))
    assert (await subject.asset(asset_id)).tags == ()
    usage = {tag.name: tag.usage_count for tag in await subject.store.tags(subject.workspace.id)}
    assert usage["urgency"] == 0
    await subject.store.correct(asset_id, Correction(add_tags=("urgency",)))
    assert (await subject.asset(asset_id)).tags == ("urgency",)


async def test_a_tag_is_refused_by_its_alias(subject: Subject):
    subject.sql("update tags set aliases = %s where name = 'urgency'", subject.array("hurry up"))
    [asset_id] = await subject.label("one", tags=tagged(await subject.tag("urgency")))
    await subject.store.correct(asset_id, Correction(remove_tags=("Hurry-Up",)))
    [link] = (await subject.store.explain(asset_id)).tags
    assert (link.name, link.state) == ("urgency", "rejected")


async def test_a_machines_tag_can_be_confirmed(subject: Subject):
    [asset_id] = await subject.label("one", tags=tagged(await subject.tag("urgency")))
    await subject.store.correct(asset_id, Correction(add_tags=("urgency",)))
    await subject.store.queue_content([asset_id])
    await subject.finish()
    assert (await subject.asset(asset_id)).tags == ("urgency",)
    assert await history(subject, "tags") == [("urgency", "urgency", "confirmed by a person: urgency")]


@pytest.mark.parametrize(
    ("correction", "told"),
    [
        (Correction(add_tags=("urgency",), remove_tags=("URGENCY",)), "both to be added and to be removed"),
        (Correction(add_tags=("hurry up",), remove_tags=("urgency",)), "both to be added and to be removed"),
        (Correction(remove_tags=("nosuch",)), "unknown tag 'nosuch', so there is nothing to keep away"),
    ],
)
async def test_what_cannot_be_meant_is_refused(subject: Subject, correction: Correction, told: str):
    subject.sql("update tags set aliases = %s where name = 'urgency'", subject.array("hurry up"))
    [asset_id] = await subject.label("one", tags=tagged(await subject.tag("urgency")))
    before = await subject.store.explain(asset_id)
    with pytest.raises(InputError, match=told):
        await subject.store.correct(asset_id, correction)
    assert await subject.store.explain(asset_id) == before


@pytest.mark.parametrize("wrong", [{"sentiment": "angry"}, {"audience": "#"}, {"remove_tags": ("nosuch",)}])
async def test_of_two_faults_the_category_is_told_first(subject: Subject, wrong: dict[str, Any]):
    [asset_id] = await subject.label("one")
    with pytest.raises(UnknownLabelError, match="nonesuch"):
        await subject.store.correct(asset_id, Correction(category="nonesuch", **wrong))


@pytest.mark.parametrize("queued", [False, True])
async def test_a_label_is_confirmed_by_saying_it_again(subject: Subject, queued: bool):
    offer, event = await subject.category("offer"), await subject.category("event")
    said = {"category": chosen(offer), "sentiment": felt("positive")}
    [asset_id] = await subject.label("one", **said)
    if queued:
        await subject.store.queue_content([asset_id])
    await subject.store.correct(asset_id, Correction(category="offer", sentiment="positive"))
    asset = await subject.asset(asset_id)
    assert (asset.category_source, asset.sentiment_source, asset.audience_source) == ("human", "human", None)
    assert (asset.label_state, asset.confirmed_at is not None) == ("queued" if queued else "labeled", True)
    assert await history(subject) == [("offer", "offer", "confirmed by a person")]
    await subject.store.queue_content([asset_id])
    await subject.finish(category=chosen(event), sentiment=felt("mixed"))
    asset = await subject.asset(asset_id)
    assert (asset.primary_category, asset.sentiment, asset.label_state) == ("offer", "positive", "labeled")
    await subject.store.correct(asset_id, Correction(category="offer"))
    assert len(await history(subject)) == 1


async def test_no_category_is_a_decision_too(subject: Subject):
    [asset_id] = await subject.label("one")
    await subject.store.correct(asset_id, Correction(category=""))
    asset = await subject.asset(asset_id)
    assert (asset.category_source, asset.label_state, asset.confirmed_at) == ("human", "review", None)
    assert await history(subject) == [(None, None, "left empty by a person")]
    await subject.store.queue_content([asset_id])
    await subject.finish(category=chosen(await subject.category("offer")))
    asset = await subject.asset(asset_id)
    assert (asset.primary_category, asset.category_source, asset.label_state) == (None, "human", "review")


async def test_a_campaigns_category_is_confirmed_too(subject: Subject):
    subject.drop_label_jobs()
    ids = await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("a"), NewCampaign("b")])
    named = {job.target_id: job for job in await subject.claim()}
    await subject.complete(
        answer(named[ids[0]], category=chosen(await subject.category("offer"))), answer(named[ids[1]])
    )
    await subject.store.correct(ids[0], Correction(category="offer"))
    await subject.store.correct(ids[1], Correction(category=""))
    found = [await subject.store.explain(key) for key in ids]
    assert [(one.campaign.category_source, one.campaign.label_state) for one in found] == [
        ("human", "labeled"),
        ("human", "review"),
    ]
    assert [one.decisions[0].reasons for one in found] == [
        ("confirmed by a person",),
        ("left empty by a person",),
    ]


@pytest.mark.parametrize(
    "insert",
    [
        "content_assets (content, label_state) values ('one', 'labeled')",
        "content_assets (content, label_state, primary_category) values ('one', 'failed', 'offer')",
        "campaigns (name, campaign_type, label_state) values ('one', 'launch', 'review')",
        "campaigns (name, campaign_type, primary_category, label_state) values ('a','b','offer','review')",
    ],
)
async def test_a_new_row_waits_whatever_it_claims(subject: Subject, insert: str):
    subject.drop_label_jobs()
    subject.sql(f"insert into {insert}")
    table = insert.split()[0]
    assert subject.sql(f"select label_state from {table}") == [("queued",)]
    assert (await subject.claim_one()).kind.startswith("categorize")


@pytest.mark.parametrize("word", ["", " ", "#", "- _"])
async def test_a_tag_without_a_letter_is_no_correction(subject: Subject, word: str):
    [asset_id] = await subject.add("one", tags=("trust",))
    with pytest.raises(InputError, match=f"{word!r} is no tag: expected a word with letters or digits"):
        await subject.store.correct(asset_id, Correction(add_tags=("urgency", word)))
    assert (await subject.asset(asset_id)).tags == ("trust",)


async def test_a_persons_label_for_a_known_row_is_taken(subject: Subject):
    known = NewContent(content="one", source_key="k")
    await subject.store.insert_content(subject.workspace.id, [known])
    filed = NewContent(content="one", source_key="k", primary_category="offer")

    counts = await subject.store.insert_content(subject.workspace.id, [filed])
    again = await subject.store.insert_content(subject.workspace.id, [filed])

    (asset,) = await subject.store.content(subject.workspace.id)
    assert (counts.updated, again.skipped) == (1, 1)
    assert (asset.primary_category, asset.category_source) == ("offer", "human")
