"""Times of the queue to the second, by a clock that stands still."""

import pytest

from campaignbase.models import DEFAULT_WORKSPACE_ID, Failure, JobResult, NewContent
from campaignbase.stores import sqlite_complete
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.testing import FakeClock


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def store(tmp_path, clock):
    made = SqliteStore(tmp_path / "x.db", clock=clock)
    made._db.run("delete from jobs")
    await made.insert_content(DEFAULT_WORKSPACE_ID, [NewContent(content="one")])
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [(10, 10), (0, 1), (-5, 1), (86400, 3600)],  # clamped to 1..3600
)
async def test_a_lease_lasts_as_long_as_asked(store, clock, asked, seconds):
    assert len(await store.claim_jobs("w", lease_seconds=asked)) == 1
    clock.advance(seconds - 0.001)
    assert await store.claim_jobs("w") == []
    clock.advance(0.001)
    assert len(await store.claim_jobs("w")) == 1


@pytest.mark.parametrize(("asked", "claimed"), [(0, 1), (3, 3), (1000, 500)])
async def test_a_batch_is_clamped(store, asked, claimed):
    await store.insert_content(
        DEFAULT_WORKSPACE_ID, [NewContent(content=str(number)) for number in range(600)]
    )
    assert len(await store.claim_jobs("w", batch=asked)) == claimed


@pytest.mark.parametrize(
    ("failures", "retry_after", "seconds"),
    [
        (0, None, 1.0),  # half of 2, 4, 8, 16
        (1, None, 2.0),
        (3, None, 8.0),
        (0, 30.0, 30.0),
        (3, 0.0, 0.0),
        (0, 1e9, 86400.0),  # a day at most
    ],
)
async def test_a_failure_waits_longer_each_time(store, clock, monkeypatch, failures, retry_after, seconds):
    monkeypatch.setattr(sqlite_complete.random, "random", lambda: 0.5)
    store._db.run("update jobs set failures = ?", (failures,))
    [job] = await store.claim_jobs("w")
    failure = Failure("no", retry_after=retry_after)
    await store.complete_jobs([JobResult(job.id, job.attempt, failure=failure)])
    if seconds:
        clock.advance(seconds - 0.001)
        assert await store.claim_jobs("w") == []
        clock.advance(0.001)
    assert len(await store.claim_jobs("w")) == 1


async def test_the_oldest_job_goes_first(store):
    await store.insert_content(DEFAULT_WORKSPACE_ID, [NewContent(content=text) for text in ("two", "three")])
    store._db.run(
        "update jobs set run_at = '2020-01-01T00:00:00.000000Z' where id = (select max(id) from jobs)"
    )
    [job] = await store.claim_jobs("w", batch=1)
    assert job.text == "three"


async def test_one_workspace_can_be_claimed_alone(store):
    other = await store.create_workspace("other")
    assert {job.workspace_id for job in await store.claim_jobs("w", workspace_id=other.id)} == {other.id}
    nobody = "99999999-9999-4999-8999-999999999999"
    assert await store.claim_jobs("w", workspace_id=nobody) == []


async def test_status_tells_the_age_of_the_oldest(store, clock):
    store._db.run("update jobs set created_at = ?", ("2099-12-31T23:59:30.000000Z",))
    clock.advance(5)
    [status] = await store.queue_status()
    assert status.oldest_seconds == 35.0


async def test_a_row_of_no_workspace_is_dead_and_the_others_are_claimed(store):
    store._db.run("pragma foreign_keys = off")
    store._db.run("drop trigger content_assets__check_references_insert")
    store._db.run("insert into content_assets (content, workspace_id) values ('lost', 'nobody')")

    assert [job.text for _ in range(2) for job in await store.claim_jobs("w")] == ["one"]

    lost = "from jobs inner join content_assets as row on row.id = jobs.target_id where row.content = 'lost'"
    assert tuple(store._db.row(f"select jobs.state, leased_by, last_error, label_state {lost}")) == (
        "dead",
        None,
        "there is no workspace nobody; delete the row, or insert the workspace",
        "failed",
    )


async def test_only_what_is_asked_is_claimed_after_the_labels_it_waits_for(store):
    first, second = (
        await store.insert_content(DEFAULT_WORKSPACE_ID, [NewContent(content="a"), NewContent(content="b")])
    ).ids
    other = await store.create_workspace("other")
    assert {job.target_id for job in await store.claim_jobs("w", targets=[second])} == {second}
    assert await store.claim_jobs("w", targets=[second]) == []  # leased
    assert await store.claim_jobs("w", targets=[]) == []
    theirs = (await store.insert_content(other.id, [NewContent(content="c")])).ids
    labels = await store.claim_jobs("w", batch=500, targets=theirs)
    assert {job.kind for job in labels} == {"embed_category", "embed_tag"}
    assert {job.workspace_id for job in labels} == {other.id}
    await store.complete_jobs([JobResult(job.id, job.attempt) for job in labels])
    rest = await store.claim_jobs("w", targets=[*theirs, first])
    assert {job.target_id for job in rest} == {*theirs, first}
