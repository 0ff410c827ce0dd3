"""`campaignbase train`: learn from what people filed; its versions, their worth, and which one decides."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from campaignbase.cli import golden, output, trial
from campaignbase.cli.comparing import Margin, tell_comparison
from campaignbase.cli.session import Database, Json, Workspace, common, session
from campaignbase.core.head_fitting import Missing
from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import Workspace as WorkspaceRow
from campaignbase.models.learning import HeadVersion
from campaignbase.ports import Store

if TYPE_CHECKING:
    from campaignbase.core.gate import Comparison
    from campaignbase.pipeline.learn import Trained

app = typer.Typer(invoke_without_command=True)
app.add_typer(golden.app, name="golden")
app.add_typer(trial.app, name="gate")


@app.callback()
def train(
    ctx: typer.Context,
    target: Annotated[
        float | None,
        typer.Option(
            min=0.5,
            max=0.999,
            help="How often what it decides alone shall be right. At first 0.985; then as before.",
        ),
    ] = None,
    margin: Margin = None,
    activate: Annotated[
        bool, typer.Option("--activate/--no-activate", help="Let it go live if it passes the gate.")
    ] = True,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Fit a new version of the trained head on everything people filed, and let it go live if it is no worse.

    Measured on the golden set, else on what people filed since the version before. Exit code 1: it does not
    go live, or there is too little to learn from; what is missing is told.

    Example:  campaignbase train
    Example:  campaignbase train --target 0.95 --no-activate
    """
    ctx.obj = common(ctx, database, workspace, json)
    if ctx.invoked_subcommand is not None:
        if target is not None or margin is not None or not activate:
            raise InputError(
                f"--target, --margin and --no-activate have no effect on train {ctx.invoked_subcommand}"
            )
        return
    run = session(ctx, None, None, False)

    async def act(store: Store, home: WorkspaceRow) -> "Trained | Missing":
        from campaignbase.pipeline.learn import Learner

        return await Learner(store).train(
            home.id, _model(home), target_precision=target, margin=margin, activate=activate
        )

    found = run.run_in_workspace(act)
    if isinstance(found, Missing):
        _tell_missing(found, run.json)
        raise typer.Exit(1)
    if run.json:
        output.emit(
            {
                "version": found.version,
                "live": found.live,
                "train_rows": found.head.train_rows,
                "target_precision": found.head.target_precision,
                "measures": found.head.measures,
                "comparison": found.comparison,
                "missing": _missing_labels(found.missing),
            }
        )
    else:
        _tell_measures(found.head.measures)
        _tell_short(found.missing)
        tell_comparison(found.comparison)
        state = "is live" if found.live else "is kept and not live"
        output.say(f"version {found.version} {state}")
    if not found.live and activate:
        raise typer.Exit(1)


@app.command("list")
def list_versions(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """The versions of the trained head, what they reached, and which one is live.

    Example:  campaignbase train list
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, home: WorkspaceRow) -> list[HeadVersion]:
        return await store.heads(home.id)

    found = run.run_in_workspace(act)
    if run.json:
        output.emit({"versions": found})
        return
    if not found:
        output.say("no version yet: campaignbase train")
    columns = ("version", "live", "fitted", "rows", "accuracy", "decides", "right", "by", "gate")
    output.table(columns, [_line(one) for one in found])


@app.command()
def activate(
    ctx: typer.Context,
    version: Annotated[int, typer.Argument(show_default=False)],
    margin: Margin = None,
    force: Annotated[bool, typer.Option("--force", help="Also if it loses on the golden set.")] = False,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Let a version decide from now on, if it does not lose on the golden set against the one that does.

    Example:  campaignbase train activate 3
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, home: WorkspaceRow) -> "tuple[Comparison | None, bool]":
        from campaignbase.pipeline.learn import Learner

        versions = await store.heads(home.id)
        wanted = next((one for one in versions if one.version == version), None)
        if wanted is None:
            raise NotFoundError(f"no version {version} of a trained head; see: campaignbase train list")
        if wanted.embedding_model != home.embedding_model:
            raise InputError(
                f"version {version} was fitted on vectors of {wanted.embedding_model}, the workspace's are of"
                f" {home.embedding_model}; fit one on these: campaignbase train"
            )
        before = next(
            (
                one
                for one in versions
                if one.active and one.version != version and one.embedding_model == home.embedding_model
            ),
            None,
        )
        allowed = wanted.margin if margin is None else margin
        found = await Learner(store).compare_versions(home.id, before, wanted, allowed)
        passed = found is None or found.passed or force
        if passed:
            await store.activate_head(home.id, version)
        return found, passed

    comparison, passed = run.run_in_workspace(act)
    if run.json:
        output.emit({"version": version, "live": passed, "comparison": comparison})
    else:
        if comparison is None:
            output.say("no golden rows that neither version learned from: campaignbase train golden add")
        else:
            tell_comparison(comparison)
        output.say(
            f"version {version} is live" if passed else f"version {version} stays out; --force overrides"
        )
    if not passed:
        raise typer.Exit(1)


@app.command()
def rollback(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """Back to the last version before this one that was live; again: further back.

    Example:  campaignbase train rollback
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, home: WorkspaceRow) -> tuple[int, int]:
        versions = await store.heads(home.id)
        versions = [one for one in versions if one.embedding_model == home.embedding_model]
        live = next((one.version for one in versions if one.active), None)
        if live is None:
            raise InputError("no version is live; see: campaignbase train list")
        before = [one.version for one in versions if one.version < live and one.activated_at is not None]
        if not before:
            raise InputError(
                f"no version before {live} was ever live; a later one: campaignbase train activate VERSION"
            )
        await store.activate_head(home.id, before[0])
        return live, before[0]

    was, now = run.run_in_workspace(act)
    if run.json:
        output.emit({"was": was, "live": now})
    else:
        output.say(f"version {now} is live again, in place of {was}")


def _model(home: WorkspaceRow) -> str:
    if home.embedding_model is None:
        raise InputError("nothing has a vector yet; label some content first: campaignbase worker --once")
    return home.embedding_model


def _line(one: HeadVersion) -> tuple[Any, ...]:
    told = one.comparison or {}
    gate = "" if not told else "passed" if told.get("passed") else "not passed"
    return (
        one.version,
        "live" if one.active else "",
        one.created_at.strftime("%Y-%m-%d %H:%M"),
        one.train_rows,
        one.measures.get("accuracy"),
        one.measures.get("coverage"),
        one.measures.get("precision"),
        one.origin,
        gate,
    )


def _tell_measures(measures: Any) -> None:
    columns = ("label", "rows", "suffices", "precision", "recall", "decides")
    labels: Sequence[Any] = measures["labels"]
    output.table(
        columns,
        [
            (one["category"], one["rows"], one["threshold"], one["precision"], one["recall"], one["coverage"])
            for one in labels
        ],
    )
    right = "none of it" if measures["precision"] is None else f"{measures['precision']:.3f} of that right"
    output.say(
        f"on rows it had not seen: {measures['accuracy']:.3f} right;"
        f" decides {measures['coverage']:.0%} alone, {right}"
    )


def _tell_missing(found: Missing, as_json: bool) -> None:
    if as_json:
        output.emit(
            {
                "version": None,
                "live": False,
                "missing_rows": found.rows,
                "missing_labels": found.labels,
                "missing": _missing_labels(found),
            }
        )
        return
    parts = [f"{output.plural(found.rows, 'more confirmed row')}"] if found.rows else []
    if found.labels:
        parts.append(f"{output.plural(found.labels, 'more label')} with enough rows")
    _tell_short(found)
    output.say(f"too little to learn from: {' and '.join(parts)} needed; file some: campaignbase review")


def _tell_short(found: Missing) -> None:
    rows = [(label, count, more) for label, count, more in found.short]
    if rows:
        output.say("labels with few rows, known by their name and description more than by those:")
        output.table(("label", "confirmed", "needs"), rows)


def _missing_labels(found: Missing) -> list[dict[str, Any]]:
    return [
        {"label": label, "confirmed": count, "needs": more} for label, count, more in asdict(found)["short"]
    ]
