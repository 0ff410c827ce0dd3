"""What is in the tables of a tenant, told the same way for both engines."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
from tests.support.parity_webhooks import message

from campaignbase.core.vectors import from_pgvector, unpack

Row = dict[str, Any]
State = dict[str, list[Row]]

TABLES = {
    "workspaces": "public", "categories": "public", "tags": "public", "campaigns": "public",
    "content_assets": "public", "content_asset_tags": "public", "categorizations": "public",
    "automation_rules": "public", "social_posts": "public", "jobs": "private", "approvals": "public",
    "schedulings": "private",
    "webhook_endpoints": "public", "webhook_deliveries": "public", "webhook_secrets": "private",
    # views
    "review_queue": "public", "content_labels": "public", "category_usage": "public",
    "campaign_overview": "public",
}  # fmt: skip

# The whole list of what may differ; everything else must be equal.
KNOWN = {
    ("jobs", "content_hash"): "null on SQLite until the job is claimed: SQLite has no sha256",
    ("jobs", "run_at"): "a time: two clocks, and the wait of a failed job is random",
    ("jobs", "id"): "Postgres counts refused inserts too",
    **{(table, "id"): "given by each database; rows are told by name" for table in
       ("categories", "tags", "automation_rules", "categorizations", "approvals", "webhook_endpoints",
        "webhook_deliveries", "webhook_secrets")},
    ("categorizations", "judged_id"): "the id of another row of it",
    ("webhook_secrets", "secret"): "made by chance, in each engine's own form",
    **{("review_queue", column): "of the newest decision; in a sequence all are of one moment" for column in
       ("candidate", "source", "score", "reasons", "model")},
    **{("content_labels", column): "as in review_queue" for column in
       ("score", "reasons", "model", "decided_at")},
}  # fmt: skip

# What the operations leave out, because the engines are known to differ there.
NEVER_ASKED = {
    "rows with new words of their own in one insert": "history names the version after a row's words on"
    " SQLite, after all rows' words on Postgres",
    "other letters than ASCII in words that fold": "SQLite's lower() knows no others",
    "money of more places than its column": "rounded on Postgres, refused on SQLite",
    "an address or an event that is none, by plain SQL": "SQLite's trigger reads no addresses",
    "a rule wrong inside its conditions, by plain SQL": "SQLite's trigger does not read that far",
    "which of two broken constraints is named": "each engine checks in its own order; both refuse",
}

_NOT_NULL_IS_ENOUGH = (
    "_at", "_since", "_until", "_date", "_time", "last_execution", "last_analytics_update"
)  # fmt: skip
_MONEY = {"actual_cost", "estimated_cost", "generation_cost", "posting_cost", "cost", "daily_budget"}
_NUMBERS = {"score", "quality_score", "engagement_rate"}
_JSON = {
    "keywords", "examples", "counter_examples", "aliases", "distinct_from", "related_tags", "tags",
    "target_platforms", "optimal_times", "parameters", "quality_parts", "reasons", "conditions",
    "actions", "media_urls", "mentions", "hashtags", "labels", "events", "payload",
}  # fmt: skip
_BOOLEANS = {"manual_only", "enabled"}


def sqlite_value(column: str, value: Any) -> Any:
    if column in _JSON:
        return json.loads(value)
    if column in _BOOLEANS:
        return bool(value)
    if column == "embedding":
        return unpack(value)
    return value


def postgres_value(column: str, value: Any) -> Any:
    return from_pgvector(value) if column == "embedding" else value


def normalized(found: Mapping[str, list[Row]], read: Callable[[str, Any], Any]) -> State:
    names = {
        row["id"]: f"{row['workspace_id']} {row['name']}"
        for table in ("categories", "tags", "automation_rules", "webhook_endpoints")
        for row in found[table]
    }
    names |= {
        row["id"]: f"row {row['workspace_id']} {row['source_key']}"
        for row in found["content_assets"]
        if row["source_key"] is not None and not row["id"].startswith("c0000000-")
    }
    return {
        table: sorted(
            (
                {
                    column: None if value is None else _plain(column, read(column, value), names)
                    for column, value in row.items()
                    if KNOWN.get((table, column)) is None or (table, column) == ("jobs", "content_hash")
                }
                for row in found[table]
            ),
            key=lambda row: json.dumps({**row, "content_hash": None}, default=str, sort_keys=True),
        )
        for table in TABLES
    }


def _plain(column: str, value: Any, names: Mapping[str, str]) -> Any:
    if column.endswith(_NOT_NULL_IS_ENOUGH):
        return "a time"
    if column in _MONEY:
        return round(Decimal(str(value)), 6).normalize()
    if column in _NUMBERS:
        return round(float(value), 4)
    if column == "payload":
        return message(value, dict(names))
    if column == "embedding":
        return {int(place): round(float(value[place]), 4) for place in np.flatnonzero(value)}
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list):
        return [_plain("", one, names) for one in value]
    if isinstance(value, dict):
        return {name: _plain("", one, names) for name, one in value.items()}
    return value


def differences(sqlite: State, postgres: State) -> list[str]:
    """One line a row that only one engine has; [] when the states are equal."""
    found: list[str] = []
    for table in TABLES:
        mine, theirs = list(sqlite[table]), list(postgres[table])
        if table == "jobs":
            for row, other in zip(mine, theirs, strict=False):
                if row["content_hash"] is None:
                    other["content_hash"] = None
        only_mine = [row for row in mine if row not in theirs]
        only_theirs = [row for row in theirs if row not in mine]
        if len(only_mine) == len(only_theirs):
            for row, other in zip(only_mine, only_theirs, strict=True):
                changed = {name: (row[name], other[name]) for name in row if row[name] != other[name]}
                found.append(f"{table} {_name(row)}: (SQLite, Postgres) {changed}")
        else:
            found += [f"{table}: only on SQLite {row}" for row in only_mine]
            found += [f"{table}: only on Postgres {row}" for row in only_theirs]
        if not only_mine and not only_theirs and len(mine) != len(theirs):
            found.append(f"{table}: {len(mine)} rows on SQLite, {len(theirs)} on Postgres")
    return found


def _name(row: Row) -> str:
    return " ".join(
        str(row[name]) for name in ("id", "kind", "target_id", "name", "field") if row.get(name) is not None
    )
