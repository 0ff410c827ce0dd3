"""Approvals of content and posts."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from campaignbase.api.schemas.base import Given, Line, Taken, example
from campaignbase.models.approvals import Approval, Target


class ApprovalIn(Taken):
    model_config = example({"approval": "approved", "note": "Seen by the legal team."})

    approval: Literal["approved", "rejected", "required"]
    note: Line | None = Field(None, description="Why, for the history.")


class ApprovalOut(Given):
    previous_approval: Approval
    approval: Approval
    rule: str | None
    note: str | None
    decided_by: str | None
    created_at: datetime


class WaitingOut(Given):
    id: str
    kind: Target
    campaign_id: str | None
    text: str | None
    rule: str | None = Field(description="That asks for the approval; null: a person does.")
    note: str | None
    waiting_since: datetime | None
