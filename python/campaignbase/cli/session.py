"""What every command shares: the common options, the target, the store, the workspace."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

import typer

from campaignbase import settings
from campaignbase.cli import output
from campaignbase.errors import InputError, NotConfiguredError, NotFoundError
from campaignbase.models import Explanation
from campaignbase.models import Workspace as WorkspaceRow
from campaignbase.ports import Store

Answer = TypeVar("Answer")

DEFAULT_WORKSPACE = "default"
_PANEL = "Common options"

Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="PATH|URL",
        help="Where to work; overrides CAMPAIGNBASE_DATABASE. [dim]default: ./campaignbase.db[/dim]",
        rich_help_panel=_PANEL,
    ),
]
Workspace = Annotated[
    str | None,
    typer.Option(
        "--workspace",
        metavar="NAME",
        help="The workspace to work in. [dim]default: default[/dim]",
        rich_help_panel=_PANEL,
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print JSON on stdout, errors too.", rich_help_panel=_PANEL)
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@dataclass(frozen=True, slots=True)
class Common:
    """The common options as given so far; a command's own beat those given before its name."""

    database: str | None = None
    workspace: str | None = None
    json: bool = False


class Session:
    """One run of one command."""

    def __init__(self, common: Common) -> None:
        self.json = common.json
        self.workspace_given = common.workspace is not None
        self.workspace_name = common.workspace or DEFAULT_WORKSPACE
        self.settings = settings.load()
        self.target = self.settings.target(common.database)

    @property
    def embedded(self) -> bool:
        return self.target.kind == "sqlite"

    def run(self, action: Callable[[Store], Awaitable[Answer]], *, creates: bool = False) -> Answer:
        """Name the target, open it, act, close it.

        Args:
            creates: the action adds what others read later; without it a missing file is not made.
        Raises:
            NotConfiguredError: there is no such file, or it cannot be used.
            UnreachableError: nothing answers there.
        """

        async def act() -> Answer:
            from campaignbase import wiring

            store = await wiring.open_target(self.target)
            backup = getattr(store, "backup", None)
            if backup is not None:
                output.say(f"upgraded the database's schema; a copy of the old file: {backup}")
            try:
                return await action(store)
            finally:
                await store.close()

        output.say(f"target: {self.target.label}")
        if self.embedded and not creates and not self.target.path.exists():
            raise NotConfiguredError(
                f"there is no file {self.target.location}; expected a database with content;"
                " make one: campaignbase ingest FILE, or see an example: campaignbase demo"
            )
        try:
            return asyncio.run(act())
        except asyncio.CancelledError:  # a second Ctrl-C
            raise KeyboardInterrupt from None

    def run_in_workspace(
        self, action: Callable[[Store, WorkspaceRow], Awaitable[Answer]], *, creates: bool = False
    ) -> Answer:
        async def act(store: Store) -> Answer:
            from campaignbase import wiring

            return await action(store, await wiring.find_workspace(store, self.workspace_name))

        return self.run(act, creates=creates)

    async def explain(self, store: Store, target_id: str) -> Explanation:
        """A row by its id or the beginning of it; where --workspace was given, of that one only."""
        found = await store.explain(target_id)
        row = found.asset or found.campaign
        if self.workspace_given and row is not None:
            from campaignbase import wiring

            workspace = await wiring.find_workspace(store, self.workspace_name)
            if row.workspace_id != workspace.id:
                raise NotFoundError(f"{row.id} is not in workspace {workspace.name!r}; leave --workspace out")
        return found

    def say_notices(self) -> None:
        """Before texts are embedded."""
        for line in self.settings.notices():
            output.say(line)


def common(ctx: typer.Context, database: str | None, workspace: str | None, json: bool) -> Common:
    given: Common = ctx.obj or Common()
    return Common(
        given.database if database is None else database,
        given.workspace if workspace is None else workspace,
        given.json or json,
    )


def session(ctx: typer.Context, database: str | None, workspace: str | None, json: bool) -> Session:
    return Session(common(ctx, database, workspace, json))


def ask(question: str, yes: bool) -> None:
    """Before something is deleted.

    Raises:
        InputError: nobody is there to be asked.
        typer.Exit: the answer is no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise InputError(f"{question} There is no terminal to ask on; say --yes")
    if not typer.confirm(question, default=False, err=True):
        output.say("nothing was deleted")
        raise typer.Exit(1)


def refuse_common(
    ctx: typer.Context, command: str, options: Sequence[str] = ("--database", "--workspace")
) -> None:
    """What was given before a command's name and means nothing to it is not dropped silently."""
    given: Common = ctx.obj or Common()
    values = {"--database": given.database, "--workspace": given.workspace}
    for option in options:
        if values[option] is not None:
            raise InputError(f"{option} has no effect on `{command}`; leave it out")
