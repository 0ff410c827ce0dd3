"""Rows and JSON of Postgres as the plain data of campaignbase.models, and back.

Whoever read them: drivers give times, numbers and ids, PostgREST JSON numbers and ISO times, other servers
of its kind numerics as text and times as Postgres writes them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from campaignbase.core.text import asset_text
from campaignbase.core.vectors import from_pgvector, to_pgvector
from campaignbase.models import (
    Campaign,
    Category,
    ContentAsset,
    DecisionRecord,
    Explanation,
    Job,
    JobResult,
    LabelChoice,
    NewCampaign,
    NewContent,
    QueueStatus,
    Rule,
    Tag,
    TagLink,
    Workspace,
)

Row = Mapping[str, Any]


def time(value: Any) -> datetime:
    """In UTC, whatever the time zone of the database, role or session."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment.astimezone(UTC)


def maybe_time(value: Any) -> datetime | None:
    return None if value is None else time(value)


def _maybe_float(value: Any) -> float | None:
    return None if value is None else float(value)


def workspace(row: Row) -> Workspace:
    version = int(row["vocabulary_version"])
    return Workspace(str(row["id"]), row["name"], row["embedding_model"], version, row["timezone"])


def queue_status(row: Row) -> QueueStatus:
    return QueueStatus(
        workspace_name=row["workspace_name"],
        kind=row["kind"],
        waiting=int(row["waiting"]),
        leased=int(row["leased"]),
        dead=int(row["dead"]),
        oldest_seconds=_maybe_float(row["oldest_seconds"]),
        last_error=row["last_error"],
    )


def new_campaign(row: NewCampaign) -> dict[str, Any]:
    return {
        **asdict(row),
        "estimated_cost": None if row.estimated_cost is None else str(row.estimated_cost),
        "start_date": None if row.start_date is None else row.start_date.isoformat(),
        "end_date": None if row.end_date is None else row.end_date.isoformat(),
    }


def new_content(row: NewContent) -> dict[str, Any]:
    """With an id of its own."""
    return {
        "id": str(uuid4()),
        "asset_type": row.asset_type,
        "content": row.content,
        "prompt": row.prompt,
        "alt_text": row.alt_text,
        "file_path": row.file_path,
        "file_url": row.file_url,
        "source_key": row.source_key,
        "campaign_id": row.campaign_id,
        "generator": row.generator,
        "generation_cost": None if row.generation_cost is None else str(row.generation_cost),
        "parameters": dict(row.parameters),
        "primary_category": row.primary_category,
        "tags": list(row.tags),
        "sentiment": row.sentiment,
        "target_audience": row.target_audience,
        "golden": row.golden,
    }


def job(row: Row) -> Job:
    embedding = row["embedding"]
    return Job(
        id=int(row["job_id"]),
        attempt=int(row["attempt"]),
        kind=row["kind"],
        workspace_id=str(row["workspace_id"]),
        target_id=str(row["target_id"]),
        content_hash=row["content_hash"],
        text=row["target_text"],
        embedding_model=row["embedding_model"],
        embedding=None if embedding is None else from_pgvector(embedding),
    )


def job_results(results: Sequence[JobResult]) -> list[dict[str, Any]]:
    return [_job_result(result) for result in results]


def _job_result(result: JobResult) -> dict[str, Any]:
    if result.failure is not None:
        return {
            "job_id": result.job_id,
            "attempt": result.attempt,
            "failure": {
                "message": result.failure.message.replace("\x00", ""),
                "permanent": result.failure.permanent,
                "retry_after": result.failure.retry_after,
            },
        }
    return {
        "job_id": result.job_id,
        "attempt": result.attempt,
        "embedding": None if result.embedding is None else to_pgvector(result.embedding),
        "embedding_kept": result.embedding_kept,
        "embedding_model": result.embedding_model,
        "content_hash": result.content_hash,
        "category": _choice(result.category),
        "sentiment": _choice(result.sentiment),
        "audience": _choice(result.audience),
        "tags": [
            {
                "id": chosen.id,
                "source": chosen.source,
                "score": chosen.score,
                "reason": chosen.reason,
                "rule_id": chosen.rule_id,
            }
            for chosen in result.tags
        ],
        "language": result.language,
        "quality_score": result.quality_score,
        "quality_parts": None if result.quality_parts is None else dict(result.quality_parts),
        "rules": [{"id": rule_id, "success": success} for rule_id, success in result.rules],
        "proposals": list(result.proposals),
        "model": result.model,
        "fallback": result.fallback,
        "prompt_version": result.prompt_version,
        "vocabulary_version": result.vocabulary_version,
        "cost": None if result.cost is None else str(result.cost),
        "latency_ms": result.latency_ms,
        "changed": result.changed,
    }


def _choice(choice: LabelChoice | None) -> dict[str, Any] | None:
    if choice is None:
        return None
    return {
        "id": choice.id,
        "label": choice.label,
        "source": choice.source,
        "score": choice.score,
        "reasons": list(choice.reasons),
        "candidate": choice.candidate,
        "rule_id": choice.rule_id,
        "head_version": choice.head_version,
    }


def category(row: Row) -> Category:
    return Category(
        id=str(row["id"]),
        name=row["name"],
        parent_id=None if row.get("parent_id") is None else str(row["parent_id"]),
        description=row.get("description"),
        keywords=tuple(row.get("keywords") or ()),
        manual_only=row.get("manual_only", False),
        usage_count=row.get("usage_count", 0),
        counter_examples=tuple(row.get("counter_examples") or ()),
        aliases=tuple(row.get("aliases") or ()),
    )


def tag(row: Row) -> Tag:
    return Tag(
        id=str(row["id"]),
        name=row["name"],
        tag_type=row.get("tag_type"),
        description=row.get("description"),
        keywords=tuple(row.get("keywords") or ()),
        aliases=tuple(row.get("aliases") or ()),
        manual_only=row.get("manual_only", False),
        usage_count=row.get("usage_count", 0),
        group=row.get("tag_group"),
        related=tuple(row.get("related_tags") or ()),
    )


def rule(row: Row, results: Mapping[str, tuple[int, int]] | None = None) -> Rule:
    """`results`: rule id -> labels it gave that people (kept, changed)."""
    kept, changed = (results or {}).get(str(row["id"]), (0, 0))
    return Rule(
        id=str(row["id"]),
        name=row["name"],
        rule_type=row["rule_type"],
        conditions=row["conditions"],
        actions=row["actions"],
        priority=row["priority"],
        enabled=row.get("enabled", True),
        execution_count=row.get("execution_count", 0),
        success_count=row.get("success_count", 0),
        last_execution=maybe_time(row.get("last_execution")),
        kept_count=kept,
        changed_count=changed,
    )


def asset(row: Row) -> ContentAsset:
    return ContentAsset(
        id=str(row["id"]),
        workspace_id=str(row["workspace_id"]),
        asset_type=row["asset_type"],
        text=row["text"],
        prompt=row["prompt"],
        alt_text=row["alt_text"],
        file_path=row["file_path"],
        file_url=row["file_url"],
        generator=row["generator"],
        parameters=row["parameters"],
        campaign_id=None if row["campaign_id"] is None else str(row["campaign_id"]),
        source_key=row["source_key"],
        primary_category=row["primary_category"],
        category_source=row["category_source"],
        tags=tuple(row["tags"]),
        sentiment=row["sentiment"],
        sentiment_source=row["sentiment_source"],
        target_audience=row["target_audience"],
        audience_source=row["audience_source"],
        label_state=row["label_state"],
        language=row["language"],
        quality_score=_maybe_float(row["quality_score"]),
        quality_parts=row["quality_parts"],
        embedding_model=row["embedding_model"],
        confirmed_at=maybe_time(row["confirmed_at"]),
        created_at=time(row["created_at"]),
        updated_at=time(row["updated_at"]),
        approval=row["approval"],
        approval_rule=row["approval_rule"],
        approval_note=row["approval_note"],
        approval_at=maybe_time(row["approval_at"]),
    )


def stored_asset(row: Row) -> ContentAsset:
    """Of a row with the columns that its text comes from."""
    text = asset_text(row["content"], row["prompt"], row["alt_text"], row["file_path"])
    return asset({**row, "text": text})


def campaign(row: Row) -> Campaign:
    return Campaign(
        id=str(row["id"]),
        workspace_id=str(row["workspace_id"]),
        name=row["name"],
        campaign_type=row["campaign_type"],
        status=row["status"],
        primary_category=row["primary_category"],
        category_source=row["category_source"],
        label_state=row["label_state"],
        actual_cost=Decimal(str(row["actual_cost"])),
        content_count=int(row["content_count"]),
        created_at=time(row["created_at"]),
    )


def tag_link(row: Row) -> TagLink:
    return TagLink(
        name=row["name"],
        tag_type=row["tag_type"],
        source=row["source"],
        score=_maybe_float(row["score"]),
        reason=row["reason"],
        state=row["state"],
    )


def decision(row: Row) -> DecisionRecord:
    return DecisionRecord(
        field=row["field"],
        label=row["label"],
        labels=tuple(row["labels"] or ()),
        candidate=row["candidate"],
        previous_label=row["previous_label"],
        source=row["source"],
        score=_maybe_float(row["score"]),
        reasons=tuple(row["reasons"]),
        outcome=row["outcome"],
        model=row["model"],
        prompt_version=row["prompt_version"],
        vocabulary_version=row["vocabulary_version"],
        embedding_model=row["embedding_model"],
        latency_ms=row["latency_ms"],
        created_at=time(row["created_at"]),
        cost=None if row["cost"] is None else Decimal(str(row["cost"])),
        fallback=row["fallback"],
        rule_id=None if row["rule_id"] is None else str(row["rule_id"]),
        head_version=row["head_version"],
    )


def explanation(answer: Row) -> Explanation:
    """Of what the function explain_labels answers."""
    job = answer["job"] or {}
    return Explanation(
        asset=None if answer["asset"] is None else stored_asset(answer["asset"]),
        campaign=None if answer["campaign"] is None else campaign(answer["campaign"]),
        tags=tuple(tag_link(row) for row in answer["tags"]),
        decisions=tuple(decision(row) for row in answer["decisions"]),
        job_state=job.get("state"),
        job_error=job.get("last_error"),
    )
