from datetime import UTC, datetime

import pytest
from tests.contract.subject import PostgresSubject, Subject

from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import NewCampaign, Rule
from campaignbase.models.library import CampaignChanges, NewPost

# clocks in Berlin go forward in the night to 26 March 2130, a Sunday
START = datetime(2130, 3, 24, 23, tzinfo=UTC)
TIMES = ("18:30", "9:00")


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2130, 3, day, hour, minute, tzinfo=UTC)


class Plan:
    """A campaign in Berlin, and a rule that schedules whatever is in it."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.campaign = self.rule = ""

    async def make(self, **campaign: object) -> None:
        store, home = self.subject.store, self.subject.workspace.id
        await store.set_timezone(home, "Europe/Berlin")
        told = {"target_platforms": ("instagram", "x"), "optimal_times": TIMES, "start_date": START}
        new = NewCampaign("Spring", **{**told, **campaign})  # type: ignore[arg-type]
        [self.campaign] = await store.insert_campaigns(home, [new])
        rule = Rule("", "plan it", "scheduling", {"min_word_count": 0}, {"schedule": True})
        self.rule = (await store.add_rule(home, rule)).id
        await self.subject.finish()

    async def label(self, *texts: str) -> list[str]:
        self.subject.drop_label_jobs()
        ids = []
        for text in texts:
            ids += await self.subject.add(text, campaign_id=self.campaign)
            await self.subject.finish(rules=((self.rule, True),))
        return ids

    async def posts(self, key: str | None = None) -> set[tuple[str, datetime | None]]:
        page = await self.subject.store.post_page(self.subject.workspace.id, content_asset_id=key)
        return {(post.platform, post.scheduled_time) for post in page.items}


@pytest.fixture
def plan(subject: Subject) -> Plan:
    return Plan(subject)


async def test_posts_are_written_at_the_next_free_times_of_the_campaign(plan: Plan) -> None:
    await plan.make()
    # somebody's own post stands at the first time on one of the two
    own = NewPost("x", post_text="ours", scheduled_time=utc(25, 8))
    await plan.subject.store.add_posts(plan.subject.workspace.id, [own])
    one, two, three = await plan.label("One.", "Two.", "Three.")
    assert await plan.posts(one) == {("instagram", utc(25, 8)), ("x", utc(25, 17, 30))}
    # 09:00 on the day after is an hour earlier in UTC: summer time
    assert await plan.posts(two) == {("instagram", utc(25, 17, 30)), ("x", utc(26, 7))}
    assert await plan.posts(three) == {("instagram", utc(26, 7)), ("x", utc(26, 16, 30))}
    page = await plan.subject.store.post_page(plan.subject.workspace.id, content_asset_id=one)
    assert {(post.campaign_id, post.status, post.post_text) for post in page.items} == {
        (plan.campaign, "scheduled", None)
    }


async def test_content_that_is_labeled_again_is_not_scheduled_twice(plan: Plan) -> None:
    store = plan.subject.store
    await plan.make()
    [key] = await plan.label("One.")
    page = await store.post_page(plan.subject.workspace.id)
    gone = next(post for post in page.items if post.platform == "x")
    await store.delete_post(gone.id)  # a person does not want that one
    await store.update_campaign(
        plan.campaign, CampaignChanges(target_platforms=("instagram", "x", "linkedin"))
    )
    await store.queue_content([key])
    await plan.subject.finish(rules=((plan.rule, True),))
    assert await plan.posts() == {("instagram", utc(25, 8)), ("linkedin", utc(25, 8))}


async def test_what_waits_for_approval_is_scheduled_when_it_has_it(plan: Plan) -> None:
    store = plan.subject.store
    await plan.make()
    asks = await store.add_rule(
        plan.subject.workspace.id,
        Rule("", "asks", "approval", {"min_word_count": 0}, {"require_approval": True}),
    )
    plan.subject.drop_label_jobs()
    [key] = await plan.subject.add("One.", campaign_id=plan.campaign)
    fired = ((asks.id, True), (plan.rule, True))
    await plan.subject.finish(rules=fired)
    assert await plan.posts() == set()
    await store.set_approval(key, "approved")
    assert (await plan.subject.asset(key)).label_state == "queued"
    await plan.subject.finish(rules=fired)
    assert await plan.posts() == {("instagram", utc(25, 8)), ("x", utc(25, 8))}


@pytest.mark.parametrize(
    "campaign",
    [
        {"target_platforms": ()},
        {"optimal_times": ()},
        {"status": "paused"},
        {"status": "completed"},
        {"end_date": utc(25, 7, 59)},  # before the first time
    ],
    ids=str,
)
async def test_nothing_is_scheduled_without_a_place_or_a_time(plan: Plan, campaign: dict) -> None:
    await plan.make(**campaign)
    await plan.label("One.")
    assert await plan.posts() == set()


async def test_a_time_may_be_of_one_weekday(plan: Plan) -> None:
    await plan.make(optimal_times=("mon 08:00", "Wed 7:15"), target_platforms=("x",), end_date=utc(31, 22))
    await plan.label("One.", "Two.", "Three.")
    # Monday 27 and Wednesday 29 March; the next Monday is after the end
    assert await plan.posts() == {("x", utc(27, 6)), ("x", utc(29, 5, 15))}


async def test_a_platform_that_no_post_can_have_is_refused(plan: Plan) -> None:
    store, home = plan.subject.store, plan.subject.workspace.id
    told = "target platform 'Linked In' is not lower_snake_case"
    with pytest.raises(InputError, match=told):
        await store.insert_campaigns(home, [NewCampaign("Late", target_platforms=("x", "Linked In"))])
    await plan.make()
    with pytest.raises(InputError, match=told):
        await store.update_campaign(plan.campaign, CampaignChanges(target_platforms=("Linked In",)))
    # one that is older than the check keeps no content from being labeled
    is_server = isinstance(plan.subject, PostgresSubject)
    if is_server:
        plan.subject.sql("alter table public.campaigns disable trigger _150_check_plan")
    platforms = plan.subject.array("Linked In", "x")
    plan.subject.sql("update campaigns set target_platforms = %s", platforms)
    if is_server:
        plan.subject.sql("alter table public.campaigns enable trigger _150_check_plan")
    [key] = await plan.label("One.")
    assert {platform for platform, _ in await plan.posts(key)} == {"x"}


async def test_times_and_time_zones_that_are_none_are_refused(plan: Plan) -> None:
    store, home = plan.subject.store, plan.subject.workspace.id
    for zone in ("Berlin/Europe", "UTC+3", "", "Europe/Berlin; drop"):
        with pytest.raises(InputError, match="unknown time zone"):
            await store.set_timezone(home, zone)
    if isinstance(plan.subject, PostgresSubject):  # by plain SQL, where an offset means its opposite
        for zone in ("UTC+3", "CEST"):
            with pytest.raises(Exception, match="unknown time zone"):
                plan.subject.sql("update workspaces set timezone = %s", zone)
    with pytest.raises(NotFoundError):
        await store.set_timezone("00000000-0000-4000-8000-000000000000", "UTC")
    with pytest.raises(InputError, match="optimal time '24:00' is none"):
        await store.insert_campaigns(home, [NewCampaign("Late", optimal_times=("09:00", "24:00"))])
    await plan.make()
    with pytest.raises(InputError, match="optimal time 'noon' is none"):
        await store.update_campaign(plan.campaign, CampaignChanges(optimal_times=("noon",)))
    [workspace] = await store.workspaces()
    assert workspace.timezone == "Europe/Berlin"
