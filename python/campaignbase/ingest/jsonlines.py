"""One JSON object a line. Pure."""

import json
from typing import Any

from campaignbase.errors import InputError
from campaignbase.ingest.records import BadRow, Record, Table

_KINDS = {list: "a list", str: "a text", int: "a number", float: "a number", bool: "true or false"}


def parse(text: str, name: str) -> Table:
    """Blank lines are passed over; a line that is no object is a bad row.

    Raises:
        InputError: nothing but blank lines.
    """
    table = Table(name, ())
    columns: dict[str, None] = {}
    # only these end a line: JSON texts may hold U+2028 and the like
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        place = f"{name}:{number}"
        try:
            value = json.loads(line, parse_constant=_refuse_constant, object_pairs_hook=without_doubles)
        except json.JSONDecodeError as error:
            table.bad.append(BadRow(place, f"not JSON at character {error.pos + 1}: {error.msg}"))
            continue
        except (ValueError, RecursionError) as error:  # a constant, a number too long, nested too deep
            table.bad.append(BadRow(place, f"not JSON that can be stored: {error}"))
            continue
        if not isinstance(value, dict):
            table.bad.append(BadRow(place, f"expected an object, got {_KINDS.get(type(value), 'null')}"))
            continue
        columns.update(dict.fromkeys(value))
        table.records.append(Record(place, value))
    if not (table.records or table.bad):
        raise InputError(f"{name} is empty; expected at least one row")
    table.columns = tuple(columns)
    return table


def without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """For json.loads, which would keep the last of two values and say nothing.

    Raises:
        ValueError: a key comes twice in one object.
    """
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} comes twice in one object; keep one")
        found[key] = value
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")
