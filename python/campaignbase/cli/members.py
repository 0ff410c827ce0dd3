"""`campaignbase workspace members|invite|remove`: who is in a workspace on a server."""

from typing import Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.session import Database, Json, Session, session
from campaignbase.errors import InputError
from campaignbase.models.members import ROLES, Invitation, Member
from campaignbase.ports import Members, Store

Name = Annotated[str, typer.Argument(show_default=False, help="The workspace, by name or id.")]
Email = Annotated[str, typer.Argument(show_default=False)]


def register(app: typer.Typer) -> None:
    app.command("members")(members)
    app.command()(invite)
    app.command()(remove)


def members(ctx: typer.Context, name: Name, database: Database = None, json: Json = False) -> None:
    """Who is in a workspace, and who was invited to it.

    Example:  campaignbase workspace members "Fernway"
    """
    run = _session(ctx, database, json)

    async def act(store: Store) -> tuple[list[Member], list[Invitation]]:
        people, workspace_id = await _workspace(store, name)
        return await people.members(workspace_id), await people.invitations(workspace_id)

    found, invited = run.run(act)
    if run.json:
        output.emit({"members": found, "invitations": invited})
        return
    rows = [
        *((one.email or one.user_id, one.role, "member") for one in found),
        *((one.email, one.role, _state(one)) for one in invited),
    ]
    output.table(("who", "role", "state"), rows, fill="who")


def invite(
    ctx: typer.Context,
    name: Name,
    email: Email,
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")] = "editor",
    database: Database = None,
    json: Json = False,
) -> None:
    """Invite somebody by e-mail; who is invited already is invited anew.

    Example:  campaignbase workspace invite "Fernway" ada@example.com --role viewer
    """
    run = _session(ctx, database, json)
    chosen = next((known for known in ROLES if known == role), None)
    if chosen is None:
        raise InputError(f"--role {role!r} is not known; expected one of {', '.join(ROLES)}")

    async def act(store: Store) -> tuple[Invitation, str]:
        people, workspace_id = await _workspace(store, name)
        return await people.invite(workspace_id, email, chosen)

    run.settings.invite_link()  # wrong ones are refused before anybody is invited
    made, token = run.run(act)
    link = run.settings.invite_link(token)
    if run.json:
        output.emit({"invitation": made, "token": token, "link": link})
        return
    output.say(f"invited {made.email} as {made.role} until {made.expires_at:%Y-%m-%d}")
    if run.settings.campaignbase_smtp_url is None:
        output.say(
            "CAMPAIGNBASE_SMTP_URL is not set here: the mail waits for a worker that has it;"
            " hand this over meanwhile"
        )
    else:
        output.say("a worker sends the mail; this may be handed over too")
    use = "open this link" if link else "give this token to accept_invitation"
    output.say(f"signed in as {made.email}, {use}:")
    output.data(link or token)


def remove(
    ctx: typer.Context, name: Name, email: Email, database: Database = None, json: Json = False
) -> None:
    """Remove a member, or take an invitation back. The last owner stays.

    Example:  campaignbase workspace remove "Fernway" ada@example.com
    """
    run = _session(ctx, database, json)

    async def act(store: Store) -> None:
        people, workspace_id = await _workspace(store, name)
        await people.remove_member(workspace_id, email)

    run.run(act)
    if run.json:
        output.emit({"removed": email})
    else:
        output.say(f"removed {email}")


def _state(invitation: Invitation) -> str:
    until = f"invited until {invitation.expires_at:%Y-%m-%d}"
    if invitation.mailed_at is not None:
        return f"{until}, mailed"
    return f"{until}, mail waits" + (f": {invitation.mail_error}" if invitation.mail_error else "")


def _session(ctx: typer.Context, database: str | None, json: bool) -> Session:
    run = session(ctx, database, None, json)
    if run.embedded:
        raise InputError(
            "a SQLite file has one user and no members; name a server: --database postgresql://..."
        )
    return run


async def _workspace(store: Store, name: str) -> tuple[Members, str]:
    from campaignbase import wiring

    if not isinstance(store, Members):
        raise InputError(f"{store.target} keeps no members here; name its postgresql:// URL with --database")
    workspace = await wiring.find_workspace(store, name)
    return store, workspace.id
