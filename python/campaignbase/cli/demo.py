"""`campaignbase demo`: the whole idea on one screen, with no keys and no server."""

import asyncio
import json as json_module
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import typer

from campaignbase.cli import demo_screen, output
from campaignbase.cli.labeling import RowSummary, label_waiting, summaries
from campaignbase.cli.search import find
from campaignbase.cli.session import Json, common, refuse_common
from campaignbase.errors import NotConfiguredError
from campaignbase.models import NewCampaign, NewContent, Workspace
from campaignbase.models.library import FoundContent, SearchQuery
from campaignbase.ports import Store

DATABASE = "./campaignbase-demo.db"
SEARCHES = (
    "work in a kitchen",
    "closed for renovation",
    "kind words from a patient",
)
HITS = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """A row labeled live, beside the label its author had in mind; None where it should not get one."""

    row: RowSummary
    expected: str | None

    @property
    def filed(self) -> bool:
        return self.row.category is not None

    @property
    def right(self) -> bool:
        return self.filed and self.row.category == self.expected


@dataclass(frozen=True, slots=True)
class Demo:
    campaigns: int
    confirmed: int
    judged: tuple[Judged, ...]
    searches: tuple[tuple[str, list[FoundContent]], ...]
    label_seconds: float
    seconds: float

    def document(self) -> dict[str, Any]:
        filed = [one for one in self.judged if one.filed]
        return {
            "database": DATABASE,
            "campaigns": self.campaigns,
            "confirmed": self.confirmed,
            "accuracy": {
                "texts": "our own",
                "rows": len(self.judged),
                "applied": len(filed),
                "right": sum(one.right for one in filed),
                "abstained": len(self.judged) - len(filed),
            },
            "rows": [{"row": one.row, "expected": one.expected, "right": one.right} for one in self.judged],
            "searches": [{"query": query, "hits": hits} for query, hits in self.searches],
            "label_seconds": round(self.label_seconds, 3),
            "seconds": round(self.seconds, 3),
        }


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    ctx: typer.Context,
    keep: Annotated[
        bool, typer.Option("--keep", help="Go on with the demo database of last time; else it is made new.")
    ] = False,
    json: Json = False,
) -> None:
    """Label over a hundred marketing texts on this machine, with the reasons, and search them by meaning.

    Example:  campaignbase demo
    """
    refuse_common(ctx, "campaignbase demo")
    as_json = common(ctx, None, None, json).json
    started = time.monotonic()
    if not keep:
        _remove()
    output.say(f"target: SQLite {DATABASE}{' (made new)' if not keep else ''}")
    shown = asyncio.run(_run(started))
    if as_json:
        output.emit(shown.document())
    else:
        demo_screen.draw(output.console(), shown, DATABASE)


def _remove() -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        try:
            Path(DATABASE + suffix).unlink(missing_ok=True)
        except OSError as error:
            raise NotConfiguredError(
                f"cannot replace {DATABASE} ({error.strerror}); run the demo in a folder you may write to"
            ) from error


async def _run(started: float) -> Demo:
    from campaignbase import wiring

    store = await wiring.open_store(DATABASE)
    try:
        workspace = await wiring.find_workspace(store, "default")
        campaigns = await _campaigns(store, workspace)
        assets = list(_lines("assets.jsonl"))
        confirmed = [asset for asset in assets if asset["confirmed"]]
        live = [asset for asset in assets if not asset["confirmed"]]
        began = time.monotonic()
        await _insert(store, workspace, confirmed, campaigns)
        await label_waiting(store, "learning what people filed")
        await _insert(store, workspace, live, campaigns)
        await label_waiting(store, "labeling")
        label_seconds = time.monotonic() - began
        workspace = await wiring.find_workspace(store, "default")
        judged = await _judged(store, workspace, live)
        searches = [
            (text, await find(store, workspace, SearchQuery(text=text, mode="semantic", limit=HITS)))
            for text in SEARCHES
        ]
    finally:
        await store.close()
    return Demo(
        len(campaigns), len(confirmed), judged, tuple(searches), label_seconds, time.monotonic() - started
    )


async def _campaigns(store: Store, workspace: Workspace) -> dict[str, str]:
    rows = [
        NewCampaign(**{**line, "target_platforms": tuple(line["target_platforms"])})
        for line in _lines("campaigns.jsonl")
    ]
    ids = await store.insert_campaigns(workspace.id, rows)
    return dict(zip((row.name for row in rows), ids, strict=True))


async def _insert(
    store: Store, workspace: Workspace, assets: list[dict[str, Any]], campaigns: dict[str, str]
) -> None:
    await store.insert_content(
        workspace.id,
        [
            NewContent(
                asset_type=asset["asset_type"],
                content=asset.get("content"),
                prompt=asset.get("prompt"),
                alt_text=asset.get("alt_text"),
                source_key=asset["key"],
                campaign_id=None if asset["campaign"] is None else campaigns[asset["campaign"]],
                primary_category=asset["category"] if asset["confirmed"] else None,
            )
            for asset in assets
        ],
    )


async def _judged(store: Store, workspace: Workspace, live: list[dict[str, Any]]) -> tuple[Judged, ...]:
    expected = {asset["key"]: asset["category"] for asset in live}
    stored = await store.content(workspace.id, limit=10 * len(live))
    ids = {asset.source_key: asset.id for asset in stored if asset.source_key in expected}
    rows = await summaries(store, [ids[key] for key in expected])
    return tuple(Judged(row, label) for row, label in zip(rows, expected.values(), strict=True))


def _lines(name: str) -> Iterator[dict[str, Any]]:
    text = files("campaignbase.data").joinpath("demo", name).read_text(encoding="utf-8")
    return (json_module.loads(line) for line in text.splitlines())
