"""Categories, tags and rules are edited and removed; words beyond ASCII fold alike on every store."""

from dataclasses import replace

import pytest
from tests.contract.subject import Subject

from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import Category, Correction, Rule, Tag


def rule(name: str = "mine", conditions: object = None, actions: object = None, **more: object) -> Rule:
    return Rule(
        id="",
        name=name,
        rule_type="categorization",
        conditions=conditions or {"contains_keyword": "sale"},  # type: ignore[arg-type]
        actions=actions or {"add_category": "offer"},  # type: ignore[arg-type]
        **more,  # type: ignore[arg-type]
    )


async def found_category(subject: Subject, name: str) -> Category:
    return next(one for one in await subject.store.categories(subject.workspace.id) if one.name == name)


async def found_tag(subject: Subject, name: str) -> Tag:
    return next(one for one in await subject.store.tags(subject.workspace.id) if one.name == name)


async def found_rule(subject: Subject, name: str) -> Rule:
    return next(one for one in await subject.store.rules(subject.workspace.id) if one.name == name)


async def waiting(subject: Subject, kind: str) -> int:
    return sum(row.waiting for row in await subject.store.queue_status() if row.kind == kind)


async def test_a_category_is_edited_and_read_again_only_when_its_text_changes(subject: Subject):
    subject.drop_label_jobs()
    old = await found_category(subject, "webinar")
    await subject.store.edit_category(subject.workspace.id, "webinar", replace(old, manual_only=True))
    assert await found_category(subject, "webinar") == replace(old, manual_only=True)
    assert await waiting(subject, "embed_category") == 0
    new = replace(
        old, name="online_talk", parent_id=None, description="Live, online.", keywords=("zoom", "live")
    )
    await subject.store.edit_category(subject.workspace.id, "webinar", new)
    assert await found_category(subject, "online_talk") == new
    assert "webinar" not in [one.name for one in await subject.store.categories(subject.workspace.id)]
    assert await waiting(subject, "embed_category") == 1


async def test_an_edit_of_a_category_that_cannot_be_is_refused(subject: Subject):
    offer = await found_category(subject, "offer")
    with pytest.raises(InputError, match="a category 'event' exists already"):
        await subject.store.edit_category(subject.workspace.id, "offer", replace(offer, name="event"))
    with pytest.raises(InputError):
        await subject.store.edit_category(
            subject.workspace.id, "offer", replace(offer, parent_id=await subject.category("job_opening"))
        )
    with pytest.raises(NotFoundError, match="no category 'ofer'"):
        await subject.store.edit_category(subject.workspace.id, "ofer", offer)
    assert await found_category(subject, "offer") == offer


async def test_tags_are_added_once_by_their_fold(subject: Subject):
    new = [
        Tag("", "kitchen crew", "audience", "Cooks.", ("stove",), ("line cooks",), manual_only=True),
        Tag("", "Kitchen-Crews"),
        Tag("", "#Urgencies"),
    ]
    assert await subject.store.add_tags(subject.workspace.id, new) == 1
    made = await found_tag(subject, "kitchen crew")
    assert replace(made, id="") == new[0]
    assert await waiting(subject, "embed_tag") > 0
    with pytest.raises(InputError):
        await subject.store.add_tags(subject.workspace.id, [Tag("", "x", "No Snake")])


async def test_a_tag_is_edited_and_followed_everywhere(subject: Subject):
    [key] = await subject.add("one", tags=("urgency",))
    await subject.store.add_rule(subject.workspace.id, rule(actions={"add_tags": ["Urgencies"]}))
    old = await found_tag(subject, "urgency")
    new = replace(old, name="hurry", tag_type=None, description="Now.", keywords=("now",), aliases=("asap",))
    await subject.store.edit_tag(subject.workspace.id, "urgency", new)
    assert await found_tag(subject, "hurry") == new
    assert (await subject.asset(key)).tags == ("hurry",)
    assert (await found_rule(subject, "mine")).actions == {"add_tags": ["hurry"]}


async def test_an_edit_of_a_tag_that_cannot_be_is_refused(subject: Subject):
    tag = await found_tag(subject, "urgency")
    with pytest.raises(InputError, match="'Student' is the tag 'students'"):
        await subject.store.edit_tag(subject.workspace.id, "urgency", replace(tag, name="Student"))
    with pytest.raises(NotFoundError, match="no tag 'urgncy'"):
        await subject.store.edit_tag(subject.workspace.id, "urgncy", tag)
    assert await found_tag(subject, "urgency") == tag
    # its own name written otherwise is no other tag
    await subject.store.edit_tag(subject.workspace.id, "urgency", replace(tag, name="Urgencies"))
    assert (await found_tag(subject, "Urgencies")).id == tag.id


async def test_a_removed_tag_leaves_the_content(subject: Subject):
    [key] = await subject.add("one", tags=("urgency", "trust"))
    await subject.store.remove_tag(subject.workspace.id, "urgency")
    assert (await subject.asset(key)).tags == ("trust",)
    with pytest.raises(NotFoundError, match="no tag 'urgency'"):
        await subject.store.remove_tag(subject.workspace.id, "urgency")


async def test_a_tag_that_is_a_target_audience_stays(subject: Subject):
    await subject.add("one", target_audience="students")
    with pytest.raises(InputError, match=r"target audience of content.*another target audience first"):
        await subject.store.remove_tag(subject.workspace.id, "students")
    assert (await found_tag(subject, "students")).tag_type == "audience"


async def test_rules_are_disabled_enabled_and_removed(subject: Subject):
    made = await subject.store.add_rule(subject.workspace.id, rule())
    await subject.store.enable_rule(subject.workspace.id, made.id, False)
    assert not (await found_rule(subject, "mine")).enabled
    await subject.store.enable_rule(subject.workspace.id, made.id, True)
    assert (await found_rule(subject, "mine")).enabled
    other = await subject.store.create_workspace("other")
    for attempt in (
        subject.store.remove_rule(other.id, made.id),
        subject.store.remove_rule(subject.workspace.id, "mine"),
        subject.store.enable_rule(other.id, made.id, False),
    ):
        with pytest.raises(NotFoundError, match="no rule"):
            await attempt
    assert (await found_rule(subject, "mine")).enabled
    await subject.store.remove_rule(subject.workspace.id, made.id)
    assert "mine" not in [one.name for one in await subject.store.rules(subject.workspace.id)]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("ÉTÉ", "été"),
        ("Straße", "#STRAßE"),
        ("İstanbul", "istanbul"),  # U+0130: its lower case is plain ASCII
        ("ΟΔΟΣ", "οδοσ"),
    ],
)
class TestWordsBeyondAscii:
    async def test_are_one_tag_on_content(self, subject: Subject, name: str, other: str):
        keys = await subject.add("one", tags=(name, other)), await subject.add("two", tags=(other, "trust"))
        assert [(await subject.asset(key)).tags for (key,) in keys] == [(name,), (name, "trust")]
        await subject.store.correct(keys[0][0], Correction(remove_tags=(other,)))
        assert (await subject.asset(keys[0][0])).tags == ()
        await subject.store.correct(keys[0][0], Correction(add_tags=(other,)))
        assert (await subject.asset(keys[0][0])).tags == (name,)

    async def test_are_one_audience(self, subject: Subject, name: str, other: str):
        await subject.store.add_tags(subject.workspace.id, [Tag("", name, "audience")])
        first, second = await subject.add("one", target_audience=other), await subject.add("two")
        await subject.store.correct(second[0], Correction(audience=other))
        for (key,) in (first, second):
            assert (await subject.asset(key)).target_audience == name

    async def test_are_one_tag_of_the_vocabulary(self, subject: Subject, name: str, other: str):
        assert await subject.store.add_tags(subject.workspace.id, [Tag("", name), Tag("", other)]) == 1
        with pytest.raises(InputError, match=f"'{other}' is the tag '{name}'"):
            await subject.store.edit_tag(
                subject.workspace.id, "trust", replace(await found_tag(subject, "trust"), name=other)
            )

    async def test_are_one_tag_of_a_rule(self, subject: Subject, name: str, other: str):
        await subject.store.add_tags(subject.workspace.id, [Tag("", name)])
        before = len(await subject.store.tags(subject.workspace.id))
        actions = {"add_tags": [other, "fresh word"]}
        await subject.store.add_rule(subject.workspace.id, rule(conditions={"tag": other}, actions=actions))
        assert (await found_rule(subject, "mine")).actions == actions
        assert len(await subject.store.tags(subject.workspace.id)) == before + 1
        # renaming another tag touches the rule, and makes no new tag of its words
        await subject.store.edit_tag(
            subject.workspace.id, "fresh word", replace(await found_tag(subject, "fresh word"), name="news")
        )
        assert len(await subject.store.tags(subject.workspace.id)) == before + 1
        await subject.store.edit_tag(
            subject.workspace.id, name, replace(await found_tag(subject, name), name="hello")
        )
        found = await found_rule(subject, "mine")
        assert (found.conditions, found.actions) == ({"tag": "hello"}, {"add_tags": ["hello", "news"]})

    async def test_are_one_word_of_a_text(self, subject: Subject, name: str, other: str):
        [key] = await subject.add(f"We met at {name}.")
        hits = await subject.store.preview_rule(subject.workspace.id, {"contains_keyword": other.lstrip("#")})
        assert [hit.id for hit in hits] == [key]


async def test_an_alias_beyond_ascii_means_its_tag(subject: Subject):
    await subject.store.add_tags(subject.workspace.id, [Tag("", "summer", aliases=("ÉTÉ",))])
    [key] = await subject.add("one", tags=("été",))
    assert (await subject.asset(key)).tags == ("summer",)
