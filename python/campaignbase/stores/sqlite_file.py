"""One SQLite file that is open: what its calls run on."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from campaignbase.errors import UnreachableError
from campaignbase.ports import Clock
from campaignbase.stores.sqlite_connection import Database, connect, run_safely
from campaignbase.stores.sqlite_schema import prepare
from campaignbase.stores.sqlite_vectors import VectorCache

P = ParamSpec("P")
T = TypeVar("T")


class SqliteFile:
    """One connection, used by one thread, so that no event loop waits for the disk."""

    def __init__(self, path: str | Path, *, clock: Clock, schema: str | None = None) -> None:
        """Open or create the file; the schema is applied, or an older one upgraded after a copy of the file.

        Args:
            schema: the script to apply; None: the one that ships.
        Raises:
            NotConfiguredError: the file cannot be created, written or upgraded, is newer, or is no
                file of ours.
            UnreachableError: another program keeps it locked.
        """
        self.target = f"SQLite {path}"
        connection = connect(str(path))
        try:
            self.backup = prepare(
                connection, str(path), clock.now(), schema
            )  # made before an upgrade; None without
        except BaseException:
            connection.close()
            raise
        self._db = Database(connection, str(path), clock)
        self._vectors = VectorCache()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="campaignbase-sqlite")
        self._closed = False

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            await asyncio.get_running_loop().run_in_executor(self._thread, self._db.connection.close)
            self._thread.shutdown()

    async def _run(self, work: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._closed:
            raise UnreachableError(f"{self.target} is closed")
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: run_safely(self._db, work, *args, **kwargs)
        )
