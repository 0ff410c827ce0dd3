"""The store on a Supabase project, by its Data API: for one identity, the service's or one user's."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from postgrest import APIError
from supabase import AsyncClient, AsyncClientOptions, acreate_client

from campaignbase.errors import InputError, UnreachableError
from campaignbase.models import Workspace
from campaignbase.stores import rows
from campaignbase.stores.calls import Json, Row, array_text
from campaignbase.stores.server import ServerStore
from campaignbase.stores.supabase_errors import Identity, check_key, meaning

SECONDS = 30.0  # for an answer; the platform ends a statement of the service after 8 s
CONNECT_SECONDS = 10.0
PAGE = 1000  # the Data API gives no more rows at once; a project's max_rows must not be lower
# functions whose answer may be longer, with what tells its rows apart; they only read
PAGED: Mapping[str, tuple[str, ...]] = {
    "queue_status": ("workspace", "kind"),
    "list_members": ("user_id",),
    "list_invitations": ("id",),
}


class SupabaseStore(ServerStore):
    """`campaignbase.ports.Store` for whoever the key and the token say; row level security decides.

    The client is this identity's alone and never signs in: the library would put the new session's token into
    every later request. Requests that write are sent once. Reads that met a network error or a 503 are tried
    again by the library, up to three times, and by nobody else.
    """

    def __init__(self, client: AsyncClient, identity: Identity, http: httpx.AsyncClient | None) -> None:
        """`http`: to close at the end."""
        super().__init__()
        self._client = client
        self._identity = identity
        self._http = http
        self.target = identity.target

    @classmethod
    async def open(
        cls, url: str, key: str, token: str | None = None, http: httpx.AsyncClient | None = None
    ) -> Self:
        """Look whether the project answers, knows the key and has the schema.

        Args:
            url: of the project, https://<ref>.supabase.co
            key: the secret key for the service; the publishable one together with `token`.
            token: a signed-in user's access token.
            http: shared between stores and closed by whoever made it; None makes one for this store.
        Raises:
            InputError: the URL is none.
            NotConfiguredError: the key or token is not accepted, or the migrations are not pushed.
            UnreachableError: nothing answers there.
        """
        identity = Identity(_project(url), key, token)
        check_key(identity)
        shared = http or http_client(identity.url)
        store = cls(await _client(identity, shared), identity, None if http else shared)
        try:
            async with store._asking():
                await store._client.table("workspaces").select("id").limit(1).retry(False).execute()
        except BaseException:
            await store.close()
            raise
        return store

    @classmethod
    async def of_user(cls, url: str, key: str, token: str | None, http: httpx.AsyncClient) -> Self:
        """Without a look: for one request of a user whose token was verified. `http` stays the caller's.

        Args:
            token: None for the service, whose secret key `key` then is.
        Raises:
            InputError: the URL is none.
        """
        identity = Identity(_project(url), key, token)
        return cls(await _client(identity, http), identity, None)

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()

    async def create_workspace(self, name: str) -> Workspace:
        if self._identity.token is None:
            return await super().create_workspace(name)
        [made] = await self._rows("create_workspace", name=name)
        return rows.workspace(made)

    async def _value(self, function: str, **arguments: Any) -> Any:
        async with self._asking():
            return (await self._client.rpc(function, _plain(arguments)).execute()).data

    async def _rows(self, function: str, **arguments: Any) -> list[Row]:
        found: list[Row] = []
        async with self._asking():
            while True:
                call = self._client.rpc(function, _plain(arguments))
                keys = PAGED.get(function, ())
                for key in keys:
                    call = call.order(key)
                if keys:
                    call = call.limit(PAGE)
                if found:
                    call = call.or_(_after(keys, found[-1]))
                page: Any = (await call.execute()).data
                found += page
                if not keys or len(page) < PAGE:
                    return found

    async def _all(
        self, table: str, columns: Sequence[str], where: Mapping[str, Any], *, key: str = "id"
    ) -> list[Row]:
        found: list[Row] = []
        async with self._asking():
            while True:
                query = self._client.table(table).select(",".join(dict.fromkeys((*columns, key))))
                for column, value in where.items():
                    many = isinstance(value, list)
                    query = query.in_(column, value) if many else query.eq(column, value)
                if found:
                    query = query.gt(key, found[-1][key])
                page: Any = (await query.order(key).limit(PAGE).execute()).data
                found += page
                if len(page) < PAGE:
                    return found

    async def _newest(
        self,
        table: str,
        columns: Sequence[str],
        where: Mapping[str, Any],
        limit: int,
        *,
        after: Mapping[str, Any] | None = None,
        having: Mapping[str, str] | None = None,
    ) -> list[Row]:
        found: list[Row] = []
        async with self._asking():
            while len(found) < limit:
                wanted = min(PAGE, limit - len(found))
                query = self._client.table(table).select(",".join(columns))
                for column, value in where.items():
                    query = query.eq(column, value)
                for column, word in (having or {}).items():
                    query = query.filter(column, "cs", array_text([word]))
                last = found[-1] if found else after
                if last is not None:
                    at, key = last["created_at"], last["id"]
                    query = query.or_(f'created_at.lt."{at}",and(created_at.eq."{at}",id.lt."{key}")')
                ordered = query.order("created_at", desc=True).order("id", desc=True)
                page: Any = (await ordered.limit(wanted).execute()).data
                found += page
                if len(page) < wanted:
                    break
        return found

    async def _changed(
        self, table: str, where: Mapping[str, Any], limit: int, after: Mapping[str, Any] | None
    ) -> list[Row]:
        async with self._asking():
            query = self._client.table(table).select("updated_at,id")
            for column, value in where.items():
                query = query.eq(column, value)
            if after is not None:
                at, key = after["updated_at"], after["id"]
                # the first test says no more than the second, but an index serves it
                query = query.gte("updated_at", at)
                query = query.or_(f'updated_at.gt."{at}",and(updated_at.eq."{at}",id.gt."{key}")')
            newest = after is None
            ordered = query.order("updated_at", desc=newest).order("id", desc=newest)
            found: Any = (await ordered.limit(limit).execute()).data
            return list(found)

    async def _insert(self, table: str, values: Mapping[str, Any], columns: Sequence[str]) -> Row:
        async with self._asking():
            query = self._client.table(table).insert(_plain(values)).select(",".join(columns))
            found: Any = (await query.execute()).data
            return dict(found[0])

    async def _insert_all(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        async with self._asking():
            await self._client.table(table).insert([_plain(row) for row in rows]).select("id").execute()

    async def _update_one(
        self, table: str, key: str, values: Mapping[str, Any], columns: Sequence[str]
    ) -> Row | None:
        async with self._asking():
            query = self._client.table(table).update(_plain(values)).eq("id", key)
            found: Any = (await query.select(",".join(columns)).execute()).data
            return dict(found[0]) if found else None

    async def _update(self, table: str, where: Mapping[str, Any], values: Mapping[str, Any]) -> int:
        async with self._asking():
            query = self._client.table(table).update(_plain(values))
            for column, value in where.items():
                query = query.eq(column, value)
            return len((await query.select(",".join(where)).execute()).data)

    async def _delete(self, table: str, where: Mapping[str, Any]) -> int:
        async with self._asking():
            query = self._client.table(table).delete()
            for column, value in where.items():
                query = query.eq(column, value)
            return len((await query.select(",".join(where)).execute()).data)

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[None]:
        try:
            yield
        except APIError as error:
            raise meaning(self._identity, error) from error
        except httpx.TimeoutException as error:
            raise UnreachableError(
                f"{self.target} did not answer within {SECONDS:.0f} s ({type(error).__name__})"
            ) from error
        except httpx.HTTPError as error:
            raise UnreachableError(
                f"cannot reach {self.target}: {str(error) or type(error).__name__};"
                " is the URL right and the project running?"
            ) from error
        except UnicodeEncodeError as error:
            raise InputError(f"half a surrogate pair, which no database stores: {error}") from error


async def _client(identity: Identity, http: httpx.AsyncClient) -> AsyncClient:
    options = AsyncClientOptions(
        headers={"Authorization": f"Bearer {identity.token or identity.key}"},
        auto_refresh_token=False,
        persist_session=False,
        httpx_client=http,
    )
    return await acreate_client(identity.url, identity.key, options)


def http_client(url: str) -> httpx.AsyncClient:
    """Good for any number of stores on this project; close it after them."""
    # certificates take 30 ms to load, which a project on this machine has none of
    return httpx.AsyncClient(
        timeout=httpx.Timeout(SECONDS, connect=CONNECT_SECONDS), verify=not url.startswith("http://")
    )


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.value if isinstance(value, Json) else value for name, value in values.items()}


def _after(keys: Sequence[str], last: Row) -> str:
    """The filter of rows that come after one, in the order of `keys`."""
    found: list[str] = []
    for place, key in enumerate(keys):
        same = [f'{one}.eq."{last[one]}"' for one in keys[:place]]
        tests = ",".join([*same, f'{key}.gt."{last[key]}"'])
        found.append(f"and({tests})")
    return ",".join(found)


def _project(url: str) -> str:
    """Without a slash at its end.

    Raises:
        InputError: it is not a project's.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        advice = (
            "; the database's own URL belongs into CAMPAIGNBASE_DATABASE"
            if parts.scheme.startswith("postgres")
            else ", with no path behind it"
        )
        # a database's URL may hold a password
        shown = f"{parts.scheme}://..." if parts.scheme.startswith("postgres") else repr(url)
        raise InputError(f"SUPABASE_URL {shown}: expected https://<ref>.supabase.co{advice}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}"
