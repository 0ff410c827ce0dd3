"""What the translator's tests share: a table with columns of each kind."""

from collections.abc import Mapping

from campaignbase.errors import TranslationError
from campaignbase.schema.translate.database import stored
from campaignbase.schema.translate.expressions import Expressions
from campaignbase.schema.translate.kinds import Enumeration, storage
from campaignbase.schema.translate.names import identifier
from campaignbase.schema.translate.values import Value

TYPES = {"public.mood": Enumeration("e", ("good", "bad"))}
COLUMNS: Mapping[str, str] = {
    "t": "text",
    "t2": "text",
    "e": "public.mood",
    "i": "integer",
    "i2": "integer",
    "b": "bigint",
    "m": "numeric(12,2)",
    "r": "real",
    "f": "boolean",
    "u": "uuid",
    "u2": "uuid",
    "z": "timestamp with time zone",
    "z2": "timestamp with time zone",
    "d": "date",
    "j": "jsonb",
    "a": "text[]",
    "order": "integer",
}


class Table:
    """The scope of that table."""

    def column(self, table: str | None, name: str) -> Value:
        if table is not None or name not in COLUMNS:
            raise TranslationError(f"no column {name!r}")
        return stored(identifier(name), storage(COLUMNS[name], TYPES, name))


def expressions(where: str = "check t.c", *, clock: bool = False) -> Expressions:
    return Expressions(where, Table(), TYPES, clock=clock)
