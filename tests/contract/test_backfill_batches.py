"""Rows of a backfill that wait with a provider, on every store."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.contract.subject import SqliteSubject, Subject, answer
from tests.contract.test_backfills import NOBODY, begin

from campaignbase.models import Failure, JobResult
from campaignbase.models.backfills import ModelBatch


async def test_rows_that_wait_for_a_batch_are_taken_by_name(subject: Subject) -> None:
    ids = await subject.label("one", "two")
    key = await begin(subject)
    part = await subject.store.claim_backfill(key, "w1")
    assert part is not None
    await subject.store.release_jobs(part.jobs)
    assert await subject.store.stop_backfill(key, "paused")
    [job] = (await taken(subject, key, ids[:1])).jobs
    assert (job.target_id, job.text) == (ids[0], "one")
    assert job.embedding is not None
    assert (await taken(subject, key, ids[:1])).jobs == ()  # it is with a worker
    assert await subject.complete(answer(job)) == ["accepted"]
    assert (await taken(subject, key, ids[:1])).jobs == ()


async def test_a_budget_does_not_wake_what_a_provider_answers(subject: Subject) -> None:
    ids = await subject.label("one", "two")
    key = await begin(subject)
    jobs = (await subject.store.claim_backfill(key, "w1")).jobs  # type: ignore[union-attr]
    now = subject.clock.now() if isinstance(subject, SqliteSubject) else datetime.now(UTC)
    hashes = {job.target_id: job.content_hash or "" for job in jobs if job.target_id == ids[0]}
    home = subject.workspace.id
    await subject.store.add_model_batch(ModelBatch(NOBODY, home, key, "m-1", {"id": "b"}, hashes, None, now))
    later = Failure("waits", retry_after=3600.0)
    waiting = [JobResult(job.id, job.attempt, failure=later) for job in jobs]
    await subject.store.complete_jobs(waiting)
    await subject.store.set_daily_budget(home, Decimal(5))
    assert [job.target_id for job in await subject.claim()] == ids[1:]


async def taken(subject: Subject, key: str, ids: list[str]) -> Any:
    return await subject.store.claim_backfill(key, "w1", targets=ids)


async def test_what_waits_with_a_provider_is_kept_and_looked_at_by_one(subject: Subject) -> None:
    store, key = subject.store, await begin(subject)
    now = subject.clock.now() if isinstance(subject, SqliteSubject) else datetime.now(UTC)
    made = ModelBatch(
        NOBODY,
        subject.workspace.id,
        key,
        "m-1",
        {"id": "b"},
        {"row": "hash"},
        None,
        now - timedelta(seconds=1),
    )
    await store.add_model_batch(made)
    [found] = await store.model_batches()
    assert found == made
    assert await store.hold_model_batch(found, 60)
    assert not await store.hold_model_batch(found, 60)  # somebody else did
    assert await store.model_batches() == []
    assert [batch.id for batch in await store.model_batches(key)] == [made.id]
    await store.remove_model_batch(made.id)
    assert await store.model_batches(key) == []


# vectors by another model
