"""Approvals: where content and posts stand, what waits for a person, and how it came about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Approval = Literal["none", "required", "approved", "rejected"]
Target = Literal["content", "post"]


@dataclass(frozen=True, slots=True)
class ApprovalChange:
    """One row of the history (table approvals)."""

    previous_approval: Approval
    approval: Approval
    rule: str | None  # its name at that time; None: a person or a program
    note: str | None
    decided_by: str | None  # of the account; None: a rule, or somebody with the service's key
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WaitingApproval:
    id: str
    kind: Target
    campaign_id: str | None
    text: str | None  # its first 200 characters
    rule: str | None  # that asks for the approval; None: a person does
    note: str | None
    waiting_since: datetime | None
