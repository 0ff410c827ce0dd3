"""`campaignbase media` on one file; on a server: tests/integration/stack/test_stack_media.py."""

import os
import sqlite3
import time
import uuid
from contextlib import closing
from pathlib import Path

import pytest
from tests.support.cli import Cli, cli

__all__ = ["cli"]

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def asset(cli: Cli) -> str:
    cli.write_lines("posts.jsonl", {"text": "Spring sale"})
    cli.ok("ingest", "posts.jsonl", "--text-column", "text")
    return str(cli.query("select id from content_assets")[0][0])


def workspace(cli: Cli) -> str:
    return str(cli.query("select id from workspaces")[0][0])


def test_a_file_is_uploaded_opened_listed_and_removed(cli: Cli, asset: str) -> None:
    cli.write("poster.png", PNG)
    path = f"{workspace(cli)}/{asset}/poster.png"
    uploaded = cli.ok("media", "upload", asset[:8], "poster.png")
    assert uploaded.out == f"{path}\n"
    place = cli.folder / "campaignbase.db.media" / path
    assert place.read_bytes() == PNG
    assert cli.query("select file_path from content_assets") == [(path,)]
    opened = cli.ok("media", "url", asset[:8], "--json").json
    assert opened == {"url": place.as_uri(), "expires_seconds": None}
    assert "a file on this machine; the address does not expire" in cli.ok("media", "url", asset).err

    cli.write("second.pdf", b"%PDF-1.7")
    assert f"the file before stays: {path}" in cli.ok("media", "upload", asset, "second.pdf").err
    files = cli.ok("media", "list", asset, "--json").json["files"]
    assert [(one["name"], one["shown"]) for one in files] == [("poster.png", False), ("second.pdf", True)]
    for name in ("poster.png", "second.pdf"):
        cli.ok("media", "remove", asset, name, "--yes")
    assert cli.ok("media", "list", asset, "--json").json == {"files": []}
    assert cli.query("select file_path from content_assets") == [(None,)]
    assert not place.parents[2].exists()


def test_no_address_is_made_for_a_file_of_other_content(cli: Cli, asset: str) -> None:
    foreign = f"{uuid.uuid4()}/{asset}/theirs.png"  # as anybody may write who may write the row
    with closing(sqlite3.connect(cli.folder / "campaignbase.db", isolation_level=None)) as connection:
        connection.execute("update content_assets set file_path = ?", [foreign])
    refused = cli("media", "url", asset)
    assert (refused.code, refused.out) == (2, "")
    assert f"shows '{foreign}', which is no file of its own; replace it" in refused.err


def test_a_file_of_deleted_content_goes_with_the_next_worker(cli: Cli, asset: str) -> None:
    cli.write("poster.png", PNG)
    path = cli.ok("media", "upload", asset, "poster.png").out.strip()
    place = cli.folder / "campaignbase.db.media" / path
    assert cli.ok("media", "clean", "--older-than", "0", "--dry-run").out == ""
    delete(cli)
    assert cli.ok("media", "clean", "--older-than", "0", "--dry-run").out == f"{path}\n"
    cli.ok("worker", "--once")
    assert place.exists()  # it is young
    age(place, seconds=4000)
    cli.ok("worker", "--once")
    assert not place.exists()


def delete(cli: Cli) -> None:
    with closing(sqlite3.connect(cli.folder / "campaignbase.db")) as connection, connection:
        connection.execute("pragma foreign_keys = on")
        connection.execute("delete from content_assets")


def age(place: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(place, (then, then))


REFUSED = [
    (["upload", "{asset}", "none.png"], "cannot read none.png: No such file or directory"),
    (["upload", "{asset}", "notes.txt"], "notes.txt: files of type '.txt' are not stored; expected .png,"),
    (["upload", "{asset}", "empty.png"], "empty.png is empty"),
    (["upload", "{asset}", "large.png"], "large.png has 52,428,801 bytes, at most 52,428,800 are stored"),
    (["upload", "{nobody}", "poster.png"], "no content or campaign with id"),
    (["upload", "{campaign}", "poster.png"], "is a campaign; only content has files"),
    (["url", "{asset}"], "has no file; add one: campaignbase media upload"),
    (["remove", "{asset}", "none.png", "--yes"], "has no file 'none.png'; see: campaignbase media list"),
    (["remove", "{asset}", "../../x", "--yes"], "is no path of a file"),
    (["remove", "{asset}", "none.png"], "There is no terminal to ask on; say --yes"),
]


@pytest.mark.parametrize(("command", "told"), REFUSED, ids=[row[1][:30] for row in REFUSED])
def test_bad_input_is_told_and_nothing_is_written(
    cli: Cli, asset: str, command: list[str], told: str
) -> None:
    cli.ok("campaigns", "create", "Spring")
    [(campaign,)] = cli.query("select id from campaigns")
    for name, content in (("poster.png", PNG), ("notes.txt", b"x"), ("empty.png", b"")):
        cli.write(name, content)
    with (cli.folder / "large.png").open("wb") as file:
        file.truncate(50 * 1024 * 1024 + 1)
    names = {"asset": asset, "campaign": campaign, "nobody": str(uuid.uuid4())}
    refused = cli("media", *(part.format(**names) for part in command))
    assert refused.code == 2
    assert told in refused.err
    assert not (cli.folder / "campaignbase.db.media").exists()
    assert cli.query("select file_path from content_assets") == [(None,)]
