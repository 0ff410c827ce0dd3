"""The storage API of the offline stack through supabase-py: objects, levels, signed URLs, and who may."""

import uuid
from collections.abc import Iterator

import httpx
import pytest
from storage3.exceptions import StorageApiError
from tests.support.stack import Stack


@pytest.fixture
def bucket(stack: Stack) -> Iterator[str]:
    """A private bucket where each user has a folder of the name of its id."""
    name = f"test-{uuid.uuid4().hex}"
    with stack.connect() as connection:
        connection.execute(
            "insert into storage.buckets (id, name, public) values (%s, %s, false)", [name, name]
        )
        connection.execute(
            f"""
            create policy "{name}" on storage.objects for all to authenticated
            using (bucket_id = '{name}' and (storage.foldername(name))[1] = (select auth.uid())::text)
            with check (bucket_id = '{name}' and (storage.foldername(name))[1] = (select auth.uid())::text)
        """.encode()
        )
    yield name
    with stack.connect() as connection:
        connection.execute(f'drop policy "{name}" on storage.objects'.encode())
        connection.execute("delete from storage.objects where bucket_id = %s", [name])
        connection.execute("delete from storage.buckets where id = %s", [name])


async def test_an_owner_uploads_lists_signs_moves_and_removes(stack: Stack, bucket: str) -> None:
    user = stack.sign_up()
    async with stack.client(user.token) as client:
        files = client.storage.from_(bucket)
        for name in ("a.txt", "deep/b.txt", "deep/c.txt"):
            await files.upload(f"{user.id}/{name}", name.encode(), {"content-type": "text/plain"})
        listed = await files.list(user.id)
        assert [(one["name"], one["id"] is None) for one in listed] == [("a.txt", False), ("deep", True)]
        assert [one["name"] for one in await files.list(f"{user.id}/deep", {"limit": 1, "offset": 1})] == [
            "c.txt"
        ]
        assert await files.download(f"{user.id}/a.txt") == b"a.txt"

        one = await files.create_signed_url(f"{user.id}/a.txt", 60)
        async with httpx.AsyncClient() as anybody:  # without a key or a token
            read = await anybody.get(one["signedURL"])
            assert (read.text, read.headers["content-type"]) == ("a.txt", "text/plain")
            assert (await anybody.get(one["signedURL"][:-4])).status_code == 400
        many = await files.create_signed_urls([f"{user.id}/a.txt", f"{user.id}/none"], 60)
        assert [(one["path"], bool(one["error"])) for one in many] == [
            (f"{user.id}/a.txt", False),
            (f"{user.id}/none", True),
        ]
        upload = await files.create_signed_upload_url(f"{user.id}/later.txt")
        await files.upload_to_signed_url(f"{user.id}/later.txt", upload["token"], b"later")
        assert await files.download(f"{user.id}/later.txt") == b"later"

        await files.move(f"{user.id}/a.txt", f"{user.id}/z.txt")
        assert await files.exists(f"{user.id}/z.txt")
        await files.remove([f"{user.id}/z.txt"])
        assert not await files.exists(f"{user.id}/z.txt")


async def test_a_stranger_neither_reads_nor_writes(stack: Stack, bucket: str) -> None:
    owner, stranger = stack.sign_up(), stack.sign_up()
    path = f"{owner.id}/a.txt"
    async with stack.client(owner.token) as client, stack.client(stranger.token) as foreign:
        await client.storage.from_(bucket).upload(path, b"mine")
        files = foreign.storage.from_(bucket)
        assert await files.list(owner.id) == []
        for refused in (
            files.download(path),
            files.upload(path, b"theirs", {"upsert": "true"}),
            files.upload(f"{owner.id}/b.txt", b"theirs"),
            files.create_signed_url(path, 60),
            files.move(path, f"{stranger.id}/a.txt"),
        ):
            with pytest.raises(StorageApiError):
                await refused
        await files.remove([path])
        assert await client.storage.from_(bucket).download(path) == b"mine"
