"""API keys and their log in a SQLite file. Twins of the functions in sql/."""

# ruff: noqa: S608 - what is put into queries are names from these modules

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from campaignbase.core.api_keys import LOG_DAYS, MAX_KEYS, scopes_of
from campaignbase.core.changes import found_id, not_found, page_size
from campaignbase.core.names import check_name
from campaignbase.errors import InputError
from campaignbase.models.api_keys import ApiKey, ApiKeyEvent, ApiRequest, FoundApiKey, NewApiKey
from campaignbase.models.library import Cursor, Page
from campaignbase.stores import api_key_rows as read
from campaignbase.stores.library_rows import page
from campaignbase.stores.sqlite_connection import Database, Row
from campaignbase.stores.sqlite_file import SqliteFile
from campaignbase.stores.sqlite_rows import decode, stamp, to_json

_KEY = f"select {', '.join(read.KEY)} from api_keys"
_EVENT = f"select {', '.join(read.EVENT)} from api_key_log"
_GOOD = "revoked_at is null and (expires_at is null or expires_at > :now)"
PURGE = 1000  # lines of the log that are forgotten at once


class SqliteApiKeys(SqliteFile):
    """`campaignbase.ports.api_keys.ApiKeys`."""

    async def add_api_key(self, workspace_id: str, new: NewApiKey) -> ApiKey:
        return await self._run(add_api_key, workspace_id, new)

    async def api_keys(self, workspace_id: str) -> list[ApiKey]:
        return await self._run(api_keys, workspace_id)

    async def revoke_api_key(self, key_id: str) -> ApiKey:
        return await self._run(revoke_api_key, key_id)

    async def find_api_key(self, token_hash: str) -> FoundApiKey | None:
        return await self._run(find_api_key, token_hash)

    async def log_api_requests(self, requests: Sequence[ApiRequest]) -> int:
        return await self._run(log_api_requests, requests)

    async def api_key_log(
        self, workspace_id: str, *, key_id: str | None = None, after: Cursor | None = None, limit: int = 50
    ) -> Page[ApiKeyEvent]:
        return await self._run(api_key_log, workspace_id, key_id, after, limit)


def add_api_key(db: Database, workspace_id: str, new: NewApiKey) -> ApiKey:
    check_name("key", new.name)
    if not new.scopes:
        raise InputError("an API key needs a scope")
    scopes = scopes_of(new.role, new.scopes)
    now = db.clock.now()
    if new.expires_at is not None and new.expires_at <= now:
        raise InputError(f"expires_at {new.expires_at} is past")
    key = str(uuid4())
    with db.write():
        good = db.value(
            f"select count(*) from api_keys where workspace_id = :workspace and {_GOOD}",
            {"workspace": workspace_id, "now": stamp(now)},
        )
        if good >= MAX_KEYS:
            raise InputError(
                f"the workspace has {MAX_KEYS} API keys, which is as many as it may have;"
                " Revoke one that is no longer used."
            )
        db.run(
            "insert into api_keys (id, workspace_id, name, prefix, role, scopes, created_at, expires_at)"
            " values (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(key, workspace_id, new.name.strip(), new.prefix, new.role, to_json(scopes), stamp(now)),
                None if new.expires_at is None else stamp(new.expires_at),
            ),
        )
        db.run(
            "insert into api_key_secrets (key_id, workspace_id, token_hash, signing_key)"
            " values (?, ?, ?, lower(hex(randomblob(32))))",
            (key, workspace_id, new.token_hash),
        )
        _note(db, workspace_id, key, "created", now)
        return _api_key(db.row(f"{_KEY} where id = ?", (key,)))


def api_keys(db: Database, workspace_id: str) -> list[ApiKey]:
    return list(
        map(_api_key, db.all(f"{_KEY} where workspace_id = ? order by created_at, id", (workspace_id,)))
    )


def revoke_api_key(db: Database, key_id: str) -> ApiKey:
    now = db.clock.now()
    with db.write():
        held = db.one(f"{_KEY} where id = ?", (found_id("API key", key_id),))
        if held is None:
            raise not_found("API key", key_id)
        if held["revoked_at"] is None:
            db.run("update api_keys set revoked_at = ? where id = ?", (stamp(now), held["id"]))
            _note(db, held["workspace_id"], held["id"], "revoked", now)
        return _api_key(db.row(f"{_KEY} where id = ?", (held["id"],)))


def find_api_key(db: Database, token_hash: str) -> FoundApiKey | None:
    found = db.one(
        f"select {', '.join(f'api_keys.{column}' for column in read.KEY)}, signing_key,"
        " coalesce(expires_at <= :now, 0) as expired from api_key_secrets"
        " join api_keys on api_keys.id = key_id where token_hash = :hash",
        {"hash": token_hash, "now": db.now()},
    )
    return None if found is None else read.found_api_key(decode(found))


def log_api_requests(db: Database, requests: Sequence[ApiRequest]) -> int:
    now = db.clock.now()
    old = stamp(now - timedelta(days=LOG_DAYS))
    with db.write():
        written = sum(_write(db, one, now - timedelta(seconds=one.seconds_ago)) for one in requests)
        db.run(
            "delete from api_key_log where id in (select id from api_key_log where event = 'request'"
            " and created_at < ? order by created_at limit ?)",
            (old, PURGE),
        )
    return written


def api_key_log(
    db: Database, workspace_id: str, key_id: str | None, after: Cursor | None, limit: int
) -> Page[ApiKeyEvent]:
    size = page_size(limit)
    found = db.all(
        f"{_EVENT} where workspace_id = :workspace and (:key is null or key_id = :key)"
        " and (:at is null or (created_at, id) < (:at, :id)) order by created_at desc, id desc limit :most",
        {
            "workspace": workspace_id,
            "key": key_id,
            "at": None if after is None else stamp(after.created_at),
            "id": None if after is None else after.id,
            "most": size + 1,
        },
    )
    return page([decode(row) for row in found], size, read.event)


def _write(db: Database, one: ApiRequest, at: datetime) -> int:
    written = db.run(
        "insert into api_key_log (id, workspace_id, key_id, event, method, route, status, request_id,"
        " address, created_at) select :id, workspace_id, id, 'request', :method, :route, :status,"
        " :request_id, :address, :at from api_keys where id = :key_id on conflict (id) do nothing",
        {**read.request_values(one), "at": stamp(at)},
    )
    db.run(
        "update api_keys set last_used_at = max(coalesce(last_used_at, ''), :at) where id = :key",
        {"key": one.key_id, "at": stamp(at)},
    )
    return written


def _note(db: Database, workspace_id: str, key_id: str, event: str, at: datetime) -> None:
    db.run(
        "insert into api_key_log (id, workspace_id, key_id, event, created_at) values (?, ?, ?, ?, ?)",
        (str(uuid4()), workspace_id, key_id, event, stamp(at)),
    )


def _api_key(row: Row) -> ApiKey:
    return read.api_key(decode(row))
