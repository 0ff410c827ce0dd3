"""The edge functions: formatted, linted, checked and tested by Deno, without the network."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from deno import find_deno_bin  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ["--config", "supabase/deno.json"]
FUNCTIONS = ROOT / "supabase" / "functions"
SOURCES = ["supabase/functions", "tests/edge"]


def deno(*arguments: str) -> None:
    environment = {**os.environ, "NO_COLOR": "1", "DENO_NO_UPDATE_CHECK": "1", "PYTHON": sys.executable}
    done = subprocess.run(
        [find_deno_bin(), *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    if done.returncode:
        pytest.fail(f"deno {' '.join(arguments)}\n{done.stdout}\n{done.stderr}", pytrace=False)


def test_sources_are_formatted() -> None:
    deno("fmt", "--check", *CONFIG, *SOURCES)


def test_sources_are_linted() -> None:
    deno("lint", *CONFIG, *SOURCES)


def test_sources_are_typed() -> None:
    files = [path for folder in SOURCES for path in sorted((ROOT / folder).rglob("*.ts"))]
    assert len(files) > 20
    deno("check", "--no-lock", *CONFIG, *(path.relative_to(ROOT).as_posix() for path in files))


def test_functions_pass() -> None:
    rights = ["--allow-net=127.0.0.1", "--allow-run", "--allow-env", "--allow-read"]
    deno("test", "--no-check", "--no-lock", "--cached-only", *CONFIG, *rights, "tests/edge")


@pytest.mark.parametrize(
    "path",
    [FUNCTIONS.parent / "deno.json", *sorted(FUNCTIONS.glob("*/deno.json"))],
    ids=lambda path: path.parent.name,
)
def test_a_function_ships_the_versions_that_are_tested(path: Path) -> None:
    tested = json.loads((ROOT / "supabase" / "package.json").read_text())["dependencies"]
    shipped = json.loads(path.read_text())["imports"]
    assert shipped == {name: f"npm:{name}@{tested[name]}" for name in shipped}


def test_functions_import_what_their_map_names_and_nothing_from_elsewhere() -> None:
    for folder in sorted(path for path in FUNCTIONS.iterdir() if path.name != "_shared"):
        allowed = set(json.loads((folder / "deno.json").read_text())["imports"])
        for path in [*folder.glob("*.ts"), *(FUNCTIONS / "_shared").glob("*.ts")]:
            found = set(re.findall(r'from "([^"]+)"', path.read_text()))
            local = {name for name in found if name.startswith(("./", "../_shared/"))}
            assert found - local <= allowed, path


def test_each_function_verifies_its_caller_itself() -> None:
    """The platform's own check knows neither secret keys nor new signing keys of other kinds."""
    written = (ROOT / "supabase" / "config.toml").read_text()
    for folder in FUNCTIONS.iterdir():
        if folder.name != "_shared":
            assert f"[functions.{folder.name}]\nverify_jwt = false" in written
