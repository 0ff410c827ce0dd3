"""The queue of deliveries on SQLite: claim, complete, replay, list. Twins of the functions in sql/."""

# ruff: noqa: S608 - what is put into queries are names from these modules

import math
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from campaignbase.core.webhook_schedule import (
    AT_ONCE,
    AT_ONCE_FAILING,
    GIVE_UP_AFTER_DAYS,
    KEPT_DAYS,
    MAX_TRIES,
    pause,
    retry_delay,
)
from campaignbase.errors import InputError
from campaignbase.models import Verdict
from campaignbase.models.webhooks import ClaimedDelivery, DeliveryResult, DeliveryStatus, WebhookDelivery
from campaignbase.stores.sqlite_connection import Database, Row
from campaignbase.stores.sqlite_rows import id_list, moment, stamp

MAX_BATCH = 200
MAX_LEASE_SECONDS = 3600
MAX_ERROR, MAX_RESPONSE = 500, 1000  # characters
REMOVED_AT_ONCE = 100

_DUE = "state in ('waiting', 'leased') and run_at <= ?"
_GONE = 410


def claim_deliveries(db: Database, worker: str, batch: int, lease_seconds: int) -> list[ClaimedDelivery]:
    now = db.clock.now()
    # most calls find nothing to do; they need no lock on the file
    if not db.value(f"select 1 from webhook_deliveries where {_DUE} limit 1", (stamp(now),)):
        return []
    wanted = min(max(batch, 1), MAX_BATCH)
    lease = timedelta(seconds=min(max(lease_seconds, 1), MAX_LEASE_SECONDS))
    with db.write():
        picked = _pick(db, stamp(now), wanted)
        claimed = db.all(
            """
            update webhook_deliveries
            set
                attempt = attempt + 1,
                failures = failures + (state = 'leased'),
                last_error = case
                    when state = 'leased'
                        then 'worker ' || leased_by || ' took the delivery and never answered'
                    else last_error
                end,
                state = 'leased',
                leased_by = ?,
                run_at = ?,
                updated_at = ?
            where id in (select value from json_each(?))
            returning id, attempt, endpoint_id, event_type, payload, created_at
            """,
            (worker, stamp(now + lease), stamp(now), id_list(picked)),
        )
        urls = {row["id"]: row["url"] for row in db.all("select id, url from webhook_endpoints")}
        secrets: dict[str, list[str]] = defaultdict(list)
        for row in db.all(
            "select endpoint_id, secret from webhook_secrets"
            " where expires_at is null or expires_at > ? order by id desc",
            (stamp(now),),
        ):
            secrets[row["endpoint_id"]].append(row["secret"])
    return [
        ClaimedDelivery(
            id=row["id"],
            attempt=row["attempt"],
            endpoint_id=row["endpoint_id"],
            url=urls[row["endpoint_id"]],
            event_type=row["event_type"],
            body=row["payload"],
            secrets=tuple(secrets[row["endpoint_id"]]),
        )
        for row in sorted(claimed, key=lambda row: (row["created_at"], row["id"]))
    ]


def _pick(db: Database, now: str, wanted: int) -> list[str]:
    """Ids, spread over the endpoints from a random one on."""
    endpoints = db.all(
        f"""
        select
            id,
            iif(failures > 0, {AT_ONCE_FAILING}, {AT_ONCE}) - (
                select count(*)
                from webhook_deliveries
                where endpoint_id = webhook_endpoints.id and state = 'leased' and run_at > ?
            ) as free
        from webhook_endpoints
        where
            enabled
            and (paused_until is null or paused_until <= ?)
            and exists (select 1 from webhook_deliveries where endpoint_id = webhook_endpoints.id and {_DUE})
        """,
        (now, now, now),
    )
    ready = [row for row in endpoints if row["free"] > 0]
    random.shuffle(ready)
    del ready[wanted:]
    picked: list[str] = []
    for endpoint in ready:
        found = db.all(
            f"select id from webhook_deliveries where endpoint_id = ? and {_DUE} order by run_at, id limit ?",
            (endpoint["id"], now, min(endpoint["free"], math.ceil(wanted / len(ready)))),
        )
        picked += [row["id"] for row in found]
    return picked[:wanted]


def complete_deliveries(db: Database, results: Sequence[DeliveryResult]) -> list[Verdict]:
    if not results:
        return []
    now = db.clock.now()
    with db.write():
        leased = {
            (row["id"], row["attempt"]): row
            for row in db.all(
                "select id, attempt, endpoint_id, failures from webhook_deliveries"
                " where state = 'leased' and id in (select value from json_each(?))",
                (id_list(result.delivery_id for result in results),),
            )
        }
        held = [result for result in results if (result.delivery_id, result.attempt) in leased]
        of_endpoint: dict[str, list[DeliveryResult]] = defaultdict(list)
        for result in held:
            row = leased[result.delivery_id, result.attempt]
            of_endpoint[row["endpoint_id"]].append(result)
            _write(db, result, row, now)
        _judge(db, of_endpoint, now)
        db.run(
            "delete from webhook_deliveries where id in (select id from webhook_deliveries"
            " where state in ('delivered', 'dead') and updated_at < ? order by updated_at limit ?)",
            (stamp(now - timedelta(days=KEPT_DAYS)), REMOVED_AT_ONCE),
        )
    return ["accepted" if result in held else "stale" for result in results]


def _write(db: Database, result: DeliveryResult, row: Row, now: datetime) -> None:
    failures = row["failures"] + (not result.delivered)
    run_at, state = now, "delivered"
    if not result.delivered:
        state = "dead" if result.status == _GONE or failures >= MAX_TRIES else "waiting"
    if state == "waiting":
        run_at += timedelta(seconds=retry_delay(failures, random.random(), result.retry_after))
    error = result.error or f"answered {result.status}" if not result.delivered else None
    if error is not None and result.error is None and result.status is None:
        error = "failed without a message"
    db.run(
        "update webhook_deliveries set state = ?, failures = ?, leased_by = null, last_status = ?,"
        " last_error = ?, last_response = ?, duration_ms = ?, run_at = ?, delivered_at = ?, updated_at = ?"
        " where id = ?",
        (
            state,
            failures,
            result.status,
            _stored(error, MAX_ERROR),
            _stored(result.response, MAX_RESPONSE),
            result.duration_ms,
            stamp(run_at),
            stamp(now) if state == "delivered" else None,
            stamp(now),
            result.delivery_id,
        ),
    )


def _stored(text: str | None, limit: int) -> str | None:
    return None if text is None else text.replace("\x00", "")[:limit]


def _judge(db: Database, of_endpoint: Mapping[str, Sequence[DeliveryResult]], now: datetime) -> None:
    """Twin of private.judge_endpoints."""
    for endpoint_id, results in of_endpoint.items():
        endpoint = db.row(
            "select failures, failing_since from webhook_endpoints where id = ?", (endpoint_id,)
        )
        delivered = any(result.delivered for result in results)
        gone = any(result.status == _GONE for result in results)
        if delivered and not gone and endpoint["failures"] == 0:
            continue
        values: dict[str, Any] = {"failures": 0, "failing_since": None, "paused_until": None}
        reason = "it answered 410 Gone" if gone else None
        if not delivered:
            failures = endpoint["failures"] + len(results)
            paused = pause(failures)
            since = endpoint["failing_since"]
            values = {
                "failures": failures,
                "failing_since": since or stamp(now),
                "paused_until": None if paused is None else stamp(now + timedelta(seconds=paused)),
            }
            if (
                reason is None
                and since is not None
                and moment(since) < now - timedelta(days=GIVE_UP_AFTER_DAYS)
            ):
                reason = "nothing was delivered for five days"
        db.run(
            "update webhook_endpoints set failures = :failures, failing_since = :failing_since,"
            " paused_until = :paused_until, enabled = enabled and :reason is null,"
            " disabled_reason = coalesce(:reason, disabled_reason) where id = :id",
            values | {"reason": reason, "id": endpoint_id},
        )


def replay_deliveries(db: Database, delivery_ids: Sequence[str] | None, endpoint_id: str | None) -> int:
    if delivery_ids is None and endpoint_id is None:
        raise InputError("name deliveries, or an endpoint whose dead ones are to be sent again")
    chosen = (
        "state = 'dead'"
        if delivery_ids is None
        else "state in ('dead', 'delivered') and id in (select value from json_each(:ids))"
    )
    with db.write():
        return db.run(
            "update webhook_deliveries set state = 'waiting', attempt = attempt + 1, failures = 0,"
            f" run_at = :now, delivered_at = null, updated_at = :now where {chosen}"
            " and (:endpoint is null or endpoint_id = :endpoint)",
            {
                "ids": None if delivery_ids is None else id_list(delivery_ids),
                "endpoint": endpoint_id,
                "now": db.now(),
            },
        )


def webhook_deliveries(
    db: Database, workspace_id: str, endpoint_id: str | None, state: str | None, limit: int
) -> list[WebhookDelivery]:
    found = db.all(
        """
        select
            deliveries.id, endpoints.name as endpoint_name, deliveries.event_type, deliveries.state,
            deliveries.attempt, deliveries.failures, deliveries.run_at, deliveries.last_status,
            deliveries.last_error, deliveries.last_response, deliveries.duration_ms, deliveries.created_at,
            deliveries.delivered_at
        from webhook_deliveries as deliveries
        inner join webhook_endpoints as endpoints on deliveries.endpoint_id = endpoints.id
        where
            deliveries.workspace_id = :workspace
            and (:endpoint is null or deliveries.endpoint_id = :endpoint)
            and (:state is null or deliveries.state = :state)
        order by deliveries.created_at desc, deliveries.id desc
        limit :limit
        """,
        {"workspace": workspace_id, "endpoint": endpoint_id, "state": state, "limit": limit},
    )
    return [WebhookDelivery(**_with_times(row)) for row in found]


def _with_times(row: Row) -> dict[str, Any]:
    values = dict(zip(row.keys(), row, strict=True))
    for name in ("run_at", "created_at", "delivered_at"):
        values[name] = None if values[name] is None else moment(values[name])
    return values


def delivery_status(db: Database) -> DeliveryStatus:
    now = db.clock.now()
    count = "select state, count(*) as many from webhook_deliveries where state <> 'delivered' group by state"
    states = {row["state"]: row["many"] for row in db.all(count)}
    due = db.value(
        """
        select min(webhook_deliveries.run_at)
        from webhook_deliveries
        inner join webhook_endpoints on webhook_deliveries.endpoint_id = webhook_endpoints.id
        where
            webhook_deliveries.state = 'waiting'
            and webhook_deliveries.run_at <= :now
            and webhook_endpoints.enabled
            and (webhook_endpoints.paused_until is null or webhook_endpoints.paused_until <= :now)
        """,
        {"now": stamp(now)},
    )
    last = "select last_error from webhook_deliveries where state = 'dead' order by updated_at desc limit 1"
    disabled = "select count(*) from webhook_endpoints where not enabled and disabled_reason is not null"
    return DeliveryStatus(
        waiting=states.get("waiting", 0),
        leased=states.get("leased", 0),
        dead=states.get("dead", 0),
        late_seconds=None if due is None else (now - moment(due)).total_seconds(),
        disabled=int(db.value(disabled)),
        last_error=db.value(last),
    )
