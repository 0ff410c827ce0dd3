"""Every test in this folder may ask for a real Postgres, and runs on each version."""

from tests.support.postgres import open_folder, pg_bare, pg_database, pg_platform, pg_server, pg_shared
from tests.support.supabase_cli import supabase_cli

__all__ = ["open_folder", "pg_bare", "pg_database", "pg_platform", "pg_server", "pg_shared", "supabase_cli"]
