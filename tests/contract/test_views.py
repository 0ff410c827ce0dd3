"""The views answer the same rows on every engine; each column by hand is in tests/sql/views."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.contract.subject import Subject, answer, chosen, failed, felt, tagged

from campaignbase.models import LabelChoice, NewCampaign

MONEY = {"estimated_cost", "actual_cost", "generation_cost", "posting_cost"}


def view(subject: Subject, name: str, order: str, *columns: str) -> list[tuple[Any, ...]]:
    """Columns of a view in the form that both engines share: times as whether there is one."""
    listed = ", ".join(f"cast({column} as text)" if column.endswith("id") else column for column in columns)
    found = subject.sql(f"select {listed} from {name} order by {order}")
    return [tuple(map(plain, columns, row)) for row in found]


def plain(column: str, value: Any) -> Any:
    if column.endswith(("_at", "_since")):
        return value is not None
    if column in MONEY and value is not None:
        return Decimal(str(value)).normalize()
    if column == "reasons" and isinstance(value, str):
        return json.loads(value)
    return value.isoformat() if isinstance(value, datetime) else value


async def test_review_queue(subject: Subject):
    subject.drop_label_jobs()
    offer = await subject.category("offer")
    unsure, cleared, failing, odd = await subject.add("unsure", "cleared", "failing", "a" * 250)
    subject.sql("insert into content_assets (file_path) values ('a/b/ \t')")
    subject.sql("insert into content_assets (file_path) values ('a/b/nearest.png')")
    [[file_id]] = subject.sql(
        "select cast(id as text) from content_assets where file_path = 'a/b/nearest.png'"
    )
    for job in await subject.claim():
        near = LabelChoice(score=0.25, reasons=("nobody was sure: offer 0.25",), candidate=offer)
        if job.target_id == failing:
            await subject.complete(failed(job, "no such model", permanent=True))
        elif job.target_id == cleared:
            await subject.complete(answer(job, category=chosen(offer), model="m-1"))
        elif job.target_id == unsure:
            await subject.complete(answer(job, category=near, model="m-1"))
        else:
            await subject.complete(answer(job, category=LabelChoice(reasons=("nothing speaks",))))
    # a later moment, whatever the engine's clock
    subject.sql("update categorizations set created_at = '2026-01-01T00:00:00.000000Z'")
    subject.sql("update content_assets set primary_category = null where id = %s", cleared)
    await subject.label("labeled", category=chosen(offer))

    columns = (
        "id",
        "cause",
        "text",
        "error",
        "candidate",
        "source",
        "score",
        "reasons",
        "model",
        "waiting_since",
    )
    found = {row[0]: row[1:] for row in view(subject, "review_queue", "1", *columns)}
    nothing = (None, None, None, ["nothing speaks"], None, True)
    [empty] = found.keys() - {unsure, cleared, failing, odd, file_id}
    assert found == {
        unsure: (
            "nobody_sure", "unsure", None, "offer", None, 0.25, ["nobody was sure: offer 0.25"], "m-1", True
        ),
        cleared: ("cleared", "cleared", None, None, "human", None, ["cleared by a person"], None, True),
        failing: ("failed", "failing", "no such model", None, None, None, None, None, True),
        odd: ("nobody_sure", "a" * 200, None, *nothing),
        file_id: ("nobody_sure", "nearest.png", None, *nothing),
        empty: ("nothing_to_read", None, None, *nothing),
    }  # fmt: skip


async def test_a_candidate_that_is_gone_or_foreign_is_no_name(subject: Subject):
    other = await subject.store.create_workspace("other")
    foreign = next(one.id for one in await subject.store.categories(other.id) if one.name == "offer")
    subject.drop_label_jobs()
    await subject.add("first", "second")
    first, second = await subject.claim()
    gone = "e0000000-0000-4000-8000-000000000000"
    for job, candidate in ((first, foreign), (second, gone)):
        assert await subject.complete(answer(job, category=LabelChoice(candidate=candidate))) == ["accepted"]
    assert subject.sql("select candidate from review_queue") == [(None,), (None,)]


async def test_content_labels(subject: Subject):
    [asset_id] = await subject.label(
        "Two for one",
        category=chosen(await subject.category("offer"), "rule", 1.0, "rule 'sale'"),
        sentiment=felt("mixed", score=0.25),
        audience=chosen(await subject.tag("students")),
        tags=tagged(await subject.tag("urgency"), await subject.tag("statistic")),
        model="m-1",
    )
    subject.sql("update categorizations set created_at = '2026-01-01T00:00:00.000000Z'")
    subject.sql(
        "update content_assets set sentiment = 'positive', tags = %s where id = %s",
        subject.array("urgency", "mine"),
        asset_id,
    )
    subject.sql("update categories set name = 'deal' where name = 'offer'")
    columns = ("content_asset_id", "field", "label", "source", "score", "reasons", "model", "decided_at")
    found = view(subject, "content_labels", "field, label", *columns)
    assert found == [
        (asset_id, "audience", "students", "model", 0.75, ["it says so"], "m-1", True),
        (asset_id, "category", "deal", "rule", 1.0, ["rule 'sale'"], "m-1", True),
        (asset_id, "sentiment", "positive", "human", None, ["set by a person"], None, True),
        (asset_id, "tag", "mine", "human", None, ["added by a person"], None, True),
        (asset_id, "tag", "urgency", "model", 0.75, ["it says so"], "m-1", True),
    ]


async def test_category_usage(subject: Subject):
    for statement in (
        "delete from automation_rules",
        "update categories set parent_id = null",
        "delete from categories",
        "insert into categories (name) values ('events')",
        "insert into categories (name, parent_id) select 'webinar', id from categories where name = 'events'",
    ):
        subject.sql(statement)
    await subject.label("by a machine", category=chosen(await subject.category("webinar")))
    for name in ("events", "webinar"):
        subject.sql("insert into content_assets (content, primary_category) values ('x', %s)", name)
    subject.sql(
        "insert into campaigns (name, campaign_type, primary_category) values ('Spring', 'launch', 'events')"
    )
    columns = (
        "path", "name", "parent", "content_count", "content_count_with_children", "confirmed_count",
        "confirmed_count_with_children", "campaign_count", "last_used_at",
    )  # fmt: skip
    assert view(subject, "category_usage", "path", *columns) == [
        ("events", "events", None, 1, 3, 1, 2, 1, True),
        ("events / webinar", "webinar", "events", 2, 2, 1, 1, 0, True),
    ]


async def test_campaign_overview(subject: Subject):
    await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("Quiet"), NewCampaign("Spring")])
    [[spring]] = subject.sql("select cast(id as text) from campaigns where name = 'Spring'")
    subject.sql("delete from {jobs}")
    for text, cost in (("a", "0.10"), ("b", "0.20"), ("c", None)):
        subject.sql(
            "insert into content_assets (content, campaign_id, generation_cost) values (%s, %s, %s)",
            text, spring, cost,
        )  # fmt: skip
    for job in await subject.claim():
        if job.text == "a":
            await subject.complete(answer(job))
        if job.text == "b":
            await subject.complete(failed(job, permanent=True))
    for status, moment, cost in (
        ("scheduled", "2026-06-08T09:00:00.000000Z", None),
        ("posted", None, "2"),
        ("deleted", None, "0.5"),
    ):
        subject.sql(
            "insert into social_posts (platform, campaign_id, status, scheduled_time, posting_cost)"
            " values ('x', %s, %s, %s, %s)",
            spring, status, moment, cost,
        )  # fmt: skip
    columns = (
        "name", "content_count", "content_queued", "content_labeled", "content_review", "content_failed",
        "posts_scheduled", "posts_posted", "posts_failed", "posts_deleted", "next_post_at", "last_post_at",
        "estimated_cost", "generation_cost", "posting_cost", "actual_cost",
    )  # fmt: skip
    nothing, some, most = Decimal(0), Decimal("0.3"), Decimal("2.5")
    quiet, spring_row = view(subject, "campaign_overview", "name", *columns)
    assert quiet == ("Quiet", 0, 0, 0, 0, 0, 0, 0, 0, 0, False, False, None, nothing, nothing, nothing)
    counts = ("Spring", 3, 1, 0, 1, 1, 1, 1, 0, 1, True, False, None)
    assert spring_row[:13] == counts
    assert tuple(round(value, 6) for value in spring_row[13:]) == (some, most, Decimal("2.8"))
