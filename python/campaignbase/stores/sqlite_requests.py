"""Requests that are done once, in a SQLite file: what begin_request and finish_request do on a server."""

from datetime import datetime, timedelta

from campaignbase.models.requests import Begun
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_rows import stamp

KEPT = timedelta(hours=24)  # sql/functions/begin_request.sql, sql/rpc/purge_cache.sql


def begin_request(db: Database, request_key: str, body_hash: str, owner: str, lease_seconds: int) -> Begun:
    now = db.clock.now()
    until = now + timedelta(seconds=min(max(lease_seconds, 1), 3600))
    with db.write():
        is_free = db.run(
            "insert into idempotency_keys (request_key, body_hash, owner, leased_until, created_at)"
            " values (:key, :body, :owner, :until, :now) on conflict (request_key) do update set"
            " body_hash = excluded.body_hash, owner = excluded.owner, leased_until = excluded.leased_until,"
            " answer = null, created_at = excluded.created_at where created_at <= :forgotten"
            " or (answer is null and leased_until <= :now and body_hash = excluded.body_hash)",
            {
                "key": request_key,
                "body": body_hash,
                "owner": owner,
                "until": stamp(until),
                "now": stamp(now),
                "forgotten": stamp(now - KEPT),
            },
        )
        if is_free:
            return Begun("yours")
        found = db.row(
            "select body_hash, leased_until, answer from idempotency_keys where request_key = ?",
            (request_key,),
        )
    if found["body_hash"] != body_hash:
        return Begun("other")
    if found["answer"] is not None:
        return Begun("answered", found["answer"])
    left = (datetime.fromisoformat(found["leased_until"]) - now).total_seconds()
    return Begun("under_way", seconds_left=max(left, 0.0))


def finish_request(db: Database, request_key: str, owner: str, answer: str | None) -> bool:
    theirs = "where request_key = ? and owner = ? and answer is null"
    with db.write():
        if answer is None:
            return bool(db.run(f"delete from idempotency_keys {theirs}", (request_key, owner)))  # noqa: S608
        return bool(
            db.run(f"update idempotency_keys set answer = ? {theirs}", (answer, request_key, owner))  # noqa: S608
        )


def forget_requests(db: Database, batch: int) -> int:
    """Inside a transaction. How many."""
    return db.run(
        "delete from idempotency_keys where request_key in"
        " (select request_key from idempotency_keys where created_at <= ? limit ?)",
        (stamp(db.clock.now() - KEPT), batch),
    )
