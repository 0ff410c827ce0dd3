"""What `show` prints of a row: each line names what, who decided and why, whatever state the row is in."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from rich.console import Console

from campaignbase.cli.show import draw
from campaignbase.models import Campaign, ContentAsset, DecisionRecord, Explanation, TagLink

KEY = "6c82f0aa-0000-0000-0000-000000000000"
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ASSET = ContentAsset(
    id=KEY,
    workspace_id="w",
    asset_type="text",
    text="Doors open at 9",
    prompt=None,
    alt_text=None,
    file_path=None,
    file_url=None,
    generator=None,
    parameters={},
    campaign_id=None,
    source_key=None,
    primary_category=None,
    category_source=None,
    tags=(),
    sentiment=None,
    sentiment_source=None,
    target_audience=None,
    audience_source=None,
    label_state="review",
    language="en",
    quality_score=0.88,
    quality_parts={"length": 1.0, "action": 0.4},
    embedding_model="static-1",
    confirmed_at=None,
    created_at=AT,
    updated_at=AT,
)
CAMPAIGN = Campaign(KEY, "w", "Spring", "event", "draft", None, None, "review", Decimal("1.50"), 1, AT)
DECISION = DecisionRecord(
    "category", None, (), None, None, None, None, ("nobody was sure: share of the evidence event 0.31",),
    "abstained", "offline-1", None, 7, "static-1", 12, AT,
)  # fmt: skip
BY_MODEL = replace(
    DECISION, label="event", source="model", reasons=("mentions 'doors'",), outcome="applied", candidate=None
)
CLEARED = replace(
    DECISION,
    source="human",
    previous_label="event",
    reasons=("cleared by a person",),
    outcome="applied",
    model=None,
)


def shown(
    row: ContentAsset | Campaign, *decisions: DecisionRecord, tags: tuple[TagLink, ...] = (), **job: Any
) -> str:
    """The lines, each with its columns one blank apart."""
    explanation = Explanation(
        asset=row if isinstance(row, ContentAsset) else None,
        campaign=row if isinstance(row, Campaign) else None,
        tags=tags,
        decisions=decisions,
        job_state=job.get("state"),
        job_error=job.get("error"),
    )
    printed = io.StringIO()
    draw(Console(file=printed, width=200), explanation)
    return re.sub(r" {2,}", "  ", printed.getvalue())


@pytest.mark.parametrize(
    ("row", "decisions", "job", "lines"),
    [
        # decided by a machine
        (
            replace(ASSET, primary_category="event", category_source="model", label_state="labeled"),
            [BY_MODEL],
            {},
            ["category  event  the model  mentions 'doors'"],
        ),
        # its category has another name by now
        (
            replace(ASSET, primary_category="gathering", category_source="model", label_state="labeled"),
            [BY_MODEL],
            {},
            ["category  gathering  the model  mentions 'doors'"],
        ),
        # decided by a person, and looked at again
        (
            replace(ASSET, primary_category="event", category_source="human", label_state="labeled"),
            [
                replace(BY_MODEL, label="offer", previous_label="event", outcome="kept_human"),
                replace(BY_MODEL, source="human", reasons=("set by a person",), model=None),
            ],
            {},
            [
                "category  event  a person  set, 2026-01-02 03:04:05",
                "stays event · a person · the model says offer: mentions 'doors'",
            ],
        ),
        # nobody was sure, and something came nearest
        (
            ASSET,
            [replace(DECISION, candidate="event")],
            {},
            [
                "category  none  nobody  share of the evidence event 0.31",
                "waits for a person  campaignbase categorize 6c82f0aa --category NAME",
                "nearest  event  considered first, not sure enough",
                "none · nobody · nearest: event; share of the evidence event 0.31",
            ],
        ),
        (
            CAMPAIGN,
            [replace(DECISION, candidate="event")],
            {},
            ["category  none  nobody  share of the evidence event 0.31", "nearest  event  considered first"],
        ),
        # a person took it away, and a machine would put it back
        (
            replace(ASSET, category_source="human"),
            [replace(BY_MODEL, outcome="kept_human"), CLEARED],
            {},
            [
                "category  none  a person  cleared, 2026-01-02 03:04:05; it was event",
                "waits for a person  campaignbase categorize",
                "nearest  event  what the model would say",
                "stays empty · a person · the model says event: mentions 'doors'",
                "none · a person · before: event; cleared",
            ],
        ),
        # not looked at yet, being looked at, looked at in vain
        (
            replace(ASSET, label_state="queued", language=None, quality_score=None),
            [],
            {"state": "waiting"},
            ["category  none  nobody  not looked at yet", "waits for a worker  campaignbase worker --once"],
        ),
        (
            replace(ASSET, label_state="queued"),
            [],
            {"state": "waiting", "error": "the provider is down"},
            ["waits for a worker  the last try: the provider is down"],
        ),
        (replace(ASSET, label_state="queued"), [], {"state": "leased"}, ["being labeled  a worker has"]),
        (
            replace(ASSET, label_state="failed"),
            [],
            {"state": "dead", "error": "too long"},
            [
                "category  none  nobody  not looked at yet",
                "failed  too long; to try again: campaignbase worker --replay",
            ],
        ),
        # labeled again: what stands is shown, and that it waits
        (
            replace(ASSET, primary_category="event", category_source="model", label_state="queued"),
            [BY_MODEL],
            {"state": "waiting"},
            ["category  event  the model  mentions 'doors'", "waits for a worker"],
        ),
    ],
    ids=[
        "machine", "renamed", "person", "review", "campaign", "cleared", "queued", "tried", "leased",
        "failed", "queued again",
    ],
)  # fmt: skip
def test_category_line_says_what_who_and_why(
    row: ContentAsset | Campaign, decisions: list[DecisionRecord], job: dict[str, str], lines: list[str]
) -> None:
    text = shown(row, *decisions, **job)
    for line in lines:
        assert line in text, text


def test_nearest_is_not_told_of_a_row_that_has_a_category() -> None:
    row = replace(ASSET, primary_category="event", category_source="human", label_state="labeled")
    text = shown(row, replace(DECISION, candidate="offer", outcome="kept_human", previous_label="event"))
    assert "stays event · a person · nobody else was sure; nearest: offer" in text
    assert "\nnearest" not in text


def test_every_other_label_says_what_who_and_why() -> None:
    row = replace(
        ASSET,
        sentiment="positive",
        sentiment_source="model",
        target_audience="parents",
        audience_source="rule",
    )
    text = shown(
        row,
        replace(BY_MODEL, field="sentiment", label="positive", reasons=("'great' +2.0", "together +0.48")),
        replace(
            BY_MODEL, field="audience", label="parents", source="rule", reasons=("rule 'x': contains 'y'",)
        ),
        tags=(
            TagLink("local", None, "human", None, "added by a person", "applied"),
            TagLink("urgency", None, "model", 0.5, "mentions 'today'", "applied"),
            TagLink("retail", None, "neighbor", 0.4, "put on 2 of 3 similar texts by people", "applied"),
            TagLink("sale", None, "human", None, "removed by a person", "rejected"),
        ),
    )
    for line in (
        "sentiment  positive  the model  'great' +2.0; together +0.48",
        "audience  parents  a rule  'x': contains 'y'",
        "tags  local  a person  added or confirmed",
        "urgency  the model  mentions 'today' (match 0.50 of 1)",
        "retail  similar texts  put on 2 of 3 similar texts by people",
        "refused  sale  a person  stays away",
        "quality  0.88 of 1  a formula  length 1.00, action 0.40; each of 1",
        "language  en  a word list  by its words",
    ):
        assert line in text, text
    assert "vector by static-1; the model is offline-1, vocabulary version 7, 12 ms" in text


def test_an_empty_label_says_why_it_is_empty() -> None:
    text = shown(replace(ASSET, language=None, embedding_model=None))
    assert "sentiment  none  nobody  nothing to read, or not in English" in text
    assert "audience  none  nobody  none was named or near enough" in text
    assert "\nno vector  \n" in text
    assert (
        "language  unsure  nobody  its words tell no language for sure; the shipped embedder reads English"
        in text
    )


def test_history_is_cut_and_says_so() -> None:
    text = shown(ASSET, *([DECISION] * 23))
    assert text.count("none · nobody · share of the evidence") == 20
    assert "and 3 older; all of them with --json" in text
