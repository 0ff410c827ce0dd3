"""`campaignbase ingest`: files in, labeled rows out."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from campaignbase.cli import ingesting, output
from campaignbase.cli.interrupt import Interrupted
from campaignbase.cli.session import Database, Json, Workspace, session
from campaignbase.errors import InputError
from campaignbase.ingest import Columns, Options, read

_COLUMNS = "Columns"
_FILES = "Reading the files"


class Format(StrEnum):
    csv = "csv"
    jsonl = "jsonl"
    text = "text"


class AssetType(StrEnum):
    text = "text"
    image = "image"
    video = "video"


def _column(option: str, help: str) -> object:  # noqa: A002
    return typer.Option(option, metavar="NAME", help=help, rich_help_panel=_COLUMNS)


def register(app: typer.Typer) -> None:
    app.command()(ingest)


def ingest(
    ctx: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="csv, tsv, jsonl, md or txt files, folders of documents, or - for jsonl on stdin.",
            show_default=False,
        ),
    ],
    text_column: Annotated[
        str | None, _column("--text-column", "Holds the text; else one named text, caption, body ...")
    ] = None,
    category_column: Annotated[
        str | None,
        _column("--category-column", "Holds categories set by people. Only counts when named here."),
    ] = None,
    tags_column: Annotated[
        str | None, _column("--tags-column", "Holds tags set by people, with commas or as a list.")
    ] = None,
    sentiment_column: Annotated[
        str | None, _column("--sentiment-column", "Holds sentiments set by people.")
    ] = None,
    audience_column: Annotated[
        str | None, _column("--audience-column", "Holds audiences set by people.")
    ] = None,
    id_column: Annotated[
        str | None,
        _column("--id-column", "Says which row is which: the same id with another text updates the row."),
    ] = None,
    campaign_column: Annotated[
        str | None, _column("--campaign-column", "Holds campaign names; else one named campaign.")
    ] = None,
    campaign: Annotated[str | None, typer.Option(help="Put every row under this campaign.")] = None,
    asset_type: Annotated[AssetType, typer.Option(help="Of rows that do not say.")] = AssetType.text,
    create_categories: Annotated[
        bool, typer.Option("--create-categories", help="Add categories the workspace does not have.")
    ] = False,
    golden: Annotated[
        bool,
        typer.Option(
            "--golden", help="Measure with these rows, and never learn from them; each needs a category."
        ),
    ] = False,
    label: Annotated[
        bool, typer.Option("--label/--no-label", help="Label before it ends (SQLite only).")
    ] = True,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave bad rows out and name them.", rich_help_panel=_FILES)
    ] = False,
    format: Annotated[  # noqa: A002
        Format | None, typer.Option(help="Where a file's name does not say.", rich_help_panel=_FILES)
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Where it is not UTF-8, such as cp1252.", rich_help_panel=_FILES)
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option(help="Of csv; else found in the header.", rich_help_panel=_FILES)
    ] = None,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Add content from files, and label it. Nothing is written unless every file can be read.

    A row is known by its text and campaign: a second run adds nothing twice, and what a person filed
    stays. With --id-column another text or campaign updates the row; another text brings its category along
    unless a person replaced that very one.

    Columns that mean nothing here are kept in the row's parameters.

    Example:  campaignbase ingest posts.csv --text-column caption --campaign "Summer at the lake"
    Example:  campaignbase ingest labeled.jsonl --category-column category --create-categories
    Example:  campaignbase ingest golden.jsonl --category-column category --golden
    Example:  campaignbase ingest posts/ --tags-column tags
    """
    if golden and category_column is None:
        raise InputError("--golden needs the categories that are right; name their column: --category-column")
    if campaign is not None and campaign_column is not None:
        raise InputError("--campaign and --campaign-column both name the campaign; give one")
    if campaign is not None and not campaign.strip():
        raise InputError("--campaign is blank; give a name")
    if delimiter is not None and len(delimiter := delimiter.replace("\\t", "\t")) != 1:
        raise InputError(f"--delimiter {delimiter!r}: expected one character")
    columns = Columns(
        text_column,
        id_column,
        campaign_column,
        category_column,
        tags_column,
        sentiment_column,
        audience_column,
    )
    run = session(ctx, database, workspace, json)
    reading = read(
        files,
        Options(
            columns,
            campaign.strip() if campaign else None,
            asset_type.value,
            format.value if format else None,
            encoding,
            delimiter,
            skip_bad,
            golden,
        ),
        sys.stdin.buffer if "-" in files else None,
    )
    ingesting.tell_reading(reading)
    labels = label and run.embedded
    if labels:
        run.say_notices()
    plan = ingesting.Plan(reading, create_categories, labels, run.settings)
    result = run.run_in_workspace(lambda store, found: ingesting.carry_out(store, found, plan), creates=True)
    if run.json:
        output.emit({"target": run.target.label, "workspace": run.workspace_name, **result.document(reading)})
    else:
        ingesting.tell_result(result, reading, embedded=run.embedded, labeled=labels)
    if result.interrupted:
        raise Interrupted
