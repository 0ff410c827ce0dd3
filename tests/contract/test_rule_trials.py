from dataclasses import replace

import pytest
from tests.contract.subject import Subject, chosen

from campaignbase.errors import RuleError
from campaignbase.models import Correction, LabelChoice, NewCampaign, NewContent, Rule, Tag, TagChoice
from campaignbase.models.rule_trials import ClaimResult
from campaignbase.pipeline.rule_trials import propose_rules, try_rule

SALE = {"contains_keyword": "sale"}


async def test_a_rule_is_tried_on_what_is_there(subject: Subject) -> None:
    store, home = subject.store, subject.workspace.id
    offer = chosen(await subject.category("offer"))
    right, wrong, nobody, missed, other = await subject.label(
        "Big sale today", "Sale of our office building", "Sale again", "Half price today", "Come by",
        category=offer,
    )  # fmt: skip
    await store.correct(right, Correction(category="offer", add_tags=("urgency",)))
    await store.correct(wrong, Correction(category="event", remove_tags=("urgency",)))
    await store.correct(missed, Correction(category="offer"))
    await store.correct(other, Correction(category="event"))
    actions = {"add_category": "offer", "add_tags": ["urgency"]}
    before = await store.content(home)
    trial = await try_rule(store, home, "categorization", SALE, actions)
    assert (trial.read, trial.hits) == (5, 3)
    assert trial.claims == (
        ClaimResult("add_category", "offer", 1, 1, 1, 1, 0.5, 0.5),
        ClaimResult("add_tags", "urgency", 1, 1, 0, 1, 0.5, 1.0),
    )
    assert {(one.id, one.action, one.said) for one in trial.conflicts} == {
        (wrong, "add_category", "event"),
        (wrong, "add_tags", "refused urgency"),
    }
    assert [(one.id, one.text, one.said) for one in trial.misses] == [(missed, "Half price today", "offer")]
    assert await store.content(home) == before
    assert nobody not in {one.id for one in trial.conflicts + trial.misses}


async def test_a_rule_that_could_not_be_saved_is_not_tried(subject: Subject) -> None:
    for action in ("add_category", "category"):
        with pytest.raises(RuleError, match="unknown category 'ofer'"):
            await try_rule(subject.store, subject.workspace.id, "categorization", SALE, {action: "ofer"})


async def test_content_is_read_chunk_by_chunk(subject: Subject) -> None:
    ids = await subject.label(*(f"Sale {n}" for n in range(5)))
    found, after, chunks = [], None, 0
    while True:
        chunk = await subject.store.judged_content(subject.workspace.id, SALE, after, 2)
        found += [row.id for row in chunk.rows if row.matched]
        chunks += 1
        if chunk.after is None:
            break
        after = chunk.after
    assert (found, chunks) == (sorted(ids), 3)
    # without conditions only what people said of it
    await subject.store.correct(ids[0], Correction(category="offer"))
    chunk = await subject.store.judged_content(subject.workspace.id)
    assert [(row.id, row.matched, row.category, row.corrected) for row in chunk.rows] == [
        (ids[0], False, "offer", True)
    ]
    assert (chunk.read, chunk.after) == (5, None)
    with pytest.raises(RuleError, match="unknown condition 'sayz'"):
        await subject.store.judged_content(subject.workspace.id, {"sayz": "x"})


async def test_a_campaign_is_tried_and_learned_from_alone(subject: Subject) -> None:
    store, home = subject.store, subject.workspace.id
    offer = chosen(await subject.category("offer"))
    spring, autumn = await store.insert_campaigns(home, [NewCampaign("Spring"), NewCampaign("Autumn")])
    texts = [(f"Meet us at the trade fair in hall {n}", autumn) for n in "abcd"]
    texts += [("Fair prices all week", autumn), ("Sale today", spring), ("Sale", None)]
    subject.drop_label_jobs()
    counts = await store.insert_content(home, [NewContent("text", one, campaign_id=of) for one, of in texts])
    await subject.finish(category=offer)
    for key in counts.ids[:4]:
        await store.correct(key, Correction(category="event"))
    await store.correct(counts.ids[4], Correction(category="offer"))
    for campaign, read, hits in ((spring, 1, 1), (autumn, 5, 0), (None, 7, 2)):
        trial = await try_rule(
            store, home, "categorization", SALE, {"add_category": "offer"}, campaign_id=campaign
        )
        assert (trial.read, trial.hits) == (read, hits)
    assert await propose_rules(store, home, 1, campaign_id=spring) == []
    assert await propose_rules(store, home, campaign_id=autumn) == await propose_rules(store, home) != []


async def test_rules_are_proposed_from_what_people_corrected(subject: Subject) -> None:
    store, home = subject.store, subject.workspace.id
    offer = chosen(await subject.category("offer"))
    fairs = [f"Meet us at the trade fair in hall {n}" for n in "abcd"]
    others = ["Fair prices all week", "A trade union visit", "Hall rent is due", "Buy two get one"]
    ids = await subject.label(*fairs, *others, category=offer)
    for key in ids[:4]:
        await store.correct(key, Correction(category="event"))
    for key in ids[4:]:
        await store.correct(key, Correction(category="offer"))
    [proposal] = await propose_rules(store, home)
    assert proposal.actions == {"add_category": "event"}
    assert (proposal.support, proposal.corrected, proposal.precision, proposal.judged_hits) == (4, 4, 1.0, 4)
    # ready to be added, and then it is not proposed again
    rule = Rule("", proposal.name, proposal.rule_type, proposal.conditions, proposal.actions)
    await store.add_rule(home, rule)
    assert await propose_rules(store, home) == []


async def test_a_rule_is_told_what_people_kept_of_it_and_what_they_changed(subject: Subject) -> None:
    store, home = subject.store, subject.workspace.id
    rule = await store.add_rule(home, Rule("", "sales", "categorization", SALE, {"add_category": "offer"}))
    offer, urgency = await subject.category("offer"), await subject.tag("urgency")
    by_rule = LabelChoice("rule", 1.0, ("rule 'sales'",), offer, rule_id=rule.id)
    tag = TagChoice(urgency, "rule", 1.0, "rule 'sales'", rule_id=rule.id)
    kept, changed, unseen = await subject.label(
        "Sale 1", "Sale 2", "Sale 3", category=by_rule, tags=(tag,), rules=((rule.id, True),)
    )
    [told] = [one for one in await store.rules(home) if one.id == rule.id]
    assert (told.execution_count, told.kept_count, told.changed_count) == (3, 0, 0)
    await store.correct(kept, Correction(category="offer"))
    await store.correct(changed, Correction(category="event", remove_tags=("urgency",)))
    [told] = [one for one in await store.rules(home) if one.id == rule.id]
    # a category kept; a category and a tag changed
    assert (told.execution_count, told.kept_count, told.changed_count) == (3, 1, 2)
    assert (await subject.asset(unseen)).primary_category == "offer"
    assert replace(told, kept_count=0, changed_count=0).success_count == 3


async def test_what_people_kept_of_a_rule_follows_renames_and_merges(subject: Subject) -> None:
    store, home = subject.store, subject.workspace.id
    await store.add_tags(home, [Tag("", name) for name in ("flash deal", "bargain", "outlet")])
    rule = Rule("", "deals", "tagging", {"contains_keyword": "half"}, {"add_tags": ["flash deal", "outlet"]})
    rule = await store.add_rule(home, rule)
    given = [await subject.tag(name) for name in ("flash deal", "outlet")]
    tags = tuple(TagChoice(key, "rule", 1.0, "says half", rule.id) for key in given)
    one, other = await subject.label("Half.", "Half again.", tags=tags, rules=((rule.id, True),))
    await store.correct(one, Correction(remove_tags=("flash deal",)))
    await store.correct(other, Correction(remove_tags=("outlet",)))
    assert await store.rule_results(home) == {rule.id: (2, 2)}
    for name, new in (("flash deal", "blitz"), ("outlet", "shop")):
        known = next(tag for tag in await store.tags(home) if tag.name == name)
        await store.edit_tag(home, name, replace(known, name=new))
    assert await store.rule_results(home) == {rule.id: (2, 2)}
    # of a tag that is gone nobody knows what people would say
    await store.remove_tag(home, "shop")
    assert await store.rule_results(home) == {rule.id: (1, 1)}
