"""What rules of type approval and scheduling do on SQLite, with the decision that fired them.

Twins of what private.write_content_labels says of approval, and of private.schedule_content.
"""

# ruff: noqa: S608 - what is put into queries are names from these modules

import json
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from campaignbase.core.rule_schema import APPROVAL_ACTIONS, SCHEDULE_ACTION
from campaignbase.core.slots import find_zone, is_platform, next_slot
from campaignbase.errors import InputError
from campaignbase.stores.sqlite_connection import Database, Row
from campaignbase.stores.sqlite_history import Answer
from campaignbase.stores.sqlite_rows import id_list, moment, stamp

_logger = logging.getLogger("campaignbase")


def approve_content(db: Database, answers: Sequence[Answer]) -> None:
    """A person's word on it stays; what a rule said is said anew."""
    rules = _fired(db, answers, APPROVAL_ACTIONS)
    written: list[dict[str, Any]] = []
    for answer in answers:
        rule = rules.get(answer.target_id)
        approval = "none" if rule is None else "approved" if rule["approves"] else "required"
        name = None if rule is None else rule["name"]
        written.append({"id": answer.target_id, "approval": approval, "rule": name})
    db.run_many(
        """
        update content_assets
        set
            approval = :approval,
            approval_rule = :rule,
            approval_note = case when approval_rule is :rule then approval_note end
        where
            id = :id
            and (approval = 'none' or approval_rule is not null)
            and (approval is not :approval or approval_rule is not :rule)
        """,
        written,
    )


def schedule_content(db: Database, answers: Sequence[Answer]) -> None:
    """A post for each platform of the campaign, at the next free of its optimal times."""
    rules = _fired(db, answers, (SCHEDULE_ACTION,))
    wanted = db.all(
        """
        select
            content_assets.id, content_assets.workspace_id, content_assets.campaign_id,
            campaigns.target_platforms, campaigns.optimal_times, campaigns.start_date, campaigns.end_date,
            workspaces.timezone
        from content_assets
        inner join campaigns on content_assets.campaign_id = campaigns.id
        inner join workspaces on content_assets.workspace_id = workspaces.id
        where
            content_assets.id in (select value from json_each(?))
            and campaigns.status in ('draft', 'active')
            and content_assets.approval in ('none', 'approved')
        order by content_assets.created_at, content_assets.id
        """,
        (id_list(rules),),
    )
    for row in wanted:
        _schedule(db, row, rules[row["id"]]["name"])


def _schedule(db: Database, row: Row, rule: str) -> None:
    now = db.clock.now()
    start = None if row["start_date"] is None else moment(row["start_date"])
    end = None if row["end_date"] is None else moment(row["end_date"])
    after = now if start is None else max(now, start)
    try:
        zone = find_zone(row["timezone"])
    except InputError as error:
        _logger.warning("content %s is not scheduled: %s", row["id"], error)
        return
    for platform in json.loads(row["target_platforms"]):
        # what plain SQL wrote
        if not is_platform(platform):
            _logger.warning("content %s is not scheduled for %r, which is no platform", row["id"], platform)
            continue
        here = {"asset": row["id"], "platform": platform, "workspace": row["workspace_id"]}
        if db.value(
            "select 1 from schedulings where content_asset_id = :asset and platform = :platform union all"
            " select 1 from social_posts where workspace_id = :workspace and content_asset_id = :asset"
            " and platform = :platform",
            here,
        ):
            continue
        taken = _taken(db, row["workspace_id"], platform, after)
        at = next_slot(json.loads(row["optimal_times"]), zone, after, end, taken)
        if at is None:
            continue
        values = here | {"id": str(uuid4()), "campaign": row["campaign_id"], "at": stamp(at), "rule": rule}
        db.run(
            "insert into social_posts"
            " (id, workspace_id, campaign_id, content_asset_id, platform, scheduled_time)"
            " values (:id, :workspace, :campaign, :asset, :platform, :at)",
            values,
        )
        db.run(
            "insert into schedulings (workspace_id, content_asset_id, platform, rule, scheduled_time)"
            " values (:workspace, :asset, :platform, :rule, :at)",
            values,
        )


def _taken(db: Database, workspace_id: str, platform: str, after: datetime) -> set[datetime]:
    found = db.all(
        "select scheduled_time from social_posts where workspace_id = ? and platform = ?"
        " and scheduled_time > ? and status <> 'deleted'",
        (workspace_id, platform, stamp(after)),
    )
    return {moment(row["scheduled_time"]) for row in found}


def _fired(db: Database, answers: Sequence[Answer], actions: Sequence[str]) -> dict[str, Row]:
    """Target -> the first of its rules that has one of these actions."""
    fired = {rule_id for answer in answers for rule_id, _ in answer.result.rules}
    if not fired:
        return {}
    asked = " or ".join(f"json_type(actions, '$.{action}') = 'true'" for action in actions)
    rules = db.all(
        "select id, workspace_id, name, json_type(actions, '$.approve') = 'true' as approves"
        f" from automation_rules where ({asked}) and id in (select value from json_each(?))"
        " order by priority desc, created_at, rowid",
        (id_list(fired),),
    )
    found: dict[str, Row] = {}
    for answer in answers:
        own = {rule_id for rule_id, _ in answer.result.rules}
        first = next(
            (
                rule
                for rule in rules
                if rule["id"] in own and rule["workspace_id"] == answer.job["workspace_id"]
            ),
            None,
        )
        if first is not None:
            found[answer.target_id] = first
    return found
