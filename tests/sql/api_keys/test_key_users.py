"""What the user of an API key may do in the database, whatever the API in front of it says."""

import uuid

import psycopg
import pytest
from tests.sql.scene import Scene, rows, value

CREATE = "select public.create_api_key(%s, 'k', %s, array['content:read'], %s, %s) ->> 'id'"
INSERT = "insert into public.content_assets (workspace_id, content) values (%s, 'new')"


class Office:
    """A workspace with content, its owner, and a key."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.workspace = scene.workspace("Acme")
        self.ada = scene.member(self.workspace, role="owner")
        self.asset = scene.asset(self.workspace)
        self.elsewhere = scene.workspace("Other")
        scene.asset(self.elsewhere)
        self._count = 0

    def key(self, role: str) -> uuid.UUID:
        """Made by the owner; its user as the auth server makes it."""
        self._count += 1
        values = [self.workspace, role, f"{self._count:08}", f"{self._count:064}"]
        key = uuid.UUID(value(self.scene.of(self.ada), CREATE, values))
        self.scene.owner.execute(
            "insert into auth.users (id, email, email_confirmed_at) values (%s, %s, now())",
            [key, f"{key}@keys.internal"],
        )
        return key

    def seen(self, user: uuid.UUID) -> list[uuid.UUID]:
        found = rows(self.scene.of(user), "select id from public.content_assets")
        return [row["id"] for row in found]


@pytest.fixture
def office(scene: Scene) -> Office:
    return Office(scene)


def test_a_viewers_key_reads_its_workspace_alone(office: Office) -> None:
    key = office.key("viewer")
    assert office.seen(key) == [office.asset]
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        office.scene.of(key).execute(INSERT, [office.workspace])
    assert office.scene.of(key).execute("update public.content_assets set content = 'x'").rowcount == 0


def test_an_editors_key_writes_in_its_workspace_alone(office: Office) -> None:
    key = office.key("editor")
    office.scene.of(key).execute(INSERT, [office.workspace])
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        office.scene.of(key).execute(INSERT, [office.elsewhere])
    [history] = rows(
        office.scene.of(key),
        "with made as (update public.content_assets set primary_category = null, sentiment = 'positive'"
        " where id = %s returning id) select count(*) as n from made",
        [office.asset],
    )
    assert history["n"] == 1
    decided = rows(office.scene.owner, "select distinct decided_by from public.categorizations")
    assert decided == [{"decided_by": key}]  # history says which key


@pytest.mark.parametrize("ending", ["revoked_at = now()", "expires_at = now() - interval '1 second'"])
def test_a_key_that_ended_sees_nothing_at_once(office: Office, ending: str) -> None:
    key = office.key("editor")
    assert office.seen(key)
    office.scene.owner.execute(f"update public.api_keys set {ending}".encode())
    assert office.seen(key) == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        office.scene.of(key).execute(INSERT, [office.workspace])


def test_a_keys_user_has_no_workspace_of_its_own(office: Office) -> None:
    key = office.key("editor")
    assert value(office.scene.owner, "select count(*) from public.workspaces") == 2
    assert value(office.scene.owner, "select count(*) from public.workspace_members") == 1
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only a signed-up user"):
        office.scene.of(key).execute("select public.create_workspace('mine')")
    office.scene.owner.execute("delete from auth.users where id = %s", [key])  # nobody's last owner


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_keys_manage_no_keys_and_no_people(office: Office, role: str) -> None:
    key = office.key(role)
    session = office.scene.of(key)
    assert rows(session, "select * from public.api_keys") == []
    assert rows(session, "select * from public.api_key_log") == []
    for query, values, refused in (
        (CREATE, [office.workspace, role, "x" * 8, "f" * 64], psycopg.errors.InsufficientPrivilege),
        ("select public.invite_member(%s, 'x@example.com', 'owner')", [office.workspace],
         psycopg.errors.InsufficientPrivilege),
        ("select public.revoke_api_key(%s)", [key], psycopg.Error),
        ("select public.find_api_key(%s)", ["f" * 64], psycopg.errors.InsufficientPrivilege),
    ):  # fmt: skip
        with pytest.raises(refused):
            session.execute(query, values)


def test_who_made_and_who_revoked_is_written_down(office: Office) -> None:
    key = office.key("viewer")
    bo = office.scene.member(office.workspace, role="owner")
    office.scene.of(bo).execute("select public.revoke_api_key(%s)", [key])
    found = rows(
        office.scene.of(office.ada), "select event, actor_id from public.api_key_log order by created_at"
    )
    assert found == [
        {"event": "created", "actor_id": office.ada},
        {"event": "revoked", "actor_id": bo},
    ]
    [row] = rows(office.scene.of(office.ada), "select created_by, revoked_by from public.api_keys")
    assert row == {"created_by": office.ada, "revoked_by": bo}


def test_a_workspace_takes_its_keys_along(office: Office) -> None:
    key = office.key("viewer")
    office.scene.owner.execute("delete from public.workspaces where id = %s", [office.workspace])
    assert office.seen(key) == []
    assert value(office.scene.owner, "select count(*) from private.api_key_secrets") == 0
