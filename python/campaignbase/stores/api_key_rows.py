"""API keys and their log as plain data."""

from collections.abc import Mapping
from typing import Any

from campaignbase.models.api_keys import ApiKey, ApiKeyEvent, ApiRequest, FoundApiKey
from campaignbase.stores.rows import Row, maybe_time, time

KEY = (
    *("id", "workspace_id", "name", "prefix", "role", "scopes", "created_by", "revoked_by", "created_at"),
    *("expires_at", "revoked_at", "last_used_at"),
)
EVENT = (
    *("id", "key_id", "event", "actor_id", "method", "route", "status", "request_id", "address"),
    "created_at",
)


def api_key(row: Row) -> ApiKey:
    return ApiKey(
        id=str(row["id"]),
        workspace_id=str(row["workspace_id"]),
        name=row["name"],
        prefix=row["prefix"],
        role=row["role"],
        scopes=tuple(row["scopes"]),
        created_by=_maybe_text(row["created_by"]),
        revoked_by=_maybe_text(row["revoked_by"]),
        created_at=time(row["created_at"]),
        expires_at=maybe_time(row["expires_at"]),
        revoked_at=maybe_time(row["revoked_at"]),
        last_used_at=maybe_time(row["last_used_at"]),
    )


def found_api_key(row: Row) -> FoundApiKey:
    return FoundApiKey(api_key(row), expired=bool(row["expired"]), signing_key=row["signing_key"])


def event(row: Row) -> ApiKeyEvent:
    return ApiKeyEvent(
        id=str(row["id"]),
        key_id=str(row["key_id"]),
        event=row["event"],
        actor_id=_maybe_text(row["actor_id"]),
        method=row["method"],
        route=row["route"],
        status=row["status"],
        request_id=row["request_id"],
        address=row["address"],
        created_at=time(row["created_at"]),
    )


def request_values(request: ApiRequest) -> Mapping[str, Any]:
    return {name: getattr(request, name) for name in ApiRequest.__slots__}


def _maybe_text(value: Any) -> str | None:
    return None if value is None else str(value)
