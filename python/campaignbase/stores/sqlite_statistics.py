"""How labeling and posts went, on SQLite. Twins of content_statistics and post_statistics in sql/rpc."""

from campaignbase.core.changes import given_id
from campaignbase.models.library import ContentStatistics, PostStatistics
from campaignbase.stores import library_rows
from campaignbase.stores.sqlite_connection import Database

_CONTENT = """
    select
        label_state,
        category_source,
        count(*) as content_count,
        count(confirmed_at) as confirmed_count
    from content_assets
    where {where}
    group by label_state, category_source
"""
_POSTS = """
    select
        platform,
        count(*) as post_count,
        count(*) filter (where status = 'scheduled') as scheduled_count,
        count(*) filter (where status = 'posted') as posted_count,
        count(*) filter (where status = 'failed') as failed_count,
        sum(views) as views,
        sum(likes) as likes,
        sum(comments) as comments,
        sum(shares) as shares,
        sum(clicks) as clicks,
        sum(coalesce(likes, 0) + coalesce(comments, 0) + coalesce(shares, 0) + coalesce(clicks, 0))
            filter (where views > 0) as reactions
    from social_posts
    where {where}
    group by platform
    order by platform
"""


def content_statistics(db: Database, workspace_id: str, campaign_id: str | None) -> ContentStatistics:
    return library_rows.content_statistics(_found(db, _CONTENT, workspace_id, campaign_id))


def post_statistics(db: Database, workspace_id: str, campaign_id: str | None) -> PostStatistics:
    return library_rows.post_statistics(_found(db, _POSTS, workspace_id, campaign_id))


def _found(db: Database, query: str, workspace_id: str, campaign_id: str | None) -> list[dict[str, object]]:
    where, values = "workspace_id = ?", [workspace_id]
    if campaign_id is not None:
        where += " and campaign_id = ?"
        values.append(given_id("campaign_id", campaign_id))
    return [dict(row) for row in db.all(query.format(where=where), values)]
