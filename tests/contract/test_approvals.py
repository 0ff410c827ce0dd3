from datetime import UTC, datetime

import pytest
from tests.contract.subject import Subject

from campaignbase.errors import CampaignbaseError, InputError, NotFoundError
from campaignbase.models import NewCampaign, NewContent, Rule
from campaignbase.models.library import ContentChanges, NewPost, PostChanges

NOBODY = "00000000-0000-4000-8000-000000000000"
SOON = datetime(2030, 1, 2, 9, tzinfo=UTC)
HELD = "cannot be scheduled or posted while {} is not approved"


async def rule(subject: Subject, name: str, *actions: str, priority: int = 0) -> str:
    kind = "scheduling" if "schedule" in actions else "approval"
    done = dict.fromkeys(actions, True)
    made = await subject.store.add_rule(
        subject.workspace.id, Rule("", name, kind, {"min_word_count": 0}, done, priority)
    )
    return made.id


async def relabel(subject: Subject, key: str, *rules: str) -> None:
    await subject.store.queue_content([key])
    await subject.finish(rules=tuple((one, True) for one in rules))


async def history(subject: Subject, key: str) -> list[tuple[str, str, str | None, str | None]]:
    """Oldest first."""
    found = await subject.store.approvals(key)
    return [(one.previous_approval, one.approval, one.rule, one.note) for one in reversed(found)]


async def test_a_rule_asks_for_approval_and_a_person_gives_it(subject: Subject) -> None:
    asks = await rule(subject, "health claims", "require_approval")
    [key] = await subject.label("Cures colds.", rules=((asks, True),))
    asset = await subject.asset(key)
    assert (asset.approval, asset.approval_rule) == ("required", "health claims")
    assert asset.approval_at is not None
    [waiting] = await subject.store.approval_queue(subject.workspace.id)
    assert (waiting.id, waiting.kind, waiting.text, waiting.rule) == (
        key,
        "content",
        "Cures colds.",
        "health claims",
    )
    await subject.store.set_approval(key, "approved", "seen by legal")
    asset = await subject.asset(key)
    assert (asset.approval, asset.approval_rule, asset.approval_note) == ("approved", None, "seen by legal")
    assert await subject.store.approval_queue(subject.workspace.id) == []
    assert await history(subject, key) == [
        ("none", "required", "health claims", None),
        ("required", "approved", None, "seen by legal"),
    ]
    # a person's word stays, whatever rules say when it is labeled again
    await relabel(subject, key, asks)
    assert (await subject.asset(key)).approval == "approved"
    assert len(await history(subject, key)) == 2


async def test_what_waits_of_a_campaign(subject: Subject) -> None:
    store, home = subject.store, subject.workspace.id
    spring, autumn = await store.insert_campaigns(home, [NewCampaign("Spring"), NewCampaign("Autumn")])
    rows = [NewContent("text", "One.", campaign_id=spring), NewContent("text", "Two.", campaign_id=autumn)]
    one, two = (await store.insert_content(home, rows)).ids
    [post] = await store.add_posts(home, [NewPost("x", "Three.", spring, None)])
    for key in (one, two, post):
        await store.set_approval(key, "required")
    for campaign, waiting in ((spring, {one, post}), (autumn, {two}), (None, {one, two, post})):
        found = await store.approval_queue(home, campaign_id=campaign)
        assert {row.id for row in found} == waiting
    assert len(await store.approval_queue(home, 1, spring)) == 1


async def test_the_first_rule_by_priority_decides_and_its_word_ends_with_it(subject: Subject) -> None:
    asks = await rule(subject, "asks", "require_approval")
    trusts = await rule(subject, "trusts", "approve", priority=5)
    [key] = await subject.label("Thanks for 10 years.", rules=((asks, True), (trusts, True)))
    assert (await subject.asset(key)).approval == "approved"
    await relabel(subject, key, asks)
    assert (await subject.asset(key)).approval == "required"
    await relabel(subject, key)
    assert (await subject.asset(key)).approval == "none"
    assert await history(subject, key) == [
        ("none", "approved", "trusts", None),
        ("approved", "required", "asks", None),
        ("required", "none", None, None),
    ]


async def test_a_rule_does_not_approve_what_a_person_holds_back(subject: Subject) -> None:
    trusts = await rule(subject, "trusts", "approve")
    held, rejected = await subject.label("One.", "Two.")
    await subject.store.set_approval(held, "required")
    await subject.store.set_approval(rejected, "rejected")
    for key, state in ((held, "required"), (rejected, "rejected")):
        await relabel(subject, key, trusts)
        assert (await subject.asset(key)).approval == state


async def test_another_text_needs_another_approval(subject: Subject) -> None:
    by_person, by_rule = await subject.label("One.", "Two.")
    trusts = await rule(subject, "trusts", "approve")
    await subject.store.set_approval(by_person, "rejected", "too short")
    await relabel(subject, by_rule, trusts)
    for key in (by_person, by_rule):
        await subject.store.update_content(key, ContentChanges(generator="gpt_5"))
        assert (await subject.asset(key)).approval in ("rejected", "approved")
        await subject.store.update_content(key, ContentChanges(content="Another."))
    assert (await history(subject, by_person))[-1] == (
        "rejected",
        "required",
        None,
        "changed since it was rejected",
    )
    assert (await history(subject, by_rule))[-1] == (
        "approved",
        "required",
        "trusts",
        "changed since it was approved",
    )


async def test_a_post_that_publishes_something_else_needs_another_approval(subject: Subject) -> None:
    store, home = subject.store, subject.workspace.id
    [key] = await subject.label("Tastes of lemon.")
    waits, gone = await store.add_posts(
        home, [NewPost("x", content_asset_id=key), NewPost("email", content_asset_id=key)]
    )
    [own] = await store.add_posts(home, [NewPost("x", post_text="Hello")])
    for post in (waits, gone, own):
        await store.set_approval(post, "approved")
    subject.sql("update social_posts set status = 'posted' where id = %s", gone)
    await store.update_content(key, ContentChanges(generator="gpt_5"))
    assert (await store.get_post(waits)).approval == "approved"
    await store.update_content(key, ContentChanges(content="Cures colds."))
    assert (await history(subject, waits))[-1] == (
        "approved",
        "required",
        None,
        "its content changed since it was approved",
    )
    assert (await store.get_post(gone)).approval == "approved"
    # hashtags are read too, and so is a picture seen
    await store.update_post(own, PostChanges(hashtags=("curescolds",)))
    assert (await store.get_post(own)).approval == "required"
    for target in (key, waits):
        await store.set_approval(target, "approved")
    subject.sql("update content_assets set file_url = 'https://example.com/x.png' where id = %s", key)
    assert (await subject.asset(key)).approval == "required"
    assert (await store.get_post(waits)).approval == "required"


async def test_what_is_not_approved_is_not_scheduled(subject: Subject) -> None:
    store, home = subject.store, subject.workspace.id
    [key] = await subject.label("Cures colds.")
    await store.set_approval(key, "required")
    [draft] = await store.add_posts(home, [NewPost("x", content_asset_id=key)])
    for work in (
        store.add_posts(home, [NewPost("x", content_asset_id=key, scheduled_time=SOON)]),
        store.update_post(draft, PostChanges(scheduled_time=SOON)),
    ):
        with pytest.raises(InputError, match=HELD.format("its content")):
            await work
    await store.set_approval(key, "approved")
    assert (await store.update_post(draft, PostChanges(scheduled_time=SOON))).scheduled_time == SOON
    # a post alone may wait too
    [own] = await store.add_posts(home, [NewPost("x", post_text="Hello")])
    await store.set_approval(own, "rejected", "no")
    assert [one.kind for one in await store.approval_queue(home)] == []
    with pytest.raises(InputError, match=HELD.format("the post")):
        await store.update_post(own, PostChanges(scheduled_time=SOON))
    post = await store.get_post(own)
    assert (post.approval, post.approval_note) == ("rejected", "no")
    await store.update_post(own, PostChanges(post_text="Hello!"))
    assert (await store.get_post(own)).approval == "required"
    assert [one.id for one in await store.approval_queue(home)] == [own]


async def test_no_program_posts_what_waits_for_approval(subject: Subject) -> None:
    store, home = subject.store, subject.workspace.id
    [key] = await subject.label("Cures colds.")
    [post] = await store.add_posts(home, [NewPost("x", content_asset_id=key, scheduled_time=SOON)])
    listed = "select id from approved_posts where workspace_id = %s"
    assert len(subject.sql(listed, home)) == 1
    await store.set_approval(key, "rejected")
    assert subject.sql(listed, home) == []
    # it keeps its time, and may be edited
    assert (await store.update_post(post, PostChanges(hashtags=("a",)))).scheduled_time == SOON
    with pytest.raises(Exception, match=HELD.format("its content")):
        subject.sql("update social_posts set status = 'posted' where id = %s", post)
    await store.set_approval(key, "approved")
    subject.sql("update social_posts set status = 'posted' where id = %s", post)
    # nor what the rules that may ask for it have not read yet, unless a person has
    asks = ""
    for number, person_approves in enumerate(("post", "content")):
        [fresh] = await subject.add(f"Cures them all, {number}.")
        [post] = await store.add_posts(home, [NewPost("x", content_asset_id=fresh, scheduled_time=SOON)])
        assert len(subject.sql(listed, home)) == (0 if asks else 1)
        asks = asks or await rule(subject, "asks", "require_approval")
        assert subject.sql(listed, home) == []
        await store.set_approval(post if person_approves == "post" else fresh, "approved")
        assert len(subject.sql(listed, home)) == 1
        await store.update_content(fresh, ContentChanges(content=f"Cures them all, {number}!"))
        assert subject.sql(listed, home) == []


async def test_approval_refuses_what_is_not_there_and_what_nobody_says(subject: Subject) -> None:
    with pytest.raises(NotFoundError, match="no content or post"):
        await subject.store.set_approval(NOBODY, "approved")
    with pytest.raises(NotFoundError, match="no content or post"):
        await subject.store.set_approval("x", "approved")
    [key] = await subject.label("One.")
    with pytest.raises(InputError, match="approval 'none' is not one of approved, rejected, required"):
        await subject.store.set_approval(key, "none")
    with pytest.raises(CampaignbaseError, match="2000"):
        await subject.store.set_approval(key, "approved", "x" * 2001)
    assert await subject.store.approvals(NOBODY) == []
