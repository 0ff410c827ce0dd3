"""`db copy --with-media`, between a file's folder and a project's bucket; and copies between two files."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.moving.scene import contents, fill, sqlite
from tests.support.cli import Cli
from tests.support.postgres import Database
from tests.support.stack import Stack

from campaignbase.errors import UnreachableError
from campaignbase.stores.folder_media import FolderMedia
from campaignbase.stores.supabase_media import SupabaseMedia

NAMES = ("a.png", "b.pdf", "c.mp4")


def media(path: Path) -> dict[str, bytes]:
    """What lies beside a file."""
    folder = Path(f"{path}.media")
    return {
        place.relative_to(folder).as_posix(): place.read_bytes()
        for place in sorted(folder.rglob("*"))
        if place.is_file()
    }


def in_bucket(stack: Stack) -> list[tuple[str, int, str]]:
    with stack.connect() as connection:
        return connection.execute(
            "select name, (metadata ->> 'size')::integer, metadata ->> 'mimetype'"
            " from storage.objects order by 1"
        ).fetchall()


@pytest.fixture
async def source(cli: Cli) -> Path:
    path = cli.folder / "source.db"
    await fill(path)
    assets = sqlite(path, "select workspace_id, id from content_assets limit 3")
    for (workspace, asset), name in zip(assets, NAMES, strict=True):
        place = cli.write(f"source.db.media/{workspace}/{asset}/{name}", name.encode() * 9)
        sqlite(path, "update content_assets set file_path = ? where id = ?", (place.partition("/")[2], asset))
    return path


@pytest.fixture
def project(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """Empty, and where SUPABASE_URL leads."""
    with stack.connect() as connection:
        connection.execute("delete from workspaces")
        connection.execute("delete from storage.objects")
    monkeypatch.setenv("SUPABASE_URL", stack.url)
    monkeypatch.setenv("SUPABASE_SECRET_KEY", stack.secret_key)
    return stack


def test_files_go_to_a_project_and_back(cli: Cli, source: Path, project: Stack) -> None:
    there = ("db", "copy", "--from", str(source), "--to", project.database_url, "--with-media")
    dry = cli.ok(*there, "--dry-run")
    assert "3 files would be copied, 0.0 MB, 0 there already" in dry.err
    assert in_bucket(project) == []
    done = cli.ok(*there)
    assert f"files to: Supabase storage {project.url}" in done.err
    assert "  files: 3 of 3" in done.err
    types = {"png": "image/png", "pdf": "application/pdf", "mp4": "video/mp4"}
    assert in_bucket(project) == [
        (path, len(content), types[path.rpartition(".")[2]]) for path, content in media(source).items()
    ]
    again = cli.ok(*there, "--json").json["files"]
    assert again == {"files": 3, "present": 3, "bytes": 0}

    back = ("db", "copy", "--from", project.database_url, "--to", "back.db", "--with-media")
    assert cli.ok(*back, "--json").json["files"] == {"files": 3, "present": 0, "bytes": 45 * 3}
    assert media(cli.folder / "back.db") == media(source)
    assert contents(cli.folder / "back.db") == contents(source)


def test_an_interrupted_copy_of_files_goes_on(
    cli: Cli, source: Path, project: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload, sent = SupabaseMedia.upload, []

    async def breaks(self: SupabaseMedia, path: str, content: bytes, content_type: str) -> None:
        if len(sent) == 2:
            raise UnreachableError("the storage does not answer")
        sent.append(path)
        await upload(self, path, content, content_type)

    there = ("db", "copy", "--from", str(source), "--to", project.database_url, "--with-media")
    with monkeypatch.context() as broken:
        broken.setattr(SupabaseMedia, "upload", breaks)
        assert cli(*there).code == 4
    assert [row[0] for row in in_bucket(project)] == sorted(sent)
    rest = cli.ok(*there)
    assert "1 file copied, 0.0 MB, 2 there already" in rest.err
    assert [row[0] for row in in_bucket(project)] == list(media(source))


def test_what_must_not_be_mixed_is_refused(
    cli: Cli, source: Path, project: Stack, pg_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = ("db", "copy", "--from", str(source), "--to", project.database_url, "--with-media")
    elsewhere = ("db", "copy", "--from", str(source), "--to", pg_database.url, "--with-media")
    foreign = cli(*elsewhere)  # SUPABASE_URL is another project's
    assert (
        foreign.code,
        "set SUPABASE_URL and SUPABASE_SECRET_KEY to the project of --to" in foreign.err,
    ) == (2, True)
    assert in_bucket(project) == []
    servers = cli("db", "copy", "--from", project.database_url, "--to", pg_database.url, "--with-media")
    assert (servers.code, "these are two; copy to a SQLite file first" in servers.err) == (2, True)
    cli.ok(*there)
    [first, *_] = media(source)
    (cli.folder / "source.db.media" / first).write_bytes(b"other")
    other = cli(*there)
    assert (other.code, f"has another {first}, of 45 bytes instead of 5" in other.err) == (2, True)
    with pg_database.connect() as connection:  # its files are in its own project
        connection.execute(
            "insert into storage.objects (bucket_id, name) values ('media', %s)", [f"{first}.png"]
        )
    lost = cli("db", "copy", "--from", pg_database.url, "--to", "back.db", "--with-media")
    assert (lost.code, "to the project of --from" in lost.err) == (2, True), lost.err
    monkeypatch.delenv("SUPABASE_URL")
    without = cli(*there)
    assert (without.code, "set SUPABASE_URL and SUPABASE_SECRET_KEY" in without.err) == (3, True)


def test_a_file_is_copied_to_a_file_with_its_files(cli: Cli, source: Path) -> None:
    done = cli.ok("db", "copy", "--from", str(source), "--to", "other.db", "--with-media")
    assert "3 files copied" in done.err
    other = cli.folder / "other.db"
    assert contents(other) == contents(source)
    assert media(other) == media(source)
    triggers = "select name, sql from sqlite_schema where type = 'trigger' order by name"
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(other)) as two:
        assert one.execute(triggers).fetchall() == two.execute(triggers).fetchall()
    # it lives: what waited is labeled, and a second copy has nothing to do
    again = cli.ok("db", "copy", "--from", str(source), "--to", "other.db", "--with-media", "--json").json
    assert all(one["present"] == one["rows"] for one in again["tables"])
    assert (again["jobs"], again["files"]["present"]) == (0, 3)
    assert cli.ok("worker", "--once", "--database", "other.db", "--json").json["failed"] == 0
    hits = cli.ok("search", "spring", "--database", "other.db", "--workspace", "Fernway", "--json").json[
        "hits"
    ]
    assert len(hits) == 7


async def test_a_folder_gives_the_bytes_back(tmp_path: Path) -> None:
    files = FolderMedia(tmp_path / "x.media")
    path = "/".join(["12345678-0000-4000-8000-000000000000"] * 2) + "/a.png"
    await files.upload(path, b"x", "image/png")
    assert await files.download(path) == b"x"
