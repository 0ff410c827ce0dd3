"""People, workspaces and workers for the SQL tests; everything is removed after each test."""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row
from tests.support.postgres import Database, PostgresServer

WIDTH = 1536
MODEL = "test-embedder"
Row = dict[str, Any]
# Deleting a few rows is twenty times faster than truncating every table and index; many rows leave bloat.
EMPTY = """
do $$
declare
    found regclass;
begin
    if (select count(*) from (select from public.content_assets limit 300) as assets) = 300 then
        truncate public.workspaces cascade;
        return;
    end if;
    perform set_config('session_replication_role', 'replica', true);
    for found in
        select pg_class.oid
        from pg_class
        where relkind = 'r' and relnamespace in ('public'::regnamespace, 'private'::regnamespace)
    loop
        execute format('delete from %s', found);
    end loop;
end
$$
"""


def vector(*head: float) -> str:
    """A unit vector that starts with these numbers, as text; every other number is 0."""
    numbers = np.zeros(WIDTH)
    numbers[: len(head)] = head
    return text_of(numbers / np.linalg.norm(numbers))


def axis(place: int) -> str:
    """The unit vector along one axis; two different ones have cosine 0."""
    return vector(*([0.0] * place), 1.0)


def text_of(numbers: Any) -> str:
    return "[" + ",".join(f"{number:.9g}" for number in numbers) + "]"


NO_ID = ("workspace_members", "daily_spending")


class Scene:
    """One database and whoever acts in it. Sessions are opened once a role and person."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._sessions: dict[tuple[str, uuid.UUID | None], psycopg.Connection[Any]] = {}
        self._opened: list[psycopg.Connection[Any]] = []
        self._count = 0
        self.owner = self._keep(database.connect())
        self._bare = self._keep(psycopg.connect(database.admin_url, autocommit=True))
        self._bare.execute("set session_replication_role = replica")  # no trigger: no default vocabulary

    # who acts

    def as_(
        self, role: str, user: uuid.UUID | None = None, *, autocommit: bool = True
    ) -> psycopg.Connection[Any]:
        """A further session; closed with the test."""
        claims = {"sub": str(user)} if user else {}
        return self._keep(self.database.connect_as(role, claims, autocommit=autocommit))

    def session(self, role: str, user: uuid.UUID | None = None) -> psycopg.Connection[Any]:
        """The one autocommit session of that role and person."""
        if (role, user) not in self._sessions:
            self._sessions[role, user] = self.as_(role, user)
        return self._sessions[role, user]

    @property
    def service(self) -> psycopg.Connection[Any]:
        return self.session("service_role")

    def member(self, *workspaces: uuid.UUID, role: str = "editor") -> uuid.UUID:
        self._count += 1
        user = self.user(f"person{self._count}@example.com")
        for workspace in workspaces:
            self.insert("workspace_members", workspace_id=workspace, user_id=user, role=role)
        return user

    def user(self, email: str | None, **columns: object) -> uuid.UUID:
        """Somebody who signed up long ago and has no workspace; the address is confirmed."""
        columns = {"id": uuid.uuid4(), "email": email, "email_confirmed_at": "2026-01-01", **columns}
        return self.insert("auth.users", self._bare, **columns)

    def of(self, user: uuid.UUID) -> psycopg.Connection[Any]:
        return self.session("authenticated", user)

    # what there is

    def workspace(self, name: str = "Acme", model: str | None = None) -> uuid.UUID:
        """Without vocabulary, rules and jobs."""
        found = self._bare.execute(
            "insert into public.workspaces (name, embedding_model) values (%s, %s) returning id",
            [name, model],
        ).fetchone()
        assert found
        return uuid.UUID(str(found[0]))

    def insert(
        self, table: str, connection: psycopg.Connection[Any] | None = None, **columns: object
    ) -> uuid.UUID:
        """One row through `connection` (else as the owner); its id where it has one."""
        statement = sql.SQL("insert into {} ({}) values ({}) returning {}").format(
            sql.Identifier(*(table.split(".") if "." in table else ("public", table))),
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join(sql.Placeholder() * len(columns)),
            sql.Identifier("workspace_id" if table in NO_ID else "id"),
        )
        found = (connection or self.owner).execute(statement, list(columns.values())).fetchone()
        assert found
        return uuid.UUID(str(found[0]))

    def category(self, workspace: uuid.UUID, name: str, **columns: object) -> uuid.UUID:
        """A category that waits for nothing: its job is gone."""
        return self._settled("categories", workspace_id=workspace, name=name, **columns)

    def tag(self, workspace: uuid.UUID, name: str, **columns: object) -> uuid.UUID:
        return self._settled("tags", workspace_id=workspace, name=name, **columns)

    def asset(self, workspace: uuid.UUID, content: str | None = "some words", **columns: object) -> uuid.UUID:
        return self.insert("content_assets", workspace_id=workspace, content=content, **columns)

    def campaign(self, workspace: uuid.UUID, name: str = "Spring", **columns: object) -> uuid.UUID:
        columns = {"campaign_type": "product_launch", **columns}
        return self.insert("campaigns", workspace_id=workspace, name=name, **columns)

    def _settled(self, table: str, **columns: object) -> uuid.UUID:
        label = self.insert(table, **columns)
        self.owner.execute("delete from private.jobs where target_id = %s", [label])
        return label

    # the queue

    def claim(self, batch: int = 50, lease: int = 60, worker: str = "w1") -> list[Row]:
        return rows(
            self.service,
            "select job_id, attempt, kind, workspace_id, target_id, content_hash, target_text,"
            " embedding_model, embedding::text as embedding from public.claim_jobs(%s, %s, %s)",
            [worker, batch, lease],
        )

    def complete(self, *answers: Mapping[str, object]) -> list[str]:
        """The verdicts, in the order of the answers."""
        found = rows(
            self.service, "select * from public.complete_jobs(%s)", [json.dumps(answers, default=str)]
        )
        verdicts = {(row["job_id"], row["attempt"]): row["verdict"] for row in found}
        return [str(verdicts[answer["job_id"], answer["attempt"]]) for answer in answers]

    def job(self, target: uuid.UUID) -> Row:
        [found] = rows(self.owner, "select * from private.jobs where target_id = %s", [target])
        return found

    def asset_row(self, asset: uuid.UUID) -> Row:
        [found] = rows(self.owner, "select * from public.content_assets where id = %s", [asset])
        return found

    def rewind(self, target: uuid.UUID, seconds: int = 3600) -> None:
        """As if that much time had passed for the target's job."""
        self.owner.execute(
            "update private.jobs set run_at = run_at - make_interval(secs => %s) where target_id = %s",
            [seconds, target],
        )

    def clear(self) -> None:
        for connection in self._opened:
            connection.close()
        self.clear_rows()

    def clear_rows(self) -> None:
        with psycopg.connect(self.database.admin_url, autocommit=True) as connection:
            connection.execute(EMPTY)
            connection.execute("delete from auth.users")

    def _keep(self, connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
        self._opened.append(connection)
        return connection


def answer(job: Row, **fields: object) -> Row:
    """A worker's answer to a claimed job: a vector along axis 0 and no label, unless `fields` differ."""
    return {
        "job_id": job["job_id"],
        "attempt": job["attempt"],
        "embedding": axis(0),
        "embedding_model": MODEL,
        "content_hash": job["content_hash"],
        **fields,
    }


def failure(
    job: Row, message: str = "boom", *, permanent: bool = False, retry_after: float | None = None
) -> Row:
    return {
        "job_id": job["job_id"],
        "attempt": job["attempt"],
        "failure": {"message": message, "permanent": permanent, "retry_after": retry_after},
    }


def label(label_id: uuid.UUID, source: str = "model", score: float = 0.8, **more: object) -> Row:
    return {"id": str(label_id), "source": source, "score": score, **more}


def rows(connection: psycopg.Connection[Any], query: str, values: Sequence[object] = ()) -> list[Row]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, values or None).fetchall()


def value(connection: psycopg.Connection[Any], query: str, values: Sequence[object] = ()) -> Any:
    """The first column of the only row."""
    [found] = connection.execute(query, values or None).fetchall()
    return found[0]


@pytest.fixture(scope="module")
def module_database(pg_server: PostgresServer) -> Iterator[Database]:
    """One database for a module whose tests clean up behind them."""
    database = pg_server.database()
    yield database
    pg_server.drop(database)


@pytest.fixture
def scene(module_database: Database) -> Iterator[Scene]:
    stage = Scene(module_database)
    yield stage
    stage.clear()
