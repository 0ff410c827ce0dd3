"""What SQLite keeps as text and numbers, as Python values, and back. No I/O."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from campaignbase.core.text import asset_text

_JSON = frozenset(
    {
        "actions", "aliases", "conditions", "events", "examples", "counter_examples", "hashtags", "keywords",
        "labels", "media_urls", "mentions", "optimal_times", "parameters", "quality_parts", "reasons", "tags",
        "target_platforms",
    }
)  # fmt: skip
_TIMES = frozenset(
    {
        "confirmed_at", "created_at", "end_date", "last_execution", "posted_time", "scheduled_time",
        "start_date", "updated_at",
    }
)  # fmt: skip
_BOOLEANS = frozenset({"enabled", "manual_only"})
_MONEY = frozenset({"actual_cost", "cost", "estimated_cost", "generation_cost"})

TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


def stamp(moment: datetime) -> str:
    """UTC, microseconds, 27 characters: such texts sort as the times do."""
    return moment.astimezone(UTC).strftime(TIME_FORMAT)


def moment(text: str) -> datetime:
    return datetime.strptime(text, TIME_FORMAT).replace(tzinfo=UTC)


def to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def id_list(ids: Iterable[Any]) -> str:
    """For `in (select value from json_each(?))`."""
    return json.dumps(list(ids))


def money(value: Decimal | None, places: int) -> str | None:
    """Decimal text of a fixed number of places, as numeric(n, places) shows it."""
    if value is None:
        return None
    return str(Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def two_places(value: float | None) -> float | None:
    """As numeric(3, 2) keeps it."""
    return (
        None if value is None else float(Decimal(repr(float(value))).quantize(Decimal("0.01"), ROUND_HALF_UP))
    )


def decode(row: sqlite3.Row) -> dict[str, Any]:
    """The row with JSON, times, booleans and money read; and `text` where its columns are there."""
    values = {name: _decode(name, row[name]) for name in row.keys()}  # noqa: SIM118 - a Row iterates its values
    if "alt_text" in values:
        values["text"] = text_of_asset(row)
    return values


def text_of_asset(row: sqlite3.Row) -> str | None:
    return asset_text(row["content"], row["prompt"], row["alt_text"], row["file_path"])


def _decode(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _JSON:
        return json.loads(value)
    if name in _TIMES:
        return moment(value)
    if name in _BOOLEANS:
        return bool(value)
    if name in _MONEY:
        return Decimal(value)
    return value
