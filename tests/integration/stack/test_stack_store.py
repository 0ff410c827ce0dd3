"""The store over the Data API: who may do what with it, and what it says when it cannot."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import jwt
import numpy as np
import pytest
from tests.support.stack import Stack, User

from campaignbase.errors import InputError, NotConfiguredError, NotFoundError, UnreachableError
from campaignbase.models import Correction, NewCampaign, NewContent, Tag
from campaignbase.stores import supabase
from campaignbase.stores.supabase import SupabaseStore


@pytest.fixture
async def service(stack: Stack) -> AsyncIterator[SupabaseStore]:
    async with aclosing_store(await SupabaseStore.open(stack.url, stack.secret_key)) as store:
        yield store


@asynccontextmanager
async def aclosing_store(store: SupabaseStore) -> AsyncIterator[SupabaseStore]:
    try:
        yield store
    finally:
        await store.close()


async def of(stack: Stack, user: User, http: httpx.AsyncClient | None = None) -> SupabaseStore:
    return await SupabaseStore.open(stack.url, stack.publishable_key, user.token, http)


def other_token(**claims: Any) -> str:
    """As another project signs them."""
    return jwt.encode({"aud": "authenticated", "role": "authenticated", **claims}, "x" * 32, "HS256")


async def test_a_key_or_token_that_is_none_of_this_project_is_refused(stack: Stack) -> None:
    member = stack.sign_up()
    publishable = stack.publishable_key
    for key, token, words in (
        ("sb_secret_wrong", None, "Invalid API key; is it another project's?"),
        (publishable, None, "holds a publishable key"),
        (stack.token(role="anon"), None, "holds the legacy anon key"),
        (stack.token(role="service_role"), None, "legacy service_role key"),
        (publishable, stack.token(member.id, expires_in=-60), "the session is over: sign in again"),
        (publishable, other_token(sub=member.id), "access token of this very project"),
        ("sb_publishable_wrong", member.token, "is the publishable key"),
    ):
        with pytest.raises(NotConfiguredError) as refused:
            await SupabaseStore.open(stack.url, key, token)
        assert words in str(refused.value)
        assert key not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "error", "words"),
    [
        ("http://127.0.0.1:1", UnreachableError, "cannot reach Supabase http://127.0.0.1:1"),
        ("http://127.0.0.1:1/rest/v1", InputError, "with no path behind it"),
        ("postgresql://me:s3cret@host/db", InputError, "belongs into CAMPAIGNBASE_DATABASE"),
        ("abc.supabase.co", InputError, "expected https://<ref>.supabase.co"),
        ("http://[::1", InputError, "expected https://<ref>.supabase.co"),
    ],
)
async def test_an_address_that_is_no_project(url: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error) as refused:
        await SupabaseStore.open(url, "sb_secret_x")
    assert words in str(refused.value)
    assert "s3cret" not in str(refused.value)


async def test_users_share_connections_and_nothing_else(stack: Stack, service: SupabaseStore) -> None:
    """Many at once over one HTTP client: each sees its own workspace, the service all of them."""
    users = [stack.sign_up() for _ in range(3)]
    async with supabase.http_client(stack.url) as http:
        stores = [await of(stack, user, http) for user in users]
        seen = await asyncio.gather(*(store.workspaces() for store in stores * 4))
        own = [[found.name for found in workspaces] for workspaces in seen]
        assert own == [[user.email.partition("@")[0]] for user in users] * 4
        for store in stores:
            await store.close()
        assert len(await stores[0].workspaces()) == 1  # the shared client is not theirs to close
    assert {name for [name] in own} <= {found.name for found in await service.workspaces()}


async def test_a_user_does_what_her_role_allows(stack: Stack, service: SupabaseStore) -> None:
    owner, stranger = stack.sign_up(), stack.sign_up()
    async with AsyncExitStack() as opened:
        mine, theirs = [
            await opened.enter_async_context(aclosing_store(await of(stack, user)))
            for user in (owner, stranger)
        ]
        [home] = await mine.workspaces()
        [elsewhere] = await theirs.workspaces()
        second = await mine.create_workspace("Second")
        assert {found.id for found in await mine.workspaces()} == {home.id, second.id}

        [campaign] = await theirs.insert_campaigns(elsewhere.id, [NewCampaign("theirs")])
        counts = await mine.insert_content(home.id, [NewContent(content="words", source_key="1")])
        [key] = counts.ids
        with pytest.raises(InputError, match=f"row 2: no campaign '{campaign}' in this workspace"):
            await mine.insert_content(
                home.id, [NewContent(content="a"), NewContent(content="b", campaign_id=campaign)]
            )
        with pytest.raises(InputError, match="ask an owner for editor"):
            await mine.insert_content(elsewhere.id, [NewContent(content="x")])
        with pytest.raises(InputError, match="ask an owner for editor"):
            await mine.add_tags(elsewhere.id, [Tag("", "x")])
        with pytest.raises(NotFoundError):
            await theirs.explain(key)
        with pytest.raises(NotFoundError):
            await theirs.correct(key, Correction(category="offer"))
        with pytest.raises(NotConfiguredError, match="claim_jobs; signed-in users may not"):
            await mine.claim_jobs("me")
        await mine.correct(key, Correction(category="offer"))
        assert [(one.id, one.primary_category) for one in await service.content(home.id)] == [(key, "offer")]
        assert await theirs.content(home.id) == []

        with stack.connect() as connection:
            connection.execute(
                "insert into public.workspace_members values (%s, %s, 'viewer')", (home.id, stranger.id)
            )
        assert [one.id for one in await theirs.content(home.id)] == [key]
        with pytest.raises(NotConfiguredError, match=r"may be read but not changed by you; Ask an owner"):
            await theirs.correct(key, Correction(category="event"))
        assert (await mine.explain(key)).asset == (await service.content(home.id))[0]


async def test_what_the_database_refuses_is_told_and_nothing_is_written(
    stack: Stack, service: SupabaseStore
) -> None:
    workspace = await service.create_workspace(f"refusals {uuid.uuid4()}")
    with pytest.raises(InputError, match="a vector of 1536 numbers, not 3"):
        await service.semantic_search(np.ones(3, dtype=np.float32))
    with pytest.raises(InputError, match="must have length 1, not 78"):
        await service.semantic_search(np.full(1536, 2, dtype=np.float32))
    for odd in ("x' or 1=1;--", "*", "eq.x", 'a,b"(c)\\ é: x.y&z=1', "(x)"):
        with pytest.raises(NotFoundError):
            await service.remove_tag(workspace.id, odd)
        assert await service.add_tags(workspace.id, [Tag("", odd)]) == 1
        await service.remove_tag(workspace.id, odd)
    for broken in ("a\x00b", "half a pair \ud83d"):
        with pytest.raises(InputError):
            await service.create_workspace(broken)
    for call in (
        service._all("content_assets", ("id", "no_such_column"), {}),
        service._all("no_such_table", ("id",), {}),
        service._insert("workspaces", {"no_such_column": 1}, ("id",)),
        service._value("no_such_function", x=1),
    ):
        with pytest.raises(NotConfiguredError, match="push the migrations: supabase db push"):
            await call
    assert await service.content(workspace.id) == []


async def test_a_missing_grant_is_named(stack: Stack, service: SupabaseStore) -> None:
    with stack.connect() as connection:
        connection.execute("revoke select on public.automation_rules from service_role")
        try:
            with pytest.raises(NotConfiguredError, match="permission denied for table automation_rules; "):
                await service.rules(str(uuid.uuid4()))
        finally:
            connection.execute("grant select on public.automation_rules to service_role")


async def test_more_rows_than_the_data_api_gives_at_once_come_in_pages(
    stack: Stack, service: SupabaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = await service.create_workspace(f"pages {uuid.uuid4()}")
    # all of one moment, so that ids alone tell them apart
    texts = [f"text {number}" for number in range(10)]
    await service.insert_content(workspace.id, [NewContent(content=text) for text in texts])
    whole, tags, queue = (
        await service.content(workspace.id),
        await service.tags(workspace.id),
        await service.queue_status(workspace.id),
    )
    assert {asset.text for asset in whole} == set(texts)
    assert [row.waiting for row in queue if row.kind == "categorize_content"] == [10]
    for page in (1, 3, 5, 10):
        monkeypatch.setattr(supabase, "PAGE", page)
        assert await service.content(workspace.id) == whole
        assert await service.content(workspace.id, limit=7) == whole[:7]
        found = await service.queue_status(workspace.id)
        assert [(row.kind, row.waiting) for row in found] == [(row.kind, row.waiting) for row in queue]
    monkeypatch.setattr(supabase, "PAGE", 7)
    assert await service.tags(workspace.id) == tags


async def test_a_project_that_goes_away_is_unreachable(stack: Stack) -> None:
    """A listener that closes what it accepts, as a proxy does whose server is gone."""

    async def close(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(close, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(UnreachableError, match=f"cannot reach Supabase http://127.0.0.1:{port}"):
            await SupabaseStore.open(f"http://127.0.0.1:{port}", "sb_secret_x")
