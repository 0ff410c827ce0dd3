"""Hand-written counterparts of triggers and functions: sql/sqlite/twins/.

A file `<name>.sql` begins with `-- twin of: ` and the triggers (schema.table.name) and functions
(schema.name) it stands for; store_methods.txt has a line for each function whose counterpart is
Python: function, method (or none), reason, between tabs.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from campaignbase.errors import TranslationError
from campaignbase.schema.catalogue import Catalogue, Function, Trigger
from campaignbase.schema.translate.output import Output
from campaignbase.schema.translate.rules import Rules

METHODS_FILE = "store_methods.txt"
NONE = "none"  # a method: nothing has to stand for this function
_HEADER = re.compile(r"-- twin of:(?P<names>[^\n]*(?:\n--[ ]{2,}[^\n]*)*)")
_NAME = re.compile(r"\w+(?:\.\w+){1,2}")


@dataclass(frozen=True)
class Twin:
    file: str
    covers: tuple[str, ...]
    sql: str


@dataclass(frozen=True)
class Method:
    function: str
    method: str
    reason: str


@dataclass(frozen=True)
class Twins:
    files: tuple[Twin, ...] = ()
    methods: tuple[Method, ...] = ()


def read(folder: Path) -> Twins:
    """The twins of a folder, in file-name order.

    Raises:
        TranslationError: a file without header, or a line of store_methods.txt that is not three parts.
    """
    files = tuple(_twin(path) for path in sorted(folder.glob("*.sql")))
    methods = folder / METHODS_FILE
    lines = methods.read_text(encoding="utf-8").splitlines() if methods.is_file() else []
    return Twins(
        files,
        tuple(
            _method(f"{methods}:{number}", line)
            for number, line in enumerate(lines, start=1)
            if line.strip() and not line.startswith("#")
        ),
    )


def pair(catalogue: Catalogue, rules: Rules, twins: Twins, output: Output, *, strict: bool) -> None:
    """Say for every trigger and function what stands for it.

    Raises:
        TranslationError: one has no counterpart (when the rules want all, and strict), or a twin
            names something that does not exist. It may name a constraint it helps to keep.
    """
    covered = _covered(twins)
    ours = _triggers(catalogue) | _functions(catalogue)
    keys = {f"{row.schema}.{row.table}.{row.name}" for row in catalogue.constraints}
    unknown = sorted(covered.keys() - ours.keys() - keys)
    if unknown and strict:
        near = get_close_matches(unknown[0], ours, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise TranslationError(
            f"{covered[unknown[0]][0]}: no trigger or function is called {unknown[0]!r}{hint}"
        )
    needless = {method.function: method.reason for method in twins.methods if method.method == NONE}
    for name in sorted(ours):
        kind = "trigger" if isinstance(ours[name], Trigger) else "function"
        if name in rules.calls:
            output.rewritten(kind, name, "written into the expressions that call it")
        elif name in rules.data:
            output.rewritten(kind, name, f"table {rules.data[name]} of one row")
        elif name in needless:
            output.left_out(kind, name, needless[name])
        elif name in covered:
            output.rewritten(kind, name, covered[name][1])
        elif not rules.complete:
            output.left_out(kind, name, _foreign_reason(ours[name]))
        elif strict:
            raise TranslationError(
                f"{kind} {name}: no counterpart; write a twin in sql/sqlite/twins/ that names it after "
                f"`-- twin of: `, or name the store method in {METHODS_FILE}"
            )
        else:
            output.missing(kind, name, "no twin and no store method yet")


def script(twins: Twins) -> str:
    """The SQL of all twins, each under its file's name."""
    return "\n\n".join(f"-- twins/{twin.file}\n{twin.sql.strip()}" for twin in twins.files)


def _covered(twins: Twins) -> dict[str, tuple[str, str]]:
    """Where each name is covered, and by what; several files may share one trigger."""
    found: dict[str, tuple[str, str]] = {}
    counterparts = [
        *((name, twin.file, f"twins/{twin.file}") for twin in twins.files for name in twin.covers),
        *((m.function, METHODS_FILE, f"{m.method}: {m.reason}") for m in twins.methods),
    ]
    for name, place, reason in counterparts:
        before = f"{found[name][1]}, " if name in found else ""
        found[name] = (place, before + reason)
    return found


def _triggers(catalogue: Catalogue) -> dict[str, Trigger | Function]:
    return {f"{row.schema}.{row.table}.{row.name}": row for row in catalogue.triggers}


def _functions(catalogue: Catalogue) -> dict[str, Trigger | Function]:
    return {f"{row.schema}.{row.name}": row for row in catalogue.functions}


def _foreign_reason(found: Trigger | Function) -> str:
    if isinstance(found, Trigger):
        return f"calls {found.function}, which has no counterpart: nothing does its work here"
    return f"{found.language} has no counterpart in SQLite: what it did, the program does"


def _twin(path: Path) -> Twin:
    text = path.read_text(encoding="utf-8")
    header = _HEADER.match(text)
    covers = tuple(_NAME.findall(header["names"])) if header else ()
    if not covers:
        raise TranslationError(
            f"{path}: expected a first line like `-- twin of: public.tags._500_enqueue, private.queue_job`"
        )
    return Twin(path.name, covers, text)


def _method(where: str, line: str) -> Method:
    parts = [part.strip() for part in line.split("\t")]
    if len(parts) != 3 or not all(parts):
        raise TranslationError(f"{where}: expected function, method and reason between tabs, found {line!r}")
    return Method(*parts)
