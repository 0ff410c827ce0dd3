"""Views, each after those it reads.

Pure: no I/O.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from campaignbase.errors import TranslationError
from campaignbase.schema.catalogue import View
from campaignbase.schema.translate import names
from campaignbase.schema.translate.database import Database, stored
from campaignbase.schema.translate.kinds import Kind
from campaignbase.schema.translate.output import Emitted, Output
from campaignbase.schema.translate.queries import Columns, Queries, Query


@dataclass(frozen=True)
class Views:
    """Writes every view into `output`."""

    database: Database
    output: Output

    def write(self) -> None:
        relations = dict(self._tables())
        waiting = list(self.database.catalogue.views)
        while waiting:
            names_waiting = {(view.schema, view.name) for view in waiting}
            view = next(view for view in waiting if not self._reads(view, names_waiting))
            waiting.remove(view)
            columns = self._view(view, relations)
            if columns is not None:
                relations[view.schema, view.name] = columns

    def _tables(self) -> Iterator[tuple[tuple[str, str], Columns]]:
        for table in self.database.tables:
            columns = self.database.columns(table)
            yield (
                (table.schema, table.name),
                {
                    column.name: stored(names.identifier(column.name), self.database.storage(column))
                    for column in columns
                },
            )

    def _reads(self, view: View, others: set[tuple[str, str]]) -> bool:
        """Whether a view's text names one of the others; one too many only changes the order."""
        mine = (view.schema, view.name)
        return any(re.search(names.written(*other), view.definition) for other in others - {mine})

    def _view(self, view: View, relations: dict[tuple[str, str], Columns]) -> Columns | None:
        name = f"{view.schema}.{view.name}"
        tables = {(table.schema, table.name) for table in self.database.tables}
        queries = Queries(f"view {name}", relations, self.database.types, self.database.rules.calls, tables)
        try:
            self.database.rules.check(f"view {name}")
            query = queries.translate(view.definition)
            if not query.columns:
                raise TranslationError(f"view {name}: it has no columns")
        except TranslationError as error:
            if self.database.rules.complete:
                raise
            self.output.left_out("view", name, str(error))
            return None
        self._say(view, name, queries.notes)
        self.output.views.append(_text(view, query))
        self.output.emitted.append(
            Emitted(
                f"view {name}",
                None,
                view.definition,
                query.line,
                Kind.NULL,
                tuple(value.kind for value in query.columns.values()),
            )
        )
        return query.columns

    def _say(self, view: View, name: str, notes: list[str]) -> None:
        reasons = list(notes)
        if view.materialized:
            reasons.insert(0, "computed when read, never out of date")
        if view.options:
            reasons.append(f"without {', '.join(view.options)}: SQLite knows no roles")
        if view.materialized or notes:
            self.output.rewritten("view", name, "; ".join(reasons))
        else:
            self.output.kept("view", name, "; ".join(reasons))


def _text(view: View, query: Query) -> str:
    lines = [*names.comment(view.comment), f"create view {names.identifier(view.name)} as"]
    for clause in query.clauses:
        if isinstance(clause, str):
            lines += names.wrap(clause, "")
            continue
        lines.append(clause.word)
        for number, item in enumerate(clause.items, start=1):
            lines += names.wrap(item + ("," if number < len(clause.items) else ""), "    ")
    lines[-1] += ";"
    return "\n".join(lines)
