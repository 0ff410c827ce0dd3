"""What a cell asks and what comes back, the same by SQL and over HTTP; and the mark that answer gets.

A driver is all that knows how to ask: `Driver.ask(person, ask)`. It leaves the world as it was.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from tests.matrix.people import Identity

Verb = Literal["select", "insert", "update", "delete", "upsert", "truncate", "call", "enter", "use", "create"]
Lock = Literal["select", "move", "views"]

NO_GRANT, WITH_CHECK, NOTHING, DONE, REFUSED, BROKEN, DEEPER = "-", "!", "0", "1", "x", "c", "d"
LEAK = "*"  # never expected: what was meant for one workspace changed the other
MARKS = {
    NO_GRANT: "no grant: permission denied for the thing itself, or for its schema",
    WITH_CHECK: "a policy refuses the new row",
    NOTHING: "let in, but nothing was found and nothing changed",
    DONE: "done: rows of that workspace came back, or changed",
    REFUSED: "our function refuses this caller",
    BROKEN: "a constraint, trigger or argument is in the way, whoever asks",
    DEEPER: "let in, and denied by something inside",
}


@dataclass(frozen=True)
class Ask:
    """One request.

    `values`: the row, or a call's arguments by name. `match`: the key of one row; empty means every row,
    without filter and without looking at the result, so that no SELECT policy limits it. `dry`: for no row at
    all, so that only the right to ask shows. `unlock`: a grant given away before asking (SQL only): select on
    the thing, or update of its workspace with triggers off; `views`: taken away, select on the views it
    reads. `before`: what a superuser does first, without triggers, so that only rights are in the way.
    """

    verb: Verb
    name: str  # qualified: public.campaigns
    values: Mapping[str, Any] = field(default_factory=dict)
    match: Mapping[str, Any] = field(default_factory=dict)
    conflict: tuple[str, ...] = ()  # of an upsert: the columns of its key
    dry: bool = False
    unlock: Lock | None = None
    before: str = ""


@dataclass(frozen=True)
class Answer:
    """`state`: SQLSTATE of the refusal, None without. `changed`: workspaces whose rows are others now.

    `text`: what came back, as text in which ids can be found.
    """

    state: str | None = None
    message: str = ""
    text: str = ""
    changed: frozenset[str] = frozenset()


class Driver(Protocol):
    def ask(self, person: Identity, ask: Ask) -> Answer: ...


# beginnings of the ids that belong to a workspace, and what else names it
MARKERS = {
    "A": ("aaaaaaaa-", "Workspace A", "of_workspace_a"),
    "B": ("bbbbbbbb-", "Workspace B", "of_workspace_b"),
    "new": (),
}
_DENIED = re.compile(r"permission denied for (?P<kind>[a-z ]+?) (?P<name>\S+)")
_ROW_POLICY = re.compile(r"new row violates row-level security policy")


def mark(ask: Ask, answer: Answer, target: str) -> str:
    """What happened to `target` (A, B, new, or - for what belongs to no workspace), in one letter."""
    if answer.state is not None:
        return _refusal(ask, answer)
    if target == "-":
        return DONE
    moved = ask.verb == "update" and "workspace_id" in ask.values
    one_row = bool(ask.match) or ask.verb in ("insert", "upsert")
    if one_row and not moved and answer.changed & ({"A", "B"} - {target}):
        return LEAK
    found = any(marker in answer.text for marker in MARKERS[target])
    if ask.verb in ("insert", "update", "delete", "upsert"):
        return DONE if target in answer.changed else NOTHING
    return DONE if found or target in answer.changed else NOTHING


def _refusal(ask: Ask, answer: Answer) -> str:
    if answer.state == "42501":
        if _ROW_POLICY.search(answer.message):
            return WITH_CHECK
        if denied := _DENIED.match(answer.message):
            schema, _, name = ask.name.rpartition(".")
            itself = denied["name"] == (schema if denied["kind"] == "schema" else name)
            return NO_GRANT if itself or not schema else DEEPER
        return REFUSED
    return REFUSED if answer.state.startswith("PT4") else BROKEN
