"""Content and campaigns on SQLite: insert, list, explain, correct, search."""

# ruff: noqa: S608 - what is put into queries are names from these modules

import sqlite3
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import numpy as np

from campaignbase.core.new_content import (
    check_new_content,
    last_by_source_key,
    new_content_text,
    unknown_category,
)
from campaignbase.core.tags import fold_tag
from campaignbase.errors import InputError, NotFoundError, UnknownLabelError
from campaignbase.models import (
    DIMENSIONS,
    Campaign,
    ContentAsset,
    Correction,
    Explanation,
    InsertCounts,
    NewCampaign,
    NewContent,
    SearchHit,
    Vector,
)
from campaignbase.stores import rows as read
from campaignbase.stores.sqlite_connection import Database, Row
from campaignbase.stores.sqlite_rows import decode, id_list, money, text_of_asset, to_json
from campaignbase.stores.sqlite_vectors import VectorCache

MAX_MATCHES = 100
SHORTEST_PREFIX = 4

ASSET_QUERY = """
    select
        id, workspace_id, asset_type, content, prompt, alt_text, file_path, campaign_id, source_key,
        primary_category, category_source, tags, sentiment, sentiment_source, target_audience,
        audience_source, label_state, language, quality_score, quality_parts, embedding_model, confirmed_at,
        created_at, updated_at
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


def insert_content(db: Database, workspace_id: str, rows: Sequence[NewContent]) -> InsertCounts:
    inserted = 0
    written: list[str] = []
    with db.write():
        check_new_content(rows, _names(db, "categories", workspace_id))
        kept = last_by_source_key(rows)
        places = {id(row): place for place, row in enumerate(rows, start=1)}
        campaigns = {
            row["id"] for row in db.all("select id from campaigns where workspace_id = ?", (workspace_id,))
        }
        known = _by_source_key(db, workspace_id, kept)
        for row in kept:
            place = places[id(row)]
            if row.campaign_id is not None and row.campaign_id not in campaigns:
                raise InputError(
                    f"row {place}: no campaign {row.campaign_id!r} in this workspace;"
                    " see: campaignbase campaigns"
                )
            found = known.get(row.source_key) if row.source_key is not None else None
            if found is not None and text_of_asset(found) == new_content_text(row):
                continue
            try:
                written.append(
                    _insert(db, workspace_id, row) if found is None else _update(db, found["id"], row)
                )
            except (sqlite3.IntegrityError, sqlite3.DataError, UnicodeEncodeError) as error:
                raise InputError(f"row {place}: {error}") from error
            inserted += found is None
    return InsertCounts(inserted, len(written) - inserted, len(rows) - len(written), tuple(written))


def _by_source_key(db: Database, workspace_id: str, rows: Sequence[NewContent]) -> dict[str, Row]:
    keys = id_list(row.source_key for row in rows if row.source_key is not None)
    found = db.all(
        "select id, source_key, content, prompt, alt_text, file_path from content_assets"
        " where workspace_id = ? and source_key in (select value from json_each(?))",
        (workspace_id, keys),
    )
    return {row["source_key"]: row for row in found}


def _values(row: NewContent) -> dict[str, Any]:
    return {
        "asset_type": row.asset_type,
        "content": row.content,
        "prompt": row.prompt,
        "alt_text": row.alt_text,
        "file_path": row.file_path,
        "file_url": row.file_url,
        "campaign_id": row.campaign_id,
        "parameters": to_json(dict(row.parameters)),
        "primary_category": row.primary_category,
    }


def _insert(db: Database, workspace_id: str, row: NewContent) -> str:
    values = _values(row) | {
        "id": str(uuid4()),
        "workspace_id": workspace_id,
        "source_key": row.source_key,
        "generator": row.generator,
        "generation_cost": money(row.generation_cost, 4),
        "tags": to_json(row.tags),
        "sentiment": row.sentiment,
        "target_audience": row.target_audience,
    }
    columns, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    db.run(f"insert into content_assets ({columns}) values ({places})", values)
    return str(values["id"])


def _update(db: Database, key: str, row: NewContent) -> str:
    db.run(
        """
        update content_assets
        set
            asset_type = :asset_type,
            content = :content,
            prompt = :prompt,
            alt_text = :alt_text,
            file_path = :file_path,
            file_url = :file_url,
            campaign_id = :campaign_id,
            parameters = :parameters,
            primary_category = coalesce(:primary_category, primary_category)
        where id = :id
        """,
        _values(row) | {"id": key},
    )
    return key


def insert_campaigns(db: Database, workspace_id: str, rows: Sequence[NewCampaign]) -> list[str]:
    ids = []
    with db.write():
        categories = _names(db, "categories", workspace_id)
        for row in rows:
            found = db.value(
                "select id from campaigns where workspace_id = ? and name = ?"
                " order by created_at, id limit 1",
                (workspace_id, row.name),
            )
            if found is None:
                if row.primary_category is not None and row.primary_category not in categories:
                    raise UnknownLabelError(unknown_category(row.primary_category, categories))
                found = str(uuid4())
                values = {
                    "id": found,
                    "workspace_id": workspace_id,
                    "name": row.name,
                    "campaign_type": row.campaign_type,
                    "status": row.status,
                    "target_platforms": to_json(row.target_platforms),
                    "content_style": row.content_style,
                    "visual_style": row.visual_style,
                    "hashtag_strategy": row.hashtag_strategy,
                    "cta_pattern": row.cta_pattern,
                    "primary_category": row.primary_category,
                }
                columns, places = ", ".join(values), ", ".join(f":{name}" for name in values)
                db.run(f"insert into campaigns ({columns}) values ({places})", values)
            ids.append(found)
    return ids


def _names(db: Database, table: str, workspace_id: str) -> set[str]:
    return {
        row["name"] for row in db.all(f"select name from {table} where workspace_id = ?", (workspace_id,))
    }


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
        key = _resolve_id(db, target_id)
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


def _resolve_id(db: Database, target_id: str) -> str:
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


def correct(db: Database, asset_id: str, correction: Correction) -> None:
    with db.write():
        key = _resolve_id(db, asset_id)
        row = db.one("select workspace_id, tags from content_assets where id = ?", (key,))
        if row is None:
            raise NotFoundError(f"{asset_id!r} is not a content asset; only content can be corrected")
        changes: dict[str, Any] = {}
        if correction.category is not None:
            names = _names(db, "categories", row["workspace_id"])
            if correction.category and correction.category not in names:
                raise UnknownLabelError(unknown_category(correction.category, names))
            changes["primary_category"] = correction.category or None
        if correction.sentiment is not None:
            changes["sentiment"] = correction.sentiment or None
        if correction.audience is not None:
            changes["target_audience"] = correction.audience or None
        if correction.add_tags or correction.remove_tags:
            removed = {fold_tag(name) for name in correction.remove_tags}
            kept = [name for name in decode(row)["tags"] if fold_tag(name) not in removed]
            changes["tags"] = to_json([*kept, *(name for name in correction.add_tags if name not in kept)])
        if not changes:
            raise InputError("nothing to correct: name a category, sentiment, audience or tag")
        sets = ", ".join(f"{name} = :{name}" for name in changes)
        db.run(f"update content_assets set {sets} where id = :id", changes | {"id": key})


def semantic_search(
    db: Database,
    vectors: VectorCache,
    query: Vector,
    match_count: int,
    workspace_id: str | None,
    model: str | None,
) -> list[SearchHit]:
    _check_query(query)
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


def _check_query(query: Vector) -> None:
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
