"""Rows about a vocabulary's state as plain data, whichever engine they came from."""

from collections.abc import Iterable, Mapping
from typing import Any

from campaignbase.errors import InputError
from campaignbase.models import Tag, TagGroup
from campaignbase.models.curation import CategoryUse, GroupGap, Merge, MergeSuggestion, Proposal

Row = Mapping[str, Any]

USE = (
    *("id", "name", "parent", "path", "content_count", "content_count_with_children", "confirmed_count"),
    "campaign_count",
)


def category_tree(found: Iterable[Row]) -> list[CategoryUse]:
    uses = (
        CategoryUse(
            id=str(row["id"]),
            name=row["name"],
            parent=row["parent"],
            path=row["path"],
            content=int(row["content_count"]),
            content_with_children=int(row["content_count_with_children"]),
            confirmed=int(row["confirmed_count"]),
            campaigns=int(row["campaign_count"]),
        )
        for row in found
    )
    return sorted(uses, key=lambda use: (use.parent or use.name, use.parent is not None, use.name))


def merge(answer: Row) -> Merge:
    return Merge(answer["kept"], int(answer["assets"]), int(answer["campaigns"]), int(answer["rules"]))


def proposal(row: Row) -> Proposal:
    return Proposal(
        id=str(row["id"]),
        kind=row["kind"],
        name=row["name"],
        state=row["state"],
        uses=int(row["uses"]),
        examples=tuple(text or "" for text in row["examples"]),
    )


def tag_groups(found: Iterable[Row], tags: Iterable[Tag]) -> list[TagGroup]:
    """By name, each with its tags."""
    members: dict[str | None, list[str]] = {}
    for tag in tags:
        members.setdefault(tag.group, []).append(tag.name)
    groups = (
        TagGroup(row["name"], row["min_tags"], row["max_tags"], tuple(sorted(members.get(row["name"], ()))))
        for row in found
    )
    return sorted(groups, key=lambda group: group.name)


GAP = ("content_asset_id", "tag_group", "min_tags", "max_tags", "tag_count")


def group_gaps(found: Iterable[Row]) -> list[GroupGap]:
    gaps = (
        GroupGap(
            str(row["content_asset_id"]),
            row["tag_group"],
            row["min_tags"],
            row["max_tags"],
            int(row["tag_count"]),
        )
        for row in found
    )
    return sorted(gaps, key=lambda gap: (gap.content_asset_id, gap.group))


def check_uses(uses: int | None) -> None:
    if uses is not None and not 1 <= uses <= 100_000:
        raise InputError(f"promote after {uses} uses: expected 1 to 100000, or never")


def merge_suggestion(row: Row) -> MergeSuggestion:
    similarity = row["similarity"]
    return MergeSuggestion(
        row["source"],
        row["target"],
        int(row["source_count"]),
        int(row["target_count"]),
        None if similarity is None else float(similarity),
        int(row["together"]),
    )
