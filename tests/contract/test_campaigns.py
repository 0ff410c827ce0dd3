"""What people correct on a campaign."""

import pytest
from tests.contract.subject import Subject, chosen

from campaignbase.errors import InputError, UnknownLabelError
from campaignbase.models import Correction, NewCampaign


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
