"""Rows of approvals as plain data, and what all stores check before one is written."""

from campaignbase.core.storable import check_text
from campaignbase.errors import InputError
from campaignbase.models.approvals import ApprovalChange, WaitingApproval
from campaignbase.stores.rows import Row, maybe_time, time

MAX_NOTE = 2000
SAID = {"approved": "approve", "rejected": "reject", "required": "require_approval"}

CHANGE = ("id", "previous_approval", "approval", "rule", "note", "decided_by", "created_at")
WAITING = ("id", "kind", "campaign_id", "text", "rule", "note", "waiting_since")


def check_approval(approval: str, note: str | None) -> None:
    if approval not in SAID:
        raise InputError(f"approval {approval!r} is not one of {', '.join(SAID)}")
    if note is not None:
        check_text("note", note)
        if len(note) > MAX_NOTE:
            raise InputError(f"a note has at most {MAX_NOTE} characters")


def change(row: Row) -> ApprovalChange:
    return ApprovalChange(
        previous_approval=row["previous_approval"],
        approval=row["approval"],
        rule=row["rule"],
        note=row["note"],
        decided_by=None if row["decided_by"] is None else str(row["decided_by"]),
        created_at=time(row["created_at"]),
    )


def waiting(row: Row) -> WaitingApproval:
    return WaitingApproval(
        id=str(row["id"]),
        kind=row["kind"],
        campaign_id=None if row["campaign_id"] is None else str(row["campaign_id"]),
        text=row["text"],
        rule=row["rule"],
        note=row["note"],
        waiting_since=maybe_time(row["waiting_since"]),
    )
