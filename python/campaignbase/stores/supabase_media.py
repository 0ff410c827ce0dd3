"""Files of content in the bucket `media` of a Supabase project, over its storage API."""

from collections.abc import Awaitable, Sequence
from typing import TypeVar

import httpx
from storage3 import AsyncStorageClient
from storage3.exceptions import StorageApiError
from storage3.types import ListBucketFilesOptions

from campaignbase.core.media import BUCKET, check_size, parse_path
from campaignbase.errors import (
    CampaignbaseError,
    ExistsError,
    InputError,
    NotConfiguredError,
    NotFoundError,
    UnreachableError,
)

PAGE = 1000  # files or folders a listing answers at most
REMOVED_AT_ONCE = 500
TIMEOUT_SECONDS = 30.0  # without a byte moving; a large file takes longer

Answer = TypeVar("Answer")


class SupabaseMedia:
    """`campaignbase.ports.MediaStore` as whoever the key or the token says."""

    def __init__(self, url: str, key: str, token: str | None = None) -> None:
        """`key`: a secret key, or the publishable one together with a user's `token`."""
        self.target = f"Supabase storage {url}"
        # certificates take 30 ms to load, which a project on this machine has none of
        self._http = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, verify=not url.startswith("http://"))
        headers = {"apikey": key, "Authorization": f"Bearer {token or key}"}
        client = AsyncStorageClient(f"{url.rstrip('/')}/storage/v1/", headers, http_client=self._http)
        self._bucket = client.from_(BUCKET)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def upload(self, path: str, content: bytes, content_type: str, *, overwrite: bool = False) -> None:
        check_size(path.rpartition("/")[2], len(content))
        await self._ask(
            path,
            self._bucket.upload(
                path, content, {"content-type": content_type, "upsert": "true" if overwrite else "false"}
            ),
        )

    async def download(self, path: str) -> bytes:
        return await self._ask(path, self._bucket.download(path))

    async def signed_url(self, path: str, expires_seconds: int) -> str:
        answer = await self._ask(path, self._bucket.create_signed_url(path, expires_seconds))
        return str(answer["signedURL"])

    async def paths(self, folder: str) -> list[str]:
        found: list[str] = []
        for name, is_folder in await self._list(folder):
            below = f"{folder}/{name}"
            found += [f"{below}/{file}" for file, _ in await self._list(below)] if is_folder else [below]
        return sorted(path for path in found if parse_path(path) is not None)

    async def remove(self, paths: Sequence[str]) -> int:
        removed = 0
        for start in range(0, len(paths), REMOVED_AT_ONCE):
            some = list(paths[start : start + REMOVED_AT_ONCE])
            removed += len(await self._ask(some[0], self._bucket.remove(some)))
        return removed

    async def _list(self, folder: str) -> list[tuple[str, bool]]:
        """(name, is a folder) of what is right below."""
        found: list[tuple[str, bool]] = []
        while True:
            options: ListBucketFilesOptions = {"limit": PAGE, "offset": len(found)}
            page = await self._ask(folder, self._bucket.list(folder, options))
            found += [(entry["name"], entry["id"] is None) for entry in page]
            if len(page) < PAGE:
                return found

    async def _ask(self, path: str, call: Awaitable[Answer]) -> Answer:
        try:
            return await call
        except StorageApiError as error:
            raise self._explained(path, error) from error
        except httpx.TransportError as error:
            raise UnreachableError(
                f"{self.target} does not answer: {str(error) or type(error).__name__}; is the URL right?"
            ) from error

    def _explained(self, path: str, error: StorageApiError) -> CampaignbaseError:
        """The servers agree on statuses more than on words."""
        message, status = str(error.message), str(error.status)
        if "bucket" in message.lower() and status == "404":
            return NotConfiguredError(
                f"{self.target} has no bucket {BUCKET!r}; apply the migrations: supabase db push --remote"
            )
        if "row-level security" in message:
            return InputError(
                f"{path} is refused: {message}; only editors of its workspace write, to existing content"
            )
        match status:
            case "400" | "404" if "not found" in message.lower():
                return NotFoundError(f"no file {path}, or none you may see")
            case "409":
                return ExistsError(f"{path} exists already; overwrite it with --overwrite, or rename yours")
            case "413":
                return InputError(f"{path} is too large: {message}")
            case "415":
                return InputError(f"{path} is refused: {message}")
            case "401" | "403":
                return NotConfiguredError(
                    f"{self.target} refuses the key or token: {message}; check SUPABASE_SECRET_KEY"
                )
        if status.startswith("5"):
            return UnreachableError(f"{self.target} fails: {message}; try again")
        return InputError(f"{path} is refused: {message} (status {status})")
