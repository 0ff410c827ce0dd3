"""The names and tables of pg_net, pg_cron and Vault, put into a database."""

from campaignbase.schema import files, loader
from campaignbase.schema.connection import connect


def install(admin_url: str) -> None:
    """As the superuser, before the migrations; harmless where they are already."""
    with connect(admin_url) as connection:
        loader.run(connection, loader.read(files.sql_folder() / "platform" / "outside.sql"))


def keep_secret(admin_url: str, name: str, secret: str) -> None:
    """Write a Vault secret, new or changed."""
    with connect(admin_url) as connection:
        connection.execute(
            "select case when existing.id is null then vault.create_secret(%(secret)s, %(name)s)::text"
            " else vault.update_secret(existing.id, %(secret)s)::text end"
            " from (select (select id from vault.secrets where name = %(name)s) as id) as existing",
            {"name": name, "secret": secret},
        )
