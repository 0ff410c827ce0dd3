"""Each named check and key refuses what it says: a bad value a row, and the constraint that must answer."""

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql
from tests.sql.scene import WIDTH, Scene, axis, rows, text_of, vector
from tests.support.postgres import Database

GOOD: dict[str, dict[str, object]] = {
    "workspaces": {"name": "W"},
    "workspace_members": {"role": "viewer"},
    "categories": {"name": "c"},
    "tag_groups": {"name": "g"},
    "label_proposals": {"kind": "tag", "name": "p"},
    "tags": {"name": "t"},
    "campaigns": {"name": "s", "campaign_type": "event"},
    "content_assets": {"content": "x"},
    "content_asset_tags": {"source": "human"},
    "social_posts": {"platform": "x"},
    "approvals": {"previous_approval": "none", "approval": "required"},
    "private.schedulings": {"platform": "x", "rule": "r", "scheduled_time": "2030-01-01"},
    "automation_rules": {
        "name": "r", "rule_type": "tagging",
        "conditions": '{"contains_keyword": "x"}', "actions": '{"add_tags": ["kept"]}',
    },
    "categorizations": {"field": "category", "outcome": "applied"},
    "cache_entries": {
        "cache_key": "k", "cache_value": "{}", "cache_type": "label", "expires_at": "2030-01-01",
    },
    "private.cache_invalidations": {"scope": "*", "epoch": 1},
    "private.cache_counters": {"day": "2026-01-01", "cache_type": "label", "tier": "redis"},
    "private.cache_signing_keys": {"signing_key": "a" * 64},
    "private.idempotency_keys": {
        "request_key": "k", "body_hash": "b", "owner": "o", "leased_until": "2030-01-01",
    },
    "private.jobs": {"kind": "embed_tag", "target_id": uuid.UUID(int=1)},
    "trained_heads": {
        "version": 1,
        "embedding_model": "m",
        "train_rows": 1,
        "threshold": 0.5,
        "target_precision": 0.9,
        "margin": 0.1,
    },
    "private.trained_head_labels": {"weights": axis(0), "bias": 0},
    "gate_verdicts": {
        "subject": "analyst",
        "model": "m",
        "prompt_version": "1",
        "basis": "golden",
        "comparison": "{}",
        "passed": True,
    },
    "private.invitations": {"email": "bo@example.com", "role": "viewer"},
    "webhook_endpoints": {"name": "w", "url": "https://example.com/hook"},
    "webhook_deliveries": {"event_type": "webhook.test", "payload": "{}"},
    "api_keys": {"name": "k", "prefix": "12345678", "role": "viewer", "scopes": "{content:read}"},
    "api_key_log": {"event": "created"},
    "daily_spending": {"day": "2026-01-02"},
    "spending": {"day": "2026-01-02", "kind": "embedding", "model": "m"},
    "private.reservations": {
        "day": "2026-01-01", "kind": "embedding", "model": "m", "requests": 1, "amount": 1,
        "expires_at": "2030-01-01",
    },
    "backfills": {"kind": "labels", "state": "done"},
    "model_batches": {"model": "m", "ticket": "{}", "hashes": "{}", "look_at": "2030-01-01"},
    "private.spare_vectors": {
        "kind": "embed_tag", "target_id": uuid.UUID(int=1), "embedding_model": "m", "content_hash": "x",
    },
}  # fmt: skip
SHARED = {
    "workspaces", "private.cache_invalidations", "private.cache_counters", "private.cache_signing_keys",
    "private.idempotency_keys",
}  # fmt: skip
VALUES: list[tuple[str, dict[str, object], str]] = [
    ("workspaces", {"name": "  "}, "name_is_not_blank"),
    ("workspaces", {"timezone": ""}, "timezone_is_not_blank"),
    ("workspaces", {"promote_after": 0}, "promote_after_is_possible"),
    ("tag_groups", {"name": " "}, "name_is_not_blank"),
    ("tag_groups", {"name": "a\nb"}, "name_is_one_line"),
    ("tag_groups", {"name": "x" * 101}, "name_fits"),
    ("tag_groups", {"min_tags": 9}, "min_tags_is_possible"),
    ("tag_groups", {"max_tags": 0}, "max_tags_is_possible"),
    ("tag_groups", {"min_tags": 2, "max_tags": 1}, "min_tags_is_not_over_max"),
    ("label_proposals", {"kind": "mood"}, "kind_is_known"),
    ("label_proposals", {"name": "-"}, "folded_name_is_not_blank"),
    ("label_proposals", {"name": "a\nb"}, "name_is_one_line"),
    ("label_proposals", {"name": "x" * 101}, "name_fits"),
    ("label_proposals", {"state": "gone"}, "state_is_known"),
    ("workspace_members", {"role": "admin"}, "role_is_known"),
    ("categories", {"name": " "}, "name_is_not_blank"),
    ("categories", {"name": "x" * 101}, "name_fits"),
    ("categories", {"name": "kept"}, "name_is_unique"),
    ("categories", {"usage_count": -1}, "usage_count_is_not_negative"),
    ("categories", {"embedding": axis(0)}, "embedding_has_a_model"),
    ("categories", {"id": uuid.UUID(int=5), "parent_id": uuid.UUID(int=5)}, "parent_is_another"),
    ("tags", {"name": "# -_"}, "folded_name_is_not_blank"),
    ("tags", {"name": "x" * 101}, "name_fits"),
    ("tags", {"name": "kept"}, "name_is_unique"),
    ("tags", {"name": "KEPTS"}, "folded_name_is_unique"),
    ("tags", {"tag_type": "Audience"}, "tag_type_is_snake_case"),
    ("tags", {"usage_count": -1}, "usage_count_is_not_negative"),
    ("tags", {"embedding": axis(0)}, "embedding_has_a_model"),
    ("campaigns", {"name": ""}, "name_is_not_blank"),
    ("campaigns", {"name": "x" * 256}, "name_fits"),
    ("campaigns", {"campaign_type": "Product Launch"}, "campaign_type_is_snake_case"),
    ("campaigns", {"status": "done"}, "status_is_known"),
    ("campaigns", {"estimated_cost": -1}, "estimated_cost_is_not_negative"),
    ("campaigns", {"estimated_cost": "NaN"}, "estimated_cost_is_not_negative"),
    ("campaigns", {"start_date": "2026-02-01", "end_date": "2026-01-01"}, "end_date_is_after_start_date"),
    ("campaigns", {"embedding": axis(0)}, "embedding_has_a_model"),
    ("campaigns", {"primary_category": "missing"}, "primary_category_fkey"),
    ("content_assets", {"asset_type": "audio"}, "asset_type_is_known"),
    ("content_assets", {"generator": "Midjourney 6"}, "generator_is_snake_case"),
    ("content_assets", {"content": "\u00e9" * 500_001}, "content_fits"),  # counted in bytes
    ("content_assets", {"prompt": "x" * 1_000_001}, "prompt_fits"),
    ("content_assets", {"alt_text": "x" * 1_000_001}, "alt_text_fits"),
    ("content_assets", {"file_path": "x" * 501}, "file_path_fits"),
    ("content_assets", {"file_url": f"https://{'x' * 1_993}"}, "file_url_fits"),
    ("content_assets", {"file_url": "javascript:alert(1)"}, "file_url_has_no_other_scheme"),
    ("content_assets", {"parameters": "[]"}, "parameters_is_an_object"),
    ("content_assets", {"generation_cost": -0.01}, "generation_cost_is_not_negative"),
    ("content_assets", {"generation_cost": "NaN"}, "generation_cost_is_not_negative"),
    ("content_assets", {"generation_time_ms": -1}, "generation_time_ms_is_not_negative"),
    ("content_assets", {"sentiment": "happy"}, "sentiment_is_known"),
    ("content_assets", {"quality_score": 1.01}, "quality_score_is_unit"),
    ("content_assets", {"quality_score": -0.01}, "quality_score_is_unit"),
    ("content_assets", {"revision_count": -1}, "revision_count_is_not_negative"),
    ("content_assets", {"audience_type": "emotion"}, "audience_type_is_audience"),
    ("content_assets", {"approval": "maybe"}, "approval_is_known"),
    ("content_assets", {"embedding": axis(0)}, "embedding_has_a_model"),
    ("content_assets", {"source_key": "kept"}, "source_key_is_unique"),
    ("content_assets", {"primary_category": "missing"}, "primary_category_fkey"),
    ("content_asset_tags", {"source": "guess"}, "source_is_known"),
    ("content_asset_tags", {"score": 1.1}, "score_is_unit"),
    ("content_asset_tags", {"state": "maybe"}, "state_is_known"),
    ("content_asset_tags", {"source": "model", "state": "rejected"}, "only_people_reject"),
    ("social_posts", {"platform": "X!"}, "platform_is_snake_case"),
    ("social_posts", {"post_url": "data:text/html,x"}, "post_url_has_no_other_scheme"),
    ("social_posts", {"status": "sent"}, "status_is_known"),
    ("social_posts", {"approval": "maybe"}, "approval_is_known"),
    *[
        ("social_posts", {metric: -1}, "metrics_are_not_negative")
        for metric in ("views", "likes", "comments", "shares", "clicks")
    ],
    ("social_posts", {"posting_cost": -0.01}, "posting_cost_is_not_negative"),
    ("social_posts", {"posting_cost": "NaN"}, "posting_cost_is_not_negative"),
    ("automation_rules", {"name": " "}, "name_is_not_blank"),
    ("automation_rules", {"name": "x" * 256}, "name_fits"),
    ("automation_rules", {"name": "kept"}, "name_is_unique"),
    ("automation_rules", {"execution_count": -1}, "execution_count_is_not_negative"),
    ("automation_rules", {"success_count": -1}, "success_count_is_not_negative"),
    ("approvals", {"previous_approval": "maybe"}, "previous_approval_is_known"),
    ("approvals", {"approval": "maybe"}, "approval_is_known"),
    ("approvals", {"content_asset_id": None}, "target_is_one"),
    ("categorizations", {"field": "mood"}, "field_is_known"),
    ("categorizations", {"source": "guess"}, "source_is_known"),
    ("categorizations", {"score": -0.1}, "score_is_unit"),
    ("categorizations", {"outcome": "maybe"}, "outcome_is_known"),
    ("categorizations", {"head_version": 0}, "head_version_is_positive"),
    ("categorizations", {"judged_id": str(uuid.UUID(int=7)), "source": "model"}, "judged_by_a_person"),
    ("categorizations", {"reasons": "{}"}, "reasons_is_an_array"),
    ("categorizations", {"cost": -1}, "cost_is_not_negative"),
    ("categorizations", {"latency_ms": -1}, "latency_ms_is_not_negative"),
    ("categorizations", {"content_asset_id": None}, "target_is_one"),
    ("cache_entries", {"cache_type": "A b"}, "cache_type_is_snake_case"),
    ("cache_entries", {"ttl_seconds": 0}, "ttl_seconds_is_positive"),
    ("cache_entries", {"access_count": -1}, "access_count_is_not_negative"),
    ("private.cache_invalidations", {"epoch": 0}, "epoch_is_positive"),
    ("private.cache_counters", {"cache_type": "A b"}, "cache_type_is_snake_case"),
    ("private.cache_counters", {"tier": "disk"}, "tier_is_known"),
    ("private.cache_counters", {"hits": -1}, "is_not_negative"),
    ("private.cache_counters", {"saved_cost": -1}, "is_not_negative"),
    ("private.cache_signing_keys", {"signing_key": "a" * 63}, "signing_key_is_long"),
    ("private.idempotency_keys", {"request_key": "a" * 201}, "request_key_fits"),
    ("private.idempotency_keys", {"body_hash": "a" * 101}, "body_hash_fits"),
    ("private.idempotency_keys", {"owner": "a" * 101}, "owner_fits"),
    ("private.idempotency_keys", {"answer": "a" * 1_000_001}, "answer_fits"),
    ("private.jobs", {"kind": "train"}, "kind_is_known"),
    ("private.jobs", {"state": "done"}, "state_is_known"),
    ("private.jobs", {"attempt": -1}, "attempt_is_not_negative"),
    ("private.jobs", {"failures": -1}, "failures_is_not_negative"),
    ("private.jobs", {"state": "leased"}, "leased_has_a_worker"),
    ("private.jobs", {"leased_by": "w"}, "leased_has_a_worker"),
    ("private.trained_head_labels", {"threshold": 1.5}, "threshold_is_unit"),
    ("trained_heads", {"version": 0}, "version_is_positive"),
    ("trained_heads", {"origin": "luck"}, "origin_is_known"),
    ("trained_heads", {"train_rows": 0}, "train_rows_is_positive"),
    ("trained_heads", {"threshold": 1.5}, "threshold_is_unit"),
    ("trained_heads", {"target_precision": -0.1}, "target_precision_is_unit"),
    ("trained_heads", {"margin": 2}, "margin_is_unit"),
    ("trained_heads", {"measures": "[]"}, "measures_is_an_object"),
    ("trained_heads", {"comparison": "[]"}, "comparison_is_an_object"),
    ("gate_verdicts", {"subject": "head"}, "subject_is_known"),
    ("gate_verdicts", {"prompt_version": None}, "analyst_has_a_prompt"),
    ("gate_verdicts", {"origin": "luck"}, "origin_is_known"),
    ("gate_verdicts", {"basis": "fresh"}, "basis_is_known"),
    ("gate_verdicts", {"margin": 2}, "margin_is_unit"),
    ("gate_verdicts", {"comparison": "[]"}, "comparison_is_an_object"),
    ("gate_verdicts", {"comparison": None}, "golden_has_a_comparison"),
    ("gate_verdicts", {"passed": False, "forced": True}, "forced_has_passed"),
    ("private.invitations", {"email": "Bo@example.com"}, "email_is_lower_case"),
    ("private.invitations", {"role": "admin"}, "role_is_known"),
    ("private.invitations", {"mail_attempt": -1}, "mail_attempt_is_not_negative"),
    *[
        (table, {"name": "one\nline"}, "name_is_one_line")
        for table in ("workspaces", "categories", "tags", "campaigns", "automation_rules", "api_keys")
    ],
    ("webhook_endpoints", {"name": " "}, "name_is_not_blank"),
    ("webhook_endpoints", {"name": "x" * 101}, "name_fits"),
    ("webhook_endpoints", {"name": "kept"}, "name_is_unique"),
    ("webhook_endpoints", {"failures": -1}, "failures_is_not_negative"),
    ("webhook_deliveries", {"event_type": "content.deleted"}, "event_type_is_known"),
    ("webhook_deliveries", {"state": "lost"}, "state_is_known"),
    ("webhook_deliveries", {"attempt": -1}, "attempt_is_not_negative"),
    ("webhook_deliveries", {"failures": -1}, "failures_is_not_negative"),
    ("webhook_deliveries", {"state": "leased"}, "leased_has_a_worker"),
    ("webhook_deliveries", {"leased_by": "w"}, "leased_has_a_worker"),
    ("api_keys", {"name": " "}, "name_is_not_blank"),
    ("api_keys", {"name": "x" * 101}, "name_fits"),
    ("api_keys", {"prefix": "kept0000"}, "prefix_is_unique"),
    ("api_keys", {"role": "owner"}, "role_is_known"),
    ("workspaces", {"daily_budget": -1}, "daily_budget_is_possible"),
    ("workspaces", {"daily_budget": "NaN"}, "daily_budget_is_possible"),
    ("categorizations", {"fallback": "mood"}, "fallback_is_known"),
    ("daily_spending", {"reserved": -1}, "is_not_negative"),
    ("daily_spending", {"settled": -1}, "is_not_negative"),
    ("spending", {"kind": "A b"}, "kind_is_snake_case"),
    ("spending", {"requests": -1}, "is_not_negative"),
    ("spending", {"cost": -1}, "is_not_negative"),
    ("spending", {"day": "2026-01-01"}, "line_is_unique"),
    ("private.reservations", {"kind": "A b"}, "kind_is_snake_case"),
    ("private.reservations", {"requests": -1}, "is_not_negative"),
    ("private.reservations", {"amount": -1}, "is_not_negative"),
    ("backfills", {"kind": "colors"}, "kind_is_known"),
    ("backfills", {"state": "going"}, "state_is_known"),
    ("backfills", {"selection": "[]"}, "selection_is_an_object"),
    ("backfills", {"embedding_model": "m"}, "vectors_have_a_model"),
    ("backfills", {"done": -1}, "is_not_negative"),
    ("backfills", {"cost": -1}, "is_not_negative"),
    ("model_batches", {"ticket": "[]"}, "ticket_is_an_object"),
    ("model_batches", {"hashes": "[]"}, "hashes_is_an_object"),
    ("private.spare_vectors", {"kind": "other"}, "kind_is_known"),
    ("api_key_log", {"event": "deleted"}, "event_is_known"),
    ("api_key_log", {"event": "request"}, "request_has_a_status"),
    ("api_key_log", {"status": 200}, "request_has_a_status"),
]
# overwritten by triggers on an insert, so tried as an update by a machine
UPDATES = [
    ("content_assets", "category_source"),
    ("content_assets", "sentiment_source"),
    ("content_assets", "audience_source"),
    ("campaigns", "category_source"),
    ("content_assets", "label_state"),
    ("campaigns", "label_state"),
]


class Sheet:
    """One workspace with a row of each kind named `kept`; everything tried is rolled back."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.connection = scene.database.connect(autocommit=False)
        self.workspace = scene.workspace()
        self.category = scene.category(self.workspace, "kept")
        self.tag = scene.tag(self.workspace, "kept")
        self.asset = scene.asset(self.workspace, source_key="kept")
        self.campaign = scene.campaign(self.workspace, "kept")
        scene.insert(
            "automation_rules", workspace_id=self.workspace, **{**GOOD["automation_rules"], "name": "kept"}
        )
        self.endpoint = scene.insert(
            "webhook_endpoints",
            workspace_id=self.workspace,
            **{**GOOD["webhook_endpoints"], "name": "kept"},
        )
        self.key = scene.insert(
            "api_keys", workspace_id=self.workspace, **{**GOOD["api_keys"], "prefix": "kept0000"}
        )
        for table in ("daily_spending", "spending"):
            scene.insert(table, workspace_id=self.workspace, **{**GOOD[table], "day": "2026-01-01"})
        self.backfill = scene.insert("backfills", workspace_id=self.workspace, **GOOD["backfills"])
        self.head = scene.insert(
            "trained_heads", workspace_id=self.workspace, **{**GOOD["trained_heads"], "version": 2}
        )
        self.user = scene.user("somebody@example.com")

    def insert(self, table: str, **columns: object) -> None:
        owned: dict[str, object] = {"workspace_id": self.workspace} if table not in SHARED else {}
        if table == "workspace_members":
            owned["user_id"] = self.user
        elif table == "content_asset_tags":
            owned |= {"content_asset_id": self.asset, "tag_id": self.tag}
        elif table == "webhook_deliveries":
            owned["endpoint_id"] = self.endpoint
        elif table == "api_key_log":
            owned["key_id"] = self.key
        elif table == "model_batches":
            owned["backfill_id"] = self.backfill
        elif table in ("categorizations", "approvals", "private.schedulings"):
            owned["content_asset_id"] = self.asset
        elif table == "private.trained_head_labels":
            owned |= {"head_id": self.head, "category_id": self.category}
        values = {**owned, **GOOD[table], **columns}
        name = sql.Identifier(*(table.split(".") if "." in table else ("public", table)))
        self.connection.execute(
            sql.SQL("insert into {} ({}) values ({})").format(
                name,
                sql.SQL(", ").join(map(sql.Identifier, values)),
                sql.SQL(", ").join(sql.Placeholder() * len(values)),
            ),
            list(values.values()),
        )


@pytest.fixture(scope="module")
def whole_sheet(module_database: Database) -> Iterator[Sheet]:
    scene = Scene(module_database)
    made = Sheet(scene)
    yield made
    made.connection.close()
    scene.clear()


@pytest.fixture
def sheet(whole_sheet: Sheet) -> Iterator[Sheet]:
    yield whole_sheet
    whole_sheet.connection.rollback()


def names_of(table: str, claim: str) -> str:
    return f"{table.rpartition('.')[2]}_{claim}"


@pytest.mark.parametrize(("table", "values", "claim"), VALUES)
def test_a_bad_value_is_refused_by_name(sheet: Sheet, table: str, values: dict[str, Any], claim: str) -> None:
    with pytest.raises(psycopg.errors.IntegrityError) as refused:
        sheet.insert(table, **values)
    assert refused.value.diag.constraint_name == names_of(table, claim)


@pytest.mark.parametrize("table", GOOD)
def test_the_row_without_it_is_accepted(sheet: Sheet, table: str) -> None:
    sheet.insert(table)


@pytest.mark.parametrize(("table", "column"), UPDATES)
def test_an_unknown_value_is_refused_in_an_update(sheet: Sheet, table: str, column: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        sheet.connection.execute(f"update public.{table} set {column} = 'guess'")
    assert refused.value.diag.constraint_name == f"{table}_{column}_is_known"


@pytest.mark.parametrize(
    ("parent", "child_of_kept", "refused"),
    [(None, False, False), ("kept", False, False), ("child", False, True), ("kept", True, True)],
)
def test_categories_have_two_levels(
    sheet: Sheet, parent: str | None, child_of_kept: bool, refused: bool
) -> None:
    connection = sheet.connection
    insert = "insert into public.categories (workspace_id, name, parent_id) values (%s, %s, %s) returning id"
    made = {"kept": sheet.category}
    for name, under in (("child", "kept"), ("top", None)):
        [row] = connection.execute(insert, [sheet.workspace, name, made.get(under or "")]).fetchall()
        made[name] = row[0]
    if child_of_kept:  # a parent of others gets a parent
        statement, values = (
            "update public.categories set parent_id = %s where id = %s",
            [made["top"], made["kept"]],
        )
    else:
        statement, values = insert, [sheet.workspace, "new", made.get(parent or "")]
    if not refused:
        connection.execute(statement, values)
        return
    with pytest.raises(psycopg.errors.CheckViolation) as error:
        connection.execute(statement, values)
    name = "kept" if child_of_kept else "new"
    assert error.value.diag.message_primary == (
        f"category '{name}' would be on a third level; categories have two"
    )


@pytest.mark.parametrize(("length", "told"), [(2.0, "2.0000"), (0.0, "0.0000"), (0.98, "0.9800")])
@pytest.mark.parametrize("table", ["content_assets", "campaigns", "categories", "tags"])
def test_a_vector_is_of_length_one(sheet: Sheet, table: str, length: float, told: str) -> None:
    connection = sheet.connection
    update = f"update public.{table} set embedding = %s, embedding_model = 'm'"
    for unit in (axis(3), vector(0.6, 0.8), None):
        connection.execute(update, [unit])
    sheet.insert(table, embedding=axis(0), embedding_model="m")
    other = text_of([length, *[0.0] * (WIDTH - 1)])
    message = f"embedding of a row in {table} must have length 1, not {told}"
    with pytest.raises(psycopg.errors.CheckViolation, match=message), connection.transaction():
        connection.execute(update, [other])
    with pytest.raises(psycopg.errors.CheckViolation, match=message):
        sheet.insert(table, embedding=other, embedding_model="m")


def test_every_named_constraint_is_tried(sheet: Sheet) -> None:
    found = rows(
        sheet.scene.owner,
        "select conname from pg_constraint where contype = 'c'"
        " and connamespace in ('public'::regnamespace, 'private'::regnamespace)",
    )
    tried = {names_of(table, claim) for table, _, claim in VALUES}
    tried |= {f"{table}_{column}_is_known" for table, column in UPDATES}
    # the table's own trigger answers before the check
    early = {"automation_rules_rule_type_is_known", "webhook_endpoints_url_fits"}
    assert {row["conname"] for row in found} - tried == early


@pytest.mark.parametrize(
    ("counts", "rate"),
    [
        ({"views": 200, "likes": 10, "comments": 5, "shares": 3, "clicks": 2}, "0.1000"),
        ({"views": 3, "likes": 1}, "0.3333"),  # what a network does not offer counts as nothing here
        ({"views": 0, "likes": 1}, None),
        ({"likes": 1}, None),
        ({"views": 1, "likes": 2_147_483_647, "clicks": 2_147_483_647}, "4294967294.0000"),
    ],
)
def test_engagement_rate(sheet: Sheet, counts: dict[str, int], rate: str | None) -> None:
    sheet.insert("social_posts", **counts)
    found = rows(sheet.connection, "select engagement_rate::text as rate from public.social_posts")
    assert found == [{"rate": rate}]
