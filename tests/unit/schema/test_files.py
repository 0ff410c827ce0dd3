"""The SQL is found beside the code in a checkout and inside the package once installed."""

from pathlib import Path

import pytest

from campaignbase.errors import NotConfiguredError
from campaignbase.schema import files


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty package in an empty checkout."""
    package = tmp_path / "python" / "campaignbase"
    package.mkdir(parents=True)
    monkeypatch.setattr(files, "_PACKAGE", package)
    monkeypatch.setattr(files, "_CHECKOUT", tmp_path)
    return package


def fill(folder: Path, witness: str) -> Path:
    (folder / witness).parent.mkdir(parents=True)
    (folder / witness).write_text("")
    return folder


def test_sql_of_a_checkout(package: Path) -> None:
    folder = fill(package.parents[1] / "sql", "platform/load.sql")
    assert files.sql_folder() == folder
    assert files.platform_file() == folder / "platform" / "load.sql"


def test_sql_of_an_installed_package_comes_first(package: Path) -> None:
    fill(package.parents[1] / "sql", "platform/load.sql")
    packaged = fill(package / "_sql", "platform/load.sql")
    assert files.sql_folder() == packaged


def test_migrations_of_an_installed_package(package: Path) -> None:
    assert fill(package / "_supabase", "config.toml") / "migrations" == files.migration_folder()


def test_a_package_without_its_sql_says_so(package: Path) -> None:
    with pytest.raises(NotConfiguredError) as caught:
        files.migration_folder()
    assert str(caught.value) == (
        f"config.toml is in neither {package}/_supabase nor {package.parents[1]}/supabase; "
        f"install campaignbase again"
    )
