"""What keeps a vocabulary clean: merges, groups, proposals, what is like what."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Merge:
    """What was changed when one label went into another."""

    kept: str  # name of the label that stays
    assets: int
    campaigns: int
    rules: int


@dataclass(frozen=True, slots=True)
class CategoryUse:
    """A category in the tree of two levels, with what is filed under it now."""

    id: str
    name: str
    parent: str | None
    path: str  # "parent / name"
    content: int
    content_with_children: int
    confirmed: int  # of content, what a person filed or confirmed
    campaigns: int


Kind = Literal["category", "tag"]
ProposalState = Literal["open", "refused", "removed"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A word that is no label: it may become one, or a person took it away."""

    id: str
    kind: Kind
    name: str
    state: ProposalState
    uses: int  # in how much content machines met it
    examples: tuple[str, ...]  # beginnings of at most three texts, newest first


@dataclass(frozen=True, slots=True)
class GroupGap:
    """Content that has fewer or more tags of a group than that asks for."""

    content_asset_id: str
    group: str
    min_tags: int
    max_tags: int | None
    tag_count: int


@dataclass(frozen=True, slots=True)
class TagGroup:
    """Tags of which content has at least `min_tags` and at most `max_tags`; None: no end."""

    name: str
    min_tags: int = 0
    max_tags: int | None = None
    tags: tuple[str, ...] = ()  # names; left empty where only the bounds matter


@dataclass(frozen=True, slots=True)
class MergeSuggestion:
    """Two labels that may be one; `source` is the less used."""

    source: str
    target: str
    source_count: int
    target_count: int
    similarity: float | None  # cosine of what they say of themselves; None without vectors
    together: int  # of tags: content with both; of categories: times people moved content between them
