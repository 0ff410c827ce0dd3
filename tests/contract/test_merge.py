"""One label into another: everything that had it follows, on every store."""

from dataclasses import replace

import pytest
from tests.contract.subject import Subject, chosen, tagged

from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import Category, Correction, NewCampaign, NewContent, Rule, Tag
from campaignbase.pipeline.rule_trials import try_rule


async def tag(subject: Subject, name: str) -> Tag:
    return next(one for one in await subject.store.tags(subject.workspace.id) if one.name == name)


async def category(subject: Subject, name: str) -> Category:
    return next(one for one in await subject.store.categories(subject.workspace.id) if one.name == name)


async def links(subject: Subject, asset_id: str) -> dict[str, tuple[str, str]]:
    found = (await subject.store.explain(asset_id)).tags
    return {link.name: (link.source, link.state) for link in found}


async def with_tags(subject: Subject, *names: str) -> None:
    await subject.store.add_tags(subject.workspace.id, [Tag("", name) for name in names])
    subject.drop_label_jobs()


# what the machine (m) or a person (+ added, - refused) said of the tag that goes and of the one that stays,
# and what is left of it: a person beats a machine, and the word on the one that stays beats the other
JOINED = [
    ("m", None, ("model", "applied")),
    ("+", None, ("human", "applied")),
    ("-", None, ("human", "rejected")),
    (None, "m", ("model", "applied")),
    ("m", "m", ("model", "applied")),
    ("m", "+", ("human", "applied")),
    ("m", "-", ("human", "rejected")),
    ("+", "m", ("human", "applied")),
    ("-", "m", ("human", "rejected")),
    ("+", "-", ("human", "rejected")),
    ("-", "+", ("human", "applied")),
]


@pytest.mark.parametrize(("gone", "stays", "left"), JOINED)
async def test_a_row_keeps_what_was_said_of_the_two_tags(subject: Subject, gone, stays, left):
    await with_tags(subject, "flash deal", "bargain")
    said_by_machine = [
        await subject.tag(name) for name, said in (("flash deal", gone), ("bargain", stays)) if said == "m"
    ]
    [key] = await subject.label("Half the price today.", tags=tagged(*said_by_machine))
    for name, said in (("flash deal", gone), ("bargain", stays)):
        if said == "+":
            await subject.store.correct(key, Correction(add_tags=(name,)))
        elif said == "-":
            await subject.store.correct(key, Correction(remove_tags=(name,)))
    before = len((await subject.store.explain(key)).decisions)
    merged = await subject.store.merge_tags(subject.workspace.id, "flash deal", "bargain")
    assert (merged.kept, merged.assets) == ("bargain", 0 if gone is None else 1)
    assert await links(subject, key) == {"bargain": left}
    assert (await subject.asset(key)).tags == (("bargain",) if left[1] == "applied" else ())
    assert (await tag(subject, "bargain")).usage_count == int(left[1] == "applied")
    # no decision was made, so none is told
    assert len((await subject.store.explain(key)).decisions) == before


async def test_a_merged_tag_is_another_name_of_the_one_that_stays(subject: Subject):
    new = [Tag("", "flash deal", aliases=("blitz", "Bargains")), Tag("", "bargain", aliases=("steal",))]
    await subject.store.add_tags(subject.workspace.id, new)
    subject.sql("update tags set related_tags = %s where name = 'urgency'", subject.array("flash deal", "x"))
    version = (await subject.store.workspaces())[0].vocabulary_version
    await subject.store.merge_tags(subject.workspace.id, "Flash-Deals", "STEAL")
    assert (await tag(subject, "bargain")).aliases == ("steal", "flash deal", "blitz")
    assert "flash deal" not in [one.name for one in await subject.store.tags(subject.workspace.id)]
    [(related,)] = subject.sql("select related_tags from tags where name = 'urgency'")
    assert subject.words(related) == ["bargain", "x"]
    assert (await subject.store.workspaces())[0].vocabulary_version > version
    # imports and people who write the old word mean the new one
    [key] = await subject.add("Half the price.", tags=("flash deal", "blitz"))
    assert (await subject.asset(key)).tags == ("bargain",)
    # the second of two who merge at once finds it done
    again = await subject.store.merge_tags(subject.workspace.id, "flash deal", "bargain")
    assert (again.kept, again.assets, again.rules) == ("bargain", 0, 0)
    with pytest.raises(NotFoundError, match="no tag 'blitz'; that is another name of 'bargain'"):
        await subject.store.merge_tags(subject.workspace.id, "blitz", "urgency")


async def test_rules_follow_a_merge(subject: Subject):
    await with_tags(subject, "flash deal", "bargain")
    await subject.store.add_categories(subject.workspace.id, [Category("", "sales")])
    actions = {"add_tags": ["flash deal"], "add_category": "sales"}
    conditions = {"any": [{"tag": "Flash-Deals"}, {"category": ["sales", "event"]}]}
    rule = Rule("", "mine", "categorization", conditions, actions)
    await subject.store.add_rule(subject.workspace.id, rule)
    assert (await subject.store.merge_tags(subject.workspace.id, "flash deal", "bargain")).rules == 1
    assert (await subject.store.merge_categories(subject.workspace.id, "sales", "offer")).rules == 1
    [now] = [one for one in await subject.store.rules(subject.workspace.id) if one.name == "mine"]
    assert now.actions == {"add_tags": ["bargain"], "add_category": "offer"}
    assert now.conditions == {"any": [{"tag": "bargain"}, {"category": ["offer", "event"]}]}
    assert "flash deal" not in [one.name for one in await subject.store.tags(subject.workspace.id)]


async def test_a_target_audience_is_merged_into_another_only(subject: Subject):
    await subject.store.add_tags(
        subject.workspace.id,
        [Tag("", "makers", "audience"), Tag("", "builders", "audience"), Tag("", "plain")],
    )
    subject.drop_label_jobs()
    [key] = await subject.add("For you.", target_audience="makers")
    with pytest.raises(InputError, match="Give tag 'plain' the type audience first"):
        await subject.store.merge_tags(subject.workspace.id, "makers", "plain")
    merged = await subject.store.merge_tags(subject.workspace.id, "makers", "builders")
    assert merged.assets == 1
    asset = await subject.asset(key)
    assert (asset.target_audience, asset.audience_source) == ("builders", "human")


async def test_what_is_filed_follows_its_category(subject: Subject):
    await subject.store.add_categories(subject.workspace.id, [Category("", "sales", aliases=("promos",))])
    subject.drop_label_jobs()
    sales, offer = await subject.category("sales"), await subject.category("offer")
    [machine] = await subject.label("Half the price today.", category=chosen(sales))
    [human, other] = [
        *await subject.add("Sale.", primary_category="sales"),
        *await subject.add("Offer.", primary_category="offer"),
    ]
    [campaign] = await subject.store.insert_campaigns(
        subject.workspace.id, [NewCampaign("Spring", primary_category="sales")]
    )
    merged = await subject.store.merge_categories(subject.workspace.id, "sales", "offer")
    assert (merged.kept, merged.assets, merged.campaigns) == ("offer", 2, 1)
    assert [(await subject.asset(key)).primary_category for key in (machine, human, other)] == ["offer"] * 3
    # whose decision it is does not change hands, and the history keeps the old name
    assert (await subject.asset(machine)).category_source == "model"
    assert (await subject.asset(human)).category_source == "human"
    told = (await subject.store.explain(machine)).decisions
    assert [decision.label for decision in told if decision.field == "category"] == ["sales"]
    assert (await subject.store.explain(campaign)).campaign.primary_category == "offer"  # type: ignore[union-attr]
    found = await category(subject, "offer")
    assert (found.id, found.usage_count, found.aliases) == (offer, 3, ("sales", "promos"))
    # files, corrections and campaigns may say the old name
    [fresh] = await subject.add("More.", primary_category="sales", source_key="k")
    assert (await subject.asset(fresh)).primary_category == "offer"
    counts = await subject.store.insert_content(
        subject.workspace.id, [NewContent(content="More.", primary_category="Promos", source_key="k")]
    )
    assert counts.skipped == 1
    await subject.store.correct(machine, Correction(category="sales"))
    assert (await subject.asset(machine)).primary_category == "offer"
    assert (await subject.store.merge_categories(subject.workspace.id, "sales", "offer")).assets == 0


async def test_the_tree_keeps_two_levels_when_categories_merge(subject: Subject):
    job_opening = await category(subject, "job_opening")
    assert job_opening.parent_id is not None
    parent = next(
        one for one in await subject.store.categories(subject.workspace.id) if one.id == job_opening.parent_id
    )
    await subject.store.add_categories(subject.workspace.id, [Category("", "top"), Category("", "roof")])
    top, roof = await category(subject, "top"), await category(subject, "roof")
    below = Category("", "below", top.id)
    await subject.store.add_categories(subject.workspace.id, [below, replace(below, name="beside")])
    with pytest.raises(InputError, match="two levels"):
        await subject.store.merge_categories(subject.workspace.id, "top", "job_opening")
    # a parent into its child: the child takes its place
    await subject.store.merge_categories(subject.workspace.id, "top", "below")
    below = await category(subject, "below")
    assert (below.parent_id, (await category(subject, "beside")).parent_id) == (None, below.id)
    await subject.store.merge_categories(subject.workspace.id, "below", "roof")
    assert (await category(subject, "beside")).parent_id == roof.id
    await subject.store.merge_categories(subject.workspace.id, "roof", parent.name)
    assert (await category(subject, "beside")).parent_id == parent.id
    tree = {use.path: use for use in await subject.store.category_tree(subject.workspace.id)}
    assert f"{parent.name} / beside" in tree


async def test_a_merge_that_cannot_be_is_refused(subject: Subject):
    with pytest.raises(NotFoundError, match=r"^no tag 'nonesuch'; see: campaignbase tags$"):
        await subject.store.merge_tags(subject.workspace.id, "nonesuch", "urgency")
    with pytest.raises(NotFoundError, match="no tag 'nonesuch'"):
        await subject.store.merge_tags(subject.workspace.id, "urgency", "nonesuch")
    with pytest.raises(InputError, match=r"are the same tag; Name two tags\.$"):
        await subject.store.merge_tags(subject.workspace.id, "Urgencies", "urgency")
    with pytest.raises(NotFoundError, match=r"^no category 'nonesuch'; see: campaignbase categories$"):
        await subject.store.merge_categories(subject.workspace.id, "nonesuch", "offer")
    with pytest.raises(NotFoundError, match="no category 'nonesuch'"):
        await subject.store.merge_categories(subject.workspace.id, "offer", "nonesuch")
    with pytest.raises(InputError, match=r"are the same category; Name two categories\.$"):
        await subject.store.merge_categories(subject.workspace.id, "offer", "offer")


async def test_the_tree_counts_a_category_with_what_is_below_it(subject: Subject):
    await subject.store.add_categories(subject.workspace.id, [Category("", "top")])
    top = await category(subject, "top")
    await subject.store.add_categories(subject.workspace.id, [Category("", "leaf", top.id)])
    await subject.add("One.", "Two.", primary_category="leaf")
    await subject.add("Three.", primary_category="top")
    tree = await subject.store.category_tree(subject.workspace.id)
    places = [use.path for use in tree]
    assert places.index("top") + 1 == places.index("top / leaf")
    found = {use.name: (use.content, use.content_with_children, use.confirmed) for use in tree}
    assert (found["top"], found["leaf"]) == ((1, 3, 1), (2, 2, 2))


async def rule_named_mine(subject: Subject) -> Rule:
    return next(one for one in await subject.store.rules(subject.workspace.id) if one.name == "mine")


async def test_rules_that_name_a_category_in_another_case_follow_it(subject: Subject):
    conditions = {"any": [{"category": "OFFER"}, {"not": {"category": ["Event", "webinar"]}}]}
    rule = Rule("", "mine", "tagging", conditions, {"add_tags": ["urgency"]})
    await subject.store.add_rule(subject.workspace.id, rule)
    # as a program writes it, past the store
    written = '{"any": [{"category": "OFFER"}, {"not": {"category": ["Event", "webinar"]}}]}'
    subject.sql("update automation_rules set conditions = %s where name = 'mine'", written)
    await subject.store.rename_category(subject.workspace.id, "offer", "deal")
    await subject.store.merge_categories(subject.workspace.id, "event", "deal")
    assert (await rule_named_mine(subject)).conditions == {
        "any": [{"category": "deal"}, {"not": {"category": ["deal", "webinar"]}}]
    }


async def test_a_rule_may_say_another_name_of_a_label(subject: Subject):
    await with_tags(subject, "flash deal", "bargain")
    await subject.store.add_categories(subject.workspace.id, [Category("", "sales")])
    await subject.store.merge_tags(subject.workspace.id, "flash deal", "bargain")
    await subject.store.merge_categories(subject.workspace.id, "sales", "offer")
    subject.drop_label_jobs()
    conditions = {"any": [{"tag": ["Flash-Deals", "Urgencies"]}, {"not": {"category": "Sales"}}]}
    actions = {"add_category": "sales", "add_tags": "flash deal", "remove_tags": ["Bargains"]}
    rule = Rule("", "mine", "categorization", conditions, actions)
    await subject.store.add_rule(subject.workspace.id, rule)
    now = await rule_named_mine(subject)
    # what spells a tag otherwise means it already
    assert now.conditions == {"any": [{"tag": ["bargain", "Urgencies"]}, {"not": {"category": "offer"}}]}
    assert now.actions == {"add_category": "offer", "add_tags": "bargain", "remove_tags": ["Bargains"]}
    [key] = await subject.add("Half the price.", tags=("bargain",), primary_category="offer")
    for asked in ({"tag": "flash deal"}, {"category": "sales"}):
        hits = await subject.store.preview_rule(subject.workspace.id, asked, 10)
        assert [one.id for one in hits] == [key], asked
    trial = await try_rule(
        subject.store, subject.workspace.id, "tagging", {"category": "sales"}, {"add_tags": "flash deal"}
    )
    assert [(one.label, one.agreed) for one in trial.claims] == [("bargain", 1)]


async def test_what_a_merged_tag_is_not_the_other_is_not_either(subject: Subject):
    await with_tags(subject, "flash deal", "bargain", "clearance", "outlet")
    home = subject.workspace.id
    await subject.store.mark_distinct(home, "tag", "clearance", "flash deal")
    await subject.store.mark_distinct(home, "tag", "flash deal", "outlet")
    await subject.store.mark_distinct(home, "tag", "flash deal", "bargain")
    await subject.store.merge_tags(home, "flash deal", "bargain")
    await subject.store.add_categories(home, [Category("", name) for name in ("sales", "sellout")])
    await subject.store.mark_distinct(home, "category", "sellout", "sales")
    await subject.store.merge_categories(home, "sales", "offer")
    for table, kept, others in (
        ("tags", "bargain", {await subject.tag("clearance"), await subject.tag("outlet")}),
        ("categories", "offer", {await subject.category("sellout")}),
    ):
        [(known,)] = subject.sql(f"select distinct_from from {table} where name = %s", kept)
        assert {str(key) for key in subject.words(known)} == others
        rest = subject.sql(f"select distinct_from from {table} where name <> %s", kept)
        assert [subject.words(known) for (known,) in rest if subject.words(known)] == []
