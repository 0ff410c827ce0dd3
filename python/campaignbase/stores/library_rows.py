"""Campaigns in full, posts and dead jobs as plain data, and pages of whatever rows."""

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TypeVar

from campaignbase.models import LabelState
from campaignbase.models.library import (
    CampaignDetails,
    ContentStatistics,
    Cursor,
    DeadJob,
    FoundContent,
    Page,
    PlatformStatistics,
    Post,
    PostStatistics,
)
from campaignbase.stores.rows import Row, maybe_time, time

T = TypeVar("T")

CAMPAIGN = (
    *("id", "workspace_id", "name", "campaign_type", "status", "target_platforms", "content_style"),
    *("visual_style", "hashtag_strategy", "cta_pattern", "estimated_cost", "actual_cost", "start_date"),
    *("end_date", "posting_frequency", "optimal_times", "primary_category", "category_source"),
    *("label_state", "confirmed_at", "created_at", "updated_at"),
)
POST = (
    *("id", "workspace_id", "campaign_id", "content_asset_id", "platform", "post_text", "media_urls"),
    *("scheduled_time", "posted_time", "hashtags", "mentions", "post_url", "status", "error_message"),
    *("approval", "views", "likes", "comments", "shares", "clicks", "engagement_rate", "created_at"),
    *("updated_at", "approval_rule", "approval_note", "approval_at"),
)


def page(found: Sequence[Row], size: int, read: Callable[[Row], T]) -> Page[T]:
    """Of up to `size` + 1 rows: one more than the page holds tells that there is a next one."""
    shown = found[:size]
    last = Cursor(time(shown[-1]["created_at"]), str(shown[-1]["id"])) if len(found) > size else None
    return Page(tuple(map(read, shown)), last)


def campaign_details(row: Row) -> CampaignDetails:
    return CampaignDetails(
        id=str(row["id"]),
        workspace_id=str(row["workspace_id"]),
        name=row["name"],
        campaign_type=row["campaign_type"],
        status=row["status"],
        target_platforms=tuple(row["target_platforms"]),
        content_style=row["content_style"],
        visual_style=row["visual_style"],
        hashtag_strategy=row["hashtag_strategy"],
        cta_pattern=row["cta_pattern"],
        estimated_cost=None if row["estimated_cost"] is None else _money(row["estimated_cost"], 2),
        actual_cost=_money(row["actual_cost"], 4),
        start_date=maybe_time(row["start_date"]),
        end_date=maybe_time(row["end_date"]),
        posting_frequency=row["posting_frequency"],
        optimal_times=tuple(row["optimal_times"]),
        primary_category=row["primary_category"],
        category_source=row["category_source"],
        label_state=row["label_state"],
        confirmed_at=maybe_time(row["confirmed_at"]),
        created_at=time(row["created_at"]),
        updated_at=time(row["updated_at"]),
    )


def post(row: Row) -> Post:
    return Post(
        id=str(row["id"]),
        workspace_id=str(row["workspace_id"]),
        campaign_id=None if row["campaign_id"] is None else str(row["campaign_id"]),
        content_asset_id=None if row["content_asset_id"] is None else str(row["content_asset_id"]),
        platform=row["platform"],
        post_text=row["post_text"],
        media_urls=tuple(row["media_urls"]),
        scheduled_time=maybe_time(row["scheduled_time"]),
        posted_time=maybe_time(row["posted_time"]),
        hashtags=tuple(row["hashtags"]),
        mentions=tuple(row["mentions"]),
        post_url=row["post_url"],
        status=row["status"],
        error_message=row["error_message"],
        approval=row["approval"],
        views=row["views"],
        likes=row["likes"],
        comments=row["comments"],
        shares=row["shares"],
        clicks=row["clicks"],
        engagement_rate=None if row["engagement_rate"] is None else float(row["engagement_rate"]),
        created_at=time(row["created_at"]),
        updated_at=time(row["updated_at"]),
        approval_rule=row["approval_rule"],
        approval_note=row["approval_note"],
        approval_at=maybe_time(row["approval_at"]),
    )


def dead_job(row: Row) -> DeadJob:
    return DeadJob(
        id=int(row["id"]),
        workspace_id=str(row["workspace"]),
        kind=row["kind"],
        target_id=str(row["target_id"]),
        failures=int(row["failures"]),
        error=row["last_error"],
        created_at=time(row["created_at"]),
        updated_at=time(row["updated_at"]),
    )


def found_content(row: Row) -> FoundContent:
    return FoundContent(
        id=str(row["id"]),
        text=row["content"],
        primary_category=row["primary_category"],
        tags=tuple(row["tags"]),
        score=float(row["score"]),
        similarity=None if row["similarity"] is None else float(row["similarity"]),
        rank=None if row["rank"] is None else float(row["rank"]),
    )


def content_statistics(found: Sequence[Row]) -> ContentStatistics:
    """Of rows of label_state, category_source, content_count, confirmed_count."""
    states: Counter[LabelState] = Counter()
    sources: Counter[str] = Counter()
    for row in found:
        states[row["label_state"]] += int(row["content_count"])
        sources[row["category_source"] or "nobody"] += int(row["content_count"])
    return ContentStatistics(
        rows=states.total(),
        by_state=dict(sorted(states.items())),
        by_source=dict(sorted(sources.items())),
        confirmed=sum(int(row["confirmed_count"]) for row in found),
    )


def post_statistics(found: Sequence[Row]) -> PostStatistics:
    """Of a row a platform; `reactions` are those of posts that have views."""
    platforms = tuple(
        PlatformStatistics(
            platform=row["platform"],
            posts=int(row["post_count"]),
            scheduled=int(row["scheduled_count"]),
            posted=int(row["posted_count"]),
            failed=int(row["failed_count"]),
            engagement_rate=round(int(row["reactions"]) / int(row["views"]), 4) if row["views"] else None,
            **{name: _maybe_int(row[name]) for name in ("views", "likes", "comments", "shares", "clicks")},
        )
        for row in found
    )
    return PostStatistics(
        posts=sum(one.posts for one in platforms),
        scheduled=sum(one.scheduled for one in platforms),
        posted=sum(one.posted for one in platforms),
        failed=sum(one.failed for one in platforms),
        platforms=platforms,
    )


def _maybe_int(value: object) -> int | None:
    return None if value is None else int(str(value))


def _money(value: object, places: int) -> Decimal:
    """Of the column's places, which a number in JSON has lost."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places))
