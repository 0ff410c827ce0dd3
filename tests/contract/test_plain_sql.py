"""What any program may write by plain SQL, without knowing of us: the database keeps its promises itself."""

import sqlite3
import uuid

import psycopg
import pytest
from tests.contract.subject import Subject, chosen, failed, tagged

from campaignbase.models import DEFAULT_WORKSPACE_ID, NewCampaign

RULE = "insert into automation_rules (name, rule_type, conditions, actions)"
REFUSED = (sqlite3.IntegrityError, psycopg.Error)


async def the_asset(subject: Subject) -> str:
    [[asset_id]] = subject.sql("select cast(id as text) from content_assets")
    return asset_id


async def test_a_bare_insert_is_a_whole_row(subject: Subject):
    subject.drop_label_jobs()
    subject.sql("insert into content_assets (content) values ('Two for one')")
    asset_id = await the_asset(subject)
    assert uuid.UUID(asset_id).version == 4
    found = await subject.store.explain(asset_id)
    assert (found.asset.workspace_id, found.asset.label_state) == (DEFAULT_WORKSPACE_ID, "queued")
    assert (found.asset.tags, found.asset.category_source, found.job_state) == ((), None, "waiting")
    assert found.decisions == ()
    job = await subject.claim_one()
    assert (job.text, job.content_hash is not None) == ("Two for one", True)


@pytest.mark.parametrize(
    ("insert", "kind"),
    [
        ("insert into campaigns (name, campaign_type) values ('Spring', 'launch')", "categorize_campaign"),
        ("insert into categories (name) values ('podcast')", "embed_category"),
        ("insert into tags (name) values ('podcasts')", "embed_tag"),
    ],
)
async def test_everything_with_a_text_is_queued(subject: Subject, insert: str, kind: str):
    subject.drop_label_jobs()
    subject.sql(insert)
    assert (await subject.claim_one()).kind == kind


@pytest.mark.parametrize(
    ("update", "queued"),
    [
        ("content = 'other'", True),
        ("content = 'Two for one'", False),
        ("prompt = 'other'", False),  # content is read, not the prompt
        ("content = null, prompt = 'Two for one'", False),  # the same text from another column
        ("content = ' ', prompt = 'other'", True),
        ("content = null", True),
        ("file_path = 'a/b.png', language = 'en'", False),
    ],
)
async def test_only_another_text_is_queued(subject: Subject, update: str, queued: bool):
    [asset_id] = await subject.label("Two for one", category=chosen(await subject.category("offer")))
    subject.sql(f"update content_assets set {update}")
    found = await subject.store.explain(asset_id)
    assert (found.job_state, found.asset.label_state) == (
        ("waiting", "queued") if queued else (None, "labeled")
    )
    assert subject.sql("select revision_count from content_assets") == [(int(queued),)]
    assert (found.asset.primary_category, found.asset.category_source) == ("offer", "model")


async def test_an_edit_revives_a_dead_job(subject: Subject):
    subject.drop_label_jobs()
    [asset_id] = await subject.add("Two for one")
    for _ in range(4):
        await subject.complete(failed(await subject.claim_one()))
        subject.end_waiting()
    await subject.complete(failed(await subject.claim_one(), permanent=True))
    subject.sql("update content_assets set content = 'Three for one'")
    job = await subject.claim_one()
    assert (job.attempt, job.text) == (7, "Three for one")
    await subject.complete(failed(job))  # failures began anew
    found = await subject.store.explain(asset_id)
    assert (found.job_state, found.asset.label_state) == ("waiting", "queued")


@pytest.mark.parametrize(
    ("update", "kinds"),
    [
        ("categories set description = 'new' where name = 'offer'", ["embed_category"]),
        ("categories set name = 'deal' where name = 'offer'", ["embed_category"]),
        ("categories set manual_only = true where name = 'offer'", []),
        ("tags set name = 'hurry' where name = 'urgency'", ["embed_tag"]),
        ("tags set description = description", []),
        ("tags set usage_count = 0", []),
        ("campaigns set cta_pattern = 'Try it'", ["categorize_campaign"]),
        ("campaigns set status = 'active', posting_frequency = 'daily'", []),
    ],
)
async def test_labels_and_campaigns_are_queued_when_their_text_changes(
    subject: Subject, update: str, kinds: list[str]
):
    await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("Spring")])
    subject.sql("delete from {jobs}")
    subject.sql(f"update {update}")
    assert [row.kind for row in await subject.store.queue_status()] == kinds


async def test_keywords_are_part_of_a_labels_text(subject: Subject):
    subject.drop_label_jobs()
    for words in (("one", "two"), ("one, two",)):  # joined, they are the same text
        subject.sql("update categories set keywords = %s where name = 'offer'", subject.array(*words))
    job = await subject.claim_one()
    assert job.attempt == 1
    assert job.text.splitlines()[0] == "offer"
    assert job.text.splitlines()[-1] == "one, two"


@pytest.mark.parametrize("table", ["content_assets", "campaigns", "categories", "tags"])
async def test_a_deleted_row_takes_its_job_along(subject: Subject, table: str):
    subject.sql("delete from {jobs}")
    await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("Spring")])
    await subject.add("Two for one")
    subject.sql("insert into categories (name) values ('podcast')")
    subject.sql("insert into tags (name) values ('podcasts')")
    names = {"categories": "where name = 'podcast'", "tags": "where name = 'podcasts'"}
    assert len(await subject.store.queue_status()) == 4
    subject.sql(f"delete from {table} {names.get(table, '')}")
    assert len(await subject.store.queue_status()) == 3


async def test_a_deleted_row_takes_links_and_history_along(subject: Subject):
    await subject.label(
        "one", category=chosen(await subject.category("offer")), tags=tagged(await subject.tag("urgency"))
    )
    subject.sql("delete from content_assets")
    assert subject.sql("select * from content_asset_tags") == []
    assert subject.sql("select * from categorizations") == []


async def test_a_deleted_workspace_leaves_nothing(subject: Subject):
    other = await subject.store.create_workspace("other")
    subject.workspace = other
    await subject.label(
        "one", category=chosen(await subject.category("offer")), tags=tagged(await subject.tag("urgency"))
    )
    await subject.add("two", primary_category="event", target_audience="students")
    subject.sql("delete from workspaces where id = %s", other.id, keys=True)
    for table in ("content_assets", "categories", "tags", "automation_rules", "{jobs}", "categorizations"):
        assert subject.sql(f"select count(*) from {table} where workspace_id = %s", other.id) == [(0,)]
    assert len(await subject.store.categories(DEFAULT_WORKSPACE_ID)) > 15


async def test_a_label_written_by_hand_is_a_persons(subject: Subject):
    [asset_id] = await subject.label("one", category=chosen(await subject.category("offer")))
    subject.sql(
        "update content_assets"
        " set primary_category = 'event', sentiment = 'mixed', target_audience = 'Student'"
    )
    found = await subject.store.explain(asset_id)
    asset = found.asset
    assert (asset.primary_category, asset.sentiment, asset.target_audience) == ("event", "mixed", "students")
    assert {asset.category_source, asset.sentiment_source, asset.audience_source} == {"human"}
    assert asset.confirmed_at is not None
    human = {(one.field, one.label, one.previous_label) for one in found.decisions if one.source == "human"}
    assert human == {
        ("category", "event", "offer"),
        ("sentiment", "mixed", None),
        ("audience", "students", None),
    }


async def test_what_a_program_claims_about_its_label_does_not_count(subject: Subject):
    subject.sql(
        "insert into content_assets (content, primary_category, category_source)"
        " values ('one', 'offer', 'model')"
    )
    subject.sql("insert into content_assets (content, category_source) values ('two', 'human')")
    found = {asset.text: asset.category_source for asset in await subject.store.content(subject.workspace.id)}
    assert found == {"one": "human", "two": None}


async def test_an_edit_of_text_and_label_at_once_keeps_both(subject: Subject):
    [asset_id] = await subject.label("one", category=chosen(await subject.category("offer")))
    subject.sql("update content_assets set content = 'two', primary_category = 'event'")
    asset = await subject.asset(asset_id)
    assert (asset.primary_category, asset.category_source, asset.label_state) == ("event", "human", "queued")
    await subject.finish(category=chosen(await subject.category("offer")))
    asset = await subject.asset(asset_id)
    assert (asset.primary_category, asset.label_state) == ("event", "labeled")


async def test_an_edit_of_the_array_becomes_links(subject: Subject):
    [asset_id] = await subject.label(
        "one", tags=tagged(await subject.tag("urgency"), await subject.tag("trust"))
    )
    subject.sql(
        "update content_assets set tags = %s", subject.array("Urgent!", "#Trusts", "trust", "  ", "-")
    )
    found = await subject.store.explain(asset_id)
    assert found.asset.tags == ("Urgent!", "trust")  # her order, the workspace's names, each once
    assert {(link.name, link.source, link.state) for link in found.tags} == {
        ("Urgent!", "human", "applied"),
        ("trust", "model", "applied"),  # was there before: still the machine's
        ("urgency", "human", "rejected"),
    }
    usage = {
        one.name: one.usage_count for one in await subject.store.tags(subject.workspace.id) if one.usage_count
    }
    assert usage == {"Urgent!": 1, "trust": 1}


async def test_an_alias_means_its_tag(subject: Subject):
    subject.sql("update tags set aliases = %s where name = 'urgency'", subject.array("Last Chances", "fomo"))
    await subject.add("one", tags=("last-chance", "FOMO", "unheard"))
    [asset] = await subject.store.content(subject.workspace.id)
    assert asset.tags == ("urgency", "unheard")


async def test_another_order_of_tags_is_no_decision(subject: Subject):
    [asset_id] = await subject.label(
        "one", tags=tagged(await subject.tag("urgency"), await subject.tag("trust"))
    )
    before = len((await subject.store.explain(asset_id)).decisions)
    subject.sql("update content_assets set tags = %s", subject.array("urgency", "trust"))
    found = await subject.store.explain(asset_id)
    assert found.asset.tags == ("urgency", "trust")
    assert len(found.decisions) == before
    assert {link.source for link in found.tags} == {"model"}


async def test_links_written_by_hand_are_mirrored(subject: Subject):
    [asset_id] = await subject.label("one")
    for name, source, score, state in (
        ("statistic", "model", 0.9, "applied"),
        ("urgency", "human", None, "applied"),
        ("trust", "human", None, "applied"),
        ("students", "human", None, "rejected"),
    ):
        subject.sql(
            "insert into content_asset_tags (workspace_id, content_asset_id, tag_id, source, score, state)"
            " values (%s, %s, %s, %s, %s, %s)",
            subject.workspace.id,
            asset_id,
            await subject.tag(name),
            source,
            score,
            state,
        )
    assert (await subject.asset(asset_id)).tags == ("trust", "urgency", "statistic")
    trust, urgency = await subject.tag("trust"), await subject.tag("urgency")
    subject.sql("update content_asset_tags set state = 'rejected' where tag_id = %s", trust)
    assert (await subject.asset(asset_id)).tags == ("urgency", "statistic")
    subject.sql("delete from content_asset_tags where tag_id = %s", urgency)
    assert (await subject.asset(asset_id)).tags == ("statistic",)
    subject.sql("delete from content_asset_tags")
    assert (await subject.asset(asset_id)).tags == ()
    assert [
        one.usage_count for one in await subject.store.tags(subject.workspace.id) if one.usage_count
    ] == []


async def test_a_removed_tag_leaves_the_arrays(subject: Subject):
    [asset_id] = await subject.label(
        "one", tags=tagged(await subject.tag("urgency"), await subject.tag("trust"))
    )
    subject.sql("delete from tags where name = 'urgency'")
    found = await subject.store.explain(asset_id)
    assert (found.asset.tags, len(found.tags)) == (("trust",), 1)


async def test_a_renamed_tag_is_renamed_everywhere(subject: Subject):
    audience = chosen(await subject.tag("students"))
    [asset_id] = await subject.label("one", tags=tagged(await subject.tag("students")), audience=audience)
    before = len((await subject.store.explain(asset_id)).decisions)
    subject.sql("update tags set name = 'pupils' where name = 'students'")
    found = await subject.store.explain(asset_id)
    asset = found.asset
    assert (asset.tags, asset.target_audience, asset.audience_source) == (("pupils",), "pupils", "model")
    assert len(found.decisions) == before  # no correction


@pytest.mark.parametrize(
    "statement",
    [
        "insert into content_assets (content, primary_category) values ('one', 'nowhere')",
        "insert into content_assets (content, sentiment) values ('one', 'happy')",
        "insert into content_assets (content, asset_type) values ('one', 'song')",
        "insert into content_assets (content, source_key) values ('one', 'taken')",
        "update content_assets set primary_category = 'nowhere'",
        "update content_assets set label_state = 'nearly'",
        "update content_assets set workspace_id = '99999999-9999-4999-8999-999999999999'",
        "update tags set workspace_id = '99999999-9999-4999-8999-999999999999'",
        # of which jobs and answers would not know
        "update content_assets set id = '99999999-9999-4999-8999-999999999999'",
        "update tags set id = '99999999-9999-4999-8999-999999999999' where name = 'urgency'",
        "insert into campaigns (name, campaign_type, primary_category) values ('x', 'launch', 'nowhere')",
        "insert into campaigns (name, campaign_type) values (' ', 'launch')",
        "insert into campaigns (name, campaign_type) values ('x', 'Not Snake')",
        "delete from categories where name = 'offer'",
        "delete from tags where name = 'students'",
        "insert into categories (name) values ('offer')",
        "insert into tags (name) values ('Urgencies')",
        "insert into tags (name) values ('#-')",
        RULE + """ values ('x', 'tagging', '[]', '{{"add_tags": ["a"]}}')""",
        RULE + """ values ('x', 'categorization', '{{"tag": "a"}}', '{{"add_category": "nowhere"}}')""",
        """update automation_rules set conditions = 'no json'""",
    ],
)
async def test_nonsense_is_refused(subject: Subject, statement: str):
    await subject.add("one", source_key="taken", primary_category="offer", target_audience="students")
    before = subject.sql("select count(*), max(cast(updated_at as text)) from content_assets")
    with pytest.raises(REFUSED):
        subject.sql(statement)
    assert subject.sql("select count(*), max(cast(updated_at as text)) from content_assets") == before


async def test_two_levels_of_categories(subject: Subject):
    parent, child = await subject.category("recruitment"), await subject.category("job_opening")
    subject.sql("insert into categories (name, parent_id) values ('podcast', %s)", parent)
    with pytest.raises(REFUSED, match="third level"):
        subject.sql("insert into categories (name, parent_id) values ('deep', %s)", child)
    with pytest.raises(REFUSED, match="third level"):
        subject.sql(
            "update categories set parent_id = %s where id = %s", await subject.category("event"), parent
        )


@pytest.mark.parametrize(
    ("update", "grows"),
    [
        ("categories set name = 'deal' where name = 'offer'", True),
        ("categories set counter_examples = examples where name = 'offer'", True),
        ("tags set manual_only = true where name = 'trust'", True),
        ("tags set usage_count = 0 where name = 'trust'", False),
        ("categories set name = name", False),
    ],
)
async def test_an_edit_of_the_vocabulary_is_counted(subject: Subject, update: str, grows: bool):
    [before] = await subject.store.workspaces()
    subject.sql(f"update {update}")
    [after] = await subject.store.workspaces()
    assert (after.vocabulary_version > before.vocabulary_version) == grows


async def test_labeling_is_no_edit_of_the_vocabulary(subject: Subject):
    await subject.label(
        "one", category=chosen(await subject.category("offer")), tags=tagged(await subject.tag("trust"))
    )
    [after] = await subject.store.workspaces()
    assert after.vocabulary_version == subject.workspace.vocabulary_version


async def test_a_write_is_stamped(subject: Subject):
    await subject.add("one")
    subject.sql("update content_assets set updated_at = '2020-01-01T00:00:00.000000Z'")
    subject.sql("update content_assets set language = 'en'")
    [asset] = await subject.store.content(subject.workspace.id)
    assert asset.updated_at >= asset.created_at


async def test_posts_count_into_the_cost_of_their_campaign(subject: Subject):
    ids = await subject.store.insert_campaigns(
        subject.workspace.id, [NewCampaign("Spring"), NewCampaign("Summer")]
    )
    subject.sql(
        "insert into social_posts (campaign_id, platform, posting_cost)"
        " values (%s, 'x', '1.25'), (%s, 'x', '0.5')",
        ids[0],
        ids[0],
    )

    async def costs() -> dict[str, float]:
        return {
            found.name: float(found.actual_cost)
            for found in await subject.store.campaigns(subject.workspace.id)
        }

    assert await costs() == {"Spring": 1.75, "Summer": 0.0}
    subject.sql("update social_posts set campaign_id = %s where posting_cost = '0.5'", ids[1])
    assert await costs() == {"Spring": 1.25, "Summer": 0.5}
    subject.sql("delete from social_posts")
    assert await costs() == {"Spring": 0.0, "Summer": 0.0}
