"""Roles, removing, leaving; and that a workspace with members always has an owner."""

import threading
import time
import uuid
from typing import Any

import psycopg
import pytest
from tests.sql.scene import Scene, rows, value

LEAVE = "delete from public.workspace_members where workspace_id = %s and user_id = %s"
CHANGE = "update public.workspace_members set role = %s where workspace_id = %s and user_id = %s"


def roles(scene: Scene, workspace: uuid.UUID) -> dict[uuid.UUID, str]:
    found = rows(
        scene.owner, "select user_id, role from public.workspace_members where workspace_id = %s", [workspace]
    )
    return {row["user_id"]: row["role"] for row in found}


def test_owners_change_roles_and_remove(scene: Scene) -> None:
    workspace = scene.workspace()
    ada, bo = scene.member(workspace, role="owner"), scene.member(workspace, role="viewer")
    assert scene.of(ada).execute(CHANGE, ["editor", workspace, bo]).rowcount == 1
    scene.of(bo).execute("insert into public.content_assets (content) values ('as an editor')")
    assert scene.of(ada).execute(LEAVE, [workspace, bo]).rowcount == 1
    assert value(scene.of(bo), "select count(*) from public.content_assets") == 0
    with pytest.raises(psycopg.errors.CheckViolation, match="role_is_known"):
        scene.of(ada).execute(CHANGE, ["admin", workspace, ada])


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_others_change_nobody_and_may_leave(scene: Scene, role: str) -> None:
    workspace = scene.workspace()
    ada, bo = scene.member(workspace, role="owner"), scene.member(workspace, role=role)
    assert scene.of(bo).execute(CHANGE, ["owner", workspace, bo]).rowcount == 0
    assert scene.of(bo).execute(CHANGE, ["viewer", workspace, ada]).rowcount == 0
    assert scene.of(bo).execute(LEAVE, [workspace, ada]).rowcount == 0
    assert scene.of(bo).execute(LEAVE, [workspace, bo]).rowcount == 1
    assert roles(scene, workspace) == {ada: "owner"}


@pytest.mark.parametrize("persona", ["owner herself", "service", "postgres"])
def test_the_last_owner_stays(scene: Scene, persona: str) -> None:
    workspace = scene.workspace("Acme")
    ada, bo = scene.member(workspace, role="owner"), scene.member(workspace, role="editor")
    session = {"owner herself": scene.of(ada), "service": scene.service, "postgres": scene.owner}[persona]
    for act, values in ((LEAVE, [workspace, ada]), (CHANGE, ["editor", workspace, ada])):
        with pytest.raises(psycopg.errors.CheckViolation) as refused:
            session.execute(act, values)
        assert refused.value.diag.message_primary == (
            f"workspace {workspace} (Acme) would be left without an owner"
        )
        assert refused.value.diag.message_hint == "Make another member an owner first."
    assert roles(scene, workspace) == {ada: "owner", bo: "editor"}


def test_an_owner_without_company_stays_too(scene: Scene) -> None:
    workspace = scene.workspace()
    ada = scene.member(workspace, role="owner")
    with pytest.raises(psycopg.errors.CheckViolation):
        scene.of(ada).execute(LEAVE, [workspace, ada])


def test_owners_hand_over_in_one_statement(scene: Scene) -> None:
    workspace = scene.workspace()
    ada, bo = scene.member(workspace, role="owner"), scene.member(workspace, role="editor")
    swap = (
        "update public.workspace_members set role = case user_id when %s then 'editor' else 'owner' end"
        " where workspace_id = %s"
    )
    assert scene.of(ada).execute(swap, [ada, workspace]).rowcount == 2
    assert roles(scene, workspace) == {ada: "editor", bo: "owner"}


def test_one_statement_cannot_remove_every_owner(scene: Scene) -> None:
    workspace = scene.workspace()
    people = [scene.member(workspace, role="owner") for _ in range(3)]
    with pytest.raises(psycopg.errors.CheckViolation):
        scene.of(people[0]).execute("delete from public.workspace_members")
    assert len(roles(scene, workspace)) == 3


def test_a_workspace_goes_with_its_members(scene: Scene) -> None:
    workspace = scene.workspace()
    scene.member(workspace, role="owner")
    scene.owner.execute("delete from public.workspaces where id = %s", [workspace])
    assert roles(scene, workspace) == {}


@pytest.mark.parametrize("isolation", ["read committed", "repeatable read", "serializable"])
@pytest.mark.parametrize("act", ["leave", "step down"])
def test_two_owners_who_go_at_once_do_not_both_go(scene: Scene, isolation: str, act: str) -> None:
    workspace = scene.workspace()
    people = [scene.member(workspace, role="owner") for _ in range(2)]
    sessions = [scene.as_("authenticated", user, autocommit=False) for user in people]
    refused: list[psycopg.Error] = []

    def go(session: psycopg.Connection[Any], user: uuid.UUID) -> None:
        values = [workspace, user]
        session.execute(*((LEAVE, values) if act == "leave" else (CHANGE, ["viewer", *values])))

    def second() -> None:
        try:
            go(sessions[1], people[1])
            sessions[1].commit()
        except psycopg.Error as error:
            refused.append(error)
            sessions[1].rollback()

    for session in sessions:  # both have seen two owners
        session.execute(f"set transaction isolation level {isolation}".encode())
        session.execute("select count(*) from public.workspace_members")
    go(sessions[0], people[0])
    waiting = threading.Thread(target=second)
    waiting.start()
    until = time.monotonic() + 5
    blocked = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
    while time.monotonic() < until and not value(scene.owner, blocked):
        time.sleep(0.01)
    sessions[0].commit()
    waiting.join(10)
    [error] = refused
    expected = {"23514"} if isolation == "read committed" else {"40001", "23514"}
    assert error.sqlstate in expected
    assert list(roles(scene, workspace).values()).count("owner") == 1


REMOVE = "select public.remove_member(%s, %s)"


def test_remove_member_takes_the_invitation_along(scene: Scene) -> None:
    workspace = scene.workspace()
    ada, bo = scene.member(workspace, role="owner"), scene.member(workspace, role="editor")
    # invited by an address that she got later
    scene.of(ada).execute("select public.invite_member(%s, 'bo@example.com')", [workspace])
    with psycopg.connect(scene.database.admin_url, autocommit=True) as admin:
        admin.execute("update auth.users set email = 'Bo@example.com' where id = %s", [bo])
    scene.of(ada).execute(REMOVE, [workspace, " bo@EXAMPLE.com"])
    assert roles(scene, workspace) == {ada: "owner"}
    assert value(scene.owner, "select count(*) from private.invitations") == 0
    with pytest.raises(psycopg.Error) as refused:
        scene.of(ada).execute(REMOVE, [workspace, "bo@example.com"])
    assert refused.value.sqlstate == "PT404"


def test_remove_member_keeps_the_last_owner_and_what_is_not_ones_own(scene: Scene) -> None:
    workspace, other = scene.workspace("Acme"), scene.workspace("Rival")
    ada, bo = scene.member(workspace, role="owner"), scene.member(workspace, role="editor")
    eve = scene.member(other, role="owner")
    address = "select email from auth.users where id = %s"
    with psycopg.connect(scene.database.admin_url, autocommit=True) as admin:
        of = {user: admin.execute(address, [user]).fetchone() for user in (ada, bo, eve)}
    for session in (scene.of(bo), scene.of(eve), scene.of(scene.user("guest@example.com"))):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only an owner of workspace"):
            session.execute(REMOVE, [workspace, of[ada][0] if of[ada] else None])
    for session in (scene.of(ada), scene.service):
        with pytest.raises(psycopg.errors.CheckViolation, match="would be left without an owner"):
            session.execute(REMOVE, [workspace, of[ada][0] if of[ada] else None])
    scene.of(bo).execute(REMOVE, [workspace, of[bo][0] if of[bo] else None])
    assert roles(scene, workspace) == {ada: "owner"}
