"""What an invitation says. Pure: no I/O."""

from campaignbase.models.members import ClaimedInvitation, Mail

_NAME_LENGTH = 60  # a workspace's name is whatever its owner wrote, and goes to a stranger


def invitation_mail(invitation: ClaimedInvitation, link: str | None) -> Mail:
    """The mail for one invitation.

    Args:
        link: of a page that accepts, `{token}` in it is replaced; None: the text tells the token alone.
    """
    name = " ".join(invitation.workspace_name.split())
    name = name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH - 3]}..."
    way = (
        f"Accept here: {link.replace('{token}', invitation.token)}"
        if link
        else f"Accept it with this token: {invitation.token}"
    )
    text = (
        f'You are invited to the workspace "{name}" as {invitation.role}.\n\n'
        f"{way}\n\n"
        f"Sign in as {invitation.email} first. The invitation is good until"
        f" {invitation.expires_at:%Y-%m-%d %H:%M %Z}.\n"
        "If you do not know what this is about, do nothing.\n"
    )
    return Mail(invitation.email, f'Invitation to "{name}"', text)
