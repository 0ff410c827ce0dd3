"""Tables: columns, defaults, generated columns, checks and keys.

Pure: no I/O.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from campaignbase.errors import TranslationError
from campaignbase.schema.catalogue import Column, Constraint, Table
from campaignbase.schema.translate import names, rules, values
from campaignbase.schema.translate.database import Database, TableScope, stored
from campaignbase.schema.translate.expressions import Expressions
from campaignbase.schema.translate.kinds import INTEGERS, NUMBERS, Kind, Storage
from campaignbase.schema.translate.output import Output
from campaignbase.schema.translate.values import Value, quote

_CHECK = re.compile(r"CHECK \((?P<expression>.*)\)(?P<inherit> NO INHERIT)?(?P<valid> NOT VALID)?", re.DOTALL)
_KEY = re.compile(
    r"(?:PRIMARY KEY|UNIQUE(?P<nulls> NULLS NOT DISTINCT)?) \([^()]*\)(?P<include> INCLUDE \([^()]*\))?"
    r"(?P<defer> DEFERRABLE(?: INITIALLY DEFERRED)?)?"
)
_FOREIGN = re.compile(
    r"FOREIGN KEY \([^()]*\) REFERENCES [^()]+\([^()]*\)"
    r"(?P<update> ON UPDATE (?:CASCADE|SET NULL|SET DEFAULT|RESTRICT))?"
    r"(?P<delete> ON DELETE (?:CASCADE|SET NULL|SET DEFAULT|RESTRICT))?"
    r"(?P<defer> DEFERRABLE(?: INITIALLY DEFERRED)?)?(?P<valid> NOT VALID)?"
)
_SEQUENCE = re.compile(r"nextval\('[^']+'::regclass\)")
_SCALE = re.compile(r"numeric\(\d+,(\d+)\)")


@dataclass(frozen=True)
class Tables:
    """Writes every table into `output`."""

    database: Database
    output: Output

    def write(self) -> None:
        for table in self.database.tables:
            self.output.tables.append(self._table(table))

    def _table(self, table: Table) -> str:
        counted = self._counted(table)
        items: list[tuple[list[str], list[str]]] = []  # comment lines, lines
        for column in self.database.columns(table):
            lines = self._column(table, column, counted == column.name)
            items.append((names.comment(column.comment, "    "), lines))
        for column in self.database.catalogue.columns:
            reason = self.database.derived(column)
            if reason and (column.schema, column.table) == (table.schema, table.name):
                self.output.left_out("column", f"{table.name}.{column.name}", reason)
        items += [([], names.wrap(text, "    ")) for text in self._constraints(table, counted)]
        lines = names.comment(table.comment)
        lines.append(f"create table {names.identifier(table.name)} (")
        for number, (comment, body) in enumerate(items, start=1):
            comma = "," if number < len(items) else ""
            lines += [*comment, *body[:-1], body[-1] + comma]
        self.output.rewritten("table", f"{table.schema}.{table.name}", f"strict table {table.name}")
        return "\n".join([*lines, ") strict;"])

    def _column(self, table: Table, column: Column, counted: bool) -> list[str]:
        where = f"column {table.name}.{column.name}"
        self._refuse_collation(column, where)
        storage = self.database.storage(column)
        name = names.identifier(column.name)
        if counted:
            return self._identity(table, column)
        head = f"{name} {storage.sqlite}"
        if column.not_null or self._domain_not_null(column):
            head += " not null"
        if storage.collation:
            head += f" collate {storage.collation}"
        parts = [head]
        if column.generated is not None:
            parts.append(self._generated(table, column, storage))
        elif (default := self._default(table, column, storage)) is not None:
            parts.append(f"default {default}")
        for claim, check in self._own_checks(table, column, storage):
            parts.append(f"constraint {names.identifier(claim)} check ({check.format(name)})")
        self._say_column(table, column, storage)
        lines = names.wrap(parts[0], "    ")
        for part in parts[1:]:
            lines += names.wrap(part, "        ")
        joined = f"    {' '.join(parts)}"
        return [joined] if len(joined) < names.WIDTH else lines

    def _say_column(self, table: Table, column: Column, storage: Storage) -> None:
        name = f"{table.name}.{column.name}"
        if storage.rewritten:
            self.output.rewritten("column", name, f"{column.type} -> {storage.sqlite}: {storage.reason}")
        else:
            self.output.kept("column", name, f"{column.type} -> {storage.sqlite}")

    def _own_checks(self, table: Table, column: Column, storage: Storage) -> list[tuple[str, str]]:
        """Checks that the type itself was; a foreign key checks a uuid already."""
        if column.generated is not None:
            return []
        checks = [(f"{table.name}_{column.name}_{claim}", check) for claim, check in storage.checks]
        if storage.kind is Kind.UUID and any(
            column.name in key.columns and self._is_ours(key) for key in self.database.constraints(table, "f")
        ):
            checks = []
        domain = self.database.types.get(column.type)
        for number, check in enumerate(domain.checks if domain else (), start=1):
            where = f"check of domain {column.type}, column {table.name}.{column.name}"
            scope = _DomainScope(names.identifier(column.name), storage, where)
            text = check.removeprefix("CHECK ")
            to = Expressions(where, scope, self.database.types, self.database.rules.calls)
            found = to.translate(text)
            self.output.rewritten("check", f"{table.name}.{column.name} of {column.type}", _because(to))
            postgres = re.sub(r"\bVALUE\b", f'"{column.name}"', text)
            self.output.emit(to, table, postgres, found)
            checks.append((f"{table.name}_{column.name}_is_in_its_domain_{number}", _escape(found.sql)))
        return checks

    def _domain_not_null(self, column: Column) -> bool:
        domain = self.database.types.get(column.type)
        return domain is not None and domain.not_null

    def _domain_default(self, column: Column) -> str | None:
        domain = self.database.types.get(column.type)
        return domain.default if domain is not None else None

    def _counted(self, table: Table) -> str | None:
        """The integer primary key that counts by itself, if the table has one."""
        keys = self.database.constraints(table, "p")
        if len(keys) != 1 or len(keys[0].columns) != 1:
            return None
        for column in self.database.columns(table):
            counts = column.identity or _SEQUENCE.fullmatch(column.default or "")
            if (
                column.name == keys[0].columns[0]
                and counts
                and column.type in ("bigint", "integer", "smallint")
            ):
                return column.name
        return None

    def _identity(self, table: Table, column: Column) -> list[str]:
        key = self.database.constraints(table, "p")[0]
        how = "identity" if column.identity else "serial"
        always = "; a given value is not refused" if column.identity == "a" else ""
        self.output.rewritten(
            "key", f"{table.name}.{key.name}", "counts by itself, numbers are never used again"
        )
        self.output.rewritten(
            "column", f"{table.name}.{column.name}", f"{column.type} {how} -> integer autoincrement{always}"
        )
        if not column.identity:
            self.output.rewritten("default", f"{table.name}.{column.name}", "the sequence is autoincrement")
        name = names.identifier(column.name)
        return [f"    {name} integer constraint {names.identifier(key.name)} primary key autoincrement"]

    def _default(self, table: Table, column: Column, storage: Storage) -> str | None:
        where = f"default of {table.name}.{column.name}"
        entry = f"{table.name}.{column.name}"
        given = self.database.rules.defaults.get(column.name)
        if given is not None and column.default is None and column.not_null:
            self.output.rewritten("default", entry, given[1])
            return given[0]
        written = column.default or self._domain_default(column)
        if written is None:
            if column.identity:
                raise TranslationError(
                    f"{where}: an identity column that is not the only primary key has no counterpart; "
                    f"make it the primary key"
                )
            return None
        platform = rules.PLATFORM_DEFAULTS.get(written.removesuffix("()"))
        if platform is not None:
            self.output.left_out("default", entry, platform)
            return None
        to = Expressions(
            where,
            TableScope(self.database, table, where),
            self.database.types,
            self.database.rules.calls,
            clock=True,
        )
        found = _assigned(to, column, storage, to.translate(written))
        self.output.emit(to, table, f"({written})::{column.type}", found)
        text = found.sql if found.literal is not None else f"({found.sql})"
        if _same(text.strip("()"), written):
            self.output.kept("default", entry, text)
        else:
            self.output.rewritten("default", entry, _because(to, f"{written} -> {_short(text)}"))
        return text

    def _generated(self, table: Table, column: Column, storage: Storage) -> str:
        where = f"generated column {table.name}.{column.name}"
        to = Expressions(
            where, TableScope(self.database, table, where), self.database.types, self.database.rules.calls
        )
        found = to.translate(str(column.generated)).number()
        scale = _SCALE.fullmatch(column.type)
        if scale:
            found = replace(found, sql=f"round({found.sql}, {scale[1]})", level=values.PRIMARY)
            to.note(f"computed as floating point number, rounded to {scale[1]} decimals")
        found = _assigned(to, column, storage, found)
        postgres = f"({column.generated})::{column.type}"
        self.output.emit(to, table, postgres, found)
        self.output.rewritten("default", f"{table.name}.{column.name}", _because(to, "generated, stored"))
        return f"generated always as ({found.sql}) stored"

    def _constraints(self, table: Table, counted: str | None) -> list[str]:
        found = [self._key(table, key) for key in self.database.constraints(table, "p") if not counted]
        found += [self._key(table, key) for key in self.database.constraints(table, "u")]
        for key in self.database.constraints(table, "f"):
            found += self._foreign(table, key)
        found += [self._check(table, check) for check in self.database.constraints(table, "c")]
        for exclusion in self.database.constraints(table, "x"):
            self._exclusion(table, exclusion)
        return found

    def _key(self, table: Table, key: Constraint) -> str:
        entry = f"{table.name}.{key.name}"
        parts = _KEY.fullmatch(key.definition)
        if parts is None or parts["nulls"]:
            raise TranslationError(
                f"key {entry}: {key.definition!r} has no counterpart; "
                f"expected PRIMARY KEY or UNIQUE over columns, nulls being distinct"
            )
        if parts["defer"]:
            self.output.rewritten("key", entry, "checked at once, not at the end of the transaction")
        else:
            self.output.kept("key", entry, "without the columns it includes" if parts["include"] else "")
        kind = "primary key" if key.kind == "p" else "unique"
        return f"constraint {names.identifier(key.name)} {kind} ({names.listed(key.columns)})"

    def _foreign(self, table: Table, key: Constraint) -> list[str]:
        entry = f"{table.name}.{key.name}"
        if not self._is_ours(key):
            target = f"{key.referenced_schema}.{key.referenced_table}"
            self.output.left_out("key", entry, f"{target} belongs to the platform and is not here")
            return []
        parts = _FOREIGN.fullmatch(key.definition)
        if parts is None:
            raise TranslationError(
                f"key {entry}: {key.definition!r} has no counterpart; expected FOREIGN KEY with "
                f"ON UPDATE and ON DELETE actions over the whole key, MATCH SIMPLE"
            )
        text = (
            f"constraint {names.identifier(key.name)} foreign key ({names.listed(key.columns)})"
            f" references {names.identifier(str(key.referenced_table))}"
            f" ({names.listed(key.referenced_columns)})"
        )
        actions = "".join((parts[group] or "").lower() for group in ("update", "delete", "defer"))
        self.output.kept("key", entry, "checked for old rows too" if parts["valid"] else "")
        return [text + actions]

    def _is_ours(self, key: Constraint) -> bool:
        return self.database.has_table(key.referenced_schema, key.referenced_table)

    def _check(self, table: Table, check: Constraint) -> str:
        where = f"check {table.name}.{check.name}"
        parts = _CHECK.fullmatch(check.definition)
        if parts is None:
            raise TranslationError(f"{where}: cannot read {check.definition!r}")
        to = Expressions(
            where, TableScope(self.database, table, where), self.database.types, self.database.rules.calls
        )
        found = to.translate(parts["expression"])
        self.output.emit(to, table, parts["expression"], found)
        text = f"constraint {names.identifier(check.name)} check ({found.sql})"
        if _same(found.sql, parts["expression"]):
            self.output.kept("check", f"{table.name}.{check.name}", _because(to))
        else:
            self.output.rewritten("check", f"{table.name}.{check.name}", _because(to, _short(found.sql)))
        return text

    def _exclusion(self, table: Table, exclusion: Constraint) -> None:
        entry = f"{table.name}.{exclusion.name}"
        reason = "SQLite has no exclusion constraints"
        if self.database.rules.complete:
            raise TranslationError(f"key {entry}: {reason}; keep the rule in a trigger")
        self.output.left_out("key", entry, f"{reason}: nothing keeps this rule here")

    def _refuse_collation(self, column: Column, where: str) -> None:
        if column.collation not in (None, "C", "POSIX", "default", "ucs_basic"):
            raise TranslationError(
                f'{where}: unknown collation {column.collation!r}; expected "C" or the default'
            )


class _DomainScope:
    """VALUE of a domain's check is the column."""

    def __init__(self, sql: str, storage: Storage, where: str) -> None:
        self._sql, self._storage, self._where = sql, storage, where

    def column(self, table: str | None, name: str) -> Value:
        if table is not None or name.upper() != "VALUE":
            raise TranslationError(f"{self._where}: unknown name {name!r}; expected VALUE")
        return stored(self._sql, self._storage)


_ASSIGNABLE = {
    (Kind.TIMESTAMPTZ, Kind.TIMESTAMP),
    (Kind.TIMESTAMP, Kind.TIMESTAMPTZ),
    (Kind.TEXT, Kind.ENUM),
    (Kind.ENUM, Kind.TEXT),
    (Kind.UUID, Kind.TEXT),
    *((number, other) for number in INTEGERS for other in NUMBERS),
    (Kind.DECIMAL, Kind.REAL),
    (Kind.REAL, Kind.DECIMAL),
}


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
        to.note("the time in UTC, whatever the session's time zone")
        return replace(found, sql=f"rtrim({found.sql}, 'Z')", kind=storage.kind)
    if (found.kind, storage.kind) == (Kind.TIMESTAMP, Kind.TIMESTAMPTZ):
        to.note("read as UTC, whatever the session's time zone")
        return replace(found, sql=f"{found.at(values.CONCAT)} || 'Z'", kind=storage.kind, literal=None)
    if storage.kind is Kind.DECIMAL and storage.sqlite == "text":
        if found.literal is None:
            raise TranslationError(
                f"{to.where}: only a constant may be the default of a {column.type} column"
            )
        scale = _SCALE.fullmatch(column.type)
        number = Decimal(found.literal)
        text = f"{round(number, int(scale[1])) if scale else number:f}"
        return replace(found, sql=quote(text), kind=storage.kind, level=values.PRIMARY, exact=True)
    return found


def _same(sqlite: str, postgres: str) -> bool:
    """Whether only parentheses, case and casts of constants differ."""
    plain = re.sub(r"::[\w. ]+(?=[)\],]|$)|[()\s]", "", postgres).lower()
    return re.sub(r"[()\s]", "", sqlite).lower() == plain


def _because(to: Expressions, text: str = "") -> str:
    return "; ".join(part for part in (text, *to.notes) if part)


def _short(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:150]} ..."


def _escape(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
