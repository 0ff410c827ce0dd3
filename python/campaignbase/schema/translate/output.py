"""What a translation gathers while it goes through the catalogue.

Pure: no I/O.
"""

from dataclasses import dataclass, field

from campaignbase.schema.translate.kinds import Kind
from campaignbase.schema.translate.report import Entry, Outcome


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
    columns: tuple[str, ...] = ()  # of a view


@dataclass
class Output:
    entries: list[Entry] = field(default_factory=list)
    emitted: list[Emitted] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    indexes: list[str] = field(default_factory=list)
    views: list[str] = field(default_factory=list)

    def kept(self, kind: str, name: str, reason: str = "") -> None:
        self.entries.append(Entry(kind, name, Outcome.KEPT, reason))

    def rewritten(self, kind: str, name: str, reason: str) -> None:
        self.entries.append(Entry(kind, name, Outcome.REWRITTEN, reason))

    def left_out(self, kind: str, name: str, reason: str) -> None:
        self.entries.append(Entry(kind, name, Outcome.LEFT_OUT, reason))

    def missing(self, kind: str, name: str, reason: str) -> None:
        self.entries.append(Entry(kind, name, Outcome.MISSING, reason))
