"""`campaignbase serve`: serve the REST API."""

import logging
from typing import Annotated

import typer

from campaignbase import settings
from campaignbase.cli import output
from campaignbase.cli.session import Database, common, refuse_common
from campaignbase.errors import NotConfiguredError
from campaignbase.wiring import redis_line


def register(app: typer.Typer) -> None:
    app.command()(serve)


def serve(
    ctx: typer.Context,
    host: Annotated[
        str, typer.Option(help="Where to listen; 0.0.0.0 lets other machines ask.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free port.")] = 8000,
    database: Database = None,
) -> None:
    """Serve the REST API: of a SQLite file to you alone, of a Supabase project to its users.

    Example:  campaignbase serve
    Example:  campaignbase serve --host 0.0.0.0 --port 8080
    """
    refuse_common(ctx, "campaignbase serve", ["--workspace"])
    try:
        import uvicorn

        from campaignbase.api.app import LOOPBACK_NAMES, check_host, create_app, is_loopback, open_backend
        from campaignbase.api.limits import DEFAULT_RATE
    except ModuleNotFoundError as error:
        raise NotConfiguredError(
            f"the API needs the package {error.name}; run: pip install 'campaignbase[api,supabase]'"
        ) from None
    loaded = settings.load()
    backend = open_backend(loaded, common(ctx, database, None, json=False).database)
    check_host(loaded, backend, host)
    output.say(f"target: {backend.target}")
    for line in loaded.notices():
        output.say(line)
    made = create_app(
        backend,
        hosts=LOOPBACK_NAMES if is_loopback(host) else None,
        token=loaded.campaignbase_api_token is not None,
        rate=loaded.campaignbase_api_rate or DEFAULT_RATE,
        # a SQLite file is one machine's
        line=None if backend.local else redis_line(loaded),
    )
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    uvicorn.run(made, host=host, port=port, access_log=False, server_header=False, log_config=None)
