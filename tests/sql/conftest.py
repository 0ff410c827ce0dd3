"""Every test in this folder may ask for a real Postgres, and runs on each version."""

from tests.sql.scene import module_database, scene
from tests.support.postgres import pg_database, pg_platform, pg_server

__all__ = ["module_database", "pg_database", "pg_platform", "pg_server", "scene"]
