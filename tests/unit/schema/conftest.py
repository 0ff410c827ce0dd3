"""Some tests in this folder ask for a real Postgres, and run on each version."""

from collections.abc import Iterator

import pytest
from tests.support.postgres import Database, PostgresServer

MADE = """
create table public.a (id int primary key, n text default 'x' not null);
create view public.v as select id from public.a;
create sequence public.s;
create type public.mood as enum ('good', 'bad');
create function private.f() returns int language sql as 'select 1';
create function private.t() returns trigger language plpgsql as 'begin return new; end';
create trigger g before insert on public.a for each row execute function private.t();
create index i on public.a (n);
create policy "all may" on public.a for select to anon using (id > 0);
"""


@pytest.fixture(scope="session")
def pg_made(pg_server: PostgresServer) -> Iterator[Database]:
    """A platform database with one object of each kind."""
    database = pg_server.database("platform")
    with database.connect() as connection:
        connection.execute("create schema private")
        connection.execute(MADE.encode())
    yield database
    pg_server.drop(database)
