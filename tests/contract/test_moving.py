"""insert_content of a known row under another campaign: it moves there, and its labels stay."""

from dataclasses import replace

import pytest
from tests.contract.subject import Subject

from campaignbase.models import Correction, NewCampaign, NewContent


@pytest.mark.parametrize(
    ("label", "said"),
    [(None, None), ("offer", None), ("offer", "offer"), ("offer", "event")],
    ids=["nobody", "a person", "the same", "another"],
)
async def test_a_known_row_moves_to_the_campaign_given(subject: Subject, label: str | None, said: str | None):
    names = [NewCampaign("Spring"), NewCampaign("Autumn")]
    spring, autumn = await subject.store.insert_campaigns(subject.workspace.id, names)
    row = NewContent(content="one", source_key="k", campaign_id=spring)
    [key] = (await subject.store.insert_content(subject.workspace.id, [row])).ids
    if label is not None:
        await subject.store.correct(key, Correction(category=label))
    before = await subject.store.explain(key)

    moved = replace(row, campaign_id=autumn, primary_category=said)
    counts = await subject.store.insert_content(subject.workspace.id, [moved])

    assert (counts.updated, counts.kept, counts.ids) == (1, 0, (key,))
    assert [one.outcome for one in counts.rows] == ["updated"]
    after = await subject.store.explain(key)
    assert after.asset.campaign_id == autumn
    assert (after.asset.primary_category, after.asset.label_state) == (label, before.asset.label_state)
    assert after.decisions == before.decisions


async def test_a_row_given_without_a_campaign_stays_in_its_own(subject: Subject):
    [spring] = await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("Spring")])
    row = NewContent(content="one", source_key="k", campaign_id=spring)
    [key] = (await subject.store.insert_content(subject.workspace.id, [row])).ids
    for text, updated in (("one", 0), ("two", 1)):
        again = replace(row, content=text, campaign_id=None)
        assert (await subject.store.insert_content(subject.workspace.id, [again])).updated == updated
    asset = await subject.asset(key)
    assert (asset.text, asset.campaign_id) == ("two", spring)
