"""Pages, single rows, posts and dead jobs: what the REST API asks of every store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from tests.contract.subject import Subject, failed

from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import NewCampaign, NewContent
from campaignbase.models.library import (
    CampaignChanges,
    Change,
    ContentChanges,
    Cursor,
    NewPost,
    Page,
    PostChanges,
)

NOBODY = "99999999-9999-4999-8999-999999999999"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def walk(pages: Any, **asked: Any) -> list[list[str]]:
    """The ids of every page until there is no next one."""
    found: list[list[str]] = []
    after: Cursor | None = None
    while True:
        page: Page[Any] = await pages(after=after, **asked)
        found.append([row.id for row in page.items])
        if page.next is None:
            return found
        after = page.next


async def test_content_comes_page_by_page(subject: Subject):
    ids = await subject.add("one", "two", "three", "four", "five")  # of one moment: the id decides
    other = await subject.store.create_workspace("other")
    await subject.store.insert_content(other.id, [NewContent(content="theirs")])

    async def pages(**asked: Any) -> Page[Any]:
        return await subject.store.content_page(subject.workspace.id, **asked)

    found = await walk(pages, limit=2)
    assert [len(page) for page in found] == [2, 2, 1]
    listed = [row.id for row in await subject.store.content(subject.workspace.id)]
    assert [key for page in found for key in page] == listed
    assert set(listed) == set(ids)
    assert await walk(pages, limit=5) == [listed]
    assert [len(page) for page in await walk(pages, limit=0)] == [1] * 5  # clamped


async def test_a_page_goes_on_where_the_one_before_ended(subject: Subject):
    await subject.add("one", "two", "three")
    first = await subject.store.content_page(subject.workspace.id, limit=2)
    await subject.store.delete_content(first.items[1].id)  # the very row the cursor names
    await subject.add("newer")
    [rest] = (await subject.store.content_page(subject.workspace.id, after=first.next)).items
    assert rest.id not in {row.id for row in first.items}
    assert rest.text != "newer"


async def test_changes_are_told_from_one_on(subject: Subject):
    store, home = subject.store, subject.workspace.id
    assert await store.content_changes(home, None) == []
    begin = Change(datetime(1970, 1, 1, tzinfo=UTC), NOBODY)
    assert await store.content_changes(home, begin) == []
    ids = await subject.add("one", "two", "three", "four")
    other = await store.create_workspace("other")
    await store.insert_content(other.id, [NewContent(content="theirs")])
    before = await store.written_mark()

    told = await store.content_changes(home, begin)
    assert sorted(one.id for one in told) == sorted(ids)
    assert told == sorted(told, key=lambda one: (one.updated_at, one.id))
    assert await store.content_changes(home, None) == told[-1:]
    first = await store.content_changes(home, begin, limit=3)
    assert first + await store.content_changes(home, first[-1]) == told
    assert await store.written_mark() == before

    await store.update_content(told[0].id, ContentChanges(content="another one"))
    [changed] = await store.content_changes(home, told[-1])
    assert (changed.id, changed.updated_at > told[-1].updated_at) == (told[0].id, True)
    if before is not None:
        assert await store.written_mark() != before
    rows = {row.id: row for row in await store.contents([told[0].id, told[1].id, NOBODY])}
    assert rows.keys() == {told[0].id, told[1].id}
    assert (rows[told[0].id].text, rows[told[0].id].updated_at) == ("another one", changed.updated_at)
    assert await store.contents([]) == []


async def test_content_is_filtered(subject: Subject):
    [campaign] = await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("spring")])
    rows = [
        NewContent(content="one", primary_category="offer", tags=("urgency", 'with "quotes", {braces}')),
        NewContent(content="two", primary_category="event", campaign_id=campaign),
        NewContent(content="three", source_key="shop-3"),
    ]
    one, two, three = (await subject.store.insert_content(subject.workspace.id, rows)).ids
    [word] = [tag for tag in (await subject.asset(one)).tags if tag != "urgency"]
    for asked, found in [
        ({"category": "offer"}, {one}),
        ({"category": "no such"}, set()),
        ({"campaign_id": campaign}, {two}),
        ({"campaign_id": campaign.upper()}, {two}),
        ({"tag": "urgency"}, {one}),
        ({"tag": word}, {one}),
        ({"tag": "urg"}, set()),
        ({"label_state": "queued"}, {one, two, three}),
        ({"label_state": "queued", "category": "offer", "tag": "urgency"}, {one}),
        ({"label_state": "labeled"}, set()),
        ({"source_key": "shop-3"}, {three}),
        ({"source_key": "shop"}, set()),
    ]:
        page = await subject.store.content_page(subject.workspace.id, **asked)
        assert {row.id for row in page.items} == found, asked
    with pytest.raises(InputError, match="campaign_id 'x' is no id: expected a uuid"):
        await subject.store.content_page(subject.workspace.id, campaign_id="x")


async def test_content_is_changed_field_by_field(subject: Subject):
    [campaign] = await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("spring")])
    [key] = await subject.label("two for one")
    before = await subject.store.get_content(key)
    assert (before.text, before.label_state) == ("two for one", "review")
    changes = ContentChanges(campaign_id=campaign, parameters={"size": [1, None]}, generator="gpt_5")
    changed = await subject.store.update_content(key, changes)
    assert (changed.campaign_id, changed.text, changed.label_state) == (campaign, "two for one", "review")
    assert (changed.parameters, changed.generator, changed.prompt) == ({"size": [1, None]}, "gpt_5", None)
    assert changed == await subject.store.get_content(key)
    [shown] = await subject.store.preview_rule(subject.workspace.id, {"contains_keyword": "two"})
    assert (shown.parameters, shown.generator) == (changed.parameters, changed.generator)
    changed = await subject.store.update_content(
        key.upper(), ContentChanges(content=None, prompt="draw it", campaign_id=None)
    )
    assert (changed.text, changed.campaign_id, changed.label_state) == ("draw it", None, "queued")
    assert await subject.store.update_content(key, ContentChanges()) == changed
    [[generator]] = subject.sql("select generator from content_assets where id = %s", key)
    assert generator == "gpt_5"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (ContentChanges(content="a\x00b"), "content holds a NUL"),
        (ContentChanges(content="a\ud800"), "content holds half a surrogate pair at character 2"),
        (ContentChanges(prompt="x" * 1_000_001), "prompt has 1,000,001 bytes"),
        (ContentChanges(parameters={"a": "\x00"}), "parameters.a holds a NUL"),
        (ContentChanges(parameters={"a": [float("nan")]}), "parameters.a.0 is nan, which is no number"),
        (ContentChanges(generator="GPT 5"), "generator 'GPT 5' is not lower_snake_case"),
        (ContentChanges(campaign_id="x"), "campaign_id 'x' is no id"),
        (ContentChanges(campaign_id=NOBODY), f"no campaign '{NOBODY}' in this workspace"),
    ],
)
async def test_what_content_cannot_be_is_refused(subject: Subject, changes: ContentChanges, told: str):
    [key] = await subject.add("two for one")
    before = await subject.store.get_content(key)
    with pytest.raises(InputError, match=told):
        await subject.store.update_content(key, changes)
    assert await subject.store.get_content(key) == before


async def test_a_campaign_of_another_workspace_is_refused(subject: Subject):
    other = await subject.store.create_workspace("other")
    [theirs] = await subject.store.insert_campaigns(other.id, [NewCampaign("spring")])
    [key] = await subject.add("two for one")
    with pytest.raises(InputError, match="no campaign"):
        await subject.store.update_content(key, ContentChanges(campaign_id=theirs))
    with pytest.raises(InputError, match="row 2: no campaign"):
        await subject.store.add_posts(subject.workspace.id, [NewPost("x"), NewPost("x", campaign_id=theirs)])
    assert (await subject.store.post_page(subject.workspace.id)).items == ()


@pytest.mark.parametrize("key", [NOBODY, "x", "", "9999", NOBODY + "0"])
async def test_what_is_not_there_is_not_found(subject: Subject, key: str):
    store = subject.store
    for asked in (
        store.get_content(key),
        store.update_content(key, ContentChanges(content="x")),
        store.update_content(key, ContentChanges()),
        store.delete_content(key),
        store.get_campaign(key),
        store.update_campaign(key, CampaignChanges(name="x")),
        store.delete_campaign(key),
        store.get_post(key),
        store.update_post(key, PostChanges(platform="x")),
        store.delete_post(key),
    ):
        with pytest.raises(NotFoundError, match=f"no (content|campaign|post) with id '{key}'"):
            await asked


async def test_deleted_content_is_gone_with_its_job(subject: Subject):
    subject.drop_label_jobs()
    gone, stays = await subject.add("one", "two")
    await subject.store.delete_content(gone)
    assert [job.target_id for job in await subject.claim()] == [stays]
    with pytest.raises(NotFoundError):
        await subject.store.get_content(gone)


async def test_content_that_a_post_uses_stays(subject: Subject):
    [key] = await subject.add("one")
    [post] = await subject.store.add_posts(subject.workspace.id, [NewPost("x", content_asset_id=key)])
    with pytest.raises(InputError):
        await subject.store.delete_content(key)
    await subject.store.delete_post(post)
    await subject.store.delete_content(key)


async def test_campaigns_are_paged_changed_and_deleted(subject: Subject):
    rows = [NewCampaign("spring"), NewCampaign("summer", status="active"), NewCampaign("fall")]
    ids = await subject.store.insert_campaigns(subject.workspace.id, rows)

    async def pages(**asked: Any) -> Page[Any]:
        return await subject.store.campaign_page(subject.workspace.id, **asked)

    found = await walk(pages, limit=2)
    assert [len(page) for page in found] == [2, 1]
    assert {key for page in found for key in page} == set(ids)
    assert await walk(pages, status="active") == [[ids[1]]]
    assert await walk(pages, name="fall") == [[ids[2]]]
    assert await walk(pages, name="fal") == [[]]
    before = await subject.store.get_campaign(ids[0])
    assert (before.name, before.status, before.estimated_cost, before.target_platforms) == (
        *("spring", "draft", None, ()),
    )
    start = NOON.astimezone(timezone(timedelta(hours=2)))
    changes = CampaignChanges(
        name="spring sale",
        status="active",
        target_platforms=("x", "linked_in"),
        content_style="short",
        estimated_cost=Decimal("12.5"),
        start_date=start,
        end_date=start + timedelta(days=7),
        optimal_times=("09:00",),
    )
    changed = await subject.store.update_campaign(ids[0], changes)
    expected = replace(
        before,
        name="spring sale",
        status="active",
        target_platforms=("x", "linked_in"),
        content_style="short",
        estimated_cost=Decimal("12.50"),
        start_date=NOON,
        end_date=NOON + timedelta(days=7),
        optimal_times=("09:00",),
        updated_at=changed.updated_at,
    )
    assert changed == expected == await subject.store.get_campaign(ids[0])
    [key] = await subject.add("one", campaign_id=ids[0])
    await subject.store.add_posts(
        subject.workspace.id, [NewPost("x", campaign_id=ids[0], content_asset_id=key)]
    )
    await subject.store.delete_campaign(ids[0])
    assert (await subject.store.content_page(subject.workspace.id)).items == ()
    assert (await subject.store.post_page(subject.workspace.id)).items == ()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (CampaignChanges(name=" "), "name of a campaign is blank"),
        (CampaignChanges(status="gone"), "campaign status 'gone' is not one of draft"),
        (CampaignChanges(campaign_type="Two Words"), "campaign_type 'Two Words' is not lower_snake_case"),
        (CampaignChanges(estimated_cost=Decimal(-1)), "estimated_cost"),
        (CampaignChanges(start_date=NOON, end_date=NOON - timedelta(1)), "end_date is before start_date"),
        (CampaignChanges(start_date=NOON.replace(tzinfo=None)), "start_date .* has no time zone"),
    ],
)
async def test_what_a_campaign_cannot_be_is_refused(subject: Subject, changes: CampaignChanges, told: str):
    [key] = await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("spring")])
    before = await subject.store.get_campaign(key)
    with pytest.raises(InputError, match=told):
        await subject.store.update_campaign(key, changes)
    assert await subject.store.get_campaign(key) == before


async def test_posts_are_added_paged_and_changed(subject: Subject):
    [campaign] = await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("spring")])
    [content] = await subject.add("one")
    rows = [
        NewPost(
            "linked_in",
            "come in",
            campaign_id=campaign,
            content_asset_id=content,
            media_urls=("https://example.com/a,b.png",),
            scheduled_time=NOON,
            hashtags=("spring", 'a "b"'),
            mentions=("@us",),
        ),
        NewPost("x"),
        NewPost("x", "later"),
    ]
    ids = await subject.store.add_posts(subject.workspace.id, rows)
    assert await subject.store.add_posts(subject.workspace.id, []) == []

    async def pages(**asked: Any) -> Page[Any]:
        return await subject.store.post_page(subject.workspace.id, **asked)

    found = await walk(pages, limit=2)
    assert [len(page) for page in found] == [2, 1]
    assert {key for page in found for key in page} == set(ids)
    assert await walk(pages, status="posted") == [[]]
    [post] = (await pages(campaign_id=campaign)).items
    assert (post.id, post.platform, post.post_text, post.status, post.approval) == (
        *(ids[0], "linked_in", "come in", "scheduled", "none"),
    )
    assert (post.content_asset_id, post.scheduled_time, post.hashtags) == (content, NOON, ("spring", 'a "b"'))
    assert (post.media_urls, post.mentions) == (("https://example.com/a,b.png",), ("@us",))
    assert (post.views, post.engagement_rate, post.posted_time) == (None, None, None)
    changed = await subject.store.update_post(
        ids[0], PostChanges(post_text="come", hashtags=(), campaign_id=None, scheduled_time=None)
    )
    assert changed == replace(
        post,
        post_text="come",
        hashtags=(),
        campaign_id=None,
        scheduled_time=None,
        updated_at=changed.updated_at,
    )
    subject.sql("update social_posts set views = 8, likes = 1, shares = 1 where id = %s", ids[1])
    rates = {one.id: one.engagement_rate for one in (await pages()).items}
    assert rates == {ids[0]: None, ids[1]: 0.25, ids[2]: None}


@pytest.mark.parametrize(
    ("post", "told"),
    [
        (NewPost("Linked In"), "row 2: platform 'Linked In' is not lower_snake_case"),
        (NewPost("x", "a\x00"), "row 2: post_text holds a NUL"),
        (NewPost("x", hashtags=("a\x00",)), "row 2: hashtags holds a NUL"),
        (NewPost("x", content_asset_id=NOBODY), f"row 2: no content '{NOBODY}' in this workspace"),
        (NewPost("x", scheduled_time=NOON.replace(tzinfo=None)), "row 2: scheduled_time .* has no time zone"),
    ],
)
async def test_one_wrong_post_keeps_all_away(subject: Subject, post: NewPost, told: str):
    with pytest.raises(InputError, match=told):
        await subject.store.add_posts(subject.workspace.id, [NewPost("x"), post])
    assert (await subject.store.post_page(subject.workspace.id)).items == ()


async def test_dead_jobs_are_told_with_their_error(subject: Subject):
    subject.drop_label_jobs()
    other = await subject.store.create_workspace("other")
    subject.drop_label_jobs()
    [key] = await subject.add("one")
    await subject.store.insert_content(other.id, [NewContent(content="theirs")])
    assert await subject.store.dead_jobs(subject.workspace.id) == []
    jobs = await subject.claim()
    await subject.complete(*(failed(job, f"no {job.text}", permanent=True) for job in jobs))
    [dead] = await subject.store.dead_jobs(subject.workspace.id)
    assert (dead.target_id, dead.kind, dead.error) == (key, "categorize_content", "no one")
    assert dead.workspace_id == subject.workspace.id
    assert dead.id in {job.id for job in jobs}
    assert await subject.store.replay_jobs([dead.id]) == 1
    assert await subject.store.dead_jobs(subject.workspace.id) == []
