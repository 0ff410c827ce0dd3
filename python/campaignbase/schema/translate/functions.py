"""What may be called, cast and matched, as data: Postgres on the left, SQLite on the right.

What is not here is refused. Pure: no I/O.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from campaignbase.schema.translate.kinds import Kind
from campaignbase.schema.translate.values import AND, COMPARE, OR, PRIMARY

T, E, N, R, D, B = Kind.TEXT, Kind.ENUM, Kind.INTEGER, Kind.REAL, Kind.DECIMAL, Kind.BOOLEAN
ASCII_CASE = "only the letters a to z change case: É and é stay different"
ASCII_MATCH = "only the letters a to z match in either case"
STORE_FOLDS = f"{ASCII_CASE}; the store folds the others before it writes"
ASCII_ONLY = frozenset({ASCII_CASE, ASCII_MATCH, STORE_FOLDS})


@dataclass(frozen=True)
class Function:
    """One signature: the kinds of its arguments and the SQLite text with {0}, {1} for them."""

    arguments: tuple[Kind, ...]
    result: Kind
    sql: str
    level: int = PRIMARY
    note: str | None = None

    @property
    def plain(self) -> bool:
        """A call that separates its arguments by commas, so that they need no parentheses."""
        return re.fullmatch(r"\w+\(\{0\}(, \{\d\})*\)", self.sql) is not None


# names as Postgres prints them; those of our own schemas stand in the rules of a project
FUNCTIONS: Mapping[str, tuple[Function, ...]] = {
    "char_length": (Function((T,), N, "length({0})"),),
    "character_length": (Function((T,), N, "length({0})"),),
    "length": (Function((T,), N, "length({0})"), Function((Kind.BYTES,), N, "length({0})")),
    "octet_length": (
        Function((T,), N, "length(cast({0} as blob))"),
        Function((Kind.BYTES,), N, "length({0})"),
    ),
    "btrim": (Function((T,), T, "trim({0})"), Function((T, T), T, "trim({0}, {1})")),
    "ltrim": (Function((T,), T, "ltrim({0})"), Function((T, T), T, "ltrim({0}, {1})")),
    "rtrim": (Function((T,), T, "rtrim({0})"), Function((T, T), T, "rtrim({0}, {1})")),
    "lower": (Function((T,), T, "lower({0})", note=ASCII_CASE),),
    "upper": (Function((T,), T, "upper({0})", note=ASCII_CASE),),
    "replace": (Function((T, T, T), T, "replace({0}, {1}, {2})"),),
    "strpos": (Function((T, T), N, "instr({0}, {1})"),),
    "starts_with": (Function((T, T), B, "substr({0}, 1, length({1})) = {1}", COMPARE),),
    "abs": (
        Function((N,), N, "abs({0})"),
        Function((D,), D, "abs({0})"),
        Function((R,), R, "abs({0})"),
    ),
    "round": (Function((D,), D, "round({0})"), Function((D, N), D, "round({0}, {1})")),
    "cardinality": (Function((Kind.ARRAY,), N, "json_array_length({0})"),),
    "jsonb_build_array": (Function((T,), Kind.JSON, "json_array({0})"),),
    "jsonb_typeof": (
        Function(
            (Kind.JSON,),
            T,
            "case json_type({0}) when 'true' then 'boolean' when 'false' then 'boolean'"
            " when 'integer' then 'number' when 'real' then 'number' when 'text' then 'string'"
            " else json_type({0}) end",
        ),
    ),
}
FUNCTIONS = {**FUNCTIONS, "json_typeof": FUNCTIONS["jsonb_typeof"]}

CLOCK = "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')"
NOW = frozenset(
    {"now", "current_timestamp", "transaction_timestamp", "statement_timestamp", "clock_timestamp"}
)
TODAY = "date('now')"
UUIDS = frozenset({"gen_random_uuid", "uuid_generate_v4", "extensions.uuid_generate_v4"})
UUID = (
    "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)"
    " || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2)"
    " || '-' || hex(randomblob(6)))"
)

# (from, to): the SQLite text; a string literal is read as its new kind instead
CASTS: Mapping[tuple[Kind, Kind], str] = {
    **{(kind, kind): "{0}" for kind in Kind if kind not in (Kind.NULL, Kind.OPAQUE, Kind.INTERVAL)},
    **{(integer, kind): "{0}" for integer in (N, Kind.BIGINT) for kind in (N, Kind.BIGINT, D, R)},
    (R, D): "{0}",
    (D, R): "{0}",
    (E, T): "{0}",
    (Kind.UUID, T): "{0}",
    (N, T): "cast({0} as text)",
    (Kind.BIGINT, T): "cast({0} as text)",
    (Kind.TIMESTAMPTZ, Kind.DATE): "substr({0}, 1, 10)",
    (Kind.TIMESTAMP, Kind.DATE): "substr({0}, 1, 10)",
}
CAST_NOTES: Mapping[tuple[Kind, Kind], str] = {
    (Kind.TIMESTAMPTZ, Kind.DATE): "the day in UTC, whatever the session's time zone",
}
# what sqlglot calls a type, and what Postgres does
TYPE_NAMES: Mapping[str, str] = {
    "bool": "boolean",
    "bpchar": "text",
    "char": "character",
    "decimal": "numeric",
    "double": "double precision",
    "float": "real",
    "int": "integer",
    "json": "json",
    "jsonb": "jsonb",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "time": "time without time zone",
    "varbinary": "bytea",
    "varchar": "character varying",
}

# date_trunc(unit, x): what is left of the text, what follows it
TRUNCATED: Mapping[str, tuple[int, str]] = {
    "year": (4, "-01-01T00:00:00.000000"),
    "month": (7, "-01T00:00:00.000000"),
    "day": (10, "T00:00:00.000000"),
    "hour": (13, ":00:00.000000"),
    "minute": (16, ":00.000000"),
    "second": (19, ".000000"),
}
# extract(unit from x): where the number stands
EXTRACTED: Mapping[str, tuple[int, int]] = {
    "year": (1, 4),
    "month": (6, 2),
    "day": (9, 2),
    "hour": (12, 2),
    "minute": (15, 2),
}
IN_UTC = "in UTC, whatever the session's time zone"


@dataclass(frozen=True)
class Pattern:
    """A regular expression written with glob; {0} is the text, in parentheses where needed."""

    sql: str
    level: int = AND


def _only(letters: str, *, first: str = "") -> Pattern:
    """One letter or more, all of these; `first`: the set of the first one where it is smaller."""
    start = f"{{0}} glob '[{first}]*'" if first else "{0} <> ''"
    return Pattern(f"{start} and {{0}} not glob '*[^{letters}]*'")


def _times(letters: str, count: int, *, before: str = "") -> Pattern:
    return Pattern(f"{{0}} glob '{before}{f'[{letters}]' * count}'", COMPARE)


_SLUG = Pattern(
    "{0} glob '[a-z0-9]*' and {0} glob '*[a-z0-9]' and {0} not glob '*[^a-z0-9-]*' and {0} not glob '*--*'"
)
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
# one @; before it the first set; after it the second set, its last dot before two letters or more
_EMAIL = Pattern(
    "{0} glob '?*@?*.*[A-Za-z][A-Za-z]' and {0} not glob '*@*@*'"
    " and substr({0}, 1, instr({0}, '@') - 1) not glob '*[^A-Za-z0-9._%+-]*'"
    " and substr({0}, instr({0}, '@') + 1) not glob '*[^A-Za-z0-9.-]*'"
    f" and rtrim({{0}}, '{_LETTERS}') glob '*@?*.'"
    f" and length({{0}}) - length(rtrim({{0}}, '{_LETTERS}')) >= 2"
)
PATTERNS: Mapping[str, Pattern] = {
    "^[a-z][a-z0-9_]*$": _only("a-z0-9_", first="a-z"),
    "^[a-z][a-z0-9-]*$": _only("a-z0-9-", first="a-z"),
    "^[a-z_][a-z0-9_]*$": _only("a-z0-9_", first="a-z_"),
    "^[A-Za-z][A-Za-z0-9_]*$": _only("A-Za-z0-9_", first="A-Za-z"),
    "^[a-zA-Z][a-zA-Z0-9_]*$": _only("a-zA-Z0-9_", first="a-zA-Z"),
    "^[a-z0-9]+$": _only("a-z0-9"),
    "^[a-z0-9_]+$": _only("a-z0-9_"),
    "^[a-z0-9-]+$": _only("a-z0-9-"),
    "^[a-z0-9_-]+$": _only("a-z0-9_-"),
    "^[A-Za-z0-9_]+$": _only("A-Za-z0-9_"),
    "^[a-zA-Z0-9_]+$": _only("a-zA-Z0-9_"),
    "^[a-zA-Z0-9_-]+$": _only("a-zA-Z0-9_-"),
    "^[0-9]+$": _only("0-9"),
    "^[A-Z]{2}$": _times("A-Z", 2),
    "^[A-Z]{3}$": _times("A-Z", 3),
    "^[a-z]{2}$": _times("a-z", 2),
    "^[0-9]{4}$": _times("0-9", 4),
    "^[0-9]{5}$": _times("0-9", 5),
    "^[0-9a-f]{64}$": _times("0-9a-f", 64),
    "^#[0-9a-f]{6}$": _times("0-9a-f", 6, before="#"),
    "^#[0-9A-F]{6}$": _times("0-9A-F", 6, before="#"),
    "^#[0-9a-fA-F]{6}$": _times("0-9a-fA-F", 6, before="#"),
    "^#[0-9A-Fa-f]{6}$": _times("0-9A-Fa-f", 6, before="#"),
    "^#[A-Fa-f0-9]{6}$": _times("A-Fa-f0-9", 6, before="#"),
    "^[a-z0-9]+(-[a-z0-9]+)*$": _SLUG,
    "^[a-z0-9]+(?:-[a-z0-9]+)*$": _SLUG,
    "^[^\\x01-\\x1f\\x7f]*$": Pattern(
        "{0} not glob '*[' || char(1) || '-' || char(31) || char(127) || ']*'", COMPARE
    ),
    "^https?://": Pattern("{0} glob 'http://*' or {0} glob 'https://*'", OR),
    "^https://": Pattern("{0} glob 'https://*'", COMPARE),
    "^[^@]+@[^@]+\\.[^@]+$": Pattern("{0} glob '?*@?*.?*' and {0} not glob '*@*@*'"),
    "^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}$": _EMAIL,
    "^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\\.[a-zA-Z]{2,}$": _EMAIL,
}
# the same with ~*, where every letter stands for both cases
PATTERNS_ANY_CASE: Mapping[str, Pattern] = {
    "^#[0-9a-f]{6}$": _times("0-9A-Fa-f", 6, before="#"),
    "^[a-z0-9]+$": _only("A-Za-z0-9"),
    "^[a-z0-9_]+$": _only("A-Za-z0-9_"),
    "^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}$": _EMAIL,
    "^[a-z0-9._%+-]+@[a-z0-9.-]+\\.[a-z]{2,}$": _EMAIL,
}
