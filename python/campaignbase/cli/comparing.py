"""How the gate's verdict is asked for and told."""

from typing import Annotated

import typer

from campaignbase.cli import output
from campaignbase.core.gate import Comparison

Margin = Annotated[
    float | None,
    typer.Option(min=0, max=1, help="What it may lose and go live. At first 0.02; then as before."),
]
MOST_TOLD = 10  # labels of a comparison on a terminal


def tell_comparison(found: Comparison) -> None:
    """For people: the verdict, and label by label what changes, losses first."""
    changed = [one for one in found.labels if one.before is not None and one.before != one.after]
    if changed:
        rows = [(one.category, one.rows, one.before, one.after) for one in changed[:MOST_TOLD]]
        output.table(
            ("label", "golden" if found.basis == "golden" else "rows", "right before", "right now"), rows
        )
        if len(changed) > MOST_TOLD:
            output.say(f"and {len(changed) - MOST_TOLD} more labels changed: --json tells all")
    if found.precision_after is not None and found.applied_after is not None:
        before = (
            ""
            if found.precision_before is None or found.applied_before is None
            else f"{found.precision_before:.3f} of {found.applied_before:.0%} -> "
        )
        output.say(f"decided alone: {before}{found.precision_after:.3f} of {found.applied_after:.0%} right")
    output.say(f"gate {'passed' if found.passed else 'not passed'}: {found.told}")
