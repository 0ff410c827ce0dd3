"""Files of content in a folder beside a SQLite file: <file>.media/<workspace_id>/<asset_id>/<file name>."""

import asyncio
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from campaignbase.core.media import check_size, parse_path
from campaignbase.errors import ExistsError, InputError, NotConfiguredError, NotFoundError

PART = ".part"  # of a file that is still being written


def media_folder(database: str | Path) -> Path:
    return Path(f"{database}.media")


class FolderMedia:
    """`campaignbase.ports.MediaStore` over one folder; one user, so nobody is refused."""

    def __init__(self, folder: Path) -> None:
        self.target = f"folder {folder}"
        self._folder = folder

    async def aclose(self) -> None:
        pass

    async def upload(self, path: str, content: bytes, content_type: str, *, overwrite: bool = False) -> None:  # noqa: ARG002 told by the name
        await asyncio.to_thread(self._upload, path, content, overwrite)

    async def download(self, path: str) -> bytes:
        place = self._place(path)
        try:
            return await asyncio.to_thread(place.read_bytes)
        except FileNotFoundError:
            raise NotFoundError(f"no file {path} in {self._folder}") from None
        except OSError as error:
            raise NotConfiguredError(f"cannot read {place} ({error.strerror}); make it readable") from error

    async def signed_url(self, path: str, expires_seconds: int) -> str:  # noqa: ARG002 no server, no expiry
        place = self._place(path)
        if not place.is_file():
            raise NotFoundError(f"no file {path} in {self._folder}")
        return place.absolute().as_uri()

    async def paths(self, folder: str) -> list[str]:
        return await asyncio.to_thread(lambda: sorted(files_below(self._folder, folder)))

    async def remove(self, paths: Sequence[str]) -> int:
        return await asyncio.to_thread(lambda: sum(self._remove(path) for path in paths))

    def _upload(self, path: str, content: bytes, overwrite: bool) -> None:
        place = self._place(path)
        check_size(place.name, len(content))
        if place.exists() and not overwrite:
            raise ExistsError(f"{place.name} exists already; overwrite it with --overwrite, or rename yours")
        part = place.with_name(f".{uuid.uuid4().hex}{PART}")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(content)
            part.replace(place)
        except OSError as error:
            with suppress(OSError):
                part.unlink()
            raise NotConfiguredError(
                f"cannot write {place} ({error.strerror}); make the folder writable"
            ) from error

    def _remove(self, path: str) -> bool:
        place = self._place(path)
        there = place.is_file()
        place.unlink(missing_ok=True)
        for folder in (place.parent, place.parent.parent, self._folder):  # from inside out, while empty
            try:
                folder.rmdir()
            except OSError:
                break
        return there

    def _place(self, path: str) -> Path:
        """Raises InputError: not a path of ours, which might lead out of the folder."""
        found = parse_path(path)
        if found is None:
            raise InputError(f"{path!r} is no path of a file; expected <workspace_id>/<asset_id>/<file name>")
        return self._folder.joinpath(*found)


def files_below(media: Path, folder: str = "") -> list[str]:
    """Paths of ours below `folder`, a workspace or an asset in one; empty: all."""
    depth = 3 - len([part for part in folder.split("/") if part])
    places = (place for place in (media / folder).glob("/".join("*" * depth)) if place.is_file())
    found = (place.relative_to(media).as_posix() for place in places)
    return [path for path in found if parse_path(path) is not None and not path.endswith(PART)]
