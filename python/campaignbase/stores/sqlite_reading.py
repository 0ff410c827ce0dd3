"""Content and campaigns on SQLite: list, explain, search."""

import numpy as np

from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import DIMENSIONS, Campaign, ContentAsset, Explanation, SearchHit, Vector
from campaignbase.stores import rows as read
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_rows import decode, id_list
from campaignbase.stores.sqlite_vectors import VectorCache

MAX_MATCHES = 100
SHORTEST_PREFIX = 4

ASSET_QUERY = """
    select
        id, workspace_id, asset_type, content, prompt, alt_text, file_path, file_url, generator, parameters,
        campaign_id, source_key, primary_category, category_source, tags, sentiment, sentiment_source,
        target_audience, audience_source, label_state, language, quality_score, quality_parts,
        embedding_model, confirmed_at, created_at, updated_at, approval, approval_rule, approval_note,
        approval_at
    from content_assets
"""
_CAMPAIGN_QUERY = """
    select
        id, workspace_id, name, campaign_type, status, primary_category, category_source, label_state,
        actual_cost,
        (
            select count(*)
            from content_assets
            where
                content_assets.workspace_id = campaigns.workspace_id
                and content_assets.campaign_id = campaigns.id
        ) as content_count,
        created_at
    from campaigns
"""


def content(
    db: Database,
    workspace_id: str,
    label_state: str | None,
    category: str | None,
    campaign_id: str | None,
    limit: int,
) -> list[ContentAsset]:
    filters = {"label_state": label_state, "primary_category": category, "campaign_id": campaign_id}
    given = {name: value for name, value in filters.items() if value is not None}
    found = db.all(
        ASSET_QUERY
        + "where workspace_id = :workspace_id"
        + "".join(f" and {name} = :{name}" for name in given)
        + " order by created_at desc, id desc limit :limit",
        {**given, "workspace_id": workspace_id, "limit": limit},
    )
    return [read.asset(decode(row)) for row in found]


def campaigns(db: Database, workspace_id: str) -> list[Campaign]:
    found = db.all(
        _CAMPAIGN_QUERY + "where workspace_id = ? order by created_at desc, id desc", (workspace_id,)
    )
    return [read.campaign(decode(row)) for row in found]


def explain(db: Database, target_id: str) -> Explanation:
    with db.read():
        key = resolve_id(db, target_id)
        asset = db.one(ASSET_QUERY + "where id = ?", (key,))
        campaign = db.one(_CAMPAIGN_QUERY + "where id = ?", (key,)) if asset is None else None
        links = db.all(
            """
            select tags.name, tags.tag_type, link.source, link.score, link.reason, link.state
            from content_asset_tags as link
            inner join tags on link.tag_id = tags.id
            where link.content_asset_id = ?
            order by link.state, link.source = 'human' desc, link.score desc nulls last, tags.name
            """,
            (key,),
        )
        decisions = db.all(
            "select * from categorizations where content_asset_id = ? or campaign_id = ?"
            " order by created_at desc, rowid desc",
            (key, key),
        )
        job = db.one(
            "select state, last_error from jobs where target_id = ? and kind like 'categorize%'", (key,)
        )
    return Explanation(
        asset=None if asset is None else read.asset(decode(asset)),
        campaign=None if campaign is None else read.campaign(decode(campaign)),
        tags=tuple(read.tag_link(decode(row)) for row in links),
        decisions=tuple(read.decision(decode(row)) for row in decisions),
        job_state=None if job is None else job["state"],
        job_error=None if job is None else job["last_error"],
    )


def resolve_id(db: Database, target_id: str) -> str:
    wanted = target_id.strip().lower()
    if len(wanted) < SHORTEST_PREFIX or set(wanted) - set("0123456789abcdef-"):
        raise NotFoundError(
            f"no content or campaign {target_id!r}; give an id or at least its first 4 characters"
        )
    found = db.all(
        "select id from content_assets where id >= :low and id < :high"
        " union all select id from campaigns where id >= :low and id < :high order by id limit 5",
        {"low": wanted, "high": wanted + "g"},
    )
    if not found:
        raise NotFoundError(f"no content or campaign with id {target_id!r}")
    if len(found) > 1:
        listed = ", ".join(row["id"] for row in found)
        raise NotFoundError(f"id {target_id!r} is the beginning of several: {listed}; give more of it")
    return str(found[0]["id"])


def semantic_search(
    db: Database,
    vectors: VectorCache,
    query: Vector,
    match_count: int,
    workspace_id: str | None,
    model: str | None,
) -> list[SearchHit]:
    check_query(query)
    count = min(max(match_count, 1), MAX_MATCHES)
    with db.read():
        sets = vectors.sets(db, "content")
        searched = (
            list(sets.values())
            if workspace_id is None
            else [sets[workspace_id]]
            if workspace_id in sets
            else []
        )
        best = [found for one in searched for found in one.nearest(query, count, model)]
        best = sorted(best, key=lambda found: (-found[1], found[0]))[:count]
        rows = {
            row["id"]: row
            for row in db.all(
                "select id, content, prompt, alt_text, file_path, primary_category, tags from content_assets"
                " where id in (select value from json_each(?))",
                (id_list(row_id for row_id, _ in best),),
            )
        }
    hits = []
    for row_id, similarity in best:
        values = decode(rows[row_id])
        hits.append(
            SearchHit(row_id, values["text"], values["primary_category"], tuple(values["tags"]), similarity)
        )
    return hits


def check_query(query: Vector) -> None:
    if query.shape != (DIMENSIONS,):
        raise InputError(
            f"query_embedding must be a vector of {DIMENSIONS} numbers,"
            f" not {'x'.join(map(str, query.shape))}; embed the query with the workspace's model"
            " and pad shorter vectors with zeros"
        )
    length = float(np.linalg.norm(query))
    if not abs(length - 1) <= 0.01:
        raise InputError(
            f"query_embedding must have length 1, not {length:.4f}; divide the vector by its Euclidean length"
        )
