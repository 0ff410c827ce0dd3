"""Writes accepted answers on their rows: tags, labels, vectors, counts.

Twins of private.write_labels and what it calls: a field whose source is human keeps its value.
"""

# ruff: noqa: S608 - what is put into queries are names from these modules

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from campaignbase.core.vectors import pack
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_history import Answer, Names, write_history
from campaignbase.stores.sqlite_proposals import write_proposals
from campaignbase.stores.sqlite_rows import id_list, to_json, two_places
from campaignbase.stores.sqlite_schedule import approve_content, schedule_content
from campaignbase.stores.sqlite_webhooks import emit_webhooks

# what content_assets.tags mirrors; twin of private.applied_tags
APPLIED_TAGS = """(
    select json_group_array(name)
    from (
        select tags.name
        from content_asset_tags as link
        inner join tags on link.tag_id = tags.id
        where link.content_asset_id = content_assets.id and link.state = 'applied'
        order by link.source = 'human' desc, link.score desc nulls last, tags.name
    )
)"""


def write_labels(db: Database, answers: Sequence[Answer], names: Names) -> None:
    of_kind: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        of_kind[answer.job["kind"]].append(answer)
    write_history(db, of_kind["categorize_content"], of_kind["categorize_campaign"], names)
    _write_tags(db, of_kind["categorize_content"])
    _write_content(db, of_kind["categorize_content"], names)
    _write_campaigns(db, of_kind["categorize_campaign"], names)
    _write_vectors(db, "categories", of_kind["embed_category"])
    _write_vectors(db, "tags", of_kind["embed_tag"])
    approve_content(db, of_kind["categorize_content"])
    _count_rules(db, of_kind["categorize_content"])
    schedule_content(db, of_kind["categorize_content"])
    emit_webhooks(db, of_kind["categorize_content"])
    write_proposals(db, of_kind["categorize_content"])


def _write_tags(db: Database, answers: Sequence[Answer]) -> None:
    # what a machine said last time and no longer says
    db.run_many(
        "delete from content_asset_tags where content_asset_id = ? and source <> 'human'"
        " and tag_id not in (select value from json_each(?))",
        [(answer.target_id, id_list(tag.id for tag in answer.result.tags)) for answer in answers],
    )
    now = db.now()
    db.run_many(
        """
        insert into content_asset_tags (workspace_id, content_asset_id, tag_id, source, score, reason, state)
        values (?, ?, ?, ?, ?, ?, 'applied')
        on conflict (content_asset_id, tag_id) do update
            set source = excluded.source, score = excluded.score, reason = excluded.reason, updated_at = ?
            -- what a person added or refused is hers
            where content_asset_tags.source <> 'human'
        """,
        [
            (answer.job["workspace_id"], answer.target_id, tag.id, tag.source, tag.score, tag.reason, now)
            for answer in answers
            for tag in {tag.id: tag for tag in reversed(answer.result.tags)}.values()
        ],
    )
    # she may have put a tag of a full group there meanwhile
    db.run_many(
        "insert into evict_tags (content_asset_id) values (?)", [(answer.target_id,) for answer in answers]
    )


def _write_content(db: Database, answers: Sequence[Answer], names: Names) -> None:
    db.run_many(
        f"""
        update content_assets
        set
            embedding = case when :kept then embedding else :embedding end,
            embedding_model = case when :kept then embedding_model else :embedding_model end,
            content_hash = :content_hash,
            primary_category = case when category_source = 'human' then primary_category else :category end,
            category_source = case when category_source = 'human' then 'human' else :category_source end,
            tags = {APPLIED_TAGS},
            sentiment = case when sentiment_source = 'human' then sentiment else :sentiment end,
            sentiment_source = case when sentiment_source = 'human' then 'human' else :sentiment_source end,
            target_audience = case when audience_source = 'human' then target_audience else :audience end,
            audience_source = case when audience_source = 'human' then 'human' else :audience_source end,
            label_state = case
                when category_source = 'human' and primary_category is not null then 'labeled'
                when category_source = 'human' or :category is null then 'review'
                else 'labeled'
            end,
            language = :language,
            quality_score = :quality_score,
            quality_parts = :quality_parts,
            updated_at = :now
        where id = :id
        """,
        [_content_values(answer, names) | {"now": db.now()} for answer in answers],
    )


def _content_values(answer: Answer, names: Names) -> dict[str, Any]:
    result = answer.result
    audience = answer.audience(names)
    sentiment = answer.sentiment()
    return _category_values(answer, names) | {
        "sentiment": sentiment,
        "sentiment_source": result.sentiment.source if result.sentiment and sentiment else None,
        "audience": audience,
        "audience_source": result.audience.source if result.audience and audience else None,
        "language": result.language,
        "quality_score": two_places(result.quality_score),
        "quality_parts": None if result.quality_parts is None else to_json(dict(result.quality_parts)),
    }


def _category_values(answer: Answer, names: Names) -> dict[str, Any]:
    category = answer.category(names)
    return _vector_values(answer) | {
        "category": category,
        "category_source": answer.result.category.source if answer.result.category and category else None,
    }


def _vector_values(answer: Answer) -> dict[str, Any]:
    result = answer.result
    return {
        "id": answer.target_id,
        "kept": result.embedding_kept,
        "embedding": None if result.embedding is None else pack(result.embedding),
        "embedding_model": None if result.embedding is None else result.embedding_model,
        "content_hash": result.content_hash,
    }


def _write_campaigns(db: Database, answers: Sequence[Answer], names: Names) -> None:
    db.run_many(
        """
        update campaigns
        set
            embedding = case when :kept then embedding else :embedding end,
            embedding_model = case when :kept then embedding_model else :embedding_model end,
            content_hash = :content_hash,
            primary_category = case when category_source = 'human' then primary_category else :category end,
            category_source = case when category_source = 'human' then 'human' else :category_source end,
            label_state = case
                when category_source = 'human' and primary_category is not null then 'labeled'
                when category_source = 'human' or :category is null then 'review'
                else 'labeled'
            end,
            updated_at = :now
        where id = :id
        """,
        [_category_values(answer, names) | {"now": db.now()} for answer in answers],
    )


def _write_vectors(db: Database, table: str, answers: Sequence[Answer]) -> None:
    db.run_many(
        f"update {table} set embedding = case when :kept then embedding else :embedding end,"
        " embedding_model = case when :kept then embedding_model else :embedding_model end,"
        " content_hash = :content_hash where id = :id",
        [_vector_values(answer) for answer in answers],
    )


def _count_rules(db: Database, answers: Iterable[Answer]) -> None:
    fired = [rule for answer in answers for rule in answer.result.rules]
    matched = Counter(rule_id for rule_id, _ in fired)
    effective = Counter(rule_id for rule_id, took_effect in fired if took_effect)
    now = db.now()
    db.run_many(
        "update automation_rules set"
        " execution_count = execution_count + ?, success_count = success_count + ?, last_execution = ?"
        " where id = ?",
        [(count, effective[rule_id], now, rule_id) for rule_id, count in matched.items()],
    )
