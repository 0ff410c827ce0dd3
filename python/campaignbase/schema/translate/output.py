"""What a translation gathers while it goes through the catalogue.

Pure: no I/O.
"""

from dataclasses import dataclass, field

from campaignbase.schema.catalogue import Table
from campaignbase.schema.translate import functions
from campaignbase.schema.translate.expressions import Expressions
from campaignbase.schema.translate.kinds import Kind
from campaignbase.schema.translate.report import Entry, Outcome
from campaignbase.schema.translate.values import Value


@dataclass(frozen=True)
class Emitted:
    """An expression on both engines, for the test that compares them.

    `table` is the one whose columns it may name, as (schema, name); None for a view, whose texts are queries.
    """

    where: str
    table: tuple[str, str] | None
    postgres: str
    sqlite: str
    kind: Kind
    columns: tuple[Kind, ...] = ()  # of a view
    ascii_only: bool = False  # both agree on text of ASCII letters only


@dataclass
class Output:
    entries: list[Entry] = field(default_factory=list)
    emitted: list[Emitted] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    indexes: list[str] = field(default_factory=list)
    views: list[str] = field(default_factory=list)

    def emit(self, to: Expressions, table: Table, postgres: str, found: Value) -> None:
        """Remember an expression over the columns of a table."""
        self.emitted.append(
            Emitted(
                to.where,
                (table.schema, table.name),
                postgres,
                found.sql,
                found.kind,
                ascii_only=not functions.ASCII_ONLY.isdisjoint(to.notes),
            )
        )

    def kept(self, kind: str, name: str, reason: str = "") -> None:
        self.entries.append(Entry(kind, name, Outcome.KEPT, reason))

    def rewritten(self, kind: str, name: str, reason: str) -> None:
        self.entries.append(Entry(kind, name, Outcome.REWRITTEN, reason))

    def left_out(self, kind: str, name: str, reason: str) -> None:
        self.entries.append(Entry(kind, name, Outcome.LEFT_OUT, reason))

    def missing(self, kind: str, name: str, reason: str) -> None:
        self.entries.append(Entry(kind, name, Outcome.MISSING, reason))
