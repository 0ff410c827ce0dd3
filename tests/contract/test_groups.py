"""Groups of tags of which content has only so many; the same on every store."""

import pytest
from tests.contract.subject import Subject, asked, tagged

from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import Correction, Tag, TagChoice, TagGroup

STAGES = ("awareness stage", "decision stage", "loyalty stage")


async def grouped(subject: Subject, least: int = 0, most: int | None = 1) -> None:
    await subject.store.add_tags(subject.workspace.id, [Tag("", name) for name in STAGES])
    await subject.store.save_tag_group(
        subject.workspace.id, TagGroup("funnel", least, most, ("Awareness-Stage", *STAGES[1:]))
    )
    await subject.finish()  # vectors


async def test_a_group_is_made_changed_and_removed(subject: Subject):
    await grouped(subject)
    [found] = await subject.store.tag_groups(subject.workspace.id)
    assert found == TagGroup("funnel", 0, 1, STAGES)
    changed = await subject.store.save_tag_group(
        subject.workspace.id, TagGroup("funnel", 1, 2, (STAGES[0], "urgency"))
    )
    assert changed == TagGroup("funnel", 1, 2, (STAGES[0], "urgency"))
    assert await subject.store.tag_groups(subject.workspace.id) == [changed]
    groups = {tag.name: tag.group for tag in await subject.store.tags(subject.workspace.id)}
    assert [groups[name] for name in (*STAGES, "urgency")] == ["funnel", None, None, "funnel"]
    await subject.store.remove_tag_group(subject.workspace.id, "funnel")
    assert await subject.store.tag_groups(subject.workspace.id) == []
    with pytest.raises(NotFoundError, match="no group 'funnel'"):
        await subject.store.remove_tag_group(subject.workspace.id, "funnel")
    with pytest.raises(NotFoundError, match="no tag 'nonesuch'"):
        await subject.store.save_tag_group(subject.workspace.id, TagGroup("x", 0, 1, ("nonesuch",)))
    for least, most in ((-1, 1), (9, None), (0, 0), (2, 1)):
        with pytest.raises(InputError, match="group 'x'"):
            await subject.store.save_tag_group(subject.workspace.id, TagGroup("x", least, most))
    assert await subject.store.tag_groups(subject.workspace.id) == []


async def test_a_persons_tag_drives_a_machines_out_of_a_full_group(subject: Subject):
    await grouped(subject)
    awareness = await subject.tag(STAGES[0])
    [key] = await subject.label("Meet us.", tags=tagged(awareness, await subject.tag("urgency")))
    await subject.store.correct(key, Correction(add_tags=("decision stage",)))
    assert (await subject.asset(key)).tags == ("urgency", "decision stage")
    # it was not refused: when hers is gone, a machine may say it again
    states = {link.name: link.state for link in (await subject.store.explain(key)).tags}
    assert "awareness stage" not in states
    counts = {tag.name: tag.usage_count for tag in await subject.store.tags(subject.workspace.id)}
    assert [counts[name] for name in STAGES] == [0, 1, 0]
    # and where a machine answers meanwhile, hers stands
    await subject.store.queue_content([key])
    await subject.finish(tags=tagged(awareness))
    assert (await subject.asset(key)).tags == ("decision stage",)


async def test_one_more_than_a_group_allows_is_refused(subject: Subject):
    await grouped(subject, most=2)
    with pytest.raises(InputError, match="more tags of"):
        await subject.add("Meet us.", tags=STAGES)
    [key] = await subject.add("Meet us.", tags=STAGES[:2])
    with pytest.raises(InputError, match=r"[tT]ake one away in the same edit"):
        await subject.store.correct(key, Correction(add_tags=(STAGES[2],)))
    with pytest.raises(Exception, match="more tags of"):
        subject.sql("update content_assets set tags = %s where id = %s", subject.array(*STAGES), key)
    assert (await subject.asset(key)).tags == STAGES[:2]
    await subject.store.correct(key, Correction(add_tags=(STAGES[2],), remove_tags=(STAGES[0],)))
    assert (await subject.asset(key)).tags == STAGES[1:]
    # a group that is older content's too much refuses no other edit
    await subject.store.save_tag_group(subject.workspace.id, TagGroup("funnel", 0, 1, STAGES))
    await subject.store.correct(key, Correction(add_tags=("urgency",)))
    await subject.finish()
    [gap] = await subject.store.group_gaps(subject.workspace.id)
    assert (gap.content_asset_id, gap.group, gap.max_tags, gap.tag_count) == (key, "funnel", 1, 2)


async def test_a_machines_answer_is_cut_to_its_strongest(subject: Subject):
    await grouped(subject)
    ids = [await subject.tag(name) for name in STAGES]
    chosen = tuple(
        TagChoice(key, "model", score, "x") for key, score in zip(ids, (0.2, 0.8, 0.5), strict=True)
    )
    [key] = await subject.label("Meet us.", tags=chosen)
    assert (await subject.asset(key)).tags == ("decision stage",)
    assert await subject.store.group_gaps(subject.workspace.id) == []


async def test_content_that_lacks_one_is_shown(subject: Subject):
    await grouped(subject, least=1)
    [key] = await subject.label("Meet us.")
    [gap] = await subject.store.group_gaps(subject.workspace.id)
    assert (gap.content_asset_id, gap.min_tags, gap.tag_count) == (key, 1, 0)
    await subject.store.correct(key, Correction(add_tags=("loyalty stage",)))
    assert await subject.store.group_gaps(subject.workspace.id) == []


async def test_what_is_asked_of_a_worker_names_the_group_and_every_tag_that_may_fill_it(subject: Subject):
    await grouped(subject, least=1)
    many = [Tag("", f"filler {number}", description="Meet us at the fair.") for number in range(25)]
    await subject.store.add_tags(subject.workspace.id, many)
    await subject.finish()  # vectors
    [key] = await subject.add("Meet us at the fair.", tags=(STAGES[2],))
    [item] = (await subject.store.categorization_context(asked(await subject.claim()))).items.values()
    near = [tag_id for tag_id, _ in item.tags]
    assert {await subject.tag(name) for name in STAGES} <= set(near)
    assert len(near) > 20
    assert [similarity for _, similarity in item.tags] == sorted((s for _, s in item.tags), reverse=True)
    assert item.human_tags == {await subject.tag(STAGES[2])}
    assert key == item.target_id


async def test_a_merge_keeps_the_group(subject: Subject):
    await grouped(subject)
    await subject.store.add_tags(subject.workspace.id, [Tag("", "buying")])
    subject.drop_label_jobs()
    [key] = await subject.label(
        "Meet us.", tags=tagged(await subject.tag("buying"), await subject.tag("awareness stage"))
    )
    await subject.store.merge_tags(subject.workspace.id, "buying", "decision stage")
    assert len((await subject.asset(key)).tags) == 1
    assert await subject.store.group_gaps(subject.workspace.id) == []


async def test_a_tag_takes_the_group_of_the_one_merged_into_it(subject: Subject):
    await grouped(subject)
    await subject.store.add_tags(subject.workspace.id, [Tag("", "buying")])
    subject.drop_label_jobs()
    [key] = await subject.label(
        "Meet us.", tags=tagged(await subject.tag("decision stage"), await subject.tag("buying"))
    )
    await subject.store.merge_tags(subject.workspace.id, "decision stage", "buying")
    [group] = await subject.store.tag_groups(subject.workspace.id)
    assert group.tags == ("awareness stage", "buying", "loyalty stage")
    assert (await subject.asset(key)).tags == ("buying",)


async def test_one_too_many_is_not_confirmed_either(subject: Subject):
    await grouped(subject, most=2)
    both = [await subject.tag(name) for name in STAGES[:2]]
    [key] = await subject.label("Meet us.", tags=tagged(*both))
    await subject.store.save_tag_group(subject.workspace.id, TagGroup("funnel", 0, 1, STAGES))
    with pytest.raises(InputError, match="more tags of"):
        await subject.store.correct(key, Correction(confirm=("tags",)))
    links = (await subject.store.explain(key)).tags
    assert {link.source for link in links} == {"model"}
