"""What is like what: suggestions to merge, and related tags; the same on every store."""

from dataclasses import replace

import pytest
from tests.contract.subject import Subject, tagged

from campaignbase.errors import NotFoundError
from campaignbase.models import Category, Correction, Tag
from campaignbase.models.curation import MergeSuggestion


async def embedded(subject: Subject, *tags: Tag) -> None:
    """Only these tags, with vectors; equal texts have equal ones."""
    for known in await subject.store.tags(subject.workspace.id):
        await subject.store.remove_tag(subject.workspace.id, known.name)
    await subject.store.add_tags(subject.workspace.id, tags)
    await subject.finish()
    # the name is part of what is embedded: make the twins alike
    for twin in ("promo code", "coupon"):
        subject.sql(
            "update tags set embedding = (select embedding from tags where name = 'voucher') where name = %s",
            twin,
        )


async def label(subject: Subject, *names: str) -> str:
    ids = [await subject.tag(name) for name in names]
    [key] = await subject.add(f"Text about {', '.join(names)}.")
    await subject.finish(tags=tagged(*ids))
    return key


async def test_labels_alike_in_meaning_or_use_may_be_one(subject: Subject):
    words = ("voucher", "coupon", "promo code", "winter", "skiing", "gloves")
    await embedded(subject, *(Tag("", word) for word in words), Tag("", "buyers", "audience"))
    for _ in range(3):
        await label(subject, "winter", "skiing")
    await label(subject, "gloves", "winter", "voucher")
    found = await subject.store.merge_suggestions(subject.workspace.id, "tag")
    alike = [pair for pair in found if (pair.similarity or 0) > 0.99]
    assert {frozenset((pair.source, pair.target)) for pair in alike} == {
        frozenset(pair)
        for pair in (("voucher", "coupon"), ("voucher", "promo code"), ("coupon", "promo code"))
    }
    assert all(pair.target == "voucher" for pair in alike if "voucher" in (pair.source, pair.target))
    # used by 3 of 4 texts together is not always, of 5 it is
    assert not [pair for pair in found if pair.source == "skiing"]
    await label(subject, "winter", "skiing")
    [used] = [
        pair
        for pair in await subject.store.merge_suggestions(subject.workspace.id, "tag")
        if pair.source == "skiing"
    ]
    assert (used.target, used.source_count, used.target_count, used.together) == ("winter", 4, 5, 4)
    # "not the same" is remembered, through a rename too
    await subject.store.mark_distinct(subject.workspace.id, "tag", "Coupons", "voucher")
    await subject.store.mark_distinct(subject.workspace.id, "tag", "voucher", "coupon")
    coupon = next(tag for tag in await subject.store.tags(subject.workspace.id) if tag.name == "coupon")
    await subject.store.edit_tag(subject.workspace.id, "coupon", replace(coupon, name="rebate"))
    left = await subject.store.merge_suggestions(subject.workspace.id, "tag")
    assert {frozenset((pair.source, pair.target)) for pair in left if (pair.similarity or 0) > 0.99} == {
        frozenset(("voucher", "promo code")),
        frozenset(("rebate", "promo code")),
    }
    assert len(await subject.store.merge_suggestions(subject.workspace.id, "tag", 1)) == 1
    with pytest.raises(NotFoundError, match="not two labels"):
        await subject.store.mark_distinct(subject.workspace.id, "tag", "voucher", "vouchers")


async def test_categories_that_people_mistake_for_each_other_may_be_one(subject: Subject):
    await subject.store.add_categories(subject.workspace.id, [Category("", "one x"), Category("", "two y")])
    subject.drop_label_jobs()
    for number in range(3):
        [key] = await subject.add(f"Text {number}.", primary_category="one x")
        await subject.store.correct(key, Correction(category="two y"))
    expected = MergeSuggestion("one x", "two y", 0, 3, None, 3)
    assert await subject.store.merge_suggestions(subject.workspace.id, "category") == [expected]
    await subject.store.mark_distinct(subject.workspace.id, "category", "Two-Y", "one x")
    assert await subject.store.merge_suggestions(subject.workspace.id, "category") == []


async def test_related_tags_follow_what_content_says(subject: Subject):
    await embedded(subject, *(Tag("", word) for word in ("voucher", "coupon", "winter", "skiing", "gloves")))
    for _ in range(2):
        await label(subject, "winter", "skiing")
    await label(subject, "winter", "gloves")  # once says nothing
    while await subject.store.refresh_related_tags():
        pass
    found = {tag.name: tag.related for tag in await subject.store.tags(subject.workspace.id)}
    assert found["winter"] == ("skiing",)
    assert found["skiing"] == ("winter",)
    assert found["gloves"] == ()
    assert found["coupon"] == ("voucher",)
    # nothing changed, so nothing is done
    assert await subject.store.refresh_related_tags() is None
    winter = next(tag for tag in await subject.store.tags(subject.workspace.id) if tag.name == "winter")
    await subject.store.edit_tag(subject.workspace.id, "winter", replace(winter, name="snow"))
    await subject.store.remove_tag(subject.workspace.id, "voucher")
    found = {tag.name: tag.related for tag in await subject.store.tags(subject.workspace.id)}
    assert (found["skiing"], found["coupon"]) == (("snow",), ())
    assert await subject.store.refresh_related_tags() == "default"
