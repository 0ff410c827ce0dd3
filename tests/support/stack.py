"""The offline stack for tests: one gateway a test process, on a throwaway Postgres and free ports.

Every test may ask for the fixture `stack`.
The gateway reads the schema once, at its start: what a test adds to it REST does not see, realtime does.
"""

import os
import shutil
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jwt
import psycopg
from supabase import AsyncClient, AsyncClientOptions, acreate_client
from tests.support.postgres import Database, lives

from campaignbase.local.cluster import free_port
from campaignbase.local.stack import gateway, keys, parts
from campaignbase.local.stack.gateway import Gateway

FUNCTIONS = Path(__file__).resolve().parents[2] / "supabase" / "functions"
FOLDER_PREFIX = "campaignbase-stack-"
PASSWORD = "correct horse 42"


@dataclass(frozen=True)
class User:
    id: str
    email: str
    token: str  # a real session's


@dataclass(frozen=True)
class Stack:
    gateway: gateway.Gateway
    database: Database
    keys: keys.Keys
    folder: Path  # objects, mails, logs

    @property
    def url(self) -> str:
        return self.gateway.url

    @property
    def publishable_key(self) -> str:
        return self.keys.publishable

    @property
    def secret_key(self) -> str:
        return self.keys.secret

    @property
    def jwt_secret(self) -> str:
        return self.keys.jwt_secret

    @property
    def database_url(self) -> str:
        """As `postgres`, the owner, no superuser."""
        return self.database.url

    @property
    def admin_url(self) -> str:
        """As the superuser: for preparing a test, never for what it shows."""
        return self.database.admin_url

    def connect(self) -> psycopg.Connection[Any]:
        """As `postgres`, autocommit."""
        return self.database.connect()

    def sign_up(self, email: str | None = None, password: str = PASSWORD) -> User:
        """A new user by the auth API, with a session; without an address one nobody else has."""
        address = email or f"{uuid.uuid4().hex}@example.com"
        answer = self.request("POST", "/auth/v1/signup", json={"email": address, "password": password})
        answer.raise_for_status()
        session = answer.json()
        return User(session["user"]["id"], address, session["access_token"])

    def token(
        self,
        sub: str | None = None,
        *,
        role: str = "authenticated",
        expires_in: float = 3600,
        **claims: object,
    ) -> str:
        """A token as the auth server signs it, with these claims; without `sub` of nobody who signed up."""
        now = time.time()
        stated = {"iss": f"{self.url}/auth/v1", "aud": "authenticated", "iat": int(now), "role": role}
        return jwt.encode(
            {**stated, "sub": sub or str(uuid.uuid4()), "exp": int(now + expires_in), **claims},
            self.jwt_secret,
            "HS256",
        )

    def request(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        """One request with the publishable key, unless `key` says another or "" for none."""
        sent = dict(headers or {})
        if key != "":
            sent["apikey"] = key or self.publishable_key
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        with httpx.Client(
            timeout=30, verify=False
        ) as http:  # certificates take long to load, and nobody needs them
            return http.request(method, f"{self.url}{path}", headers=sent, **options)

    @asynccontextmanager
    async def client(self, token: str | None = None, key: str | None = None) -> AsyncIterator[AsyncClient]:
        """A supabase-py client with the publishable key, unless `key` says another, and this user's token."""
        async with httpx.AsyncClient(timeout=30, verify=False) as http:
            options = AsyncClientOptions(auto_refresh_token=False, persist_session=False, httpx_client=http)
            if token is not None:
                options.headers["Authorization"] = f"Bearer {token}"
            client = await acreate_client(self.url, key or self.publishable_key, options)
            if token is not None:
                await client.realtime.set_auth(token)
            try:
                yield client
            finally:
                await client.realtime.close()


def start(
    database: Database, *, functions: Path = FUNCTIONS, embeddings: Mapping[str, object] | None = None
) -> Stack:
    """A gateway of its own before a database; `finish` ends it.

    Args:
        functions: others than ours.
        embeddings: what serves vectors; none without.
    """
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        # the stream of changes ends where the log was written out: later, for commits that do not wait
        connection.execute(f"alter database {database.name} set synchronous_commit to on".encode())
    folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{os.getpid()}-"))
    own = keys.make()
    started = gateway.start(
        parts.find(folder / "parts"),
        port=free_port(),
        database_port=database.port,
        database=database.name,
        keys=own,
        kept=folder,
        log=folder / "logs" / "gateway.log",
        functions=functions,
        embeddings=embeddings,
    )
    started.remember(folder / "gateway.json")
    return Stack(started, database, own, folder)


def finish(stack: Stack) -> None:
    stack.gateway.stop()
    shutil.rmtree(stack.folder)


def sweep_gateways() -> None:
    """End gateways whose test process was killed before it could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER_PREFIX}*-*"):
        owner = int(folder.name.removeprefix(FOLDER_PREFIX).partition("-")[0])
        left = Gateway.remembered(folder / "gateway.json")
        if left is not None and not lives(owner):
            left.stop()
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def serving(database: Database, **options: Any) -> Iterator[Stack]:
    """Options: as `start` has them."""
    sweep_gateways()
    started = start(database, **options)
    try:
        yield started
    finally:
        finish(started)
