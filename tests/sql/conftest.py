"""Every test in this folder may ask for a real Postgres: the newest in every run, all in `make proof`.

The contract suite, migrations and the matrix meet the oldest one too, and what differs: tables of Unicode.
"""

from pathlib import Path

import pytest
from tests.sql.scene import module_database, scene
from tests.support.postgres import VERSIONS, pg_database, pg_platform, pg_server

__all__ = ["module_database", "pg_database", "pg_platform", "pg_server", "scene"]

DIFFERS = "test_rule_parity.py"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents and item.path.name != DIFFERS:
            asked = getattr(item, "callspec", None)
            if asked is not None and asked.params.get("pg_server", VERSIONS[-1]) != VERSIONS[-1]:
                item.add_marker(pytest.mark.proof)
