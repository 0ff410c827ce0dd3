"""Run the benchmarks that were asked for and give their rows."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from campaignbase.bench.embedder import embedder_row
from campaignbase.bench.pipeline import context_row, pipeline_rows
from campaignbase.bench.queue import queue_row
from campaignbase.bench.rows import BenchRow
from campaignbase.bench.search import sqlite_search_row
from campaignbase.errors import InputError

NAMES = ("embedder", "search", "queue", "pipeline", "context")


def run(names: Sequence[str] = (), say: Callable[[str], None] = lambda _: None) -> list[BenchRow]:
    """Rows in the order of NAMES.

    Args:
        names: of NAMES; none means all.
        say: told what runs now.
    Raises:
        InputError: an unknown name.
        NotConfiguredError: the extra `local` is missing.
    """
    for name in names:
        if name not in NAMES:
            raise InputError(f"no benchmark {name!r}; there is: {', '.join(NAMES)}")
    wanted = [name for name in NAMES if not names or name in names]
    rows: list[BenchRow] = []
    for name in wanted:
        say(name)
        if name == "embedder":
            rows.append(embedder_row())
        elif name == "search":
            rows.append(sqlite_search_row())
        else:
            with _postgres() as url:
                if name == "queue":
                    rows.append(queue_row(url))
                elif name == "pipeline":
                    rows += pipeline_rows(url)
                else:
                    rows.append(context_row(url))
    return rows


@contextmanager
def _postgres() -> Iterator[str]:
    """A Postgres 18 of its own, gone afterwards."""
    from campaignbase.local import postgres

    with tempfile.TemporaryDirectory(prefix="campaignbase-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        data = Path(folder) / "postgres"
        server = postgres.start(18, data, say=lambda _: None)
        try:
            yield server.url
        finally:
            postgres.stop(18, data)
