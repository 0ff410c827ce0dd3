"""The cells: what is asked of every object of the catalogue, and the marks that cells.txt expects.

A cell is one ask by one person. `lines(catalogue)` is everything that must be in the file.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.matrix import calls, world
from tests.matrix.ask import MARKS, Ask, Driver, mark
from tests.matrix.catalogue import Catalogue, Function, Relation
from tests.matrix.people import LETTERS, PEOPLE, Identity

FILE = Path(__file__).with_name("cells.txt")
COLUMN_VERBS = ("select column", "insert column", "update column")


@dataclass(frozen=True)
class Line:
    """One thing and one verb: a cell for each person."""

    name: str
    verb: str  # as in the file: "select A"
    ask: Ask
    target: str  # A, B, new, or - for what belongs to no workspace
    column: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.name, self.verb, self.column)


def lines(catalogue: Catalogue) -> Iterator[Line]:
    for schema in catalogue.schemas:
        thing = next(name for name in catalogue.relations if name.startswith(f"{schema}."))
        yield Line(schema, "use", Ask("use", schema, {"relation": thing}), "-")
        yield Line(schema, "create", Ask("create", schema), "-")
    for relation in catalogue.relations.values():
        yield from _of_view(relation) if relation.kind != "r" else _of_table(relation)
    for function in catalogue.functions.values():
        yield from _of_function(function)


def _of_table(table: Relation) -> Iterator[Line]:
    name = table.name
    if name not in world.CHANGE:
        raise AssertionError(f"tests/matrix/world.py: no row of {name}; add one to kept() and to CHANGE")
    for w in ("A", "B"):
        row = world.kept(w)[name][0]
        key = {column: row[column] for column in table.key}
        born = "new" if name == "public.workspaces" else w
        yield Line(name, f"select {w}", Ask("select", name), w)
        yield Line(name, f"insert {w}", Ask("insert", name, world.fresh(name, w)), born)
        yield Line(name, f"update {w}", Ask("update", name, world.CHANGE[name], key), w)
        yield Line(name, f"update all {w}", Ask("update", name, world.CHANGE[name]), w)
        yield Line(name, f"delete {w}", Ask("delete", name, match=key), w)
        yield Line(name, f"delete all {w}", Ask("delete", name, before=world.FREED.get(name, "")), w)
        conflict = world.UPSERT_KEY.get(name, table.key)
        yield Line(name, f"upsert {w}", Ask("upsert", name, world.upsert(name, w), conflict=conflict), w)
    here = world.kept("A")[name][0]
    key = {column: here[column] for column in table.key}
    if not table.ours:
        folder = {"name": world.fresh(name, "B")["name"]}
        yield Line(name, "move A to B", Ask("update", name, folder), "A")
        return
    yield Line(name, "truncate", Ask("truncate", name), "-")
    there = world.uid("B", 1)
    move = {"workspace_id": there} if table.owned else {"id": world.uid("B", 2)}
    if name in world.SHARED:
        move = {world.SHARED[name]: world.shared("B")}
    yield Line(name, "move A to B", Ask("update", name, move, key), "A")
    yield Line(name, "move if granted", Ask("update", name, move, unlock="move"), "A")
    yield Line(name, "select if granted", Ask("select", name, unlock="select"), "A")
    for column in table.readable:
        yield Line(name, "select column", Ask("select", name, {column: None}, dry=True), "-", column)
    for column in table.columns:
        yield Line(name, "insert column", Ask("insert", name, {column: None}, dry=True), "-", column)
        yield Line(name, "update column", Ask("update", name, {column: None}, dry=True), "-", column)


def _of_view(view: Relation) -> Iterator[Line]:
    name, column = view.name, view.columns[0]
    for w in ("A", "B"):
        yield Line(name, f"select {w}", Ask("select", name), w)
        if view.writable:
            yield Line(name, f"delete all {w}", Ask("delete", name), w)
    yield Line(name, "select if granted", Ask("select", name, unlock="select"), "A")
    if view.views:
        yield Line(name, "select if views denied", Ask("select", name, unlock="views"), "A")
    for each in view.readable:
        yield Line(name, "select column", Ask("select", name, {each: None}, dry=True), "-", each)
    if not view.writable:
        return
    yield Line(name, "insert column", Ask("insert", name, {column: None}, dry=True), "-", column)
    yield Line(name, "update column", Ask("update", name, {column: None}, dry=True), "-", column)


def _of_function(function: Function) -> Iterator[Line]:
    name = function.name
    if not function.exposed:
        yield Line(name, "enter", Ask("enter", name), "-")
        return
    if name not in calls.CALLS:
        raise AssertionError(f"tests/matrix/calls.py: no call of {name}; add one to CALLS")
    for w in calls.CALL_TARGETS.get(name, ("A", "B")):
        yield Line(name, f"call {w}", Ask("call", name, calls.CALLS[name](w)), w)


def outcome(driver: Driver, line: Line) -> str:
    """The marks of one line, a letter a person."""
    return "".join(cell(driver, line, person) for person in PEOPLE)


def cell(driver: Driver, line: Line, person: Identity) -> str:
    answer = driver.ask(person, line.ask)
    found = mark(line.ask, answer, line.target)
    if line.verb in COLUMN_VERBS or line.verb == "enter":
        return "-" if found == "-" else "1"  # may the caller name it at all
    return found


# the file

_HEADER = re.compile(r"\[(?P<names>[^\]]+)\]")
_ENTRY = re.compile(r"  (?P<verb>[a-z][A-Za-z ]*?)  +(?P<marks>[^:]+?)(?P<listing>:.*)?")
_TARGETS = {1: ("",), 2: (" A", " B")}
_MORE = re.compile(r"      +(?P<rest>\S.*)")

Expected = dict[tuple[str, str, str], str]


def read(path: Path = FILE) -> Expected:
    """Marks by object, verb and column. Two columns of marks are about A and about B.

    Raises:
        ValueError: a line that says nothing, or says something twice; with its number.
    """
    expected: Expected = {}
    names: list[str] = []
    entry: re.Match[str] | None = None
    for number, text in enumerate(path.read_text().splitlines(), 1):
        where = f"{path.name}:{number}"
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        if header := _HEADER.fullmatch(text):
            names, entry = header["names"].split(), None
            continue
        if entry is not None and entry["listing"] and (more := _MORE.fullmatch(text)):
            rest = more["rest"].split()
        elif entry := _ENTRY.fullmatch(text):
            rest = entry["listing"][1:].split() if entry["listing"] else None
        else:
            raise ValueError(f"{where}: expected `[objects]`, `  verb  marks` or `  verb  marks: names`")
        marks = [marks.replace(" ", "") for marks in re.split(" {2,}", entry["marks"])]
        for target, these in zip(_TARGETS.get(len(marks), ()), marks, strict=True):
            if len(these) != len(LETTERS) or set(these) - set(MARKS):
                raise ValueError(f"{where}: {these!r} is not {len(LETTERS)} of the marks {' '.join(MARKS)}")
            for key in _keys(names, entry["verb"] + target, rest):
                if key in expected:
                    raise ValueError(f"{where}: {' '.join(key).strip()} is said twice")
                expected[key] = these
    return expected


def _keys(names: list[str], verb: str, rest: list[str] | None) -> Iterable[tuple[str, str, str]]:
    if rest is None:
        return [(name, verb, "") for name in names]
    if verb in COLUMN_VERBS:
        return [(name, verb, column) for name in names for column in rest]
    # functions: the header is their schema
    return [(f"{name}.{function}", verb, "") for name in names for function in rest]


def spaced(marks: str) -> str:
    """In the groups of the file."""
    return " ".join((marks[:2], marks[2:4], marks[4:7], marks[7:8], marks[8:]))


def draft(keys: Iterable[tuple[str, str, str]]) -> str:
    """Lines for the file, their marks left open."""
    found: dict[tuple[str, str], set[str]] = {}
    missing = set(keys)
    for name, verb, column in missing:
        both = {(name, f"{verb[:-2]}{target}", column) for target in (" A", " B")}
        if (name, verb, column) in both <= missing:
            verb = f"{verb[:-2]} "
        if verb == "enter" or verb.startswith("call"):
            name, _, column = name.rpartition(".")
        found.setdefault((name, verb), set()).add(column)
    text, before = "", ""
    for (name, verb), listed in sorted(found.items()):
        if name != before:
            text, before = f"{text}[{name}]\n", name
        marks = spaced("?" * len(LETTERS))
        text += f"  {verb:<18} {marks}" + (f"   {marks}" if verb.endswith(" ") else "")
        text += f":\n        {' '.join(sorted(listed))}\n" if any(listed) else "\n"
    return text
