"""Workspaces, categories, tags and rules."""

import pytest
from tests.contract.subject import Subject, chosen

from campaignbase.errors import ExistsError, InputError, NotFoundError, RuleError
from campaignbase.models import DEFAULT_WORKSPACE_ID, Category, NewCampaign, NewContent, Rule


def rule(name: str = "mine", conditions: object = None, actions: object = None, **more: object) -> Rule:
    return Rule(
        id="",
        name=name,
        rule_type="categorization",
        conditions=conditions or {"contains_keyword": "sale"},  # type: ignore[arg-type]
        actions=actions or {"add_category": "offer"},  # type: ignore[arg-type]
        **more,  # type: ignore[arg-type]
    )


async def test_default_is_made_once(subject: Subject):
    assert subject.workspace.id == DEFAULT_WORKSPACE_ID
    assert await subject.store.create_workspace("default") == subject.workspace
    assert [found.name for found in await subject.store.workspaces()] == ["default"]


async def test_workspaces_are_listed_by_age(subject: Subject):
    for name in ("zoo", "alpha"):
        made = await subject.store.create_workspace(name)
        assert (made.name, made.embedding_model) == (name, None)
    assert [found.name for found in await subject.store.workspaces()] == ["default", "zoo", "alpha"]


async def test_a_new_workspace_has_the_default_vocabulary(subject: Subject):
    made = await subject.store.create_workspace("team")
    for workspace_id in (made.id, DEFAULT_WORKSPACE_ID):
        categories = await subject.store.categories(workspace_id)
        tags = await subject.store.tags(workspace_id)
        rules = await subject.store.rules(workspace_id)
        assert (len(categories) > 15, len(tags) > 50, len(rules)) == (True, True, 8)
        parents = {found.id: found.name for found in categories}
        opening = next(found for found in categories if found.name == "job_opening")
        assert parents[opening.parent_id] == "recruitment"
        assert "hiring" in opening.keywords
        assert [found.name for found in categories] == sorted(found.name for found in categories)
        assert [found.name for found in tags] == sorted(found.name for found in tags)
        assert {found.tag_type for found in tags} == {"industry", "audience", "emotion", "format"}
    jobs = {row.kind: row.waiting for row in await subject.store.queue_status(made.id)}
    assert jobs == {"embed_category": len(categories), "embed_tag": len(tags)}


async def test_categories_are_added_once(subject: Subject):
    new = [Category("", "podcast", description="To listen to.", keywords=("episode",)), Category("", "offer")]
    before = subject.workspace.vocabulary_version
    assert await subject.store.add_categories(subject.workspace.id, new) == 1
    found = {one.name: one for one in await subject.store.categories(subject.workspace.id)}
    assert (found["podcast"].description, found["podcast"].keywords) == ("To listen to.", ("episode",))
    assert found["offer"].description
    [workspace] = await subject.store.workspaces()
    assert workspace.vocabulary_version > before


async def test_a_category_below_a_category_below_a_category_is_refused(subject: Subject):
    child = await subject.category("job_opening")
    with pytest.raises(InputError, match="third level"):
        await subject.store.add_categories(
            subject.workspace.id, [Category("", "x"), Category("", "y", parent_id=child)]
        )
    assert "x" not in [found.name for found in await subject.store.categories(subject.workspace.id)]


async def test_an_unused_category_can_be_removed(subject: Subject):
    await subject.store.remove_category(subject.workspace.id, "webinar")
    assert "webinar" not in [found.name for found in await subject.store.categories(subject.workspace.id)]
    with pytest.raises(NotFoundError, match="no category 'webinar'"):
        await subject.store.remove_category(subject.workspace.id, "webinar")


async def test_a_category_with_others_below_it_stays(subject: Subject):
    told = "category 'event' has categories below it; remove or move those first"
    with pytest.raises(InputError, match=told):
        await subject.store.remove_category(subject.workspace.id, "event")


async def test_a_category_in_use_stays(subject: Subject):
    await subject.add("one", primary_category="webinar")
    with pytest.raises(InputError, match=r"category '?webinar'? is in use"):
        await subject.store.remove_category(subject.workspace.id, "webinar")
    await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("x", primary_category="event")])
    with pytest.raises(InputError, match=r"in use|below it"):
        await subject.store.remove_category(subject.workspace.id, "event")
    assert {"webinar", "event"} <= {
        found.name for found in await subject.store.categories(subject.workspace.id)
    }


async def test_a_category_with_others_below_stays(subject: Subject):
    with pytest.raises(InputError):
        await subject.store.remove_category(subject.workspace.id, "recruitment")


async def test_a_renamed_category_is_renamed_everywhere(subject: Subject):
    human, machine = (await subject.add("one", primary_category="offer"))[0], None
    subject.drop_label_jobs()
    await subject.finish()
    [machine] = await subject.label("two", category=chosen(await subject.category("offer")))
    [campaign_id] = await subject.store.insert_campaigns(
        subject.workspace.id, [NewCampaign("x", primary_category="offer")]
    )
    await subject.store.rename_category(subject.workspace.id, "offer", "deal")
    assert [(await subject.asset(key)).primary_category for key in (human, machine)] == ["deal", "deal"]
    # no correction: the machine's label is still the machine's, and history is what it was
    found = await subject.store.explain(machine)
    assert (found.asset.category_source, found.asset.confirmed_at, found.asset.label_state) == (
        "model",
        None,
        "labeled",
    )
    assert [decision.label for decision in found.decisions] == ["offer"]
    assert (await subject.store.explain(campaign_id)).campaign.primary_category == "deal"
    deal = next(one for one in await subject.store.categories(subject.workspace.id) if one.name == "deal")
    assert deal.usage_count == 2
    assert "embed_category" in [row.kind for row in await subject.store.queue_status()]


async def test_a_name_that_is_taken_or_missing_is_refused(subject: Subject):
    with pytest.raises(InputError):
        await subject.store.rename_category(subject.workspace.id, "offer", "event")
    with pytest.raises(InputError):
        await subject.store.rename_category(subject.workspace.id, "offer", " ")
    with pytest.raises(NotFoundError, match="no category 'ofer'"):
        await subject.store.rename_category(subject.workspace.id, "ofer", "x")


async def test_rules_are_listed_by_priority_then_age(subject: Subject):
    subject.sql("delete from automation_rules")
    for name, priority in (("low", 1), ("first", 5), ("second", 5)):
        await subject.store.add_rule(subject.workspace.id, rule(name, priority=priority))
    await subject.store.add_rule(subject.workspace.id, rule("off", priority=9, enabled=False))
    found = await subject.store.rules(subject.workspace.id)
    assert [one.name for one in found] == ["off", "first", "second", "low"]
    assert [one.enabled for one in found] == [False, True, True, True]


async def test_a_saved_rule_is_what_was_given(subject: Subject):
    conditions = {"any": [{"contains_phrase": "two for “one”"}, {"min_word_count": 3}], "not": {"tag": ["x"]}}
    actions = {"category": "offer", "add_tags": ["urgency"], "set_sentiment": "positive"}
    made = await subject.store.add_rule(subject.workspace.id, rule("mine", conditions, actions, priority=3))
    assert (made.name, made.conditions, made.actions, made.priority) == ("mine", conditions, actions, 3)
    found = next(one for one in await subject.store.rules(subject.workspace.id) if one.name == "mine")
    assert (found.id, found.conditions, found.actions) == (made.id, conditions, actions)
    assert (found.execution_count, found.success_count, found.last_execution) == (0, 0, None)


@pytest.mark.parametrize(
    ("conditions", "actions", "told"),
    [
        ({"contain_keyword": "x"}, None, "rule 'mine': conditions: unknown condition 'contain_keyword'"),
        ({"matches_regex": "(a"}, None, "rule 'mine': conditions.matches_regex: regex refused"),
        ({"any": []}, None, "rule 'mine': conditions.any: empty list"),
        (None, {"schedule": {}}, "rule 'mine': actions: action 'schedule' needs a rule of type scheduling"),
        (None, {"add_category": "ofer"}, "rule 'mine': unknown category 'ofer'"),
    ],
)
async def test_a_wrong_rule_is_refused(subject: Subject, conditions: object, actions: object, told: str):
    with pytest.raises(RuleError, match=told.replace("(", r"\(")):
        await subject.store.add_rule(subject.workspace.id, rule("mine", conditions, actions))
    assert len(await subject.store.rules(subject.workspace.id)) == 8


async def test_two_rules_of_one_name_are_refused(subject: Subject):
    await subject.store.add_rule(subject.workspace.id, rule("mine"))
    with pytest.raises(ExistsError, match=r"^a rule 'mine' exists already; choose another name$"):
        await subject.store.add_rule(subject.workspace.id, rule("mine"))


async def test_words_a_rule_adds_become_tags(subject: Subject):
    actions = {"add_tags": ["Urgencies", "fresh word"], "set_audience": "night owls"}
    await subject.store.add_rule(subject.workspace.id, rule("mine", actions=actions))
    types = {found.name: found.tag_type for found in await subject.store.tags(subject.workspace.id)}
    assert (types["fresh word"], types["night owls"]) == (None, "audience")
    assert "Urgencies" not in types


async def test_a_rule_that_is_switched_off_makes_no_tags_until_it_is_switched_on(subject: Subject):
    before = {found.name for found in await subject.store.tags(subject.workspace.id)}
    actions = {"add_tags": ["urgency", "fresh word"], "set_audience": "night owls"}
    made = await subject.store.add_rule(subject.workspace.id, rule("mine", actions=actions, enabled=False))
    assert {found.name for found in await subject.store.tags(subject.workspace.id)} == before
    await subject.store.enable_rule(subject.workspace.id, made.id, True)
    types = {found.name: found.tag_type for found in await subject.store.tags(subject.workspace.id)}
    assert types.keys() - before == {"fresh word", "night owls"}
    assert (types["fresh word"], types["night owls"]) == (None, "audience")


async def test_rules_follow_renamed_labels(subject: Subject):
    conditions = {
        "any": [{"category": ["offer", "event"]}, {"tag": "Urgencies"}],
        "contains_keyword": "offer",
    }
    actions = {"add_category": "offer", "add_tags": ["urgency", "trust"], "set_audience": "students"}
    made = await subject.store.add_rule(subject.workspace.id, rule("mine", conditions, actions))
    await subject.store.rename_category(subject.workspace.id, "offer", "deal")
    subject.sql("update tags set name = 'hurry' where name = 'urgency'")
    subject.sql("update tags set name = 'pupils' where name = 'students'")
    found = next(one for one in await subject.store.rules(subject.workspace.id) if one.id == made.id)
    assert found.conditions == {
        "any": [{"category": ["deal", "event"]}, {"tag": "hurry"}],
        "contains_keyword": "offer",  # a word of the text, no label
    }
    assert found.actions == {"add_category": "deal", "add_tags": ["hurry", "trust"], "set_audience": "pupils"}


async def test_preview_finds_what_a_rule_would_hit(subject: Subject):
    first, _, third = await subject.add("Big sale", "nothing here", "another SALE")
    subject.sql("update content_assets set created_at = '2020-01-01T00:00:00.000000Z' where id = %s", first)
    hits = await subject.store.preview_rule(subject.workspace.id, {"contains_keyword": "sale"})
    assert [hit.id for hit in hits] == [third, first]
    hits = await subject.store.preview_rule(subject.workspace.id, {"contains_keyword": "sale"}, limit=1)
    assert [hit.id for hit in hits] == [third]
    assert await subject.store.preview_rule(subject.workspace.id, {"tag": "urgency"}) == []
    other = await subject.store.create_workspace("other")
    assert await subject.store.preview_rule(other.id, {"contains_keyword": "sale"}) == []


async def test_a_preview_of_a_campaign_counts_its_own_rows_alone(subject: Subject):
    """Newer ones elsewhere took its places."""
    store, home = subject.store, subject.workspace.id
    spring, autumn = await store.insert_campaigns(home, [NewCampaign("Spring"), NewCampaign("Autumn")])
    ids = []
    for text, campaign in (("Sale", spring), ("No", spring), ("Big sale", autumn), ("A sale", None)):
        counts = await store.insert_content(home, [NewContent("text", text, campaign_id=campaign)])
        ids += counts.ids
    for campaign, of_last, expected in ((spring, 1, {0}), (autumn, 1, {2}), (None, 4, {0, 2, 3})):
        found = await store.preview_rule(home, {"contains_keyword": "sale"}, of_last, campaign_id=campaign)
        assert {row.id for row in found} == {ids[i] for i in expected}


async def test_a_wrong_preview_is_refused(subject: Subject):
    with pytest.raises(RuleError, match="conditions: unknown condition 'contain_keyword'"):
        await subject.store.preview_rule(subject.workspace.id, {"contain_keyword": "sale"})


async def test_vocabularies_of_workspaces_are_apart(subject: Subject):
    other = await subject.store.create_workspace("other")
    await subject.store.rename_category(other.id, "offer", "deal")
    await subject.store.insert_content(other.id, [NewContent(content="one", primary_category="deal")])
    assert "offer" in [found.name for found in await subject.store.categories(subject.workspace.id)]
