"""`campaignbase db`: a real Postgres on this machine, from a package, with its data kept.

It is prepared the way a hosted project is: the platform's roles and schemas, then our migrations
as the role `postgres`, which is no superuser.
"""

import hashlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from campaignbase.errors import InputError, NotConfiguredError, UnreachableError
from campaignbase.local import binaries
from campaignbase.local.cluster import SUPERUSER, Cluster, data_version, free_port
from campaignbase.schema import files, loader
from campaignbase.schema.connection import connect

DEFAULT_VERSION = 18
Say = Callable[[str], None]


@dataclass(frozen=True)
class Server:
    version: int
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """For everything: the role `postgres`, as hosted."""
        return database_url(self.port, "postgres", "postgres")

    @property
    def admin_url(self) -> str:
        """For preparing the platform only: the superuser."""
        return database_url(self.port, SUPERUSER, "postgres")


def start(
    version: int | None = None,
    data: Path | None = None,
    port: int | None = None,
    *,
    migrations: bool = True,
    say: Say | None = None,
) -> Server:
    """Start the server unless it runs, and bring its database up to date.

    Args:
        version: 16 or 18; None is the one that made the data, of several that one that runs,
            else DEFAULT_VERSION.
        data: the folder to keep everything in; None is ./.campaignbase/postgres-VERSION.
        port: None is the port of last time, the first time a free one.
        migrations: False stops after the platform's stand-ins.
        say: takes a line worth telling the user; None writes it to stderr.
    Raises:
        InputError: the port is taken, the folder holds another version's data or is closed to the
            user Postgres runs as, or the server runs already on another port than asked for.
        NotConfiguredError: the extra `local` is missing, or the database is newer than this package.
    """
    cluster = _cluster(version, data, say or _to_stderr)
    with cluster.locked():
        return _start(cluster, port, migrations)


def status(version: int | None = None, data: Path | None = None) -> Server | None:
    """The running server, None when none runs. Makes nothing."""
    if not wanted_folder(version, data).exists():
        return None
    cluster = _cluster(version, data, _to_nobody)
    port = cluster.running_port()
    return None if port is None else _server(cluster, port)


def url(version: int | None = None, data: Path | None = None) -> str:
    """The URL of the running server.

    Raises:
        UnreachableError: none runs.
    """
    server = status(version, data)
    if server is None:
        wanted = wanted_folder(version, data)
        raise UnreachableError(f"no Postgres runs in {wanted}; start it with: campaignbase db start")
    return server.url


def stop(version: int | None = None, data: Path | None = None) -> bool:
    """Stop the server and keep its data; False when none ran."""
    if not wanted_folder(version, data).exists():
        return False
    cluster = _cluster(version, data, _to_nobody)
    with cluster.locked():
        return cluster.stop()


def reset(
    version: int | None = None,
    data: Path | None = None,
    *,
    migrations: bool = True,
    say: Say | None = None,
) -> Server:
    """Remove every row and start over on the same port. Asks nobody: the caller has."""
    cluster = _cluster(version, data, say or _to_stderr)
    with cluster.locked():
        cluster.stop()
        cluster.remove_data()
        return _start(cluster, None, migrations)


def database_url(port: int, role: str, database: str) -> str:
    return f"postgresql://{role}@127.0.0.1:{port}/{database}?sslmode=disable"


def prepare_platform(admin_url: str) -> None:
    """Give one database what a hosted project has from the start; harmless when it has it already."""
    with connect(admin_url) as connection:
        loader.run(connection, loader.read(files.platform_file()))


def _start(cluster: Cluster, port: int | None, migrations: bool) -> Server:
    running = cluster.running_port()
    if running is not None and port not in (None, running):
        raise InputError(
            f"the Postgres in {cluster.folder} runs on port {running}, asked for was {port}; "
            f"stop it first with: campaignbase db stop"
        )
    if running is None:
        cluster.make()
        running = port or cluster.remembered_port() or free_port()
        cluster.start(running)
    server = _server(cluster, running)
    prepare_platform(server.admin_url)
    if migrations:
        from campaignbase.schema import apply

        apply.apply_migrations(server.url)
    return server


def _server(cluster: Cluster, port: int) -> Server:
    return Server(cluster.tools.version, cluster.folder, port)


def _wanted_version(version: int | None, data: Path | None) -> int:
    """The one asked for; else of the data; else the one that runs, of several the newest."""
    if version is not None:
        return version
    if data is not None:
        return data_version(data) or DEFAULT_VERSION
    there = [one for one in sorted(binaries.VERSIONS, reverse=True) if wanted_folder(one, None).exists()]
    running = [one for one in there if status(one) is not None] if len(there) > 1 else []
    return (running or there or [DEFAULT_VERSION])[0]


def wanted_folder(version: int | None = None, data: Path | None = None) -> Path:
    """Where it is or would be kept. Makes nothing."""
    if data is not None:
        return data.resolve()
    return Path.cwd() / ".campaignbase" / f"postgres-{_wanted_version(version, data)}"


def _cluster(version: int | None, data: Path | None, say: Say) -> Cluster:
    """The wanted folder, made, or the one that stands in for it."""
    tools = binaries.find(_wanted_version(version, data))
    folder = wanted_folder(version, data)
    _make_folder(folder)
    if data is None and not (folder.parent / ".gitignore").exists():
        (folder.parent / ".gitignore").write_text("*\n")
    if tools.can_enter(folder):
        return Cluster(tools, folder)
    if data is None:
        return Cluster(tools, _open_folder(folder, tools, say))
    raise InputError(
        f"{folder} is closed to the system user {tools.user!r}, as which Postgres runs for root; "
        f"name a folder that everybody may enter with --data"
    )


def _open_folder(closed: Path, tools: binaries.Tools, say: Say) -> Path:
    """A folder for the same project where the system user of a root's server gets in."""
    mark = hashlib.sha256(str(closed.parent).encode()).hexdigest()[:12]
    folder = binaries.SHARED_ROOT / f"{mark}-{closed.name}"
    _make_folder(folder)
    say(f"{closed} is closed to the system user {tools.user!r}; the data is kept in {folder}")
    return folder


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotConfiguredError(
            f"cannot make the folder {folder} ({error.strerror}); name another one with --data"
        ) from error
    if not os.access(folder, os.W_OK):
        raise NotConfiguredError(
            f"the folder {folder} is read-only for this user; name another one with --data"
        )


def _to_stderr(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _to_nobody(line: str) -> None:
    pass
