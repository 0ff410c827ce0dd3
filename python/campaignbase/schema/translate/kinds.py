"""Types as data: what each Postgres type becomes in a STRICT SQLite table, and what keeps it honest.

Pure: no I/O.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from campaignbase.errors import TranslationError


class Kind(Enum):
    """What a value means to an expression, whatever it is stored as."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    BIGINT = "bigint"
    REAL = "floating point number"
    DECIMAL = "numeric"
    TEXT = "text"
    ENUM = "enum"
    UUID = "uuid"
    TIMESTAMPTZ = "timestamp with time zone"
    TIMESTAMP = "timestamp"
    DATE = "date"
    TIME = "time"
    JSON = "jsonb"
    ARRAY = "array"
    BYTES = "bytes"
    INTERVAL = "interval"
    NULL = "null"
    OPAQUE = "a type given by the caller"


INTEGERS = frozenset({Kind.INTEGER, Kind.BIGINT})
# each takes in the ones before it
NUMBER_ORDER = (Kind.INTEGER, Kind.BIGINT, Kind.DECIMAL, Kind.REAL)
NUMBERS = frozenset(NUMBER_ORDER)
STRINGS = frozenset({Kind.TEXT, Kind.ENUM})
BOOLEANS = frozenset({Kind.BOOLEAN, Kind.NULL})
ORDERED = NUMBERS | {Kind.TIMESTAMPTZ, Kind.TIMESTAMP, Kind.DATE, Kind.TIME}
# kinds whose values may be compared with each other
COMPARABLE = (STRINGS, NUMBERS, {Kind.UUID}, {Kind.BOOLEAN}, {Kind.BYTES}, *({kind} for kind in ORDERED))
UNCOMPARED = frozenset({Kind.JSON, Kind.ARRAY, Kind.OPAQUE, Kind.INTERVAL})


@dataclass(frozen=True)
class Storage:
    """A column's type in SQLite.

    `checks` are (claim, expression with {0} for the column): the claim names the constraint, as in
    `<table>_<column>_<claim>`. `base` is the type without length, None when nothing was changed.
    """

    kind: Kind
    sqlite: str
    checks: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    collation: str | None = None
    element: Kind | None = None  # of an array
    rewritten: bool = True


_DIGIT = "[0-9]"
_FRACTION = "." + _DIGIT * 6
_SECONDS = "coalesce(strftime('{format}', substr({{0}}, 1, {width}), '+0 days'), '')"
# json_valid(null) is 0 before SQLite 3.45, and json_type fails on what is no JSON
_IS_ARRAY = "iif(json_valid({0}), json_type({0}) = 'array', {0} is null)"
_IS_JSON = "{0} is null or json_valid({0})"


def _moment(pattern: str, width: int, tail: str) -> str:
    # the modifier makes SQLite compute the date, so that February 30 is not one
    return f"{{0}} glob {_SECONDS.format(format=pattern, width=width)} || '{tail}'"


_TIMESTAMPTZ = Storage(
    Kind.TIMESTAMPTZ,
    "text",
    (("is_a_timestamp", _moment("%Y-%m-%dT%H:%M:%S", 19, f"{_FRACTION}Z")),),
    "text YYYY-MM-DDTHH:MM:SS.ffffffZ, always UTC, so that text order is time order; no infinity",
)
_BOOLEAN = Storage(Kind.BOOLEAN, "integer", (("is_a_boolean", "{0} in (0, 1)"),), "0 or 1")
_JSON = Storage(Kind.JSON, "text", (("is_json", _IS_JSON),), "JSON text, kept as written, not normalized")
_INTEGER = Storage(Kind.INTEGER, "integer", (), "holds 64 bits, so a number beyond its type is not refused")
_REAL = Storage(Kind.REAL, "real", (), "8 bytes wide")
_TEXT = Storage(Kind.TEXT, "text", rewritten=False)
_TIME = Storage(
    Kind.TIME, "text", (("is_a_time", _moment("%H:%M:%S", 8, _FRACTION)),), "text HH:MM:SS.ffffff"
)

# by the name `format_type` prints, without length
TYPES: Mapping[str, Storage] = {
    "text": _TEXT,
    "character varying": _TEXT,
    "uuid": Storage(
        Kind.UUID,
        "text",
        (("is_a_uuid", "length({0}) = 36 and {0} not glob '*[^-0-9a-f]*'"),),
        "36 characters of lower-case text",
    ),
    "boolean": _BOOLEAN,
    "smallint": _INTEGER,
    "integer": _INTEGER,
    "bigint": Storage(Kind.BIGINT, "integer", rewritten=False),
    "real": _REAL,
    "double precision": Storage(Kind.REAL, "real", rewritten=False),
    "timestamp with time zone": _TIMESTAMPTZ,
    "timestamp without time zone": Storage(
        Kind.TIMESTAMP,
        "text",
        (("is_a_timestamp", _moment("%Y-%m-%dT%H:%M:%S", 19, _FRACTION)),),
        "text YYYY-MM-DDTHH:MM:SS.ffffff without a zone, so that text order is time order",
    ),
    "date": Storage(
        Kind.DATE,
        "text",
        (("is_a_date", "{0} glob coalesce(date({0}, '+0 days'), 'no date')"),),
        "text YYYY-MM-DD",
    ),
    "time without time zone": _TIME,
    "jsonb": _JSON,
    "json": _JSON,
    "bytea": Storage(Kind.BYTES, "blob", (), "blob"),
    "citext": Storage(
        Kind.TEXT, "text", (), "text collate nocase: only the letters a to z ignore case", "nocase"
    ),
}
# what a column may be given by name, when its own type has no counterpart
GIVEN: Mapping[str, Storage] = {
    name: Storage(Kind.OPAQUE, name, (), f"stored as {name}: given by the caller")
    for name in ("text", "integer", "real", "blob")
}
# whose defining data is elsewhere: generated columns of these types are left out
DERIVED: Mapping[str, str] = {
    "tsvector": "full text search is built differently in SQLite (FTS5); the column is computed from others"
}

_NUMERIC = re.compile(r"numeric(?:\((\d+),(-?\d+)\))?")
_CHARACTER = re.compile(r"character(?: varying)?\((\d+)\)")
_VECTOR = re.compile(r"(?:\w+\.)?(vector|halfvec)\((\d+)\)")
_PRECISION = re.compile(r"\(\d\)(?= with|$)")
_ELEMENT_BYTES = {"vector": 4, "halfvec": 2}
DECIMAL_SHAPE = (
    "{0} glob '*[0-9]' and {0} not glob '*[^.0-9-]*' and {0} not glob '*?-*' and {0} not glob '*.*.*'"
)


@dataclass(frozen=True)
class Enumeration:
    """An enum or a domain of the database, by its qualified name."""

    kind: str  # e enum, d domain
    labels: tuple[str, ...] = ()
    base: str = ""  # of a domain
    checks: tuple[str, ...] = ()  # of a domain: expressions over VALUE
    not_null: bool = False
    default: str | None = None


Types = Mapping[str, Enumeration]


def storage(declared: str, types: Types, where: str) -> Storage:
    """How a column of Postgres type `declared` is stored.

    Args:
        declared: as `format_type` prints it under an empty search path.
        where: the column, for the error.
    Raises:
        TranslationError: a type that is not in the tables.
    """
    if declared.endswith("[]"):
        return _array(declared, types, where)
    if (custom := types.get(declared)) is not None:
        return _custom(custom, types, where)
    if numeric := _NUMERIC.fullmatch(declared):
        return _decimal(numeric[1], numeric[2])
    if character := _CHARACTER.fullmatch(declared):
        return _bounded(declared, int(character[1]))
    if vector := _VECTOR.fullmatch(declared):
        size = int(vector[2]) * _ELEMENT_BYTES[vector[1]]
        return Storage(
            Kind.BYTES,
            "blob",
            (("is_a_vector", f"length({{0}}) = {size}"),),
            f"blob of {size} bytes: {vector[2]} little-endian floats of {_ELEMENT_BYTES[vector[1]]} bytes",
        )
    name = _PRECISION.sub("", declared)
    found = TYPES.get(name) or TYPES.get(name.rpartition(".")[2] if name.endswith(".citext") else "")
    if found is None:
        hint = f": --column {where.removeprefix('column ')}=text" if where.startswith("column ") else ""
        raise TranslationError(
            f"{where}: unknown type {declared!r}; expected one of {', '.join(sorted(TYPES))}, numeric, "
            f"character, vector, an array, enum or domain of these; change the type, or say how to store "
            f"the column{hint}"
        )
    return found


def real(rounding: str) -> Storage:
    """A numeric column as a plain floating point number; `rounding` says who rounds it."""
    return Storage(Kind.REAL, "real", (), f"a floating point number, {rounding}")


def _array(declared: str, types: Types, where: str) -> Storage:
    element = storage(declared.removesuffix("[]"), types, where)
    if element.kind in (Kind.BYTES, Kind.ARRAY):
        raise TranslationError(f"{where}: an array of {declared.removesuffix('[]')!r} has no JSON form")
    return Storage(
        Kind.ARRAY,
        "text",
        (("is_an_array", _IS_ARRAY),),
        "text holding a JSON array; the type of its elements is not checked",
        element=element.kind,
    )


def _custom(custom: Enumeration, types: Types, where: str) -> Storage:
    if custom.kind == "e":
        quoted = ("'" + label.replace("'", "''") + "'" for label in custom.labels)
        labels = ", ".join(quoted).replace("{", "{{").replace("}", "}}")
        return Storage(Kind.ENUM, "text", (("is_known", f"{{0}} in ({labels})"),), "text, one of the labels")
    base = storage(custom.base, types, where)
    return Storage(
        base.kind, base.sqlite, base.checks, f"the domain's {custom.base}", base.collation, base.element
    )


def _decimal(precision: str | None, scale: str | None) -> Storage:
    shape = DECIMAL_SHAPE
    if precision is None or scale is None:
        return Storage(
            Kind.DECIMAL, "text", (("is_a_number", shape),), "decimal text, so that it stays exact"
        )
    whole, digits = int(precision) - int(scale), int(scale)
    if digits < 0:
        digits = 0
    fraction = f" and {{0}} not glob '*.{'?' * (digits + 1)}*'" if digits else " and {0} not glob '*.*'"
    return Storage(
        Kind.DECIMAL,
        "text",
        (
            ("is_a_number", shape + fraction),
            ("is_in_range", f"abs(cast({{0}} as real)) < 1e{whole}"),
        ),
        f"decimal text, so that it stays exact; more than {digits} decimals are refused, not rounded",
    )


def _bounded(declared: str, length: int) -> Storage:
    padding = "" if "varying" in declared else "; not padded with spaces"
    return Storage(
        Kind.TEXT,
        "text",
        (("fits", f"length({{0}}) <= {length}"),),
        f"text with a check of its length{padding}",
    )
