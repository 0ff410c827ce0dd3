"""Every test in this folder may ask for a real Postgres, and runs on each version."""

from tests.support.postgres import pg_database, pg_platform, pg_server

__all__ = ["pg_database", "pg_platform", "pg_server"]
