"""Indexes: keys, order, predicate. An index is speed, a unique one is a rule.

Pure: no I/O.
"""

import re
from dataclasses import dataclass

from campaignbase.errors import TranslationError
from campaignbase.schema.catalogue import Index, Table
from campaignbase.schema.translate import names
from campaignbase.schema.translate.database import Database, TableScope
from campaignbase.schema.translate.expressions import Expressions
from campaignbase.schema.translate.output import Output
from campaignbase.schema.translate.report import UNKEPT

_METHODS = {
    "hnsw": "vector search is exact in SQLite mode and reads every row",
    "ivfflat": "vector search is exact in SQLite mode and reads every row",
    "gin": "SQLite has no index over the elements of a value",
    "gist": "SQLite has no such index",
    "brin": "SQLite has no such index",
    "spgist": "SQLite has no such index",
    "hash": "SQLite has no such index",
}
_ORDER = re.compile(r"(?P<key>.*?)(?P<direction> DESC)?(?P<nulls> NULLS (?:FIRST|LAST))?", re.DOTALL)
_KEYS = re.compile(r" USING \w+ (\(.*)", re.DOTALL)
_COLLATED = re.compile(r'(.*) COLLATE (?:pg_catalog\.)?"(?:C|POSIX|default)"', re.DOTALL)


@dataclass(frozen=True)
class Indexes:
    """Writes every index into `output`."""

    database: Database
    output: Output

    def write(self) -> None:
        for table in self.database.tables:
            for index in self.database.indexes(table):
                self._write(table, index)

    def _write(self, table: Table, index: Index) -> None:
        reason = _METHODS.get(index.method)
        if reason is not None:
            self.output.left_out("index", index.name, f"{index.method}: {reason}")
            return
        try:
            lines = self._index(table, index)
        except TranslationError as error:
            if self.database.rules.complete:
                raise
            what = UNKEPT if index.unique else "only speed"
            self.output.left_out("index", index.name, f"{what}: {error}")
            return
        self.output.indexes.append("\n".join(lines))

    def _index(self, table: Table, index: Index) -> list[str]:
        where = f"index {index.name}"
        self.database.rules.check(where)
        if index.method != "btree" or index.nulls_not_distinct:
            raise TranslationError(
                f"{where}: {index.definition!r} has no counterpart; expected a btree index"
            )
        to = Expressions(
            where, TableScope(self.database, table, where), self.database.types, self.database.rules.calls
        )
        keys = [
            self._key(to, table, key, order) for key, order in zip(index.keys, orders(index), strict=True)
        ]
        head = "create unique index" if index.unique else "create index"
        lines = [
            *names.comment(index.comment),
            f"{head} {names.identifier(index.name)}",
            *names.wrap(f"on {names.identifier(table.name)} ({', '.join(keys)})", ""),
        ]
        if index.predicate is not None:
            found = to.translate(index.predicate)
            self.output.emit(to, table, index.predicate, found)
            lines += names.wrap(f"where {found.sql}", "")
        lines[-1] += ";"
        includes = "without the columns it includes" if " INCLUDE (" in index.definition else ""
        reason = "; ".join(part for part in (includes, *to.notes) if part)
        self.output.kept("index", index.name, reason)
        return lines

    def _key(self, to: Expressions, table: Table, key: str, order: str) -> str:
        while (collated := _COLLATED.fullmatch(key)) is not None:
            key = collated[1]
        found = to.translate(key)
        if not re.fullmatch(r'\w+|"[^"]+"', key):
            self.output.emit(to, table, key, found)
        return f"{found.number().sql}{order}"


def orders(index: Index) -> list[str]:
    """` desc` or nothing for each key, read from the definition, where opclasses stand too."""
    text = _KEYS.search(index.definition)
    if text is None:
        raise TranslationError(f"index {index.name}: cannot read {index.definition!r}")
    found: list[str] = []
    for part in _split(text[1])[: len(index.keys)]:
        order = _ORDER.fullmatch(part.strip())
        if order is not None and order["nulls"]:
            pass  # how nulls are sorted changes the speed of an index, not its answers
        found.append(" desc" if order is not None and order["direction"] else "")
    return found


def _split(text: str) -> list[str]:
    """The parts between the commas of the first parenthesis."""
    depth, quoted, parts = 0, "", [""]
    for letter in text:
        if quoted or letter in "'\"":
            quoted = "" if letter == quoted else (quoted or letter)
        elif letter == "(":
            depth += 1
            if depth == 1:
                continue
        elif letter == ")":
            depth -= 1
            if depth == 0:
                break
        elif letter == "," and depth == 1:
            parts.append("")
            continue
        parts[-1] += letter
    return parts
