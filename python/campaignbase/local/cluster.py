"""One data folder of Postgres: made, started, found running, stopped. Knows no SQL.

FOLDER/data is what Postgres keeps, FOLDER/postgres.log what it says, FOLDER/port the port it was
given, FOLDER/lock held by whoever starts or stops it.
"""

import contextlib
import random
import shutil
import socket
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from campaignbase.errors import CampaignbaseError, InputError, NotConfiguredError, UnreachableError
from campaignbase.local.binaries import Tools

SUPERUSER = "supabase_admin"  # as hosted; `postgres` is not one there
LOCK_SECONDS = 60.0
ORPHAN_SECONDS = 10.0
# below the ports systems hand out for outgoing connections, beside the ones people give Postgres
PORTS = range(15432, 20000)
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "wal_level": "logical",
    "timezone": "UTC",
}


@dataclass(frozen=True)
class Cluster:
    tools: Tools
    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold this folder against other processes that start, stop or remove its server."""
        import fasteners  # type: ignore[import-untyped]  # comes with the extra `local`

        lock = fasteners.InterProcessLock(self.folder / "lock")
        if not lock.acquire(timeout=LOCK_SECONDS):
            raise UnreachableError(
                f"another process has been starting or stopping the Postgres in {self.folder} "
                f"for {LOCK_SECONDS:.0f} s; see {self.log}"
            )
        try:
            yield
        finally:
            lock.release()

    def made_by(self) -> int | None:
        """The Postgres version that made the data, None while there is none."""
        return data_version(self.folder)

    def make(self, settings: Mapping[str, str] | None = None) -> None:
        """Make the data folder with its superuser, unless it is there.

        Args:
            settings: lines for postgresql.conf, over SETTINGS.
        """
        made_by = self.made_by()
        if made_by == self.tools.version:
            return
        if made_by is not None:
            raise InputError(
                f"the data in {self.folder} was made by Postgres {made_by}, asked for was "
                f"{self.tools.version}; ask for that version or name another folder with --data"
            )
        unfinished = self.folder / "data.new"
        if unfinished.exists():  # an initdb that was killed
            shutil.rmtree(unfinished)
        self.tools.give(self.folder)
        merged = {**SETTINGS, **(settings or {})}
        self.tools.run(
            "initdb",
            *("--pgdata", unfinished, "--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8"),
            *("--locale", "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"),
            *(part for name, value in merged.items() for part in ("--set", f"{name}={value}")),
            "--no-sync",  # nothing to lose yet, and a busy disk makes it slow
        )
        unfinished.rename(self.data)

    def running_port(self) -> int | None:
        """The port of the running server, None when none runs."""
        facts = self._pid_file()
        if facts is None or len(facts) < 8 or not self._is_ours(int(facts[0])):
            return None
        return int(facts[3])

    def remembered_port(self) -> int | None:
        try:
            return int((self.folder / "port").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def start(self, port: int) -> None:
        """Start the server on 127.0.0.1:`port`, remember the port, return when it takes connections.

        Raises:
            InputError: the port is taken.
            CampaignbaseError: Postgres refused; the text ends with the last lines of its log.
        """
        if not is_free(port):
            raise InputError(
                f"port {port} of 127.0.0.1 is taken by another program; "
                f"stop that one, or name another port with --port"
            )
        self._drop_stale_pid_file()
        try:
            self._pg_ctl("start", "--log", self.log, "-o", f"-p {port}")
        except CampaignbaseError as error:
            last = (
                self.log.read_text(errors="replace").splitlines()[-5:] if self.log.exists() else ["nothing"]
            )
            raise CampaignbaseError("\n".join([f"{error}", f"{self.log} ends with:", *last])) from error
        (self.folder / "port").write_text(f"{port}\n")

    def stop(self) -> bool:
        """Stop the server, without waiting for its clients; False when none ran."""
        if self.running_port() is None:
            return False
        self._pg_ctl("stop", "--mode", "fast")
        return True

    def remove_data(self) -> None:
        """Remove everything Postgres kept; the port stays remembered. The server must not run."""
        if self.data.exists():
            shutil.rmtree(self.data)
        self.log.unlink(missing_ok=True)

    def _pg_ctl(self, action: str, *options: str | Path) -> None:
        self.tools.run("pg_ctl", action, "--wait", "--silent", "--pgdata", self.data, *options)

    def _pid_file(self) -> list[str] | None:
        """Lines of postmaster.pid: pid, data folder, start time, port, socket, host, memory, state."""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return None

    def _is_ours(self, pid: int) -> bool:
        import psutil  # type: ignore[import-untyped]  # comes with the extra `local`

        try:
            command = psutil.Process(pid).cmdline()
        except psutil.Error:
            return False
        return bool(command) and "postgres" in Path(command[0]).name and str(self.data) in command

    def _drop_stale_pid_file(self) -> None:
        """Remove the pid file of a server that died, when its number now belongs to another program.

        Postgres itself takes over a file whose number is free. It would also wait for processes the
        dead server left, which it knows by that file; so this waits for them.
        """
        import psutil

        facts = self._pid_file()
        if not facts or not psutil.pid_exists(int(facts[0])) or self._is_ours(int(facts[0])):
            return
        left = [one for one in psutil.process_iter(["cwd"]) if one.info["cwd"] == str(self.data)]
        psutil.wait_procs(left, timeout=ORPHAN_SECONDS)
        (self.data / "postmaster.pid").unlink()


def data_version(folder: Path) -> int | None:
    """The Postgres version that made the data in FOLDER/data, None while there is none."""
    try:
        return int((folder / "data" / "PG_VERSION").read_text())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError:
        raise NotConfiguredError(
            f"the data in {folder} belongs to another user; run as that one or name another --data"
        ) from None


def free_port() -> int:
    """A port of 127.0.0.1 nobody listens on, by chance so that two folders rarely choose the same."""
    for port in random.sample(PORTS, k=200):
        if is_free(port):
            return port
    raise UnreachableError(f"no free port between {PORTS.start} and {PORTS.stop}; name one with --port")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
