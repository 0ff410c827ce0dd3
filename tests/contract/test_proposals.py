"""Words that machines propose, people refuse and people removed; the same on every store."""

from dataclasses import replace
from uuid import uuid4

import pytest
from tests.contract.subject import Subject, chosen, tagged

from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import Correction, Rule, Tag
from campaignbase.models.curation import Proposal


async def proposals(subject: Subject, state: str = "open") -> dict[str, Proposal]:
    found = await subject.store.proposals(subject.workspace.id, state)  # type: ignore[arg-type]
    return {one.name: one for one in found}


async def names(subject: Subject) -> list[str]:
    return [one.name for one in await subject.store.tags(subject.workspace.id)]


async def test_one_word_is_found_behind_a_page_of_others(subject: Subject):
    words = [f"word{chr(97 + place // 20)}{chr(97 + place % 20)}x" for place in range(220)]
    await subject.label("Once.", proposals=words)
    home = subject.workspace.id
    assert len(await subject.store.proposals(home, limit=200)) == 200
    last = await subject.store.proposals(home, words=["#Word-KTX", "nobody"])
    assert [one.name for one in last] == ["wordktx"]
    assert await subject.store.proposals(home, words=[]) == []
    assert await subject.store.proposals(home, "removed", words=["wordktx"]) == []


async def test_a_machines_unknown_word_is_a_proposal_with_its_evidence(subject: Subject):
    [first, second] = [
        *await subject.label("Stalls and lights.", proposals=("NightMarket", "urgencies", "#")),
        *await subject.label("More stalls.", proposals=("night-market",)),
    ]
    await subject.label("And more.", proposals=("fireworks",))
    found = await proposals(subject)
    assert {name: one.uses for name, one in found.items()} == {"NightMarket": 2, "fireworks": 1}
    assert list(found) == ["NightMarket", "fireworks"]
    assert set(found["NightMarket"].examples) == {"Stalls and lights.", "More stalls."}
    # labeled again is no further use
    await subject.store.queue_content([first])
    await subject.finish(proposals=("nightmarket",))
    assert (await proposals(subject))["NightMarket"].uses == 2
    assert await subject.store.promote_proposal(found["NightMarket"].id) == "NightMarket"
    assert "NightMarket" in await names(subject)
    assert "NightMarket" not in await proposals(subject)
    for key in (first, second):
        assert (await subject.asset(key)).label_state == "queued"


async def test_a_refused_word_is_not_proposed_again(subject: Subject):
    await subject.label("Stalls.", proposals=("nightmarket",))
    [found] = (await proposals(subject)).values()
    assert await subject.store.refuse_proposal(found.id) == "nightmarket"
    await subject.label("More stalls.", proposals=("NightMarkets",))
    assert await proposals(subject) == {}
    assert [one.uses for one in (await proposals(subject, "refused")).values()] == [0]
    with pytest.raises(NotFoundError, match="no proposal"):
        await subject.store.promote_proposal(str(uuid4()))
    with pytest.raises(NotFoundError, match="no proposal"):
        await subject.store.refuse_proposal("x")
    # a person may change her mind
    await subject.store.promote_proposal(found.id)
    assert "nightmarket" in await names(subject)
    assert await proposals(subject, "refused") == {}


async def test_a_word_met_often_enough_becomes_a_tag_where_that_is_set(subject: Subject):
    await subject.label("Stalls.", proposals=("nightmarket", "fireworks"))
    await subject.label("More stalls.", proposals=("nightmarket",))
    assert await subject.store.promote_after(subject.workspace.id) is None
    assert await subject.store.promote_due() is None
    with pytest.raises(InputError, match="1 to 100000"):
        await subject.store.set_promote_after(subject.workspace.id, 0)
    await subject.store.set_promote_after(subject.workspace.id, 2)
    assert await subject.store.promote_after(subject.workspace.id) == 2
    assert await subject.store.promote_due() == "nightmarket"
    assert await subject.store.promote_due() is None
    assert list(await proposals(subject)) == ["fireworks"]


async def test_a_removed_tag_does_not_return_by_itself(subject: Subject):
    await subject.store.add_tags(subject.workspace.id, [Tag("", "flash deal"), Tag("", "rush", "audience")])
    rule = Rule("", "mine", "tagging", {"contains_keyword": "x"}, {"add_tags": ["flash deal"]}, enabled=False)
    rule = await subject.store.add_rule(subject.workspace.id, rule)
    subject.drop_label_jobs()
    for name in ("flash deal", "rush"):
        await subject.store.remove_tag(subject.workspace.id, name)
    assert set(await proposals(subject, "removed")) == {"flash deal", "rush"}
    # by no file, no proposal, no rule that is switched on, and no rename of what the rule names too
    [key] = await subject.add("Half.", tags=("Flash-Deals", "urgency"), target_audience="rush")
    asset = await subject.asset(key)
    assert (asset.tags, asset.target_audience) == (("urgency",), None)
    await subject.finish(proposals=("flashdeal",))
    await subject.store.enable_rule(subject.workspace.id, rule.id, True)
    urgency = next(one for one in await subject.store.tags(subject.workspace.id) if one.name == "urgency")
    await subject.store.edit_tag(subject.workspace.id, "urgency", replace(urgency, name="hurry"))
    assert "flash deal" not in await names(subject)
    assert await proposals(subject) == {}
    # but when a person asks for it
    await subject.store.correct(key, Correction(add_tags=("flash deal",)))
    assert (await subject.asset(key)).tags == ("hurry", "flash deal")
    assert set(await proposals(subject, "removed")) == {"rush"}


async def test_a_removed_category_is_remembered_until_it_is_added_again(subject: Subject):
    await subject.store.remove_category(subject.workspace.id, "webinar")
    [found] = (await proposals(subject, "removed")).values()
    assert (found.kind, found.name) == ("category", "webinar")
    await subject.store.rename_category(subject.workspace.id, "offer", "Webinar")
    assert await proposals(subject, "removed") == {}


async def test_a_tag_refused_on_a_row_stays_away_from_it(subject: Subject):
    tag = await subject.tag("urgency")
    [key] = await subject.label("Today only.")
    await subject.store.correct(key, Correction(remove_tags=("urgency",)))
    await subject.store.queue_content([key])
    await subject.finish(tags=tagged(tag), category=chosen(await subject.category("offer")))
    assert (await subject.asset(key)).tags == ()


async def test_a_word_that_became_another_name_of_a_tag_waits_no_longer(subject: Subject):
    [key] = await subject.label("Stalls.", proposals=("nightmarket", "fireworks"))
    await subject.store.set_promote_after(subject.workspace.id, 1)
    urgency = next(one for one in await subject.store.tags(subject.workspace.id) if one.name == "urgency")
    aliases = ("Night Markets",)
    await subject.store.edit_tag(subject.workspace.id, "urgency", replace(urgency, aliases=aliases))
    subject.drop_label_jobs()
    assert list(await proposals(subject)) == ["fireworks"]
    # by a program that knows of no triggers: what is promoted is the tag it means
    [word] = (await proposals(subject)).values()
    aliases = subject.array("Night Markets", "fireworks")
    subject.sql("delete from label_proposals")
    subject.sql("update tags set aliases = %s where name = 'urgency'", aliases)
    subject.sql(
        "insert into label_proposals (id, workspace_id, kind, name) values (%s, %s, 'tag', 'fireworks')",
        word.id,
        subject.workspace.id,
    )
    assert await subject.store.promote_proposal(word.id) == "urgency"
    assert "fireworks" not in await names(subject)
    assert await proposals(subject) == {}
    assert key


async def test_the_other_names_of_a_removed_tag_do_not_return_either(subject: Subject):
    new = [Tag("", "flash deal"), Tag("", "bargain", aliases=("steal", "urgencies", "x" * 101))]
    await subject.store.add_tags(subject.workspace.id, new)
    await subject.store.merge_tags(subject.workspace.id, "flash deal", "bargain")
    subject.drop_label_jobs()
    await subject.store.remove_tag(subject.workspace.id, "bargain")
    # urgency is a tag that is there
    assert set(await proposals(subject, "removed")) == {"bargain", "flash deal", "steal"}
    [key] = await subject.add("Half.", tags=("Flash-Deals", "steal", "urgencies"))
    assert (await subject.asset(key)).tags == ("urgency",)
    await subject.store.add_tags(subject.workspace.id, [Tag("", "deal", aliases=("steal",))])
    assert set(await proposals(subject, "removed")) == {"bargain", "flash deal"}
