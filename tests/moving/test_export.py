"""`campaignbase export`: the same files from every target, whole or not at all, nothing secret in them."""

import hashlib
import json
import re
import tracemalloc
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.moving.scene import contents, fill, moved, sqlite
from tests.support.cli import Cli
from tests.support.stack import Stack

from campaignbase.errors import NotConfiguredError
from campaignbase.moving import folder as folders
from campaignbase.moving.export import LEFT_OUT, wanted, write_tables
from campaignbase.moving.postgres_side import PostgresSide
from campaignbase.moving.rest_side import RestSide
from campaignbase.moving.shape import tables
from campaignbase.moving.sqlite_side import SqliteSide
from campaignbase.stores.folder_media import media_folder

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def lines(folder: Path, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{table}.jsonl").read_text().splitlines()]


@pytest.fixture
async def source(cli: Cli) -> Path:
    """A file with a workspace that is in no database yet, a picture in it."""
    path = cli.folder / "source.db"
    workspace = await fill(path, f"Fernway {uuid.uuid4().hex[:8]}")
    sqlite(path, "delete from workspaces where name = 'default'")
    [(asset,)] = sqlite(path, "select id from content_assets limit 1")
    picture = f"{workspace}/{asset}/poster.png"
    cli.write(f"source.db.media/{picture}", PNG)
    sqlite(path, "update content_assets set file_path = ? where id = ?", (picture, asset))
    return path


@pytest.mark.parametrize("options", [(), ("--vectors",)], ids=["plain", "vectors"])
def test_every_target_gives_the_same_files(
    cli: Cli, source: Path, stack: Stack, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    user = stack.sign_up()
    [(name, workspace)] = sqlite(source, "select name, id from workspaces")
    member = "insert into workspace_members (workspace_id, user_id, role) values (?, ?, 'owner')"
    sqlite(source, member, (workspace, user.id))
    with stack.connect() as connection:
        connection.execute("delete from workspaces")  # what signing up made
    moved(SqliteSide(str(source)), PostgresSide(stack.database_url))
    [(asset, path)] = sqlite(source, "select id, file_path from content_assets where file_path is not null")
    sent = {"content": PNG, "headers": {"Content-Type": "image/png"}}
    stack.request("POST", f"/storage/v1/object/media/{path}", key=stack.secret_key, **sent).raise_for_status()

    arguments = ("export", "--workspace", name, "--with-media", *options)
    cli.ok(*arguments, "--database", str(source), "--out", "from-sqlite")
    monkeypatch.setenv("SUPABASE_URL", stack.url)
    monkeypatch.setenv("SUPABASE_SECRET_KEY", stack.secret_key)
    cli.ok(*arguments, "--database", stack.database_url, "--out", "from-postgres")
    over_rest = cli.ok(*arguments, "--out", "from-rest")
    assert over_rest.out == "from-rest\n"

    ours, *others = (files(Path(place)) for place in ("from-sqlite", "from-postgres", "from-rest"))
    manifest = json.loads(ours.pop("manifest.json"))
    for other in others:
        theirs = json.loads(other.pop("manifest.json"))
        assert {**theirs, "exported_at": ""} == {**manifest, "exported_at": ""}
        assert other == ours
    assert ours[f"media/{path}"] == PNG
    homes = {one.name: one.home for one in wanted(bool(options))}
    assert {one["name"]: one["rows"] for one in manifest["tables"]} == {
        table: len([row for row in rows if row[homes[table]] == workspace])
        for table, rows in contents(source).items()
        if table in homes
    }
    for one in (*manifest["tables"], manifest["media"]):
        assert hashlib.sha256(ours[one["file"]]).hexdigest() == one["sha256"], one
    [kept] = [row for row in lines(Path("from-rest"), "content_assets") if row["id"] == asset]
    assert ("embedding" in kept) == bool(options)
    assert not options or len(kept["embedding"]) == 1536


def test_what_a_row_says_is_in_its_line(cli: Cli, source: Path) -> None:
    [(name,)] = sqlite(source, "select name from workspaces")
    cli.ok("export", "--workspace", name, "--database", str(source), "--out", "new/folder")
    out = Path("new/folder")
    texts = {row["content"] for row in lines(out, "content_assets")}
    assert texts == {f"Spring sale {n}: 20% off \N{TULIP}" for n in range(7)}
    [post] = lines(out, "social_posts")
    assert (post["hashtags"], post["posting_cost"], post["views"]) == (["#a,b", 'q"uote', ""], "1.25", 100)
    assert {"b": 1, "a": [None, True]} in [row["parameters"] for row in lines(out, "content_assets")]
    assert all(re.fullmatch(r"[-\d]{10}T[:\d]{8}\.\d{6}Z", row["created_at"]) for row in lines(out, "tags"))
    assert "human" in {row["source"] for row in lines(out, "categorizations")}
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["schema"] == "20260101001300"
    assert manifest["media"]["included"] is False
    assert manifest["media"]["fetch"] == f"{media_folder(source).absolute()}/<path>"
    assert [(row["size"], row["content_type"]) for row in lines(out, "media")] == [(108, "image/png")]
    left = {table.name for table in tables()} - {one["name"] for one in manifest["tables"]}
    assert left == set(manifest["left_out"]) & {table.name for table in tables()}


def test_no_secret_and_no_other_workspace_is_in_it(cli: Cli, source: Path) -> None:
    sqlite(source, "insert into workspaces (name) values ('Other')")
    sqlite(
        source,
        "insert into content_assets (workspace_id, content) select id, 'theirs'"
        " from workspaces where name = 'Other'",
    )
    [(name,)] = sqlite(source, "select name from workspaces where name like 'Fernway%'")
    sqlite(source, "update invitations set token_hashes = '[\"feedbeef\"]'")
    kept = "select secret from webhook_secrets union select token_hash from api_key_secrets"
    secrets = [row[0] for row in sqlite(source, kept)]
    foreign = [row[0] for row in sqlite(source, "select id from workspaces where name <> ?", (name,))]
    cli.ok("export", "--workspace", name, "--database", str(source), "--out", "out", "--vectors")
    whole = b"".join(files(Path("out")).values()).decode()
    assert len(secrets) == 3
    assert not [word for word in (*secrets, *foreign, "feedbeef", "theirs") if word in whole]
    assert {name.partition(".")[0] for name in LEFT_OUT} <= {table.name for table in tables()}


def test_refusals_leave_nothing(cli: Cli, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [(name,)] = sqlite(source, "select name from workspaces")
    cli.write("full/kept.txt", "x")
    cli.write("file", "x")
    at = ("export", "--database", str(source))
    near, ours = f"{name[:-1]}~", (*at, "--workspace", name)
    cases = [
        ((*ours, "--out", "full"), 2, "full is not empty, it holds kept.txt; name another --out"),
        ((*ours, "--out", "file"), 2, "file is a file; name a folder that is to be made as --out"),
        ((*ours, "--out", "file/out"), 3, "cannot write file/out (File exists)"),
        ((*at, "--workspace", near, "--out", "out"), 2, f"no workspace '{near}'; did you mean '{name}'?"),
        ((*at, "--workspace", "x", "--out", "out"), 2, "no workspace 'x'; there is: "),
        (("export", "--database", "none.db", "--out", "out"), 3, "there is no file none.db"),
        (ours, 2, "missing option '--out'"),
    ]
    for arguments, code, told in cases:
        refused = cli(*arguments)
        assert (refused.code, told in refused.err) == (code, True), refused.err
    monkeypatch.setattr(SqliteSide, "rows", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    assert cli(*ours, "--out", "out").code == 130
    left = {path.name for path in cli.folder.iterdir()} - {"source.db", "source.db.media", "poster.png"}
    assert left == {"full", "file"}


def test_an_empty_folder_is_taken_and_a_full_disk_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with folders.new_folder(tmp_path / "out") as part:
        (part / "a").write_text("x")
    assert files(tmp_path) == {"out/a": b"x"}
    full = "No space left on device"
    with (
        pytest.raises(NotConfiguredError, match=rf"cannot write .*/more \({full}\)"),
        folders.new_folder(tmp_path / "more"),
    ):
        raise OSError(28, full)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_rows_do_not_sit_in_memory(source: Path, tmp_path: Path) -> None:
    [(workspace,)] = sqlite(source, "select workspace_id from social_posts")
    sqlite(
        source,
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < 2000)"
        " insert into content_assets (workspace_id, content) select ?, hex(zeroblob(10000)) || i from n",
        (workspace,),
    )
    (tmp_path / "out").mkdir()
    with closing(SqliteSide(str(source))) as side:
        tracemalloc.start()
        write_tables(side, workspace, tmp_path / "out")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert (tmp_path / "out" / "content_assets.jsonl").stat().st_size > 40_000_000
    assert peak < 4_000_000


def test_pages_over_rest_lose_and_double_nothing(stack: Stack) -> None:
    with stack.connect() as connection:
        [home] = connection.execute(
            "insert into workspaces (name) values (gen_random_uuid()) returning id::text"
        ).fetchone() or [None]
        connection.execute("delete from categories where workspace_id = %s", [home])
        connection.execute(  # more than a page of rows, and of bytes
            "insert into content_assets (workspace_id, content)"
            " select %s, repeat('x', case when n %% 100 = 0 then 1000000 else 10 end)"
            " from generate_series(1, 700) as n",
            [home],
        )
        connection.execute(
            "with parents as (insert into categories (workspace_id, name)"
            " select %(home)s, 'p' || n from generate_series(1, 300) as n returning id)"
            " insert into categories (workspace_id, name, parent_id)"
            " select %(home)s, 'c' || id, id from parents",
            {"home": home},
        )
    for name, count in (("content_assets", 700), ("categories", 600)):
        [table] = [table for table in wanted(vectors=False) if table.name == name]
        over_rest = RestSide(stack.url, stack.secret_key)
        direct = PostgresSide(stack.database_url)
        direct.check()
        found = list(over_rest.rows(table, [home]))
        assert len(found) == count
        assert found == list(direct.rows(table, [home]))
        over_rest.close()
        direct.close()
