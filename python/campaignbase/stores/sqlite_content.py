"""Content and campaigns on SQLite: what a person writes."""

# ruff: noqa: S608 - what is put into queries are names from these modules

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from campaignbase.core.names import category_of_alias, find_category
from campaignbase.core.new_content import (
    check_new_campaign,
    check_new_content,
    last_by_source_key,
    new_content_text,
    unknown_category,
)
from campaignbase.core.tags import fold_tag
from campaignbase.errors import InputError, UnknownLabelError
from campaignbase.models import Category, InsertCounts, NewCampaign, NewContent, WrittenRow
from campaignbase.stores.sqlite_audience import check_audience
from campaignbase.stores.sqlite_categories import categories
from campaignbase.stores.sqlite_connection import Database, Row
from campaignbase.stores.sqlite_correct import confirm_labels
from campaignbase.stores.sqlite_learning import refuse_contradiction
from campaignbase.stores.sqlite_proposals import unwanted
from campaignbase.stores.sqlite_rows import id_list, money, stamp, text_of_asset, to_json
from campaignbase.stores.sqlite_tags import known_words, spelled

IMPORTED = "taken from an imported file"  # as private.tg_content_assets__record_human says it


def insert_content(db: Database, workspace_id: str, rows: Sequence[NewContent]) -> InsertCounts:
    inserted = kept_labels = 0
    written: list[str] = []
    with db.write():
        there = categories(db, workspace_id)
        rows = _as_meant(db, workspace_id, rows, there)
        try:
            check_new_content(rows, [category.name for category in there])
        except UnknownLabelError:
            # a server hears of the audience first
            words = known_words(db, workspace_id)
            for place, row in enumerate(rows, start=1):
                check_audience(db, workspace_id, words, row.target_audience, f"row {place}: ")
            raise
        kept = last_by_source_key(rows)
        places = {id(row): place for place, row in reversed([*enumerate(rows, start=1)])}
        campaigns = {
            row["id"] for row in db.all("select id from campaigns where workspace_id = ?", (workspace_id,))
        }
        known = _by_source_key(db, workspace_id, kept)
        words = known_words(db, workspace_id) if any(row.tags or row.target_audience for row in kept) else {}
        became: dict[int, WrittenRow] = {}
        for row in kept:
            place = places[id(row)]
            if row.campaign_id is not None and row.campaign_id not in campaigns:
                raise InputError(
                    f"row {place}: no campaign {row.campaign_id!r} in this workspace;"
                    " see: campaignbase campaigns"
                )
            found = known.get(row.source_key) if row.source_key is not None else None
            if found is not None:
                same_text = text_of_asset(found) == new_content_text(row)
                decided = found["category_source"] == "human"
                moves = row.campaign_id not in (None, found["campaign_id"])
                if same_text and not moves and (decided or row.primary_category is None):
                    stays = row.primary_category not in (None, found["primary_category"])
                    kept_labels += stays
                    became[place] = WrittenRow(found["id"], "kept" if stays else "unchanged")
                    continue
                if decided and (same_text or _replaced(db, found["id"], row.primary_category)):
                    row = replace(row, primary_category=None)
            else:
                check_audience(db, workspace_id, words, row.target_audience, f"row {place}: ")
            try:
                written.append(
                    _insert(db, workspace_id, row, words) if found is None else _update(db, found, row)
                )
            except (sqlite3.IntegrityError, sqlite3.DataError, UnicodeEncodeError) as error:
                raise InputError(f"row {place}: {error}") from error
            inserted += found is None
            became[place] = WrittenRow(written[-1], "added" if found is None else "updated")
        refuse_contradiction(db, workspace_id, set(written))  # also of a golden row whose text is new
    skipped = len(rows) - len(written) - kept_labels
    return InsertCounts(
        inserted, len(written) - inserted, skipped, kept_labels, tuple(written), _in_order(rows, became)
    )


def _as_meant(
    db: Database, workspace_id: str, rows: Sequence[NewContent], known: Sequence[Category]
) -> list[NewContent]:
    """A file may name a category by another name; tags that a person took out it does not bring back."""
    names = {category.name for category in known}
    aliases = any(category.aliases for category in known)
    gone = unwanted(db, workspace_id)
    gone -= known_words(db, workspace_id).keys() if gone else set()
    found = []
    for row in rows:
        name, audience = row.primary_category, row.target_audience
        if aliases and name is not None and name not in names:
            row = replace(row, primary_category=category_of_alias(name, known) or name)
        if gone and (row.tags or audience):
            row = replace(
                row,
                tags=tuple(tag for tag in row.tags if fold_tag(tag.strip()) not in gone),
                target_audience=None if audience and fold_tag(audience.strip()) in gone else audience,
            )
        found.append(row)
    return found


def _in_order(rows: Sequence[NewContent], became: Mapping[int, WrittenRow]) -> tuple[WrittenRow, ...]:
    """`became`: by place, from 1; a row that a later one replaced has none."""
    ids = {rows[place - 1].source_key: one.id for place, one in became.items()}
    return tuple(
        became.get(place) or WrittenRow(ids[row.source_key], "unchanged")
        for place, row in enumerate(rows, start=1)
    )


def _replaced(db: Database, key: str, category: str | None) -> bool:
    """Is it the very label that a person's last decision on this row took away?"""
    last = db.one(
        "select previous_label, reasons from categorizations"
        " where content_asset_id = ? and field = 'category' and source = 'human'"
        " order by created_at desc, rowid desc limit 1",
        (key,),
    )
    return last is not None and last["previous_label"] == category and last["reasons"] != to_json([IMPORTED])


def _by_source_key(db: Database, workspace_id: str, rows: Sequence[NewContent]) -> dict[str, Row]:
    keys = id_list(row.source_key for row in rows if row.source_key is not None)
    found = db.all(
        "select id, source_key, campaign_id, content, prompt, alt_text, file_path,"
        " primary_category, category_source"
        " from content_assets"
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
        "golden": row.golden and row.primary_category is not None,
    }
    columns, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    db.run(f"insert into content_assets ({columns}) values ({places})", values)
    return str(values["id"])


def _update(db: Database, known: Row, row: NewContent) -> str:
    key = str(known["id"])
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
            campaign_id = coalesce(:campaign_id, campaign_id),
            parameters = :parameters,
            primary_category = coalesce(:primary_category, primary_category)
        where id = :id
        """,
        _values(row) | {"id": key},
    )
    if row.primary_category is None:
        return key
    if row.primary_category == known["primary_category"]:
        confirm_labels(db, "content_assets", key, ["category"])
    else:
        db.run(
            "update categorizations set reasons = ? where rowid = (select max(rowid) from categorizations"
            " where content_asset_id = ? and field = 'category' and source = 'human')",
            (to_json([IMPORTED]), key),
        )
    return key


def insert_campaigns(db: Database, workspace_id: str, rows: Sequence[NewCampaign]) -> list[str]:
    ids = []
    with db.write():
        there = categories(db, workspace_id)
        for row in rows:
            check_new_campaign(row)
            found = db.value(
                "select id from campaigns where workspace_id = ? and name = ?"
                " order by created_at, id limit 1",
                (workspace_id, row.name),
            )
            if found is None:
                category = find_category(row.primary_category, there) if row.primary_category else None
                if row.primary_category is not None and category is None:
                    raise UnknownLabelError(
                        unknown_category(row.primary_category, [one.name for one in there])
                    )
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
                    "primary_category": category,
                    "estimated_cost": money(row.estimated_cost, 2),
                    "start_date": row.start_date and stamp(row.start_date),
                    "end_date": row.end_date and stamp(row.end_date),
                    "posting_frequency": row.posting_frequency,
                    "optimal_times": to_json(row.optimal_times),
                }
                columns, places = ", ".join(values), ", ".join(f":{name}" for name in values)
                db.run(f"insert into campaigns ({columns}) values ({places})", values)
            ids.append(found)
    return ids
