"""The catalogue as the translator asks it: by table, with every column's storage decided.

Pure: no I/O.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from functools import cached_property

from campaignbase.errors import InputError, TranslationError
from campaignbase.schema.catalogue import Catalogue, Column, Constraint, Index, Table, View
from campaignbase.schema.translate import kinds
from campaignbase.schema.translate.kinds import Enumeration, Kind, Storage
from campaignbase.schema.translate.names import identifier
from campaignbase.schema.translate.rules import Rules
from campaignbase.schema.translate.values import Value

_LABEL = re.compile(r"'((?:[^']|'')*)'")
_DOMAIN = re.compile(
    r"(?P<base>.+?)(?P<null> NOT NULL)?(?: DEFAULT (?P<default>.+?))?(?P<checks>(?: CHECK \(.*\))*)"
)


class Database:
    """One project's catalogue and rules.

    Raises:
        TranslationError: two tables of one name in two schemas.
        InputError: the rules speak of a column that does not exist.
    """

    def __init__(self, catalogue: Catalogue, rules: Rules) -> None:
        self.catalogue = catalogue
        self.rules = rules
        self._refuse_namesakes()
        self._refuse_strangers()

    @cached_property
    def types(self) -> kinds.Types:
        return {
            row.written: _type(row.kind, row.definition or "")
            for row in self.catalogue.types
            if row.kind in "ed"
        }

    @cached_property
    def tables(self) -> list[Table]:
        """Referenced tables first, else by name."""
        waiting = {(table.schema, table.name): table for table in self.catalogue.tables}
        needs = {key: set(self._referenced(key)) & waiting.keys() - {key} for key in waiting}
        found: list[Table] = []
        while waiting:
            ready = [key for key in waiting if not needs[key] & waiting.keys()] or list(waiting)
            first = min(ready, key=lambda key: (key[1], key[0]))
            found.append(waiting.pop(first))
        return found

    def columns(self, table: Table) -> list[Column]:
        return [
            column
            for column in self.catalogue.columns
            if (column.schema, column.table) == (table.schema, table.name) and not self.derived(column)
        ]

    def constraints(self, table: Table, kind: str) -> list[Constraint]:
        return [
            constraint
            for constraint in self.catalogue.constraints
            if (constraint.schema, constraint.table, constraint.kind) == (table.schema, table.name, kind)
        ]

    def indexes(self, table: Table) -> list[Index]:
        return [
            index
            for index in self.catalogue.indexes
            if (index.schema, index.table) == (table.schema, table.name) and index.of_constraint is None
        ]

    def derived(self, column: Column) -> str | None:
        """Why a column is left out altogether; None when it is not."""
        if column.generated is None or f"{column.table}.{column.name}" in self.rules.columns:
            return None
        return kinds.DERIVED.get(column.type)

    def storage(self, column: Column) -> Storage:
        given = self.rules.columns.get(f"{column.table}.{column.name}")
        if given is not None:
            return given
        found = kinds.storage(column.type, self.types, f"column {column.table}.{column.name}")
        if found.kind is Kind.DECIMAL and column.generated is not None:
            return kinds.real("computed")
        return found

    def declared(self, column: Column) -> str:
        """The type of a column, of a domain the type below it."""
        domain = self.types.get(column.type)
        return domain.base if domain is not None and domain.kind == "d" else column.type

    def has_table(self, schema: str | None, name: str | None) -> bool:
        return any((table.schema, table.name) == (schema, name) for table in self.catalogue.tables)

    def _referenced(self, key: tuple[str, str]) -> Iterator[tuple[str, str]]:
        for constraint in self.catalogue.constraints:
            if (constraint.schema, constraint.table) == key and constraint.referenced_table is not None:
                yield str(constraint.referenced_schema), constraint.referenced_table

    def _refuse_strangers(self) -> None:
        columns = {f"{column.table}.{column.name}" for column in self.catalogue.columns}
        for name in sorted(self.rules.columns.keys() - columns):
            near = get_close_matches(name, columns, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise InputError(f"--column {name}: no table has this column{hint}")

    def _refuse_namesakes(self) -> None:
        seen: dict[str, str] = {}
        relations: Sequence[Table | View] = (*self.catalogue.tables, *self.catalogue.views)
        for relation in relations:
            if relation.name in seen:
                raise TranslationError(
                    f"table {relation.schema}.{relation.name}: {seen[relation.name]}.{relation.name} has the "
                    f"same name, and SQLite has one namespace; rename one of them"
                )
            seen[relation.name] = relation.schema


class TableScope:
    """The columns of one table, for its checks, defaults and indexes."""

    def __init__(self, database: Database, table: Table, where: str) -> None:
        self._where = where
        self._storage = {column.name: database.storage(column) for column in database.columns(table)}

    def column(self, table: str | None, name: str) -> Value:
        if table is not None or name not in self._storage:
            raise TranslationError(
                f"{self._where}: unknown column {name!r}; expected one of {', '.join(self._storage)}"
            )
        refuse_folded(self._storage[name], f"{self._where}: {name}")
        return stored(identifier(name), self._storage[name])


def refuse_folded(storage: Storage, where: str) -> None:
    """Raises TranslationError for text that ignores case, which each engine compares in its own way."""
    if storage.collation is not None:
        raise TranslationError(f"{where} ignores case, which expressions over it would not do alike")


def stored(sql: str, storage: Storage) -> Value:
    """A column as a value."""
    return Value(
        sql,
        storage.kind,
        exact=storage.kind is Kind.DECIMAL and storage.sqlite == "text",
        integral=storage.sqlite == "integer",
        element=storage.element,
    )


def _type(kind: str, definition: str) -> Enumeration:
    if kind == "e":
        return Enumeration("e", tuple(label.replace("''", "'") for label in _LABEL.findall(definition)))
    parts = _DOMAIN.fullmatch(definition)
    if parts is None:
        raise TranslationError(f"domain {definition!r}: cannot read its definition")
    checks = tuple(check.strip() for check in parts["checks"].split(" CHECK ") if check.strip())
    return Enumeration(
        "d", base=parts["base"], checks=checks, not_null=parts["null"] is not None, default=parts["default"]
    )
