"""What a rule may see of an asset, and the vocabulary and rules of a workspace, on SQLite."""

import functools
import json
import logging
from collections.abc import Mapping
from typing import Any

from campaignbase.core.rule_schema import validate_rule
from campaignbase.core.rules import Facts, rule_matches
from campaignbase.core.text import word_count
from campaignbase.errors import RuleError
from campaignbase.models import HeadInfo, Rule, TagGroup, Vocabulary
from campaignbase.stores import rows as read
from campaignbase.stores.sqlite_connection import Database, Row
from campaignbase.stores.sqlite_rows import decode, text_of_asset

_logger = logging.getLogger("campaignbase")

FACT_COLUMNS = """
    content_assets.id, content_assets.workspace_id, content_assets.asset_type, content_assets.content,
    content_assets.prompt, content_assets.alt_text, content_assets.file_path, content_assets.generator,
    content_assets.language, content_assets.primary_category, content_assets.tags, content_assets.sentiment,
    content_assets.target_audience, content_assets.quality_score, content_assets.category_source,
    content_assets.sentiment_source, content_assets.audience_source, campaigns.campaign_type,
    campaigns.target_platforms
"""


def vocabulary(db: Database, workspace_id: str) -> Vocabulary:
    """Rules that cannot be read (a program wrote them past the store) are left out, with a warning."""
    here = (workspace_id,)
    head = db.one(
        "select id, embedding_model, train_rows, threshold, version from trained_heads"
        " where workspace_id = ? and active"
        # what was learned from vectors by another model says nothing of these
        " and embedding_model ="
        " (select embedding_model from workspaces where id = trained_heads.workspace_id)",
        here,
    )
    thresholds = db.all(
        "select category_id, threshold from trained_head_labels where head_id = ? and threshold is not null",
        (None if head is None else head["id"],),
    )
    return Vocabulary(
        version=db.value("select vocabulary_version from workspaces where id = ?", here),
        categories=tuple(
            read.category(decode(row))
            for row in db.all(
                "select id, name, parent_id, description, keywords, counter_examples, manual_only"
                " from categories where workspace_id = ? order by name",
                here,
            )
        ),
        tags=tuple(
            read.tag(decode(row))
            for row in db.all(
                "select id, name, tag_type, tag_group, description, keywords, aliases, manual_only from tags"
                " where workspace_id = ? order by name",
                here,
            )
        ),
        rules=tuple(readable_rules(db, workspace_id)),
        head=None
        if head is None
        else HeadInfo(
            head["id"],
            head["embedding_model"],
            head["train_rows"],
            head["threshold"],
            head["version"],
            {row["category_id"]: row["threshold"] for row in thresholds},
        ),
        groups=tuple(
            TagGroup(*row)
            for row in db.all(
                "select name, min_tags, max_tags from tag_groups where workspace_id = ? order by name", here
            )
        ),
    )


def readable_rules(db: Database, workspace_id: str) -> list[Rule]:
    """The enabled ones, by priority, then age."""
    found = db.all(
        "select id, name, rule_type, conditions, actions, priority from automation_rules"
        " where workspace_id = ? and enabled order by priority desc, created_at, rowid",
        (workspace_id,),
    )
    return [
        read.rule(decode(row))
        for row in found
        if _readable(row["id"], row["name"], row["rule_type"], row["conditions"], row["actions"])
    ]


@functools.lru_cache(maxsize=4096)
def _readable(rule_id: str, name: str, rule_type: str, conditions: str, actions: str) -> bool:
    """Warns once for each text of a rule."""
    try:
        validate_rule(rule_type, json.loads(conditions), json.loads(actions), name=name)
    except (RuleError, ValueError) as error:
        _logger.warning("%s; rule %s is skipped until it is corrected", error, rule_id)
        return False
    return True


def facts_of(row: Row, similarity: float | None) -> dict[str, Any]:
    """What a rule may ask about an asset, as private.asset_facts says it.

    Args:
        row: of content_assets, with campaign_type and target_platforms of its campaign.
        similarity: cosine to the nearest category; None without a vector.
    """
    text = text_of_asset(row) or ""
    return {
        "text": text,
        "content_type": row["asset_type"],
        "campaign_type": row["campaign_type"],
        "platforms": json.loads(row["target_platforms"] or "[]"),
        "generator": row["generator"],
        "language": row["language"],
        "category": row["primary_category"],
        "tags": json.loads(row["tags"]),
        "sentiment": row["sentiment"],
        "target_audience": row["target_audience"],
        "quality_score": row["quality_score"],
        "word_count": word_count(text),
        "similarity": similarity,
    }


def as_facts(facts: Mapping[str, Any]) -> Facts:
    values = {name: value for name, value in facts.items() if name != "word_count"}  # computed from the text
    return Facts(**values | {"tags": frozenset(facts["tags"]), "platforms": tuple(facts["platforms"])})


def matches(name: str, conditions: Mapping[str, Any], facts: Facts) -> bool | None:
    """Does the rule match? None, which counts as no, when a regex of it gave no answer in time."""
    slow: list[str] = []
    found = rule_matches(conditions, facts, on_timeout=slow.append)
    for pattern in slow:
        _logger.warning("rule %r: regex %r gave no answer in time and counts as no match", name, pattern)
    return None if slow else found
