"""The tier that processes share: one Redis, asked briefly or not at all.

Redis is believed in nothing: an entry counts only with our signature, made with a key that lies in the
database. While it does not answer, nobody waits for it; one task asks now and then whether it is back.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from campaignbase.cache.keys import Key
from campaignbase.cache.tier import TierDownError, TierName, TierRefusedError
from campaignbase.cache.values import MAX_BYTES, MISSING, Entry, dump, unpack
from campaignbase.ports import Clock

T = TypeVar("T")
ANSWER_SECONDS = 0.07  # two questions of one caller stay below 150 ms
PROBE_SECONDS = 1.0  # for the one who asks whether it is back
WAITS = (0.5, 1.0, 2.0, 4.0)  # between such questions
SIGNATURE = 32  # hex digits
FORMAT = b"cb1"
# only the owner gives a lease back
RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


def connect(url: str, *, patient: bool = False) -> "Redis":
    """`patient`: for a connection that listens; else every answer must come at once.

    Raises:
        ValueError: no redis:// URL.
    """
    seconds = None if patient else ANSWER_SECONDS * 3
    return Redis.from_url(
        url,
        socket_timeout=seconds,
        socket_connect_timeout=PROBE_SECONDS,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
        max_connections=64,
    )


class RedisTier:
    name: TierName = "redis"

    def __init__(self, client: "Redis", clock: Clock, signing_key: str) -> None:
        """`signing_key`: of the database whose answers these are; another database's are strangers."""
        self._client = client
        self._clock = clock
        self._secret = hashlib.sha256(signing_key.encode()).digest()
        self.namespace = "cb:" + hashlib.blake2b(self._secret, digest_size=6).hexdigest()
        self.channel = f"{self.namespace}:invalidations"
        self._release_script = client.register_script(RELEASE)
        self._prober: asyncio.Task[None] | None = None
        self._unfinished: set[asyncio.Future[Any]] = set()

    @property
    def is_down(self) -> bool:
        return self._prober is not None

    async def read(self, keys: Sequence[Key]) -> dict[str, Entry]:
        return self._entries(keys, await self._ask(lambda: self._client.mget(self._names(keys))))

    async def write(self, entries: Mapping[Key, Entry]) -> None:
        now = self._clock.now().timestamp()
        pipe = self._client.pipeline(transaction=False)
        for key, entry in entries.items():
            milliseconds = int((entry.expires - now) * 1000)
            if milliseconds > 0:
                pipe.set(self._name(key), self.encode(key, entry), px=milliseconds)
            pipe.delete(self._lease_name(key))
        await self._ask(lambda: _run(pipe))

    async def lease(self, keys: Sequence[Key], owner: str, seconds: int) -> tuple[set[str], dict[str, Entry]]:
        pipe = self._client.pipeline(transaction=False)
        for key in keys:
            pipe.set(self._lease_name(key), owner, nx=True, ex=seconds)
        pipe.mget(self._names(keys))
        *gained, raw = await self._ask(lambda: _run(pipe))
        mine = {key.digest for key, is_mine in zip(keys, gained, strict=True) if is_mine}
        return mine, self._entries(keys, raw)

    async def release(self, keys: Sequence[Key], owner: str) -> None:
        async def give_back() -> None:
            for key in keys:
                await self._release_script(keys=[self._lease_name(key)], args=[owner])

        await self._ask(give_back)

    async def ping(self) -> None:
        await self._ask(self._client.ping)

    async def publish(self, word: str) -> None:
        """To all who listen on `channel`."""
        body = word.encode()
        await self._ask(lambda: self._client.publish(self.channel, self._sign("word", body) + b" " + body))

    def read_word(self, text: object) -> str | None:
        """None: not one of us said it."""
        if not isinstance(text, bytes) or len(text) > 2 * MAX_BYTES:
            return None
        body = text[SIGNATURE + 1 :]
        if not hmac.compare_digest(text[: SIGNATURE + 1], self._sign("word", body) + b" "):
            return None
        return body.decode()

    async def aclose(self) -> None:
        left = [*self._unfinished, *([] if self._prober is None else [self._prober])]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self._client.aclose()

    # what lies in Redis: cb1 <signature> <JSON>

    def encode(self, key: Key, entry: Entry) -> bytes:
        body = dump(
            {
                "w": key.workspace_id,
                "k": key.kind.name,
                "e": entry.expires,
                "p": entry.epoch,
                "s": entry.seconds,
                "c": entry.cost,
                "v": entry.payload,
            }
        ).encode()
        return b" ".join((FORMAT, self._sign(key.digest, body), body))

    def decode(self, key: Key, text: object, now: float) -> Entry | None:
        """None: not ours, of another workspace, or too old."""
        if not isinstance(text, bytes) or len(text) > 2 * MAX_BYTES:
            return None
        begin = len(FORMAT) + 1 + SIGNATURE + 1
        body = text[begin:]
        expected = b" ".join((FORMAT, self._sign(key.digest, body), b""))
        if not hmac.compare_digest(text[:begin], expected):
            return None
        told = json.loads(body)  # ours: it is what we wrote
        if (told["w"], told["k"]) != (key.workspace_id, key.kind.name) or told["e"] <= now:
            return None
        value = unpack(told["v"], trusted=True)
        if value is MISSING:
            return None
        return Entry(value, told["v"], told["e"], told["p"], told["s"], told["c"], len(body))

    def _sign(self, name: str, body: bytes) -> bytes:
        signed = hmac.digest(self._secret, name.encode() + b" " + body, "sha256")
        return signed.hex()[:SIGNATURE].encode()

    def _entries(self, keys: Sequence[Key], raw: Sequence[object]) -> dict[str, Entry]:
        now = self._clock.now().timestamp()
        found = {}
        for key, text in zip(keys, raw, strict=True):
            entry = None if text is None else self.decode(key, text, now)
            if entry is not None:
                found[key.digest] = entry
        return found

    def _names(self, keys: Sequence[Key]) -> list[str]:
        return [self._name(key) for key in keys]

    def _name(self, key: Key) -> str:
        return f"{self.namespace}:{key.digest}"

    def _lease_name(self, key: Key) -> str:
        return f"{self.namespace}:lease:{key.digest}"

    # answers come soon or not at all

    async def _ask(self, question: Callable[[], Awaitable[T]]) -> T:
        if self.is_down:
            raise TierDownError("Redis did not answer lately")
        # A caller who gives up leaves the question to itself: cut off in the middle, its answer could be
        # read by the next one on that connection.
        asked: asyncio.Future[T] = asyncio.ensure_future(_all_errors(question))
        done, _ = await asyncio.wait({asked}, timeout=ANSWER_SECONDS)
        if not done:
            self._unfinished.add(asked)
            asked.add_done_callback(self._forget)
            self._go_down()
            raise TierDownError(f"Redis gave no answer in {ANSWER_SECONDS * 1000:.0f} ms")
        try:
            return asked.result()
        except TierRefusedError:
            raise
        except TierDownError:
            self._go_down()
            raise

    def _forget(self, asked: asyncio.Future[Any]) -> None:
        self._unfinished.discard(asked)
        if not asked.cancelled():
            asked.exception()

    def _go_down(self) -> None:
        if self._prober is None:
            self._prober = asyncio.create_task(self._probe())

    async def _probe(self) -> None:
        for attempt in itertools.count():
            wait = WAITS[min(attempt, len(WAITS) - 1)]
            await self._clock.sleep(wait * random.uniform(0.5, 1))
            try:
                async with asyncio.timeout(PROBE_SECONDS):
                    await self._client.connection_pool.disconnect()
                    await self._client.ping()
            except (RedisError, OSError, TimeoutError):
                continue
            self._prober = None
            return


async def _run(pipe: "Pipeline") -> list[Any]:
    """Its answers. Errors are raised without the command that caused them, which holds values."""
    answers: list[Any] = await pipe.execute(raise_on_error=False)
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return answers


async def _all_errors(question: Callable[[], Awaitable[T]]) -> T:
    try:
        return await question()
    except ResponseError as error:  # it is there, and refuses: out of memory, read only
        raise TierRefusedError(f"Redis: {error}") from error
    except (RedisError, OSError, TimeoutError, ValueError) as error:
        raise TierDownError(f"Redis: {error}") from error
