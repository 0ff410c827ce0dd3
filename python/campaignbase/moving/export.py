"""Everything of one workspace as files: a jsonl a table, in forms that anything reads.

The same rows give the same bytes, whichever database they are in. Rows go from the database to the file one
by one.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from campaignbase.moving.shape import Column, Kind, Table, tables
from campaignbase.moving.sides import Source

# table, or table.column: why it is not in an export
LEFT_OUT = {
    "jobs": "the queue; a row that waits says so in label_state",
    "cache_entries": "made again when needed",
    "reservations": "of answers under way; what they cost at most is in daily_spending",
    "model_batches": "questions that wait with a provider, who answers the worker that asked",
    "spare_vectors": "made from the texts again",
    "webhook_secrets": "a secret",
    "api_key_secrets": "a secret",
    "invitations.token_hashes": "a secret",
}
VECTORS = "made from the texts again; --vectors includes them"
_NEEDS_VECTORS = ("trained_heads", "trained_head_labels")


@dataclass(frozen=True)
class TableFile:
    name: str
    file: str  # below the folder
    rows: int
    sha256: str  # of the file
    columns: dict[str, Kind]


def wanted(vectors: bool) -> list[Table]:
    """What is exported: tables with the columns that are."""
    found = []
    for table in tables():
        if table.name in LEFT_OUT or (table.name in _NEEDS_VECTORS and not vectors):
            continue
        columns = tuple(column for column in table.columns if _is_told(table, column, vectors))
        found.append(replace(table, columns=columns))
    return found


def left_out(vectors: bool) -> dict[str, str]:
    """Why, by table or table.column."""
    if vectors:
        return dict(LEFT_OUT)
    columns = {
        f"{table.name}.{column.name}": VECTORS
        for table in tables()
        for column in table.columns
        if column.kind == "vector" and table.name not in _NEEDS_VECTORS
    }
    return {**LEFT_OUT, **columns, **dict.fromkeys(_NEEDS_VECTORS, VECTORS)}


def write_tables(
    source: Source,
    workspace_id: str,
    folder: Path,
    *,
    vectors: bool = False,
    on_table: Callable[[str, int], None] = lambda _table, _rows: None,
) -> list[TableFile]:
    """A file a table, also where it has no rows.

    Raises:
        NotConfiguredError: the database has the schema of another version.
        UnreachableError: it stopped answering.
        OSError: a file cannot be written.
    """
    source.check()
    written = []
    with source.snapshot():
        for table in wanted(vectors):
            written.append(_write(source, table, workspace_id, folder))
            on_table(table.name, written[-1].rows)
    return written


def write_lines(file: Path, lines: list[dict[str, Any]]) -> str:
    """The sha256 of what is in it then."""
    content = "".join(_line(line) for line in lines).encode()
    file.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def _write(source: Source, table: Table, workspace_id: str, folder: Path) -> TableFile:
    columns = {column.name: column.kind for column in table.columns}
    tellers = [_TELL.get(column.kind, _same) for column in table.columns]
    whole, rows = hashlib.sha256(), 0
    file = f"{table.name}.jsonl"
    with (folder / file).open("wb") as out:
        for row in source.rows(table, [workspace_id]):
            values = (
                None if value is None else tell(value) for tell, value in zip(tellers, row, strict=True)
            )
            line = _line(dict(zip(columns, values, strict=True))).encode()
            whole.update(line)
            out.write(line)
            rows += 1
    return TableFile(table.name, file, rows, whole.hexdigest(), columns)


def _line(values: dict[str, Any]) -> str:
    return f"{json.dumps(values, ensure_ascii=False)}\n"


def _is_told(table: Table, column: Column, vectors: bool) -> bool:
    return f"{table.name}.{column.name}" not in LEFT_OUT and (vectors or column.kind != "vector")


def _same(value: Any) -> Any:
    return value


def _sorted(text: str) -> Any:
    """Postgres keeps the keys of an object in an order of its own."""
    return json.loads(json.dumps(json.loads(text), sort_keys=True))


# numeric stays decimal text, as money is no float
_TELL: dict[Kind, Callable[[Any], Any]] = {
    "json": _sorted,
    "real": lambda value: float(str(np.float32(value))),  # Postgres keeps four bytes
    "vector": lambda blob: np.frombuffer(blob, dtype="<f4").tolist(),
}
