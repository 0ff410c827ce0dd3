"""What people say of machine answers is kept beside them, whichever door it comes through."""

from dataclasses import replace

import pytest
from tests.contract.subject import Subject, chosen, felt, tagged

from campaignbase.errors import InputError
from campaignbase.models import Correction, LabelChoice, NewCampaign, NewContent, TagChoice

RULE = "00000000-0000-4000-8000-00000000000a"


async def judged(subject: Subject) -> list[tuple[str, str, str | None, str | None, str | None]]:
    """Oldest first: (field, kind, label, machine's label, machine)."""
    return [
        (one.field, one.kind, one.label, one.machine_label, one.source)
        for one in reversed(await subject.store.corrections(subject.workspace.id))
    ]


async def test_an_edit_by_any_program_is_kept_with_the_machines_answer(subject: Subject):
    trained = replace(chosen(await subject.category("offer"), "trained", 0.75), head_version=3)
    [asset_id] = await subject.label("one", category=trained, model="some-model", prompt_version="p1")
    subject.sql("update content_assets set primary_category = 'event' where id = %s", asset_id)
    [one] = await subject.store.corrections(subject.workspace.id)
    assert (one.field, one.kind, one.label, one.machine_label) == ("category", "corrected", "event", "offer")
    assert (one.source, one.score, one.head_version) == ("trained", 0.75, 3)
    assert (one.model, one.prompt_version, one.rule_id) == ("some-model", "p1", None)
    assert (one.content_asset_id, one.campaign_id, one.decided_by) == (asset_id, None, None)


async def test_of_who_changes_her_mind_the_last_word_counts(subject: Subject):
    offer = chosen(await subject.category("offer"))
    slip, rash, cleared = await subject.label("one", "two", "three", category=offer)
    said = {slip: ("event", "offer"), rash: ("offer", "event"), cleared: ("", "event")}
    for key, words in said.items():
        for word in words:
            await subject.store.correct(key, Correction(category=word))
    found = {one.content_asset_id: one for one in await subject.store.corrections(subject.workspace.id)}
    assert {key: (one.kind, one.label, one.machine_label) for key, one in found.items()} == {
        slip: ("confirmed", "offer", "offer"),  # taken back
        rash: ("corrected", "event", "offer"),
        cleared: ("corrected", "event", "offer"),
    }
    # a machine reads it again, another text may be: what she says then is not of its first answer
    await subject.store.queue_content([slip])
    await subject.finish(category=offer)
    await subject.store.correct(slip, Correction(category="giveaway"))
    found = {one.content_asset_id: one for one in await subject.store.corrections(subject.workspace.id)}
    assert (found[slip].kind, found[slip].label, len(found)) == ("confirmed", "offer", 3)


async def test_a_rule_is_named_also_where_it_gave_a_tag(subject: Subject):
    tag = TagChoice(await subject.tag("urgency"), "rule", 1.0, "rule 'x'", RULE)
    [asset_id] = await subject.label(
        "one",
        category=LabelChoice("rule", 1.0, ("rule 'x'",), await subject.category("offer"), rule_id=RULE),
        tags=(tag,),
    )
    await subject.store.correct(asset_id, Correction(category="event", remove_tags=("urgency",)))
    by_field = {one.field: one for one in await subject.store.corrections(subject.workspace.id)}
    assert by_field["category"].rule_id == RULE
    assert [label["rule_id"] for label in by_field["tags"].machine_labels] == [RULE]
    decisions = (await subject.store.explain(asset_id)).decisions
    assert {one.rule_id for one in decisions if one.source == "rule" and one.field == "category"} == {RULE}


async def test_what_nobody_was_sure_of_is_decided_or_left_empty(subject: Subject):
    unsure = LabelChoice(reasons=("unclear",), candidate=await subject.category("event"))
    one, two = await subject.label("one", "two", category=unsure)
    await subject.store.correct(one, Correction(category="offer"))
    await subject.store.correct(two, Correction(confirm=("category",)))
    assert await judged(subject) == [
        ("category", "decided", "offer", None, None),
        ("category", "left_empty", None, None, None),
    ]
    candidates = {found.machine_candidate for found in await subject.store.corrections(subject.workspace.id)}
    assert candidates == {"event"}


async def test_every_field_can_be_confirmed_as_it_stands(subject: Subject):
    [asset_id] = await subject.label(
        "one",
        category=chosen(await subject.category("offer")),
        sentiment=felt("positive"),
        tags=tagged(await subject.tag("urgency")),
    )
    await subject.store.correct(asset_id, Correction(confirm=("category", "sentiment", "audience", "tags")))
    assert set(await judged(subject)) == {
        ("category", "confirmed", "offer", "offer", "model"),
        ("sentiment", "confirmed", "positive", "positive", "model"),
        ("tags", "confirmed", "urgency", "urgency", "model"),
    }  # no machine had named an audience
    found = await subject.store.explain(asset_id)
    assert (found.asset.category_source, found.asset.sentiment_source) == ("human", "human")
    assert (found.asset.audience_source, found.tags[0].source) == ("human", "human")


async def test_what_stands_there_by_hand_judges_no_machine(subject: Subject):
    subject.drop_label_jobs()
    [asset_id] = await subject.add("one", primary_category="offer", sentiment="positive")
    await subject.finish(category=chosen(await subject.category("event")), sentiment=felt("negative"))
    await subject.store.correct(asset_id, Correction(category="giveaway", sentiment="neutral"))
    assert await judged(subject) == []


async def test_a_second_answer_of_a_machine_is_the_one_that_is_judged(subject: Subject):
    [asset_id] = await subject.label("one", category=chosen(await subject.category("offer")))
    await subject.store.queue_content([asset_id])
    await subject.finish(category=chosen(await subject.category("event"), "neighbor"))
    await subject.store.insert_content(
        subject.workspace.id, [NewContent(content="two", source_key="k", primary_category="offer")]
    )
    await subject.store.correct(asset_id, Correction(category=""))
    assert await judged(subject) == [("category", "cleared", None, "event", "neighbor")]


async def test_a_campaigns_category_is_judged_too(subject: Subject):
    subject.drop_label_jobs()
    [campaign_id] = await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("Spring")])
    await subject.finish(category=chosen(await subject.category("offer")))
    await subject.store.correct(campaign_id, Correction(confirm=("category",)))
    [one] = await subject.store.corrections(subject.workspace.id)
    assert (one.campaign_id, one.content_asset_id, one.kind) == (campaign_id, None, "confirmed")


@pytest.mark.parametrize(
    "correction",
    [
        Correction(confirm=("mood",)),  # no field
        Correction(category="offer", confirm=("category",)),  # either right or not
    ],
)
async def test_a_confirmation_that_makes_no_sense_is_refused(subject: Subject, correction: Correction):
    [asset_id] = await subject.add("one")
    with pytest.raises(InputError, match="confirm '"):
        await subject.store.correct(asset_id, correction)
    assert (await subject.asset(asset_id)).category_source is None


async def test_a_campaign_has_a_category_alone_to_confirm(subject: Subject):
    [campaign_id] = await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("Spring")])
    with pytest.raises(InputError, match="a campaign has a category, but"):
        await subject.store.correct(campaign_id, Correction(confirm=("tags",)))
