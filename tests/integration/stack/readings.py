"""Tables whose changes the tests of realtime follow."""

from collections.abc import Iterator

import pytest
from tests.support.stack import Stack

READINGS = {"event": "*", "schema": "public", "table": "readings"}
OWNER = "00000000-0000-0000-0000-0000000000aa"


@pytest.fixture(scope="module")
def tables(stack: Stack) -> Iterator[None]:
    """Tables of the test's own: one with a column of each kind, one without a key, one nobody may read."""
    with stack.connect() as connection:
        connection.execute("""
            create table readings (
                id int primary key, owner uuid, state text, amount numeric, taken_at timestamptz, tags text[],
                secret text, body text
            );
            grant select (id, owner, state, amount, taken_at, tags, body) on readings to anon, authenticated;
            create table keyless (state text);
            create table hidden (id int primary key);
            grant select on keyless to anon;
            create table unpublished (id int primary key);
            create table owned (id int, part text, owner uuid, primary key (id, part));
            alter table owned enable row level security;
            create policy "own" on owned for select to authenticated using (owner = (select auth.uid()));
            grant select on owned to authenticated, service_role;
            alter publication supabase_realtime add table readings, keyless, hidden, owned;
        """)
    yield
    with stack.connect() as connection:
        connection.execute("drop table readings, keyless, hidden, owned, unpublished")


def run(stack: Stack, *statements: str) -> None:
    with stack.connect() as connection:
        for statement in statements:
            connection.execute(statement.encode())
