"""Settings become concrete parts: the only place that picks classes."""

import os
import shlex
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaignbase.cache.agreement import Alone
from campaignbase.cache.keys import EVERYTHING as EVERYTHING
from campaignbase.cache.manager import CacheManager
from campaignbase.cache.memory import DEFAULT_ITEMS, Memory
from campaignbase.cache.opening import OpenCache
from campaignbase.core.batching import LARGEST
from campaignbase.errors import NotConfiguredError, NotFoundError
from campaignbase.models import Workspace
from campaignbase.models.cache import CacheCount
from campaignbase.pipeline.backfill import Backfiller
from campaignbase.pipeline.direct import DirectAnswers
from campaignbase.pipeline.embedders import Embedders
from campaignbase.pipeline.invitations import Postman
from campaignbase.pipeline.labeler import LEASE_SECONDS, Labeler
from campaignbase.pipeline.learn import Learner
from campaignbase.ports import Analyst, ApiKeys, MediaStore, Members, Store
from campaignbase.ports.cache import Answers
from campaignbase.providers.offline import OfflineReader
from campaignbase.providers.smtp import SmtpMailer
from campaignbase.providers.webhook_sender import WebhookSender
from campaignbase.settings import Settings, Target
from campaignbase.stores.folder_media import FolderMedia, media_folder
from campaignbase.wiring.backfills import looking_labeler as looking_labeler
from campaignbase.wiring.backfills import open_backfiller as open_backfiller
from campaignbase.wiring.backfills import question_prices as question_prices
from campaignbase.wiring.clock import SystemClock as SystemClock
from campaignbase.wiring.models import LOCAL as LOCAL
from campaignbase.wiring.models import answers as answers
from campaignbase.wiring.models import collections as collections
from campaignbase.wiring.models import embedders as embedders
from campaignbase.wiring.models import gate_command as gate_command
from campaignbase.wiring.models import hosted_analyst as hosted_analyst
from campaignbase.wiring.models import local_embedder as local_embedder
from campaignbase.wiring.models import local_embedder_names as local_embedder_names
from campaignbase.wiring.models import named_embedder as named_embedder
from campaignbase.wiring.models import offline_analyst as offline_analyst
from campaignbase.wiring.models import open_analyst as open_analyst
from campaignbase.wiring.models import paid as paid
from campaignbase.wiring.models import shipped_embedder as shipped_embedder
from campaignbase.worker.deliver import Deliverer
from campaignbase.worker.loop import Wakeups, Worker
from campaignbase.worker.mail import Mailing

if TYPE_CHECKING:
    import httpx

    from campaignbase.cache.redis_line import RedisLine
    from campaignbase.worker.listener import Listener
    from campaignbase.worker.session import TokenProvider


def is_postgres(database: str) -> bool:
    return database.startswith(("postgresql://", "postgres://"))


async def open_store(database: str) -> Store:
    """The store behind a path or a postgresql:// URL.

    Raises:
        NotConfiguredError: the extra for Postgres is not installed, or the database cannot be used.
        UnreachableError: nothing answers there.
    """
    if is_postgres(database):
        try:
            from campaignbase.stores.postgres import PostgresStore
        except ImportError as error:
            raise NotConfiguredError(
                f"a postgresql:// database needs psycopg ({error.name} is missing);"
                " run: pip install 'campaignbase[supabase]'"
            ) from None
        return await PostgresStore.open(database)
    from campaignbase.stores.sqlite import SqliteStore

    return SqliteStore(Path(database), clock=SystemClock())


async def open_target(target: Target) -> Store:
    """The store of what is configured.

    Raises:
        InputError: the project's URL is none.
        NotConfiguredError: an extra is missing, the key is refused, or the database cannot be used.
        UnreachableError: nothing answers there.
    """
    if target.kind != "supabase" or target.key is None:
        return await open_store(target.location)
    try:
        from campaignbase.stores.supabase import SupabaseStore
    except ImportError as error:
        raise NotConfiguredError(
            f"a Supabase project needs the package {error.name}; run: pip install 'campaignbase[supabase]'"
        ) from None
    return await SupabaseStore.open(target.location, target.key.get_secret_value())


def http_client(url: str) -> "httpx.AsyncClient":
    """For any number of users of that project; close it.

    Raises:
        NotConfiguredError: the extra for Supabase is not installed.
    """
    try:
        from campaignbase.stores.supabase import http_client as client
    except ImportError as error:
        raise NotConfiguredError(
            f"a Supabase project needs the package {error.name}; run: pip install 'campaignbase[supabase]'"
        ) from None
    return client(url)


async def store_of_user(url: str, key: str, token: str, http: "httpx.AsyncClient") -> Store:
    """What a signed-in user of the project may see; nothing is asked yet, and `http` stays the caller's.

    Args:
        key: the publishable one.
    """
    from campaignbase.stores.supabase import SupabaseStore

    return await SupabaseStore.of_user(url, key, token, http)


async def store_of_service(url: str, secret_key: str, http: "httpx.AsyncClient") -> ApiKeys:
    """What looks API keys up and logs their use; nothing is asked yet, and `http` stays the caller's."""
    from campaignbase.stores.supabase import SupabaseStore

    return await SupabaseStore.of_user(url, secret_key, None, http)


def media_of_user(url: str, key: str, token: str) -> MediaStore:
    """The files that a signed-in user of the project may see; close it."""
    from campaignbase.stores.supabase_media import SupabaseMedia

    return SupabaseMedia(url, key, token)


def open_media(target: Target, loaded: Settings) -> MediaStore:
    """Where the files of that database's content lie; close it when done.

    Raises:
        NotConfiguredError: a server's files are in Supabase's storage, and no key for it is set.
    """
    if target.kind == "sqlite":
        return FolderMedia(media_folder(target.location))
    url, key = (
        (target.location, target.key) if target.key else (loaded.supabase_url, loaded.supabase_secret_key)
    )
    if url is None or key is None:
        raise NotConfiguredError(
            f"the files of {target.label} are in its project's storage;"
            " set SUPABASE_URL and SUPABASE_SECRET_KEY, and name the database with --database"
        )
    try:
        from campaignbase.stores.supabase_media import SupabaseMedia
    except ImportError as error:
        raise NotConfiguredError(
            f"Supabase's storage needs the package {error.name}; run: pip install 'campaignbase[supabase]'"
        ) from None
    return SupabaseMedia(url, key.get_secret_value())


@asynccontextmanager
async def open_cache(
    store: Store, loaded: Settings | None = None, say: Callable[[str], None] | None = None
) -> AsyncIterator[CacheManager]:
    """The cache of that database, in this process; Redis is used where REDIS_URL names one.

    Raises:
        InputError: REDIS_URL is none.
        NotConfiguredError: the extra for Redis is not installed.
        UnreachableError: the database does not answer.
    """
    url = loaded.redis_url.get_secret_value() if loaded is not None and loaded.redis_url is not None else None
    items = DEFAULT_ITEMS if loaded is None else loaded.campaignbase_cache_items
    opened = OpenCache(store, SystemClock(), items=items)
    try:
        await opened.start(url, say)
        yield opened.cache
    finally:
        await opened.aclose()


def cache_metrics(counts: Sequence[CacheCount]) -> Iterator[Any]:
    """For Prometheus: what a process asked of its cache."""
    from campaignbase.worker.health import cache_metrics as metrics  # prometheus-client is of an extra

    return metrics(counts)


def memory_cache(loaded: Settings) -> CacheManager:
    """For a process that may not use the database's: what it computed itself, until that expires."""
    return CacheManager(SystemClock(), Alone(), memory=Memory(loaded.campaignbase_cache_items))


def redis_line(loaded: Settings) -> "RedisLine | None":
    """Close it when done; None: REDIS_URL names none.

    Raises:
        InputError: REDIS_URL is none.
        NotConfiguredError: the extra for Redis is not installed.
    """
    if loaded.redis_url is None:
        return None
    try:
        from campaignbase.cache.redis_line import RedisLine, connect
    except ImportError as error:
        raise NotConfiguredError(
            f"REDIS_URL is set, and the package {error.name} is missing;"
            " run: pip install 'campaignbase[supabase]'"
        ) from None
    return RedisLine(connect(loaded.redis_url.get_secret_value()), SystemClock())


@asynccontextmanager
async def brief_answers(store: Store, loaded: Settings | None) -> AsyncIterator[Answers]:
    """For a command that soon ends: through the cache where asking costs money, else directly."""
    if not paid(loaded):
        yield DirectAnswers()
        return
    async with open_cache(store, loaded) as cache:
        yield answers(cache, store)


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def labeler(
    store: Store,
    found: Embedders | None = None,
    lease_seconds: int = LEASE_SECONDS,
    asking: Answers | None = None,
    analyst: Analyst | None = None,
) -> Labeler:
    """`found` and `analyst` stay the caller's to close; None: what ships. `asking`: None asks directly."""
    return Labeler(
        store,
        found or embedders(),
        analyst or offline_analyst(),
        OfflineReader(),
        SystemClock(),
        worker=worker_name(),
        lease_seconds=lease_seconds,
        learner=Learner(store),
        answers=asking,
    )


def worker(
    store: Store,
    batch: int = LARGEST,
    lease_seconds: int = LEASE_SECONDS,
    found: Embedders | None = None,
    wakeups: Wakeups | None = None,
    asking: Answers | None = None,
    analyst: Analyst | None = None,
    backfiller: Backfiller | None = None,
) -> Worker:
    """`found` and `analyst` stay the caller's to close; None: what ships.

    `batch`: the most jobs a round; it begins with few and grows while there is much to do.
    """
    return Worker(
        labeler(store, found, lease_seconds, asking, analyst),
        Learner(store),
        SystemClock(),
        batch=batch,
        wakeups=wakeups,
        adapt=True,
        backfiller=backfiller,
    )


def deliverer(store: Store, *, allow_local: bool = False) -> Deliverer:
    """`allow_local`: see Settings.local_webhooks."""
    clock = SystemClock()
    return Deliverer(store, WebhookSender(clock, allow_local=allow_local), clock, worker=worker_name())


def listener_of(target: Target, say: Callable[[str], None] | None = None) -> "Listener | None":
    """What wakes a worker on this target; None: nothing does, and it looks by itself."""
    if target.kind != "supabase" or target.key is None:
        return None
    return listener(target.location, target.key.get_secret_value(), say=say)


def mailer(loaded: Settings) -> SmtpMailer | None:
    """None: no mail server is configured.

    Raises:
        InputError: what is configured is none, or no sender.
        NotConfiguredError: the sender is missing.
    """
    if loaded.campaignbase_smtp_url is None:
        return None
    if loaded.campaignbase_mail_from is None:
        raise NotConfiguredError(
            "CAMPAIGNBASE_SMTP_URL is set, but CAMPAIGNBASE_MAIL_FROM is not;"
            " set it to the address that mails come from"
        )
    return SmtpMailer(loaded.campaignbase_smtp_url.get_secret_value(), loaded.campaignbase_mail_from)


def mailing(store: Store, loaded: Settings) -> Mailing | None:
    """What sends invitations; None: no members here, or no mail server is configured. Raises as `mailer`."""
    found = mailer(loaded)
    if found is None or not isinstance(store, Members):
        return None
    return Mailing(Postman(store, found, link=loaded.invite_link()), SystemClock())


def listener(
    url: str,
    key: str,
    *,
    say: Callable[[str], None] | None = None,
    token: "TokenProvider | None" = None,
    labels: "tuple[str, Callable[[str], None]] | None" = None,
) -> "Listener":
    """What wakes a worker when rows arrive at a Supabase project.

    Args:
        url: of the project.
        key: its secret key; or the publishable one together with `token`, which gives a signed-in user's.
        say: told of every change of the connection, one line.
        labels: listen for labeled content of this workspace instead; what is told each row's id.
    Raises:
        NotConfiguredError: the extra for Supabase is not installed.
        InputError: the URL is none.
    """
    try:
        from campaignbase.worker.listener import Listener
        from campaignbase.worker.session import WORK, Endpoint, labels_of
    except ImportError as error:
        raise NotConfiguredError(
            f"listening to Supabase needs the package {error.name}; run: pip install 'campaignbase[supabase]'"
        ) from None
    interest = WORK if labels is None else labels_of(*labels)
    return Listener(Endpoint(url, key, token, interest), SystemClock(), say=say)


async def find_workspace(store: Store, name: str) -> Workspace:
    """By name or id; `default` is created when it is missing.

    Raises:
        NotFoundError: no such workspace, or several of that name.
    """
    known = await store.workspaces()
    found = [workspace for workspace in known if name in (workspace.name, workspace.id)]
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        listed = ", ".join(workspace.id for workspace in found)
        raise NotFoundError(f"several workspaces are named {name!r}: {listed}; give the id")
    if name == "default":
        return await store.create_workspace("default")
    listed = ", ".join(repr(workspace.name) for workspace in known) or "none"
    raise NotFoundError(
        f"no workspace {name!r}; there is: {listed};"
        f" create it: campaignbase workspace create {shlex.quote(name)}"
    )
