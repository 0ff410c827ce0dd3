"""Rows that a member writes, each tried until it is there, all noted in the ledger."""

import asyncio
import random
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
import psycopg
from psycopg.types.json import Jsonb
from tests.chaos.ledger import Ledger
from tests.support.postgres import Database
from tests.support.stack import Stack

RETRY_SECONDS = 0.1
PATIENCE_SECONDS = 60.0
TEXTS = (
    "our spring sale starts, 20% off everything in store",
    "we are hiring: three engineers for the Lisbon office",
    "join our webinar on Thursday, register now",
    "how we cut our shipping costs in half, a customer's story",
    "thank you all for ten years of support",
)

Rows = list[dict[str, str]]
# None: they are there; else why nobody knows, and it should be tried again
Send = Callable[[Rows], Awaitable[str | None]]


@dataclass(frozen=True)
class Writer:
    workspace: str
    ledger: Ledger
    send: Send

    async def insert(self, count: int, chance: random.Random) -> list[str]:
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
        while refused := await self.send(rows):
            assert time.monotonic() < end, f"nothing could be written for {PATIENCE_SECONDS:.0f} s: {refused}"
            await asyncio.sleep(RETRY_SECONDS)
        self.ledger.inserted(ids)
        return ids


def over_rest(stack: Stack, ledger: Ledger, http: httpx.AsyncClient) -> Writer:
    """A new member of a workspace of her own."""
    user = stack.sign_up()
    found = stack.request("GET", "/rest/v1/workspaces?select=id", token=user.token)
    found.raise_for_status()
    address = f"{stack.url}/rest/v1/content_assets"
    headers = {
        "apikey": stack.publishable_key,
        "Authorization": f"Bearer {user.token}",
        "Prefer": "return=minimal",
    }

    async def send(rows: Rows) -> str | None:
        try:
            answer = await http.post(address, json=rows, headers=headers, timeout=30)
        except httpx.HTTPError as error:
            return f"{type(error).__name__}: {error}"
        if answer.status_code >= 500:
            return f"HTTP {answer.status_code} {answer.text}"
        # a try before this one had come through, all of it: one request is one transaction
        assert answer.status_code == 201 or answer.json()["code"] == "23505", answer.text
        return None

    return Writer(found.json()[0]["id"], ledger, send)


def by_sql(database: Database, ledger: Ledger) -> Writer:
    """The same without the stack."""
    user = database.create_user(f"{uuid.uuid4().hex}@example.com")

    def insert(rows: Rows) -> None:
        with database.connect_as("authenticated", {"sub": user}) as connection:
            connection.execute(
                "insert into public.content_assets (id, workspace_id, content)"
                " select id, workspace_id, content"
                " from jsonb_populate_recordset(null::public.content_assets, %s)",
                [Jsonb(rows)],
            )

    async def send(rows: Rows) -> str | None:
        try:
            await asyncio.to_thread(insert, rows)
        except psycopg.errors.UniqueViolation:
            return None
        except psycopg.OperationalError as error:
            return str(error)
        return None

    with database.connect() as connection:
        row = connection.execute(
            "select workspace_id::text from public.workspace_members where user_id = %s", [user]
        ).fetchone()
    assert row is not None
    return Writer(row[0], ledger, send)
