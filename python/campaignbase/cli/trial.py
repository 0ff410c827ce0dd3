"""`campaignbase train gate`: may another model, or other descriptions of categories, decide from now on?"""

from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from campaignbase.cli import output
from campaignbase.cli.comparing import Margin, tell_comparison
from campaignbase.cli.session import Database, Json, Session, Workspace, common, session
from campaignbase.core.gate import ENOUGH_GOLDEN, MARGIN, Comparison, compare, not_below
from campaignbase.core.names import check_label, check_new_category, find_category
from campaignbase.errors import InputError
from campaignbase.models import Category
from campaignbase.models import Workspace as WorkspaceRow
from campaignbase.models.learning import GateVerdict, Golden
from campaignbase.ports import Analyst, Store

app = typer.Typer(invoke_without_command=True)


@app.callback()
def gate(
    ctx: typer.Context,
    analysis: Annotated[
        str | None, typer.Option(help="Whose model instead: anthropic, openai or offline.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Which model instead of CAMPAIGNBASE_MODEL.")] = None,
    vocabulary: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help='Descriptions instead: {"category", "description"} lines.'),
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Write the descriptions, if they pass.")] = False,
    margin: Margin = None,
    force: Annotated[
        bool, typer.Option("--force", help="Let it decide also if it loses, or there are too few rows.")
    ] = False,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Ask the golden set as things are and as they would be, with another model or another vocabulary.

    The verdict on a model is kept: from 30 golden rows on, one that has not passed decides nothing in this
    workspace. Descriptions are written with --apply. What a hosted model answers costs money, within the
    budget. Exit code 1: it loses more than the margin.

    Example:  campaignbase train gate --analysis anthropic
    Example:  campaignbase train gate --vocabulary descriptions.jsonl --apply
    """
    ctx.obj = common(ctx, database, workspace, json)
    if ctx.invoked_subcommand is not None:
        if any((analysis, model, vocabulary, apply, force)) or margin is not None:
            raise InputError(f"options of train gate have no effect on train gate {ctx.invoked_subcommand}")
        return
    if vocabulary is None and analysis is None and model is None:
        raise InputError("nothing to compare: name --analysis, --model or --vocabulary")
    if vocabulary is not None and (analysis is not None or model is not None):
        raise InputError("a verdict is about one thing: name a model, or --vocabulary")
    if analysis not in (None, "anthropic", "openai", "offline"):
        raise InputError(f"--analysis {analysis!r}: expected anthropic, openai or offline")
    if apply and vocabulary is None:
        raise InputError("--apply writes descriptions; name them with --vocabulary")
    if force and vocabulary is not None and not apply:
        raise InputError("--force with --vocabulary writes descriptions that lost; say --apply too")
    run = session(ctx, None, None, False)
    allowed = MARGIN if margin is None else margin
    if vocabulary is None:
        told, verdict = _try_model(run, analysis, model, allowed, force=force)
        written = 0
    else:
        told, verdict, written = _try_vocabulary(run, vocabulary, allowed, apply=apply, force=force)
    if run.json:
        kept = None if verdict is None else _word(verdict)
        output.emit({"comparison": told, "verdict": kept, "written": written})
    else:
        tell_comparison(told)
        if vocabulary is None:
            _tell_model(told, verdict)
        elif written:
            output.say(f"{output.plural(written, 'description')} written")
    if not told.passed and not force:
        raise typer.Exit(1)


@app.command("list")
def list_verdicts(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """What the golden set said of models and descriptions, newest first; of a model the newest counts.

    Example:  campaignbase train gate list
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, home: WorkspaceRow) -> list[GateVerdict]:
        return await store.gate_verdicts(home.id)

    found = run.run_in_workspace(act)
    if run.json:
        output.emit({"verdicts": found})
        return
    if not found:
        output.say("no verdict yet: campaignbase train gate --analysis anthropic")
    columns = ("asked", "about", "model", "prompt", "golden", "right before", "right", "verdict")
    output.table(columns, [_line(one) for one in found])


def _try_model(
    run: Session, analysis: str | None, model: str | None, margin: float, *, force: bool
) -> tuple[Comparison, GateVerdict | None]:
    wanted = run.settings.model_copy(
        update={
            **({} if analysis is None else {"campaignbase_analysis": analysis}),
            **({} if model is None else {"campaignbase_model": model}),
        }
    )

    async def act(store: Store, home: WorkspaceRow) -> tuple[Comparison, GateVerdict | None]:
        from campaignbase import wiring
        from campaignbase.cache.keys import of_workspace
        from campaignbase.pipeline.trial import ask_golden

        golden, names = await _golden(store, home)
        async with AsyncExitStack() as opened:
            new = await opened.enter_async_context(
                wiring.open_analyst(store, wanted, say=output.say, gated=False)
            )
            now = await opened.enter_async_context(wiring.open_analyst(store, run.settings, say=output.say))
            same = _key(now) == _key(new)
            # one that is configured already and has not passed: the offline one decides in its place
            before = await ask_golden(store, golden, wiring.offline_analyst() if same else now)
            after = await ask_golden(store, golden, new)
            told = compare("golden", [row.category_id for row in golden], names, before, after, margin)
            if same:
                told = _held(told, new, await store.gate_verdicts(home.id))
        enough = len(golden) >= ENOUGH_GOLDEN
        if new.prompt_version is None or not (enough or force):
            return told, None
        passes = told.passed and enough
        verdict = _verdict("analyst", new, told, passed=passes or force, forced=force and not passes)
        await store.record_verdict(home.id, verdict)
        if not verdict.passed:  # nor does what it said before
            await store.invalidate_cache([of_workspace(home.id, "ai_analysis")])
        return told, verdict

    return run.run_in_workspace(act)


def _try_vocabulary(
    run: Session, file: Path, margin: float, *, apply: bool, force: bool
) -> tuple[Comparison, GateVerdict | None, int]:
    from campaignbase.ingest.labeled import read_descriptions

    given = read_descriptions(file)

    async def act(store: Store, home: WorkspaceRow) -> tuple[Comparison, GateVerdict | None, int]:
        from campaignbase import wiring
        from campaignbase.pipeline.trial import ask_golden

        golden, names = await _golden(store, home)
        descriptions = _meant(given, await store.categories(home.id))
        if new := sorted(descriptions.keys() - names.values()):
            output.say(f"no category has these names, --apply adds them: {', '.join(map(repr, new))}")
        async with (
            aclosing(wiring.embedders(run.settings)) as found,
            wiring.open_analyst(store, run.settings, say=output.say) as analyst,
        ):
            before = await ask_golden(store, golden, analyst)
            after = await ask_golden(store, golden, analyst, descriptions, found.of(home))
            told = compare("golden", [row.category_id for row in golden], names, before, after, margin)
        if not apply:
            return told, None, 0
        passed = told.passed or force
        verdict = _verdict("vocabulary", analyst, told, passed=passed, forced=not told.passed and force)
        written = await _write(store, home.id, descriptions) if passed else 0
        await store.record_verdict(home.id, verdict)
        return told, verdict, written

    return run.run_in_workspace(act)


async def _golden(store: Store, home: WorkspaceRow) -> tuple[list[Golden], dict[str, str]]:
    """With the names of categories."""
    golden = await store.golden(home.id)
    if not golden:
        raise InputError("there are no golden rows to ask; add some: campaignbase train golden add ID")
    return golden, {category.id: category.name for category in await store.categories(home.id)}


def _meant(given: dict[str, str], categories: list[Category]) -> dict[str, str]:
    """By the names that categories have; a name that none has is a new one's.

    Raises:
        InputError: a store would refuse one of them, or one category is described twice.
    """
    found: dict[str, str] = {}
    for name, description in given.items():
        own = find_category(name, categories)
        if own is None:
            check_new_category(name, [*found, *(category.name for category in categories)])
        own = own or name
        if own in found:
            raise InputError(f"{name!r} is {own!r}, which is described already; keep one line")
        check_label("category", Category("", own, description=description))
        found[own] = description
    return found


def _key(analyst: Analyst) -> tuple[str, str | None]:
    return analyst.name, analyst.prompt_version


def _held(told: Comparison, new: Analyst, verdicts: list[GateVerdict]) -> Comparison:
    """To what decided before by a verdict of its own: a former prompt, the model that was configured."""
    former = next(
        (
            one
            for one in verdicts
            if one.subject == "analyst"
            and one.passed
            and one.comparison is not None
            and (one.model, one.prompt_version) != _key(new)
        ),
        None,
    )
    if former is None or former.comparison is None:
        return told
    who = f"{former.model} with prompt {former.prompt_version}"
    return not_below(told, float(former.comparison["after"]), who)


def _verdict(
    subject: Literal["analyst", "vocabulary"], asked: Analyst, told: Comparison, *, passed: bool, forced: bool
) -> GateVerdict:
    return GateVerdict(
        subject,
        asked.name,
        asked.prompt_version,
        round(told.margin, 4),
        told.as_json(),
        passed=passed,
        forced=forced,
    )


def _tell_model(told: Comparison, verdict: GateVerdict | None) -> None:
    if verdict is None and told.rows < ENOUGH_GOLDEN:
        output.say(
            f"{output.plural(told.rows, 'golden row')}: a verdict is kept from {ENOUGH_GOLDEN} on, or with"
            " --force; until there is one a hosted model may decide"
        )
    elif verdict is not None:
        who = f"{verdict.model} with prompt {verdict.prompt_version}"
        output.say(
            f"{who} may decide in this workspace{', forced' if verdict.forced else ''}"
            if verdict.passed
            else f"{who} decides nothing in this workspace: where it is configured the offline analyst does;"
            " --force overrides"
        )


def _word(verdict: GateVerdict) -> str:
    return "forced" if verdict.forced else "passed" if verdict.passed else "lost"


def _line(one: GateVerdict) -> tuple[Any, ...]:
    told = one.comparison or {}
    return (
        None if one.created_at is None else one.created_at.strftime("%Y-%m-%d %H:%M"),
        one.subject,
        one.model,
        one.prompt_version,
        told.get("rows"),
        told.get("before"),
        told.get("after"),
        "in use before there was a golden set" if one.basis == "none" else _word(one),
    )


async def _write(store: Store, workspace_id: str, descriptions: dict[str, str]) -> int:
    known = {category.name: category for category in await store.categories(workspace_id)}
    changed = {name: told for name, told in descriptions.items() if name in known}
    for name, told in changed.items():
        await store.edit_category(workspace_id, name, replace(known[name], description=told))
    new = [Category("", name, description=told) for name, told in descriptions.items() if name not in known]
    return len(changed) + (await store.add_categories(workspace_id, new) if new else 0)
