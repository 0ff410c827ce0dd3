"""Keys: primary, unique, foreign, exclusion, and the column that counts by itself.

Pure: no I/O.
"""

import re

from campaignbase.errors import TranslationError
from campaignbase.schema.catalogue import Column, Constraint, Table
from campaignbase.schema.translate import names
from campaignbase.schema.translate.database import Database
from campaignbase.schema.translate.kinds import Kind
from campaignbase.schema.translate.output import Output
from campaignbase.schema.translate.report import UNKEPT

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
_WRITTEN_VARIOUSLY = (Kind.DECIMAL, Kind.JSON, Kind.ARRAY)
_COUNTERS = ("bigint", "integer", "smallint")


class _NoCounterpartError(TranslationError):
    """A key of a form SQLite has not."""


def counted(database: Database, table: Table) -> Column | None:
    """The column that counts by itself, which SQLite makes the primary key; None when there is none.

    Raises:
        TranslationError: there are two.
    """
    found = [column for column in database.columns(table) if _counts(column)]
    if len(found) > 1:
        raise TranslationError(
            f"column {table.name}.{found[1].name}: {found[0].name} counts by itself already, and SQLite "
            f"counts one column a table; drop the identity or sequence of one of them"
        )
    return found[0] if found else None


def counting(database: Database, output: Output, table: Table, column: Column) -> str:
    """The definition of the column that counts by itself."""
    entry = f"{table.name}.{column.name}"
    how = "identity" if column.identity else "serial"
    always = "; a given value is not refused" if column.identity == "a" else ""
    output.rewritten("column", entry, f"{column.type} {how} -> integer autoincrement{always}")
    if not column.identity:
        output.rewritten("default", entry, "the sequence is autoincrement")
    own = [key for key in database.constraints(table, "p") if key.columns == [column.name]]
    for key in own:
        output.rewritten("key", f"{table.name}.{key.name}", "counts by itself, a number is never used again")
    name = f"constraint {names.identifier(own[0].name)} " if own else ""
    return f"{names.identifier(column.name)} integer {name}primary key autoincrement"


def constraints(database: Database, output: Output, table: Table) -> list[str]:
    """Every key of a table as table constraints, primary first."""
    counts = counted(database, table)
    found: list[str] = []
    for key in (one for kind in "puf" for one in database.constraints(table, kind)):
        if counts is not None and key.kind == "p" and key.columns == [counts.name]:
            continue
        try:
            if key.kind == "f":
                found += _foreign(database, output, table, key)
            else:
                found.append(_key(database, output, table, key, demoted=counts is not None))
        except _NoCounterpartError as error:
            if database.rules.complete or _is_referred_to(database, key):
                raise
            output.left_out("key", f"{table.name}.{key.name}", f"{UNKEPT}: {error}")
    for exclusion in database.constraints(table, "x"):
        _exclusion(database, output, table, exclusion)
    return found


def _comparable(database: Database, table: Table, entry: str, columns: list[str]) -> None:
    """Refuse a key over what SQLite would compare as text though it is more than text."""
    for column in database.columns(table):
        storage = database.storage(column)
        if column.name in columns and storage.sqlite == "text" and storage.kind in _WRITTEN_VARIOUSLY:
            raise TranslationError(
                f"key {entry}: {column.name} is {column.type}, kept as text that can be written in several "
                f"ways, so equal values would differ; store it otherwise: "
                f"--column {table.name}.{column.name}=real (or integer, text)"
            )


def _is_referred_to(database: Database, key: Constraint) -> bool:
    place = (key.schema, key.table, sorted(key.columns))
    return any(
        (one.referenced_schema, one.referenced_table, sorted(one.referenced_columns)) == place
        for one in database.catalogue.constraints
        if one.kind == "f" and key.kind != "f"
    )


def is_ours(database: Database, key: Constraint) -> bool:
    return database.has_table(key.referenced_schema, key.referenced_table)


def _counts(column: Column) -> bool:
    if not column.identity and not _SEQUENCE.fullmatch(column.default or ""):
        return False
    if column.type not in _COUNTERS:
        raise TranslationError(
            f"column {column.table}.{column.name}: a {column.type} that counts is not known"
        )
    return True


def _key(database: Database, output: Output, table: Table, key: Constraint, *, demoted: bool) -> str:
    entry = f"{table.name}.{key.name}"
    parts = _KEY.fullmatch(key.definition)
    if parts is None or parts["nulls"] or " WITHOUT OVERLAPS" in key.definition:
        raise _NoCounterpartError(
            f"key {entry}: {key.definition!r} has no counterpart; "
            f"expected PRIMARY KEY or UNIQUE over columns, nulls being distinct"
        )
    _comparable(database, table, entry, key.columns)
    unique = demoted or key.kind == "u"
    if unique and key.kind == "p":
        output.rewritten("key", entry, "unique: the column that counts by itself is SQLite's primary key")
    elif parts["defer"]:
        output.rewritten("key", entry, "checked at once, not at the end of the transaction")
    else:
        output.kept("key", entry, "without the columns it includes" if parts["include"] else "")
    kind = "unique" if unique else "primary key"
    return f"constraint {names.identifier(key.name)} {kind} ({names.listed(key.columns)})"


def _foreign(database: Database, output: Output, table: Table, key: Constraint) -> list[str]:
    entry = f"{table.name}.{key.name}"
    if not is_ours(database, key):
        target = f"{key.referenced_schema}.{key.referenced_table}"
        output.left_out("key", entry, f"{target} belongs to the platform and is not here")
        return []
    parts = _FOREIGN.fullmatch(key.definition)
    if parts is None:
        raise _NoCounterpartError(
            f"key {entry}: {key.definition!r} has no counterpart; expected FOREIGN KEY with "
            f"ON UPDATE and ON DELETE actions over the whole key, MATCH SIMPLE"
        )
    text = (
        f"constraint {names.identifier(key.name)} foreign key ({names.listed(key.columns)})"
        f" references {names.identifier(str(key.referenced_table))} ({names.listed(key.referenced_columns)})"
    )
    actions = "".join((parts[group] or "").lower() for group in ("update", "delete", "defer"))
    output.kept("key", entry, "checked for old rows too" if parts["valid"] else "")
    return [text + actions]


def _exclusion(database: Database, output: Output, table: Table, exclusion: Constraint) -> None:
    entry = f"{table.name}.{exclusion.name}"
    reason = "SQLite has no exclusion constraints"
    if database.rules.complete:
        raise TranslationError(f"key {entry}: {reason}; keep the rule in a trigger")
    output.left_out("key", entry, f"{reason}: {UNKEPT}")
