"""Defaults and generated columns.

Pure: no I/O.
"""

import re
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from campaignbase.errors import TranslationError
from campaignbase.schema.catalogue import Column, Table
from campaignbase.schema.translate import rules, values
from campaignbase.schema.translate.database import Database, TableScope
from campaignbase.schema.translate.expressions import Expressions
from campaignbase.schema.translate.functions import CLOCK, IN_UTC
from campaignbase.schema.translate.kinds import INTEGERS, NUMBERS, Kind, Storage
from campaignbase.schema.translate.output import Output
from campaignbase.schema.translate.values import Value, quote

_SCALE = re.compile(r"numeric\(\d+,(\d+)\)")
# what may be stored as what, beside its own kind
_ASSIGNABLE = {
    (Kind.TIMESTAMPTZ, Kind.TIMESTAMP),
    (Kind.TIMESTAMP, Kind.TIMESTAMPTZ),
    (Kind.TIMESTAMPTZ, Kind.DATE),
    (Kind.TEXT, Kind.ENUM),
    (Kind.ENUM, Kind.TEXT),
    (Kind.UUID, Kind.TEXT),
    *((number, other) for number in INTEGERS for other in NUMBERS),
    (Kind.DECIMAL, Kind.REAL),
    (Kind.REAL, Kind.DECIMAL),
}


@dataclass(frozen=True)
class Defaults:
    """What the columns of one table hold when nobody says."""

    database: Database
    output: Output
    table: Table

    def default(self, column: Column, storage: Storage) -> str | None:
        """The default as it stands after the word, None without one."""
        entry = f"{self.table.name}.{column.name}"
        given = self.database.rules.defaults.get(column.name)
        if given is not None and column.default is None and column.not_null:
            self.output.rewritten("default", entry, given[1])
            return given[0]
        domain = self.database.types.get(column.type)
        written = column.default or (domain.default if domain is not None else None)
        if written is None:
            return None
        if (platform := rules.PLATFORM_DEFAULTS.get(written.removesuffix("()"))) is not None:
            self.output.left_out("default", entry, platform)
            return None
        to = self._expressions(f"default of {entry}", clock=True)
        try:
            self.database.rules.check(to.where)
            found = _assigned(to, column, storage, to.translate(written))
        except TranslationError as error:
            if self.database.rules.complete:
                raise
            missing = "whoever writes has to give it" if column.not_null else "null where nobody gives it"
            self.output.left_out("default", entry, f"{missing}: {error}")
            return None
        self.output.emit(to, self.table, f"({written})::{column.type}", found)
        text = found.sql if found.literal is not None else f"({found.sql})"
        if same(text.strip("()"), written):
            self.output.kept("default", entry, text)
        else:
            self.output.rewritten("default", entry, because(to, f"{written} -> {short(text)}"))
        return text

    def generated(self, column: Column, storage: Storage) -> str | None:
        """How it is computed; None where the program has to."""
        try:
            return self._generated(column, storage)
        except TranslationError as error:
            if self.database.rules.complete:
                raise
            entry = f"{self.table.name}.{column.name}"
            self.output.left_out("default", entry, f"a plain column, whoever writes computes it: {error}")
            return None

    def _generated(self, column: Column, storage: Storage) -> str:
        to = self._expressions(f"generated column {self.table.name}.{column.name}")
        self.database.rules.check(to.where)
        found = to.translate(str(column.generated)).number()
        if scale := _SCALE.fullmatch(column.type):
            found = replace(found, sql=f"round({found.sql}, {scale[1]})", level=values.PRIMARY)
            to.note(f"computed as floating point number, rounded to {scale[1]} decimals")
        found = _assigned(to, column, storage, found)
        self.output.emit(to, self.table, f"({column.generated})::{column.type}", found)
        self.output.rewritten("default", f"{self.table.name}.{column.name}", because(to, "generated, stored"))
        return f"generated always as ({found.sql}) stored"

    def _expressions(self, where: str, *, clock: bool = False) -> Expressions:
        scope = TableScope(self.database, self.table, where)
        return Expressions(where, scope, self.database.types, self.database.rules.calls, clock=clock)


def _assigned(to: Expressions, column: Column, storage: Storage, found: Value) -> Value:
    """A value as the column stores it.

    Raises:
        TranslationError: the kinds do not fit without a conversion that is not known.
    """
    if found.kind is Kind.NULL or storage.kind is Kind.OPAQUE:
        return found
    if found.kind is not storage.kind and (found.kind, storage.kind) not in _ASSIGNABLE:
        raise TranslationError(f"{to.where}: {found.kind.value} {found.sql!r} does not fit {column.type}")
    if (found.kind, storage.kind) == (Kind.TIMESTAMPTZ, Kind.TIMESTAMP):
        to.note(IN_UTC)
        return replace(found, sql=f"rtrim({found.sql}, 'Z')", kind=storage.kind)
    if (found.kind, storage.kind) == (Kind.TIMESTAMPTZ, Kind.DATE):
        to.note(IN_UTC)
        return replace(found, sql=f"substr({found.sql}, 1, 10)", kind=storage.kind)
    if (found.kind, storage.kind) == (Kind.TIMESTAMP, Kind.TIMESTAMPTZ):
        if found.sql == f"rtrim({CLOCK}, 'Z')":
            return replace(found, sql=CLOCK, kind=storage.kind, level=values.PRIMARY)
        to.note("read as UTC, whatever the session's time zone")
        return replace(found, sql=f"{found.at(values.CONCAT)} || 'Z'", kind=storage.kind, literal=None)
    if storage.kind is Kind.DECIMAL and storage.sqlite == "text":
        if found.literal is None:
            raise TranslationError(f"{to.where}: only a constant may be the default of {column.type}")
        number = Decimal(found.literal)
        if scale := _SCALE.fullmatch(column.type):
            number = number.quantize(Decimal(1).scaleb(-int(scale[1])), ROUND_HALF_UP)
        return replace(found, sql=quote(f"{number:f}"), kind=storage.kind, level=values.PRIMARY, exact=True)
    return found


def same(sqlite: str, postgres: str) -> bool:
    """Whether only parentheses, case and casts of constants differ."""
    plain = re.sub(r"::[\w. ]+(?=[)\],]|$)|[()\s]", "", postgres).lower()
    return re.sub(r"[()\s]", "", sqlite).lower() == plain


def because(to: Expressions, text: str = "") -> str:
    """A reason and what the translation noted."""
    return "; ".join(part for part in (text, *to.notes) if part)


def short(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:150]} ..."
