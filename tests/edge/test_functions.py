"""What edge functions ship with; test_edge.py runs their tests."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = ROOT / "supabase" / "functions"


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
