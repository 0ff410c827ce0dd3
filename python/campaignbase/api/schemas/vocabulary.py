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
from campaignbase.core.rule_schema import ACTIONS_TOLD, CONDITIONS_TOLD


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
    manual_only: Flag = Field(False, description="Only people and rules give it.")


class CategoryOut(Given):
    id: str
    name: str
    parent_id: str | None
    description: str | None
    keywords: list[str]
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
    rule_type: SnakeCase = Field(description="categorization, or tagging, which sees what was decided.")
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


class PreviewIn(Taken):
    model_config = example({"conditions": {"contains_keyword": ["hiring"]}})

    conditions: dict[str, Any] = Field(description=CONDITIONS_TOLD)
    limit: Annotated[Whole, Field(ge=1, le=100)] = 50
