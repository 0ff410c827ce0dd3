"""What all processes agree to be wrong: the database keeps the account, Redis spreads the word.

The word of Redis may get lost; then the account, read every few seconds, tells it.
"""

import contextlib
import json
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from campaignbase.cache.tier import TierDownError
from campaignbase.errors import CampaignbaseError, NotConfiguredError
from campaignbase.ports import Clock
from campaignbase.ports.cache import CacheStore

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from campaignbase.cache.redis_tier import RedisTier

POLL_SECONDS = 5.0
RELOAD_SECONDS = 3600.0  # the account forgets what no entry can be older than, and so do we
RECONNECT_SECONDS = 2.0
LISTEN_SECONDS = 30.0  # without a word, ask whether anybody is there


class Agreement:
    def __init__(
        self, store: CacheStore, clock: Clock, on_wrong: Callable[[Collection[str] | None], None]
    ) -> None:
        """`on_wrong`: told the scopes that became wrong; None: anything may have."""
        self._store = store
        self._clock = clock
        self._on_wrong = on_wrong
        self._scopes: dict[str, int] = {}
        self._read = 0  # the epoch up to which the account was read; words may be ahead of it
        self._reload_at = 0.0
        self.epoch = 0
        self.signing_key: str | None = None
        self.redis: RedisTier | None = None  # tells others at once

    def is_right(self, scopes: Sequence[str], epoch: int) -> bool:
        """Of an answer whose computing began in that epoch."""
        return epoch >= self.epoch or all(self._scopes.get(scope, 0) <= epoch for scope in scopes)

    async def load(self) -> None:
        """Read the account. Raises CampaignbaseError."""
        whole = self._clock.monotonic() >= self._reload_at
        state = await self._store.cache_state(0 if whole else self._read)
        if state.epoch < self._read:  # another database, or an older one: what is known is worth nothing
            self._scopes = {}
            self._on_wrong(None)
        if whole:
            self._reload_at = self._clock.monotonic() + RELOAD_SECONDS
        self.signing_key = state.signing_key
        self._read = state.epoch
        self._learn(state.scopes, state.epoch)

    async def declare(self, scopes: Sequence[str]) -> None:
        """Raises CampaignbaseError."""
        epoch = await self._store.invalidate_cache(scopes)
        self._learn(dict.fromkeys(scopes, epoch), epoch)
        if self.redis is not None:
            with contextlib.suppress(TierDownError):  # who listens reads the account too
                await self.redis.publish(json.dumps({"scopes": list(scopes), "epoch": epoch}))

    def _learn(self, scopes: Mapping[str, int], epoch: int) -> None:
        news = {scope: said for scope, said in scopes.items() if said > self._scopes.get(scope, 0)}
        self._scopes |= news
        self.epoch = max(self.epoch, epoch)
        if news:
            self._on_wrong(news.keys())

    async def keep_reading(self) -> None:
        """Until canceled."""
        while True:
            await self._clock.sleep(POLL_SECONDS)
            try:
                await self.load()
            except CampaignbaseError:
                continue  # as old as it is; entries end by themselves

    # by way of Redis

    async def keep_listening(self, redis: "RedisTier", client: "Redis") -> None:
        """Until canceled. `client` is this task's own."""
        while True:
            try:
                await self._listen(redis, client)
            except Exception:  # noqa: BLE001 whatever Redis does, we come back
                self._on_wrong(None)  # words were lost
            await self._clock.sleep(RECONNECT_SECONDS * random.uniform(0.2, 1))

    async def _listen(self, redis: "RedisTier", client: "Redis") -> None:
        async with client.pubsub() as subscription:
            await subscription.subscribe(redis.channel)
            quiet = False
            while True:
                told = await subscription.get_message(timeout=LISTEN_SECONDS)
                if told is None:
                    if quiet:
                        raise ConnectionError("Redis no longer answers a ping")
                    quiet = True
                    await subscription.ping()
                    continue
                quiet = False
                if told["type"] == "subscribe":
                    self._on_wrong(None)  # what was said before nobody heard
                    await self.load()
                elif told["type"] == "message":
                    scopes, epoch = _read_word(redis.read_word(told["data"]))
                    # our own copy goes; what others wrote since is right again, by its epoch
                    if epoch <= self.epoch + 1:
                        self._learn(dict.fromkeys(scopes, epoch), epoch)
                    else:
                        await self.load()


class Alone:
    """For a process that may not see the account: what it computed is right until it expires."""

    epoch = 0

    def is_right(self, scopes: Sequence[str], epoch: int) -> bool:  # noqa: ARG002
        return True

    async def declare(self, scopes: Sequence[str]) -> None:  # noqa: ARG002
        """Raises NotConfiguredError."""
        raise NotConfiguredError("this process may not use the database's cache: that takes its secret key")


def _read_word(text: str | None) -> tuple[list[str], int]:
    if text is None:  # not ours
        return [], 0
    told = json.loads(text)
    return told["scopes"], told["epoch"]
