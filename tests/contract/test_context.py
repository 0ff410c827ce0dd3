"""categorization_context: what is known about each row before it is decided."""

import math
from typing import Any

import numpy as np
import pytest
from tests.contract.subject import Subject, answer, asked, chosen, tagged

from campaignbase.models import Correction, ItemContext, NewCampaign, NewContent, Rule, TagGroup, TrainedHead
from campaignbase.testing import FAKE_MODEL, hash_vectors


async def look(subject: Subject, asset_id: str) -> ItemContext:
    """The context of one asset, claimed again."""
    await subject.store.queue_content([asset_id])
    jobs = [job for job in await subject.claim() if job.target_id == asset_id]
    context = await subject.store.categorization_context(asked(jobs))
    await subject.store.release_jobs(jobs)
    return context.items[asset_id]


async def embed_labels(subject: Subject, **texts: str) -> None:
    """These categories get the vector of this text, the other labels none."""
    ids = {await subject.category(name): text for name, text in texts.items()}
    jobs = await subject.claim(500)
    wanted = [job for job in jobs if job.target_id in ids]
    await subject.complete(*(answer(job, embedding=hash_vectors([ids[job.target_id]])[0]) for job in wanted))
    subject.drop_label_jobs()


async def test_the_vocabulary_of_each_workspace_comes_along(subject: Subject):
    other = await subject.store.create_workspace("other")
    subject.drop_label_jobs()
    await subject.add("one")
    job = await subject.claim_one()
    context = await subject.store.categorization_context(asked([job]))
    assert set(context.workspaces) == {subject.workspace.id}
    assert other.id not in context.workspaces
    found = context.workspaces[subject.workspace.id]
    assert [category.name for category in found.categories] == sorted(
        category.name for category in found.categories
    )
    assert len(found.categories) == len(await subject.store.categories(subject.workspace.id))
    assert len(found.tags) == len(await subject.store.tags(subject.workspace.id))
    assert [rule.id for rule in found.rules] == [
        rule.id for rule in await subject.store.rules(subject.workspace.id)
    ]
    assert found.head is None
    offer = next(category for category in found.categories if category.name == "offer")
    assert offer.description
    assert offer.keywords


async def test_every_edit_of_a_label_is_seen_at_once(subject: Subject):
    """Labels that did not change are not sent again."""
    subject.sql("insert into tags (name, tag_type) values ('lanterns', 'format')")
    subject.sql("insert into categories (name) values ('night_market'), ('fairs')")
    subject.drop_label_jobs()
    await subject.add("one")
    requests = asked(await subject.claim())

    async def labels() -> dict[str, Any]:
        context = await subject.store.categorization_context(requests)
        found = context.workspaces[subject.workspace.id]
        return {one.name: one for one in (*found.categories, *found.tags)}

    before = await labels()
    assert await labels() == before
    for edit, *values in (
        ("update tags set tag_type = 'audience' where name = 'lanterns'",),
        ("update tags set description = 'Lights of paper.' where name = 'lanterns'",),
        ("update tags set aliases = %s where name = 'lanterns'", subject.array("paper light")),
        ("update categories set counter_examples = %s where name = 'night_market'", subject.array("day")),
        ("update categories set keywords = %s where name = 'night_market'", subject.array("stalls")),
        ("update categories set manual_only = true where name = 'night_market'",),
        ("update categories set parent_id = %s where name = 'night_market'", await subject.category("fairs")),
        ("update categories set name = 'fair' where name = 'night_market'",),
        ("delete from tags where name = 'lanterns'",),
        ("insert into tags (name) values ('stalls')",),
    ):
        subject.sql(edit, *values)
        after = await labels()
        assert after != before, edit
        before = after
    await subject.store.save_tag_group(subject.workspace.id, TagGroup("mood", tags=("stalls",)))
    assert (await labels())["stalls"].group == "mood"


async def test_nothing_is_known_of_a_row_that_is_gone(subject: Subject):
    subject.drop_label_jobs()
    [asset_id] = await subject.add("one")
    jobs = await subject.claim()
    subject.sql("delete from content_assets where id = %s", asset_id)
    context = await subject.store.categorization_context(asked(jobs))
    assert (context.items, context.workspaces) == ({}, {})
    empty = await subject.store.categorization_context([])
    assert (empty.items, empty.workspaces) == ({}, {})


async def test_facts_are_what_a_rule_may_ask(subject: Subject):
    subject.drop_label_jobs()
    [campaign_id] = await subject.store.insert_campaigns(
        subject.workspace.id,
        [NewCampaign("Spring", campaign_type="launch", target_platforms=("x", "linkedin"))],
    )
    [asset_id] = await subject.add(
        "Two  for\none", campaign_id=campaign_id, generator="gpt", tags=("urgency",), sentiment="mixed"
    )
    assert (await look(subject, asset_id)).facts == {
        "text": "Two  for\none",
        "content_type": "text",
        "campaign_type": "launch",
        "platforms": ["x", "linkedin"],
        "generator": "gpt",
        "language": None,
        "category": None,
        "tags": ["urgency"],
        "sentiment": "mixed",
        "target_audience": None,
        "quality_score": None,
        "word_count": 3,
        "similarity": None,
    }


async def test_a_campaign_has_no_facts_tags_or_rules(subject: Subject):
    subject.drop_label_jobs()
    [campaign_id] = await subject.store.insert_campaigns(
        subject.workspace.id, [NewCampaign("Spring sale", primary_category="offer")]
    )
    item = await look(subject, campaign_id)
    assert (item.facts, item.tags, item.matched_rules, item.rejected_tags) == (None, (), (), frozenset())
    assert (item.category, item.human_fields) == ("offer", {"category"})


async def test_what_a_person_set_is_named(subject: Subject):
    urgency = await subject.tag("urgency")
    [asset_id] = await subject.label("one", tags=tagged(urgency))
    assert (await look(subject, asset_id)).human_fields == frozenset()
    correction = Correction(category="offer", audience="students", remove_tags=("urgency",))
    await subject.store.correct(asset_id, correction)
    item = await look(subject, asset_id)
    assert (item.human_fields, item.rejected_tags) == ({"category", "audience"}, {urgency})


async def test_the_nearest_categories_come_first(subject: Subject):
    await embed_labels(subject, offer="two for one", event="one evening", webinar="something else")
    [asset_id] = await subject.add("two for one")
    item = await look(subject, asset_id)
    offer, event, webinar = [await subject.category(name) for name in ("offer", "event", "webinar")]
    assert [category_id for category_id, _ in item.categories] == [offer, event, webinar]
    # "one evening" shares 1 of 2 words with 3: 1 / sqrt(2 * 3)
    assert [round(score, 4) for _, score in item.categories] == [1.0, 0.4082, 0.0]
    assert round(item.facts["similarity"], 4) == 1.0


async def test_manual_only_labels_are_never_offered(subject: Subject):
    await embed_labels(subject, offer="two for one", event="one evening")
    subject.sql("update categories set manual_only = true where name = 'offer'")
    [asset_id] = await subject.add("two for one")
    item = await look(subject, asset_id)
    assert [category_id for category_id, _ in item.categories] == [await subject.category("event")]
    subject.sql("update categories set manual_only = false where name = 'offer'")
    assert len((await look(subject, asset_id)).categories) == 2


async def test_at_most_twelve_categories_and_twenty_tags(subject: Subject):
    await subject.finish()
    [asset_id] = await subject.add("one")
    item = await look(subject, asset_id)
    assert (len(item.categories), len(item.tags)) == (12, 20)
    scores = [score for _, score in item.tags]
    assert scores == sorted(scores, reverse=True)


async def test_neighbors_are_rows_a_person_filed(subject: Subject):
    subject.drop_label_jobs()
    near, far, equal = await subject.add(
        "two for one today", "our autumn party", "two for one", primary_category="offer", tags=("urgency",)
    )
    await subject.label("two for one now", category=chosen(await subject.category("event")))  # a machine's
    [asset_id] = await subject.label("two for one")
    item = await look(subject, asset_id)
    assert [(found.id, found.equal) for found in item.neighbors] == [
        (equal, True),
        (near, False),
        (far, False),
    ]
    # 3 shared words of 3 and 4: 3 / sqrt(3 * 4)
    assert [round(found.similarity, 4) for found in item.neighbors] == [1.0, 0.866, 0.0]
    assert {found.category_id for found in item.neighbors} == {await subject.category("offer")}
    assert item.neighbors[0].tags == ("urgency",)
    assert [found.text for found in item.neighbors] == [
        "two for one", "two for one today", "our autumn party"
    ]  # fmt: skip


async def test_a_row_is_never_its_own_neighbor(subject: Subject):
    subject.drop_label_jobs()
    ids = await subject.add("two for one", "two for one", primary_category="offer")
    await subject.finish()
    assert [(found.id, found.equal) for found in (await look(subject, ids[0])).neighbors] == [(ids[1], True)]


async def test_a_neighbor_speaks_with_what_people_said_only(subject: Subject):
    subject.drop_label_jobs()
    [neighbor] = await subject.add("two for one", primary_category="offer", tags=("trust",))
    await subject.finish(
        tags=tagged(await subject.tag("urgency")), audience=chosen(await subject.tag("students"))
    )
    [asset_id] = await subject.label("two for one")
    [found] = (await look(subject, asset_id)).neighbors
    assert (found.id, found.tags, found.audience) == (neighbor, ("trust",), None)
    await subject.store.correct(neighbor, Correction(audience="job_seekers"))
    [found] = (await look(subject, asset_id)).neighbors
    assert found.audience == "job_seekers"


async def test_neighbors_follow_corrections_edits_and_deletions(subject: Subject):
    first, second, asset_id = await subject.label("two for one", "one for two", "two for one")
    assert (await look(subject, asset_id)).neighbors == ()
    await subject.store.correct(first, Correction(category="offer"))
    await subject.store.correct(second, Correction(category="event"))
    offer, event = await subject.category("offer"), await subject.category("event")
    found = (await look(subject, asset_id)).neighbors
    assert [(one.id, one.category_id) for one in found] == [(first, offer), (second, event)]
    await subject.store.correct(first, Correction(category=""))  # filed nowhere any more
    assert [one.id for one in (await look(subject, asset_id)).neighbors] == [second]
    subject.sql("delete from content_assets where id = %s", second)
    assert (await look(subject, asset_id)).neighbors == ()


async def test_at_most_ten_neighbors_and_the_equal_text(subject: Subject):
    subject.drop_label_jobs()
    texts = [f"two for one {number} {'x' * 500}" for number in range(15)]
    await subject.add(*texts, primary_category="offer")
    await subject.finish()
    [asset_id] = await subject.label("two for one")
    found = (await look(subject, asset_id)).neighbors
    assert len(found) == 10
    assert {one.text for one in found} < {text[:400] for text in texts}


async def test_without_a_vector_there_are_facts_only(subject: Subject):
    await embed_labels(subject, offer="two for one")
    await subject.add("two for one", primary_category="offer")
    await subject.finish()
    [asset_id] = await subject.label(" ")
    item = await look(subject, asset_id)
    assert (item.categories, item.neighbors, item.trained) == ((), (), ())
    assert item.facts["text"] == " " or item.facts["text"] == ""


async def test_campaigns_are_compared_with_campaigns(subject: Subject):
    subject.drop_label_jobs()
    ids = await subject.store.insert_campaigns(
        subject.workspace.id,
        [
            NewCampaign("summer sale", primary_category="offer"),
            NewCampaign("summer party", primary_category="event"),
            NewCampaign("summer sale again"),
        ],
    )
    await subject.add("summer sale again", primary_category="webinar")
    await subject.finish()
    found = (await look(subject, ids[2])).neighbors
    assert [(one.id, one.category_id) for one in found] == [
        (ids[0], await subject.category("offer")),
        (ids[1], await subject.category("event")),
    ]
    assert [one.text for one in found] == ["summer sale", "summer party"]


async def test_at_most_ten_campaigns_and_never_itself(subject: Subject):
    subject.drop_label_jobs()
    rows = [NewCampaign(f"summer sale {number}", primary_category="offer") for number in range(12)]
    ids = await subject.store.insert_campaigns(subject.workspace.id, rows)
    await subject.finish()
    found = [one.id for one in (await look(subject, ids[0])).neighbors]
    assert (len(found), ids[0] in found) == (10, False)


@pytest.mark.parametrize(
    ("conditions", "holds"),
    [
        ({"contains_keyword": "TWO"}, True),
        ({"contains_keyword": "wo"}, False),  # word boundaries
        ({"campaign_type": "launch", "platform": ["x"]}, True),
        ({"campaign_type": "launch", "platform": "facebook"}, False),
        ({"any": [{"tag": "Urgency"}, {"sentiment": "negative"}]}, True),
        ({"not": {"content_type": "text"}}, False),
        ({"min_word_count": 3, "max_word_count": 3}, True),
        ({"matches_regex": "tw[aeo] for"}, True),
        ({"min_similarity": 0.9}, True),
        ({"min_similarity": 0.9, "max_similarity": 0.95}, False),
    ],
)
async def test_rules_that_hold_are_named(subject: Subject, conditions: dict[str, object], holds: bool):
    await embed_labels(subject, offer="two for one")
    subject.sql("delete from automation_rules")
    rule = Rule("", "mine", "categorization", conditions, {"add_category": "offer"})
    rule = await subject.store.add_rule(subject.workspace.id, rule)
    [campaign_id] = await subject.store.insert_campaigns(
        subject.workspace.id, [NewCampaign("Spring", campaign_type="launch", target_platforms=("x",))]
    )
    [asset_id] = await subject.add("Two for one", campaign_id=campaign_id, tags=("urgency",))
    assert (await look(subject, asset_id)).matched_rules == ((rule.id,) if holds else ())


async def test_disabled_rules_and_rules_of_other_types_are_not_asked(subject: Subject):
    subject.sql("delete from automation_rules")
    rule = Rule(
        "", "mine", "categorization", {"contains_keyword": "two"}, {"add_category": "offer"}, enabled=False
    )
    await subject.store.add_rule(subject.workspace.id, rule)
    rule = Rule("", "tags", "tagging", {"contains_keyword": "two"}, {"add_tags": ["urgency"]})
    tagging = await subject.store.add_rule(subject.workspace.id, rule)
    subject.drop_label_jobs()
    [asset_id] = await subject.add("two for one")
    jobs = await subject.claim()
    context = await subject.store.categorization_context(asked(jobs))
    assert context.items[asset_id].matched_rules == ()
    assert [found.id for found in context.workspaces[subject.workspace.id].rules] == [tagging.id]


async def test_the_trained_head_scores_every_label(subject: Subject):
    offer, event = await subject.category("offer"), await subject.category("event")
    weights = np.stack([hash_vectors(["two for one"])[0] * 2, np.zeros(1536, dtype=np.float32)])
    head = TrainedHead(FAKE_MODEL, 40, 0.5, (offer, event), weights, np.array([0.0, 1.0], dtype=np.float32))
    await subject.store.save_head(subject.workspace.id, head)
    [asset_id] = await subject.label("two for one")
    await subject.store.queue_content([asset_id])
    jobs = await subject.claim()
    context = await subject.store.categorization_context(asked(jobs))
    # logits 2 and 1: softmax is 1 / (1 + e^-1) and the rest
    share = 1 / (1 + math.exp(-1))
    [(first, high), (second, low)] = context.items[asset_id].trained
    assert (first, second) == (offer, event)
    assert (high, low) == (pytest.approx(share, abs=1e-6), pytest.approx(1 - share, abs=1e-6))
    found = context.workspaces[subject.workspace.id].head
    assert (found.embedding_model, found.train_rows, found.threshold) == (FAKE_MODEL, 40, 0.5)


async def test_a_batch_of_several_workspaces_is_kept_apart(subject: Subject):
    other = await subject.store.create_workspace("other")
    subject.drop_label_jobs()
    await subject.add("two for one", primary_category="offer")
    await subject.finish()
    mine = await subject.add("two for one")
    workspace, subject.workspace = subject.workspace, other
    theirs = await subject.add("two for one")
    subject.workspace = workspace
    jobs = await subject.claim()
    context = await subject.store.categorization_context(asked(jobs))
    assert set(context.items) == {*mine, *theirs}
    assert len(context.items[mine[0]].neighbors) == 1
    assert context.items[theirs[0]].neighbors == ()
    assert context.items[theirs[0]].workspace_id == other.id


async def test_another_process_changes_what_is_near(subject: Subject):
    first, asset_id = await subject.label("two for one", "two for one")
    assert (await look(subject, asset_id)).neighbors == ()
    other = await subject.open()
    await other.correct(first, Correction(category="offer"))
    row = NewContent(content="two for two", primary_category="event")
    [added] = (await other.insert_content(subject.workspace.id, [row])).ids
    jobs = [job for job in await other.claim_jobs("w2") if job.target_id == added]
    await other.complete_jobs([answer(job) for job in jobs])
    await other.close()
    assert {found.id for found in (await look(subject, asset_id)).neighbors} == {first, added}
