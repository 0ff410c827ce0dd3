"""The checks of `campaignbase doctor` on what is in a database: its workspace, queue, deliveries, mails."""

import shlex

from campaignbase.cli import budget, mail, output
from campaignbase.cli.check import Check, Level, failed
from campaignbase.cli.session import DEFAULT_WORKSPACE
from campaignbase.errors import CampaignbaseError, NotConfiguredError
from campaignbase.models.webhooks import DeliveryStatus
from campaignbase.ports import Members, Store
from campaignbase.settings import Settings, Target

WAITING_SECONDS = 600  # a queue older than this has no worker


async def run(target: Target, loaded: Settings, workspace: str) -> list[Check]:
    from campaignbase import wiring

    try:
        store = await wiring.open_target(target)
        try:
            found = [
                await _workspace(store, loaded, workspace),
                await _queue(store),
                _deliveries(await store.delivery_status()),
                *await _budget(store, loaded, workspace),
            ]
            return [*found, await mail.run(store, loaded)] if isinstance(store, Members) else found
        finally:
            await store.close()
    except CampaignbaseError as error:
        return [failed("store", error, "try again; where it stays so, restore the database from a copy")]


async def _workspace(store: Store, loaded: Settings, name: str) -> Check:
    from campaignbase import wiring

    known = await store.workspaces()
    found = next((one for one in known if name in (one.name, one.id)), None)
    if found is None:
        level: Level = "ok" if name == DEFAULT_WORKSPACE else "fail"
        return Check(
            "workspace",
            level,
            f"no workspace {name!r} yet",
            f"campaignbase workspace create {shlex.quote(name)}",
        )
    try:
        embedder = wiring.embedders(loaded).of(found)
    except NotConfiguredError as error:
        return failed("workspace", error, "use the version of campaignbase that made them")
    if found.embedding_model is None:
        return Check("workspace", "ok", f"{name}: no vectors yet; the first will be by {embedder.model}")
    return Check("workspace", "ok", f"{name}: vectors by {embedder.model}")


async def _budget(store: Store, loaded: Settings, name: str) -> list[Check]:
    known = [one for one in await store.workspaces() if name in (one.name, one.id)]
    return await budget.check(store, loaded, known[0]) if known else []


async def _queue(store: Store) -> Check:
    status = await store.queue_status()
    waiting = sum(one.waiting for one in status)
    leased = sum(one.leased for one in status)
    dead = sum(one.dead for one in status)
    oldest = max((one.oldest_seconds or 0.0 for one in status), default=0.0)
    detail = f"{waiting:,} waiting, {leased:,} leased, {dead:,} dead, oldest {oldest:.0f} s"
    if dead:
        error = next((one.last_error for one in status if one.last_error), None)
        return Check(
            "queue",
            "warn",
            f"{detail}; last error: {output.short(error, 100)}",
            "campaignbase worker --once --replay",
        )
    if waiting and oldest > WAITING_SECONDS:
        return Check("queue", "warn", detail, "nobody works on it: campaignbase worker")
    return Check("queue", "ok", detail)


def _deliveries(status: DeliveryStatus) -> Check:
    late = "" if status.late_seconds is None else f", one is due since {status.late_seconds:.0f} s"
    detail = f"{status.waiting:,} waiting, {status.leased:,} leased, {status.dead:,} dead{late}"
    if status.disabled:
        many = output.plural(status.disabled, "webhook")
        fix = "see why: campaignbase webhooks; then: campaignbase webhooks enable NAME"
        return Check("deliveries", "warn", f"{detail}; {many} disabled for failing", fix)
    if status.dead:
        told = f"{detail}; last error: {output.short(status.last_error, 100)}"
        fix = "see them: campaignbase webhooks deliveries --state dead; then: campaignbase webhooks replay"
        return Check("deliveries", "warn", told, fix)
    if status.late_seconds is not None and status.late_seconds > WAITING_SECONDS:
        return Check("deliveries", "warn", detail, "nobody sends them: campaignbase worker")
    return Check("deliveries", "ok", detail)
