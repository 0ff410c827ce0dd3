"""`campaignbase stack`: the doors of a Supabase project on this machine, without Docker.

FOLDER/keys.json holds its keys, FOLDER/gateway.json the gateway's supervisor, FOLDER/outside.json the workers
of pg_net and pg_cron, FOLDER/attended-PID.json a command with a worker of ours, FOLDER/gateway.port the port
the gateway was given, FOLDER/logs what they say, FOLDER/objects and FOLDER/mails what it keeps. Postgres is
the server of `campaignbase db`.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from campaignbase import settings
from campaignbase.errors import InputError, UnreachableError
from campaignbase.local import postgres
from campaignbase.local.cluster import free_port, is_free
from campaignbase.local.stack import attendance, embedder, gateway, keys, outside, parts
from campaignbase.local.stack.gateway import Gateway
from campaignbase.local.stack.process import Process
from campaignbase.schema import files

DEFAULT_PORT = 54321
LOCK_SECONDS = 60.0
Say = Callable[[str], None]


@dataclass(frozen=True)
class Stack:
    """A running stack."""

    folder: Path
    gateway: Gateway
    server: postgres.Server
    keys: keys.Keys

    def table(self) -> dict[str, str]:
        """What `supabase status` tells, by the names of its `-o env`, and how the gateway is."""
        url = self.gateway.url
        return {
            "API_URL": url,
            "REST_URL": f"{url}/rest/v1",
            "AUTH_URL": f"{url}/auth/v1",
            "STORAGE_URL": f"{url}/storage/v1",
            "FUNCTIONS_URL": f"{url}/functions/v1",
            "EMBEDDINGS_URL": f"{url}/embeddings/v1",
            "REALTIME_URL": f"{url.replace('http', 'ws', 1)}/realtime/v1",
            "DB_URL": self.server.url,
            "PUBLISHABLE_KEY": self.keys.publishable,
            "SECRET_KEY": self.keys.secret,
            "JWT_SECRET": self.keys.jwt_secret,
            "GATEWAY": self.gateway.condition(),
        }


def start(
    data: Path | None = None,
    port: int | None = None,
    version: int | None = None,
    *,
    say: Say,
) -> tuple[Stack, bool]:
    """Start what does not run yet; the stack, and whether it ran already.

    Args:
        data: the folder to keep everything in; None is ./.campaignbase.
        port: of the gateway; None is the one of last time, else 54321; 0 is a free one.
        version: of Postgres, 16 or 18; None is the one that made the data, else the default.
        say: takes a line worth telling the user.
    Raises:
        InputError: the port is taken, or the stack runs already on another one.
        NotConfiguredError: a part is missing; the text holds the command that installs it.
        CampaignbaseError: something did not start; what had been started is stopped again.
    """
    folder = _folder(data)
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        running = _running(folder, data, version)
        if running is not None:
            if port not in (None, 0, running.gateway.port):
                raise InputError(
                    f"the stack in {folder} runs on port {running.gateway.port}, asked for was {port}; "
                    f"stop it first with: campaignbase stack stop"
                )
            return running, True
        found = parts.find(folder / "parts")
        _stop(folder, data, version)  # a half of one that was killed
        return _start(folder, data, _gateway_port(folder, port), version, found, say), False


def status(data: Path | None = None, version: int | None = None) -> Stack | None:
    """The running stack, None when none runs or only a half of one. Makes nothing."""
    return _running(_folder(data), data, version)


def stop(data: Path | None = None, version: int | None = None) -> bool:
    """Stop all of it and keep its data; False when nothing ran."""
    folder = _folder(data)
    if not folder.exists():
        return False
    with _locked(folder):
        return _stop(folder, data, version)


def attend(running: Stack, *, owns: bool) -> int:
    """Run a worker on this stack until it ends; what asks this process to end asks the worker.

    Args:
        owns: this process stops the stack afterwards; told to others for when it is killed.
    Returns:
        The worker's exit code.
    """
    environment = settings.environment_of_project(running.gateway.url, running.keys.secret)
    # as the function `deliver` here: whichever of the two claims a message may send it
    return attendance.attend(running.folder, {"CAMPAIGNBASE_WEBHOOKS_LOCAL": "1", **environment}, owns)


def take_over(running: Stack) -> bool:
    """End workers whose commands were killed; whether one of those would have stopped the stack."""
    with _locked(running.folder):
        return any(one.owns for one in attendance.stop_workers(running.folder, orphaned=True))


def _start(
    folder: Path, data: Path | None, port: int, version: int | None, found: parts.Parts, say: Say
) -> Stack:
    own = keys.kept(folder / "keys.json")
    try:
        server = postgres.start(version, _postgres_data(data), say=say)
        started = gateway.start(
            found,
            port=port,
            database_port=server.port,
            database="postgres",
            keys=own,
            kept=folder,
            log=folder / "logs" / "gateway.log",
            functions=_functions(),
            embeddings=embedder.found(say),
            environment=embedder.environment(),
        )
        started.remember(folder / "gateway.json")
        outside.start(server, started, own, folder / "logs" / "outside.log").remember(folder / "outside.json")
        (folder / "gateway.port").write_text(f"{port}\n")
    except BaseException:
        _stop(folder, data, version)
        raise
    return Stack(folder, started, server, own)


def _stop(folder: Path, data: Path | None, version: int | None) -> bool:
    stopped = bool(attendance.stop_workers(folder))
    for kind, name in ((Process, "outside.json"), (Gateway, "gateway.json")):
        last = kind.remembered(folder / name)
        stopped = (last is not None and last.stop()) or stopped
        if isinstance(last, Gateway):
            last.await_free_port()
        (folder / name).unlink(missing_ok=True)
    return postgres.stop(version, _postgres_data(data)) or stopped


def _running(folder: Path, data: Path | None, version: int | None) -> Stack | None:
    last = Gateway.remembered(folder / "gateway.json")
    workers = Process.remembered(folder / "outside.json")
    if last is None or not last.runs() or workers is None or not workers.runs():
        return None
    server = postgres.status(version, _postgres_data(data))
    if server is None:
        return None
    return Stack(folder, last, server, keys.kept(folder / "keys.json"))


def _gateway_port(folder: Path, port: int | None) -> int:
    if port == 0:
        return free_port()
    if port is None:
        try:
            port = int((folder / "gateway.port").read_text())
        except (FileNotFoundError, ValueError):
            port = DEFAULT_PORT
    if not is_free(port):
        other = gateway.health_of(port)
        holder = (
            "another program" if other is None else f"another folder's stack (process {other['supervisor']})"
        )
        raise InputError(
            f"port {port} of 127.0.0.1 is taken by {holder}; stop that one, or name another port with --port"
        )
    return port


def _folder(data: Path | None) -> Path:
    return (Path.cwd() / ".campaignbase") if data is None else data.resolve()


def _postgres_data(data: Path | None) -> Path | None:
    """None is where `campaignbase db` keeps it."""
    return None if data is None else data.resolve() / "postgres"


def _functions() -> Path | None:
    """Of the project in the working folder, else ours."""
    for folder in (Path.cwd() / "supabase", files.supabase_folder()):
        if (folder / "functions").is_dir():
            return folder / "functions"
    return None


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    import fasteners  # type: ignore[import-untyped]  # comes with the extra `local`

    lock = fasteners.InterProcessLock(folder / "stack.lock")
    if not lock.acquire(timeout=LOCK_SECONDS):
        raise UnreachableError(
            f"another process has been starting or stopping the stack in {folder} for {LOCK_SECONDS:.0f} s"
        )
    try:
        yield
    finally:
        lock.release()
