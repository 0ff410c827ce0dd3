"""`campaignbase db`: a real Postgres on this machine for development."""

from pathlib import Path
from typing import Annotated

import typer

from campaignbase import settings
from campaignbase.cli import copying, output
from campaignbase.cli.session import Common, Database, Json, Yes, ask, common, refuse_common
from campaignbase.errors import InputError

app = typer.Typer(no_args_is_help=True)
copying.register(app)

VERSIONS = (16, 18)

Version = Annotated[
    int | None,
    typer.Option(
        "--version", help="16 or 18. [dim]default: the one that runs, else of the data, else 18[/dim]"
    ),
]
Data = Annotated[
    Path | None,
    typer.Option("--data", help="Where to keep it. [dim]default: ./.campaignbase/postgres-VERSION[/dim]"),
]
Migrations = Annotated[
    bool, typer.Option("--no-migrations", help="Prepare the platform only, for `supabase db push`.")
]


@app.callback()
def db(ctx: typer.Context, json: Json = False) -> None:
    """Run a real Postgres with everything in it, from a package: no Docker, data kept.

    Example:  campaignbase db start
    """
    if ctx.invoked_subcommand == "inspect":  # the one that asks any Postgres
        refuse_common(ctx, "campaignbase db inspect", ["--workspace"])
    else:
        refuse_common(ctx, "campaignbase db")
    given: Common = ctx.obj or Common()
    ctx.obj = Common(database=given.database, json=given.json or json)


@app.command()
def start(
    ctx: typer.Context,
    version: Version = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="[dim]default: the last one, else a free one[/dim]")
    ] = None,
    data: Data = None,
    no_migrations: Migrations = False,
    json: Json = False,
) -> None:
    """Start it unless it runs, bring its schema up to date, print its URL.

    Example:  export CAMPAIGNBASE_DATABASE=$(campaignbase db start)
    """
    from campaignbase.local import postgres

    server = postgres.start(_known(version), data, port, migrations=not no_migrations, say=output.say)
    output.say(f"Postgres {server.version} runs; its data is in {server.folder}")
    _tell_url(ctx, json, server.url)


@app.command()
def url(ctx: typer.Context, version: Version = None, data: Data = None, json: Json = False) -> None:
    """Print the URL of the running one.

    Example:  psql $(campaignbase db url)
    """
    from campaignbase.local import postgres

    _tell_url(ctx, json, postgres.url(_known(version), data))


@app.command()
def stop(ctx: typer.Context, version: Version = None, data: Data = None, json: Json = False) -> None:
    """Stop it and keep its data.

    Example:  campaignbase db stop
    """
    from campaignbase.local import postgres

    stopped = postgres.stop(_known(version), data)
    if _json(ctx, json):
        output.emit({"stopped": stopped})
    else:
        output.say("stopped; its data is kept" if stopped else "none was running")


@app.command()
def reset(
    ctx: typer.Context,
    version: Version = None,
    data: Data = None,
    no_migrations: Migrations = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Delete every row in it and start over on the same port.

    Example:  campaignbase db reset --yes
    """
    from campaignbase.local import postgres

    known = _known(version)
    ask(f"Delete every row of the Postgres in {postgres.wanted_folder(known, data)}?", yes)
    server = postgres.reset(known, data, migrations=not no_migrations, say=output.say)
    output.say(f"Postgres {server.version} runs, empty; its data is in {server.folder}")
    _tell_url(ctx, json, server.url)


@app.command()
def inspect(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(help="What to ask. [dim]default: list the questions[/dim]", show_default=False),
    ] = None,
    database: Database = None,
    json: Json = False,
) -> None:
    """Ask a Postgres how it is: queue, dead jobs, vectors, labels, indexes, sizes, grants. Only reads.

    Example:  campaignbase db inspect queue
    """
    from campaignbase.schema import inspections

    if name is None:
        listed = inspections.inspections()
        if _json(ctx, json):
            output.emit([{"name": one.name, "answers": one.answers, "worry": one.worry} for one in listed])
        else:
            output.table(["name", "answers"], [[one.name, one.answers] for one in listed], fill="answers")
        return
    asked = inspections.find(name)
    target = settings.load().target(common(ctx, database, None, json).database)
    if target.kind != "postgres":
        raise InputError(
            f"db inspect asks a Postgres, and the target is {target.label}; say --database URL, or for the"
            " local one: --database $(campaignbase db url)"
        )
    output.say(f"target: {target.label}")
    answer = inspections.run(asked, target.location)
    if _json(ctx, json):
        output.emit([dict(zip(answer.columns, row, strict=True)) for row in answer.rows])
        return
    output.say(f"{asked.answers} {asked.worry}")
    if answer.rows:
        output.table(answer.columns, answer.rows)
    else:
        output.say("nothing to show")


def _known(version: int | None) -> int | None:
    if version is not None and version not in VERSIONS:
        raise InputError(f"--version {version}: there is {' and '.join(map(str, VERSIONS))}")
    return version


def _json(ctx: typer.Context, json: bool) -> bool:
    given: Common = ctx.obj or Common()
    return given.json or json


def _tell_url(ctx: typer.Context, json: bool, address: str) -> None:
    if _json(ctx, json):
        output.emit({"url": address})
    else:
        output.data(address)
