"""Tables: columns, the checks their types were, and checks.

Pure: no I/O.
"""

import re
from dataclasses import dataclass

from campaignbase.errors import TranslationError
from campaignbase.schema.catalogue import Column, Constraint, Table
from campaignbase.schema.translate import keys, names
from campaignbase.schema.translate.database import Database, TableScope, refuse_folded, stored
from campaignbase.schema.translate.defaults import Defaults, because, same, short
from campaignbase.schema.translate.expressions import Expressions
from campaignbase.schema.translate.kinds import Kind, Storage
from campaignbase.schema.translate.output import Output
from campaignbase.schema.translate.report import UNKEPT
from campaignbase.schema.translate.values import Value

_CHECK = re.compile(r"CHECK \((?P<expression>.*)\)(?P<inherit> NO INHERIT)?(?P<valid> NOT VALID)?", re.DOTALL)
_COLLATIONS = (None, "C", "POSIX", "default", "ucs_basic")


@dataclass(frozen=True)
class Tables:
    """Writes every table into `output`."""

    database: Database
    output: Output

    def write(self) -> None:
        for table in self.database.tables:
            self.output.tables.append(self._table(table))

    def _table(self, table: Table) -> str:
        items = [  # comment lines, lines
            (names.comment(column.comment, "    "), self._column(table, column))
            for column in self.database.columns(table)
        ]
        self._say_derived(table)
        rules = keys.constraints(self.database, self.output, table)
        checks = (self._check_or_why(table, check) for check in self.database.constraints(table, "c"))
        rules += [check for check in checks if check is not None]
        items += [([], names.wrap(text, "    ")) for text in rules]
        lines = names.comment(table.comment)
        lines.append(f"create table {names.identifier(table.name)} (")
        for number, (comment, body) in enumerate(items, start=1):
            comma = "," if number < len(items) else ""
            lines += [*comment, *body[:-1], body[-1] + comma]
        self.output.rewritten("table", f"{table.schema}.{table.name}", f"strict table {table.name}")
        return "\n".join([*lines, ") strict;"])

    def _column(self, table: Table, column: Column) -> list[str]:
        if column.collation not in _COLLATIONS:
            raise TranslationError(
                f"column {table.name}.{column.name}: unknown collation {column.collation!r}; "
                f'expected "C" or the default'
            )
        counted = keys.counted(self.database, table)
        if counted is not None and counted.name == column.name:
            return [f"    {keys.counting(self.database, self.output, table, column)}"]
        storage = self.database.storage(column)
        parts = [self._head(column, storage)]
        defaults = Defaults(self.database, self.output, table)
        computed = defaults.generated(column, storage) if column.generated is not None else None
        if computed is not None:
            parts.append(computed)
        elif column.generated is not None:
            pass  # the program computes it
        elif (default := defaults.default(column, storage)) is not None:
            parts.append(f"default {default}")
        for claim, check in self._own_checks(table, column, storage) if computed is None else ():
            parts.append(f"constraint {names.identifier(claim)} check ({check})")
        self._say(table, column, storage)
        joined = f"    {' '.join(parts)}"
        if len(joined) < names.WIDTH:
            return [joined]
        return [
            *names.wrap(parts[0], "    "),
            *(line for part in parts[1:] for line in names.wrap(part, "        ")),
        ]

    def _head(self, column: Column, storage: Storage) -> str:
        domain = self.database.types.get(column.type)
        not_null = column.not_null or (domain is not None and domain.not_null)
        collation = f" collate {storage.collation}" if storage.collation else ""
        return f"{names.identifier(column.name)} {storage.sqlite}{' not null' if not_null else ''}{collation}"

    def _own_checks(self, table: Table, column: Column, storage: Storage) -> list[tuple[str, str]]:
        """What the type itself refused: (name, condition). A foreign key refuses a bad uuid already."""
        name = f"{table.name}_{column.name}"
        refers = any(
            column.name in key.columns and keys.is_ours(self.database, key)
            for key in self.database.constraints(table, "f")
        )
        checks: list[tuple[str, str]] = []
        if storage.kind is not Kind.UUID or not refers:
            checks = [
                (f"{name}_{claim}", check.format(names.identifier(column.name)))
                for claim, check in storage.checks
            ]
        domain = self.database.types.get(column.type)
        for number, check in enumerate(domain.checks if domain else (), start=1):
            try:
                text = self._domain(table, column, storage, check)
            except TranslationError as error:
                self._leave_out(f"{table.name}.{column.name} of {column.type}", error)
            else:
                checks.append((f"{name}_is_in_its_domain_{number}", text))
        return checks

    def _domain(self, table: Table, column: Column, storage: Storage, check: str) -> str:
        where = f"check of domain {column.type}, column {table.name}.{column.name}"
        self.database.rules.check(where)
        scope = _DomainScope(names.identifier(column.name), storage, where)
        text = check.removeprefix("CHECK ")
        to = Expressions(where, scope, self.database.types, self.database.rules.calls)
        found = to.translate(text)
        self.output.rewritten(
            "check", f"{table.name}.{column.name} of {column.type}", because(to, short(found.sql))
        )
        self.output.emit(to, table, re.sub(r"\bVALUE\b", lambda _: names.quoted(column.name), text), found)
        return found.sql

    def _check_or_why(self, table: Table, check: Constraint) -> str | None:
        try:
            return self._check(table, check)
        except TranslationError as error:
            self._leave_out(f"{table.name}.{check.name}", error)
            return None

    def _leave_out(self, name: str, error: TranslationError) -> None:
        """A rule that nothing keeps; the error again where all must be kept."""
        if self.database.rules.complete:
            raise error
        self.output.left_out("check", name, f"{UNKEPT}: {error}")

    def _check(self, table: Table, check: Constraint) -> str:
        where = f"check {table.name}.{check.name}"
        self.database.rules.check(where)
        parts = _CHECK.fullmatch(check.definition)
        if parts is None:
            raise TranslationError(f"{where}: cannot read {check.definition!r}")
        scope = TableScope(self.database, table, where)
        to = Expressions(where, scope, self.database.types, self.database.rules.calls)
        found = to.translate(parts["expression"])
        self.output.emit(to, table, parts["expression"], found)
        if same(found.sql, parts["expression"]):
            self.output.kept("check", f"{table.name}.{check.name}", because(to))
        else:
            self.output.rewritten("check", f"{table.name}.{check.name}", because(to, short(found.sql)))
        return f"constraint {names.identifier(check.name)} check ({found.sql})"

    def _say(self, table: Table, column: Column, storage: Storage) -> None:
        name = f"{table.name}.{column.name}"
        if storage.rewritten:
            self.output.rewritten("column", name, f"{column.type} -> {storage.sqlite}: {storage.reason}")
        else:
            self.output.kept("column", name, f"{column.type} -> {storage.sqlite}")

    def _say_derived(self, table: Table) -> None:
        for column in self.database.catalogue.columns:
            reason = self.database.derived(column)
            if reason and (column.schema, column.table) == (table.schema, table.name):
                self.output.left_out("column", f"{table.name}.{column.name}", reason)


class _DomainScope:
    """VALUE of a domain's check is the column."""

    def __init__(self, sql: str, storage: Storage, where: str) -> None:
        self._sql, self._storage, self._where = sql, storage, where

    def column(self, table: str | None, name: str) -> Value:
        if table is not None or name.upper() != "VALUE":
            raise TranslationError(f"{self._where}: unknown name {name!r}; expected VALUE")
        refuse_folded(self._storage, f"{self._where}: it")
        return stored(self._sql, self._storage)
