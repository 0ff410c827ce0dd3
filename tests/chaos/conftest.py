from tests.support.postgres import pg_database, pg_platform, pg_server

__all__ = ["pg_database", "pg_platform", "pg_server"]
