"""Two workspaces with a row of everything, the rows that are tried on them, and how each RPC is called.

A new table needs an entry in `kept` and one in `CHANGE`; a new RPC one in `CALLS`.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
from psycopg import sql
from tests.matrix.people import PEOPLE, address, user_id

Row = dict[str, Any]
MODEL = "matrix-embedder"
VECTOR = "[1" + ",0" * 1535 + "]"


def uid(workspace: str, number: int) -> str:
    return f"{workspace.lower() * 8}-0000-4000-8000-{number:012d}"


def token(workspace: str) -> str:
    return uid(workspace, 90).replace("-", "") + "0" * 64


def kept(w: str) -> dict[str, list[Row]]:
    """The rows of workspace `w`, in an order they can be inserted in; the first of a table is asked for."""
    home = {"workspace_id": uid(w, 1)}
    embedded = {"embedding": VECTOR, "embedding_model": MODEL}
    base = {"A": 1000, "B": 2000}[w]
    job = {**home, "kind": "embed_tag", "state": "waiting"}
    delivery = {**home, "endpoint_id": uid(w, 100), "event_type": "webhook.test", "payload": {}}
    members = [("member", "editor"), *((x, r) for x, r in _ROLES.items() if user_id(x).startswith(w.lower()))]
    return {
        "public.workspaces": [{"id": uid(w, 1), "name": f"Workspace {w}", "embedding_model": MODEL}],
        "public.workspace_members": [
            {**home, "user_id": uid(w, 80) if who == "member" else user_id(who), "role": role}
            for who, role in members
        ],
        "public.categories": [
            {"id": uid(w, 10), **home, "name": "kept", **embedded},
            {"id": uid(w, 11), **home, "name": "spare", **embedded},
        ],
        "public.tags": [
            {"id": uid(w, 20), **home, "name": "kept", **embedded},
            {"id": uid(w, 21), **home, "name": "spare", **embedded},
        ],
        "public.campaigns": [
            {"id": uid(w, 30), **home, "name": "kept", "campaign_type": "event", **embedded}
        ],
        "public.content_assets": [
            {
                "id": uid(w, 40), **home, "content": "kept words", "label_state": "review",
                "sentiment": "positive", "sentiment_source": "human", **embedded,
            }
        ],
        "public.content_asset_tags": [
            # refused, so that the tag is not in use and may be deleted
            {
                **home, "content_asset_id": uid(w, 40), "tag_id": uid(w, 20), "source": "human",
                "state": "rejected",
            }
        ],
        "public.social_posts": [{"id": uid(w, 50), **home, "platform": "x"}],
        "public.automation_rules": [
            {
                "id": uid(w, 60), **home, "name": "kept", "rule_type": "tagging",
                "conditions": {"contains_keyword": "kept"}, "actions": {"add_tags": ["spare"]},
            }
        ],
        "public.categorizations": [
            {
                "id": uid(w, 70), **home, "content_asset_id": uid(w, 40), "field": "category",
                "outcome": "abstained", "fallback": "budget",
            },
            {
                "id": uid(w, 71), **home, "campaign_id": uid(w, 30), "field": "category",
                "outcome": "abstained", "cost": 1,
            },
        ],
        "public.cache_entries": [
            {
                "cache_key": f"key-{uid(w, 1)}", **home, "cache_value": {}, "cache_type": "label",
                "expires_at": "2100-01-01",
            }
        ],
        "private.cache_invalidations": [
            {"scope": shared(w), "epoch": base, "invalidated_at": "2026-01-01"},
        ],
        "private.cache_leases": [
            {"cache_key": shared(w), "owner": "kept", "leased_until": "2026-01-01"},
        ],
        "private.cache_counters": [{"day": "2026-01-01", "cache_type": shared(w), "tier": "memory"}],
        "private.cache_signing_keys": [{"signing_key": shared(w)}],
        "private.idempotency_keys": [
            {"request_key": shared(w), "body_hash": "kept", "owner": "kept", "leased_until": "2026-01-01"}
        ],
        "private.jobs": [
            {**job, "id": base + 1, "target_id": uid(w, 20)},
            {**job, "id": base + 2, "target_id": uid(w, 21), "state": "dead"},
            {
                **job, "id": base + 4, "target_id": uid(w, 40), "kind": "categorize_content",
                "content_hash": "x",
            },
            {
                **job, "id": base + 3, "target_id": uid(w, 10), "kind": "embed_category", "state": "leased",
                "attempt": 1, "leased_by": "w", "run_at": "2100-01-01",
            },
        ],
        "private.trained_heads": [
            {"id": uid(w, 85), **home, "embedding_model": MODEL, "train_rows": 9, "threshold": 0.5}
        ],
        "private.trained_head_labels": [
            {**home, "head_id": uid(w, 85), "category_id": uid(w, 10), "weights": VECTOR, "bias": 0}
        ],
        "private.invitations": [
            {
                "id": uid(w, 90), **home, "email": address("p"), "role": "viewer", "mail_attempt": 1,
                "token_hashes": [hashlib.sha256(token(w).encode()).hexdigest()],
                "expires_at": "2100-01-01",
            }
        ],
        "private.invitation_mails": [{"id": base + 1, **home}],
        "public.webhook_endpoints": [
            {"id": uid(w, 100), **home, "name": "kept", "url": "https://hooks.example.com/kept"}
        ],
        "private.webhook_secrets": [
            {
                "id": base + 1, **home, "endpoint_id": uid(w, 100), "secret": "whsec_a2VwdA==",
                "expires_at": "2100-01-01",
            }
        ],
        "public.webhook_deliveries": [
            {**delivery, "id": uid(w, 110)},
            {
                **delivery, "id": uid(w, 111), "state": "leased", "attempt": 1, "leased_by": "w",
                "run_at": "2100-01-01",
            },
            {**delivery, "id": uid(w, 112), "state": "dead"},
        ],
        "public.api_keys": [
            {
                "id": uid(w, number), **home, "name": f"key {number}", "prefix": f"pre{number}{w}0",
                "role": "editor", "scopes": ["content:read"],
            }
            for number in (120, 121)
        ],
        "private.api_key_secrets": [
            {"key_id": uid(w, 120), **home, "token_hash": shared(w), "signing_key": "kept"}
        ],
        "public.api_key_log": [
            {"id": uid(w, 122), **home, "key_id": uid(w, 120), "event": "created"}
        ],
        "public.daily_spending": [{**home, "day": "2026-01-01", "reserved": 1}],
        "public.spending": [
            {"id": uid(w, 130), **home, "day": "2026-01-01", "kind": "embedding", "model": MODEL}
        ],
        "private.reservations": [
            {
                "id": uid(w, 131), **home, "day": "2026-01-01", "kind": "embedding", "model": MODEL,
                "requests": 1, "amount": 1, "expires_at": "2100-01-01",
            }
        ],
        "storage.objects": [
            {"id": uid(w, 95), "bucket_id": "media", "name": f"{uid(w, 1)}/{uid(w, 40)}/picture.png"}
        ],
    }  # fmt: skip


# tables of all workspaces together: the column in which a row here says whose it stands for
SHARED = {
    "private.cache_invalidations": "scope",
    "private.cache_leases": "cache_key",
    "private.cache_counters": "cache_type",
    "private.cache_signing_keys": "signing_key",
    "private.idempotency_keys": "request_key",
}


def shared(w: str) -> str:
    return f"of_workspace_{w.lower()}".ljust(64, "_")


_ROLES = {"v": "viewer", "e": "editor", "o": "owner", "b": "owner"}
# what tells a new row from the kept one
FRESH: Mapping[str, Callable[[str], Row]] = {
    "public.workspaces": lambda w: {"name": f"Fresh beside {w}"},
    "public.workspace_members": lambda w: {"user_id": user_id("p")},
    "public.categories": lambda w: {"name": "fresh"},
    "public.tags": lambda w: {"name": "fresh"},
    "public.content_asset_tags": lambda w: {"tag_id": uid(w, 21)},
    "public.automation_rules": lambda w: {"name": "fresh"},
    "public.cache_entries": lambda w: {"cache_key": f"fresh-{uid(w, 1)}"},
    "public.webhook_endpoints": lambda w: {"name": "fresh"},
    **{table: lambda w, c=column: {c: shared(w) + "fresh"} for table, column in SHARED.items()},
    "public.api_keys": lambda w: {"prefix": f"{w}fresh00"},
    "private.api_key_secrets": lambda w: {"key_id": uid(w, 121), "token_hash": shared(w) + "fresh"},
    "private.jobs": lambda w: {"target_id": uid(w, 11)},
    "public.daily_spending": lambda w: {"day": "2026-01-02"},
    "public.spending": lambda w: {"day": "2026-01-02"},
    "private.trained_head_labels": lambda w: {"category_id": uid(w, 11)},
    "private.invitations": lambda w: {"email": "fresh@example.com"},
    "storage.objects": lambda w: {"name": f"{uid(w, 1)}/{uid(w, 40)}/fresh.png"},
}
# a change of a row that harms nothing
CHANGE: Mapping[str, Row] = {
    "public.workspaces": {"name": "changed"},
    "public.workspace_members": {"role": "viewer"},
    "public.categories": {"description": "changed"},
    "public.tags": {"description": "changed"},
    "public.campaigns": {"name": "changed"},
    "public.content_assets": {"prompt": "changed"},
    "public.content_asset_tags": {"reason": "changed"},
    "public.social_posts": {"post_text": "changed"},
    "public.automation_rules": {"name": "changed"},
    "public.categorizations": {"label": "changed"},
    "public.cache_entries": {"cache_type": "changed"},
    "private.cache_invalidations": {"invalidated_at": "2026-02-02"},
    "private.cache_leases": {"owner": "changed"},
    "private.cache_counters": {"hits": 5},
    "private.cache_signing_keys": {"created_at": "2026-02-02"},
    "private.idempotency_keys": {"owner": "changed"},
    "public.webhook_endpoints": {"events": ["content.labeled"]},
    "public.webhook_deliveries": {"last_error": "changed"},
    "private.webhook_secrets": {"secret": "changed"},
    "private.jobs": {"last_error": "changed"},
    "private.trained_heads": {"threshold": 0.4},
    "private.trained_head_labels": {"bias": 1},
    "private.invitations": {"mail_error": "changed"},
    "private.invitation_mails": {"tried_at": "2026-01-01"},
    "public.api_keys": {"name": "changed"},
    "private.api_key_secrets": {"signing_key": "changed"},
    "public.api_key_log": {"address": "changed"},
    "public.daily_spending": {"settled": 5},
    "public.spending": {"requests": 5},
    "private.reservations": {"expires_at": "2100-02-02"},
    "storage.objects": {"metadata": {}},
}
# columns that a new row gets from the database or may not carry
_GIVEN = {"id", "embedding", "embedding_model", "label_state", "sentiment_source"}
_KEEPS_ID = {"private.trained_head_labels"}
# keys that an upsert may name where the primary key may not be written
UPSERT_KEY = {
    "private.jobs": ("kind", "target_id"),
    "private.webhook_secrets": ("id",),
    "private.invitation_mails": ("id",),
}


def fresh(table: str, w: str) -> Row:
    row = kept(w)[table][0]
    changes = FRESH[table](w) if table in FRESH else {}
    given = set() if table in _KEEPS_ID else _GIVEN
    return {**{name: value for name, value in row.items() if name not in given}, **changes}


def upsert(table: str, w: str) -> Row:
    """The kept row again, with nothing that is a machine's to write."""
    row = kept(w)[table][0]
    dropped = _GIVEN - {"id"} | ({"id"} if table in UPSERT_KEY else set())
    return {name: value for name, value in row.items() if name not in dropped}


def _query(_: str) -> Row:
    return {"query_embedding": VECTOR, "match_count": 5}


def _fence(w: str) -> Row:
    return {"job_id": {"A": 1003, "B": 2003}[w], "attempt": 1}


# arguments of each RPC, for workspace A or B. Where a caller may leave the workspace out, it is left out:
# what comes back must then be hers alone.
CALLS: Mapping[str, Callable[[str], Row]] = {
    "public.semantic_search_content": _query,
    "public.search_content": lambda w: {**_query(w), "query_text": "kept"},
    "public.semantic_search_campaigns": _query,
    "public.match_categories": _query,
    "public.match_tags": _query,
    "public.preview_rule": lambda w: {"conditions": {"contains_keyword": "kept"}},
    "public.queue_status": lambda w: {},
    "public.dead_jobs": lambda w: {},
    "public.content_statistics": lambda w: {},
    "public.post_statistics": lambda w: {},
    "public.queue_content": lambda w: {"target_ids": [uid(w, 40)]},
    "public.import_content": lambda w: {"workspace_id": uid(w, 1), "assets": [{"content": "new"}]},
    "public.import_campaigns": lambda w: {"workspace_id": uid(w, 1), "campaigns": [{"name": "new"}]},
    "public.add_categories": lambda w: {"workspace_id": uid(w, 1), "categories": [{"name": "new"}]},
    "public.add_tags": lambda w: {"workspace_id": uid(w, 1), "tags": [{"name": "new"}]},
    "public.explain_labels": lambda w: {"target": uid(w, 40)},
    "public.correct_labels": lambda w: {"target": uid(w, 40), "correction": {"category": "kept"}},
    "public.add_webhook": lambda w: {
        "workspace_id": uid(w, 1),
        "name": "new",
        "url": "https://hooks.example.com/new",
    },
    "public.create_api_key": lambda w: {
        "workspace_id": uid(w, 1),
        "name": "new",
        "role": "viewer",
        "scopes": ["content:read"],
        "prefix": f"{w}newkey0",
        "token_hash": "0" * 64,
    },
    "public.revoke_api_key": lambda w: {"key_id": uid(w, 120)},
    "public.find_api_key": lambda w: {"token_hash": shared(w)},
    "public.log_api_requests": lambda w: {
        "requests": [{"key_id": uid(w, 120), "status": 200, "seconds_ago": 1}]
    },
    "public.confirmed_count": lambda w: {"workspace_id": uid(w, 1)},
    "public.confirmed_content": lambda w: {"workspace_id": uid(w, 1)},
    "public.save_head": lambda w: {"workspace_id": uid(w, 1), "head": None},
    "public.claim_jobs": lambda w: {"worker": "matrix"},
    "public.categorization_context": lambda w: {
        "requests": [{"kind": "categorize_content", "target_id": uid(w, 40), "embedding": VECTOR}]
    },
    "public.complete_jobs": lambda w: {
        "results": [{**_fence(w), "failure": {"message": "x", "permanent": True}}]
    },
    "public.release_jobs": lambda w: {"fences": [_fence(w)]},
    "public.replay_jobs": lambda w: {},
    "public.create_workspace": lambda w: {"name": "Third"},
    "public.invite_member": lambda w: {"workspace_id": uid(w, 1), "email": "new@example.com"},
    "public.accept_invitation": lambda w: {"token": token(w)},
    "public.revoke_invitation": lambda w: {"invitation_id": uid(w, 90)},
    "public.remove_member": lambda w: {"workspace_id": uid(w, 1), "email": address("p")},
    "public.list_deliveries": lambda w: {},
    "public.list_invitations": lambda w: {},
    "public.list_members": lambda w: {},
    "public.claim_invitations": lambda w: {},
    "public.complete_invitation": lambda w: {"invitation_id": uid(w, 90), "attempt": 1},
    "public.claim_deliveries": lambda w: {"worker": "matrix"},
    "public.complete_deliveries": lambda w: {
        "results": [{"delivery_id": uid(w, 111), "attempt": 1, "status": 200}]
    },
    "public.replay_deliveries": lambda w: {"delivery_ids": [uid(w, 112)]},
    "public.rotate_webhook_secret": lambda w: {"endpoint_id": uid(w, 100)},
    "public.test_webhook": lambda w: {"endpoint_id": uid(w, 100)},
    "public.pending_embeddings": lambda w: {"model": MODEL},
    "public.write_embeddings": lambda w: {
        "vectors": [{"kind": "categorize_content", "target_id": uid(w, 40), "content_hash": "x"}]
    },
    "public.orphaned_media": lambda w: {},
    "public.read_cache": lambda w: {"keys": [f"key-{uid(w, 1)}"]},
    "public.write_cache": lambda w: {
        "entries": [
            {
                "cache_key": "new",
                "workspace_id": uid(w, 1),
                "cache_type": "label",
                "cache_value": {},
                "ttl_seconds": 9,
                "scopes": [],
                "epoch": 0,
            }
        ]
    },
    "public.lease_cache": lambda w: {"keys": [shared(w)], "owner": "new", "lease_seconds": 9},
    "public.release_cache": lambda w: {"keys": [shared(w)], "owner": "kept"},
    "public.invalidate_cache": lambda w: {"scopes": [shared(w)]},
    "public.cache_state": lambda w: {},
    "public.purge_cache": lambda w: {},
    "public.begin_request": lambda w: {"request_key": shared(w), "body_hash": "new", "owner": "new"},
    "public.finish_request": lambda w: {"request_key": shared(w), "owner": "kept", "answer": "new"},
    "public.count_cache": lambda w: {"counters": [{"cache_type": shared(w), "tier": "memory", **COUNTS}]},
    "public.workspace_media": lambda w: {"workspace_id": uid(w, 1)},
    "public.deployment_status": lambda w: {},
    "public.probe_rows": lambda w: {"row_count": 2},
    "public.delivery_status": lambda w: {},
    "public.set_daily_budget": lambda w: {"workspace_id": uid(w, 1), "daily_budget": 5},
    "public.reserve_spend": lambda w: {
        "wanted": [{"workspace_id": uid(w, 1), "kind": "embedding", "model": MODEL, "amounts": [1]}]
    },
    "public.settle_spend": lambda w: {"settlements": [{"id": uid(w, 131), "cost": 1}]},
    "public.export_rows": lambda w: {
        "table_name": "content_assets",
        "columns": ["workspace_id"],
        "workspace_id": uid(w, 1),
    },
}
COUNTS = dict.fromkeys(
    ["hits", "misses", "computes", "errors", "bytes_read", "bytes_written", "saved_seconds", "saved_cost"], 1
)
# what an RPC makes belongs to neither workspace
CALL_TARGETS = {"public.create_workspace": ("new",)}


def build(connection: psycopg.Connection[Any]) -> None:
    """Insert all of it, as a superuser and without triggers."""
    connection.execute("set session_replication_role = replica")
    people = [
        *((user_id(p.letter), p.letter) for p in PEOPLE if "sub" in p.claims),
        *((uid(w, 80), f"member{w.lower()}") for w in ("A", "B")),
    ]
    for identity, name in people:
        _insert(
            connection,
            "auth.users",
            {"id": identity, "is_anonymous": True}
            if name == "a"
            else {"id": identity, "email": address(name), "email_confirmed_at": "2026-01-01"},
        )
    connection.execute(
        "insert into storage.buckets (id, name) values ('media', 'media') on conflict do nothing"
    )
    for w in ("A", "B"):
        for table, rows in kept(w).items():
            for row in rows:
                _insert(connection, table, row)
    connection.execute("set session_replication_role = origin")


def _insert(connection: psycopg.Connection[Any], table: str, row: Row) -> None:
    connection.execute(
        sql.SQL(
            "insert into {table} ({columns}) overriding system value"
            " select {columns} from jsonb_populate_record(null::{table}, {row})"
        ).format(
            table=sql.Identifier(*table.split(".")),
            columns=sql.SQL(", ").join(map(sql.Identifier, row)),
            row=sql.Literal(json.dumps(row)),
        )
    )
