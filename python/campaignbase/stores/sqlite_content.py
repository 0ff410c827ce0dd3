"""Content and campaigns on SQLite: what a person writes."""

# ruff: noqa: S608 - what is put into queries are names from these modules

import sqlite3
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from campaignbase.core.new_content import (
    check_correction,
    check_new_content,
    last_by_source_key,
    new_content_text,
    unknown_category,
)
from campaignbase.core.tags import fold_tag
from campaignbase.errors import InputError, UnknownLabelError
from campaignbase.models import (
    Correction,
    InsertCounts,
    NewCampaign,
    NewContent,
)
from campaignbase.stores.sqlite_audience import check_audience
from campaignbase.stores.sqlite_connection import Database, Row
from campaignbase.stores.sqlite_reading import resolve_id
from campaignbase.stores.sqlite_rows import decode, id_list, money, text_of_asset, to_json
from campaignbase.stores.sqlite_tags import known_words, spelled


def insert_content(db: Database, workspace_id: str, rows: Sequence[NewContent]) -> InsertCounts:
    inserted = 0
    written: list[str] = []
    with db.write():
        check_new_content(rows, _names(db, "categories", workspace_id))
        kept = last_by_source_key(rows)
        places = {id(row): place for place, row in reversed([*enumerate(rows, start=1)])}
        campaigns = {
            row["id"] for row in db.all("select id from campaigns where workspace_id = ?", (workspace_id,))
        }
        known = _by_source_key(db, workspace_id, kept)
        words = known_words(db, workspace_id) if any(row.tags or row.target_audience for row in kept) else {}
        for row in kept:
            place = places[id(row)]
            if row.campaign_id is not None and row.campaign_id not in campaigns:
                raise InputError(
                    f"row {place}: no campaign {row.campaign_id!r} in this workspace;"
                    " see: campaignbase campaigns"
                )
            found = known.get(row.source_key) if row.source_key is not None else None
            # a person's label for a row that is known is news too
            if (
                found is not None
                and text_of_asset(found) == new_content_text(row)
                and row.primary_category in (None, found["primary_category"])
            ):
                continue
            if found is None:
                check_audience(db, workspace_id, words, row.target_audience, f"row {place}: ")
            try:
                written.append(
                    _insert(db, workspace_id, row, words) if found is None else _update(db, found["id"], row)
                )
            except (sqlite3.IntegrityError, sqlite3.DataError, UnicodeEncodeError) as error:
                raise InputError(f"row {place}: {error}") from error
            inserted += found is None
    return InsertCounts(inserted, len(written) - inserted, len(rows) - len(written), tuple(written))


def _by_source_key(db: Database, workspace_id: str, rows: Sequence[NewContent]) -> dict[str, Row]:
    keys = id_list(row.source_key for row in rows if row.source_key is not None)
    found = db.all(
        "select id, source_key, content, prompt, alt_text, file_path, primary_category from content_assets"
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


def _insert(db: Database, workspace_id: str, row: NewContent, words: dict[str, str]) -> str:
    values = _values(row) | {
        "id": str(uuid4()),
        "workspace_id": workspace_id,
        "source_key": row.source_key,
        "generator": row.generator,
        "generation_cost": money(row.generation_cost, 4),
        "tags": to_json([spelled(words, tag) for tag in row.tags]),
        "sentiment": row.sentiment,
        "target_audience": row.target_audience and spelled(words, row.target_audience),
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


def correct(db: Database, target_id: str, correction: Correction) -> None:
    with db.write():
        key = resolve_id(db, target_id)
        row = db.one("select workspace_id, tags from content_assets where id = ?", (key,))
        table = "campaigns" if row is None else "content_assets"
        workspace_id = db.value(f"select workspace_id from {table} where id = ?", (key,))
        check_correction(correction, campaign=row is None)
        changes: dict[str, Any] = {}
        if correction.category is not None:
            names = _names(db, "categories", workspace_id)
            if correction.category and correction.category not in names:
                raise UnknownLabelError(unknown_category(correction.category, names))
            changes["primary_category"] = correction.category or None
        if correction.sentiment is not None:
            changes["sentiment"] = correction.sentiment or None
        words = known_words(db, workspace_id)
        if correction.audience is not None:
            check_audience(db, workspace_id, words, correction.audience)
            changes["target_audience"] = spelled(words, correction.audience) or None
        if row is not None and (correction.add_tags or correction.remove_tags):
            removed = {fold_tag(name) for name in correction.remove_tags}
            kept = [name for name in decode(row)["tags"] if fold_tag(name) not in removed]
            added = [spelled(words, name) for name in correction.add_tags]
            changes["tags"] = to_json([*kept, *(name for name in added if name not in kept)])
        sets = ", ".join(f"{name} = :{name}" for name in changes)
        db.run(f"update {table} set {sets} where id = :id", changes | {"id": key})
