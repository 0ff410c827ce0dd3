"""Two workspaces with a row of everything, and the rows that are tried on them.

A new table needs an entry in `kept` and one in `CHANGE`.
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
        "public.workspaces": [
            {"id": uid(w, 1), "name": f"Workspace {w}", "embedding_model": MODEL, "promote_after": 1}
        ],
        "public.workspace_members": [
            {**home, "user_id": uid(w, 80) if who == "member" else user_id(who), "role": role}
            for who, role in members
        ],
        "public.categories": [
            {"id": uid(w, 10), **home, "name": "kept", **embedded},
            {"id": uid(w, 11), **home, "name": "spare", "usage_count": 2, **embedded},
        ],
        "public.tag_groups": [{"id": uid(w, 15), **home, "name": "kept", "min_tags": 1}],
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
                "sentiment": "positive", "sentiment_source": "human", "golden": True,
                "approval": "required", **embedded,
            },
            # filed by a machine: 41 waits in an audit, 42 may be picked for one
            *(
                {
                    "id": uid(w, number), **home, "content": "filed words", "label_state": "labeled",
                    "primary_category": "spare", "category_source": "model", **embedded,
                }
                for number in (41, 42)
            ),
        ],
        "public.content_asset_tags": [
            # refused, so that the tag is not in use and may be deleted
            {
                **home, "content_asset_id": uid(w, 40), "tag_id": uid(w, 20), "source": "human",
                "state": "rejected",
            }
        ],
        "public.label_proposals": [
            {"id": uid(w, number), **home, "kind": "tag", "name": f"word {number}", "state": "open"}
            for number in (25, 26)
        ],
        "public.label_proposal_uses": [
            {**home, "proposal_id": uid(w, 25), "content_asset_id": uid(w, 40)}
        ],
        "public.social_posts": [
            {"id": uid(w, 50), **home, "platform": "x", "scheduled_time": "2100-01-01"}
        ],
        "public.approvals": [
            {
                "id": uid(w, 140), **home, "content_asset_id": uid(w, 40), "previous_approval": "none",
                "approval": "required",
            }
        ],
        "private.schedulings": [
            {
                **home, "content_asset_id": uid(w, 40), "platform": "x", "rule": "kept",
                "scheduled_time": "2100-01-01",
            }
        ],
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
                "outcome": "abstained", "cost": 1, "rule_id": uid(w, 60),
            },
            {
                "id": uid(w, 72), **home, "campaign_id": uid(w, 30), "field": "category",
                "outcome": "applied", "source": "human", "judged_id": uid(w, 71),
            },
            {
                "id": uid(w, 73), **home, "content_asset_id": uid(w, 40), "field": "sentiment",
                "label": "positive", "outcome": "applied", "source": "model", "score": 0.5,
            },
            {
                "id": uid(w, 74), **home, "content_asset_id": uid(w, 40), "field": "sentiment",
                "label": "positive", "outcome": "applied", "source": "human", "judged_id": uid(w, 73),
            },
            *(
                {
                    "id": uid(w, 34 + number), **home, "content_asset_id": uid(w, number),
                    "field": "category", "label": "spare", "outcome": "applied", "source": "model",
                    "score": 0.5, "audited_at": audited_at,
                }
                for number, audited_at in ((41, "2026-01-01"), (42, None))
            ),
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
        "public.trained_heads": [
            {
                "id": uid(w, 85), **home, "version": 1, "embedding_model": MODEL, "train_rows": 9,
                "threshold": 0.5, "target_precision": 0.9, "margin": 0.1,
            }
        ],
        "public.gate_verdicts": [
            {
                "id": uid(w, 86), **home, "subject": "analyst", "model": MODEL, "prompt_version": "1",
                "basis": "golden", "comparison": {}, "passed": True,
            }
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
        "public.backfills": [
            {"id": uid(w, 140), **home, "kind": "labels", "state": "done"},
            {
                "id": uid(w, 141), **home, "kind": "vectors", "embedding_model": "next",
                "previous_model": MODEL,
            },
            {
                "id": uid(w, 142), **home, "kind": "vectors", "embedding_model": MODEL,
                "previous_model": "last", "state": "switched",
            },
        ],
        "public.model_batches": [
            {
                "id": uid(w, 143), **home, "backfill_id": uid(w, 140), "model": MODEL, "ticket": {},
                "hashes": {}, "look_at": "2026-01-01",
            }
        ],
        "private.spare_vectors": [
            {
                **home, "kind": "categorize_content", "target_id": uid(w, 40), "embedding_model": "next",
                "content_hash": "x",
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
    "public.tag_groups": lambda w: {"name": "fresh"},
    "public.label_proposals": lambda w: {"name": "fresh"},
    "public.label_proposal_uses": lambda w: {"proposal_id": uid(w, 26)},
    "public.content_asset_tags": lambda w: {"tag_id": uid(w, 21)},
    "public.automation_rules": lambda w: {"name": "fresh"},
    "private.schedulings": lambda w: {"platform": "fresh"},
    "public.cache_entries": lambda w: {"cache_key": f"fresh-{uid(w, 1)}"},
    "public.webhook_endpoints": lambda w: {"name": "fresh"},
    **{table: lambda w, c=column: {c: shared(w) + "fresh"} for table, column in SHARED.items()},
    "public.api_keys": lambda w: {"prefix": f"{w}fresh00"},
    "private.api_key_secrets": lambda w: {"key_id": uid(w, 121), "token_hash": shared(w) + "fresh"},
    "private.jobs": lambda w: {"target_id": uid(w, 11)},
    "public.daily_spending": lambda w: {"day": "2026-01-02"},
    "public.spending": lambda w: {"day": "2026-01-02"},
    "private.trained_head_labels": lambda w: {"category_id": uid(w, 11)},
    "private.spare_vectors": lambda w: {"target_id": uid(w, 10)},
    "private.invitations": lambda w: {"email": "fresh@example.com"},
    "storage.objects": lambda w: {"name": f"{uid(w, 1)}/{uid(w, 40)}/fresh.png"},
}
# a change of a row that harms nothing
CHANGE: Mapping[str, Row] = {
    "public.workspaces": {"name": "changed"},
    "public.workspace_members": {"role": "viewer"},
    "public.categories": {"description": "changed"},
    "public.tags": {"description": "changed"},
    "public.tag_groups": {"max_tags": 5},
    "public.label_proposals": {"state": "refused"},
    "public.label_proposal_uses": {"created_at": "2026-02-02"},
    "public.campaigns": {"name": "changed"},
    "public.content_assets": {"prompt": "changed"},
    "public.content_asset_tags": {"reason": "changed"},
    "public.social_posts": {"post_text": "changed"},
    "public.approvals": {"note": "changed"},
    "private.schedulings": {"rule": "changed"},
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
    "public.trained_heads": {"threshold": 0.4},
    "public.gate_verdicts": {"passed": False},
    "private.trained_head_labels": {"bias": 1},
    "private.invitations": {"mail_error": "changed"},
    "private.invitation_mails": {"tried_at": "2026-01-01"},
    "public.api_keys": {"name": "changed"},
    "private.api_key_secrets": {"signing_key": "changed"},
    "public.api_key_log": {"address": "changed"},
    "public.daily_spending": {"settled": 5},
    "public.spending": {"requests": 5},
    "private.reservations": {"expires_at": "2100-02-02"},
    "public.backfills": {"last_error": "changed"},
    "public.model_batches": {"model": "changed"},
    "private.spare_vectors": {"content_hash": "changed"},
    "storage.objects": {"metadata": {}},
}
# what keeps all rows of a table from being deleted, done away with before that is asked
FREED: Mapping[str, str] = {
    "public.categories": "set session_replication_role = replica;"
    " update public.content_assets set primary_category = null, category_source = null;"
    " set session_replication_role = origin"
}
# columns that a new row gets from the database or may not carry
_GIVEN = {"id", "embedding", "embedding_model", "label_state", "sentiment_source"}
_KEEPS_ID = {"private.trained_head_labels", "private.spare_vectors"}
_MACHINE = {"public.content_assets": {"approval"}}
# keys that an upsert may name where the primary key may not be written
UPSERT_KEY = {
    "private.jobs": ("kind", "target_id"),
    "private.webhook_secrets": ("id",),
    "private.invitation_mails": ("id",),
}


def fresh(table: str, w: str) -> Row:
    row = kept(w)[table][0]
    changes = FRESH[table](w) if table in FRESH else {}
    given = set() if table in _KEEPS_ID else _GIVEN | _MACHINE.get(table, set())
    return {**{name: value for name, value in row.items() if name not in given}, **changes}


def upsert(table: str, w: str) -> Row:
    """The kept row again, with nothing that is a machine's to write."""
    row = kept(w)[table][0]
    dropped = _GIVEN - {"id"} | _MACHINE.get(table, set()) | ({"id"} if table in UPSERT_KEY else set())
    return {name: value for name, value in row.items() if name not in dropped}


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
