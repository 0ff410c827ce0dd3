"""Rows as the tools show them: of a store by `asdict`, of the API as its JSON; fields have the same names."""

from collections.abc import Mapping, Sequence
from typing import Any

from campaignbase.mcp import results

Row = Mapping[str, Any]


def untrusted(text: str | None) -> results.Untrusted | None:
    return None if text is None else results.Untrusted(text=text)


def campaign_card(row: Row) -> results.Campaign:
    return results.Campaign(
        id=row["id"],
        name=results.Untrusted(text=row["name"]),
        campaign_type=row["campaign_type"],
        status=row["status"],
        category=row["primary_category"],
        label_state=row["label_state"],
        actual_cost=float(row["actual_cost"]),
        created_at=row["created_at"],
    )


def content_card(row: Row) -> results.Content:
    same = results.Content.model_fields.keys() - {"text", "category", "audience", "tags"}
    return results.Content(
        text=untrusted(row["text"]),
        category=row["primary_category"],
        audience=row["target_audience"],
        tags=list(row["tags"]),
        **{name: row[name] for name in same},
    )


def hit_card(row: Row) -> results.Hit:
    return results.Hit(
        id=row["id"],
        text=untrusted(row["text"]),
        category=row["primary_category"],
        tags=list(row["tags"]),
        similarity=row["similarity"] or 0.0,
    )


def category_card(row: Row, names: Mapping[str, str]) -> results.Category:
    """`names`: of all categories, by id."""
    return results.Category(
        name=row["name"],
        parent=names.get(row["parent_id"] or ""),
        description=row["description"],
        keywords=list(row["keywords"]),
        manual_only=row["manual_only"],
        usage_count=row["usage_count"],
    )


def tag_card(row: Row) -> results.Tag:
    return results.Tag(
        name=row["name"],
        tag_type=row["tag_type"],
        description=row["description"],
        keywords=list(row["keywords"]),
        aliases=list(row["aliases"]),
        manual_only=row["manual_only"],
        usage_count=row["usage_count"],
        group=row["group"],
        related=list(row["related"]),
    )


def group_card(row: Row) -> results.TagGroup:
    return results.TagGroup(
        name=row["name"], min_tags=row["min_tags"], max_tags=row["max_tags"], tags=list(row["tags"])
    )


def pair_card(row: Row) -> results.MayBeOne:
    return results.MayBeOne(**{name: row[name] for name in results.MayBeOne.model_fields})


def word_card(row: Row) -> results.WaitingWord:
    return results.WaitingWord(
        id=row["id"],
        word=row["name"],
        uses=row["uses"],
        examples=[results.Untrusted(text=text) for text in row["examples"]],
    )


def rule_card(row: Row) -> results.Rule:
    return results.Rule(**{name: row[name] for name in results.Rule.model_fields})


def trial_card(told: Row) -> results.Trial:
    def examples(rows: Sequence[Row]) -> list[results.Example]:
        return [results.Example(**{**row, "text": untrusted(row["text"])}) for row in rows]

    return results.Trial(
        read=told["read"],
        hits=told["hits"],
        claims=[results.Claim(**one) for one in told["claims"]],
        conflicts=examples(told["conflicts"]),
        misses=examples(told["misses"]),
    )


def waiting_card(row: Row) -> results.WaitingApproval:
    return results.WaitingApproval(
        id=row["id"],
        kind=row["kind"],
        text=untrusted(row["text"]),
        rule=row["rule"],
        note=untrusted(row["note"]),
        waiting_since=row["waiting_since"],
    )


def review_item(row: Row, decisions: Sequence[Row]) -> results.ReviewItem:
    """`decisions`: newest first."""
    last = next((one for one in decisions if one["field"] == "category"), None)
    return results.ReviewItem(
        content=content_card(row),
        nearest=None if last is None else last["candidate"],
        reasons=[] if last is None else [results.Untrusted(text=text) for text in last["reasons"]],
    )


def why(told: Row) -> results.Why:
    """Of an explanation of content."""
    return results.Why(
        content=content_card(told["asset"]),
        tags=[
            results.TagWhy(
                name=link["name"],
                source=link["source"],
                score=link["score"],
                reason=untrusted(link["reason"]),
                state=link["state"],
            )
            for link in told["tags"]
        ],
        decisions=[
            results.Decision(
                field=one["field"],
                label=one["label"],
                previous_label=one["previous_label"],
                source=one["source"],
                score=one["score"],
                reasons=[results.Untrusted(text=text) for text in one["reasons"]],
                outcome=one["outcome"],
                model=one["model"],
                decided_at=one["created_at"],
            )
            for one in told["decisions"]
        ],
        job_state=told["job_state"],
        job_error=told["job_error"],
    )
