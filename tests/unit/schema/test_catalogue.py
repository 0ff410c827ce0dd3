"""Every kind of change is seen when two catalogues are compared."""

import pytest
from tests.support.postgres import Database

from campaignbase.schema.catalogue import differences, read

# a change, and the line that tells it
CHANGES = [
    ("alter table public.a enable row level security", "tables public.a: row_security is False in"),
    ("alter table public.a alter n drop not null", "columns public.a.n: not_null is True in"),
    ("alter table public.a alter n set default 'y'", "columns public.a.n: default is \"'x'::text\" in"),
    ("alter table public.a add column m int", "columns public.a.m: only in the second"),
    ("alter table public.a add constraint k check (id > 0)", "constraints public.a.k: only in the second"),
    ("drop index public.i", "indexes public.a.i: only in the first"),
    ("create or replace view public.v as select id from public.a where id > 1", "views public.v: definition"),
    ("alter sequence public.s increment 2", "sequences public.s: increment is 1 in the first, 2 in"),
    ("alter type public.mood add value 'so so'", "types public.mood: definition is"),
    (
        "create or replace function private.f() returns int language sql as 'select 2'",
        "functions private.f.: body is 'select 1' in the first, 'select 2' in the second",
    ),
    ("alter function private.f() security definer", "functions private.f.: security_definer is False in"),
    ("alter function private.f() set search_path = ''", "functions private.f.: settings is [] in"),
    ("alter table public.a disable trigger g", "triggers public.a.g: enabled is 'O' in the first, 'D'"),
    ('alter policy "all may" on public.a using (id > 1)', "policies public.a.all may: using is '(id > 0)'"),
    ("grant select (n) on public.a to anon", "grants column.public.a.n.anon.SELECT: only in the second"),
    ("revoke all on function private.f() from public", "grants function.private.f().public.EXECUTE: only"),
    ("comment on column public.a.n is 'n'", "columns public.a.n: comment is None in the first, 'n' in"),
    ("comment on schema private is 'inside'", "schemas private: comment is None in the first, 'inside'"),
    (
        "alter publication supabase_realtime add table public.a",
        "publications supabase_realtime.public.a: only in the second",
    ),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_differences_tell_every_change(change: str, expected: str, pg_made: Database) -> None:
    with pg_made.connect(autocommit=False) as connection:
        before = read(connection)
        assert differences(before, before) == []
        connection.execute(change.encode())
        told = differences(before, read(connection))
        connection.rollback()
    assert any(line.startswith(expected) for line in told), told


def test_read_leaves_the_search_path_alone(pg_made: Database) -> None:
    with pg_made.connect() as connection:
        before = connection.execute("show search_path").fetchone()
        read(connection)
        assert connection.execute("show search_path").fetchone() == before


def test_columns_are_numbered_without_the_dropped_ones(pg_made: Database) -> None:
    with pg_made.connect(autocommit=False) as connection:
        connection.execute("alter table public.a add column b int, add column c int")
        connection.execute("alter table public.a drop column n")
        columns = [column for column in read(connection).columns if column.table == "a"]
        connection.rollback()
    assert [(column.name, column.position) for column in columns] == [("id", 1), ("b", 2), ("c", 3)]
