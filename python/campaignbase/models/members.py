"""Who belongs to a workspace, who was asked to, and the mails that ask."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Role = Literal["owner", "editor", "viewer"]
ROLES: tuple[Role, ...] = ("owner", "editor", "viewer")


@dataclass(frozen=True, slots=True)
class Member:
    user_id: str
    email: str | None  # None: signed up without one
    role: Role
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """One that was not answered yet; it may have expired."""

    id: str
    email: str
    role: Role
    mailed_at: datetime | None  # None: a worker is still to send it
    mail_error: str | None  # of the last try
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ClaimedInvitation:
    """One whose mail is to be sent. (id, attempt) is the fence an answer must still match."""

    id: str
    attempt: int
    email: str
    role: Role
    workspace_name: str
    expires_at: datetime
    token: str  # made for this mail


@dataclass(frozen=True, slots=True)
class Mail:
    to: str
    subject: str  # one line
    text: str
