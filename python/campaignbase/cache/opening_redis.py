"""The two connections to Redis: one that must answer at once, one that listens."""

from campaignbase.cache.redis_line import connect
from campaignbase.cache.redis_tier import RedisTier
from campaignbase.cache.tier import TierDownError
from campaignbase.ports import Clock


class OpenRedis:
    def __init__(self, url: str, clock: Clock, signing_key: str) -> None:
        """Raises InputError: no URL of a Redis."""
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
