"""Requests that are done once, on a server: each caller's own."""

from campaignbase.models.requests import Begun
from campaignbase.stores.calls import Calls


class ServerRequests(Calls):
    async def begin_request(
        self, request_key: str, body_hash: str, owner: str, lease_seconds: int = 120
    ) -> Begun:
        told = await self._value(
            "begin_request",
            request_key=request_key,
            body_hash=body_hash,
            owner=owner,
            lease_seconds=lease_seconds,
        )
        return Begun(**told)

    async def finish_request(self, request_key: str, owner: str, answer: str | None) -> bool:
        return bool(await self._value("finish_request", request_key=request_key, owner=owner, answer=answer))
