import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.chaos import ledger as ledgers
from tests.chaos.fleet import ROOT, Fleet, fleet
from tests.chaos.ledger import Ledger
from tests.support.postgres import PostgresServer, Servers
from tests.support.stack import Stack, serving

SEED = 20260701

Checked = Callable[[str], dict[str, float]]


@pytest.fixture(scope="session")
def server(pg_servers: Servers) -> PostgresServer:
    return pg_servers.newest


@pytest.fixture(scope="session")
def stack(server: PostgresServer) -> Iterator[Stack]:
    """Its database notes who ended which job."""
    database = server.database()
    ledgers.watch(database.admin_url)
    with serving(database) as started:
        yield started


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Fleet]:
    with fleet(tmp_path) as made:
        yield made


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "ledger.jsonl")
    yield made
    made.close()


@pytest.fixture
def checked(ledger: Ledger) -> Checked:
    """What the checker, a program of its own, counts in a database; fails where it finds a fault."""

    def run(url: str) -> dict[str, float]:
        done = subprocess.run(
            [sys.executable, "-m", "tests.chaos.check", str(ledger.path), url],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert not done.stderr, done.stderr
        lines = (line.split(" ") for line in done.stdout.splitlines())
        counts = {name: float(value.replace(",", "")) for name, value in lines}
        assert done.returncode == 0, f"{done.stdout}\n{ledger.path.read_text()[:2000]}"
        return counts

    return run


@pytest.fixture
def chance() -> random.Random:
    return random.Random(SEED)
