"""What `categorization_context` is asked and answers, as the plain data of campaignbase.models."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from campaignbase.core.vectors import to_pgvector
from campaignbase.models import (
    Category,
    Context,
    ContextRequest,
    HeadInfo,
    ItemContext,
    Neighbor,
    Tag,
    TagGroup,
    Vocabulary,
)
from campaignbase.stores.rows import Row, category, rule, tag


def context_requests(requests: Sequence[ContextRequest]) -> list[dict[str, Any]]:
    return [
        {
            "kind": request.kind,
            "target_id": request.target_id,
            "embedding": None if request.embedding is None else to_pgvector(request.embedding),
            "content_hash": request.content_hash,
        }
        for request in requests
    ]


class Labels(NamedTuple):
    """Categories and tags of a workspace, for as long as their key holds."""

    key: str
    categories: tuple[Category, ...]
    tags: tuple[Tag, ...]


def context(answer: Row, known: Mapping[str, Labels]) -> tuple[Context, dict[str, Labels]]:
    """What was answered, and the labels of its workspaces. `known`: by workspace id, as it was asked with."""
    labels = {name: _labels(value, known.get(name)) for name, value in answer["workspaces"].items()}
    found = Context(
        workspaces={name: _vocabulary(value, labels[name]) for name, value in answer["workspaces"].items()},
        items={name: _item(name, value) for name, value in answer["items"].items()},
    )
    return found, labels


def _labels(value: Row, known: Labels | None) -> Labels:
    if known is not None and value["labels_key"] == known.key:
        return known
    return Labels(
        value["labels_key"], tuple(map(category, value["categories"])), tuple(map(tag, value["tags"]))
    )


def _vocabulary(value: Row, labels: Labels) -> Vocabulary:
    head = value["head"]
    return Vocabulary(
        version=value["vocabulary_version"],
        categories=labels.categories,
        tags=labels.tags,
        rules=tuple(rule(row) for row in value["rules"]),
        head=None if head is None else HeadInfo(**head),
        groups=tuple(
            TagGroup(row["name"], row["min_tags"], row["max_tags"]) for row in value.get("groups", ())
        ),
    )


def _item(target_id: str, value: Row) -> ItemContext:
    sources = value["sources"] or {}
    return ItemContext(
        target_id=target_id,
        workspace_id=value["workspace_id"],
        facts=value["facts"],
        human_fields=frozenset(field for field, source in sources.items() if source == "human"),
        rejected_tags=frozenset(value["rejected_tags"] or ()),
        matched_rules=tuple(value["matched_rules"] or ()),
        categories=tuple((found[0], float(found[1])) for found in value["categories"]),
        tags=tuple((found[0], float(found[1])) for found in value["tags"]),
        neighbors=tuple(
            Neighbor(
                id=found["id"],
                category_id=found["category_id"],
                similarity=float(found["similarity"]),
                equal=bool(found["equal"]),
                tags=tuple(found["tags"] or ()),
                audience=found["audience"],
                text=found["text"],
            )
            for found in value["neighbors"]
        ),
        trained=tuple((found[0], float(found[1])) for found in value["trained"]),
        category=value["category"],
        human_tags=frozenset(value.get("human_tags") or ()),
    )
