"""The tier that processes share: one Redis.

Redis is believed in nothing: an entry counts only with our signature, made with a key that lies in the
database.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from campaignbase.cache.keys import Key
from campaignbase.cache.redis_line import RedisLine
from campaignbase.cache.tier import TierName
from campaignbase.cache.values import MAX_BYTES, MISSING, Entry, dump, unpack
from campaignbase.ports import Clock

SIGNATURE = 32  # hex digits
FORMAT = b"cb1"
# only the owner gives a lease back
RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"
# what nobody of us wrote holds no lease: what was seen there, or what is no text
TAKE = """
local there = redis.pcall('get', KEYS[1])
if type(there) ~= 'table' and there ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""


class RedisTier:
    name: TierName = "redis"

    def __init__(self, client: "Redis", clock: Clock, signing_key: str) -> None:
        """`signing_key`: of the database whose answers these are; another database's are strangers."""
        self._client = client
        self._clock = clock
        self._line = RedisLine(client, clock)
        self._secret = hashlib.sha256(signing_key.encode()).digest()
        self.namespace = "cb:" + hashlib.blake2b(self._secret, digest_size=6).hexdigest()
        self.channel = f"{self.namespace}:invalidations"
        self._release_script = client.register_script(RELEASE)
        self._take_script = client.register_script(TAKE)

    @property
    def is_down(self) -> bool:
        return self._line.is_down

    async def read(self, keys: Sequence[Key]) -> dict[str, Entry]:
        return self._entries(keys, await self._line.ask(lambda: self._client.mget(self._names(keys))))

    async def write(self, entries: Mapping[Key, Entry]) -> None:
        now = self._clock.now().timestamp()
        pipe = self._client.pipeline(transaction=False)
        for key, entry in entries.items():
            milliseconds = int((entry.expires - now) * 1000)
            if milliseconds > 0:
                pipe.set(self._name(key), self.encode(key, entry), px=milliseconds)
            pipe.delete(self._lease_name(key))
        await self._line.ask(lambda: _run(pipe))

    async def lease(self, keys: Sequence[Key], owner: str, seconds: int) -> tuple[set[str], dict[str, Entry]]:
        pipe = self._client.pipeline(transaction=False)
        for key in keys:
            pipe.set(self._lease_name(key), self._holder(key, owner.encode()), nx=True, ex=seconds)
        pipe.mget([self._lease_name(key) for key in keys])
        pipe.mget(self._names(keys))
        *gained, held, raw = await self._line.ask(lambda: _run(pipe))
        mine = {key.digest for key, is_mine in zip(keys, gained, strict=True) if is_mine}
        strange = {
            key: holder
            for key, holder in zip(keys, held, strict=True)
            if key.digest not in mine and not self._is_holder(key, holder)
        }
        if strange:
            mine |= await self._take(strange, owner, seconds)
        return mine, self._entries(keys, raw)

    async def _take(self, strange: Mapping[Key, bytes | None], owner: str, seconds: int) -> set[str]:
        """Leases that are held by what is not ours; of nothing, it ended meanwhile or is no text."""
        pipe = self._client.pipeline(transaction=False)
        for key, seen in strange.items():
            args: list[bytes | int] = [seen or b"", self._holder(key, owner.encode()), seconds]
            await self._take_script(keys=[self._lease_name(key)], args=args, client=pipe)
        taken = await self._line.ask(lambda: _run(pipe))
        return {key.digest for key, is_mine in zip(strange, taken, strict=True) if is_mine}

    async def release(self, keys: Sequence[Key], owner: str) -> None:
        pipe = self._client.pipeline(transaction=False)
        for key in keys:
            args = [self._holder(key, owner.encode())]
            await self._release_script(keys=[self._lease_name(key)], args=args, client=pipe)
        await self._line.ask(lambda: _run(pipe))

    async def ping(self) -> None:
        await self._line.ask(self._client.ping)

    async def publish(self, word: str) -> None:
        """To all who listen on `channel`."""
        body = word.encode()
        await self._line.ask(
            lambda: self._client.publish(self.channel, self._sign("word", body) + b" " + body)
        )

    def read_word(self, text: object) -> str | None:
        """None: not one of us said it."""
        if not isinstance(text, bytes) or len(text) > 2 * MAX_BYTES:
            return None
        body = text[SIGNATURE + 1 :]
        if not hmac.compare_digest(text[: SIGNATURE + 1], self._sign("word", body) + b" "):
            return None
        return body.decode()

    async def aclose(self) -> None:
        await self._line.aclose()

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

    def _holder(self, key: Key, owner: bytes) -> bytes:
        return self._sign(f"lease {key.digest}", owner) + b" " + owner

    def _is_holder(self, key: Key, text: bytes | None) -> bool:
        return text is not None and hmac.compare_digest(text, self._holder(key, text[SIGNATURE + 1 :]))

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


async def _run(pipe: "Pipeline") -> list[Any]:
    """Its answers. Errors are raised without the command that caused them, which holds values."""
    answers: list[Any] = await pipe.execute(raise_on_error=False)
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return answers
