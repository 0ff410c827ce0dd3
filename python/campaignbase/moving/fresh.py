"""Is the workspace `default` as a new database has it: the default vocabulary, and nothing written since?"""

from contextlib import closing

from campaignbase.models import DEFAULT_WORKSPACE_ID
from campaignbase.moving.shape import Table, tables
from campaignbase.moving.sides import Source
from campaignbase.moving.sqlite_side import SqliteSide
from campaignbase.moving.values import fingerprint

# what machines make of the rows by themselves, and keep to save work
_LEFT_OUT = frozenset({"jobs", "cache_entries"})
_NOT_COMPARED = frozenset(
    {"id", "created_at", "updated_at", "embedding", "embedding_model", "content_hash", "vocabulary_version"}
)


def is_fresh(side: Source) -> bool:
    """Also where a worker embedded the vocabulary. False without such a workspace."""
    with closing(SqliteSide(":memory:", creates=True, emptied=False)) as made:
        return all(_same(table, side, made) for table in tables() if table.name not in _LEFT_OUT)


def _same(table: Table, side: Source, made: Source) -> bool:
    expected = _told(table, made)
    if expected:
        return _told(table, side) == expected
    with closing(side.rows(table, [DEFAULT_WORKSPACE_ID])) as rows:  # type: ignore[type-var]
        return next(rows, None) is None


def _told(table: Table, side: Source) -> list[bytes]:
    """What each row says, its parent by name, in no order of theirs."""
    rows = list(side.rows(table, [DEFAULT_WORKSPACE_ID]))
    names = {row[table.place("id")]: row[table.place("name")] for row in rows} if table.parent else {}
    return sorted(
        fingerprint(
            table,
            tuple(
                names.get(value)
                if column.name == table.parent
                else None
                if column.name in _NOT_COMPARED
                else value
                for column, value in zip(table.columns, row, strict=True)
            ),
        )
        for row in rows
    )
