"""What SQLite keeps as text and numbers, as Python values, and back. No I/O."""

import json
import sqlite3
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from campaignbase.core.text import asset_text

_JSON = (
    "actions", "aliases", "comparison", "conditions", "events", "examples", "counter_examples",
    "distinct_from", "hashtags", "keywords", "labels", "machine_labels", "measures", "media_urls", "mentions",
    "optimal_times", "parameters", "quality_parts", "reasons", "related_tags", "scopes", "tags",
    "target_platforms",
)  # fmt: skip
_TIMES = (
    "activated_at", "confirmed_at", "created_at", "end_date", "last_execution", "posted_time",
    "scheduled_time", "start_date", "updated_at",
)  # fmt: skip
_BOOLEANS = ("active", "enabled", "golden", "manual_only")
_MONEY = ("actual_cost", "cost", "estimated_cost", "generation_cost")

TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


def stamp(moment: datetime) -> str:
    """UTC, microseconds, 27 characters: such texts sort as the times do."""
    return moment.astimezone(UTC).strftime(TIME_FORMAT)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


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
    values: dict[str, Any] = dict(zip(row.keys(), row, strict=True))
    for name in values.keys() & _READERS.keys():
        if values[name] is not None:
            values[name] = _READERS[name](values[name])
    if "alt_text" in values:
        values["text"] = text_of_asset(row)
    return values


def text_of_asset(row: sqlite3.Row) -> str | None:
    return asset_text(row["content"], row["prompt"], row["alt_text"], row["file_path"])


_READERS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_JSON, json.loads),
    **dict.fromkeys(_TIMES, moment),
    **dict.fromkeys(_BOOLEANS, bool),
    **dict.fromkeys(_MONEY, Decimal),
}
