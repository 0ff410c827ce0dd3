"""Run the benchmarks that were asked for and give their rows."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from campaignbase.bench import stack
from campaignbase.bench.api import api_rows, project_rows
from campaignbase.bench.backfill import backfill_rows
from campaignbase.bench.cache import cache_rows
from campaignbase.bench.embedder import embedder_rows
from campaignbase.bench.pipeline import context_rows, pipeline_rows
from campaignbase.bench.queue import queue_row
from campaignbase.bench.rows import BenchRow
from campaignbase.bench.search import sqlite_search_row
from campaignbase.bench.search_sql import ROWS, search_sql_rows
from campaignbase.errors import InputError

if TYPE_CHECKING:
    from campaignbase.local.postgres import Server

NAMES = (
    "embedder",
    "cache",
    "search",
    "search-sql",
    "queue",
    "pipeline",
    "context",
    "backfill",
    "latency",
    "rest",
    "api",
)


def run(
    names: Sequence[str] = (),
    say: Callable[[str], None] = lambda _: None,
    rows: int = ROWS,
) -> list[BenchRow]:
    """Rows in the order of NAMES.

    Args:
        names: of NAMES; none means all.
        say: told what runs now.
        rows: to search by SQL, and to label again.
    Raises:
        InputError: an unknown name.
        NotConfiguredError: the extra `local` is missing.
    """
    for name in names:
        if name not in NAMES:
            raise InputError(f"no benchmark {name!r}; there is: {', '.join(NAMES)}")
    wanted = [name for name in NAMES if not names or name in names]
    measured: list[BenchRow] = []
    for name in wanted:
        say(name)
        if name == "embedder":
            measured += embedder_rows()
        elif name == "cache":
            measured += cache_rows()
        elif name == "search":
            measured.append(sqlite_search_row())
        elif name == "api":
            measured += api_rows()
            with stack.running() as project:
                measured += project_rows(project)
        elif name in ("latency", "rest"):
            with stack.running() as project:
                measured += [stack.latency_row(project)] if name == "latency" else stack.rest_rows(project)
        else:
            with _postgres() as server:
                if name == "queue":
                    measured.append(queue_row(server.url))
                elif name == "search-sql":
                    measured += search_sql_rows(server.url, server.admin_url, rows)
                elif name == "pipeline":
                    measured += pipeline_rows(server.url)
                elif name == "backfill":
                    measured += backfill_rows(server.url, rows)
                else:
                    measured += context_rows(server.url)
    return measured


@contextmanager
def _postgres() -> Iterator["Server"]:
    """A Postgres 18 of its own, gone afterwards."""
    from campaignbase.local import postgres

    with tempfile.TemporaryDirectory(prefix="campaignbase-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        data = Path(folder) / "postgres"
        server = postgres.start(18, data, say=lambda _: None)
        try:
            yield server
        finally:
            postgres.stop(18, data)
