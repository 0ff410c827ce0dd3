"""Small catalogues made by hand, as Postgres would print them."""

from collections.abc import Sequence
from typing import Any

from campaignbase.schema.catalogue import (
    Catalogue,
    Column,
    Constraint,
    Function,
    Grant,
    Index,
    Policy,
    Publication,
    Schema,
    Table,
    Trigger,
    Type,
    View,
)
from campaignbase.schema.catalogue import (
    Sequence as Counter,
)


def catalogue(
    *,
    tables: Sequence[str] = (),
    columns: Sequence[Column] = (),
    constraints: Sequence[Constraint] = (),
    indexes: Sequence[Index] = (),
    functions: Sequence[Function] = (),
    triggers: Sequence[Trigger] = (),
    views: Sequence[View] = (),
    types: Sequence[Type] = (),
    sequences: Sequence[Counter] = (),
    policies: Sequence[Policy] = (),
    grants: Sequence[Grant] = (),
    publications: Sequence[Publication] = (),
) -> Catalogue:
    return Catalogue(
        schemas=(Schema("public", "postgres", None),),
        types=tuple(types),
        sequences=tuple(sequences),
        tables=tuple(table(name) for name in tables),
        columns=tuple(columns),
        constraints=tuple(constraints),
        indexes=tuple(indexes),
        views=tuple(views),
        functions=tuple(functions),
        triggers=tuple(triggers),
        policies=tuple(policies),
        grants=tuple(grants),
        publications=tuple(publications),
    )


def table(name: str) -> Table:
    schema, _, bare = name.rpartition(".")
    return Table(schema, bare, False, False, "d", "postgres", [], None)


def column(name: str, kind: str, **fields: Any) -> Column:
    """`name` is schema.table.column."""
    schema, of, bare = name.split(".")
    said = {"position": 1, "not_null": False, "default": None, "generated": None, "identity": ""}
    return Column(schema, of, bare, type=kind, **{**said, "collation": None, "comment": None, **fields})


def constraint(name: str, kind: str, definition: str, columns: Sequence[str], refers: str = "") -> Constraint:
    """`name` is schema.table.constraint, `refers` schema.table.column."""
    schema, of, bare = name.split(".")
    there = refers.split(".") if refers else [None, None, None]
    referenced = [str(there[2])] if refers else []
    return Constraint(
        schema, of, bare, kind, definition, list(columns), there[0], there[1], referenced, True, None
    )


def index(name: str, definition: str, keys: Sequence[str], **fields: Any) -> Index:
    """`name` is schema.table.index."""
    schema, of, bare = name.split(".")
    said = {"method": "btree", "unique": False, "nulls_not_distinct": False, "predicate": None}
    rest = {"of_constraint": None, "definition": definition, "comment": None}
    return Index(schema, of, bare, keys=list(keys), **{**said, **rest, **fields})


def function(name: str) -> Function:
    schema, bare = name.split(".")
    rest: dict[str, Any] = {
        "arguments": "", "arguments_with_defaults": "", "result": "void", "language": "plpgsql", "kind": "f",
        "volatility": "v", "security_definer": False, "strict": False, "leakproof": False, "parallel": "u",
        "cost": 100.0, "rows": 0.0, "settings": [], "owner": "postgres", "body": "", "comment": None,
    }  # fmt: skip
    return Function(schema, bare, **rest)


def trigger(name: str, calls: str) -> Trigger:
    """`name` is schema.table.trigger."""
    schema, of, bare = name.split(".")
    return Trigger(schema, of, bare, calls, "O", "", None)
