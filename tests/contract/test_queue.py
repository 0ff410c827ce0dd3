"""claim_jobs, complete_jobs' failures, release_jobs, replay_jobs, queue_status, queue_content."""

import hashlib

import pytest
from tests.contract.subject import Subject, answer, failed

from campaignbase.errors import InputError
from campaignbase.models import NewCampaign, NewContent


async def test_a_claimed_job_says_what_to_read(subject: Subject):
    subject.drop_label_jobs()
    [asset_id] = await subject.add("Two for one until Sunday")
    job = await subject.claim_one()
    assert (job.kind, job.target_id, job.workspace_id) == (
        "categorize_content",
        asset_id,
        subject.workspace.id,
    )
    assert job.text == "Two for one until Sunday"
    assert job.content_hash == hashlib.sha256(b"Two for one until Sunday").hexdigest()
    assert (job.attempt, job.embedding_model, job.embedding) == (1, None, None)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"content": "c", "prompt": "p"}, "c"),
        ({"content": " \t\r\n", "prompt": "p", "alt_text": "a"}, "p"),  # blank counts as nothing
        ({"alt_text": "a", "file_path": "x/y.png"}, "a"),
        ({"file_path": "x/y.png"}, "y.png"),
        ({"file_path": "x/"}, None),
        ({}, None),
    ],
)
async def test_the_text_is_the_first_that_is_not_blank(
    subject: Subject, fields: dict[str, str], text: str | None
):
    subject.drop_label_jobs()
    await subject.store.insert_content(subject.workspace.id, [NewContent(**fields)])
    job = await subject.claim_one()
    assert job.text == text
    assert (job.content_hash is None) == (text is None)


async def test_a_campaign_is_read_line_by_line(subject: Subject):
    subject.drop_label_jobs()
    row = NewCampaign("Spring", content_style="warm", visual_style=" ", cta_pattern="Try it")
    [campaign_id] = await subject.store.insert_campaigns(subject.workspace.id, [row])
    job = await subject.claim_one()
    assert (job.kind, job.target_id, job.text) == ("categorize_campaign", campaign_id, "Spring\nwarm\nTry it")


async def test_labels_are_embedded_before_content_of_their_workspace(subject: Subject):
    await subject.add("Two for one")
    while (jobs := await subject.claim(40)) and jobs[0].kind != "categorize_content":
        assert {job.kind for job in jobs} <= {"embed_category", "embed_tag"}
        held = jobs[0]
        await subject.complete(*(answer(job) for job in jobs[1:]))
        while rest := await subject.claim(100):
            await subject.complete(*(answer(job) for job in rest))
        assert await subject.claim() == []  # one label is still with a worker
        await subject.complete(answer(held))
    assert [job.kind for job in jobs] == ["categorize_content"]


async def test_a_dead_label_job_does_not_block_content(subject: Subject):
    subject.sql("delete from {jobs} where target_id <> %s", await subject.category("offer"))
    [job] = await subject.claim()
    await subject.add("Two for one")
    assert await subject.claim() == []
    await subject.complete(failed(job, permanent=True))
    assert (await subject.claim_one()).kind == "categorize_content"


async def test_two_claimers_never_get_the_same_job(subject: Subject):
    subject.drop_label_jobs()
    await subject.add(*(f"text {number}" for number in range(30)))
    other = await subject.open()
    claimed = [await store.claim_jobs("w", 7) for store in (subject.store, other) * 3]
    await other.close()
    ids = [job.id for jobs in claimed for job in jobs]
    assert len(ids) == len(set(ids)) == 30


async def test_a_batch_is_never_larger_than_asked(subject: Subject):
    assert len(await subject.claim(7)) == 7


async def test_a_batch_is_spread_over_the_workspaces(subject: Subject):
    names = {subject.workspace.id: "default"}
    for number in range(3):
        workspace = await subject.store.create_workspace(f"team {number}")
        names[workspace.id] = workspace.name
    subject.drop_label_jobs()
    for workspace_id in names:
        rows = [NewContent(content=f"text {number}") for number in range(20)]
        await subject.store.insert_content(workspace_id, rows)
    jobs = await subject.claim(8)
    assert sorted(names[job.workspace_id] for job in jobs) == sorted([*names.values()] * 2)


async def test_a_crowded_workspace_does_not_starve_the_others(subject: Subject):
    small = await subject.store.create_workspace("small")
    subject.drop_label_jobs()
    await subject.add(*(f"text {number}" for number in range(60)))
    await subject.store.insert_content(small.id, [NewContent(content="one")])
    seen = []
    for _ in range(8):  # a batch of 1 visits workspaces from a random one on
        seen += [job.workspace_id for job in await subject.claim(1)]
        if small.id in seen:
            break
        seen += [job.workspace_id for job in await subject.claim(4)]
    assert small.id in seen


async def test_a_lease_that_ends_is_a_failure_and_moves_the_fence(subject: Subject):
    subject.drop_label_jobs()
    await subject.add("Two for one")
    first = await subject.claim_one()
    assert await subject.claim() == []
    subject.expire_leases()
    second = await subject.claim_one()
    assert (second.id, second.attempt) == (first.id, first.attempt + 1)
    assert await subject.complete(answer(first)) == ["stale"]
    [status] = await subject.store.queue_status()
    assert status.last_error == "worker w1 took the job and never answered"
    assert await subject.complete(answer(second)) == ["accepted"]


async def test_five_leases_without_an_answer_bury_the_job(subject: Subject):
    subject.drop_label_jobs()
    [asset_id] = await subject.add("poison")
    for _ in range(5):
        await subject.claim_one()
        subject.expire_leases()
    assert await subject.claim() == []
    found = await subject.store.explain(asset_id)
    assert (found.job_state, found.asset.label_state) == ("dead", "failed")
    assert found.job_error == "worker w1 took the job and never answered"


async def test_a_row_that_kills_its_workers_takes_no_neighbor_along(subject: Subject):
    subject.drop_label_jobs()
    ids = await subject.add("poison", "healthy", "well")
    assert {job.target_id for job in await subject.claim()} == set(ids)
    subject.expire_leases()
    fresh = (await subject.add("fresh"))[0]
    answered = set()
    for _ in range(12):
        jobs = await subject.claim()
        if jobs and jobs[0].attempt > 1:
            assert len(jobs) == 1  # what was lost once comes alone
        good = [job for job in jobs if job.target_id != ids[0]]
        await subject.complete(*map(answer, good))
        answered |= {job.target_id for job in good}
        if len(good) < len(jobs):
            subject.expire_leases()
    assert answered == {*ids[1:], fresh}
    states = {key: (await subject.store.explain(key)).job_state for key in (*ids, fresh)}
    assert states == {ids[0]: "dead", ids[1]: None, ids[2]: None, fresh: None}


async def test_a_finished_job_is_gone_and_a_new_one_has_a_new_id(subject: Subject):
    subject.drop_label_jobs()
    [asset_id] = await subject.add("first")
    job = await subject.claim_one()
    await subject.complete(answer(job))
    assert (await subject.store.explain(asset_id)).job_state is None
    assert await subject.store.queue_content([asset_id]) == 1
    again = await subject.claim_one()
    assert again.target_id == asset_id
    assert again.id > job.id
    assert await subject.complete(answer(job)) == ["stale"]


async def test_stored_vectors_come_along_while_text_and_model_are_the_same(subject: Subject):
    [asset_id] = await subject.label("Two for one")
    await subject.store.queue_content([asset_id])
    job = await subject.claim_one()
    assert job.embedding is not None
    assert job.embedding.tolist() == answer(job).embedding.tolist()
    assert job.embedding_model == "fake-hash-1"
    subject.sql("update content_assets set embedding_model = 'older-1'")
    await subject.store.release_jobs([job])
    assert (await subject.claim_one()).embedding is None
    subject.sql("update content_assets set embedding_model = 'fake-hash-1'")
    subject.sql("update content_assets set content = 'Three for one' where id = %s", asset_id)
    assert (await subject.claim_one()).embedding is None


async def test_a_failure_waits_and_comes_back(subject: Subject):
    subject.drop_label_jobs()
    [asset_id] = await subject.add("Two for one")
    job = await subject.claim_one()
    assert await subject.complete(failed(job, "no answer\x00 in 30 s")) == ["accepted"]
    found = await subject.store.explain(asset_id)
    assert (found.job_state, found.job_error) == ("waiting", "no answer in 30 s")
    assert found.asset.label_state == "queued"
    subject.end_waiting()
    assert (await subject.claim_one()).attempt == 2


async def test_the_fifth_failure_is_the_last(subject: Subject):
    subject.drop_label_jobs()
    [asset_id] = await subject.add("Two for one")
    for _ in range(5):
        await subject.complete(failed(await subject.claim_one()))
        subject.end_waiting()
    assert await subject.claim() == []
    found = await subject.store.explain(asset_id)
    assert (found.job_state, found.asset.label_state) == ("dead", "failed")


async def test_come_back_later_costs_no_failure(subject: Subject):
    subject.drop_label_jobs()
    await subject.add("Two for one")
    for _ in range(7):
        await subject.complete(failed(await subject.claim_one(), "429", retry_after=30))
        assert await subject.claim() == []
        subject.end_waiting()
    for _ in range(4):
        await subject.complete(failed(await subject.claim_one()))
        subject.end_waiting()
    assert (await subject.claim_one()).attempt == 12


async def test_a_permanent_failure_is_dead_at_once(subject: Subject):
    subject.drop_label_jobs()
    [asset_id] = await subject.add("Two for one")
    await subject.complete(failed(await subject.claim_one(), "not allowed", permanent=True))
    found = await subject.store.explain(asset_id)
    assert (found.job_state, found.job_error, found.asset.label_state) == ("dead", "not allowed", "failed")


async def test_replay_forgets_failures(subject: Subject):
    subject.drop_label_jobs()
    ids = await subject.add("one", "two")
    jobs = await subject.claim()
    await subject.complete(*(failed(job, permanent=True) for job in jobs))
    assert await subject.store.replay_jobs([jobs[0].id]) == 1
    assert {(await subject.asset(asset_id)).label_state for asset_id in ids} == {"queued", "failed"}
    assert await subject.store.replay_jobs() == 1
    assert await subject.store.replay_jobs() == 0
    again = await subject.claim()
    assert sorted((job.id, job.attempt) for job in again) == sorted((job.id, 2 + 1) for job in jobs)
    await subject.complete(failed(again[0]))  # the first failure of its new life
    assert (await subject.store.explain(again[0].target_id)).job_state == "waiting"


async def test_released_jobs_wait_again_at_no_cost(subject: Subject):
    subject.drop_label_jobs()
    await subject.add("one", "two")
    jobs = await subject.claim()
    await subject.complete(answer(jobs[0]))
    assert await subject.store.release_jobs(jobs) == 1
    again = await subject.claim_one()
    assert again.id == jobs[1].id
    assert await subject.complete(answer(jobs[1])) == ["stale"]
    assert await subject.store.release_jobs(jobs) == 0


async def test_an_answer_without_a_job_is_stale(subject: Subject):
    subject.drop_label_jobs()
    [asset_id] = await subject.add("one")
    job = await subject.claim_one()
    subject.sql("delete from content_assets where id = %s", asset_id)
    assert await subject.complete(answer(job)) == ["stale"]
    assert await subject.store.queue_status() == []


async def test_two_answers_to_one_job_are_refused(subject: Subject):
    subject.drop_label_jobs()
    await subject.add("one", "two")
    first, second = await subject.claim()
    with pytest.raises(InputError, match=f"job {first.id} is answered twice"):
        await subject.complete(answer(second), answer(first), failed(first))
    assert await subject.complete(answer(first), answer(second)) == ["accepted", "accepted"]


async def test_verdicts_come_in_the_order_of_the_answers(subject: Subject):
    subject.drop_label_jobs()
    await subject.add("one", "two", "three")
    jobs = await subject.claim()
    subject.sql("update content_assets set content = 'changed' where id = %s", jobs[1].target_id)
    answers = [answer(job) for job in reversed(jobs)]
    assert await subject.complete(*answers) == ["accepted", "stale", "accepted"]


async def test_status_counts_by_workspace_and_kind(subject: Subject):
    subject.drop_label_jobs()
    await subject.add("one", "two", "three")
    await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("Spring")])
    jobs = [job for job in await subject.claim(3) if job.kind == "categorize_content"]
    await subject.complete(failed(jobs[0], "broken", permanent=True))
    found = {row.kind: row for row in await subject.store.queue_status(subject.workspace.id)}
    content = found["categorize_content"]
    assert (content.waiting + content.leased, content.dead, content.last_error) == (2, 1, "broken")
    assert content.workspace_name == "default"
    assert content.oldest_seconds >= 0
    assert found["categorize_campaign"].waiting + found["categorize_campaign"].leased == 1
    other = await subject.store.create_workspace("other")
    assert {row.kind for row in await subject.store.queue_status(other.id)} == {"embed_category", "embed_tag"}


async def test_nothing_to_do_is_no_status(subject: Subject):
    subject.drop_label_jobs()
    assert await subject.store.queue_status() == []
    assert await subject.claim() == []
    assert await subject.complete() == []
    assert await subject.store.release_jobs([]) == 0


async def test_queueing_again_keeps_what_a_person_set(subject: Subject):
    subject.drop_label_jobs()
    [asset_id] = await subject.add("one", primary_category="offer")
    [campaign_id] = await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("Spring")])
    await subject.finish()
    nobody = "99999999-9999-4999-8999-999999999999"
    assert await subject.store.queue_content([asset_id, campaign_id, nobody]) == 2
    assert (await subject.asset(asset_id)).label_state == "queued"
    await subject.finish()
    asset = await subject.asset(asset_id)
    assert (asset.primary_category, asset.category_source, asset.label_state) == ("offer", "human", "labeled")
