"""Every place that files may lie in, held to one suite; and the bucket's own refusals, for each identity."""

import asyncio
import io
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from storage3.exceptions import StorageApiError
from tests.integration.stack.test_stack_rest import workspace_of
from tests.support.cli import Cli, cli
from tests.support.stack import Stack, User

from campaignbase.core.media import MAX_BYTES
from campaignbase.errors import InputError, NotConfiguredError, NotFoundError, UnreachableError
from campaignbase.ports import MediaStore
from campaignbase.stores.folder_media import FolderMedia
from campaignbase.stores.supabase_media import SupabaseMedia
from campaignbase.testing import MemoryMedia

__all__ = ["cli"]
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass
class Place:
    """A store of files, and where a file of an asset would lie."""

    files: MediaStore
    folder: str  # <workspace_id>/<asset_id>


@dataclass
class Home:
    """A signed-up user with content of her own."""

    user: User
    workspace: str
    asset: str

    @property
    def folder(self) -> str:
        return f"{self.workspace}/{self.asset}"


@pytest.fixture
def home(stack: Stack) -> Home:
    return settle(stack)


def settle(stack: Stack) -> Home:
    user = stack.sign_up()
    workspace = workspace_of(stack, user)
    asset = str(uuid.uuid4())
    row = {"id": asset, "workspace_id": workspace, "content": "Spring sale"}
    stack.request("POST", "/rest/v1/content_assets", token=user.token, json=row).raise_for_status()
    return Home(user, workspace, asset)


@pytest.fixture(params=["memory", "folder", "supabase"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    anywhere = f"{uuid.uuid4()}/{uuid.uuid4()}"
    if request.param == "supabase":
        stack: Stack = request.getfixturevalue("stack")
        at = settle(stack)
        found = Place(SupabaseMedia(stack.url, stack.publishable_key, at.user.token), at.folder)
    elif request.param == "folder":
        found = Place(FolderMedia(tmp_path / "x.media"), anywhere)
    else:
        found = Place(MemoryMedia(), anywhere)
    yield found
    await found.files.aclose()


async def test_a_file_is_uploaded_listed_and_removed(place: Place) -> None:
    paths = [f"{place.folder}/{name}" for name in ("a.png", "b.png")]
    for path in paths:
        await place.files.upload(path, PNG, "image/png")
    assert await place.files.download(paths[0]) == PNG
    assert await place.files.paths(place.folder) == paths
    assert await place.files.paths(place.folder.partition("/")[0]) == paths
    assert await place.files.paths(str(uuid.uuid4())) == []
    assert await place.files.remove([paths[0], f"{place.folder}/none.png"]) == 1
    assert await place.files.paths(place.folder) == paths[1:]
    assert await place.files.remove(paths) == 1


async def test_a_name_that_is_taken_is_overwritten_only_when_asked(place: Place) -> None:
    path = f"{place.folder}/a.png"
    await place.files.upload(path, PNG, "image/png")
    with pytest.raises(InputError, match="exists already"):
        await place.files.upload(path, PNG + b"2", "image/png")
    await place.files.upload(path, PNG + b"3", "image/png", overwrite=True)
    address = await place.files.signed_url(path, 60)
    if not address.startswith("memory:"):
        assert await fetch(address) == PNG + b"3"


async def test_what_is_not_there_has_no_address(place: Place) -> None:
    with pytest.raises(NotFoundError, match=r"no file .*none.png"):
        await place.files.signed_url(f"{place.folder}/none.png", 60)
    with pytest.raises(NotFoundError, match=r"no file .*none.png"):
        await place.files.download(f"{place.folder}/none.png")


@pytest.mark.parametrize("size", [0, MAX_BYTES + 1])
async def test_too_large_and_empty_files_are_refused_before_they_are_sent(place: Place, size: int) -> None:
    with pytest.raises(InputError, match=r"is empty|at most 52,428,800 are stored"):
        await place.files.upload(f"{place.folder}/a.png", bytes(size), "image/png")
    assert await place.files.paths(place.folder) == []


async def fetch(address: str) -> bytes:
    if address.startswith("file:"):
        return await asyncio.to_thread(Path(address.removeprefix("file://")).read_bytes)
    async with httpx.AsyncClient() as anybody:  # without key or token
        answer = await anybody.get(address)
        answer.raise_for_status()
        assert answer.headers["content-type"] == "image/png"
        return answer.content


# the bucket itself, spoken to with supabase-py


async def test_a_signed_address_opens_the_file_to_anybody_until_it_expires(stack: Stack, home: Home) -> None:
    path = f"{home.folder}/a.png"
    async with stack.client(home.user.token) as client:
        bucket = client.storage.from_("media")
        await bucket.upload(path, PNG, {"content-type": "image/png"})
        assert await bucket.download(path) == PNG
        assert await fetch((await bucket.create_signed_url(path, 60))["signedURL"]) == PNG
        expired = (await bucket.create_signed_url(path, -1))["signedURL"]
        async with httpx.AsyncClient() as anybody:
            assert (await anybody.get(expired)).status_code == 400
    assert stack.request("GET", f"/storage/v1/object/public/media/{path}").status_code == 400
    assert stack.request("GET", f"/storage/v1/object/media/{path}").status_code == 400
    assert stack.request("GET", f"/storage/v1/object/authenticated/media/{path}").status_code == 400
    older = stack.request("GET", f"/storage/v1/object/authenticated/media/{path}", token=home.user.token)
    assert older.content == PNG


async def test_another_workspace_neither_sees_nor_changes_a_file(stack: Stack, home: Home) -> None:
    path, stranger = f"{home.folder}/a.png", settle(stack)
    async with stack.client(home.user.token) as own, stack.client(stranger.user.token) as foreign:
        await own.storage.from_("media").upload(path, PNG, {"content-type": "image/png"})
        files = foreign.storage.from_("media")
        assert await files.list(home.workspace) == []
        assert [one["name"] for one in await files.list()] == []
        for refused in (
            files.download(path),
            files.create_signed_url(path, 60),
            files.upload(f"{home.folder}/b.png", PNG, {"content-type": "image/png"}),
            files.upload(path, PNG, {"content-type": "image/png", "upsert": "true"}),
            files.update(path, PNG, {"content-type": "image/png"}),
            files.move(path, f"{stranger.folder}/a.png"),
            files.copy(path, f"{stranger.folder}/a.png"),
        ):
            with pytest.raises(StorageApiError):
                await refused
        assert await files.remove([path]) == []
        assert await own.storage.from_("media").download(path) == PNG


async def test_a_viewer_reads_and_writes_nothing(stack: Stack, home: Home) -> None:
    path, viewer = f"{home.folder}/a.png", stack.sign_up()
    with stack.connect() as connection:
        connection.execute(
            "insert into public.workspace_members values (%s, %s, 'viewer')", [home.workspace, viewer.id]
        )
    async with stack.client(home.user.token) as own, stack.client(viewer.token) as reading:
        await own.storage.from_("media").upload(path, PNG, {"content-type": "image/png"})
        files = reading.storage.from_("media")
        assert await files.download(path) == PNG
        assert [one["name"] for one in await files.list(home.folder)] == ["a.png"]
        with pytest.raises(StorageApiError, match="row-level security"):
            await files.upload(f"{home.folder}/b.png", PNG, {"content-type": "image/png"})
        assert await files.remove([path]) == []
        assert await files.download(path) == PNG


REFUSED: list[tuple[str, str, Callable[[], bytes], str, str]] = [
    # why, type, content, status in the answer, what its message says
    ("type", "text/html", lambda: b"<script>", "415", "text/html is not supported"),
    ("script in a picture", "image/svg+xml", lambda: b"<svg/>", "415", "image/svg\\+xml is not supported"),
    (
        "one byte too many",
        "image/png",
        lambda: bytes(MAX_BYTES + 1),
        "413",
        "exceeded the maximum allowed size",
    ),
]


@pytest.mark.parametrize(
    ("why", "kind", "content", "status", "told"), REFUSED, ids=[row[0] for row in REFUSED]
)
async def test_the_bucket_refuses(
    why: str, kind: str, content: Callable[[], bytes], status: str, told: str, stack: Stack, home: Home
) -> None:
    async with stack.client(home.user.token) as client:
        with pytest.raises(StorageApiError, match=told) as refused:
            await client.storage.from_("media").upload(
                f"{home.folder}/x.png", content(), {"content-type": kind}
            )
        assert str(refused.value.status) == status, why
        assert await client.storage.from_("media").list(home.folder) == []


async def test_fifty_megabytes_fit(stack: Stack, home: Home) -> None:
    async with stack.client(home.user.token) as client:
        whole = io.BufferedReader(io.BytesIO(bytes(MAX_BYTES)))  # type: ignore[arg-type]
        path = f"{home.folder}/x.mp4"
        await client.storage.from_("media").upload(path, whole, {"content-type": "video/mp4"})
        assert (await client.storage.from_("media").list(home.folder))[0]["metadata"]["size"] == MAX_BYTES


@pytest.mark.parametrize(
    "name", ["{w}/a.png", "{w}/{a}/deep/a.png", "a.png", "{w}/{x}/a.png", "{W}/{a}/a.png"]
)
async def test_a_malformed_path_is_refused_and_no_error_of_the_server(
    stack: Stack, home: Home, name: str
) -> None:
    path = name.format(w=home.workspace, W=home.workspace.upper(), a=home.asset, x=uuid.uuid4())
    async with stack.client(home.user.token) as client:
        with pytest.raises(StorageApiError, match="row-level security") as refused:
            await client.storage.from_("media").upload(path, PNG, {"content-type": "image/png"})
    assert str(refused.value.status) == "403"


# what people are told


async def test_refusals_in_our_words(stack: Stack, home: Home) -> None:
    path = f"{home.folder}/a.png"
    stranger = settle(stack).user.token
    foreign = SupabaseMedia(stack.url, stack.publishable_key, stranger)
    with pytest.raises(
        InputError, match=r"is refused: .*row-level security.*; only editors of its workspace write"
    ):
        await foreign.upload(path, PNG, "image/png")
    with pytest.raises(InputError, match="text/html is not supported"):
        await foreign.upload(path, PNG, "text/html")
    await foreign.aclose()
    expired = SupabaseMedia(stack.url, stack.publishable_key, stack.token(home.user.id, expires_in=-60))
    with pytest.raises(NotConfiguredError, match=r"refuses the key or token: .*; check SUPABASE_SECRET_KEY"):
        await expired.upload(path, PNG, "image/png")
    await expired.aclose()
    nowhere = SupabaseMedia("http://127.0.0.1:9", "key")
    with pytest.raises(UnreachableError, match=r"http://127.0.0.1:9 does not answer: .*; is the URL right"):
        await nowhere.paths(home.folder)
    await nowhere.aclose()


async def test_a_bucket_that_is_not_there(stack: Stack, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaignbase.stores.supabase_media.BUCKET", "nowhere")
    files = SupabaseMedia(stack.url, stack.secret_key)
    for asked in (files.upload(f"{home.folder}/a.png", PNG, "image/png"), files.paths(home.folder)):
        with pytest.raises(
            NotConfiguredError, match="has no bucket 'nowhere'; apply the migrations: supabase db push"
        ):
            await asked
    await files.aclose()


def test_the_commands_on_a_server(
    stack: Stack, home: Home, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.write("Poster 1.png", PNG)
    database = ("--database", stack.database_url)
    for command in (["upload", home.asset, "Poster 1.png"], ["url", home.asset], ["list", home.asset]):
        refused = cli("media", *command, *database)
        assert refused.code == 3
        assert (
            "set SUPABASE_URL and SUPABASE_SECRET_KEY, and name the database with --database" in refused.err
        )
    monkeypatch.setenv("SUPABASE_URL", stack.url)
    monkeypatch.setenv("SUPABASE_SECRET_KEY", stack.secret_key)
    path = f"{home.folder}/Poster-1.png"
    assert cli.ok("media", "upload", home.asset, "Poster 1.png", *database).out == f"{path}\n"
    again = cli("media", "upload", home.asset, "Poster 1.png", *database)
    assert again.code == 2
    assert f"{path} exists already; overwrite it with --overwrite, or rename yours" in again.err
    address = cli.ok("media", "url", home.asset, *database).out.strip()
    assert httpx.get(address).content == PNG
    assert cli.ok("media", "list", home.asset, *database).rows == [["Poster-1.png", "shown", path]]
    with stack.connect() as connection:
        connection.execute("delete from public.content_assets where id = %s", [home.asset])
    assert cli.ok("media", "clean", *database).err.endswith("removed 0 files without content\n")  # young
    assert path in cli.ok("media", "clean", "--older-than", "0", "--dry-run", *database).out.splitlines()
    cli.ok("media", "clean", "--older-than", "0", *database)
    assert httpx.get(address).status_code == 400
    with stack.connect() as connection:
        assert connection.execute("select from storage.objects where name = %s", [path]).fetchall() == []


def test_deleting_a_workspace_removes_its_files(
    stack: Stack, home: Home, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.write("poster.png", PNG)
    monkeypatch.setenv("SUPABASE_URL", stack.url)
    monkeypatch.setenv("SUPABASE_SECRET_KEY", stack.secret_key)
    path = cli.ok("media", "upload", home.asset, "poster.png").out.strip()
    address = cli.ok("media", "url", home.asset).out.strip()
    deleted = cli.ok("workspace", "delete", home.workspace, "--yes", "--json").json
    assert deleted == {"deleted": home.workspace, "files": 1}
    assert httpx.get(address).status_code == 400
    with stack.connect() as connection:
        assert connection.execute("select from storage.objects where name = %s", [path]).fetchall() == []
