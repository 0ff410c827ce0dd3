"""`campaignbase workspace members|invite|remove` on a server; a SQLite file has none."""

from tests.support.cli import Cli, cli
from tests.support.postgres import Database

__all__ = ["cli"]


def test_members_invite_and_remove(cli: Cli, pg_database: Database) -> None:
    user = pg_database.create_user("ada@example.com")  # signs up, which creates workspace `ada`
    at = ("--database", pg_database.url)
    invited = cli.ok("workspace", "invite", "ada", "Bo@example.com", "--role", "viewer", *at)
    assert len(invited.out.strip()) == 96
    assert "invited bo@example.com as viewer until " in invited.err
    assert [row[:2] for row in cli.ok("workspace", "members", "ada", *at).rows] == [
        ["ada@example.com", "owner"],
        ["bo@example.com", "viewer"],
    ]
    shown = cli.ok("workspace", "members", "ada", "--json", *at).json
    assert [member["user_id"] for member in shown["members"]] == [str(user)]
    assert [one["email"] for one in shown["invitations"]] == ["bo@example.com"]
    assert "token" not in str(shown)
    cli.ok("workspace", "remove", "ada", "bo@example.com", *at)
    gone = cli("workspace", "remove", "ada", "bo@example.com", *at)
    assert (gone.code, "nobody with the address 'bo@example.com'" in gone.err) == (2, True)
    last = cli("workspace", "remove", "ada", "ada@example.com", *at)
    assert (last.code, "would be left without an owner" in last.err) == (2, True)
    role = cli("workspace", "invite", "ada", "cy@example.com", "--role", "admin", *at)
    assert (role.code, "expected one of owner, editor, viewer" in role.err) == (2, True)


def test_a_file_has_no_members(cli: Cli) -> None:
    for arguments in (("members", "default"), ("invite", "default", "a@b.c"), ("remove", "default", "a@b.c")):
        refused = cli("workspace", *arguments)
        assert (refused.code, "one user and no members" in refused.err) == (2, True)
