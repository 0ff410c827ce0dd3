"""Invite, mail, accept, revoke: by whom, and what each refusal says."""

import uuid

import psycopg
import pytest
from tests.sql.scene import Row, Scene, rows, value

INVITE = "select * from public.invite_member(%s, %s, %s)"
ACCEPT = "select * from public.accept_invitation(%s)"
MISSING = "this invitation does not exist, was revoked or has expired"
FOREIGN = "this invitation is for another address, or the address is not confirmed yet"


class Team:
    """A workspace, its owner, and Bo, who is to be invited."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.workspace = scene.workspace("Acme")
        self.ada = scene.member(self.workspace, role="owner")
        self.bo = scene.user("bo@example.com")

    def invite(self, email: str = "bo@example.com", role: str = "editor") -> Row:
        [made] = rows(self.scene.of(self.ada), INVITE, [self.workspace, email, role])
        return made

    def stored(self) -> list[Row]:
        return rows(self.scene.owner, "select * from private.invitations order by email")

    def role_of(self, user: uuid.UUID) -> str | None:
        found = rows(self.scene.owner, "select role from public.workspace_members where user_id = %s", [user])
        return found[0]["role"] if found else None


@pytest.fixture
def team(scene: Scene) -> Team:
    return Team(scene)


def refusal(session: psycopg.Connection[object], query: str, *values: object) -> tuple[str | None, str]:
    with pytest.raises(psycopg.Error) as refused:
        session.execute(query, values)
    return refused.value.sqlstate, str(refused.value.diag.message_primary)


@pytest.mark.parametrize("role", ["owner", "editor", "viewer"])
def test_the_invited_joins_with_the_role(team: Team, role: str) -> None:
    made = team.invite(" Bo@Example.com ", role)
    assert rows(team.scene.of(team.bo), ACCEPT, [made["token"]]) == [
        {"workspace_id": team.workspace, "workspace_name": "Acme", "role": role}
    ]
    assert team.role_of(team.bo) == role
    assert refusal(team.scene.of(team.bo), ACCEPT, made["token"]) == ("PT404", MISSING)  # once


def test_only_a_hash_of_the_token_is_kept(team: Team) -> None:
    token = team.invite()["token"]
    [stored] = team.stored()
    assert len(token) == 96
    assert token[32:] not in str(stored)
    assert [len(kept) for kept in stored["token_hashes"]] == [64]
    assert team.invite()["token"] != token


def test_a_week_later_the_token_is_dead(team: Team) -> None:
    token = team.invite()["token"]
    age = "update private.invitations set expires_at = expires_at - interval '%s'"
    team.scene.owner.execute(age.replace("%s", "6 days 23 hours").encode())
    assert value(team.scene.owner, "select expires_at > now() from private.invitations")
    team.scene.owner.execute(age.replace("%s", "2 hours").encode())
    assert refusal(team.scene.of(team.bo), ACCEPT, token) == ("PT404", MISSING)


@pytest.mark.parametrize("token", ["", "x", "0" * 96, "Z" * 96, None, "' or true --"])
def test_no_other_text_is_a_token(team: Team, token: str | None) -> None:
    team.invite()
    assert refusal(team.scene.of(team.bo), ACCEPT, token) == ("PT404", MISSING)


def test_a_token_with_one_other_digit_is_none(team: Team) -> None:
    token = team.invite()["token"]
    for place in (0, 40, 95):
        other = "1" if token[place] == "0" else "0"
        forged = token[:place] + other + token[place + 1 :]
        assert refusal(team.scene.of(team.bo), ACCEPT, forged) == ("PT404", MISSING)
    assert team.role_of(team.bo) is None


def test_only_the_owner_of_the_address_accepts(team: Team) -> None:
    token = team.invite("cy@example.com")["token"]
    others = {
        "another address": team.scene.user("bo2@example.com"),
        "not confirmed": team.scene.user("cy@example.com", email_confirmed_at=None),
        "anonymous": team.scene.user(None, is_anonymous=True),
        "inviter": team.ada,
        "no such account": uuid.uuid4(),
    }
    for who, user in others.items():
        assert refusal(team.scene.of(user), ACCEPT, token) == ("42501", FOREIGN), who
    claims = {"sub": str(team.bo), "email": "cy@example.com"}  # what a token says is not asked
    with team.scene.database.connect_as("authenticated", claims) as session:
        assert refusal(session, ACCEPT, token) == ("42501", FOREIGN)
    assert len(team.stored()) == 1


def test_one_open_invitation_an_address(team: Team) -> None:
    first = team.invite(role="owner")
    second = team.invite("BO@example.com", "viewer")
    assert first["id"] == second["id"]
    assert [row["role"] for row in team.stored()] == ["viewer"]
    assert refusal(team.scene.of(team.bo), ACCEPT, first["token"]) == ("PT404", MISSING)
    team.scene.of(team.bo).execute(ACCEPT, [second["token"]])
    assert team.role_of(team.bo) == "viewer"


def test_who_is_a_member_is_not_invited_and_keeps_her_role(team: Team) -> None:
    token = team.invite(role="viewer")["token"]
    team.scene.insert("workspace_members", workspace_id=team.workspace, user_id=team.bo, role="owner")
    assert refusal(team.scene.of(team.ada), INVITE, team.workspace, "Bo@example.com", "viewer") == (
        "23505",
        "bo@example.com is a member already",
    )
    [joined] = rows(team.scene.of(team.bo), ACCEPT, [token])
    assert joined["role"] == "owner"
    assert team.stored() == []


@pytest.mark.parametrize(
    "email",
    [
        "",
        " ",
        None,
        "bo",
        "@x",
        "bo@",
        "bo@x y",
        "a@b\nBcc: c@d",
        "bo@x,cy@x",
        "<bo@x>",
        "b" * 250 + "@x.org",
    ],
)
def test_what_is_no_address_is_refused(team: Team, email: str | None) -> None:
    state, message = refusal(team.scene.of(team.ada), INVITE, team.workspace, email, "editor")
    assert (state, message.endswith("is not an e-mail address")) == ("22023", True)


def test_an_unknown_role_is_refused(team: Team) -> None:
    for role in ("admin", "", None):
        state, message = refusal(team.scene.of(team.ada), INVITE, team.workspace, "cy@example.com", role)
        assert (state, message.endswith("is not known")) == ("22023", True)


def test_only_owners_and_the_service_invite_list_and_revoke(team: Team) -> None:
    scene = team.scene
    other = scene.workspace("Other")
    made = team.invite()
    allowed = {"ada": scene.of(team.ada), "service": scene.service, "postgres": scene.owner}
    refused = {
        "editor": scene.of(scene.member(team.workspace, role="editor")),
        "viewer": scene.of(scene.member(team.workspace, role="viewer")),
        "owner elsewhere": scene.of(scene.member(other, role="owner")),
        "nobody": scene.session("authenticated"),
    }
    only = f"only an owner of workspace {team.workspace} may do that"
    for who, session in refused.items():
        assert refusal(session, INVITE, team.workspace, "cy@example.com", "viewer") == ("42501", only), who
        assert rows(session, "select * from public.list_invitations()") == [], who
        assert rows(session, "select * from public.list_invitations(%s)", [team.workspace]) == [], who
        missing = f"no invitation {made['id']} in a workspace of yours"
        assert refusal(session, "select public.revoke_invitation(%s)", made["id"]) == ("PT404", missing), who
    for session in allowed.values():
        [listed] = rows(session, "select * from public.list_invitations(%s)", [team.workspace])
        assert (listed["email"], listed["workspace_name"], listed["role"]) == (
            "bo@example.com",
            "Acme",
            "editor",
        )
        session.execute("select public.revoke_invitation(%s)", [listed["id"]])
        assert team.stored() == []
        session.execute(INVITE, [team.workspace, "bo@example.com", "editor"])


def test_members_see_each_other_by_address(team: Team) -> None:
    scene = team.scene
    viewer = scene.member(team.workspace, role="viewer")
    listed = rows(scene.of(viewer), "select * from public.list_members()")
    assert {(row["user_id"], row["role"]) for row in listed} == {(team.ada, "owner"), (viewer, "viewer")}
    assert all(row["email"].endswith("@example.com") for row in listed)
    assert rows(scene.of(team.bo), "select * from public.list_members(%s)", [team.workspace]) == []


def test_a_workspace_invites_at_most_a_hundred(team: Team) -> None:
    for number in range(100):
        team.invite(f"p{number}@example.com")
    state, message = refusal(team.scene.of(team.ada), INVITE, team.workspace, "one@example.com", "viewer")
    assert (state, message.split(",")[0]) == ("PT429", "the workspace has 100 open invitations")


# the mails


def claim(team: Team, *arguments: int) -> list[Row]:
    marks = ", ".join(["%s"] * len(arguments))
    return rows(team.scene.service, f"select * from public.claim_invitations({marks})", arguments)


def complete(team: Team, mail: Row, error: str | None = None) -> bool:
    return bool(
        value(
            team.scene.service,
            "select public.complete_invitation(%s, %s, %s)",
            [mail["id"], mail["attempt"], error],
        )
    )


def test_a_mail_is_handed_out_once_and_its_token_works(team: Team) -> None:
    given = team.invite()["token"]
    [mail] = claim(team)
    assert (mail["email"], mail["role"], mail["workspace_name"]) == ("bo@example.com", "editor", "Acme")
    assert claim(team) == []
    assert complete(team, mail)
    assert not complete(team, mail)
    assert mail["token"] != given
    team.scene.of(team.bo).execute(ACCEPT, [mail["token"]])
    assert team.role_of(team.bo) == "editor"


def test_a_mail_whose_sender_died_is_sent_again_and_both_links_work(team: Team) -> None:
    team.invite()
    [first] = claim(team, 10, 60)
    team.scene.owner.execute("update private.invitations set mail_after = now()")  # the lease is over
    [second] = claim(team)
    assert not complete(team, first)  # late
    assert complete(team, second)
    team.scene.of(team.bo).execute(ACCEPT, [first["token"]])


def test_a_mail_that_fails_waits_longer_each_time(team: Team) -> None:
    team.invite()
    waits = []
    for _ in range(11):
        [mail] = claim(team)
        complete(team, mail, "451 try later")
        assert claim(team) == []
        seconds = "select extract(epoch from mail_after - clock_timestamp()) from private.invitations"
        waits.append(round(value(team.scene.owner, seconds) / 30))
        team.scene.owner.execute("update private.invitations set mail_after = now()")
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 256, 256]
    [listed] = rows(team.scene.of(team.ada), "select * from public.list_invitations()")
    assert (listed["mail_error"], listed["mailed_at"]) == ("451 try later", None)


def test_an_invitation_that_is_gone_or_over_is_not_mailed(team: Team) -> None:
    made = team.invite()
    [mail] = claim(team)
    team.scene.of(team.ada).execute("select public.revoke_invitation(%s)", [made["id"]])
    assert not complete(team, mail)
    team.invite("cy@example.com")
    team.scene.owner.execute("update private.invitations set expires_at = now() - interval '1 s'")
    assert claim(team) == []


def test_inviting_again_sends_again(team: Team) -> None:
    team.invite()
    [mail] = claim(team)
    complete(team, mail)
    team.invite()
    [again] = claim(team)
    assert again["attempt"] == 2
