"""Which file an asset shows, and which lie there although their asset is gone."""

import uuid

import pytest
from tests.contract.subject import Subject

from campaignbase.errors import NotFoundError

NOBODY = "12345678-0000-4000-8000-000000000000"


async def test_a_file_is_linked_and_unlinked(subject: Subject):
    [asset] = await subject.add("words")
    path = f"{subject.workspace.id}/{asset}/poster.png"
    assert (await subject.asset(asset)).file_path is None
    for wanted in (path, None):
        await subject.store.link_file(asset, wanted)
        assert (await subject.asset(asset)).file_path == wanted
    with pytest.raises(NotFoundError, match=f"no content with id '{NOBODY}'"):
        await subject.store.link_file(NOBODY, path)


async def test_content_without_words_is_read_by_its_files_name(subject: Subject):
    subject.drop_label_jobs()
    [asset] = await subject.add("")
    await subject.finish()
    await subject.store.link_file(asset, f"{subject.workspace.id}/{asset}/spring-sale.png")
    assert [(job.target_id, job.text) for job in await subject.claim()] == [(asset, "spring-sale.png")]


async def test_files_of_deleted_content_are_orphans(subject: Subject):
    kept, deleted = await subject.add("one", "two")
    home = subject.workspace.id
    lost = [f"{home}/{deleted}/a.png", f"{home}/{deleted}/b.png", f"{uuid.uuid4()}/{kept}/c.png"]
    for path in (f"{home}/{kept}/a.png", *lost):
        subject.put_file(path, age_seconds=7200)
    subject.put_file(f"{home}/{deleted}/young.png", age_seconds=60)
    assert await subject.store.orphaned_media() == lost[2:]
    subject.sql("delete from content_assets where id = %s", deleted)
    assert sorted(await subject.store.orphaned_media()) == sorted(lost)
    assert len(await subject.store.orphaned_media(limit=2)) == 2
    assert f"{home}/{deleted}/young.png" in await subject.store.orphaned_media(0)


async def test_files_of_other_forms_are_left_alone(subject: Subject):
    for path in ("logo.png", "notes/logo.png", f"{NOBODY}/logo.png", f"{NOBODY}/{NOBODY}/deep/logo.png"):
        subject.put_file(path, age_seconds=7200)
    assert await subject.store.orphaned_media() == []


async def test_files_of_a_workspace_are_listed_by_path(subject: Subject):
    [asset] = await subject.add("words")
    home = subject.workspace.id
    names = ["a.png", "B.pdf", "c-1.mp4"]
    for path in (*(f"{home}/{asset}/{name}" for name in names), f"{NOBODY}/{asset}/d.png", f"{home}/e.png"):
        subject.put_file(path)
    listed = await subject.store.media(home)
    assert [(one.path, one.size) for one in listed] == [
        (f"{home}/{asset}/{name}", 1) for name in ("B.pdf", "a.png", "c-1.mp4")
    ]
    assert [one.content_type for one in listed] == ["application/pdf", "image/png", "video/mp4"]
    assert await subject.store.media(asset) == []
