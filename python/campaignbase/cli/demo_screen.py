"""The screen of `campaignbase demo`."""

import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from campaignbase.cli import output, rows, wording

if TYPE_CHECKING:
    from campaignbase.cli.demo import Demo, Judged

# how many rows of each decider the table shows, in this order
SHOWN = (("rule", 2), ("reuse", 2), ("neighbor", 2), ("trained", 2), ("model", 3))
WRONG_SHOWN = 3


def draw(screen: Console, demo: "Demo", database: str) -> None:
    screen.print()
    screen.print(Text.assemble(("Campaignbase", "bold"), ("  marketing content that files itself", "dim")))
    screen.print()
    live = len(demo.judged)
    screen.print(
        Text(
            f"{demo.confirmed} texts came with a label a person had set, {live} without. Those {live} were"
            f" embedded, labeled and explained here in {demo.label_seconds:.1f} s: no key, no server."
        )
    )
    _heading(screen, "What it decided, and why")
    screen.print(rows.drawn(one.row for one in _chosen(demo.judged)))
    _heading(screen, "Found by meaning")
    for query, hits in demo.searches:
        screen.print(Text.assemble(("  search ", "dim"), (f'"{query}"', "bold")))
        found = _grid()
        for hit in hits:
            found.add_row(
                Text(f"    {hit.score:.2f}", "dim"),
                Text(hit.primary_category or "to review", "cyan" if hit.primary_category else "yellow"),
                Text(output.short(hit.text, 68)),
            )
        screen.print(found)
    _heading(screen, "Accuracy, on our own texts")
    _accuracy(screen, demo.judged)
    _heading(screen, "Your turn")
    _next(screen, demo, database)


def _heading(screen: Console, title: str) -> None:
    screen.print()
    screen.print(Rule(Text(title, "bold"), align="left", style="dim", characters="─"))


def _grid() -> Table:
    grid = output.grid()
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, min_width=18)
    grid.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    return grid


def _chosen(judged: "Sequence[Judged]") -> "list[Judged]":
    """A few rows of every decider, of as many categories as there are, and two nobody was sure of."""
    chosen: list[Judged] = []
    seen: Counter[str | None] = Counter()
    for source, count in SHOWN:
        left = [one for one in judged if one.filed and one.row.source == source]
        for _ in range(min(count, len(left))):
            rarest = min(left, key=lambda one: seen[one.row.category])
            left.remove(rarest)
            seen[rarest.row.category] += 1
            chosen.append(rarest)
    unfiled = [one for one in judged if not one.filed]
    unsure = [one for one in unfiled if one.expected is not None]
    senseless = [one for one in unfiled if one.expected is None]
    return chosen + unsure[:1] + senseless[:1]


def _accuracy(screen: Console, judged: "Sequence[Judged]") -> None:
    filed = [one for one in judged if one.filed]
    right = sum(one.right for one in filed)
    left = [one for one in judged if not one.filed]
    meaningless = sum(one.expected is None for one in left)
    screen.print(
        Text.assemble(
            "  ",
            (f"{len(filed)} of {len(judged)}", "bold"),
            " filed by itself, ",
            (f"{right} right", "bold green"),
            f" ({right / max(1, len(filed)):.0%}). ",
            (f"{len(left)} left for a person", "bold yellow"),
            f", {meaningless} of which say nothing.",
        )
    )
    by = Counter(one.row.source for one in filed)
    ok = Counter(one.row.source for one in filed if one.right)
    parts = [f"{wording.who(source)} {ok[source]} of {by[source]}" for source, _ in SHOWN if by[source]]
    screen.print(Text(f"  right by decider: {', '.join(parts)}", "dim"))
    for one in [one for one in filed if not one.right][:WRONG_SHOWN]:
        meant = one.expected or "nothing"
        screen.print(
            Text(f"  wrong: {one.row.category}, meant was {meant}: {output.short(one.row.text, 50)}", "dim")
        )


def activation() -> str | None:
    """The line after which the shell finds `campaignbase`; None where it does already."""
    script = Path(sys.prefix, "bin", "activate")
    if shutil.which("campaignbase") is not None or not script.exists():
        return None
    here = Path.cwd()
    return f"source {script.relative_to(here) if script.is_relative_to(here) else script}"


def _next(screen: Console, demo: "Demo", database: str) -> None:
    screen.print(
        Text.assemble("  Everything is in one file: ", (database, "bold"), ". Look closer or correct it:")
    )
    shown = next((one for one in demo.judged if one.filed), None)
    steps = _grid()
    activate = activation()
    if activate is not None:
        steps.add_row(Text("   "), Text(activate), Text())
    if shown is not None:
        key = shown.row.id[:8]
        steps.add_row(Text("   "), Text(f"campaignbase --database {database} show {key}"), Text())
    steps.add_row(Text("   "), Text(f'campaignbase --database {database} search "your own words"'), Text())
    screen.print(steps)
    screen.print(
        Text("  Label your own content: a csv, a jsonl, or a folder of texts. It goes to ./campaignbase.db")
    )
    own = _grid()
    own.add_row(Text("   "), Text("campaignbase ingest posts.csv --text-column caption"), Text())
    own.add_row(Text("   "), Text("campaignbase ingest labeled.jsonl --category-column category"), Text())
    screen.print(own)
    screen.print(Text(f"  Done in {demo.seconds:.1f} s.", "dim"))
    screen.print()
