"""Names: one line each, one spelling a category, however it is called."""

import sqlite3
from collections.abc import Awaitable, Callable

import psycopg
import pytest
from tests.contract.subject import Subject

from campaignbase.errors import InputError, UnknownLabelError
from campaignbase.models import Category, Correction, NewCampaign, Rule, Tag

REFUSED = (sqlite3.IntegrityError, psycopg.Error)
Make = Callable[[Subject, str], Awaitable[object]]


def rule(name: str, category: str = "offer") -> Rule:
    return Rule("", name, "categorization", {"contains_keyword": "sale"}, {"add_category": category})


MAKERS: dict[str, Make] = {
    "category": lambda subject, name: subject.store.add_categories(
        subject.workspace.id, [Category("", name)]
    ),
    "tag": lambda subject, name: subject.store.add_tags(subject.workspace.id, [Tag("", name)]),
    "rule": lambda subject, name: subject.store.add_rule(subject.workspace.id, rule(name)),
    "campaign": lambda subject, name: subject.store.insert_campaigns(
        subject.workspace.id, [NewCampaign(name)]
    ),
    "workspace": lambda subject, name: subject.store.create_workspace(name),
}


@pytest.mark.parametrize("what", MAKERS)
async def test_a_name_is_one_line_of_something(subject: Subject, what: str):
    with pytest.raises(InputError, match=f"the name of a {what} is blank; give it one"):
        await MAKERS[what](subject, " ")
    told = rf"the name of a {what} is one line .* holds '\\n' at character 4"
    with pytest.raises(InputError, match=told):
        await MAKERS[what](subject, "new\nname")


@pytest.mark.parametrize(
    ("what", "most"), [("category", 100), ("tag", 100), ("rule", 255), ("campaign", 255)]
)
async def test_a_name_fits(subject: Subject, what: str, most: int):
    with pytest.raises(
        InputError, match=f"a {what} has {most + 1} characters, at most {most} fit; shorten it"
    ):
        await MAKERS[what](subject, "n" * (most + 1))
    await MAKERS[what](subject, "n" * most)


@pytest.mark.parametrize(
    "insert",
    [
        "categories (name) values (%s)",
        "tags (name) values (%s)",
        "workspaces (name) values (%s)",
        "campaigns (name, campaign_type) values (%s, 'launch')",
    ],
)
@pytest.mark.parametrize(
    ("name", "fits"), [("a\nb", False), ("a\x1fb", False), ("a\x7fb", False), ("é ~", True)]
)
async def test_the_database_refuses_control_characters_itself(
    subject: Subject, insert: str, name: str, fits: bool
):
    if fits:
        subject.sql(f"insert into {insert}", name)
        return
    with pytest.raises(REFUSED, match="_name_is_one_line"):
        subject.sql(f"insert into {insert}", name)


async def test_no_two_categories_differ_in_case_alone(subject: Subject):
    told = "a category 'OFFER' exists already, written 'offer'; choose another name"
    with pytest.raises(InputError, match=told):
        await subject.store.add_categories(subject.workspace.id, [Category("", "OFFER")])
    with pytest.raises(InputError, match=told):
        await subject.store.rename_category(subject.workspace.id, "event", "OFFER")
    with pytest.raises(InputError, match=told):
        await subject.store.edit_category(subject.workspace.id, "event", Category("", "OFFER"))
    with pytest.raises(REFUSED, match="categories_folded_name_is_unique"):
        subject.sql("insert into categories (name) values ('OFFER')")
    assert await subject.store.add_categories(subject.workspace.id, [Category("", "offer")]) == 0
    await subject.store.rename_category(subject.workspace.id, "offer", "Offer")
    assert "Offer" in [one.name for one in await subject.store.categories(subject.workspace.id)]


@pytest.mark.parametrize(
    ("said", "meant"),
    [("OFFER", "offer"), ("Event Recap", "event_recap"), ("event-recap", "event_recap"), ("offer", "offer")],
)
async def test_a_category_is_known_in_any_case(subject: Subject, said: str, meant: str):
    [asset_id] = await subject.label("one")
    await subject.store.correct(asset_id, Correction(category=said))
    assert (await subject.asset(asset_id)).primary_category == meant
    [campaign_id] = await subject.store.insert_campaigns(
        subject.workspace.id, [NewCampaign("c", primary_category=said)]
    )
    assert (await subject.store.explain(campaign_id)).campaign.primary_category == meant
    await subject.store.correct(campaign_id, Correction(category=said.upper()))
    assert (await subject.store.explain(campaign_id)).campaign.primary_category == meant


async def test_two_that_could_be_meant_are_none(subject: Subject):
    await subject.store.add_categories(subject.workspace.id, [Category("", "event recap")])
    [asset_id] = await subject.label("one")
    with pytest.raises(UnknownLabelError, match="unknown category 'Event-Recap'; did you mean 'event"):
        await subject.store.correct(asset_id, Correction(category="Event-Recap"))
