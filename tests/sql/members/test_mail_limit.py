"""How many mails a workspace may send to people who did not ask, whatever its owner does."""

import threading
import uuid

import pytest
from tests.sql.scene import Row, Scene, rows, value

LIMIT = 50
CLAIM = "select * from public.claim_invitations(%s)"


def invite(scene: Scene, owner: uuid.UUID, workspace: uuid.UUID, email: str) -> uuid.UUID:
    [made] = rows(scene.of(owner), "select * from public.invite_member(%s, %s, 'viewer')", [workspace, email])
    return uuid.UUID(str(made["id"]))


def claim(scene: Scene, batch: int = 100) -> list[Row]:
    return rows(scene.service, CLAIM, [batch])


@pytest.fixture
def acme(scene: Scene) -> tuple[uuid.UUID, uuid.UUID]:
    workspace = scene.workspace("Acme")
    return workspace, scene.member(workspace, role="owner")


def test_what_is_beyond_the_limit_waits_for_its_hour(scene: Scene, acme: tuple[uuid.UUID, uuid.UUID]) -> None:
    workspace, owner = acme
    for number in range(60):
        invite(scene, owner, workspace, f"p{number}@example.com")
    other = scene.workspace("Other")
    invite(scene, scene.member(other, role="owner"), other, "one@example.com")
    claimed = claim(scene)
    assert len([mail for mail in claimed if mail["workspace_name"] == "Acme"]) == LIMIT
    assert [mail["email"] for mail in claimed if mail["workspace_name"] == "Other"] == ["one@example.com"]
    assert claim(scene) == []
    age = "update private.invitation_mails set tried_at = tried_at - interval '%s minutes'"
    scene.owner.execute(age.replace("%s", "59").encode())
    assert claim(scene) == []
    scene.owner.execute(age.replace("%s", "2").encode())
    assert len(claim(scene)) == 10
    assert value(scene.owner, "select count(*) from private.invitation_mails") == 10  # old marks are gone


def test_revoking_and_inviting_again_sends_no_more(scene: Scene, acme: tuple[uuid.UUID, uuid.UUID]) -> None:
    workspace, owner = acme
    sent = 0
    for _ in range(LIMIT + 10):
        invitation = invite(scene, owner, workspace, "victim@example.com")
        sent += len(claim(scene))
        scene.of(owner).execute("select public.revoke_invitation(%s)", [invitation])
    assert sent == LIMIT


def test_failed_tries_count_too(scene: Scene, acme: tuple[uuid.UUID, uuid.UUID]) -> None:
    workspace, owner = acme
    invite(scene, owner, workspace, "bo@example.com")
    tries = 0
    while claimed := claim(scene):
        tries += 1
        answer = [claimed[0]["id"], claimed[0]["attempt"], "451 later"]
        scene.service.execute("select public.complete_invitation(%s, %s, %s)", answer)
        scene.owner.execute("update private.invitations set mail_after = now()")
    assert tries == LIMIT


def test_workers_that_claim_at_once_share_one_limit(scene: Scene, acme: tuple[uuid.UUID, uuid.UUID]) -> None:
    workspace, owner = acme
    for number in range(100):
        invite(scene, owner, workspace, f"p{number}@example.com")
    sessions = [scene.as_("service_role") for _ in range(4)]
    claimed: list[Row] = []
    threads = [
        threading.Thread(
            target=lambda session=session: [claimed.extend(rows(session, CLAIM, [9])) for _ in range(5)]
        )
        for session in sessions
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == LIMIT
    assert len({mail["id"] for mail in claimed}) == LIMIT


def test_a_refusal_for_good_is_not_tried_again_until_invited_anew(
    scene: Scene, acme: tuple[uuid.UUID, uuid.UUID]
) -> None:
    workspace, owner = acme
    invite(scene, owner, workspace, "bo@example.com")
    [mail] = claim(scene)
    answer = [mail["id"], mail["attempt"], "550 nobody", True]
    assert value(scene.service, "select public.complete_invitation(%s, %s, %s, %s)", answer)
    scene.owner.execute("update private.invitations set created_at = created_at - interval '3 days'")
    assert claim(scene) == []
    [waiting] = rows(
        scene.owner, "select mail_after = expires_at as never, mail_error from private.invitations"
    )
    assert waiting == {"never": True, "mail_error": "550 nobody"}
    invite(scene, owner, workspace, "bo@example.com")
    assert [again["email"] for again in claim(scene)] == ["bo@example.com"]
