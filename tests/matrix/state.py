"""Which versions of which rows each workspace has: two readings tell whose rows were changed in between."""

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql
from tests.matrix.catalogue import Catalogue
from tests.matrix.world import SHARED, shared, uid

NAMES = ("A", "B", "new")  # `new`: how many workspaces there are


def read(connection: psycopg.Connection[Any], query: sql.Composed) -> Mapping[str, object]:
    row = connection.execute(query).fetchone()
    assert row is not None
    return dict(zip(NAMES, row, strict=True))


def changed(before: Mapping[str, object], after: Mapping[str, object]) -> frozenset[str]:
    return frozenset(name for name in after if after[name] != before[name])


def query(catalogue: Catalogue) -> sql.Composed:
    def of(workspace: str) -> sql.Composed:
        parts = [
            sql.SQL("select tableoid, ctid, xmin from {} where {}").format(
                sql.Identifier(*relation.name.split(".")),
                _belongs(relation.name, relation.owned, workspace),
            )
            for relation in catalogue.relations.values()
            if relation.kind == "r"
        ]
        return sql.SQL(
            "(select string_agg(concat_ws(' ', tableoid, ctid, xmin), ',' order by tableoid, ctid)"
            " from ({}) as versions)"
        ).format(sql.SQL(" union all ").join(parts))

    return sql.SQL("select {}, {}, (select count(*) from public.workspaces)").format(of("A"), of("B"))


def _belongs(table: str, owned: bool, workspace: str) -> sql.Composed:
    home = uid(workspace, 1)
    if table in SHARED:
        return sql.SQL("starts_with({}, {})").format(
            sql.Identifier(SHARED[table]), sql.Literal(shared(workspace))
        )
    if table == "public.workspaces":
        return sql.SQL("id = {}").format(sql.Literal(home))
    if table == "storage.objects":
        return sql.SQL("name like {}").format(sql.Literal(f"{home}/%"))
    if owned:
        return sql.SQL("workspace_id = {}").format(sql.Literal(home))
    raise AssertionError(f"tests/matrix/state.py: whose rows are those of {table}?")
