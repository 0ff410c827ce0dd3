"""What a failed answer does to its job: waiting, how long, dead, and back again."""

import uuid

import psycopg
import pytest
from tests.sql.scene import Row, Scene, answer, failure, rows, value


def wait(scene: Scene, target: uuid.UUID) -> float:
    """Seconds until the job may be claimed, as counted from the failure."""
    return float(
        value(
            scene.owner,
            "select extract(epoch from run_at - updated_at) from private.jobs where target_id = %s",
            [target],
        )
    )


def claimed(scene: Scene, failures: int = 0) -> tuple[uuid.UUID, Row]:
    asset = scene.asset(scene.workspace())
    [job] = scene.claim()
    scene.owner.execute("update private.jobs set failures = %s where target_id = %s", [failures, asset])
    return asset, job


@pytest.mark.parametrize(("failures", "longest"), [(0, 2), (1, 4), (2, 8), (3, 16)])  # dead at the fifth
def test_a_transient_failure_waits_within_bounds(scene: Scene, failures: int, longest: float) -> None:
    waits = []
    asset, job = claimed(scene, failures)
    for _ in range(8):
        scene.complete(failure(job))
        assert (scene.job(asset)["state"], scene.job(asset)["failures"]) == ("waiting", failures + 1)
        waits.append(wait(scene, asset))
        scene.rewind(asset)
        [job] = scene.claim()
        scene.owner.execute("update private.jobs set failures = %s where target_id = %s", [failures, asset])
    assert min(waits) >= -0.05  # the two clocks are read one after the other
    assert max(waits) <= longest
    assert max(waits) > longest / 4  # jitter over the whole range: all eight below, once in 65,000 runs
    assert scene.asset_row(asset)["label_state"] == "queued"


@pytest.mark.parametrize(
    ("failures", "sent", "state", "after"),
    [
        (0, {"permanent": True}, "dead", 1),
        (4, {}, "dead", 5),
        (3, {}, "waiting", 4),
        (4, {"retry_after": 30.0}, "waiting", 4),  # "later" is no failure
        (4, {"permanent": True, "retry_after": 30.0}, "dead", 4),
    ],
)
@pytest.mark.parametrize("kind", ["content", "campaign"])
def test_states_after_a_failure(
    scene: Scene, kind: str, failures: int, sent: dict[str, float], state: str, after: int
) -> None:
    workspace = scene.workspace()
    target = scene.asset(workspace) if kind == "content" else scene.campaign(workspace)
    [job] = scene.claim()
    scene.owner.execute("update private.jobs set failures = %s where target_id = %s", [failures, target])
    assert scene.complete(failure(job, "no good", **sent)) == ["accepted"]  # type: ignore[arg-type]
    found = scene.job(target)
    assert (found["state"], found["failures"], found["leased_by"]) == (state, after, None)
    assert found["last_error"] == "no good"
    table = "content_assets" if kind == "content" else "campaigns"
    label_state = value(scene.owner, f"select label_state from public.{table} where id = %s", [target])
    assert label_state == ("failed" if state == "dead" else "queued")


@pytest.mark.parametrize(("asked", "given"), [(30, 30), (0.5, 0.5), (10**7, 86400)])
def test_retry_after_is_kept_up_to_a_day(scene: Scene, asked: float, given: float) -> None:
    asset, job = claimed(scene)
    scene.complete(failure(job, retry_after=asked))
    assert abs(wait(scene, asset) - given) < 0.05


def test_a_long_message_is_cut(scene: Scene) -> None:
    asset, job = claimed(scene)
    scene.complete(failure(job, "x" * 5000))
    assert len(scene.job(asset)["last_error"]) == 2000


def test_the_answer_after_a_failure_is_stale(scene: Scene) -> None:
    _, job = claimed(scene)
    scene.complete(failure(job))
    assert scene.complete(answer(job)) == ["stale"]


def dead(scene: Scene, workspace: uuid.UUID, text: str) -> uuid.UUID:
    asset = scene.asset(workspace, text)
    [job] = [job for job in scene.claim() if job["target_id"] == asset]
    scene.complete(failure(job, permanent=True))
    return asset


def test_replay_gives_a_new_life(scene: Scene) -> None:
    workspace, other = scene.workspace(), scene.workspace("Other")
    first, second, third = dead(scene, workspace, "a"), dead(scene, workspace, "b"), dead(scene, other, "c")
    campaign = scene.campaign(other)
    [job] = scene.claim()
    scene.complete(failure(job, permanent=True))
    replay = "select public.replay_jobs(%s, %s)"
    assert value(scene.service, replay, [[scene.job(first)["id"]], other]) == 0  # both must hold
    assert value(scene.service, replay, [[scene.job(first)["id"]], None]) == 1
    assert {job["target_id"] for job in scene.claim()} == {first}
    assert scene.job(second)["state"] == "dead"
    assert value(scene.service, replay, [None, other]) == 2
    assert scene.job(third)["failures"] == 0
    assert scene.asset_row(third)["label_state"] == "queued"
    assert (
        value(scene.owner, "select label_state from public.campaigns where id = %s", [campaign]) == "queued"
    )
    assert value(scene.service, "select public.replay_jobs()") == 1
    assert scene.job(second)["attempt"] == 2  # the fence moved


def test_replay_keeps_what_a_person_labeled_meanwhile(scene: Scene) -> None:
    workspace = scene.workspace()
    scene.category(workspace, "news")
    asset = dead(scene, workspace, "a")
    person = scene.of(scene.member(workspace))
    person.execute("update public.content_assets set primary_category = 'news' where id = %s", [asset])
    assert scene.asset_row(asset)["label_state"] == "labeled"
    scene.service.execute("select public.replay_jobs()")
    assert scene.asset_row(asset)["label_state"] == "labeled"


def test_queue_content_asks_for_labels_again(scene: Scene) -> None:
    workspace, foreign = scene.workspace(), scene.workspace("Other")
    asset, campaign, theirs = scene.asset(workspace), scene.campaign(workspace), scene.asset(foreign)
    for job in scene.claim():
        scene.complete(answer(job))
    ids = [asset, campaign, theirs, uuid.uuid4()]
    ask = "select public.queue_content(%s)"
    assert value(scene.of(scene.member(workspace, role="viewer")), ask, [ids]) == 0
    assert value(scene.of(scene.member(workspace)), ask, [ids]) == 2
    assert scene.asset_row(asset)["label_state"] == "queued"
    assert scene.asset_row(theirs)["label_state"] == "review"
    assert {job["target_id"] for job in scene.claim()} == {asset, campaign}
    assert value(scene.service, ask, [ids]) == 3
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        scene.session("anon").execute(ask, [ids])


def test_queue_status_shows_what_the_caller_may_see(scene: Scene) -> None:
    ours, theirs = scene.workspace("Ours"), scene.workspace("Theirs")
    dead(scene, ours, "a")
    scene.asset(ours, "b")
    scene.insert("categories", workspace_id=theirs, name="news")
    scene.claim()
    scene.asset(ours, "c")
    columns = "workspace_name, kind, waiting, leased, dead, last_error"
    status = f"select {columns} from public.queue_status(%s)"
    content = ("Ours", "categorize_content", 1, 1, 1, "boom")
    category = ("Theirs", "embed_category", 0, 1, 0, None)
    member = scene.of(scene.member(ours, role="viewer"))
    for connection, asked, expected in (
        (scene.service, None, [content, category]),
        (scene.owner, None, [content, category]),
        (scene.service, theirs, [category]),
        (member, None, [content]),
        (member, ours, [content]),
        (member, theirs, []),
        (scene.of(scene.member()), None, []),
    ):
        assert [tuple(row.values()) for row in rows(connection, status, [asked])] == expected
    ages = rows(scene.service, "select oldest_seconds from public.queue_status()")
    assert all(0 <= row["oldest_seconds"] < 60 for row in ages)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        scene.session("anon").execute(status, [None])


def test_a_login_that_took_no_role_is_not_the_service(scene: Scene) -> None:
    scene.asset(scene.workspace())
    with psycopg.connect(scene.database.admin_url, autocommit=True) as admin:
        admin.execute("drop role if exists analyst")
        admin.execute("create role analyst login inherit in role authenticated")
    try:
        url = scene.database.admin_url.replace("supabase_admin@", "analyst@")
        with psycopg.connect(url, autocommit=True) as analyst:
            assert rows(analyst, "select * from public.queue_status()") == []
    finally:
        with psycopg.connect(scene.database.admin_url, autocommit=True) as admin:
            admin.execute("drop role analyst")
