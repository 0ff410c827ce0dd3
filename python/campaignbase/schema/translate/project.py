"""A whole project: its catalogue in, schema.sql and report.md out.

Pure: no I/O.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from campaignbase.errors import TranslationError
from campaignbase.schema import statements
from campaignbase.schema.catalogue import Catalogue
from campaignbase.schema.translate import names, report, twins
from campaignbase.schema.translate.database import Database
from campaignbase.schema.translate.indexes import Indexes
from campaignbase.schema.translate.output import Emitted, Output
from campaignbase.schema.translate.report import Entry
from campaignbase.schema.translate.rules import OURS, Rules
from campaignbase.schema.translate.tables import Tables
from campaignbase.schema.translate.twins import Twins
from campaignbase.schema.translate.values import quote
from campaignbase.schema.translate.views import Views

SCHEMA_VERSION = 1
_JSON_BODY = re.compile(r"\$json\$(?P<json>.*)\$json\$", re.DOTALL)
_OWNERS = ("postgres", "pg_database_owner")  # what an owner may do is no grant
_ONE_USER = "one user, one file: whoever may read the file may do everything"
_UNPUBLISHED = "SQLite tells nobody of a change: who has to know asks"
_INTRODUCTION = """\
What became of every object of the Postgres database in `schema.sql`. Generated: do not edit.
SQLite compares text byte by byte, holds 64-bit integers and 8-byte floating point numbers, and knows
no roles; the time a default gives has thousandths of a second, written with six digits."""


@dataclass(frozen=True)
class Translation:
    """The generated files, and what they were made of."""

    schema_sql: str
    report_md: str
    entries: tuple[Entry, ...]
    emitted: tuple[Emitted, ...]
    database: Database = field(repr=False)

    @property
    def summary(self) -> str:
        return report.summary(self.entries)

    @property
    def unkept(self) -> list[str]:
        """Rules of another project that its SQLite file does not keep."""
        return [f"{entry.kind} {entry.name}" for entry in self.entries if report.UNKEPT in entry.reason]


def translate(
    catalogue: Catalogue,
    counterparts: Twins | None = None,
    rules: Rules = OURS,
    *,
    strict: bool = True,
    known: Iterable[Entry] = (),
) -> Translation:
    """Translate a catalogue.

    Args:
        counterparts: the hand-written twins of triggers and functions.
        strict: False lets twins be missing; the report then names them.
        known: entries of the report about what the catalogue does not show.
    Raises:
        TranslationError: something is unknown, or has no counterpart and needs one.
    """
    database, output = Database(catalogue, rules), Output(entries=list(known))
    counterparts = counterparts or Twins()
    Tables(database, output).write()
    Indexes(database, output).write()
    Views(database, output).write()
    twins.pair(catalogue, rules, counterparts, output, strict=strict)
    _types_and_schemas(database, output)
    _security(catalogue, output, rules)
    parts = [
        *output.tables,
        *output.indexes,
        *output.views,
        *_data_tables(catalogue, rules),
        twins.script(counterparts),
    ]
    body = "\n\n".join(part for part in parts if part) + "\n"
    return Translation(
        _header(rules) + body + (_version(body) if rules.complete else ""),
        report.render(f"{rules.title} in SQLite", _INTRODUCTION, output.entries),
        tuple(output.entries),
        tuple(output.emitted),
        database,
    )


def _header(rules: Rules) -> str:
    again = (
        "`campaignbase translate`"
        if rules.complete
        else "`campaignbase translate --migrations DIR --out DIR`"
    )
    return (
        f"-- {rules.title} for SQLite 3.40 or newer. Generated from the Postgres catalogue: do not edit.\n"
        f"-- Write it again with {again}; report.md says what became of every object.\n"
        "-- Every connection needs: pragma foreign_keys = on;\n\n"
    )


def _version(body: str) -> str:
    # comments and layout aside: a better comment is no reason to upgrade a file
    digest = hashlib.sha256(" ".join(statements.without_comments(body).split()).encode()).hexdigest()
    return f"""
-- which schema this file has: hash is of the statements above, without their comments
create table schema_info (
    id integer primary key check (id = 1),
    version integer not null,
    hash text not null
) strict;
insert into schema_info (id, version, hash)
values (1, {SCHEMA_VERSION}, '{digest}');
pragma user_version = {SCHEMA_VERSION};
"""  # noqa: S608 - a digest and a constant


def _data_tables(catalogue: Catalogue, rules: Rules) -> Iterable[str]:
    bodies = {f"{row.schema}.{row.name}": row.body for row in catalogue.functions}
    for function, table in rules.data.items():
        if function not in bodies:
            raise TranslationError(f"function {function}: not in the catalogue; the rules expect its JSON")
        found = _JSON_BODY.search(bodies[function])
        if found is None:
            raise TranslationError(f"function {function}: expected its JSON between $json$ in its body")
        json.loads(found["json"])
        name = names.identifier(table)
        yield (
            f"-- what {function}() answers in Postgres\n"
            f"create table {name} (\n"
            "    id integer primary key check (id = 1),\n"
            "    data text not null check (json_valid(data))\n"
            ") strict;\n"
            f"insert into {name} (id, data)\nvalues (1, {quote(found['json'])});"
        )


def _types_and_schemas(database: Database, output: Output) -> None:
    for schema in database.catalogue.schemas:
        output.rewritten("schema", schema.name, "SQLite has one namespace; tables keep their names")
    for kind in database.catalogue.types:
        name = f"{kind.schema}.{kind.name}"
        if kind.kind in "ed":
            output.rewritten("type", name, "a check of each column of this type")
        else:
            output.left_out("type", name, "no column has it")
    for sequence in database.catalogue.sequences:
        name = f"{sequence.schema}.{sequence.name}"
        if sequence.owned_by is not None:
            output.rewritten("sequence", name, f"{sequence.owned_by} counts by itself")
        else:
            output.left_out("sequence", name, "SQLite has no sequences")


def _security(catalogue: Catalogue, output: Output, rules: Rules) -> None:
    for table in catalogue.tables:
        if table.row_security:
            output.left_out("policy", f"row security of {table.schema}.{table.name}", _ONE_USER)
    for policy in catalogue.policies:
        output.left_out("policy", f"{policy.schema}.{policy.table}: {policy.name}", _ONE_USER)
    rows = sorted(
        (grant.kind, grant.object, grant.grantee, grant.privilege)
        for grant in catalogue.grants
        if grant.grantee not in _OWNERS
    )
    for (kind, name, grantee), privileges in groupby(rows, key=lambda row: row[:3]):
        listed = ", ".join(row[3].lower() for row in privileges)
        output.left_out("grant", f"{listed} on {kind} {name} to {grantee}", _ONE_USER)
    for publication in catalogue.publications:
        name = f"{publication.table} in {publication.name}"
        reason = "nobody listens: the worker is in the same process" if rules.complete else _UNPUBLISHED
        output.left_out("publication", name, reason)
