"""`campaignbase workspace delete` on one file; that nothing is left: tests/contract/test_deletion.py."""

import pytest
from tests.support.cli import Cli, cli

__all__ = ["cli"]


@pytest.fixture
def fernway(cli: Cli) -> str:
    """The id of a workspace with content that has a file."""
    key = cli.ok("workspace", "create", "Fernway").out.strip()
    cli.write_lines("posts.jsonl", {"text": "Spring sale"})
    cli.ok("ingest", "posts.jsonl", "--text-column", "text", "--workspace", "Fernway")
    [(asset,)] = cli.query("select id from content_assets")
    cli.write("poster.png", b"PNG")
    cli.ok("media", "upload", asset, "poster.png")
    return key


@pytest.mark.parametrize("by", ["name", "id"])
def test_rows_and_files_are_gone(cli: Cli, fernway: str, by: str) -> None:
    deleted = cli.ok("workspace", "delete", "Fernway" if by == "name" else fernway, "--yes")
    assert "deleted workspace 'Fernway' and 1 file\n" in deleted.err
    assert cli.query("select name from workspaces") == [("default",)]
    assert cli.count() == 0
    assert not (cli.folder / "campaignbase.db.media").exists()


def test_it_says_what_was_deleted_as_json(cli: Cli, fernway: str) -> None:
    assert cli.ok("workspace", "delete", "Fernway", "--yes", "--json").json == {
        "deleted": fernway,
        "files": 1,
    }


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("Fernwey", "--yes"), "no workspace 'Fernwey'; see: campaignbase workspace"),
        (("", "--yes"), "no workspace ''"),
        (("Fernway",), "with everything in it, for good? There is no terminal to ask on; say --yes"),
        (("Fernway", "--yes", "--workspace", "x"), "No such option: --workspace"),
    ],
)
def test_refusals_delete_nothing(cli: Cli, fernway: str, arguments: tuple[str, ...], told: str) -> None:
    refused = cli("workspace", "delete", *arguments)
    assert refused.code == 2
    assert told.lower() in refused.err.lower()
    assert (fernway, "Fernway") in cli.query("select id, name from workspaces")
    assert cli.count() == 1


def test_default_is_made_anew(cli: Cli) -> None:
    cli.new()
    cli.ok("campaigns", "create", "Spring")
    cli.ok("workspace", "delete", "default", "--yes")
    assert cli.ok("workspace").rows[0][1] == "default"
    assert cli.count("campaigns") == 0
    assert cli.count("categories") == 22


def test_a_missing_file_is_not_made(cli: Cli) -> None:
    assert cli("workspace", "delete", "default", "--yes").code == 3
    assert list(cli.folder.iterdir()) == []
