"""What every test may rely on, and ask for.

No key or database of the developer's own environment reaches it. All tests of a process share servers.
"""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from tests.support.postgres import (
    VERSIONS,
    Servers,
    open_folder,
    pg_bare,
    pg_database,
    pg_platform,
    pg_server,
    pg_servers,
    pg_shared,
)

if TYPE_CHECKING:
    from tests.support.stack import Stack

__all__ = ["open_folder", "pg_bare", "pg_database", "pg_platform", "pg_server", "pg_servers", "pg_shared"]

# the same cases in every run, however slow the machine; `make proof` draws thousands from seeds it prints
settings.register_profile("seeded", derandomize=True, deadline=None)
settings.load_profile("seeded")

OURS = ("CAMPAIGNBASE_", "SUPABASE_", "OPENAI_", "ANTHROPIC_", "AYRSHARE_", "REDIS_URL", "API_URL")
# These meet every version of Postgres in each run, as the contract suite does; others the newest, and all
# in `make proof`.
EVERY_VERSION = (
    "migration/test_catalogue_rules.py",
    "migration/test_default_privileges.py",
    "migration/test_parity.py",
    "migration/test_push.py",
    "migration/test_storage.py",
    "sql/test_rule_parity.py",  # tables of Unicode differ
)


def pytest_configure() -> None:
    for name in [name for name in os.environ if name.startswith(OURS)]:
        del os.environ[name]


def pytest_collection_finish() -> None:
    gc.freeze()  # what thousands of tests are made of need not be looked through again and again


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    below = Path(__file__).parent
    for item in items:
        asked = getattr(item, "callspec", None)
        version = VERSIONS[-1] if asked is None else asked.params.get("pg_server", VERSIONS[-1])
        if version != VERSIONS[-1] and item.path.relative_to(below).as_posix() not in EVERY_VERSION:
            item.add_marker(pytest.mark.proof)


@pytest.fixture(scope="session")
def stack(pg_servers: Servers) -> "Iterator[Stack]":
    """One for the whole test process: use users, workspaces and rows of your own."""
    from tests.support.stack import serving  # a second that most tests do without

    with serving(pg_servers.newest.database()) as started:
        yield started
