"""From an invitation to a file with a mail in it, through the store's own methods."""

import email
import email.policy
from pathlib import Path

import pytest
from tests.sql.scene import Scene, rows, value

from campaignbase.errors import InputError, NotFoundError
from campaignbase.pipeline.invitations import MailReport, Postman
from campaignbase.ports import Members
from campaignbase.stores.postgres import PostgresStore
from campaignbase.testing import FileMailer

LINK = "https://app.example.com/join?token={token}"


def read(folder: Path) -> list[tuple[str, str, str]]:
    found = []
    for path in sorted(folder.glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = message.get_body()
        assert body is not None
        found.append((str(message["To"]), str(message["Subject"]).strip(), str(body.get_content())))
    return found


async def test_invited_mailed_accepted(scene: Scene, tmp_path: Path) -> None:
    workspace, bo = scene.workspace("Acme Bcc: all@example.com " + "x" * 90), scene.user("bo@example.com")
    scene.member(workspace, role="owner")
    store = await PostgresStore.open(scene.database.url)
    try:
        assert isinstance(store, Members)
        invitation, _ = await store.invite(str(workspace), "Bo@example.com", "viewer")
        mailer = FileMailer(tmp_path)
        assert await Postman(store, mailer, link=LINK).run_once() == MailReport(sent=1)
        assert await Postman(store, mailer, link=LINK).run_once() == MailReport()
        [(to, subject, text)] = read(tmp_path)
        assert to == "bo@example.com"
        # one line, cut at 60: 26 characters before the x, three dots after
        assert subject == 'Invitation to "Acme Bcc: all@example.com ' + "x" * 31 + '..."'
        assert "as viewer" in text
        token = text.split("?token=")[1].split()[0]
        [listed] = await store.invitations(str(workspace))
        assert (listed.id, listed.mailed_at is not None) == (invitation.id, True)
    finally:
        await store.close()
    [joined] = rows(scene.of(bo), "select * from public.accept_invitation(%s)", [token])
    assert joined["role"] == "viewer"


async def test_a_refusal_of_the_mail_server_is_kept_and_tried_again(scene: Scene, tmp_path: Path) -> None:
    workspace = scene.workspace("Acme")
    store = await PostgresStore.open(scene.database.url)
    try:
        await store.invite(str(workspace), "bo@example.com", "editor")
        mailer = FileMailer(tmp_path)
        mailer.refusal = "421 too many connections"
        assert await Postman(store, mailer).run_once() == MailReport(failed=1, trouble=mailer.refusal)
        [listed] = await store.invitations(str(workspace))
        assert (listed.mailed_at, listed.mail_error) == (None, "421 too many connections")
        mailer.refusal = None
        assert await Postman(store, mailer).run_once() == MailReport()  # not yet
        scene.owner.execute("update private.invitations set mail_after = now()")
        assert await Postman(store, mailer).run_once() == MailReport(sent=1)
        [(_, _, text)] = read(tmp_path)
        assert "with this token: " in text
    finally:
        await store.close()


async def test_what_the_database_refuses_is_said_in_its_words(scene: Scene) -> None:
    workspace = scene.workspace("Acme")
    scene.member(workspace, role="owner")
    store = await PostgresStore.open(scene.database.url)
    try:
        with pytest.raises(InputError, match="is not an e-mail address; Give one address"):
            await store.invite(str(workspace), "bo", "editor")
        [owner] = await store.members(str(workspace))
        assert owner.email is not None
        with pytest.raises(InputError, match="is a member already; Change the role"):
            await store.invite(str(workspace), owner.email, "editor")
        with pytest.raises(InputError, match="would be left without an owner; Make another"):
            await store.remove_member(str(workspace), owner.email)
        with pytest.raises(NotFoundError, match="nobody with the address"):
            await store.remove_member(str(workspace), "cy@example.com")
        for number in range(100):
            await store.invite(str(workspace), f"p{number}@example.com", "viewer")
        with pytest.raises(InputError, match="100 open invitations"):
            await store.invite(str(workspace), "one@example.com", "viewer")
        await store.remove_member(str(workspace), "P7@example.com")
    finally:
        await store.close()
    assert value(scene.owner, "select count(*) from private.invitations") == 99
