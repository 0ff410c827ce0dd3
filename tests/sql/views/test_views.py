"""The views people look at: who sees what, and every column by hand."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal

import psycopg
import pytest
from tests.sql.scene import Row, Scene, answer, failure, label, rows, value

VIEWS = ["review_queue", "content_labels", "category_usage", "campaign_overview", "audit_queue"]
JUNE = datetime(2026, 6, 1, 9, tzinfo=UTC)


def review(scene: Scene, asset: uuid.UUID) -> Row:
    [found] = rows(scene.owner, "select * from public.review_queue where id = %s", [asset])
    return found


def labels(scene: Scene, asset: uuid.UUID) -> dict[tuple[str, str], Row]:
    found = rows(scene.owner, "select * from public.content_labels where content_asset_id = %s", [asset])
    assert {row["content_asset_id"] for row in found} == {asset}
    return {(row["field"], row["label"]): row for row in found}


# who sees what


@pytest.fixture
def two_houses(scene: Scene) -> tuple[uuid.UUID, uuid.UUID]:
    """Two workspaces with a row in every view."""
    both = (scene.workspace("Ours"), scene.workspace("Theirs"))
    news = {}
    for workspace in both:
        news[workspace] = scene.category(workspace, "news")
        campaign = scene.campaign(workspace)
        scene.asset(workspace, "labeled", primary_category="news", campaign_id=campaign)
        scene.asset(workspace, "unsure")
        scene.asset(workspace, "broken")
        scene.asset(workspace, "sure")
    for job in scene.claim():
        if job["target_text"] == "broken":
            scene.complete(failure(job, "secret of its workspace", permanent=True))
        elif job["target_text"] == "sure":
            scene.complete(answer(job, category=label(news[job["workspace_id"]])))
        elif job["kind"] == "categorize_content":
            scene.complete(answer(job, category={"reasons": ["too close"]}))
    scene.owner.execute("update public.categorizations set audited_at = now() where source = 'model'")
    return both


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("role", ["owner", "editor", "viewer"])
def test_a_member_sees_her_workspace(
    scene: Scene, two_houses: tuple[uuid.UUID, uuid.UUID], view: str, role: str
) -> None:
    ours, _ = two_houses
    found = rows(scene.of(scene.member(ours, role=role)), f"select * from public.{view}")
    everything = rows(scene.owner, f"select * from public.{view} where workspace_id = %s", [ours])
    assert found
    assert sorted(map(str, found)) == sorted(map(str, everything))


@pytest.mark.parametrize("view", VIEWS)
def test_others_see_nothing_and_the_service_all(
    scene: Scene, two_houses: tuple[uuid.UUID, uuid.UUID], view: str
) -> None:
    nobody = scene.of(scene.member())
    assert rows(nobody, f"select * from public.{view}") == []
    seen = {row["workspace_id"] for row in rows(scene.service, f"select * from public.{view}")}
    assert seen == set(two_houses)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        scene.session("anon").execute(f"select * from public.{view}")


@pytest.mark.parametrize("view", VIEWS)
def test_nobody_writes_through_a_view(
    scene: Scene, two_houses: tuple[uuid.UUID, uuid.UUID], view: str
) -> None:
    for connection in (scene.of(scene.member(two_houses[0], role="owner")), scene.service):
        with pytest.raises(
            (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectNotInPrerequisiteState)
        ):
            connection.execute(f"delete from public.{view}")


def test_the_error_of_a_dead_job_is_for_members(
    scene: Scene, two_houses: tuple[uuid.UUID, uuid.UUID]
) -> None:
    ours, theirs = two_houses
    find = "select id from public.content_assets where workspace_id = %s and content = 'broken'"
    asset = value(scene.owner, find, [ours])
    ask = "select private.dead_job_error(%s)"
    assert value(scene.of(scene.member(ours, role="viewer")), ask, [asset]) == "secret of its workspace"
    assert value(scene.service, ask, [asset]) == "secret of its workspace"
    assert value(scene.of(scene.member(theirs)), ask, [asset]) is None
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        scene.session("anon").execute(ask, [asset])


# review_queue


def test_review_queue_says_what_came_nearest(scene: Scene) -> None:
    workspace = scene.workspace()
    news = scene.category(workspace, "news")
    asset = scene.asset(workspace, "x" * 300, campaign_id=scene.campaign(workspace, "Spring"))
    scene.owner.execute("delete from private.jobs where kind = 'categorize_campaign'")
    [job] = scene.claim()
    nearest = {"id": None, "candidate": str(news), "score": 0.25, "reasons": ["nobody was sure: news 0.25"]}
    scene.complete(answer(job, category=nearest, model="offline-1"))
    scene.owner.execute("update public.categorizations set created_at = %s", [JUNE])
    row = review(scene, asset)
    expected = {
        "workspace_id": workspace, "campaign": "Spring", "asset_type": "text", "text": "x" * 200,
        "label_state": "review", "cause": "nobody_sure", "error": None, "candidate": "news", "source": None,
        "score": 0.25, "reasons": ["nobody was sure: news 0.25"], "model": "offline-1", "waiting_since": JUNE,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_review_queue_tells_why_a_row_waits(scene: Scene) -> None:
    workspace = scene.workspace()
    news = scene.category(workspace, "news")
    cleared = scene.asset(workspace, "cleared", primary_category="news")
    scene.owner.execute("update public.content_assets set primary_category = null")
    empty = scene.asset(workspace, " \n")
    failed = scene.asset(workspace, "failed")
    scene.asset(workspace, "labeled", primary_category="news")
    for job in scene.claim():
        if job["target_id"] == failed:
            scene.complete(failure(job, "no such model", permanent=True))
        elif job["target_id"] == empty:
            nothing = {"embedding": None, "category": {"reasons": ["there is nothing to read"]}}
            scene.complete(answer(job, **nothing))
        else:
            scene.complete(answer(job, category=label(news, reasons=["near its description"])))
    scene.asset(workspace, "queued")
    found = {row["id"]: row for row in rows(scene.owner, "select * from public.review_queue")}
    assert {key: (row["cause"], row["text"], row["error"]) for key, row in found.items()} == {
        cleared: ("cleared", "cleared", None),
        empty: ("nothing_to_read", None, None),
        failed: ("failed", "failed", "no such model"),
    }
    # a machine still says what it thinks of a row that a person cleared
    assert (found[cleared]["candidate"], found[cleared]["source"]) == ("news", "model")
    assert (found[empty]["candidate"], found[empty]["reasons"]) == (None, ["there is nothing to read"])
    assert found[failed]["waiting_since"] == scene.asset_row(failed)["updated_at"]
    # the last decision counts
    assert (found[failed]["candidate"], found[failed]["reasons"]) == (None, None)


def test_review_queue_loses_a_row_that_a_person_files(scene: Scene) -> None:
    workspace = scene.workspace()
    scene.category(workspace, "news")
    scene.asset(workspace)
    [job] = scene.claim()
    scene.complete(answer(job, category={}))
    person = scene.of(scene.member(workspace))
    assert len(rows(person, "select * from public.review_queue")) == 1
    person.execute("update public.content_assets set primary_category = 'news'")
    assert rows(person, "select * from public.review_queue") == []


# content_labels


def test_content_labels_have_a_row_a_label(scene: Scene) -> None:
    workspace = scene.workspace()
    news, sale = scene.category(workspace, "news"), scene.tag(workspace, "sale")
    parents = scene.tag(workspace, "parents", tag_type="audience")
    asset = scene.asset(workspace, tags=["mine"])
    scene.owner.execute("delete from private.jobs where kind = 'embed_tag'")
    [job] = scene.claim()
    scene.complete(
        answer(
            job,
            category=label(news, "rule", 1.0, reasons=["rule 'x'"]),
            sentiment={"label": "mixed", "source": "model", "score": 0.5, "reasons": ["words"]},
            audience=label(parents, "neighbor", 0.75, reasons=["2 of 2"]),
            tags=[{"id": str(sale), "source": "model", "score": 0.25, "reason": "keyword 'sale'"}],
            model="offline-1",
        )
    )
    found = labels(scene, asset)
    shown = {key: (row["source"], row["score"], row["reasons"], row["model"]) for key, row in found.items()}
    assert shown == {
        ("category", "news"): ("rule", 1.0, ["rule 'x'"], "offline-1"),
        ("sentiment", "mixed"): ("model", 0.5, ["words"], "offline-1"),
        ("audience", "parents"): ("neighbor", 0.75, ["2 of 2"], "offline-1"),
        ("tag", "sale"): ("model", 0.25, ["keyword 'sale'"], "offline-1"),
        ("tag", "mine"): ("human", None, ["added by a person"], None),
    }
    assert None not in {row["decided_at"] for row in found.values()}


def test_content_labels_are_the_standing_ones_under_their_name_of_today(scene: Scene) -> None:
    workspace = scene.workspace()
    news, offer = scene.category(workspace, "news"), scene.category(workspace, "offer")
    scene.tag(workspace, "sale")
    asset = scene.asset(workspace, tags=["sale"])
    scene.owner.execute("update public.content_assets set tags = '{}'")  # refused
    [job] = scene.claim()
    scene.complete(answer(job, category=label(news, reasons=["near news"])))
    person = scene.of(scene.member(workspace))
    person.execute("update public.content_assets set primary_category = 'offer'")
    scene.service.execute("select public.queue_content(%s)", [[asset]])
    [job] = [job for job in scene.claim() if job["kind"] == "categorize_content"]
    scene.complete(answer(job, category=label(news, reasons=["near news again"])))
    person.execute("update public.categories set name = 'deal' where id = %s", [offer])
    [(key, row)] = labels(scene, asset).items()
    assert key == ("category", "deal")
    assert (row["source"], row["reasons"], row["model"]) == ("human", ["set by a person"], None)


# category_usage


def test_category_usage_rolls_up(scene: Scene) -> None:
    workspace = scene.workspace()
    events = scene.category(workspace, "events")
    webinar = scene.category(workspace, "webinar", parent_id=events)
    scene.category(workspace, "fair", parent_id=events)
    scene.category(workspace, "offer")
    elsewhere = scene.workspace("B")
    scene.category(elsewhere, "webinar")
    scene.asset(elsewhere, primary_category="webinar")
    for category, created_at in (("events", 1), ("webinar", 2), ("webinar", 3), ("offer", 4)):
        scene.asset(workspace, primary_category=category, created_at=JUNE.replace(day=created_at))
    scene.campaign(workspace, primary_category="webinar")
    # one of the two webinars was filed by a machine
    scene.owner.execute("select set_config('campaignbase.actor', 'machine', false)")
    scene.owner.execute(
        "update public.content_assets set confirmed_at = null, category_source = 'model'"
        " where created_at = %s",
        [JUNE.replace(day=3)],
    )
    scene.owner.execute("select set_config('campaignbase.actor', '', false)")
    found = rows(
        scene.of(scene.member(workspace)),
        "select path, parent_id, parent, content_count, content_count_with_children, confirmed_count,"
        " confirmed_count_with_children, campaign_count, last_used_at from public.category_usage"
        ' order by path collate "C"',
    )
    assert [tuple(row.values()) for row in found] == [
        ("events", None, None, 1, 3, 1, 2, 0, JUNE),
        ("events / fair", events, "events", 0, 0, 0, 0, 0, None),
        ("events / webinar", events, "events", 2, 2, 1, 1, 1, JUNE.replace(day=3)),
        ("offer", None, None, 1, 1, 1, 1, 0, JUNE.replace(day=4)),
    ]
    counters = dict(
        scene.owner.execute("select name, usage_count from public.categories where id = %s", [webinar])
    )
    assert counters == {"webinar": 2}


# campaign_overview


def test_campaign_overview_counts_content_and_posts_apart(scene: Scene) -> None:
    workspace = scene.workspace()
    scene.category(workspace, "news")
    spring = scene.campaign(workspace, "Spring", estimated_cost=100, primary_category="news")
    quiet = scene.campaign(workspace, "Quiet")
    scene.owner.execute("delete from private.jobs")
    for text, cost in (("a", "1.5"), ("b", "0.25"), ("c", None)):
        scene.asset(workspace, text, campaign_id=spring, generation_cost=cost)
    for job in scene.claim():
        if job["target_text"] == "a":
            scene.complete(answer(job, category={}))
        if job["target_text"] == "b":
            scene.complete(failure(job, permanent=True))
    for status, scheduled, posted, cost in (
        ("scheduled", JUNE.replace(day=9), None, None),
        ("scheduled", JUNE.replace(day=8), None, None),
        ("posted", JUNE.replace(day=2), JUNE.replace(day=3), "2"),
        ("failed", JUNE, None, "0.5"),
    ):
        scene.insert(
            "social_posts", workspace_id=workspace, campaign_id=spring, platform="x", status=status,
            scheduled_time=scheduled, posted_time=posted, posting_cost=cost,
        )  # fmt: skip
    found = {row["id"]: row for row in rows(scene.owner, "select * from public.campaign_overview")}
    expected = {
        "name": "Spring", "status": "draft", "primary_category": "news", "category_source": "human",
        "content_count": 3, "content_queued": 1, "content_labeled": 0, "content_review": 1,
        "content_failed": 1,
        "posts_scheduled": 2, "posts_posted": 1, "posts_failed": 1, "posts_deleted": 0,
        "next_post_at": JUNE.replace(day=8), "last_post_at": JUNE.replace(day=3),
        "estimated_cost": 100, "actual_cost": Decimal("4.25"), "generation_cost": Decimal("1.75"),
        "posting_cost": Decimal("2.5"),
    }  # fmt: skip
    assert {name: found[spring][name] for name in expected} == expected
    nothing = {name: found[quiet][name] for name in expected if name.startswith(("content_", "posts_"))}
    assert set(nothing.values()) == {0}
    assert (found[quiet]["next_post_at"], found[quiet]["actual_cost"], found[quiet]["posting_cost"]) == (
        None,
        0,
        0,
    )


# what they read


def test_the_queue_and_the_labels_of_a_row_are_read_by_index(scene: Scene) -> None:
    """10,000 rows with eight decisions each, 200 in review: pages touched, not seconds."""
    ours, *_ = [scene.workspace(name) for name in "ABCD"]
    with psycopg.connect(scene.database.admin_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute(
            "insert into public.content_assets (workspace_id, content, label_state)"
            " select id, 'text ' || n, case when n % 50 = 0 then 'review' else 'labeled' end"
            " from public.workspaces, generate_series(1, 2500) as n"
        )
        admin.execute(
            "insert into public.categorizations (workspace_id, content_asset_id, field, outcome, created_at)"
            " select workspace_id, id, 'category', 'abstained', now() - n * interval '1 day'"
            " from public.content_assets, generate_series(1, 8) as n"
        )
        admin.execute("vacuum analyze public.content_assets, public.categorizations")
    person = scene.of(scene.member(ours, role="viewer"))
    asset = value(scene.owner, "select id from public.content_assets where workspace_id = %s limit 1", [ours])
    for query, most in (
        ("select * from public.review_queue order by waiting_since limit 20", 800),
        ("select * from public.review_queue where cause = 'nobody_sure'", 800),
        (f"select * from public.content_labels where content_asset_id = '{asset}'", 60),
    ):
        [(plan,)] = person.execute(f"explain (analyze, buffers, format json) {query}").fetchall()
        top = plan[0]["Plan"]
        touched = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
        # 10,000 rows and their history stand on some 1,500 pages
        assert touched < most, (query, touched)
