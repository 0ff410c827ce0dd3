"""Rows that a member writes over REST, each tried until it is there, all noted in the ledger."""

import asyncio
import random
import time
import uuid
from dataclasses import dataclass

import httpx
from tests.chaos.ledger import Ledger
from tests.support.stack import Stack, User

RETRY_SECONDS = 0.1
PATIENCE_SECONDS = 60.0
TEXTS = (
    "our spring sale starts, 20% off everything in store",
    "we are hiring: three engineers for the Lisbon office",
    "join our webinar on Thursday, register now",
    "how we cut our shipping costs in half, a customer's story",
    "thank you all for ten years of support",
)


@dataclass(frozen=True)
class Writer:
    stack: Stack
    user: User
    workspace: str
    ledger: Ledger

    async def insert(self, http: httpx.AsyncClient, count: int, chance: random.Random) -> list[str]:
        """The ids are chosen here, so that a try whose answer was lost can be made again."""
        ids = [str(uuid.uuid4()) for _ in range(count)]
        rows = [
            {
                "id": key,
                "workspace_id": self.workspace,
                "content": f"Post {chance.getrandbits(40):010x}: {chance.choice(TEXTS)}",
            }
            for key in ids
        ]
        self.ledger.inserting(self.workspace, ids)
        end = time.monotonic() + PATIENCE_SECONDS
        while refused := await self._sent(http, rows):
            assert time.monotonic() < end, f"nothing could be written for {PATIENCE_SECONDS:.0f} s: {refused}"
            await asyncio.sleep(RETRY_SECONDS)
        self.ledger.inserted(ids)
        return ids

    async def _sent(self, http: httpx.AsyncClient, rows: list[dict[str, str]]) -> str | None:
        """None: they are there; else why nobody knows, and it should be tried again."""
        headers = {
            "apikey": self.stack.publishable_key,
            "Authorization": f"Bearer {self.user.token}",
            "Prefer": "return=minimal",
        }
        try:
            answer = await http.post(
                f"{self.stack.url}/rest/v1/content_assets", json=rows, headers=headers, timeout=30
            )
        except httpx.HTTPError as error:
            return f"{type(error).__name__}: {error}"
        if answer.status_code >= 500:
            return f"HTTP {answer.status_code} {answer.text}"
        # a try before this one had come through, all of it: one request is one transaction
        assert answer.status_code == 201 or answer.json()["code"] == "23505", answer.text
        return None


def writer(stack: Stack, ledger: Ledger) -> Writer:
    """A member of a workspace of her own."""
    user = stack.sign_up()
    answer = stack.request("GET", "/rest/v1/workspaces?select=id", token=user.token)
    answer.raise_for_status()
    return Writer(stack, user, answer.json()[0]["id"], ledger)
