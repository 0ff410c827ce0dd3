"""A user who signs up gets a workspace, whatever she says about herself."""

import json
import uuid

import psycopg
import pytest
from psycopg.types.json import Jsonb
from tests.sql.scene import Row, Scene, rows, value
from tests.support.postgres import database_url

INSERT = (
    "insert into auth.users (id, aud, role, email, phone, raw_user_meta_data, is_anonymous)"
    " values (%s, 'authenticated', 'authenticated', %s, %s, %s, %s)"
)


def sign_up(
    scene: Scene,
    email: str | None = "ada@example.com",
    *,
    phone: str | None = None,
    meta: object = None,
    anonymous: bool = False,
) -> uuid.UUID:
    """As the auth server does it."""
    user = uuid.uuid4()
    with auth_server(scene) as connection:
        connection.execute(INSERT, [user, email, phone, Jsonb(meta), anonymous])
    return user


def auth_server(scene: Scene) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        database_url(scene.database.port, "supabase_auth_admin", scene.database.name), autocommit=True
    )


def workspaces_of(scene: Scene, user: uuid.UUID) -> list[Row]:
    return rows(
        scene.owner,
        "select workspaces.*, workspace_members.role from public.workspaces"
        " inner join public.workspace_members on workspaces.id = workspace_members.workspace_id"
        " where workspace_members.user_id = %s order by workspaces.name",
        [user],
    )


def test_sign_up_creates_a_workspace_with_its_first_owner_and_the_default_vocabulary(scene: Scene) -> None:
    user = sign_up(scene)
    [workspace] = workspaces_of(scene, user)
    assert (workspace["name"], workspace["role"]) == ("ada", "owner")
    session = scene.of(user)
    assert value(session, "select count(*) from public.categories") == 22
    assert value(session, "select count(*) from public.automation_rules") == 8
    session.execute("insert into public.content_assets (content) values ('works at once')")


@pytest.mark.parametrize(
    ("email", "meta", "name"),
    [
        ("ada@example.com", {"workspace_name": "  Fernway "}, "Fernway"),
        ("ada@example.com", {"workspace_name": " \t\n"}, "ada"),
        ("ada@example.com", {"workspace_name": 7}, "7"),
        ("ada@example.com", {"workspace_name": None}, "ada"),
        ("ada@example.com", {"workspace_name": "x" * 5000}, "x" * 100),
        ("ada@example.com", {"workspace_name": ["a"]}, '["a"]'),
        ("ada@example.com", ["no", "object"], "ada"),
        ("ada@example.com", "text", "ada"),
        (None, None, "My workspace"),  # by phone
        ("@example.com", {}, "My workspace"),
        ("", {}, "My workspace"),
        ("'; drop table x; --@example.com", {}, "'; drop table x; --"),
    ],
)
def test_nothing_a_user_says_about_herself_blocks_her(
    scene: Scene, email: str | None, meta: object, name: str
) -> None:
    phone = None if email else "+1555"
    [workspace] = workspaces_of(scene, sign_up(scene, email, phone=phone, meta=meta))
    assert workspace["name"] == name


def test_a_sign_up_whose_workspace_cannot_be_made_fails_as_a_whole(scene: Scene) -> None:
    scene.owner.execute(
        "alter table public.workspaces add constraint workspaces_none check (name <> 'ada') not valid"
    )
    try:
        with pytest.raises(psycopg.errors.CheckViolation):
            sign_up(scene)
    finally:
        scene.owner.execute("alter table public.workspaces drop constraint workspaces_none")
    assert value(scene.owner, "select count(*) from auth.users") == 0


def test_an_anonymous_sign_in_gets_a_workspace_when_it_becomes_permanent(scene: Scene) -> None:
    user = sign_up(scene, None, anonymous=True)
    assert workspaces_of(scene, user) == []
    become = "update auth.users set is_anonymous = %s, email = %s where id = %s"
    with auth_server(scene) as connection:
        connection.execute(become, [True, "ada@example.com", user])  # asked for, not yet confirmed
        assert workspaces_of(scene, user) == []
        connection.execute(become, [False, "ada@example.com", user])
        connection.execute("update auth.users set last_sign_in_at = now() where id = %s", [user])
        assert [workspace["name"] for workspace in workspaces_of(scene, user)] == ["ada"]
        connection.execute(become, [True, "ada@example.com", user])
        connection.execute(become, [False, "ada@example.com", user])
    assert len(workspaces_of(scene, user)) == 1


def invite(scene: Scene, email: str, expires: str = "tomorrow") -> uuid.UUID:
    """Into a workspace of somebody else; the invitation's id."""
    return scene.insert(
        "private.invitations",
        workspace_id=scene.workspace("Acme"),
        email=email,
        role="editor",
        expires_at=expires,
        token_hashes=[],
    )


def test_who_is_invited_gets_no_workspace_of_her_own(scene: Scene) -> None:
    invite(scene, "ada@example.com")
    assert workspaces_of(scene, sign_up(scene, "Ada@Example.com")) == []
    assert len(workspaces_of(scene, sign_up(scene, "bo@example.com"))) == 1  # somebody else


def test_after_accepting_she_need_not_name_the_workspace(scene: Scene) -> None:
    acme = scene.workspace("Acme")
    owner = scene.member(acme, role="owner")
    invited = "select token from public.invite_member(%s, 'ada@example.com', 'editor')"
    token = value(scene.of(owner), invited, [acme])
    user = sign_up(scene)
    session = scene.of(user)
    add = "insert into public.content_assets (content) values ('x') returning workspace_id"
    with pytest.raises(psycopg.errors.NotNullViolation) as refused:
        session.execute(add)
    assert refused.value.diag.message_hint == "Make a workspace first, or accept an invitation into one."
    scene.owner.execute("update auth.users set email_confirmed_at = now() where id = %s", [user])
    session.execute("select public.accept_invitation(%s)", [token])
    assert value(session, add) == acme
    # one of her own is one call away
    session.execute("select public.create_workspace('Mine')")
    assert [workspace["name"] for workspace in workspaces_of(scene, user)] == ["Acme", "Mine"]


def test_who_is_invited_but_names_a_workspace_gets_it(scene: Scene) -> None:
    invite(scene, "ada@example.com")
    user = sign_up(scene, meta={"workspace_name": "Fernway"})
    assert [workspace["name"] for workspace in workspaces_of(scene, user)] == ["Fernway"]


def test_an_invitation_that_is_over_counts_for_nothing(scene: Scene) -> None:
    invite(scene, "ada@example.com", "yesterday")
    assert len(workspaces_of(scene, sign_up(scene))) == 1


CONFIRM = "update auth.users set email_confirmed_at = now() where id = %s"


def test_who_confirms_after_the_invitation_is_gone_gets_a_workspace_then(scene: Scene) -> None:
    invitation = invite(scene, "ada@example.com")
    user = sign_up(scene)
    scene.owner.execute("delete from private.invitations where id = %s", [invitation])
    with auth_server(scene) as connection:
        connection.execute(CONFIRM, [user])
        connection.execute(CONFIRM, [user])
    assert [workspace["name"] for workspace in workspaces_of(scene, user)] == ["ada"]


def test_confirming_alone_makes_no_second_workspace(scene: Scene) -> None:
    user = sign_up(scene)
    invite(scene, "bo@example.com")
    invited = sign_up(scene, "bo@example.com")
    with auth_server(scene) as connection:
        connection.execute(CONFIRM, [user])
        connection.execute(CONFIRM, [invited])
    assert (len(workspaces_of(scene, user)), workspaces_of(scene, invited)) == (1, [])


def test_create_workspace_makes_the_caller_its_owner(scene: Scene) -> None:
    user = scene.user("bo@example.com")
    made = value(scene.of(user), "select id from public.create_workspace('  Second ')")
    [workspace] = workspaces_of(scene, user)
    assert (workspace["id"], workspace["name"], workspace["role"]) == (made, "Second", "owner")


def test_create_workspace_is_for_people(scene: Scene) -> None:
    guest = scene.user(None, is_anonymous=True)
    create = "select public.create_workspace('mine')"
    claims = {"sub": str(uuid.uuid4())}
    for session in (
        scene.of(guest),
        scene.of(uuid.uuid4()),  # a token of an account that is gone
        scene.session("authenticated"),
        scene.session("anon"),
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(create)
    with (
        scene.database.connect_as("anon", {"role": "service_role", **claims}) as forged,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        forged.execute(create)
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="name is blank"):
        scene.of(scene.user("bo@example.com")).execute("select public.create_workspace(' ')")


def test_the_service_creates_workspaces_without_members(scene: Scene) -> None:
    create = "select id from public.create_workspace(%s, %s)"
    made = value(scene.service, create, ["Ours", None])
    given = uuid.uuid4()
    assert value(scene.service, create, ["Named", given]) == given
    assert value(scene.service, create, ["Other name", given]) == given  # it is there already
    names = "select name from public.workspaces where id = any(%s) order by name"
    assert rows(scene.owner, names, [[made, given]]) == [{"name": "Named"}, {"name": "Ours"}]
    assert (
        value(scene.owner, "select count(*) from public.workspace_members where workspace_id = %s", [made])
        == 0
    )
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="given by the service alone"):
        scene.of(scene.user("bo@example.com")).execute(create, ["Mine", uuid.uuid4()])


def test_an_account_that_goes_takes_its_memberships_along(scene: Scene) -> None:
    user = sign_up(scene)
    [workspace] = workspaces_of(scene, user)
    with auth_server(scene) as connection:
        connection.execute("delete from auth.users where id = %s", [user])
    assert value(scene.owner, "select count(*) from public.workspace_members") == 0
    # nobody sees it now; deleting it is an operator's decision
    assert value(scene.owner, "select count(*) from public.workspaces where id = %s", [workspace["id"]]) == 1


def test_an_account_that_others_need_as_owner_stays(scene: Scene) -> None:
    user = sign_up(scene)
    [workspace] = workspaces_of(scene, user)
    scene.member(workspace["id"], role="viewer")
    with auth_server(scene) as connection:
        with pytest.raises(psycopg.errors.CheckViolation, match=r"\(ada\) would be left without an owner"):
            connection.execute("delete from auth.users where id = %s", [user])
        scene.member(workspace["id"], role="owner")
        connection.execute("delete from auth.users where id = %s", [user])


def test_claims_alone_make_nobody_a_member(scene: Scene) -> None:
    user = sign_up(scene)
    [workspace] = workspaces_of(scene, user)
    claims = {"sub": str(uuid.uuid4()), "email": "ada@example.com", "app_metadata": {"role": "owner"}}
    with scene.database.connect_as("authenticated", claims) as session:
        assert value(session, "select count(*) from public.workspaces") == 0
        assert json.dumps(rows(session, "select * from public.list_members()")) == "[]"
    assert workspace["role"] == "owner"
