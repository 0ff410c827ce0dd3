"""Workspaces and rules on SQLite."""

# ruff: noqa: S608 - what is put into queries are names from these modules

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

import numpy as np

from campaignbase.core.names import check_name, rule_exists
from campaignbase.core.rule_names import in_own_names
from campaignbase.core.rule_schema import validate_conditions, validate_rule
from campaignbase.core.vectors import unpack
from campaignbase.errors import InputError, NotFoundError, RuleError
from campaignbase.models import (
    DEFAULT_WORKSPACE_ID,
    ContentAsset,
    Rule,
    Workspace,
)
from campaignbase.stores import rows as read
from campaignbase.stores.sqlite_audience import check_audience
from campaignbase.stores.sqlite_categories import categories
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_facts import FACT_COLUMNS, as_facts, facts_of, matches
from campaignbase.stores.sqlite_reading import ASSET_QUERY
from campaignbase.stores.sqlite_rows import decode, id_list, to_json
from campaignbase.stores.sqlite_rule_trials import rule_results
from campaignbase.stores.sqlite_tags import known_words, no_doubles, tags
from campaignbase.stores.sqlite_vectors import VectorCache

PREVIEW_PAGE = 500

_WORKSPACE = "select id, name, embedding_model, vocabulary_version, timezone from workspaces"
_RULE = (
    "select id, name, rule_type, conditions, actions, priority, enabled, execution_count, success_count,"
    " last_execution from automation_rules"
)


def workspaces(db: Database) -> list[Workspace]:
    return [Workspace(*row) for row in db.all(f"{_WORKSPACE} order by created_at, rowid")]


def create_workspace(db: Database, name: str) -> Workspace:
    check_name("workspace", name)
    key = DEFAULT_WORKSPACE_ID if name == "default" else str(uuid4())
    with db.write():
        db.run("insert into workspaces (id, name) values (?, ?) on conflict (id) do nothing", (key, name))
        return Workspace(*db.row(f"{_WORKSPACE} where id = ?", (key,)))


def delete_workspace(db: Database, workspace_id: str) -> None:
    with db.write():
        if not db.run("delete from workspaces where id = ?", (workspace_id,)):
            raise NotFoundError(f"no workspace with id {workspace_id!r}")
    # deleted rows stay readable in the file until their pages are used again
    db.run("vacuum")
    db.run("pragma wal_checkpoint(truncate)")


def rules(db: Database, workspace_id: str) -> list[Rule]:
    found = db.all(
        f"{_RULE} where workspace_id = ? order by priority desc, created_at, rowid", (workspace_id,)
    )
    results = rule_results(db, workspace_id)
    return [read.rule(decode(row), results) for row in found]


def add_rule(db: Database, workspace_id: str, rule: Rule) -> Rule:
    check_name("rule", rule.name)
    validate_rule(rule.rule_type, rule.conditions, rule.actions, name=rule.name)
    key = str(uuid4())
    with db.write(), no_doubles(db, workspace_id):
        labels = categories(db, workspace_id), tags(db, workspace_id)
        rule = replace(
            rule,
            conditions=in_own_names(rule.conditions, *labels),
            actions=in_own_names(rule.actions, *labels),
        )
        category = rule.category
        if category and not db.value(
            "select 1 from categories where workspace_id = ? and name = ?", (workspace_id, category)
        ):
            raise RuleError(f"rule '{rule.name}': unknown category '{category}'")
        try:
            check_audience(
                db,
                workspace_id,
                known_words(db, workspace_id),
                rule.actions.get("set_audience"),
                f"rule '{rule.name}': ",
            )
        except InputError as error:
            raise RuleError(str(error)) from None
        webhook = rule.actions.get("webhook")
        if webhook and not db.value(
            "select 1 from webhook_endpoints where workspace_id = ? and name = ?", (workspace_id, webhook)
        ):
            raise RuleError(f"rule '{rule.name}': unknown webhook '{webhook}'")
        if db.value(
            "select 1 from automation_rules where workspace_id = ? and name = ?", (workspace_id, rule.name)
        ):
            raise rule_exists(rule.name)
        db.run(
            "insert into automation_rules"
            " (id, workspace_id, name, rule_type, conditions, actions, priority, enabled)"
            " values (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                key,
                workspace_id,
                rule.name,
                rule.rule_type,
                to_json(dict(rule.conditions)),
                to_json(dict(rule.actions)),
                rule.priority,
                rule.enabled,
            ),
        )
        return read.rule(decode(db.row(f"{_RULE} where id = ?", (key,))))


def enable_rule(db: Database, workspace_id: str, rule_id: str, enabled: bool) -> None:
    with db.write():
        _found(
            db.run(
                "update automation_rules set enabled = ? where workspace_id = ? and id = ?",
                (enabled, workspace_id, rule_id),
            ),
            rule_id,
        )


def remove_rule(db: Database, workspace_id: str, rule_id: str) -> None:
    with db.write():
        _found(
            db.run("delete from automation_rules where workspace_id = ? and id = ?", (workspace_id, rule_id)),
            rule_id,
        )


def _found(changed: int, rule_id: str) -> None:
    if not changed:
        raise NotFoundError(f"no rule {rule_id!r}; see: campaignbase rules")


def preview_rule(
    db: Database,
    vectors: VectorCache,
    workspace_id: str,
    conditions: Mapping[str, Any],
    limit: int,
    campaign_id: str | None,
) -> list[ContentAsset]:
    validate_conditions(conditions)
    hits: list[str] = []
    with db.read():
        conditions = in_own_names(conditions, categories(db, workspace_id), tags(db, workspace_id))
        near = vectors.sets(db, "categories").get(workspace_id)
        last = ("~", "~")  # after every time and id
        while len(hits) < limit:
            page = db.all(
                f"select {FACT_COLUMNS}, content_assets.created_at, content_assets.embedding"
                " from content_assets"
                " left join campaigns on content_assets.campaign_id = campaigns.id"
                " where content_assets.workspace_id = ?"
                " and coalesce(content_assets.campaign_id = ?, ? is null)"
                " and (content_assets.created_at, content_assets.id) < (?, ?)"
                " order by content_assets.created_at desc, content_assets.id desc limit ?",
                (workspace_id, campaign_id, campaign_id, *last, PREVIEW_PAGE),
            )
            if not page:
                break
            last = (page[-1]["created_at"], page[-1]["id"])
            for row in page:
                similarity = None
                if near and row["embedding"] is not None:
                    similarity = float(near.cosines(unpack(row["embedding"])[np.newaxis]).max())
                if matches("in preview", conditions, as_facts(facts_of(row, similarity))):
                    hits.append(row["id"])
        found = db.all(
            f"{ASSET_QUERY} where id in (select value from json_each(?)) order by created_at desc, id desc",
            (id_list(hits[:limit]),),
        )
    return [read.asset(decode(row)) for row in found]
