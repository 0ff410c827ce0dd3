"""Callers with API keys: looked up by a hash, forgotten within seconds, every request noted."""

import asyncio
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from campaignbase.api.auth import Caller, HeldKey, KeyRefusedError, unauthorized
from campaignbase.api.key_users import KeyUsers
from campaignbase.api.problems import ProblemError
from campaignbase.core.api_keys import looks_like_key, token_hash
from campaignbase.errors import CampaignbaseError, InputError
from campaignbase.models.api_keys import ApiRequest, FoundApiKey
from campaignbase.ports import ApiKeys

KNOWN_SECONDS = 2.0  # a key revoked elsewhere is refused after that
MOST_KNOWN = 1000
STREAM_SECONDS = 60.0  # then a stream of events asks anew whether its key is good
WRITE_SECONDS = 1.0
BATCH = 500
MOST_WAITING = 20_000  # requests that are noted but not written
_log = logging.getLogger("campaignbase.api")


class Keys:
    """What a backend does with keys."""

    def __init__(self, store: ApiKeys, users: KeyUsers | None = None) -> None:
        """
        Args:
            store: the service's.
            users: whom requests run as; None: the file's one user.
        """
        self._known = KnownKeys(store)
        self._users = users
        self._log = KeyLog(store)

    def start(self) -> None:
        self._log.start()

    async def aclose(self) -> None:
        await self._log.aclose()

    async def caller(self, text: str) -> Caller:
        """Raises ProblemError 401, 503."""
        found = await self._known.find(text)
        key = found.key
        if key.revoked_at is not None or found.expired:
            told = "was revoked" if key.revoked_at is not None else "has expired"
            raise KeyRefusedError(f"the API key {key.name!r} {told}", key.id)
        token = None if self._users is None else await self._users.token(found, text)
        ends = time.time() + STREAM_SECONDS
        if key.expires_at is not None:
            ends = min(ends, key.expires_at.timestamp())
        return Caller(key.id, token, ends, HeldKey(key.workspace_id, key.scopes))

    def note(self, request: ApiRequest) -> None:
        self._log.note(request)

    async def revoked(self, key_id: str) -> None:
        """One was, by this process."""
        self._known.forget(key_id)
        if self._users is None:
            return
        try:
            await self._users.remove(key_id)
        except ProblemError as error:  # without its key that user lets nobody in
            _log.warning("the user of API key %s stays at the auth server: %s", key_id, error)


class KnownKeys:
    """Keys as the database told lately; `forget` what changed."""

    def __init__(self, store: ApiKeys, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, FoundApiKey]] = OrderedDict()

    async def find(self, text: str) -> FoundApiKey:
        """A good one. Raises ProblemError 401."""
        if not looks_like_key(text):
            raise unauthorized("that is no API key: its checksum is wrong; was it copied whole?")
        digest = token_hash(text)
        found = self._remembered(digest)
        if found is None:
            found = await self._store.find_api_key(digest)
            if found is None:
                raise unauthorized("this API key is not known")
            self._remember(digest, found)
        return found

    def forget(self, key_id: str) -> None:
        gone = [digest for digest, (_, found) in self._known.items() if found.key.id == key_id]
        for digest in gone:
            del self._known[digest]

    def _remembered(self, digest: str) -> FoundApiKey | None:
        entry = self._known.get(digest)
        if entry is None or self._clock() - entry[0] > KNOWN_SECONDS:
            return None
        return entry[1]

    def _remember(self, digest: str, found: FoundApiKey) -> None:
        self._known[digest] = (self._clock(), found)
        self._known.move_to_end(digest)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)


class KeyLog:
    """What keys were used for, written in batches: a request waits for no log.

    A process that is killed loses its last second; a database that is away, what comes after MOST_WAITING.
    """

    def __init__(self, store: ApiKeys) -> None:
        self._store = store
        self._waiting: deque[tuple[float, ApiRequest]] = deque()
        self._lost = 0
        self._writing: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()

    def note(self, request: ApiRequest) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self._lost += 1
            return
        self._waiting.append((time.monotonic(), request))

    def start(self) -> None:
        self._writing = asyncio.create_task(self._keep_writing())

    async def aclose(self) -> None:
        self._ended.set()
        if self._writing is not None:
            await self._writing
        await self.write()

    async def write(self) -> None:
        while self._waiting:
            taken = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            now = time.monotonic()
            try:
                await self._store.log_api_requests(
                    [replace(one, seconds_ago=one.seconds_ago + now - at) for at, one in taken]
                )
            except InputError:  # would be refused again
                _log.exception("%d requests of API keys were not logged", len(taken))
            except CampaignbaseError as error:
                self._waiting.extendleft(reversed(taken))
                _log.warning("%d requests of API keys wait to be logged: %s", len(self._waiting), error)
                return
        if self._lost:
            _log.error("%d requests of API keys were not logged: too many waited", self._lost)
            self._lost = 0

    async def _keep_writing(self) -> None:
        while not self._ended.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), WRITE_SECONDS)
            await self.write()
