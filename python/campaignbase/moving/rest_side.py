"""A Supabase project as the source of an export, by its Data API and with its secret key."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
from postgrest import APIError, SyncPostgrestClient

from campaignbase.core.vectors import from_pgvector, pack
from campaignbase.errors import UnreachableError
from campaignbase.moving.shape import Kind, Table
from campaignbase.moving.values import Values, order_of, plain_number
from campaignbase.stores.supabase_errors import Identity, check_key, meaning

SECONDS = 30.0  # for a page; the platform ends a statement of the service after 8 s


class RestSide:
    def __init__(self, url: str, key: str) -> None:
        """Raises NotConfiguredError: the key may not do this."""
        self._identity = Identity(url, key)
        check_key(self._identity)
        self.target = self._identity.target
        self._http = httpx.Client(timeout=SECONDS, verify=not url.startswith("http://"))
        headers = {"apikey": key, "Authorization": f"Bearer {key}"}
        self._client = SyncPostgrestClient(f"{url}/rest/v1", headers=headers, http_client=self._http)

    def close(self) -> None:
        self._http.close()

    def check(self) -> None:
        """A column that is not there is told when it is asked for."""

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """A request is a moment of its own: rows written meanwhile may be there or not."""
        yield

    def rows(self, table: Table, workspaces: Sequence[str] | None = None) -> Iterator[Values]:
        readers: list[Callable[[str], Any]] = [_READ.get(column.kind, _same) for column in table.columns]
        for workspace in [None] if workspaces is None else workspaces:
            after: list[str] | None = None
            while page := self._page(table, workspace, after):
                row: Values = ()
                for line in page.split("\n"):
                    pairs = zip(readers, json.loads(line), strict=True)
                    row = tuple(None if value is None else read(value) for read, value in pairs)
                    yield row
                after = [_told(part) for part in order_of(table, row)]

    def _page(self, table: Table, workspace: str | None, after: list[str] | None) -> str | None:
        arguments: dict[str, Any] = {
            "table_name": table.name,
            "columns": [column.name for column in table.columns],
            "workspace_id": workspace,
            "after": after,
        }
        try:
            found: Any = self._client.rpc("export_rows", arguments).execute().data
        except APIError as error:
            raise meaning(self._identity, error) from error
        except httpx.HTTPError as error:
            raise UnreachableError(
                f"{self.target} does not answer: {str(error) or type(error).__name__};"
                " is the URL right and the project running?"
            ) from error
        return None if found is None else str(found)


def _told(part: bool | bytes) -> str:
    return ("false", "true")[part] if isinstance(part, bool) else part.decode()


def _same(value: Any) -> Any:
    return value


_READ: dict[Kind, Callable[[str], Any]] = {
    "integer": int,
    "real": float,
    "boolean": lambda text: text == "true",
    "number": plain_number,
    "array": json.loads,
    "vector": lambda text: pack(from_pgvector(text)),
}
