"""`campaignbase keys`: programs that may ask the REST API, and what they asked."""

import secrets
from datetime import UTC, datetime
from typing import Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.session import Database, Json, Session, Workspace, common, session
from campaignbase.core.api_keys import (
    RANDOM_BYTES,
    ROLES,
    SCOPES,
    expiry,
    scopes_of,
    token_hash,
    token_of,
)
from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import Workspace as WorkspaceRow
from campaignbase.models.api_keys import ApiKey, ApiKeyEvent, NewApiKey
from campaignbase.ports import Store

app = typer.Typer(invoke_without_command=True)

PAGE = 500
Key = Annotated[str, typer.Argument(help="Its name, prefix or id.", show_default=False)]


@app.callback()
def keys(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """List the API keys of a workspace, or make one for a program.

    Example:  campaignbase keys
    """
    ctx.obj = common(ctx, database, workspace, json)
    if ctx.invoked_subcommand is None:
        _list(Session(ctx.obj))


@app.command()
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is for.", show_default=False)],
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}; a viewer's key reads.")] = "viewer",
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope", help=f"Only these of: {', '.join(SCOPES)}. Without it all the role may have."
        ),
    ] = None,
    expires: Annotated[
        str | None, typer.Option(metavar="90d|12h", help="When it ends by itself.", show_default="never")
    ] = None,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Make a key for a program; prints it, once.

    Example:  campaignbase keys create newsletter --role editor --scope content:write --expires 90d
    """
    run = session(ctx, database, workspace, json)
    token = token_of(secrets.token_bytes(RANDOM_BYTES))
    ends = None if expires is None else expiry(datetime.now(UTC), expires)
    new = NewApiKey(name, role, scopes_of(role, scope or ()), token.prefix, token_hash(token.text), ends)

    async def act(store: Store, found: WorkspaceRow) -> ApiKey:
        return await store.add_api_key(found.id, new)

    made = run.run_in_workspace(act, creates=True)
    if run.json:
        output.emit({"api_key": made, "key": token.text})
        return
    until = "" if ends is None else f" until {ends:%Y-%m-%d %H:%M} UTC"
    output.say(f"API key {made.name!r}: {', '.join(made.scopes)}{until}; shown only now:")
    output.data(token.text)
    output.say("send it to `campaignbase serve` as: Authorization: Bearer <key>")


@app.command("list")
def list_(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """List the keys, revoked and expired ones too.

    Example:  campaignbase keys list --json
    """
    _list(session(ctx, database, workspace, json))


@app.command()
def revoke(
    ctx: typer.Context,
    key: Key,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """End a key, at once and for good; it stays listed.

    Example:  campaignbase keys revoke newsletter
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, found: WorkspaceRow) -> ApiKey:
        return await store.revoke_api_key((await _named(store, found, key, good=True)).id)

    revoked = run.run_in_workspace(act)
    if run.json:
        output.emit({"api_key": revoked})
    else:
        output.say(f"revoked API key {revoked.name!r}, {revoked.prefix}")


@app.command()
def log(
    ctx: typer.Context,
    key: Annotated[str | None, typer.Option(help="Of this key alone: its name, prefix or id.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=PAGE, help="Lines, the newest.")] = 50,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """What was done with keys and to them, newest first: requests of the last 90 days.

    Example:  campaignbase keys log --key newsletter
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, found: WorkspaceRow) -> tuple[dict[str, ApiKey], tuple[ApiKeyEvent, ...]]:
        only = None if key is None else (await _named(store, found, key)).id
        page = await store.api_key_log(found.id, key_id=only, limit=limit)
        return {one.id: one for one in await store.api_keys(found.id)}, page.items

    known, events = run.run_in_workspace(act)
    if run.json:
        output.emit({"log": events})
        return
    rows = [
        (
            f"{one.created_at:%Y-%m-%d %H:%M:%S}",
            known[one.key_id].name if one.key_id in known else one.key_id,
            one.event if one.status is None else f"{one.method} {one.route}",
            one.status or "",
            one.address or one.actor_id or "",
        )
        for one in events
    ]
    output.table(("when", "key", "what", "status", "by"), rows, fill="what")


def _list(run: Session) -> None:
    async def act(store: Store, found: WorkspaceRow) -> list[ApiKey]:
        return await store.api_keys(found.id)

    found = run.run_in_workspace(act)
    if run.json:
        output.emit({"api_keys": found})
        return
    rows = [
        (one.name, one.prefix, one.role, _state(one), _when(one.last_used_at), ", ".join(one.scopes))
        for one in found
    ]
    output.table(("name", "prefix", "role", "state", "last used", "scopes"), rows, fill="scopes")


def _state(key: ApiKey) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    if key.expires_at is None:
        return "good"
    return f"{'expired' if _is_past(key) else 'good until'} {key.expires_at:%Y-%m-%d %H:%M}"


def _is_past(key: ApiKey) -> bool:
    return key.expires_at is not None and key.expires_at <= datetime.now(UTC)


def _when(at: datetime | None) -> str:
    return "never" if at is None else f"{at:%Y-%m-%d %H:%M}"


async def _named(store: Store, workspace: WorkspaceRow, key: str, *, good: bool = False) -> ApiKey:
    """`good`: of several of that name, the one that is neither revoked nor expired."""
    known = await store.api_keys(workspace.id)
    found = [one for one in known if key in (one.id, one.prefix)] or [one for one in known if one.name == key]
    if good and len(found) > 1:
        found = [one for one in found if one.revoked_at is None and not _is_past(one)] or found
    if not found:
        raise NotFoundError(f"no API key {key!r} in workspace {workspace.name!r}; see: campaignbase keys")
    if len(found) > 1:
        listed = ", ".join(one.prefix for one in found)
        raise InputError(f"several API keys are named {key!r}; give one of the prefixes {listed}")
    return found[0]
