import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.chaos import ledger as ledgers
from tests.chaos.fleet import ROOT, Fleet, fleet
from tests.chaos.ledger import Ledger
from tests.support import stack as stacks
from tests.support.postgres import VERSIONS, PostgresServer, sweep
from tests.support.stack import Stack, sweep_gateways

SEED = 20260701

Checked = Callable[[], dict[str, float]]


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    """One of its own, to be crashed."""
    sweep()
    made = PostgresServer(VERSIONS[-1])
    yield made
    made.close()


@pytest.fixture(scope="session")
def stack(server: PostgresServer) -> Iterator[Stack]:
    """Its database notes who ended which job."""
    sweep_gateways()
    database = server.database()
    ledgers.watch(database.admin_url)
    started = stacks.start(database)
    yield started
    stacks.finish(started)


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
def checked(ledger: Ledger, stack: Stack) -> Checked:
    """What the checker counts, a program of its own."""

    def run() -> dict[str, float]:
        done = subprocess.run(
            [sys.executable, "-m", "tests.chaos.check", str(ledger.path), stack.admin_url],
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
