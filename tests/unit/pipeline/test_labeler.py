"""A batch is labeled: what is written, what is counted, how much is taken."""

import pytest
from tests.support.labeling import SALE, asset, files_under, insert, labeler

from campaignbase.models import (
    DEFAULT_WORKSPACE_ID,
    Correction,
    NewCampaign,
    NewContent,
)
from campaignbase.pipeline.labeler import BatchReport
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.testing import HashEmbedder


async def test_run_batch_labels_and_says_with_what(store: SqliteStore) -> None:
    (key,) = await insert(store, SALE)

    report = await labeler(store, analyst=await files_under(store, "offer")).run_batch()

    row = await asset(store, key)
    assert report == BatchReport(claimed=1, accepted=1, labeled=1)
    assert (row.primary_category, row.category_source, row.label_state) == ("offer", "model", "labeled")
    assert (row.language, row.quality_score, row.embedding_model) == ("en", 0.5, "fake-hash-1")
    (decision,) = [found for found in (await store.explain(key)).decisions if found.field == "category"]
    assert (decision.model, decision.reasons, decision.score) == ("fake-1", ("because",), 0.9)


async def test_run_batch_embeds_a_text_once_however_often_it_is_labeled(store: SqliteStore) -> None:
    (key,) = await insert(store, SALE)
    embedder = HashEmbedder()

    for _ in range(2):
        await labeler(store, embedder=embedder).run_batch()
        await store.queue_content([key])

    assert embedder.texts == [SALE]


async def test_run_batch_sends_what_cannot_be_read_to_review(store: SqliteStore) -> None:
    blank, wordless = await insert(store, None, "... !!! ...")

    report = await labeler(store).run_batch()

    assert (report.review, report.failed) == (2, 0)
    for key in (blank, wordless):
        assert (await asset(store, key)).label_state == "review"
    assert (await store.explain(blank)).decisions[0].reasons == ("nothing to read",)


async def test_run_batch_labels_campaigns_too(store: SqliteStore) -> None:
    (key,) = await store.insert_campaigns(DEFAULT_WORKSPACE_ID, [NewCampaign("Spring sale 2027")])
    await insert(store, SALE)

    report = await labeler(store, analyst=await files_under(store, "offer")).run_batch()

    assert report == BatchReport(claimed=2, accepted=2, labeled=1, campaigns_labeled=1)
    campaign = (await store.explain(key)).campaign
    assert campaign is not None
    assert (campaign.primary_category, campaign.label_state) == ("offer", "labeled")


async def test_run_batch_counts_campaigns_nobody_is_sure_about_apart(store: SqliteStore) -> None:
    await store.insert_campaigns(DEFAULT_WORKSPACE_ID, [NewCampaign("Spring")])

    assert await labeler(store).run_batch() == BatchReport(claimed=1, accepted=1, campaigns_review=1)


async def test_run_batch_counts_what_a_person_filed_as_labeled(store: SqliteStore) -> None:
    await store.insert_content(DEFAULT_WORKSPACE_ID, [NewContent(content=SALE, primary_category="offer")])

    report = await labeler(store).run_batch()  # this analyst abstains

    assert (report.labeled, report.review) == (1, 0)


async def test_drain_reports_totals(store: SqliteStore) -> None:
    await insert(store, *(f"{SALE} {number}" for number in range(7)))
    seen: list[int] = []

    report = await labeler(store).drain(batch=3, on_progress=lambda total: seen.append(total.claimed))

    assert (report.claimed, report.review, seen) == (7, 7, [3, 6, 7])


@pytest.mark.parametrize(
    ("adapt", "largest", "expected"),
    [
        (True, 200, [10, 20, 40, 80, 10]),  # full batches double; the last found less than it asked for
        (True, 15, [10, 15, 15, 15, 10]),
        (False, 50, [50, 50, 50, 50, 50]),
    ],
)
async def test_drain_asks_for_more_while_batches_come_back_full(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch, adapt: bool, largest: int, expected: list[int]
) -> None:
    asked: list[int] = []
    drained = labeler(store)

    async def run_batch(batch: int, *_: object) -> BatchReport:
        asked.append(batch)
        found = {1: batch, 2: batch, 3: batch, 4: 5}.get(len(asked), 0)
        return BatchReport(claimed=found, accepted=found)

    monkeypatch.setattr(drained, "run_batch", run_batch)
    await drained.drain(batch=largest, adapt=adapt)
    assert asked[:5] == expected


async def test_run_batch_counts_what_a_person_cleared_as_left_for_review(store: SqliteStore) -> None:
    (key,) = await insert(store, SALE)
    await labeler(store, analyst=await files_under(store, "offer")).run_batch()
    await store.correct(key, Correction(category=""))
    await store.queue_content([key])

    report = await labeler(store, analyst=await files_under(store, "offer")).run_batch()

    assert (report.labeled, report.review, (await asset(store, key)).label_state) == (0, 1, "review")
