"""The cache's table in a SQLite file: what read_cache, write_cache and their like do on a server."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from campaignbase.core.vectors import unpack
from campaignbase.models.cache import COUNTED, CacheCount, CacheRow, CacheState, StoredVector
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_requests import forget_requests
from campaignbase.stores.sqlite_rows import stamp

KEPT_DAYS = 400  # of counters; sql/rpc/purge_cache.sql
INVALIDATION_DAYS = 2
DECIMALS = 12  # of money; a short text's vector costs less than a millionth of a dollar


def read_cache(db: Database, keys: Sequence[str]) -> list[CacheRow]:
    found = db.all(
        "select cache_key, workspace_id, cache_type, cache_value, scopes, expires_at from cache_entries"
        " where cache_key in (select value from json_each(?)) and expires_at > ?",
        (json.dumps(list(keys)), db.now()),
    )
    now = db.clock.now()
    return [
        CacheRow(
            row["cache_key"],
            row["workspace_id"],
            row["cache_type"],
            json.loads(row["cache_value"]),
            (datetime.fromisoformat(row["expires_at"]) - now).total_seconds(),
            tuple(json.loads(row["scopes"])),
        )
        for row in found
    ]


def write_cache(db: Database, rows: Sequence[CacheRow]) -> int:
    now = db.clock.now()
    with db.write():
        stored = sum(
            db.run(
                "insert into cache_entries (cache_key, workspace_id, cache_value, cache_type, scopes,"
                " ttl_seconds, created_at, expires_at, last_accessed)"
                " select :key, :workspace, :value, :kind, :scopes, :seconds, :now, :expires, :now"
                " where exists (select 1 from workspaces where id = :workspace)"
                " and not exists (select 1 from cache_invalidations where epoch > :epoch"
                " and scope in (select value from json_each(:scopes)))"
                " on conflict (cache_key) do update set cache_value = excluded.cache_value,"
                " cache_type = excluded.cache_type, scopes = excluded.scopes,"
                " ttl_seconds = excluded.ttl_seconds, created_at = excluded.created_at,"
                " expires_at = excluded.expires_at where workspace_id = excluded.workspace_id",
                {
                    "key": row.key,
                    "workspace": row.workspace_id,
                    "value": json.dumps(row.value),
                    "kind": row.kind,
                    "scopes": json.dumps(list(row.scopes)),
                    "seconds": int(row.seconds),
                    "epoch": row.epoch,
                    "now": stamp(now),
                    "expires": stamp(now + timedelta(seconds=int(row.seconds))),
                },
            )
            for row in rows
        )
        db.run_many("delete from cache_leases where cache_key = ?", [(row.key,) for row in rows])
    return stored


def lease_cache(db: Database, keys: Sequence[str], owner: str, seconds: int) -> set[str]:
    now = db.clock.now()
    until = stamp(now + timedelta(seconds=seconds))
    with db.write():
        return {
            key
            for key in dict.fromkeys(keys)
            if db.run(
                "insert into cache_leases (cache_key, owner, leased_until) values (?, ?, ?)"
                " on conflict (cache_key) do update set owner = excluded.owner,"
                " leased_until = excluded.leased_until where leased_until <= ?",
                (key, owner, until, stamp(now)),
            )
        }


def release_cache(db: Database, keys: Sequence[str], owner: str) -> None:
    with db.write():
        db.run_many(
            "delete from cache_leases where cache_key = ? and owner = ?", [(key, owner) for key in keys]
        )


def invalidate_cache(db: Database, scopes: Sequence[str]) -> int:
    with db.write():
        epoch = int(db.value("select coalesce(max(epoch), 0) + 1 from cache_invalidations"))
        db.run_many(
            "insert into cache_invalidations (scope, epoch, invalidated_at) values (?, ?, ?)"
            " on conflict (scope) do update set epoch = excluded.epoch,"
            " invalidated_at = excluded.invalidated_at",
            [(scope, epoch, db.now()) for scope in dict.fromkeys(scopes)],
        )
        db.run(
            "delete from cache_entries where exists (select 1 from json_each(cache_entries.scopes) as carried"
            " where carried.value in (select value from json_each(?)))",
            (json.dumps(list(scopes)),),
        )
    return epoch


def cache_state(db: Database, since: int) -> CacheState:
    with db.read():
        scopes = db.all("select scope, epoch from cache_invalidations where epoch > ?", (since,))
        epoch = int(db.value("select coalesce(max(epoch), 0) from cache_invalidations"))
    return CacheState(epoch, None, {row["scope"]: row["epoch"] for row in scopes})


def purge_cache(db: Database, batch: int) -> int:
    now = db.clock.now()
    with db.write():
        purged = db.run(
            "delete from cache_entries where cache_key in"
            " (select cache_key from cache_entries where expires_at <= ? limit ?)",
            (stamp(now), batch),
        )
        forgotten = forget_requests(db, batch)
        db.run("delete from cache_leases where leased_until <= ?", (stamp(now),))
        db.run(
            "delete from cache_invalidations where invalidated_at < ?"
            " and epoch < (select max(epoch) from cache_invalidations)",
            (stamp(now - timedelta(days=INVALIDATION_DAYS)),),
        )
        db.run(
            "delete from cache_counters where day < ?",
            ((now - timedelta(days=KEPT_DAYS)).date().isoformat(),),
        )
    return max(purged, forgotten)


def count_cache(db: Database, counts: Sequence[CacheCount], reads: Mapping[str, int] | None) -> None:
    columns = ", ".join(COUNTED)
    added = ", ".join(f"{name} = {_sum(name)}" for name in COUNTED)
    with db.write():
        db.run_many(
            f"insert into cache_counters (day, cache_type, tier, {columns})"  # noqa: S608 names of ours
            f" values (?, ?, ?, {', '.join('?' * len(COUNTED))})"
            f" on conflict (day, cache_type, tier) do update set {added}",
            [
                (
                    db.clock.now().date().isoformat(),
                    count.kind,
                    count.tier,
                    *(_written(name, getattr(count, name)) for name in COUNTED),
                )
                for count in counts
            ],
        )
        db.run_many(
            "update cache_entries set access_count = access_count + ?, last_accessed = ? where cache_key = ?",
            [(times, db.now(), key) for key, times in sorted((reads or {}).items())],
        )


def _written(name: str, number: float) -> float | str:
    """Money is text, and small amounts must not be written as 1e-06."""
    return f"{number:.{DECIMALS}f}" if name == "saved_cost" else number


def _sum(name: str) -> str:
    total = f"{name} + excluded.{name}"
    return f"printf('%.{DECIMALS}f', {total})" if name == "saved_cost" else total


def stored_vectors(db: Database, workspace_id: str, limit: int) -> list[StoredVector]:
    found = db.all(
        "select content_hash, embedding_model, embedding from content_assets"
        " where workspace_id = ? and embedding is not null order by created_at desc, id desc limit ?",
        (workspace_id, limit),
    )
    return [
        StoredVector(row["content_hash"], row["embedding_model"], unpack(row["embedding"])) for row in found
    ]


def cache_statistics(db: Database) -> list[CacheCount]:
    found = db.all(
        f"select cache_type, tier, {', '.join(COUNTED)} from cache_statistics order by cache_type, tier"  # noqa: S608
    )
    return [CacheCount(*(row[name] for name in ("cache_type", "tier", *COUNTED))) for row in found]
