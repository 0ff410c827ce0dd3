"""All commands under one name, and every way a command can end."""

import io
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from campaignbase import __version__
from campaignbase.cli import (
    approvals,
    backfill,
    bench,
    cache,
    campaigns,
    categories,
    categorize,
    compare,
    db,
    demo,
    doctor,
    evaluate,
    export,
    ingest,
    keys,
    mcp,
    media,
    output,
    review,
    rules,
    search,
    serve,
    show,
    stack,
    tags,
    train,
    translate,
    webhooks,
    worker,
    workspace,
)
from campaignbase.cli.interrupt import Interrupted
from campaignbase.cli.session import Common, Database, Json, Workspace
from campaignbase.errors import CampaignbaseError, InputError, NotConfiguredError

INTERRUPTED = 130
# click's, which newer versions of typer carry inside
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]

app = typer.Typer(
    name="campaignbase",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,  # they would print local variables, keys included
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        output.data(__version__)
        raise typer.Exit


@app.callback()
def campaignbase(
    ctx: typer.Context,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
    version: Annotated[  # noqa: ARG001 its callback answers
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Print the version.")
    ] = False,
) -> None:
    """A database for marketing content that files itself.

    Start here:  campaignbase demo
    Your own:    campaignbase ingest posts.csv --text-column caption
    """
    ctx.obj = Common(database, workspace, json)


demo.register(app)
ingest.register(app)
worker.register(app)
serve.register(app)
search.register(app)
show.register(app)
categorize.register(app)
app.add_typer(backfill.app, name="backfill")
app.add_typer(campaigns.app, name="campaigns")
app.add_typer(categories.app, name="categories")
app.add_typer(tags.app, name="tags")
app.add_typer(media.app, name="media")
app.add_typer(workspace.app, name="workspace")
app.add_typer(rules.app, name="rules")
app.add_typer(approvals.app, name="approvals")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(keys.app, name="keys")
app.add_typer(cache.app, name="cache")
review.register(app)
app.add_typer(train.app, name="train")
evaluate.register(app)
compare.register(app)
export.register(app)
mcp.register(app)
bench.register(app)
translate.register(app)
app.add_typer(db.app, name="db")
app.add_typer(stack.app, name="stack")
doctor.register(app)


def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what a terminal's encoding lacks is shown as \xea
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code. Expected errors are one text on stderr, never a traceback."""
    asked = arguments[: arguments.index("--")] if "--" in arguments else arguments
    as_json = "--json" in asked
    try:
        _refuse_other_encodings(arguments)
        result = typer.main.get_command(app).main(list(arguments), "campaignbase", standalone_mode=False)
        sys.stdout.flush()
    except CampaignbaseError as error:
        return output.failed(error, error.exit_code, as_json)
    except _UsageError as error:
        return _usage(error, as_json)
    except Interrupted:
        return _interrupted()
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted(as_json)
    except BrokenPipeError:
        return _nobody_reads()
    except ModuleNotFoundError as error:
        return _missing(error, "dev" if "bench" in asked[:1] else "local,supabase", as_json)
    except SystemExit as end:  # typer's answer to a broken pipe and to requests of a shell's completion
        if isinstance(end.__context__, BrokenPipeError):
            return _nobody_reads()
        raise
    if result == INTERRUPTED:  # typer's answer to Ctrl-C
        return _interrupted(as_json)
    return result if isinstance(result, int) else 0


def _refuse_other_encodings(arguments: Sequence[str]) -> None:
    """Only names of files may hold what is not in the terminal's encoding: nothing else could be stored."""
    for argument in arguments:
        value = argument.partition("=")[2] if argument.startswith("--") else argument
        if any("\ud800" <= letter <= "\udfff" for letter in value) and not os.path.lexists(value):
            raise InputError(f"argument {argument!r} is no UTF-8; write it in UTF-8")


def _usage(error: Exception, as_json: bool) -> int:
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":  # `campaignbase db` alone: its help has been printed
        return 2
    text = getattr(error, "format_message", error.__str__)().strip().rstrip(".")
    text = text.replace(". Did you mean", "; did you mean").replace("Value error, ", "")
    command = "campaignbase" if context is None else context.command_path
    message = f"{text[:1].lower()}{text[1:]}; see: {command} --help"
    return output.failed(message, 2, as_json, kind="UsageError")


def _missing(error: ModuleNotFoundError, extras: str, as_json: bool) -> int:
    """A command that needs more than the core install, where nothing said so before."""
    package = (error.name or "").partition(".")[0]
    if package in ("", __package__.partition(".")[0]):
        raise error
    message = f"this command needs the package {package}; run: pip install 'campaignbase[{extras}]'"
    return output.failed(message, NotConfiguredError.exit_code, as_json, kind="NotConfiguredError")


def _nobody_reads() -> int:
    """The reader, `head` for one, has seen enough: no error, and nothing to complain about at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return 0


def _interrupted(as_json: bool = False) -> int:
    """`as_json`: nothing was told yet."""
    if as_json:
        output.emit({"interrupted": True})
    output.say("interrupted; nothing lost: run the same command again")
    return INTERRUPTED
