"""The stand-ins behave as what they stand in for."""

import psycopg
import pytest
from tests.support.postgres import Database

# name, (superuser, inherit, create role, create db, login, replication, bypass row security), as hosted
ROLES = {
    "postgres": (False, True, True, True, True, True, True),
    "anon": (False, False, False, False, False, False, False),
    "authenticated": (False, False, False, False, False, False, False),
    "service_role": (False, False, False, False, False, False, True),
    "authenticator": (False, False, False, False, True, False, False),
    "supabase_auth_admin": (False, False, True, False, True, False, False),
}
# claims as the API states them, the function, what it answers
CLAIMS = [
    ('{"sub": "00000000-0000-0000-0000-00000000000a"}', "uid", "00000000-0000-0000-0000-00000000000a"),
    ("", "uid", None),  # a session that once had claims reads the empty string
    ('{"role": "authenticated"}', "role", "authenticated"),
    ('{"email": "ada@example.com"}', "email", "ada@example.com"),
    ('{"a": [1]}', "jwt", '{"a": [1]}'),
    ("{}", "uid", None),
]
# what the role `postgres` may not do when hosted, and so not here
REFUSED = [
    "alter system set work_mem = '8MB'",
    "create function public.h() returns int language sql set hnsw.ef_search = 10 as 'select 1'",
    "create table auth.mine (id int)",
    "create table storage.mine (id int)",
    "create table realtime.mine (id int)",
    "alter role postgres superuser",
    "create function auth.mine() returns int language sql as 'select 1'",
]
FOLDERS = [("a/b/c.png", ["a", "b"], "c.png"), ("c.png", [], "c.png")]


def test_roles_have_the_hosted_attributes(pg_platform: Database) -> None:
    with pg_platform.connect() as connection:
        found = connection.execute(
            "select rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,"
            " rolbypassrls from pg_roles where rolname = any(%s)",
            [list(ROLES)],
        ).fetchall()
    assert {name: tuple(attributes) for name, *attributes in found} == ROLES


@pytest.mark.parametrize(("claims", "function", "expected"), CLAIMS)
def test_auth_functions_read_the_claims(
    claims: str, function: str, expected: str | None, pg_platform: Database
) -> None:
    with pg_platform.connect_as("authenticated") as connection:
        connection.execute("select set_config('request.jwt.claims', %s, false)", [claims])
        assert connection.execute(f"select auth.{function}()::text").fetchone() == (expected,)


@pytest.mark.parametrize("statement", REFUSED)
def test_postgres_is_refused_what_it_may_not_do_when_hosted(statement: str, pg_platform: Database) -> None:
    with pg_platform.connect() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())


def test_postgres_makes_what_migrations_make(pg_platform: Database) -> None:
    """Tables that point at users, triggers on them, policies on files, members of the publication."""
    with pg_platform.connect() as connection:
        connection.execute("create table public.t (id uuid references auth.users (id))")
        connection.execute("create function public.f() returns trigger language plpgsql as 'begin end'")
        connection.execute("create trigger g after insert on auth.users execute function public.f()")
        connection.execute("create policy p on storage.objects for select to authenticated using (false)")
        connection.execute("alter publication supabase_realtime add table public.t")


@pytest.mark.parametrize(("name", "folders", "file"), FOLDERS)
def test_storage_names_are_cut_at_their_slashes(
    name: str, folders: list[str], file: str, pg_platform: Database
) -> None:
    with pg_platform.connect() as connection:
        query = "select storage.foldername(%s), storage.filename(%s)"
        assert connection.execute(query, [name, name]).fetchone() == (folders, file)


def test_a_session_of_the_data_api_is_no_other_role(pg_platform: Database) -> None:
    user = pg_platform.create_user("ada@example.com")
    with pg_platform.connect_as("authenticated", {"sub": user}) as connection:
        found = connection.execute("select session_user::text, current_user::text, auth.uid()").fetchone()
        assert found == ("authenticator", "authenticated", user)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from auth.users")
