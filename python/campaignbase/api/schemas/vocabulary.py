"""Categories, tags and rules."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from campaignbase.api.schemas.base import Flag, Given, Line, Name, SnakeCase, Taken, Whole, Words


class CategoryIn(Taken):
    name: Name = Field(examples=["store_news"])
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
    name: Name = Field(examples=["free shipping"])
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
    name: Name = Field(examples=["hiring posts"])
    rule_type: SnakeCase = Field(examples=["categorization"])
    conditions: dict[str, Any] = Field(examples=[{"contains_keyword": ["hiring"]}])
    actions: dict[str, Any] = Field(examples=[{"add_category": "hiring"}])
    priority: Annotated[Whole, Field(ge=-32768, le=32767)] = 0
    enabled: Flag = True


class RulePatch(Taken):
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
    conditions: dict[str, Any] = Field(examples=[{"contains_keyword": ["hiring"]}])
    limit: Annotated[Whole, Field(ge=1, le=100)] = 50
