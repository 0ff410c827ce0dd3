"""What only a folder can get wrong; the rest is tests/integration/stack/test_stack_media.py."""

import uuid
from pathlib import Path

import pytest

from campaignbase.errors import InputError, NotConfiguredError
from campaignbase.stores.folder_media import FolderMedia, media_folder

A, B = uuid.UUID(int=1), uuid.UUID(int=2)


def test_the_folder_is_beside_the_file(tmp_path: Path) -> None:
    assert media_folder(tmp_path / "my.db") == tmp_path / "my.db.media"


@pytest.mark.parametrize(
    "path", ["../x.png", f"{A}/{B}/..", f"{A}/{B}/.", f"{A}/../{B}/x", "/etc/passwd", f"{A}/x"]
)
async def test_no_path_leads_out_of_it(path: str, tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"mine")
    files = FolderMedia(tmp_path / "media")
    for asked in (files.upload(path, b"x", "image/png"), files.remove([path]), files.signed_url(path, 60)):
        with pytest.raises(
            InputError, match="is no path of a file; expected <workspace_id>/<asset_id>/<file name>"
        ):
            await asked
    assert [place.name for place in tmp_path.rglob("*")] == ["x.png"]  # noqa: ASYNC240


async def test_removing_the_last_file_leaves_no_empty_folders(tmp_path: Path) -> None:
    files = FolderMedia(tmp_path / "media")
    for asset in (A, B):
        await files.upload(f"{A}/{asset}/x.png", b"x", "image/png")
    await files.remove([f"{A}/{B}/x.png"])
    assert [place.name for place in (tmp_path / "media" / str(A)).iterdir()] == [str(A)]
    await files.remove([f"{A}/{A}/x.png"])
    assert not (tmp_path / "media").exists()


async def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "media").write_bytes(b"a file")
    with pytest.raises(NotConfiguredError, match=r"cannot write .*/x\.png \(.*\); make the folder writable"):
        await FolderMedia(tmp_path / "media").upload(f"{A}/{B}/x.png", b"x", "image/png")
