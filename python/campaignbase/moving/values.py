"""A row on its way: plain values that mean the same on both engines, and its fingerprint.

text, uuid, timestamp (YYYY-MM-DDTHH:MM:SS.ffffffZ), date (YYYY-MM-DD), number (decimal text, no zeros at
its end), json (as text): str; integer: int; real: float; boolean: bool; array: list of str; vector:
little-endian float32.
"""

import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import numpy as np

from campaignbase.moving.shape import Kind, Table

Values = tuple[Any, ...]


def fingerprint(table: Table, row: Values) -> bytes:
    """sha256 of the row: equal on both engines where the rows say the same."""
    told = [_told(column.kind, value) for column, value in zip(table.columns, row, strict=True)]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).digest()


def plain_number(text: str) -> str:
    """1.50 as 1.5, 100 as 100, 1e3 as 1000, -0.0 as 0."""
    number = format(Decimal(text), "f")
    number = number.rstrip("0").rstrip(".") if "." in number else number
    return "0" if number in ("-0", "") else number


def key_of(table: Table, row: Values) -> tuple[str, ...]:
    return tuple(row[table.place(column)] for column in table.key)


def order_of(table: Table, row: Values) -> tuple[Any, ...]:
    """Rows come in this order on both sides."""
    first = () if table.parent is None else (row[table.place(table.parent)] is not None,)
    return (*first, *(word.encode() for word in key_of(table, row)))


def together(fingerprints: Iterable[bytes]) -> str:
    """One hash of a whole table, by its rows in order."""
    whole = hashlib.sha256()
    for one in fingerprints:
        whole.update(one)
    return whole.hexdigest()


def _told(kind: Kind, value: Any) -> Any:
    if value is None:
        return None
    match kind:
        case "real":  # Postgres keeps four bytes, or two places
            return float(np.float32(value))
        case "number":
            return plain_number(value)
        case "json":
            return json.loads(value, parse_float=_number, parse_int=_number)
        case "vector":
            return hashlib.sha256(value).hexdigest()
    return value


def _number(text: str) -> list[str]:
    return ["number", plain_number(text)]
