"""Content, campaigns, posts and dead jobs on SQLite: page by page, and row by row."""

# ruff: noqa: S608 - what is put into queries are names from these modules

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import uuid4

from campaignbase.core.changes import (
    campaign_values,
    content_values,
    found_id,
    given_id,
    new_posts,
    not_found,
    page_size,
    post_changes,
    refused_change,
)
from campaignbase.errors import InputError
from campaignbase.models import ContentAsset
from campaignbase.models.library import (
    CampaignChanges,
    CampaignDetails,
    Change,
    ContentChanges,
    Cursor,
    DeadJob,
    NewPost,
    Page,
    Post,
    PostChanges,
)
from campaignbase.stores import library_rows, rows
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_learning import refuse_contradiction
from campaignbase.stores.sqlite_reading import ASSET_QUERY
from campaignbase.stores.sqlite_rows import decode, id_list, moment, money, stamp, to_json

T = TypeVar("T")

_CAMPAIGN_QUERY = f"select {', '.join(library_rows.CAMPAIGN)} from campaigns "
_POST_QUERY = f"select {', '.join(library_rows.POST)} from social_posts "


def content_page(
    db: Database,
    workspace_id: str,
    where: Mapping[str, str | None],
    tag: str | None,
    after: Cursor | None,
    limit: int,
) -> Page[ContentAsset]:
    tagged = "" if tag is None else " and exists (select 1 from json_each(tags) where value = :tag)"
    given = {} if tag is None else {"tag": tag}
    return _page(db, ASSET_QUERY, workspace_id, where, after, limit, rows.asset, tagged, given)


def get_content(db: Database, asset_id: str) -> ContentAsset:
    return rows.asset(_get(db, ASSET_QUERY, "content", asset_id))


def contents(db: Database, ids: Sequence[str]) -> list[ContentAsset]:
    known = id_list(found_id("content", key) for key in ids)
    found = db.all(f"{ASSET_QUERY} where id in (select value from json_each(?))", (known,))
    return [rows.asset(decode(row)) for row in found]


def content_changes(db: Database, workspace_id: str, after: Change | None, limit: int) -> list[Change]:
    query = "select updated_at, id from content_assets where workspace_id = ?"
    if after is None:
        found = db.all(f"{query} order by updated_at desc, id desc limit 1", (workspace_id,))
    else:
        last = (stamp(after.updated_at), given_id("cursor", after.id))
        found = db.all(
            f"{query} and (updated_at, id) > (?, ?) order by updated_at, id limit ?",
            (workspace_id, *last, page_size(limit)),
        )
    return [Change(moment(row["updated_at"]), row["id"]) for row in found]


def written_mark(db: Database) -> str:
    """The first number tells of other connections' commits, the second of this one's changes."""
    return f"{db.value('pragma data_version')} {db.connection.total_changes}"


def update_content(db: Database, asset_id: str, changes: ContentChanges) -> ContentAsset:
    values = content_values(changes)
    return rows.asset(_change(db, "content_assets", ASSET_QUERY, "content", asset_id, values))


def campaign_page(
    db: Database, workspace_id: str, where: Mapping[str, str | None], after: Cursor | None, limit: int
) -> Page[CampaignDetails]:
    return _page(db, _CAMPAIGN_QUERY, workspace_id, where, after, limit, library_rows.campaign_details)


def get_campaign(db: Database, campaign_id: str) -> CampaignDetails:
    return library_rows.campaign_details(_get(db, _CAMPAIGN_QUERY, "campaign", campaign_id))


def update_campaign(db: Database, campaign_id: str, changes: CampaignChanges) -> CampaignDetails:
    values = campaign_values(changes)
    return library_rows.campaign_details(
        _change(db, "campaigns", _CAMPAIGN_QUERY, "campaign", campaign_id, values)
    )


def add_posts(db: Database, workspace_id: str, posts: Sequence[NewPost]) -> list[str]:
    records = [
        {"id": str(uuid4()), "workspace_id": workspace_id, **_written(values)} for values in new_posts(posts)
    ]
    with db.write():
        for place, record in enumerate(records, start=1):
            _check_points(db, workspace_id, record, f"row {place}: ")
            names = ", ".join(record)
            slots = ", ".join(f":{name}" for name in record)
            db.run(f"insert into social_posts ({names}) values ({slots})", record)
    return [record["id"] for record in records]


def post_page(
    db: Database, workspace_id: str, where: Mapping[str, str | None], after: Cursor | None, limit: int
) -> Page[Post]:
    return _page(db, _POST_QUERY, workspace_id, where, after, limit, library_rows.post)


def get_post(db: Database, post_id: str) -> Post:
    return library_rows.post(_get(db, _POST_QUERY, "post", post_id))


def update_post(db: Database, post_id: str, changes: PostChanges) -> Post:
    return library_rows.post(_change(db, "social_posts", _POST_QUERY, "post", post_id, post_changes(changes)))


def remove(db: Database, table: str, noun: str, key: str) -> None:
    with db.write():
        if not db.run(f"delete from {table} where id = ?", (found_id(noun, key),)):
            raise not_found(noun, key)


def dead_jobs(db: Database, workspace_id: str, limit: int) -> list[DeadJob]:
    found = db.all(
        "select id, workspace_id as workspace, kind, target_id, failures, last_error, created_at, updated_at"
        " from jobs where state = 'dead' and workspace_id = ? order by updated_at desc, id desc limit ?",
        (workspace_id, page_size(limit)),
    )
    return [library_rows.dead_job(decode(row)) for row in found]


def _page(
    db: Database,
    query: str,
    workspace_id: str,
    where: Mapping[str, str | None],
    after: Cursor | None,
    limit: int,
    row: Callable[[rows.Row], T],
    more: str = "",
    given: Mapping[str, str] | None = None,
) -> Page[T]:
    size = page_size(limit)
    asked = {
        name: given_id(name, value) if name in ("campaign_id", "content_asset_id") else value
        for name, value in where.items()
        if value is not None
    }
    values: dict[str, Any] = {**asked, **(given or {}), "workspace_id": workspace_id, "limit": size + 1}
    tests = "where workspace_id = :workspace_id" + "".join(f" and {name} = :{name}" for name in asked) + more
    if after is not None:
        tests += " and (created_at, id) < (:after_at, :after_id)"
        values |= {"after_at": stamp(after.created_at), "after_id": given_id("cursor", after.id)}
    found = db.all(f"{query} {tests} order by created_at desc, id desc limit :limit", values)
    return library_rows.page([decode(one) for one in found], size, row)


def _get(db: Database, query: str, noun: str, key: str) -> dict[str, Any]:
    found = db.one(f"{query} where id = ?", (found_id(noun, key),))
    if found is None:
        raise not_found(noun, key)
    return decode(found)


def _change(
    db: Database, table: str, query: str, noun: str, key: str, values: Mapping[str, Any]
) -> dict[str, Any]:
    """The row as it is then."""
    if not values:
        return _get(db, query, noun, key)
    with db.write():
        before = db.one(f"select workspace_id from {table} where id = ?", (found_id(noun, key),))
        if before is None:
            raise not_found(noun, key)
        written = _written(values)
        _check_points(db, before["workspace_id"], written)
        changes = ", ".join(f"{name} = :{name}" for name in written)
        try:
            db.run(f"update {table} set {changes} where id = :key", {**written, "key": found_id(noun, key)})
        except sqlite3.IntegrityError as error:
            refused = refused_change(str(error))
            if refused is None:
                raise
            raise refused from error
        if table == "content_assets":
            refuse_contradiction(db, before["workspace_id"], {found_id(noun, key)})
        return _get(db, query, noun, key)


def _check_points(db: Database, workspace_id: str, values: Mapping[str, Any], place: str = "") -> None:
    """Raise InputError where a row would point at one that is not in its workspace."""
    for column, table, noun in (
        ("campaign_id", "campaigns", "campaign"),
        ("content_asset_id", "content_assets", "content"),
    ):
        key = values.get(column)
        known = f"select 1 from {table} where workspace_id = ? and id = ?"
        if key is not None and db.value(known, (workspace_id, key)) is None:
            raise InputError(f"{place}no {noun} {key!r} in this workspace")


def _written(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in values.items()}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, Decimal):
        return money(value, 2)
    return to_json(value) if isinstance(value, Mapping | list) else value
