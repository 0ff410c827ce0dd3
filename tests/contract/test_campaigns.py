"""What people correct on a campaign."""

import re

import pytest
from tests.contract.subject import Subject, chosen
from tests.support.labeling import labeler

from campaignbase.errors import InputError, UnknownLabelError
from campaignbase.models import Correction, NewCampaign, NewContent


async def test_the_category_of_a_campaign_can_be_corrected(subject: Subject):
    subject.drop_label_jobs()
    [campaign_id] = await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("Spring")])
    event = chosen(await subject.category("event"))
    await subject.finish(category=event)
    await subject.store.correct(campaign_id[:8], Correction(category="offer"))
    for _ in range(2):
        found = (await subject.store.explain(campaign_id)).campaign
        assert (found.primary_category, found.category_source, found.label_state) == (
            "offer",
            "human",
            "labeled",
        )
        await subject.store.queue_content([campaign_id])
        await subject.finish(category=event)  # a machine does not change it
    decisions = [one for one in (await subject.store.explain(campaign_id)).decisions if one.source == "human"]
    assert [(one.label, one.previous_label) for one in decisions] == [("offer", "event")]
    await subject.store.correct(campaign_id, Correction(category=""))
    found = (await subject.store.explain(campaign_id)).campaign
    assert (found.primary_category, found.label_state) == (None, "review")


async def test_every_row_is_counted_by_the_state_it_is_in(subject: Subject):
    """What a run reports, what the rows say, and what the view counts are the same, also of cleared rows."""
    subject.drop_label_jobs()
    filed, cleared = await subject.store.insert_campaigns(
        subject.workspace.id,
        [NewCampaign("Spring", primary_category="event"), NewCampaign("Fall", primary_category="event")],
    )
    rows = [
        NewContent(content=text, campaign_id=filed, primary_category=category)
        for text, category in (("one", "event"), ("two", "event"), ("three", None), ("four", None))
    ]
    ids = (await subject.store.insert_content(subject.workspace.id, rows)).ids
    for key in (cleared, ids[1]):
        await subject.store.correct(key, Correction(category=""))

    report = await labeler(subject.store).drain()

    assert (report.campaigns_labeled, report.campaigns_review) == (1, 1)
    assert (report.labeled, report.review) == (1, 3)
    found = await subject.store.campaigns(subject.workspace.id)
    assert {one.id: (one.primary_category, one.category_source, one.label_state) for one in found} == {
        filed: ("event", "human", "labeled"),
        cleared: (None, "human", "review"),
    }
    states = [(await subject.asset(key)).label_state for key in ids]
    assert states == ["labeled", "review", "review", "review"]
    [counts] = subject.sql(
        "select content_count, content_labeled, content_review, content_queued, content_failed"
        " from campaign_overview where id = %s",
        filed,
    )
    assert counts == (4, 1, 3, 0, 0)


@pytest.mark.parametrize(
    ("correction", "error", "told"),
    [
        (Correction(category="ofer"), UnknownLabelError, "unknown category 'ofer'; did you mean 'offer'"),
        (Correction(category="offer", sentiment="mixed"), InputError, "a campaign has a category, but no"),
        (Correction(add_tags=("urgency",)), InputError, "a campaign has a category, but no"),
        (Correction(), InputError, "nothing to correct"),
    ],
)
async def test_a_wrong_correction_of_a_campaign_changes_nothing(
    subject: Subject, correction: Correction, error: type[Exception], told: str
):
    [campaign_id] = await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("Spring")])
    with pytest.raises(error, match=told):
        await subject.store.correct(campaign_id, correction)
    found = (await subject.store.explain(campaign_id)).campaign
    assert (found.primary_category, found.category_source) == (None, None)


@pytest.mark.parametrize(
    ("campaign", "told"),
    [
        (NewCampaign(" "), "the name of a campaign is blank"),
        (
            NewCampaign("x", "Product Launch"),
            "'Product Launch' is not lower_snake_case; did you mean 'product_launch'?",
        ),
        (NewCampaign("x", "2026"), "campaign type '2026' is not lower_snake_case, like product_launch"),
        (NewCampaign("x", ""), "campaign type '' is not lower_snake_case, like product_launch"),
        (NewCampaign("x", status="live"), "status 'live' is not one of draft, active, paused, completed"),
        (NewCampaign("x", primary_category="ofer"), "unknown category 'ofer'; did you mean 'offer'?"),
    ],
)
async def test_a_wrong_campaign_is_refused_and_the_others_with_it(
    subject: Subject, campaign: NewCampaign, told: str
):
    with pytest.raises(InputError, match=re.escape(told)):
        await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("good"), campaign])
    assert await subject.store.campaigns(subject.workspace.id) == []
