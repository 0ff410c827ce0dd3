"""What answers: one SQLite file with its one user, or a Supabase project as whoever asks."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from typing import Protocol, Self
from weakref import WeakKeyDictionary

import httpx
from pydantic import SecretStr

from campaignbase import wiring
from campaignbase.api.auth import Caller, LocalUser, ProjectUsers, api_key, unauthorized
from campaignbase.api.key_users import KeyUsers
from campaignbase.api.keys import Keys
from campaignbase.api.known import KnownWorkspaces
from campaignbase.api.problems import ProblemError
from campaignbase.api.watching import FileWatch, ProjectWatch, Watch
from campaignbase.errors import CampaignbaseError, NotFoundError
from campaignbase.models import Vector, Workspace
from campaignbase.models.api_keys import ApiRequest
from campaignbase.models.cache import CacheCount
from campaignbase.ports import Embedder, MediaStore, Store
from campaignbase.ports.cache import Answers
from campaignbase.settings import Settings, Target

READY_SECONDS = 3.0  # a part that takes longer does not answer
OPEN_SECONDS = 60.0  # between tries to open the cache that processes share
KEYS_ARE_OFF = "SUPABASE_SECRET_KEY is not set"
LABELING_SECONDS = 60.0  # a request waits so long for labels; what is not done by then goes on
_log = logging.getLogger("campaignbase.api")


class Backend(Protocol):
    target: str  # for people
    local: bool  # one user, who may do everything

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    async def caller(self, authorization: str | None) -> Caller:
        """Raises ProblemError 401; 503 where an API key's user cannot sign in."""
        ...

    @property
    def keys(self) -> Keys:
        """Raises ProblemError 403: API keys are off here."""
        ...

    def note(self, request: ApiRequest) -> None:
        """With an API key."""
        ...

    async def store(self, caller: Caller) -> Store:
        """What the caller may see of the database; nobody closes it."""
        ...

    def media(self, caller: Caller) -> MediaStore:
        """Close it."""
        ...

    def embedder(self, workspace: Workspace | None) -> Embedder:
        """Of the workspace's vectors; None: of new ones."""
        ...

    async def embed(
        self, embedder: Embedder, workspace_id: str, texts: Sequence[str]
    ) -> Sequence[Vector]: ...

    async def workspace(self, store: Store, name: str | None) -> Workspace:
        """Raises NotFoundError; ProblemError 422: it must be named."""
        ...

    def watch(self, caller: Caller, workspace_id: str) -> AbstractAsyncContextManager[Watch]:
        """Tells when labels may have come."""
        ...

    async def label(self, targets: Sequence[str]) -> bool:
        """Label these, of the ids of content and campaigns. False: a worker elsewhere does."""
        ...

    @property
    def shipped(self) -> Embedder:
        """The embedder of this package, which costs nothing."""
        ...

    def cached(self) -> list[CacheCount]:
        """What this process asked of its cache."""
        ...

    async def clear_cache(self) -> None:
        """Of a local one only."""
        ...

    async def parts(self) -> Mapping[str, str | None]:
        """What must answer: its name, and what is wrong with it."""
        ...


class LocalBackend:
    """`Backend` over one file; labels in this process."""

    local = True

    def __init__(self, target: Target, loaded: Settings, token: str | None) -> None:
        self.target = target.label
        self._where = target
        self._settings = loaded
        self._user = LocalUser(token)
        self._labeling = asyncio.Lock()
        self._known = KnownWorkspaces()
        self.shipped = wiring.shipped_embedder()
        self._stack = AsyncExitStack()
        self._running: set[asyncio.Task[object]] = set()

    async def __aenter__(self) -> Self:
        self._store = await wiring.open_target(self._where)
        self._stack.push_async_callback(self._store.close)
        self.keys = Keys(self._store)
        self.keys.start()
        self._stack.push_async_callback(self.keys.aclose)
        self._embedders = wiring.embedders(self._settings)
        self._stack.push_async_callback(self._embedders.aclose)
        cache = await self._stack.enter_async_context(wiring.open_cache(self._store, self._settings))
        self._cache = cache
        self._answers: Answers = wiring.answers(cache, self._store)
        opening = wiring.open_analyst(self._store, self._settings, say=_log.warning)
        self._analyst = await self._stack.enter_async_context(opening)
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._stack.aclose()

    async def caller(self, authorization: str | None) -> Caller:
        key = api_key(authorization)
        if key is None or self._user.is_token(key):
            return await self._user.caller(authorization)
        return await self.keys.caller(key)

    def note(self, request: ApiRequest) -> None:
        self.keys.note(request)

    async def store(self, caller: Caller) -> Store:  # noqa: ARG002 there is one user
        return self._store

    def media(self, caller: Caller) -> MediaStore:  # noqa: ARG002
        return wiring.open_media(self._where, self._settings)

    def embedder(self, workspace: Workspace | None) -> Embedder:
        return self._embedders.default if workspace is None else self._embedders.of(workspace)

    async def embed(self, embedder: Embedder, workspace_id: str, texts: Sequence[str]) -> Sequence[Vector]:
        return list(await self._answers.embed(embedder, [(workspace_id, text) for text in texts]))

    async def workspace(self, store: Store, name: str | None) -> Workspace:
        wanted = name or "default"
        return await self._known.find("", wanted, lambda: wiring.find_workspace(store, wanted))

    @asynccontextmanager
    async def watch(self, caller: Caller, workspace_id: str) -> AsyncIterator[Watch]:  # noqa: ARG002
        yield FileWatch(self._store, await self._store.written_mark())

    async def label(self, targets: Sequence[str]) -> bool:
        async def work() -> None:
            labeler = wiring.labeler(
                self._store, self._embedders, asking=self._answers, analyst=self._analyst
            )
            async with self._labeling:
                try:
                    await labeler.drain(targets=targets)
                finally:
                    await labeler.release()

        task: asyncio.Task[object] = asyncio.create_task(work())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        done, _ = await asyncio.wait({task}, timeout=LABELING_SECONDS)
        if done:
            task.result()
        return True

    def cached(self) -> list[CacheCount]:
        return self._cache.counters.all()

    async def clear_cache(self) -> None:
        await self._cache.invalidate([wiring.EVERYTHING])

    async def parts(self) -> Mapping[str, str | None]:
        return {"database": await _trouble(self._store.workspaces)}


class ProjectBackend:
    """`Backend` over a Supabase project; row level security decides, workers elsewhere label."""

    local = False

    def __init__(self, url: str, key: str, loaded: Settings) -> None:
        """`key`: the publishable one."""
        self.target = f"Supabase {url}"
        self._url = url
        self._key = key
        self._settings = loaded
        self._stack = AsyncExitStack()
        self._known = KnownWorkspaces()
        self._callers: WeakKeyDictionary[Store, str] = WeakKeyDictionary()
        # what requests read and write goes by their own tokens; the service's key opens the cache, no more
        self._cache = wiring.memory_cache(loaded)
        self._answers: Answers = wiring.answers(self._cache)
        self.shipped = wiring.shipped_embedder()

    async def __aenter__(self) -> Self:
        self._http = wiring.http_client(self._url)
        self._stack.push_async_callback(self._http.aclose)
        self._embedders = wiring.embedders(self._settings)
        self._stack.push_async_callback(self._embedders.aclose)
        secret = self._settings.development_jwt_secret
        self._users = ProjectUsers(
            self._url, self._http, None if secret is None else secret.get_secret_value()
        )
        self._keys = await self._open_keys()
        if self._settings.supabase_secret_key is not None:
            tried = asyncio.Event()
            sharing = asyncio.create_task(self._share_cache(self._settings.supabase_secret_key, tried))
            self._stack.push_async_callback(_ended, sharing)
            with suppress(TimeoutError):
                async with asyncio.timeout(READY_SECONDS):
                    await tried.wait()
        return self

    async def _open_keys(self) -> Keys | None:
        if self._settings.supabase_secret_key is None:
            return None
        secret = self._settings.supabase_secret_key.get_secret_value()
        service = await wiring.store_of_service(self._url, secret, self._http)
        keys = Keys(service, KeyUsers(self._url, secret, self._http))
        keys.start()
        self._stack.push_async_callback(keys.aclose)
        return keys

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _share_cache(self, key: SecretStr, tried: asyncio.Event) -> None:
        """Open until canceled; before that, and while it cannot be opened, this process keeps its own."""
        while True:
            async with AsyncExitStack() as holder:
                try:
                    store = await wiring.open_target(Target("supabase", self._url, key))
                    holder.push_async_callback(store.close)
                    cache = await holder.enter_async_context(
                        wiring.open_cache(store, self._settings, _log.warning)
                    )
                except CampaignbaseError as error:
                    _log.warning("answers of providers are kept in this process only: %s", error)
                else:
                    self._cache, self._answers = cache, wiring.answers(cache, store)
                    tried.set()
                    await asyncio.Event().wait()
            tried.set()
            await asyncio.sleep(OPEN_SECONDS)

    async def caller(self, authorization: str | None) -> Caller:
        key = api_key(authorization)
        if key is None:
            return await self._users.caller(authorization)
        if self._keys is None:
            raise unauthorized(f"this server takes no API keys: {KEYS_ARE_OFF}")
        return await self._keys.caller(key)

    @property
    def keys(self) -> Keys:
        if self._keys is None:
            raise ProblemError(403, f"API keys are off on this server: {KEYS_ARE_OFF}")
        return self._keys

    def note(self, request: ApiRequest) -> None:
        self.keys.note(request)

    async def store(self, caller: Caller) -> Store:
        assert caller.token is not None  # noqa: S101 a project's callers have one
        store = await wiring.store_of_user(self._url, self._key, caller.token, self._http)
        self._callers[store] = caller.id
        return store

    def media(self, caller: Caller) -> MediaStore:
        assert caller.token is not None  # noqa: S101
        return wiring.media_of_user(self._url, self._key, caller.token)

    def embedder(self, workspace: Workspace | None) -> Embedder:
        return self._embedders.default if workspace is None else self._embedders.of(workspace)

    async def embed(self, embedder: Embedder, workspace_id: str, texts: Sequence[str]) -> Sequence[Vector]:
        return list(await self._answers.embed(embedder, [(workspace_id, text) for text in texts]))

    async def workspace(self, store: Store, name: str | None) -> Workspace:
        return await self._known.find(self._callers[store], name, partial(self._look, store, name))

    async def _look(self, store: Store, name: str | None) -> Workspace:
        known = await store.workspaces()
        found = [one for one in known if name is None or name in (one.name, one.id)]
        if len(found) == 1:
            return found[0]
        listed = ", ".join(f"{one.name} ({one.id})" for one in known) or "none"
        if found:
            raise ProblemError(422, f"say which workspace: ?workspace=<id>; yours: {listed}")
        if not known:
            raise NotFoundError(
                "you are a member of no workspace; ask an owner to invite you, or call create_workspace"
            )
        raise NotFoundError(f"no workspace {name!r}; yours: {listed}")

    @asynccontextmanager
    async def watch(self, caller: Caller, workspace_id: str) -> AsyncIterator[Watch]:
        token = caller.token
        assert token is not None  # noqa: S101
        watch = ProjectWatch()

        async def same() -> str:
            return token

        hearing = wiring.listener(self._url, self._key, token=same, labels=(workspace_id, watch.changed))
        async with watch.listening(hearing):
            yield watch

    async def label(self, targets: Sequence[str]) -> bool:  # noqa: ARG002 a worker takes them
        return False

    def cached(self) -> list[CacheCount]:
        return self._cache.counters.all()

    async def clear_cache(self) -> None:
        raise ProblemError(403, "the cache is for the service alone")

    async def parts(self) -> Mapping[str, str | None]:
        async def ask(path: str) -> None:
            answer = await self._http.get(f"{self._url}{path}", headers={"apikey": self._key})
            if answer.status_code >= 500:
                raise ConnectionError(f"HTTP {answer.status_code}")

        paths = {
            "database": "/rest/v1/workspaces?select=id&limit=1",
            "auth": "/auth/v1/.well-known/jwks.json",
        }
        troubles = await asyncio.gather(*(_trouble(partial(ask, path)) for path in paths.values()))
        return dict(zip(paths, troubles, strict=True))


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _trouble(ask: Callable[[], Awaitable[object]]) -> str | None:
    try:
        async with asyncio.timeout(READY_SECONDS):
            await ask()
    except TimeoutError:
        return f"no answer in {READY_SECONDS:.0f} s"
    except (CampaignbaseError, httpx.HTTPError, OSError) as error:
        return type(error).__name__
    return None
