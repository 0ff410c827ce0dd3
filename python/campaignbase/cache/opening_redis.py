"""The two connections to Redis: one that must answer at once, one that listens."""

from campaignbase.cache.redis_tier import RedisTier, connect
from campaignbase.cache.tier import TierDownError
from campaignbase.errors import InputError
from campaignbase.ports import Clock
from campaignbase.settings import without_password


class OpenRedis:
    def __init__(self, url: str, clock: Clock, signing_key: str) -> None:
        self.tier = RedisTier(connect(url), clock, signing_key)
        self.listening = connect(url, patient=True)

    async def answers(self) -> bool:
        try:
            await self.tier.ping()
        except TierDownError:
            return False
        return True

    async def aclose(self) -> None:
        await self.tier.aclose()
        await self.listening.aclose()


def open_redis(url: str, clock: Clock, signing_key: str) -> OpenRedis:
    """
    Raises:
        InputError: no URL of a Redis.
    """
    try:
        return OpenRedis(url, clock, signing_key)
    except ValueError as error:
        raise InputError(
            f"REDIS_URL {without_password(url)!r}: {error}; expected one like redis://host:6379/0"
        ) from None
