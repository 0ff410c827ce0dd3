"""The store over a network that ends after one request, and lists whose rows change between their pages."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from tests.support.stack import Stack

from campaignbase.errors import NotFoundError, UnreachableError
from campaignbase.models import (
    DEFAULT_WORKSPACE_ID,
    Category,
    Correction,
    NewCampaign,
    NewContent,
    Rule,
    Tag,
)
from campaignbase.stores import server_webhooks, supabase
from campaignbase.stores.supabase import SupabaseStore


class Line(httpx.AsyncBaseTransport):
    """A connection that is cut after some requests, loses answers, or does something before each request."""

    def __init__(self) -> None:
        self._real = httpx.AsyncHTTPTransport()
        self.sent = 0
        self.left: int | None = None
        self.mute = False  # answers are lost
        self.before: Callable[[int], None] = lambda _: None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.left == 0:
            raise httpx.ConnectError("the line is cut", request=request)
        self.left = None if self.left is None else self.left - 1
        self.sent += 1
        self.before(self.sent)
        answer = await self._real.handle_async_request(request)
        if self.mute:
            await answer.aclose()
            raise httpx.ReadError("the answer is lost", request=request)
        return answer

    async def aclose(self) -> None:
        await self._real.aclose()

    def cut_after(self, requests: int | None) -> None:
        self.sent, self.left = 0, requests


@asynccontextmanager
async def over(stack: Stack, key: str, token: str | None = None) -> AsyncIterator[tuple[SupabaseStore, Line]]:
    line = Line()
    async with httpx.AsyncClient(transport=line, timeout=30) as http:
        yield await SupabaseStore.open(stack.url, key, token, http), line


@pytest.fixture
async def service(stack: Stack) -> AsyncIterator[tuple[SupabaseStore, Line]]:
    async with over(stack, stack.secret_key) as opened:
        yield opened


Act = Callable[[SupabaseStore, "Home"], Awaitable[Any]]


class Home:
    """A workspace with a row of each kind."""

    def __init__(self, workspace_id: str) -> None:
        self.id = workspace_id
        self.asset = self.campaign = self.rule = self.endpoint = self.delivery = ""

    async def fill(self, store: SupabaseStore) -> None:
        [self.asset] = (await store.insert_content(self.id, [NewContent(content="words")])).ids
        [self.campaign] = await store.insert_campaigns(self.id, [NewCampaign("spring")])
        added = await store.add_rule(
            self.id, Rule("", "r", "tagging", {"contains_keyword": "x"}, {"add_tags": ["y"]})
        )
        self.rule = added.id
        endpoint, _ = await store.add_webhook(self.id, "crm", "https://hooks.example.com/in")
        self.endpoint = endpoint.id
        self.delivery = await store.test_webhook(self.endpoint)
        await store.add_tags(self.id, [Tag("", "old tag")])
        await store.add_categories(self.id, [Category("", "old category")])
        await store.invite(self.id, "old@example.com", "viewer")


# whatever changes something, or answers from more than one table
ONE_REQUEST: dict[str, Act] = {
    "insert_content": lambda s, h: s.insert_content(h.id, [NewContent(content="more")]),
    "insert_campaigns": lambda s, h: s.insert_campaigns(h.id, [NewCampaign("autumn")]),
    "correct": lambda s, h: s.correct(h.asset, Correction(category="offer")),
    "explain": lambda s, h: s.explain(h.asset),
    "link_file": lambda s, h: s.link_file(h.asset, None),
    "queue_content": lambda s, h: s.queue_content([h.asset]),
    "queue_status": lambda s, h: s.queue_status(h.id),
    "create_workspace": lambda s, _: s.create_workspace(f"new {uuid.uuid4()}"),
    "create the default": lambda s, _: s.create_workspace("default"),
    "delete_workspace": lambda s, h: s.delete_workspace(h.id),
    "rename_category": lambda s, h: s.rename_category(h.id, "old category", "new category"),
    "edit_category": lambda s, h: s.edit_category(h.id, "old category", Category("", "new category")),
    "remove_category": lambda s, h: s.remove_category(h.id, "old category"),
    "add_tags": lambda s, h: s.add_tags(h.id, [Tag("", "new tag")]),
    "edit_tag": lambda s, h: s.edit_tag(h.id, "old tag", Tag("", "new tag")),
    "remove_tag": lambda s, h: s.remove_tag(h.id, "old tag"),
    "enable_rule": lambda s, h: s.enable_rule(h.id, h.rule, False),
    "remove_rule": lambda s, h: s.remove_rule(h.id, h.rule),
    "add_webhook": lambda s, h: s.add_webhook(h.id, "cms", "https://hooks.example.com/other"),
    "enable_webhook": lambda s, h: s.enable_webhook(h.endpoint, False),
    "rotate_webhook_secret": lambda s, h: s.rotate_webhook_secret(h.endpoint),
    "test_webhook": lambda s, h: s.test_webhook(h.endpoint),
    "remove_webhook": lambda s, h: s.remove_webhook(h.endpoint),
    "webhook_deliveries": lambda s, h: s.webhook_deliveries(h.id),
    "replay_deliveries": lambda s, h: s.replay_deliveries([h.delivery]),
    "invite": lambda s, h: s.invite(h.id, "new@example.com", "editor"),
    "remove_member": lambda s, h: s.remove_member(h.id, "old@example.com"),
    "members": lambda s, h: s.members(h.id),
    "invitations": lambda s, h: s.invitations(h.id),
}


@pytest.mark.parametrize("name", ONE_REQUEST)
async def test_one_request_is_enough(name: str, service: tuple[SupabaseStore, Line]) -> None:
    """Nothing can be half done: there is no second request to be lost."""
    store, line = service
    await store.create_workspace("default")
    home = Home((await store.create_workspace(f"home {uuid.uuid4()}")).id)
    await home.fill(store)
    line.cut_after(1)
    await ONE_REQUEST[name](store, home)
    assert line.sent == 1


async def test_a_user_makes_a_workspace_by_one_request(stack: Stack) -> None:
    member = stack.sign_up()
    async with over(stack, stack.publishable_key, member.token) as (store, line):
        line.cut_after(1)
        made = await store.create_workspace("Second")
        line.cut_after(None)
        assert (made.name, made.embedding_model) == ("Second", None)
        assert made in await store.workspaces()


async def test_a_rule_is_added_by_the_last_request(service: tuple[SupabaseStore, Line]) -> None:
    """What is asked before only says how its labels are called."""
    store, line = service
    home = (await store.create_workspace(f"home {uuid.uuid4()}")).id
    before = await store.rules(home)
    rule = Rule("", "q", "tagging", {"contains_keyword": "x"}, {"add_tags": ["y"]})
    line.cut_after(2)
    with pytest.raises(UnreachableError):
        await store.add_rule(home, rule)
    line.cut_after(None)
    assert await store.rules(home) == before
    line.cut_after(3)
    assert (await store.add_rule(home, rule)).name == "q"


async def test_labels_are_added_by_the_last_request(service: tuple[SupabaseStore, Line]) -> None:
    """What is asked before only words a refusal."""
    store, line = service
    home = (await store.create_workspace(f"home {uuid.uuid4()}")).id
    before = await store.categories(home)
    line.cut_after(1)
    with pytest.raises(UnreachableError, match="the line is cut"):
        await store.add_categories(home, [Category("", "one"), Category("", "two")])
    line.cut_after(None)
    assert await store.categories(home) == before
    assert await store.add_categories(home, [Category("", "one"), Category("", "two")]) == 2


async def test_the_default_workspace_is_made_once_whatever_is_lost(stack: Stack) -> None:
    async with over(stack, stack.secret_key) as (store, line):
        with stack.connect() as connection:
            connection.execute("delete from public.workspaces where id = %s", [DEFAULT_WORKSPACE_ID])
        line.mute = True
        with pytest.raises(UnreachableError, match="the answer is lost"):
            await store.create_workspace("default")
        line.mute = False
        made = await store.create_workspace("default")
        assert (made.id, made.name) == (DEFAULT_WORKSPACE_ID, "default")
        assert await store.create_workspace("default") == made


async def test_a_page_goes_on_where_the_one_before_ended(
    service: tuple[SupabaseStore, Line], monkeypatch: pytest.MonkeyPatch, stack: Stack
) -> None:
    """Between any two pages a row is added at each end and another one goes; the others come once."""
    store, line = service
    home = (await store.create_workspace(f"pages {uuid.uuid4()}")).id
    endpoint, _ = await store.add_webhook(home, "crm", "https://hooks.example.com/in")
    for number in range(9):
        await store.insert_content(home, [NewContent(content=f"text {number}")])
        await store.test_webhook(endpoint.id)
        await store.invite(home, f"m{number}@example.com", "viewer")
    lists: dict[str, tuple[str, Callable[[], Awaitable[list[Any]]]]] = {
        "content_assets": ("public", lambda: store.content(home)),
        "webhook_deliveries": ("public", lambda: store.webhook_deliveries(home)),
        "invitations": ("private", lambda: store.invitations(home)),
        "tags": ("public", lambda: store.tags(home)),
    }
    monkeypatch.setattr(supabase, "PAGE", 2)
    monkeypatch.setattr(server_webhooks, "PAGE", 2)
    for table, (schema, listed) in lists.items():
        line.before = lambda _: None
        before = {row.id for row in await listed()}
        gone: list[str] = []
        with stack.connect() as connection:
            line.before = _meddling(connection, f"{schema}.{table}", home, gone)
            line.cut_after(None)
            found = [row.id for row in await listed()]
        assert len(gone) > 2, table
        assert len(found) == len(set(found)), table
        assert set(found) >= before - set(gone), table


def _meddling(connection: Any, table: str, home: str, gone: list[str]) -> Callable[[int], None]:
    """Before each page but the first, a row like another one but older, one newer, and one that goes."""
    columns = {
        "public.content_assets": ("asset_type, content", "'text', 'added'"),
        "public.webhook_deliveries": ("endpoint_id, event_type, payload", "endpoint_id, event_type, payload"),
        "private.invitations": (
            "email, role, token_hashes",
            "gen_random_uuid() || '@example.com', 'viewer', '{}'",
        ),
        "public.tags": ("name", "'tag ' || gen_random_uuid()"),
    }[table]

    def before(request: int) -> None:
        if request == 1:
            return
        for age in ("- interval '1 day'", "+ interval '1 day'"):
            connection.execute(
                f"insert into {table} (workspace_id, created_at, {columns[0]})"
                f" select workspace_id, now() {age}, {columns[1]} from {table}"
                " where workspace_id = %s limit 1",
                [home],
            )
        [(key,)] = connection.execute(
            f"delete from {table} where id = (select id from {table} where workspace_id = %s"
            " order by md5(id::text) limit 1) returning id::text",
            [home],
        ).fetchall()
        gone.append(key)

    return before


async def test_more_members_and_queues_than_a_page_are_all_told(
    service: tuple[SupabaseStore, Line], monkeypatch: pytest.MonkeyPatch, stack: Stack
) -> None:
    store, _ = service
    home = (await store.create_workspace(f"crowd {uuid.uuid4()}")).id
    with stack.connect() as connection:
        for _ in range(5):
            connection.execute(
                "insert into public.workspace_members values (%s, %s, 'editor')", (home, stack.sign_up().id)
            )
    whole, queues = await store.members(home), await store.queue_status()
    assert len(whole) == 5
    assert [one.created_at for one in whole] == sorted(one.created_at for one in whole)
    monkeypatch.setattr(supabase, "PAGE", 2)
    assert await store.members(home) == whole
    told = [(one.workspace_name, one.kind, one.waiting) for one in await store.queue_status()]
    assert told == [(one.workspace_name, one.kind, one.waiting) for one in queues]


async def test_who_is_removed_by_whom(stack: Stack) -> None:
    owner, member, other = stack.sign_up(), stack.sign_up(), stack.sign_up()
    async with (
        over(stack, stack.publishable_key, owner.token) as (mine, _),
        over(stack, stack.publishable_key, member.token) as (hers, _),
    ):
        [home] = await mine.workspaces()
        with stack.connect() as connection:
            for user in (member, other):
                connection.execute(
                    "insert into public.workspace_members values (%s, %s, 'editor')", (home.id, user.id)
                )
        invitation, token = await mine.invite(home.id, " Bo@Example.com ", "viewer")
        assert [invitation] == await mine.invitations(home.id)
        assert (invitation.email, invitation.role, len(token)) == ("bo@example.com", "viewer", 96)
        for address in (other.email, "bo@example.com", "nobody@example.com"):
            with pytest.raises(Exception, match="only an owner of workspace"):
                await hers.remove_member(home.id, address)
        assert len(await mine.members(home.id)) == 3
        await mine.remove_member(home.id, "BO@example.com")
        assert await mine.invitations(home.id) == []
        await hers.remove_member(home.id, member.email)  # she leaves
        await mine.remove_member(home.id, other.email.upper())
        assert [one.user_id for one in await mine.members(home.id)] == [owner.id]
        with pytest.raises(
            NotFoundError, match=r"nobody with the address 'bo@example\.com' is in the workspace"
        ):
            await mine.remove_member(home.id, "bo@example.com")
        assert await hers.members(home.id) == []
