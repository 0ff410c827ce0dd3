import pytest

from campaignbase.core.selection import selection
from campaignbase.errors import CampaignbaseError

CAMPAIGN = "8b4f2d0e-1111-4222-8333-944455556666"


@pytest.mark.parametrize(
    ("where", "older", "expected"),
    [
        ([], None, {}),  # everything, campaigns too
        (["category=offer"], None, {"conditions": {"category": "offer"}, "content_only": True}),
        # several hold together, values of one are alternatives
        (
            ["category=offer, event", "min_word_count=3"],
            None,
            {
                "conditions": {"all": [{"category": ["offer", "event"]}, {"min_word_count": 3}]},
                "content_only": True,
            },
        ),
        (
            ["state=review,failed", "source=model", f"campaign={CAMPAIGN.upper()}"],
            None,
            {
                "label_state": ["review", "failed"],
                "category_source": ["model"],
                "campaign_id": CAMPAIGN,
                "content_only": True,
            },
        ),
        (
            ['{"not": {"contains_keyword": "sale"}}'],
            None,
            {"conditions": {"not": {"contains_keyword": "sale"}}, "content_only": True},
        ),
        (["matches_regex=a{1,2}"], None, {"conditions": {"matches_regex": "a{1,2}"}, "content_only": True}),
        (["min_quality_score=0.5"], None, {"conditions": {"min_quality_score": 0.5}, "content_only": True}),
        ([], "vocabulary:012", {"older": {"by": "vocabulary", "than": "12"}}),
        ([], "prompt:2", {"older": {"by": "prompt", "than": "2"}}),
        ([], "model:claude-haiku-5-5", {"older": {"by": "model", "than": "claude-haiku-5-5"}}),
        ([], "head", {"older": {"by": "head", "than": ""}}),
        ([], "2026-11-01", {"older": {"by": "date", "than": "2026-11-01T00:00:00+00:00"}}),
        ([], "2026-11-01T10:00+02:00", {"older": {"by": "date", "than": "2026-11-01T08:00:00+00:00"}}),
    ],
)
def test_selection_reads_what_people_write(
    where: list[str], older: str | None, expected: dict[str, object]
) -> None:
    assert selection(where, older) == expected


@pytest.mark.parametrize(
    ("where", "older", "told"),
    [
        (["category"], None, "--where 'category': expected FIELD=VALUE"),
        (
            ["state=review", "state=failed"],
            None,
            "state is given twice, and a row has one; either of two: state=",
        ),
        ([f"campaign={CAMPAIGN}"] * 2, None, "campaign is given twice, and a row has one"),
        (["min_word_count=1_000"], None, "expected a number"),
        ([], "9999-12-31T23:59:59-12:00", "or a date like 2026-11-01"),
        (
            ["categry=offer"],
            None,
            "--where 'categry=offer': unknown field 'categry'; did you mean 'category'?",
        ),
        (["1=1; drop table tags"], None, "unknown field '1'; known: campaign, campaign_type, category"),
        (["state=gone"], None, "unknown value 'gone'; known: failed, labeled, queued, review"),
        (["campaign=spring"], None, "expected the id of a campaign"),
        (["min_word_count=few"], None, "expected a number"),
        (
            ["content_type=poem"],
            None,
            "conditions.content_type: unknown value 'poem'; known: image, text, video",
        ),
        (["{"], None, "is no JSON"),
        (["{}"], None, "conditions: empty, which would match everything"),
        (['{"any": [{"min_similarity": 0.5}]}'], None, "--where cannot ask for min_similarity"),
        (['{"category": "a", "colour": "red"}'], None, "unknown condition 'colour'"),
        ([], "vocabulary:new", "expected vocabulary:NUMBER"),
        ([], "yesterday", "expected vocabulary:NUMBER, prompt:VERSION, model:NAME, head, or a date"),
        ([], "prompt:", "expected vocabulary:NUMBER, prompt:VERSION"),
    ],
)
def test_selection_refuses_what_it_cannot_read(where: list[str], older: str | None, told: str) -> None:
    with pytest.raises(CampaignbaseError) as refused:
        selection(where, older)
    assert told in str(refused.value)
