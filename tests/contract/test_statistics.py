"""Counts and sums of all rows there are, not of the newest."""

import pytest
from tests.contract.subject import Subject, chosen

from campaignbase.errors import InputError
from campaignbase.models import Correction, NewCampaign
from campaignbase.models.library import ContentStatistics, NewPost, PlatformStatistics, PostStatistics

NOTHING = ContentStatistics(rows=0, by_state={}, by_source={}, confirmed=0)


async def test_content_is_counted_by_state_and_by_who_decided(subject: Subject):
    store, home = subject.store, subject.workspace.id
    assert await store.content_statistics(home) == NOTHING
    [campaign] = await store.insert_campaigns(home, [NewCampaign("spring")])
    first, _ = await subject.label("one", "two", category=chosen(await subject.category("offer")))
    await subject.label("nobody knows")
    await store.correct(first, Correction(category="event"))
    await subject.add("three", campaign_id=campaign)
    found = await store.content_statistics(home)
    assert found == ContentStatistics(
        rows=4,
        by_state={"labeled": 2, "queued": 1, "review": 1},
        by_source={"human": 1, "model": 1, "nobody": 2},
        confirmed=1,
    )
    of_campaign = await store.content_statistics(home, campaign)
    assert (of_campaign.rows, of_campaign.by_state) == (1, {"queued": 1})
    other = await store.create_workspace("other")
    assert await store.content_statistics(other.id) == NOTHING
    with pytest.raises(InputError, match="campaign_id 'x' is no id"):
        await store.content_statistics(home, "x")


async def test_posts_are_summed_by_platform(subject: Subject):
    store, home = subject.store, subject.workspace.id
    assert await store.post_statistics(home) == PostStatistics(0, 0, 0, 0, ())
    [campaign] = await store.insert_campaigns(home, [NewCampaign("spring")])
    posts = [*[NewPost("instagram")] * 3, NewPost("x", campaign_id=campaign)]
    first, second, third, other = await store.add_posts(home, posts)
    for key, changes in (
        (first, "status = 'posted', views = 2000000000, likes = 40, comments = 10"),
        (second, "status = 'posted', views = 2000000000, likes = 50"),
        (third, "status = 'failed', likes = 7"),  # without views it has no part in the rate
        (other, "likes = 3, views = 0"),
    ):
        subject.sql(f"update social_posts set {changes} where id = %s", key)
    instagram = PlatformStatistics(
        "instagram", 3, 0, 2, 1, 4_000_000_000, 97, 10, None, None, engagement_rate=0.0
    )
    x = PlatformStatistics("x", 1, 1, 0, 0, 0, 3, None, None, None, engagement_rate=None)
    assert await store.post_statistics(home) == PostStatistics(4, 1, 2, 1, (instagram, x))
    subject.sql("update social_posts set views = 400 where id = %s", first)
    subject.sql("update social_posts set views = 600 where id = %s", second)
    [rated, _] = (await store.post_statistics(home)).platforms
    assert (rated.views, rated.engagement_rate) == (1000, 0.1)  # 100 reactions
    assert await store.post_statistics(home, campaign) == PostStatistics(1, 1, 0, 0, (x,))
