"""Rows of a store as the tools show them."""

from collections import Counter
from collections.abc import Mapping, Sequence

from campaignbase import models
from campaignbase.mcp import results
from campaignbase.models.library import Post


def untrusted(text: str | None) -> results.Untrusted | None:
    return None if text is None else results.Untrusted(text=text)


def campaign_card(row: models.Campaign) -> results.Campaign:
    return results.Campaign(
        id=row.id,
        name=results.Untrusted(text=row.name),
        campaign_type=row.campaign_type,
        status=row.status,
        category=row.primary_category,
        label_state=row.label_state,
        content_count=row.content_count,
        actual_cost=float(row.actual_cost),
        created_at=row.created_at,
    )


def content_card(row: models.ContentAsset) -> results.Content:
    return results.Content(
        id=row.id,
        text=untrusted(row.text),
        asset_type=row.asset_type,
        campaign_id=row.campaign_id,
        label_state=row.label_state,
        category=row.primary_category,
        category_source=row.category_source,
        tags=list(row.tags),
        sentiment=row.sentiment,
        audience=row.target_audience,
        language=row.language,
        quality_score=row.quality_score,
        created_at=row.created_at,
    )


def category_card(row: models.Category, names: Mapping[str, str]) -> results.Category:
    """`names`: of all categories, by id."""
    return results.Category(
        name=row.name,
        parent=names.get(row.parent_id or ""),
        description=row.description,
        keywords=list(row.keywords),
        manual_only=row.manual_only,
        usage_count=row.usage_count,
    )


def tag_card(row: models.Tag) -> results.Tag:
    return results.Tag(
        name=row.name,
        tag_type=row.tag_type,
        description=row.description,
        aliases=list(row.aliases),
        manual_only=row.manual_only,
        usage_count=row.usage_count,
    )


def rule_card(row: models.Rule) -> results.Rule:
    return results.Rule(
        id=row.id,
        name=row.name,
        rule_type=row.rule_type,
        conditions=dict(row.conditions),
        actions=dict(row.actions),
        priority=row.priority,
        enabled=row.enabled,
        execution_count=row.execution_count,
    )


def why(found: models.Explanation) -> results.Why:
    return results.Why(
        content=None if found.asset is None else content_card(found.asset),
        campaign=None if found.campaign is None else campaign_card(found.campaign),
        tags=[
            results.TagWhy(
                name=link.name,
                source=link.source,
                score=link.score,
                reason=untrusted(link.reason),
                state=link.state,
            )
            for link in found.tags
        ],
        decisions=[
            results.Decision(
                field=one.field,
                label=one.label,
                previous_label=one.previous_label,
                source=one.source,
                score=one.score,
                reasons=[results.Untrusted(text=text) for text in one.reasons],
                outcome=one.outcome,
                model=one.model,
                decided_at=one.created_at,
            )
            for one in found.decisions
        ],
        job_state=found.job_state,
        job_error=found.job_error,
    )


METRICS = ("views", "likes", "comments", "shares", "clicks")


def performance(posts: Sequence[Post]) -> results.Performance:
    states = Counter(post.status for post in posts)
    return results.Performance(
        posts=len(posts),
        scheduled=states["scheduled"],
        posted=states["posted"],
        failed=states["failed"],
        platforms=[
            _platform(name, [post for post in posts if post.platform == name])
            for name in sorted({post.platform for post in posts})
        ],
    )


def _platform(name: str, posts: Sequence[Post]) -> results.PlatformPerformance:
    seen = [post for post in posts if post.views]
    views = sum(post.views or 0 for post in seen)
    reactions = sum(getattr(post, metric) or 0 for post in seen for metric in METRICS[1:])
    return results.PlatformPerformance(
        platform=name,
        posts=len(posts),
        posted=sum(post.status == "posted" for post in posts),
        engagement_rate=round(reactions / views, 4) if views else None,
        **{metric: _sum([getattr(post, metric) for post in posts]) for metric in METRICS},
    )


def _sum(values: Sequence[int | None]) -> int | None:
    """None where no post has the figure."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None
