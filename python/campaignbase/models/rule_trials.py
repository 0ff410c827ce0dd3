"""Rules tried on what is there: rows with what people said of them, and what comes of a rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """Content that a rule hits, or that a person said something of. None where nobody has."""

    id: str
    matched: bool
    text: str | None  # its first 5,000 characters
    category: str | None
    category_by_person: bool
    corrected: bool  # a person filed it elsewhere than a machine, or where none was sure
    sentiment: str | None
    sentiment_by_person: bool
    audience: str | None
    audience_by_person: bool
    given_tags: tuple[str, ...]  # by a person
    refused_tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JudgedChunk:
    read: int  # rows that were looked at
    after: str | None  # where to read on; None: there are no more
    rows: tuple[JudgedRow, ...]


@dataclass(frozen=True, slots=True)
class Example:
    id: str
    text: str | None  # its first 200 characters
    action: str
    label: str
    said: str | None  # what the person says instead; None: nothing of the kind


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """One label that the rule gives, beside what people say."""

    action: str
    label: str
    agreed: int  # hits where a person says the same
    conflicts: int  # hits where a person says otherwise
    missed: int  # rows where a person says the same, and the rule does not hit
    unjudged: int  # hits nobody has judged
    precision: float | None  # agreed / (agreed + conflicts); None where nobody judged a hit
    recall: float | None  # agreed / (agreed + missed); None where no person says so


@dataclass(frozen=True, slots=True)
class RuleTrial:
    read: int
    hits: int
    claims: tuple[ClaimResult, ...]
    conflicts: tuple[Example, ...]  # the first few
    misses: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class RuleProposal:
    """A rule that would have filed as people did, ready to be added."""

    name: str
    rule_type: str
    conditions: Mapping[str, Any]
    actions: Mapping[str, Any]
    support: int  # corrected rows it would have filed right
    corrected: int  # rows that people filed there against a machine, or where none was sure
    precision: float  # of the rows people filed that it hits: the share in that category
    judged_hits: int
