"""What became of every object, as lines for people.

Pure: no I/O.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum


class Outcome(Enum):
    KEPT = "kept"
    REWRITTEN = "rewritten"
    LEFT_OUT = "left out"
    MISSING = "missing"  # only in a draft: a twin that nobody wrote yet


# in the order of the report
KINDS = (
    "extension",
    "schema",
    "type",
    "sequence",
    "table",
    "column",
    "default",
    "check",
    "key",
    "index",
    "view",
    "trigger",
    "function",
    "policy",
    "grant",
    "publication",
    "rows",
)


UNKEPT = "nothing keeps this rule here"  # in the reason of what refused rows


@dataclass(frozen=True)
class Entry:
    kind: str
    name: str
    outcome: Outcome
    reason: str


def render(title: str, introduction: str, entries: Iterable[Entry]) -> str:
    """The report as markdown: counts first, then a table for each kind of object."""
    found = sorted(entries, key=lambda entry: (KINDS.index(entry.kind), entry.name, entry.reason))
    lines = [f"# {title}", "", introduction, "", *_counts(found)]
    for kind in KINDS:
        rows = [entry for entry in found if entry.kind == kind]
        if rows:
            lines += ["", f"## {_plural(kind)}", "", f"| {kind} | outcome | reason |", "| --- | --- | --- |"]
            lines += [f"| {_cell(row.name)} | {row.outcome.value} | {_cell(row.reason)} |" for row in rows]
    return "\n".join(lines) + "\n"


def summary(entries: Iterable[Entry]) -> str:
    """One line: how many objects were kept, rewritten, left out."""
    counts = Counter(entry.outcome for entry in entries)
    return ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in Outcome if counts[outcome])


def _counts(entries: list[Entry]) -> Iterator[str]:
    counts = Counter((entry.kind, entry.outcome) for entry in entries)
    outcomes = [
        outcome
        for outcome in Outcome
        if outcome is not Outcome.MISSING or any(key[1] is outcome for key in counts)
    ]
    yield "| object | " + " | ".join(outcome.value for outcome in outcomes) + " |"
    yield "| --- |" + " --- |" * len(outcomes)
    for kind in KINDS:
        if any(key[0] == kind for key in counts):
            yield (
                f"| {_plural(kind)} | "
                + " | ".join(str(counts[kind, outcome]) for outcome in outcomes)
                + " |"
            )


def _plural(kind: str) -> str:
    return {"index": "indexes", "policy": "policies", "rows": "rows"}.get(kind, f"{kind}s")


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
