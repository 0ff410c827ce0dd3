"""Backfills in words and tables: how far they are, and what one would do."""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from campaignbase.cli import output
from campaignbase.core.money import usd
from campaignbase.core.prices import SMALLEST
from campaignbase.models import Workspace
from campaignbase.models.backfills import Backfill
from campaignbase.pipeline.backfill import BUDGET_SHARE
from campaignbase.pipeline.backfill_preview import preview
from campaignbase.ports import PaidEmbedder, Store
from campaignbase.settings import Settings

SHOWN_MOVES = 15
TEXT_WIDTH = 48
_GO_ON = "; go on: campaignbase backfill resume"


def progress_of(run: Backfill) -> float:
    """0..1, of the rows to look at."""
    if run.state in ("done", "ready", "switched", "rolled_back"):
        return 1.0
    return min(1.0, run.scanned / run.total) if run.total else 0.0


def seen_of(run: Backfill) -> int:
    """Rows looked at; those that vectors are looked for once more are not counted twice."""
    return min(run.scanned, run.total)


def rate_of(run: Backfill) -> float | None:
    """Rows looked at a second while it was at work; None where nothing can be said."""
    return seen_of(run) / run.seconds if run.seconds > 0 and run.scanned else None


def left_of(run: Backfill) -> float | None:
    """Seconds of work until it is done, at the rate so far."""
    rate = rate_of(run)
    if run.state != "running" or rate is None:
        return None
    return (run.total - seen_of(run)) / rate


def record(run: Backfill, now: datetime) -> dict[str, Any]:
    waits = run.state == "running" and run.run_at is not None and run.run_at > now
    return {
        "id": run.id,
        "kind": run.kind,
        "state": "waiting" if waits else run.state,
        "model": run.embedding_model,
        "selection": run.selection,
        "total": run.total,
        "scanned": run.scanned,
        "taken": run.taken,
        "done": run.done,
        "changed": run.changed,
        "failed": run.failed,
        "cost": run.cost,
        "progress": round(progress_of(run), 4),
        "rows_per_second": rate_of(run),
        "seconds_left": left_of(run),
        "waits_until": run.run_at if waits else None,
        "last_error": run.last_error,
        "created_at": run.created_at,
        "finished_at": run.finished_at,
    }


def table_of(runs: Sequence[Backfill], now: datetime) -> None:
    columns = ("id", "what", "state", "seen", "done", "changed", "failed", "rows/s", "left", "cost")
    rows = []
    for run in runs:
        told, rate, left = record(run, now), rate_of(run), left_of(run)
        rows.append(
            (
                run.id[:8],
                run.embedding_model or run.kind,
                told["state"],
                f"{progress_of(run):.0%}",
                f"{run.done:,}",
                f"{run.changed:,}" if run.kind == "labels" else "",
                f"{run.failed:,}",
                "" if rate is None else f"{rate:,.0f}",
                "" if left is None else duration(left),
                usd(run.cost) if run.cost else "",
            )
        )
    output.table(columns, rows)
    for run in runs:
        if run.last_error and run.state in ("running", "paused"):
            output.say(f"{run.id[:8]}: {run.last_error}")


def duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def progress_line(run: Backfill) -> str:
    """ "12,000 of 100,000 rows looked at, 320 rows/s, 5 min left, 12 changed, 0.12 USD" """
    rate, left = rate_of(run), left_of(run)
    parts = [f"{seen_of(run):,} of {run.total:,} rows"]
    parts += [] if rate is None else [f"{rate:,.0f} rows/s"]
    parts += [] if left is None else [f"{duration(left)} left"]
    parts += [f"{run.changed:,} changed"] if run.kind == "labels" else []
    parts += [usd(run.cost)] if run.cost else []
    return ", ".join(parts)


def end_line(run: Backfill) -> str:
    if run.kind == "vectors":
        states = {
            "switched": f"the workspace's vectors are by {run.embedding_model} now; back:"
            " campaignbase backfill rollback",
            "ready": f"all vectors by {run.embedding_model} are there; use them:"
            " campaignbase backfill switch",
        }
        told = progress_line(run)
        if run.state in states:
            return states[run.state]
    else:
        failed = f", {run.failed:,} failed" if run.failed else ""
        cost = f", {usd(run.cost)}" if run.cost else ""
        told = f"{output.plural(run.done, 'row')} labeled again, {run.changed:,} changed{failed}{cost}"
    if run.state == "done":
        return told
    return f"{_standing(run)}; {told}{'' if run.state == 'canceled' else _GO_ON}"


def _standing(run: Backfill) -> str:
    """ "running: why it does not go on" """
    return f"{run.state}: {run.last_error}" if run.last_error else run.state


async def plan_of(
    store: Store,
    home: Workspace,
    loaded: Settings,
    chosen: Mapping[str, Any],
    embeddings: str | None,
    most: int,
    *,
    batched: bool,
) -> dict[str, Any]:
    """What a run would change and cost; nothing is written, and nobody who costs money is asked."""
    from campaignbase import wiring

    day = await store.daily_budget(home.id, datetime.now(UTC).date())
    left = max((day.daily_budget or Decimal(0)) * (1 - BUDGET_SHARE) - day.settled - day.reserved, Decimal(0))
    budget = {"daily_budget": day.daily_budget, "left_for_backfills_today": left}
    async with aclosing(wiring.embedders(loaded)) as found:
        if embeddings is not None:
            embedder = found.find(embeddings)
            part = await store.preview_backfill(home.id, {}, "", 100)
            rows = (await store.content_statistics(home.id)).rows
            texts = [job.text for job in part.jobs if job.text]
            cost = embedder.estimate(texts) if isinstance(embedder, PaidEmbedder) and texts else Decimal(0)
            return {
                "model": embeddings,
                "at_hand": embedder is not None,
                "from": home.embedding_model,
                "looked_at": len(texts),
                "cost_of_those": cost,
                "rows": rows,
                "cost": _scaled(cost, len(texts), rows),
                **budget,
            }
        price = wiring.question_prices(loaded, batch=batched)
        seen = await preview(store, wiring.looking_labeler(store, found), home.id, chosen, most, price)
    moves = sorted(seen.moves.items(), key=lambda move: (-move[1], str(move[0])))
    return {
        "scanned": seen.scanned,
        "selected": seen.selected,
        "complete": seen.complete,
        "would_change": seen.changed,
        "changes": [{"from": before, "to": after, "rows": rows} for (before, after), rows in moves],
        "rows": list(seen.rows),
        "asked": seen.asked,
        "tokens": seen.tokens,
        "cost": seen.cost,
        "cost_at_most": seen.at_most,
        **budget,
    }


def _scaled(cost: Decimal, rows: int, wanted: int) -> Decimal:
    return (cost * wanted / rows).quantize(SMALLEST) if rows else Decimal(0)


def show_plan(plan: Mapping[str, Any]) -> None:
    if "model" in plan:
        if not plan["at_hand"]:
            output.say(f"no embedder {plan['model']!r} is at hand here")
        output.say(
            f"from {plan['from']} to {plan['model']}: at most {usd(plan['cost'])} for"
            f" {output.plural(plan['rows'], 'row')} of content, judging by {plan['looked_at']:,}; today's"
            f" budget has {usd(plan['left_for_backfills_today'])} left for backfills; nothing was written"
        )
        return
    selected, changed = plan["selected"], plan["would_change"]
    share = f" ({changed / selected:.0%})" if selected else ""
    end = "" if plan["complete"] else "; there are more rows: --sample 0 decides all of them"
    output.say(
        f"{output.plural(plan['scanned'], 'row')} looked at, {selected:,} selected,"
        f" {changed:,}{share} would change{end}"
    )
    if plan["changes"]:
        output.table(
            ("from", "to", "rows"),
            [
                (move["from"] or "(review)", move["to"] or "(review)", move["rows"])
                for move in plan["changes"][:SHOWN_MOVES]
            ],
        )
        output.table(
            ("id", "text", "from", "to", "why"),
            [
                (
                    row.id[:8],
                    output.short(row.text, TEXT_WIDTH),
                    row.before or "(review)",
                    row.after or "(review)",
                    output.short(row.why, TEXT_WIDTH),
                )
                for row in plan["rows"]
            ],
        )
    if plan["asked"]:
        output.say(
            f"a model would be asked about {output.plural(plan['asked'], 'row')} of these: about"
            f" {plan['tokens']:,} tokens and {usd(plan['cost'])}, at most {usd(plan['cost_at_most'])};"
            f" today's budget has {usd(plan['left_for_backfills_today'])} left for backfills"
        )
    else:
        output.say("no model that costs money would be asked: 0.00 USD")
    output.say("nothing was written")
