"""Categories, tags and rules."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from campaignbase.api.schemas.base import (
    Flag,
    Given,
    Line,
    Name,
    SnakeCase,
    Taken,
    Whole,
    Word,
    Words,
    example,
)
from campaignbase.core.rule_schema import ACTIONS_TOLD, CONDITIONS_TOLD, RULE_TYPES_TOLD


class CategoryIn(Taken):
    model_config = example(
        {
            "name": "store_news",
            "description": "New shops and other opening hours.",
            "keywords": ["opening hours"],
        }
    )

    name: Word
    parent_id: UUID | None = None
    description: Line | None = Field(None, description="What belongs there, also for the model.")
    keywords: Words = Field(default=[])
    aliases: Words = Field(default=[], description="Other names that mean it.")
    manual_only: Flag = Field(False, description="Only people and rules give it.")


class CategoryOut(Given):
    id: str
    name: str
    parent_id: str | None
    description: str | None
    keywords: list[str]
    aliases: list[str]
    manual_only: bool
    usage_count: int


class TagIn(Taken):
    model_config = example({"name": "free shipping", "aliases": ["free delivery"]})

    name: Word
    tag_type: SnakeCase | None = Field(None, description="'audience' makes it a target audience.")
    description: Line | None = None
    keywords: Words = Field(default=[])
    aliases: Words = Field(default=[])
    manual_only: Flag = False


class TagOut(Given):
    id: str
    name: str
    tag_type: str | None
    description: str | None
    keywords: list[str]
    aliases: list[str]
    manual_only: bool
    usage_count: int
    group: str | None
    related: list[str]


class RuleIn(Taken):
    model_config = example(
        {
            "name": "hiring posts",
            "rule_type": "categorization",
            "conditions": {"contains_keyword": ["hiring"]},
            "actions": {"add_category": "job_opening"},
        }
    )

    name: Name
    rule_type: SnakeCase = Field(description=RULE_TYPES_TOLD)
    conditions: dict[str, Any] = Field(description=CONDITIONS_TOLD)
    actions: dict[str, Any] = Field(description=ACTIONS_TOLD)
    priority: Annotated[Whole, Field(ge=-32768, le=32767)] = 0
    enabled: Flag = True


class RulePatch(Taken):
    model_config = example({"enabled": False})

    enabled: Flag


class RuleOut(Given):
    id: str
    name: str
    rule_type: str
    conditions: Mapping[str, Any]
    actions: Mapping[str, Any]
    priority: int
    enabled: bool
    execution_count: int
    success_count: int
    last_execution: datetime | None
    kept_count: int = Field(description="Labels it gave that a person confirmed.")
    changed_count: int = Field(description="And those that a person changed or took away.")


class TrialIn(Taken):
    model_config = example(
        {"conditions": {"contains_keyword": ["hiring"]}, "actions": {"add_category": "job_opening"}}
    )

    rule_type: SnakeCase = Field("categorization", description=RULE_TYPES_TOLD)
    conditions: dict[str, Any] = Field(description=CONDITIONS_TOLD)
    actions: dict[str, Any] = Field(description=ACTIONS_TOLD)
    campaign_id: UUID | None = Field(None, description="On its content alone; without it on all.")


class ClaimOut(Given):
    action: str
    label: str
    agreed: int = Field(description="Hits where a person says the same.")
    conflicts: int = Field(description="Hits where a person says otherwise.")
    missed: int = Field(description="Rows where a person says the same, and the rule does not hit.")
    unjudged: int
    precision: float | None
    recall: float | None


class ExampleOut(Given):
    id: str
    text: str | None
    action: str
    label: str
    said: str | None


class TrialOut(Given):
    read: int
    hits: int
    claims: list[ClaimOut]
    conflicts: list[ExampleOut] = Field(description="The first few.")
    misses: list[ExampleOut] = Field(description="The first few.")


class RuleProposalOut(Given):
    name: str
    rule_type: str
    conditions: Mapping[str, Any]
    actions: Mapping[str, Any]
    support: int = Field(description="Corrected rows it would have filed right.")
    corrected: int
    precision: float
    judged_hits: int


class PreviewIn(Taken):
    model_config = example({"conditions": {"contains_keyword": ["hiring"]}})

    conditions: dict[str, Any] = Field(description=CONDITIONS_TOLD)
    limit: Annotated[Whole, Field(ge=1, le=100)] = 50
    campaign_id: UUID | None = Field(None, description="Of its content alone.")
