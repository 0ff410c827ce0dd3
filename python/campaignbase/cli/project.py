"""The checks of `campaignbase doctor` on a Supabase project from outside: key, realtime, files, functions."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from typing import Any

import httpx

from campaignbase.cli.check import Check, failed
from campaignbase.errors import CampaignbaseError, NotConfiguredError
from campaignbase.settings import Settings, Target
from campaignbase.stores.supabase import PAGE, SupabaseStore
from campaignbase.stores.supabase_errors import kind_of

KEYS = "Project settings, API keys"
SECRET = f"create a secret key, sb_secret_... ({KEYS}), and set SUPABASE_SECRET_KEY to it"
SECONDS = 20.0  # for an edge function, which may have to start
LIVE_SECONDS = 20.0  # for a subscription to stand
POKED = ("embed", "deliver")
FUNCTIONS = (*POKED, "semantic-search")


def keys(target: Target, loaded: Settings) -> Iterator[Check]:
    """By their form alone: nothing is sent."""
    kind = kind_of(target.key.get_secret_value()) if target.key else "unknown"
    match kind:
        case "secret":
            yield Check("key", "ok", "a secret key")
        case "service_role":
            detail = "the legacy service_role key, which the platform ends in 2026"
            yield Check("key", "warn", detail, SECRET)
        case "publishable" | "anon":
            name = "publishable" if kind == "publishable" else "legacy anon"
            detail = f"SUPABASE_SECRET_KEY holds the {name} key, which is for clients"
            yield Check("key", "fail", detail, SECRET)
        case _:
            detail = "SUPABASE_SECRET_KEY has no form that is known"
            yield Check("key", "warn", detail, f"is it whole? {SECRET}")
    public = loaded.supabase_publishable_key
    if public is not None and kind_of(public.get_secret_value()) in ("secret", "service_role"):
        detail = "SUPABASE_PUBLISHABLE_KEY holds a secret key, and that name goes into browsers"
        yield Check("key", "fail", detail, f"set it to sb_publishable_..., and revoke the other one ({KEYS})")


async def rows_at_once(store: SupabaseStore) -> Check:
    given = await store.rows_at_once(PAGE)
    if given < PAGE:
        detail = f"gives {given:,} rows at once, {PAGE:,} are needed: lists would end too early"
        fix = f"max_rows = {PAGE} (Data API settings, or [api] in supabase/config.toml: supabase config push)"
        return Check("data api", "fail", detail, fix)
    return Check("data api", "ok", f"gives {given:,} rows at once")


async def realtime(target: Target) -> Check:
    """A subscription as the worker's: until it stands, or the reason why it does not."""
    from campaignbase import wiring

    said: list[str] = []
    try:
        listener = wiring.listener_of(target, said.append)
    except NotConfiguredError as error:
        return failed("realtime", error, "pip install 'campaignbase[supabase]'")
    if listener is None:
        return Check("realtime", "ok", "none here")
    live = asyncio.Event()
    running = asyncio.create_task(listener.run(live.set))
    waiting = asyncio.create_task(live.wait())
    await asyncio.wait({running, waiting}, timeout=LIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    connected = listener.connected
    for task in (running, waiting):
        task.cancel()
    await asyncio.gather(running, waiting, return_exceptions=True)
    if connected:
        return Check("realtime", "ok", "a subscription to content_assets and campaigns stands")
    fix = "is Realtime on (Project settings, Realtime) and the publication complete? Until then workers look"
    return Check("realtime", "warn", listener.reason or "no subscription within 20 s", fix)


async def storage(target: Target, loaded: Settings) -> Check:
    from campaignbase import wiring

    try:
        async with aclosing(wiring.open_media(target, loaded)) as files:
            await files.paths("00000000-0000-0000-0000-000000000000")
    except CampaignbaseError as error:
        return failed("storage", error, "is Storage on, and the bucket media there?")
    return Check("storage", "ok", "lists files of the bucket media")


async def functions(target: Target, poked: bool) -> list[Check]:
    """Whether each answers and takes the key; none is given anything to do.

    Args:
        poked: the database wakes them, so they should be there.
    """
    key = target.key.get_secret_value() if target.key else ""
    async with httpx.AsyncClient(timeout=SECONDS, headers={"apikey": key}) as http:
        asked = (_function(http, target.location, name, poked and name in POKED) for name in FUNCTIONS)
        return list(await asyncio.gather(*asked))


async def _function(http: httpx.AsyncClient, url: str, name: str, needed: bool) -> Check:
    what, address = f"function {name}", f"{url}/functions/v1/{name}"
    deploy = f"supabase functions deploy {name}"
    logs = f"its logs say why (dashboard, Edge Functions); then: {deploy}"
    try:
        # no JSON: refused after the key was looked at and before anything is done; a GET, before a token is
        answer = await (http.post(address, content=b"?") if name in POKED else http.get(address))
    except httpx.HTTPError as error:
        return Check(what, "fail", f"does not answer: {str(error) or type(error).__name__}", logs)
    code, message = _told(answer)
    if code in ("invalid_body", "method_not_allowed"):
        return Check(what, "ok", "answers")
    if answer.status_code == 404:
        detail = f"is not deployed{'' if needed else _without(name)}"
        return Check(what, "fail" if needed else "warn", detail, deploy)
    if code == "not_configured":
        fix = "supabase secrets set OPENAI_API_KEY=..., and OPENAI_BASE_URL where it is another's"
        return Check(what, "warn", f"{message}: the worker embeds", fix)
    if code == "invalid_api_key":
        detail = "refuses this secret key"
        return Check(what, "fail", detail, f"it reads the project's keys when it starts: {deploy}")
    if answer.status_code == 401:
        detail = f"the platform wants a token first ({message}): verify_jwt is on"
        return Check(what, "fail", detail, f"{deploy} --no-verify-jwt")
    return Check(what, "fail", f"answers {answer.status_code}: {message}", logs)


def _without(name: str) -> str:
    if name in POKED:
        return ": the worker does its work"
    return ": pages cannot search by words"


def _told(answer: httpx.Response) -> tuple[str, str]:
    try:
        body: Any = answer.json()
    except ValueError:
        return "", answer.text[:100]
    if not isinstance(body, dict):
        return "", str(body)[:100]
    return str(body.get("code", "")), str(body.get("message") or body.get("msg") or body)[:200]
