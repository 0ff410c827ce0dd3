"""How right machines were is counted from what people say, and rows for an audit are picked at random."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.contract.subject import Subject, chosen, felt

from campaignbase.errors import InputError
from campaignbase.models import Correction, LabelChoice
from campaignbase.models.measuring import Measured

TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)


async def measured(subject: Subject) -> Measured:
    return await subject.store.measured_labels(subject.workspace.id, YESTERDAY)


async def test_decisions_stand_beside_what_people_said_of_them(subject: Subject):
    offer, event = await subject.category("offer"), await subject.category("event")
    trained = replace(chosen(offer, "trained", 0.9), head_version=1)
    right, wrong, _ = await subject.label("one", "two", "three", category=trained, sentiment=felt("positive"))
    unsure = LabelChoice(reasons=("unclear",), candidate=event)
    decided, _ = await subject.label("four", "five", category=unsure)
    await subject.store.correct(right, Correction(confirm=("category",)))
    await subject.store.correct(wrong, Correction(category="event"))
    await subject.store.correct(decided, Correction(category="event"))

    found = await measured(subject)

    rows = {
        (row.field, row.source, row.label): (row.decisions, row.judged, row.judged_right, row.mean_score)
        for row in found.decisions
    }
    assert rows["category", "trained", "offer"] == (3, 2, 1, pytest.approx(0.9))
    assert rows["category", None, None] == (2, 1, 0, None)
    assert rows["sentiment", "model", "positive"][:3] == (3, 0, 0)
    pairs = {(row.source, row.machine_label, row.label): row.judged for row in found.confusion}
    assert pairs == {
        ("trained", "offer", "offer"): 1,
        ("trained", "offer", "event"): 1,
        (None, None, "event"): 1,
    }
    [band] = found.calibration
    assert (band.source, band.sure_from, band.judged, band.judged_right) == ("trained", 90, 2, 1)
    assert {row.day for row in found.decisions} <= {YESTERDAY, TODAY}


CONFIRMED = Correction(confirm=("category",))
EVENT, NONE = Correction(category="event"), Correction(category="")
# score, whether an audit picked it, what was said of it
DECIDED = (
    (0.2, False, CONFIRMED),
    (0.5, False, CONFIRMED),
    (0.59, True, EVENT),
    (0.9, True, None),
    (0.96, True, NONE),
    (1.0, True, CONFIRMED),
)


async def test_the_views_count_by_day_and_band_and_take_the_mean_of_scores(subject: Subject):
    offer = await subject.category("offer")
    [before] = await subject.label("of another day", category=chosen(offer, score=0.7))
    await subject.store.correct(before, CONFIRMED)
    moved = "update categorizations set created_at = %s where content_asset_id = %s and source = 'model'"
    subject.sql(moved, "2026-01-02T23:59:59.999999Z", before)
    for score, audited, said in DECIDED:
        [row] = await subject.label(f"sure by {score}", category=chosen(offer, score=score))
        if audited:
            subject.sql(moved.replace("created_at", "audited_at"), "2026-01-02T00:00:00.000000Z", row)
        if said is not None:
            await subject.store.correct(row, said)

    accuracy = subject.sql(
        "select source, label, decisions, judged, judged_right, audits, audits_judged, audits_right,"
        " cast(mean_score as real) from label_accuracy where field = 'category' order by day"
    )
    calibration = subject.sql(
        "select source, sure_from, judged, judged_right, cast(mean_score as real) from label_calibration"
        " order by day, sure_from"
    )

    def near(mean: float) -> object:
        return pytest.approx(mean, abs=1e-6)

    assert accuracy == [
        ("model", "offer", 1, 1, 1, 0, 0, 0, near(0.7)),
        ("model", "offer", 6, 5, 3, 4, 3, 1, near(4.15 / 6)),
    ]
    assert calibration == [
        ("model", 70, 1, 1, near(0.7)),
        ("model", 0, 1, 1, near(0.2)),
        ("model", 50, 2, 1, near(0.545)),
        ("model", 95, 2, 1, near(0.98)),
    ]


async def test_what_was_decided_before_is_left_out(subject: Subject):
    await subject.label("one", category=chosen(await subject.category("offer")))
    tomorrow = TODAY + timedelta(days=1)
    found = await subject.store.measured_labels(subject.workspace.id, tomorrow)
    assert (found.decisions, found.confusion, found.calibration) == ((), (), ())


async def test_an_audit_picks_machine_labels_once_and_counts_what_people_say(subject: Subject):
    offer = await subject.category("offer")
    ids = await subject.label("one", "two", "three", category=chosen(offer, "neighbor", 0.8))
    await subject.store.correct(ids[0], Correction(category="event"))  # a person's is not picked
    store, workspace = subject.store, subject.workspace.id

    assert await store.sample_audit(workspace, 1) == 1
    assert await store.sample_audit(workspace, 10) == 1
    assert await store.sample_audit(workspace, 10) == 0
    assert (await measured(subject)).open_audits == 2

    await store.correct(ids[1], Correction(confirm=("category",)))
    await store.correct(ids[2], Correction(category="event"))
    found = await measured(subject)
    [row] = [row for row in found.decisions if row.source == "neighbor"]
    assert (row.decisions, row.judged, row.judged_right) == (3, 3, 1)
    assert (row.audits, row.audits_judged, row.audits_right) == (2, 2, 1)
    assert found.open_audits == 0


async def test_what_is_decided_anew_is_asked_about_once(subject: Subject):
    category = chosen(await subject.category("offer"), "neighbor", 0.8)
    [asset_id] = await subject.label("one", category=category)
    store, workspace = subject.store, subject.workspace.id
    assert await store.sample_audit(workspace, 1) == 1
    await store.queue_content([asset_id])
    await subject.finish(category=category)
    assert (await measured(subject)).open_audits == 0  # that answer stands no more
    assert await store.sample_audit(workspace, 1) == 1
    assert (await measured(subject)).open_audits == 1


@pytest.mark.parametrize("size", [0, 1001])
async def test_an_audit_of_nothing_or_of_everything_is_refused(subject: Subject, size: int):
    with pytest.raises(InputError, match=f"sample_size is {size}; ask for 1 to 1000 rows"):
        await subject.store.sample_audit(subject.workspace.id, size)
