from tests.support.postgres import pg_platform, pg_server

__all__ = ["pg_platform", "pg_server"]
