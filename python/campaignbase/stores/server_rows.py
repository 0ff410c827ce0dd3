"""Endpoints, deliveries, members and invitations of a server as plain data."""

from campaignbase.models.members import ClaimedInvitation, Invitation, Member, Role
from campaignbase.models.webhooks import ClaimedDelivery, DeliveryStatus, WebhookDelivery, WebhookEndpoint
from campaignbase.stores import rows


def webhook_endpoint(row: rows.Row) -> WebhookEndpoint:
    return WebhookEndpoint(
        id=str(row["id"]),
        workspace_id=str(row["workspace_id"]),
        name=row["name"],
        url=row["url"],
        events=tuple(row["events"]),
        enabled=bool(row["enabled"]),
        disabled_reason=row["disabled_reason"],
        failures=int(row["failures"]),
        failing_since=rows.maybe_time(row["failing_since"]),
        paused_until=rows.maybe_time(row["paused_until"]),
        created_at=rows.time(row["created_at"]),
    )


def webhook_delivery(row: rows.Row) -> WebhookDelivery:
    return WebhookDelivery(
        id=str(row["id"]),
        endpoint_name=row["endpoint_name"],
        event_type=row["event_type"],
        state=row["delivery_state"],
        attempt=int(row["attempt"]),
        failures=int(row["failures"]),
        run_at=rows.time(row["run_at"]),
        last_status=row["last_status"],
        last_error=row["last_error"],
        last_response=row["last_response"],
        duration_ms=row["duration_ms"],
        created_at=rows.time(row["created_at"]),
        delivered_at=rows.maybe_time(row["delivered_at"]),
    )


def claimed_delivery(row: rows.Row) -> ClaimedDelivery:
    return ClaimedDelivery(
        id=str(row["delivery_id"]),
        attempt=int(row["attempt"]),
        endpoint_id=str(row["endpoint_id"]),
        url=row["url"],
        event_type=row["event_type"],
        body=row["body"],
        secrets=tuple(row["secrets"]),
    )


def delivery_status(row: rows.Row) -> DeliveryStatus:
    late = row["late_seconds"]
    return DeliveryStatus(
        waiting=int(row["waiting"]),
        leased=int(row["leased"]),
        dead=int(row["dead"]),
        late_seconds=None if late is None else float(late),
        disabled=int(row["disabled"]),
        last_error=row["last_error"],
    )


def member(row: rows.Row) -> Member:
    return Member(str(row["user_id"]), row["email"], row["role"], rows.time(row["created_at"]))


def invitation(row: rows.Row) -> Invitation:
    return Invitation(
        id=str(row["id"]),
        email=row["email"],
        role=row["role"],
        mailed_at=rows.maybe_time(row["mailed_at"]),
        mail_error=row["mail_error"],
        expires_at=rows.time(row["expires_at"]),
    )


def new_invitation(row: rows.Row, role: Role) -> Invitation:
    return Invitation(
        id=str(row["id"]),
        email=row["address"],
        role=role,
        mailed_at=None,
        mail_error=None,
        expires_at=rows.time(row["expires_at"]),
    )


def claimed_invitation(row: rows.Row) -> ClaimedInvitation:
    return ClaimedInvitation(
        id=str(row["id"]),
        attempt=int(row["attempt"]),
        email=row["email"],
        role=row["role"],
        workspace_name=row["workspace_name"],
        expires_at=rows.time(row["expires_at"]),
        token=row["token"],
    )
