"""Rows that are there already, on every store: which are next, what becomes of them, the account of a run."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.contract.subject import SqliteSubject, Subject, answer, chosen

from campaignbase.errors import InputError, NotFoundError, RuleError
from campaignbase.models import Correction, Failure, JobResult, NewCampaign, TrainedHead
from campaignbase.models.backfills import Backfill, ModelBatch, NewBackfill
from campaignbase.testing import FAKE_MODEL, hash_vectors

LABELS = NewBackfill("labels", {"content_only": True})
OTHER = "other-model"
NOBODY = "00000000-0000-4000-8000-00000000dead"


async def begin(subject: Subject, new: NewBackfill = LABELS) -> str:
    return await subject.store.start_backfill(subject.workspace.id, new)


async def run_of(subject: Subject, key: str) -> Backfill:
    return next(run for run in await subject.store.backfills(subject.workspace.id) if run.id == key)


async def rows_of(subject: Subject, selection: dict[str, Any]) -> list[str]:
    """All that would be taken, by walking to the end."""
    found, place = [], ""
    while place != "end":
        part = await subject.store.preview_backfill(subject.workspace.id, selection, place, 2)
        found += [job.target_id for job in part.jobs]
        place = part.place
    return found


async def test_rows_are_taken_piece_by_piece_in_the_order_of_their_ids(subject: Subject) -> None:
    ids = sorted(await subject.label("one", "two", "three", "four", "five"))
    key = await begin(subject)
    taken = []
    for _ in range(3):
        part = await subject.store.claim_backfill(key, "w1", 2)
        assert part is not None
        taken.append([job.target_id for job in part.jobs])
        assert {job.embedding is not None for job in part.jobs} == {True}
        told = [answer(job, cost=Decimal("0.000002"), changed=job is part.jobs[0]) for job in part.jobs]
        assert await subject.complete(*told) == ["accepted"] * len(part.jobs)
    assert taken == [ids[:2], ids[2:4], ids[4:]]
    assert (await run_of(subject, key)).state == "running"  # until nobody is at work on its last rows
    part = await subject.store.claim_backfill(key, "w1", 2)
    assert part is not None
    assert (part.place, part.jobs) == ("end", ())
    assert await subject.store.claim_backfill(key, "w1", 2) is None
    run = await run_of(subject, key)
    assert (run.state, run.total, run.scanned, run.taken, run.done, run.changed) == ("done", 5, 5, 5, 5, 3)
    assert run.finished_at is not None
    assert run.cost == Decimal("0.000010")
    assert await subject.claim() == []


async def test_what_waits_or_is_at_work_already_is_passed_over(subject: Subject) -> None:
    ids = await subject.label("one", "two", "three")
    await subject.store.queue_content(ids[:1])
    key = await begin(subject)
    part = await subject.store.claim_backfill(key, "w1")
    assert part is not None
    assert sorted(job.target_id for job in part.jobs) == sorted(ids[1:])
    assert [job.target_id for job in await subject.claim()] == ids[:1]
    # and what is edited meanwhile has a new job, which the late answer does not end
    subject.sql("update content_assets set content = 'four' where id = %s", ids[1])
    verdicts = await subject.complete(*(answer(job) for job in part.jobs))
    assert dict(zip([job.target_id for job in part.jobs], verdicts, strict=True)) == {
        ids[1]: "stale",
        ids[2]: "accepted",
    }
    assert [job.text for job in await subject.claim()] == ["four"]


async def test_what_failed_for_good_is_tried_again(subject: Subject) -> None:
    [row] = await subject.label("one")
    await subject.store.queue_content([row])
    subject.sql("update {private}jobs set state = 'dead', failures = 5")
    subject.sql("update content_assets set label_state = 'failed'")
    key = await begin(subject, NewBackfill("labels", {"content_only": True, "label_state": ["failed"]}))
    part = await subject.store.claim_backfill(key, "w1")
    assert part is not None
    [job] = part.jobs
    assert (job.target_id, job.text, job.embedding is None) == (row, "one", False)
    assert await subject.complete(answer(job)) == ["accepted"]
    assert (await subject.asset(row)).label_state == "review"
    assert (await run_of(subject, key)).taken == 1


async def test_a_killed_worker_loses_nothing_and_content_waits_for_labels(subject: Subject) -> None:
    ids = await subject.label("one", "two")
    key = await begin(subject)
    part = await subject.store.claim_backfill(key, "w1", 1)
    assert part is not None
    subject.expire_leases()
    [lost] = await subject.claim()  # by itself, as a job
    assert lost.target_id == part.jobs[0].target_id
    await subject.complete(answer(lost))
    await subject.store.edit_tag(
        subject.workspace.id, "urgency", replace(await tag_of(subject, "urgency"), description="hurry")
    )
    assert await subject.store.claim_backfill(key, "w2") is None  # its vector is to be made first
    await subject.finish()
    part = await subject.store.claim_backfill(key, "w2")
    assert part is not None
    assert {job.target_id for job in part.jobs} == set(ids) - {lost.target_id}


async def test_a_run_counts_its_rows_whoever_ends_them_and_ends_with_the_last(subject: Subject) -> None:
    store = subject.store
    ids = await subject.label("one", "two", "three", "four")
    key = await begin(subject)
    part = await store.claim_backfill(key, "killed", 3)
    assert part is not None
    last = await store.claim_backfill(key, "w2")
    assert last is not None
    assert await subject.complete(*(answer(job, changed=True) for job in last.jobs)) == ["accepted"]
    assert await store.claim_backfill(key, "w2") is None  # three leases run
    waiting = await run_of(subject, key)
    assert waiting.state == "running"
    assert waiting.last_error == (
        "its last rows, 3, are with a worker; if that was killed, another one labels them"
        " when its leases end, within two minutes"
    )
    edited, dead, kept = (job.target_id for job in part.jobs)
    subject.sql("update content_assets set content = 'five' where id = %s", edited)
    subject.expire_leases()
    while jobs := await subject.claim():  # those of a killed worker one by one
        for job in jobs:
            if job.target_id == dead:
                told = JobResult(job.id, job.attempt, failure=Failure("no", permanent=True))
            else:
                told = answer(job, cost=Decimal("0.01"), changed=job.target_id == kept)
            assert await subject.complete(told) == ["accepted"]
    assert await store.claim_backfill(key, "w2") is not None
    run = await run_of(subject, key)
    assert (run.state, run.taken, run.done, run.changed, run.failed) == ("done", 4, 3, 2, 1)
    assert run.last_error is None
    assert run.cost == Decimal("0.02")
    # and what is tried again later is no row of that run any more
    await store.replay_jobs(None)
    await subject.finish()
    assert (await run_of(subject, key)).done == 3
    assert {(await subject.asset(row)).label_state for row in ids} == {"review"}


async def test_a_row_that_kills_its_workers_counts_as_failed(subject: Subject) -> None:
    await subject.label("one")
    key = await begin(subject)
    assert await subject.store.claim_backfill(key, "w1")
    for _ in range(6):
        subject.expire_leases()
        await subject.claim()
    assert await subject.store.claim_backfill(key, "w1")
    run = await run_of(subject, key)
    assert (run.state, run.done, run.failed) == ("done", 0, 1)


async def test_what_waits_for_a_canceled_run_keeps_what_it_has(subject: Subject) -> None:
    store = subject.store
    ids = await subject.label("one", "two", "three")
    key = await begin(subject)
    part = await store.claim_backfill(key, "w1")
    assert part is not None
    *put_off, at_work = part.jobs
    later = Failure("waits for a batch", retry_after=3600.0)
    await subject.complete(*(JobResult(job.id, job.attempt, failure=later) for job in put_off))
    subject.sql("update content_assets set content = 'four' where id = %s", put_off[0].target_id)
    assert await store.stop_backfill(key, "canceled")
    assert await subject.complete(answer(at_work)) == ["accepted"]
    [four] = await subject.claim()
    assert (four.text, await subject.complete(answer(four))) == ("four", ["accepted"])
    subject.end_waiting()
    assert await subject.claim() == []
    assert [(await subject.asset(row)).label_state for row in ids].count("review") == 3
    assert (await run_of(subject, key)).done == 2


async def test_a_run_whose_rows_wait_with_a_provider_is_not_done(subject: Subject) -> None:
    store, home = subject.store, subject.workspace.id
    await subject.label("one")
    key = await begin(subject)
    part = await store.claim_backfill(key, "w1")
    assert part is not None
    now = subject.clock.now() if isinstance(subject, SqliteSubject) else datetime.now(UTC)
    hashes = {job.target_id: job.content_hash or "" for job in part.jobs}
    await store.add_model_batch(ModelBatch(NOBODY, home, key, "m-1", {"id": "b"}, hashes, None, now))
    await store.release_jobs(part.jobs)
    assert await store.claim_backfill(key, "w1") is None
    assert (await run_of(subject, key)).state == "running"
    await store.remove_model_batch(NOBODY)
    assert await store.claim_backfill(key, "w1") is not None
    assert (await run_of(subject, key)).state == "done"


async def tag_of(subject: Subject, name: str) -> Any:
    return next(tag for tag in await subject.store.tags(subject.workspace.id) if tag.name == name)


async def test_many_workers_take_no_row_twice_while_people_edit(subject: Subject) -> None:
    ids = await subject.label(*(f"text {number}" for number in range(40)))
    key = await begin(subject)
    taken: list[str] = []
    verdicts: list[str] = []

    async def work(name: str) -> None:
        store = await subject.open()
        try:
            while (await run_of(subject, key)).state == "running":
                part = await store.claim_backfill(key, name, 3)
                if part is None or not part.jobs:
                    await asyncio.sleep(0)
                    continue
                taken.extend(job.target_id for job in part.jobs)
                verdicts.extend(await store.complete_jobs([answer(job) for job in part.jobs]))
        finally:
            await store.close()

    async def edit() -> None:
        for number, edited in enumerate(ids[::5]):
            await subject.store.correct(edited, Correction(sentiment="mixed"))
            await asyncio.sleep(0.01 * (number % 2))

    await asyncio.gather(work("a"), work("b"), work("c"), edit())
    assert len(taken) == len(set(taken))
    assert set(taken) == set(ids)  # also those that a person held just then
    assert set(verdicts) == {"accepted"}
    felt = [await subject.asset(edited) for edited in ids[::5]]
    assert {asset.sentiment for asset in felt} == {"mixed"}


async def test_a_run_is_paused_resumed_canceled_and_one_of_a_kind_at_a_time(subject: Subject) -> None:
    store = subject.store
    await subject.label("one", "two", "three")
    key = await begin(subject)
    with pytest.raises(InputError, match="a backfill of labels is under way in this workspace"):
        await begin(subject)
    assert [run.id for run in await store.backfills()] == [key]
    assert await store.stop_backfill(key, "paused")
    assert not await store.stop_backfill(key, "paused")
    assert await store.claim_backfill(key, "w1") is None
    assert await store.backfills() == []
    assert await store.stop_backfill(key, "running")
    await store.report_backfill(key, wait_seconds=3600, error="the day's budget is spent")
    assert await store.backfills() == []
    assert (await run_of(subject, key)).last_error == "the day's budget is spent"
    assert await store.stop_backfill(key, "running")  # now, whatever it waited for
    part = await store.claim_backfill(key, "w1", 1)
    assert part is not None
    assert len(part.jobs) == 1
    assert await store.stop_backfill(key, "canceled")
    assert not await store.stop_backfill(key, "running")
    assert await store.claim_backfill(key, "w1") is None
    await begin(subject)


async def test_only_the_time_at_work_is_counted(subject: Subject) -> None:
    store = subject.store
    await subject.label("one", "two")
    key = await begin(subject)

    def hours_pass(column: str) -> None:
        """Since then."""
        long_ago = "2020-01-01T00:00:00.000000Z"
        subject.sql(f"update backfills set {column} = %s", long_ago)

    hours_pass("updated_at")
    hours_pass("run_at")
    assert await store.claim_backfill(key, "w1", 1)
    assert (await run_of(subject, key)).seconds == 120  # nobody was there: two minutes at most
    await store.report_backfill(key, wait_seconds=3600, error="the day's budget is spent")
    before = (await run_of(subject, key)).seconds
    hours_pass("updated_at")
    await store.report_backfill(key, failed=1)  # while it waits: another worker's rows
    assert (await run_of(subject, key)).seconds == before
    assert await store.stop_backfill(key, "paused")
    hours_pass("updated_at")
    assert await store.stop_backfill(key, "running")
    assert await store.claim_backfill(key, "w1", 1)
    assert (await run_of(subject, key)).seconds < before + 60


async def test_what_cannot_begin_is_refused(subject: Subject) -> None:
    store = subject.store
    with pytest.raises(NotFoundError):
        await store.start_backfill(NOBODY, LABELS)
    with pytest.raises((InputError, RuleError), match="unknown condition 'colour'"):
        await begin(subject, NewBackfill("labels", {"conditions": {"colour": "red"}}))
    with pytest.raises(InputError, match="has no vectors yet"):
        await begin(subject, NewBackfill("vectors", embedding_model=OTHER))
    await subject.label("one")
    with pytest.raises(InputError, match=f"vectors are by '{FAKE_MODEL}' already"):
        await begin(subject, NewBackfill("vectors", embedding_model=FAKE_MODEL))


async def test_a_selection_finds_the_same_rows_everywhere(subject: Subject) -> None:
    store, offer = subject.store, await subject.category("offer")
    [filed] = await subject.label("half price boots", category=chosen(offer))
    [judged] = await subject.label("boots in review")
    [told] = await subject.label("a word about hats", category=chosen(offer, "rule"), vocabulary_version=7)
    await store.correct(told, Correction(category="event"))
    [campaign] = await store.insert_campaigns(subject.workspace.id, [NewCampaign("Spring")])
    await subject.finish()
    [inside] = await subject.label("inside a campaign", model="m-1", prompt_version="3")
    subject.sql("update content_assets set campaign_id = %s where id = %s", campaign, inside)
    everything = {filed, judged, told, inside}

    async def rows(**selection: Any) -> set[str]:
        found = await rows_of(subject, {"content_only": True, **selection})
        assert len(found) == len(set(found))
        return set(found)

    assert await rows() == everything
    assert set(await rows_of(subject, {})) == everything | {campaign}
    assert await rows(label_state=["review"]) == {judged, inside}
    assert await rows(category_source=["human", "model"]) == {filed, told}
    assert await rows(category_source=["none"]) == {judged, inside}
    assert await rows(campaign_id=campaign) == {inside}
    assert await rows(conditions={"contains_keyword": "boots"}) == {filed, judged}
    assert await rows(conditions={"contains_keyword": "boots"}, label_state=["review"]) == {judged}
    # by the last decision of a machine
    assert await rows(older={"by": "vocabulary", "than": "7"}) == everything - {told}
    assert await rows(older={"by": "model", "than": "m-1"}) == {filed, judged}  # a rule is surer than any
    assert await rows(older={"by": "prompt", "than": "3"}) == {filed, judged}
    assert await rows(older={"by": "prompt", "than": "10"}) == {filed, judged, inside}  # as numbers
    assert await rows(older={"by": "prompt", "than": "2"}) == {filed, judged}
    assert await rows(older={"by": "head", "than": ""}) == set()  # there is none
    categories = [await subject.category(name) for name in ("event", "offer")]
    vectors = hash_vectors(["one", "two"])
    head = TrainedHead(FAKE_MODEL, 9, 0.5, categories, vectors, vectors[:, 0])
    await store.save_head(subject.workspace.id, head)
    if not isinstance(subject, SqliteSubject):  # whose rows are stamped by another clock than its heads
        assert await rows(older={"by": "head", "than": ""}) == {filed, judged, inside}
    hour = timedelta(hours=1)
    now = subject.clock.now() if isinstance(subject, SqliteSubject) else datetime.now(UTC)
    real = datetime.now(UTC)  # SQLite's own stamps
    late, early = max(now, real) + hour, min(now, real) - hour
    assert await rows(older={"by": "date", "than": late.isoformat()}) == everything
    assert await rows(older={"by": "date", "than": early.isoformat()}) == set()


async def test_a_look_writes_nothing(subject: Subject) -> None:
    await subject.label("one", "two")
    before = [(row.updated_at, row.label_state) for row in await subject.store.content(subject.workspace.id)]
    part = await subject.store.preview_backfill(subject.workspace.id, {}, "", 1)
    [job] = part.jobs
    assert (job.id, job.attempt, job.embedding_model, part.scanned) == (0, 0, FAKE_MODEL, 1)
    assert job.embedding is not None
    assert job.text in ("one", "two")
    after = [(row.updated_at, row.label_state) for row in await subject.store.content(subject.workspace.id)]
    assert after == before
    assert await subject.claim() == []
    assert await subject.store.backfills(subject.workspace.id) == []
