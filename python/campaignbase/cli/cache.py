"""`campaignbase cache`: what it saved, take answers back, fill it."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from campaignbase.cache.keys import EVERYTHING, of_asset, of_campaign, of_kind, of_text, of_workspace
from campaignbase.cache.kinds import KINDS
from campaignbase.cache.manager import CacheManager
from campaignbase.cache.warming import warm as warm_cache
from campaignbase.cli import output
from campaignbase.cli.session import Database, Json, Session, Workspace, common, session
from campaignbase.core.hashing import content_hash
from campaignbase.core.text import campaign_text
from campaignbase.errors import InputError
from campaignbase.models.cache import CacheCount
from campaignbase.models.library import MAX_PAGE
from campaignbase.ports import Store

T = TypeVar("T")
AT_ONCE = 500  # scopes declared by one call
app = typer.Typer(invoke_without_command=True)


@app.callback()
def cache(ctx: typer.Context, database: Database = None, json: Json = False) -> None:
    """What the cache saved; take answers back, or fill it. In memory, Redis (REDIS_URL) and the database.

    Example:  campaignbase cache
    """
    ctx.obj = common(ctx, database, None, json)
    if ctx.invoked_subcommand is None:
        _stats(Session(ctx.obj))


@app.command()
def stats(ctx: typer.Context, database: Database = None, json: Json = False) -> None:
    """Hits, misses and savings by kind and tier, of all processes since the database was made.

    Example:  campaignbase cache stats --json
    """
    _stats(session(ctx, database, None, json))


@app.command()
def clear(
    ctx: typer.Context,
    kind: Annotated[str | None, typer.Option(help=f"One of {', '.join(KINDS)}.", show_default=False)] = None,
    asset: Annotated[
        str | None, typer.Option(help="Content, by its id or the beginning of it.", show_default=False)
    ] = None,
    campaign: Annotated[
        str | None,
        typer.Option(
            help="A campaign and its content, by its id or the beginning of it.", show_default=False
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All of it, of every workspace.")] = False,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Take answers back, in every process: of a kind, an asset, a campaign, a workspace, or all.

    Example:  campaignbase cache clear --kind ai_analysis
    Example:  campaignbase cache clear --workspace Fernway
    Example:  campaignbase cache clear --asset 6c82
    """
    run = session(ctx, database, workspace, json)
    if kind is not None and kind not in KINDS:
        raise InputError(f"no kind {kind!r}; there is: {', '.join(KINDS)}")
    given = [
        name for name, value in (("--asset", asset), ("--campaign", campaign), ("--all", everything)) if value
    ]
    if len(given) > 1 or (given and (kind is not None or (everything and run.workspace_given))):
        raise InputError("--asset, --campaign and --all stand alone; give one of them")
    if not given and kind is None and not run.workspace_given:
        raise InputError("say what to take back: --kind, --asset, --campaign, --workspace NAME or --all")

    async def act(store: Store, cached: CacheManager) -> list[str]:
        scopes = await _scopes(run, store, kind, asset, campaign, everything)
        for start in range(0, len(scopes), AT_ONCE):
            await cached.invalidate(scopes[start : start + AT_ONCE])
        return scopes

    scopes = _run(run, act)
    if run.json:
        output.emit({"invalidated": scopes})
    else:
        output.say("taken back; every process hears of it, by Redis at once, else within 5 s")


@app.command()
def warm(
    ctx: typer.Context,
    limit: Annotated[
        int, typer.Option("-n", "--limit", min=1, max=100_000, help="Rows, newest first.")
    ] = 1000,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Put stored vectors where all processes find them: after Redis was emptied, or before an import.

    Example:  campaignbase cache warm --limit 10000
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, cached: CacheManager) -> tuple[int, int]:
        from campaignbase import wiring

        found = await wiring.find_workspace(store, run.workspace_name)
        return await warm_cache(cached, store, found.id, limit, wiring.LOCAL)

    warmed, left = _run(run, act)
    if run.json:
        output.emit({"warmed": warmed, "left_out": left})
        return
    output.say(f"{output.plural(warmed, 'vector')} put into the cache")
    if left:
        output.say(f"{left:,} left out: the shipped model makes them sooner than they are read")


def _run(run: Session, action: Callable[[Store, CacheManager], Awaitable[T]]) -> T:
    async def act(store: Store) -> T:
        from campaignbase import wiring

        async with wiring.open_cache(store, run.settings, output.say) as cached:
            return await action(store, cached)

    return run.run(act)


async def _scopes(
    run: Session, store: Store, kind: str | None, asset: str | None, campaign: str | None, everything: bool
) -> list[str]:
    from campaignbase import wiring

    if everything:
        return [EVERYTHING]
    if asset is not None:
        row = (await run.explain(store, asset)).asset
        if row is None:
            raise InputError(f"{asset!r} is a campaign; say --campaign")
        about = [] if row.text is None else [of_text(row.workspace_id, content_hash(row.text))]
        return [of_asset(row.id), *about]
    if campaign is not None:
        found = (await run.explain(store, campaign)).campaign
        if found is None:
            raise InputError(f"{campaign!r} is content; say --asset")
        return await _of_campaign(store, found.id)
    if not run.workspace_given:
        return [of_kind(str(kind))]
    workspace = await wiring.find_workspace(store, run.workspace_name)
    return [of_workspace(workspace.id, kind)]


async def _of_campaign(store: Store, campaign_id: str) -> list[str]:
    """What was said of it and of all content in it."""
    found = await store.get_campaign(campaign_id)
    words = (found.content_style, found.visual_style, found.hashtag_strategy, found.cta_pattern)
    texts = [campaign_text(found.name, *words)]
    after = None
    while True:
        page = await store.content_page(found.workspace_id, campaign_id=found.id, after=after, limit=MAX_PAGE)
        texts += [row.text for row in page.items]
        after = page.next
        if after is None:
            break
    hashes = dict.fromkeys(content_hash(text) for text in texts if text is not None)
    return [of_campaign(found.id), *(of_text(found.workspace_id, one) for one in hashes)]


def _stats(run: Session) -> None:
    counts = run.run(lambda store: store.cache_statistics())
    if run.json:
        output.emit({"counts": [{**_document(count), "hit_rate": count.hit_rate} for count in counts]})
        return
    if not counts:
        output.say("nothing was asked yet: workers and searches count here")
        return
    columns = ("kind", "tier", "hits", "misses", "hit rate", "computed", "errors", "saved", "cost saved")
    output.table(columns, [_cells(count) for count in counts])


def _document(count: CacheCount) -> dict[str, object]:
    return {name: getattr(count, name) for name in CacheCount.__dataclass_fields__}


def _cells(count: CacheCount) -> tuple[object, ...]:
    rate = "" if count.hit_rate is None else f"{count.hit_rate:.1%}"
    saved = f"{count.saved_seconds:,.1f} s" if count.saved_seconds else ""
    cost = f"${count.saved_cost:,.4f}" if count.saved_cost else ""
    return (count.kind, count.tier, count.hits, count.misses, rate, count.computes, count.errors, saved, cost)
