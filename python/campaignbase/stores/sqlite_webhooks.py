"""Endpoints, their secrets, and what they are to be told, on SQLite. Twins of the functions in sql/."""

# ruff: noqa: S608 - what is put into queries are names from these modules

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from campaignbase.core.webhook_schedule import MAX_OVERLAP_HOURS
from campaignbase.core.webhook_url import webhook_url_error
from campaignbase.errors import InputError, NotFoundError
from campaignbase.models.webhooks import EVENTS, MAX_ENDPOINTS, WebhookEndpoint
from campaignbase.stores.sqlite_connection import Database, Row
from campaignbase.stores.sqlite_history import Answer
from campaignbase.stores.sqlite_rows import decode, id_list, moment, stamp, to_json

MAX_TEXT = 2000  # characters of an asset in a message
MAX_TAGS = 50
OLD_SECRETS = 2
MAX_NAME = 100

_ENDPOINT = (
    "select id, workspace_id, name, url, events, enabled, disabled_reason, failures, failing_since,"
    " paused_until, created_at from webhook_endpoints"
)


def webhooks(db: Database, workspace_id: str) -> list[WebhookEndpoint]:
    return [
        _endpoint(row) for row in db.all(f"{_ENDPOINT} where workspace_id = ? order by name", (workspace_id,))
    ]


def add_webhook(
    db: Database, workspace_id: str, name: str, url: str, events: Sequence[str], allow_local: bool
) -> tuple[WebhookEndpoint, str]:
    error = webhook_url_error(url, allow_local=allow_local)
    unknown = [event for event in events if event not in EVENTS]
    if unknown and error is None:
        error = f"events: unknown event '{unknown[0][:60]}'; known: {', '.join(EVENTS)}"
    if error is not None:
        raise InputError(f"webhook '{name[:MAX_NAME]}': {error}")
    key = str(uuid4())
    with db.write():
        here = (workspace_id,)
        if db.value("select 1 from webhook_endpoints where workspace_id = ? and name = ?", (*here, name)):
            raise InputError(f"a webhook {name!r} exists already; choose another name")
        if db.value("select count(*) from webhook_endpoints where workspace_id = ?", here) >= MAX_ENDPOINTS:
            raise InputError(
                f"webhook '{name[:MAX_NAME]}': this workspace has {MAX_ENDPOINTS} already;"
                " Remove one that is no longer used."
            )
        db.run(
            "insert into webhook_endpoints (id, workspace_id, name, url, events) values (?, ?, ?, ?, ?)",
            (key, workspace_id, name, url, to_json(list(events))),
        )
        secret = _rotate(db, key, overlap_hours=0)
        return _endpoint(db.row(f"{_ENDPOINT} where id = ?", (key,))), secret


def enable_webhook(db: Database, endpoint_id: str, enabled: bool) -> None:
    with db.write():
        _found(
            db.run("update webhook_endpoints set enabled = ? where id = ?", (enabled, endpoint_id)),
            endpoint_id,
        )


def remove_webhook(db: Database, endpoint_id: str) -> None:
    with db.write():
        try:
            _found(db.run("delete from webhook_endpoints where id = ?", (endpoint_id,)), endpoint_id)
        except sqlite3.IntegrityError as error:
            raise InputError(f"{error}; Remove the rule first, or disable the endpoint.") from None


def rotate_webhook_secret(db: Database, endpoint_id: str, overlap_hours: int) -> str:
    with db.write():
        return _rotate(db, endpoint_id, overlap_hours)


def _rotate(db: Database, endpoint_id: str, overlap_hours: int) -> str:
    _found(db.run("update webhook_endpoints set id = id where id = ?", (endpoint_id,)), endpoint_id)
    now = db.clock.now()
    ends = now + timedelta(hours=min(max(overlap_hours, 0), MAX_OVERLAP_HOURS))
    # two older ones at most; a rotation without overlap ends them all
    db.run(
        "delete from webhook_secrets where endpoint_id = :endpoint and (expires_at <= :now or :ends <= :now"
        " or id not in (select id from webhook_secrets where endpoint_id = :endpoint"
        " order by id desc limit :kept))",
        {"endpoint": endpoint_id, "now": stamp(now), "ends": stamp(ends), "kept": OLD_SECRETS},
    )
    db.run(
        "update webhook_secrets set expires_at = ? where endpoint_id = ? and expires_at is null",
        (stamp(ends), endpoint_id),
    )
    return str(
        db.value(
            "insert into webhook_secrets (workspace_id, endpoint_id, secret)"
            " select workspace_id, id, 'whsec_' || lower(hex(randomblob(32))) from webhook_endpoints"
            " where id = ? returning secret",
            (endpoint_id,),
        )
    )


def test_webhook(db: Database, endpoint_id: str) -> str:
    with db.write():
        endpoint = db.one(f"{_ENDPOINT} where id = ? and enabled", (endpoint_id,))
        if endpoint is None:
            raise NotFoundError(f"no enabled webhook {endpoint_id!r}; see: campaignbase webhooks")
        data = {"workspace_id": endpoint["workspace_id"], "webhook": endpoint["name"]}
        [key] = _queue(db, [(endpoint, "webhook.test", data)])
        return key


def emit_webhooks(db: Database, answers: Sequence[Answer]) -> None:
    """Write what endpoints are to be told of decisions, with the decisions. Twin of private.emit_webhooks."""
    workspaces = {answer.job["workspace_id"] for answer in answers}
    endpoints = db.all(
        f"{_ENDPOINT} where enabled and workspace_id in (select value from json_each(?)) order by id",
        (id_list(workspaces),),
    )
    if not endpoints:
        return
    assets = {
        row["id"]: row
        for row in db.all(
            "select * from content_assets where id in (select value from json_each(?))",
            (id_list(answer.target_id for answer in answers),),
        )
    }
    rules = {
        (row["workspace_id"], row["id"]): row
        for row in db.all(
            "select id, workspace_id, name, json_extract(actions, '$.webhook') as webhook"
            " from automation_rules where id in (select value from json_each(?))",
            (id_list({rule_id for answer in answers for rule_id, _ in answer.result.rules}),),
        )
    }
    messages: list[tuple[Row, str, dict[str, Any]]] = []
    for answer in sorted(answers, key=lambda answer: int(answer.job["id"])):
        workspace, asset = answer.job["workspace_id"], assets[answer.target_id]
        event = f"content.{asset['label_state']}"
        fired = [rules.get((workspace, rule_id)) for rule_id, _ in answer.result.rules]
        for endpoint in endpoints:
            if endpoint["workspace_id"] != workspace:
                continue
            if event in decode(endpoint)["events"]:
                messages.append((endpoint, event, _content(asset)))
            for rule in fired:
                if rule is not None and rule["webhook"] == endpoint["name"]:
                    about = {"rule": {"id": rule["id"], "name": rule["name"]}}
                    messages.append((endpoint, "rule.matched", _content(asset) | about))
    _queue(db, messages)


def _queue(db: Database, messages: Iterable[tuple[Row, str, dict[str, Any]]]) -> list[str]:
    now = db.now()
    written = [
        (
            str(uuid4()), endpoint["workspace_id"], endpoint["id"], event_type,
            to_json({"type": event_type, "timestamp": now, "data": data}), now, now, now,
        )
        for endpoint, event_type, data in messages
    ]  # fmt: skip
    db.run_many(
        "insert into webhook_deliveries"
        " (id, workspace_id, endpoint_id, event_type, payload, run_at, created_at, updated_at)"
        " values (?, ?, ?, ?, ?, ?, ?, ?)",
        written,
    )
    return [row[0] for row in written]


def _content(asset: Row) -> dict[str, Any]:
    values = decode(asset)
    text = values["text"]
    return {
        "id": values["id"],
        "workspace_id": values["workspace_id"],
        "asset_type": values["asset_type"],
        "campaign_id": values["campaign_id"],
        "source_key": values["source_key"],
        "text": None if text is None else text[:MAX_TEXT],
        "label_state": values["label_state"],
        "primary_category": values["primary_category"],
        "category_source": values["category_source"],
        "tags": values["tags"][:MAX_TAGS],
        "sentiment": values["sentiment"],
        "target_audience": values["target_audience"],
        "language": values["language"],
        "quality_score": values["quality_score"],
    }


def _endpoint(row: Row) -> WebhookEndpoint:
    values = decode(row)
    for name in ("failing_since", "paused_until"):
        values[name] = None if values[name] is None else moment(values[name])
    return WebhookEndpoint(**values | {"events": tuple(values["events"])})


def _found(changed: int, endpoint_id: str) -> None:
    if not changed:
        raise NotFoundError(f"no webhook {endpoint_id!r}; see: campaignbase webhooks")
