"""Where files of content lie."""

from collections.abc import Sequence
from typing import Protocol


class MediaStore(Protocol):
    """Where files of content lie, by paths <workspace_id>/<asset_id>/<file name>.

    Raises everywhere: UnreachableError when it does not answer, NotConfiguredError when it refuses the key.
    """

    target: str  # for people: "folder ./campaignbase.db.media"

    async def aclose(self) -> None: ...

    async def upload(self, path: str, content: bytes, content_type: str, *, overwrite: bool = False) -> None:
        """Raises ExistsError: the path does; InputError: size, type or caller are refused."""
        ...

    async def download(self, path: str) -> bytes:
        """Raises NotFoundError."""
        ...

    async def signed_url(self, path: str, expires_seconds: int) -> str:
        """What opens the file without a key, until then. Raises NotFoundError."""
        ...

    async def paths(self, folder: str) -> list[str]:
        """Of all files of a workspace, or of an asset (<workspace_id>/<asset_id>); sorted."""
        ...

    async def remove(self, paths: Sequence[str]) -> int:
        """How many were there and are gone."""
        ...
