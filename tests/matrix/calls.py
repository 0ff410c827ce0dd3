"""How each RPC is called, for workspace A or B. A new RPC needs an entry in `CALLS`."""

from collections.abc import Callable, Mapping

from tests.matrix.people import address
from tests.matrix.world import MODEL, VECTOR, Row, shared, token, uid


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
    "public.judged_content": lambda w: {"workspace_id": uid(w, 1)},
    "public.rule_results": lambda w: {},
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
    "public.list_proposals": lambda w: {"workspace_id": uid(w, 1)},
    "public.promote_proposal": lambda w: {"proposal_id": uid(w, 25)},
    "public.refuse_proposal": lambda w: {"proposal_id": uid(w, 25)},
    "public.promote_due": lambda w: {},
    "public.refresh_related_tags": lambda w: {},
    "public.suggest_merges": lambda w: {"workspace_id": uid(w, 1), "kind": "tag"},
    "public.mark_distinct": lambda w: {
        "workspace_id": uid(w, 1),
        "kind": "tag",
        "one": "kept",
        "other": "spare",
    },
    "public.save_tag_group": lambda w: {
        "workspace_id": uid(w, 1),
        "name": "new",
        "min_tags": 0,
        "max_tags": 1,
        "tags": ["kept"],
    },
    "public.remove_tag_group": lambda w: {"workspace_id": uid(w, 1), "name": "kept"},
    "public.merge_categories": lambda w: {"workspace_id": uid(w, 1), "source": "spare", "target": "kept"},
    "public.merge_tags": lambda w: {"workspace_id": uid(w, 1), "source": "spare", "target": "kept"},
    "public.measured_labels": lambda w: {"workspace_id": uid(w, 1), "since": "2026-01-01"},
    "public.sample_audit": lambda w: {"workspace_id": uid(w, 1)},
    "public.explain_labels": lambda w: {"target": uid(w, 40)},
    "public.record_feedback": lambda w: {"target": uid(w, 40), "feedback": {"category": "kept"}},
    "public.approve": lambda w: {"target": uid(w, 40)},
    "public.reject": lambda w: {"target": uid(w, 40)},
    "public.require_approval": lambda w: {"target": uid(w, 50)},
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
    "public.save_head": lambda w: {
        "workspace_id": uid(w, 1),
        "head": {
            "embedding_model": "m",
            "train_rows": 5,
            "threshold": 0.5,
            "target_precision": 0.9,
            "margin": 0.1,
            "labels": [],
        },
        "activate": False,
    },
    "public.record_verdict": lambda w: {
        "workspace_id": uid(w, 1),
        "verdict": {
            "subject": "analyst",
            "model": "m",
            "prompt_version": "1",
            "comparison": {},
            "passed": True,
            "forced": False,
        },
    },
    "public.activate_head": lambda w: {"workspace_id": uid(w, 1), "version": 1},
    "public.head_predictions": lambda w: {
        "workspace_id": uid(w, 1),
        "version": 1,
        "target_ids": [uid(w, 40)],
    },
    "public.review_rows": lambda w: {"workspace_id": uid(w, 1)},
    "public.golden_content": lambda w: {"workspace_id": uid(w, 1)},
    "public.set_golden": lambda w: {"target_ids": [uid(w, 40)], "golden": False},
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
    "public.start_backfill": lambda w: {"workspace_id": uid(w, 1), "kind": "labels"},
    "public.preview_backfill": lambda w: {"workspace_id": uid(w, 1)},
    "public.claim_backfill": lambda w: {
        "backfill_id": uid(w, 140),
        "worker": "matrix",
        "targets": [uid(w, 40)],
    },
    "public.report_backfill": lambda w: {"backfill_id": uid(w, 140), "failed": 1},
    "public.stop_backfill": lambda w: {"backfill_id": uid(w, 141), "state": "paused"},
    "public.claim_vectors": lambda w: {"backfill_id": uid(w, 141)},
    "public.write_vectors": lambda w: {
        "backfill_id": uid(w, 141),
        "vectors": [{"kind": "embed_tag", "target_id": uid(w, 20), "content_hash": "x"}],
    },
    "public.switch_vectors": lambda w: {"backfill_id": uid(w, 142), "back": True},
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
