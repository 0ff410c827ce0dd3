"""`campaignbase keys`: made, listed, revoked, logged, on a file; a server's differ in the store alone."""

import re

from tests.support.cli import Cli, cli

__all__ = ["cli"]


def test_a_key_from_its_making_to_its_end(cli: Cli) -> None:
    scopes = ("--scope", "content:write", "--scope", "content:read")
    made = cli.ok("keys", "create", "import", "--role", "editor", *scopes, "--expires", "90d")
    assert re.fullmatch(r"cb_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}\n", made.out)
    assert "API key 'import': content:read, content:write until " in made.err
    prefix = made.out[3:11]
    [row] = cli.ok("keys").rows
    assert (row[:3], row[4], row[5]) == (["import", prefix, "editor"], "never", "content:read, content:write")
    assert row[3].startswith("good until ")
    both = cli.ok("keys", "create", "import", "--json").json
    assert both["key"].startswith(f"cb_{both['api_key']['prefix']}_")
    assert (both["api_key"]["role"], both["api_key"]["expires_at"]) == ("viewer", None)
    several = cli("keys", "revoke", "import")
    assert (several.code, "several API keys are named 'import'" in several.err) == (2, True)
    assert f"revoked API key 'import', {prefix}" in cli.ok("keys", "revoke", prefix).err
    cli.ok("keys", "revoke", "import")  # one of that name is good still
    states = [row[3][:7] for row in cli.ok("keys", "list").rows]
    assert states == ["revoked", "revoked"]
    events = cli.ok("keys", "log", "--json").json["log"]
    assert [one["event"] for one in events] == ["revoked", "revoked", "created", "created"]
    only = cli.ok("keys", "log", "--key", prefix).rows
    assert [row[1:3] for row in only] == [["import", "revoked"], ["import", "created"]]
    assert made.out.strip() not in cli.ok("keys", "list", "--json").out


def test_what_is_refused(cli: Cli) -> None:
    cli.ok("keys", "create", "kept")
    for arguments, told in (
        (("create", "x", "--role", "owner"), "role 'owner' is not known"),
        (("create", "x", "--scope", "all"), "scope 'all' is not known"),
        (("create", "x", "--scope", "content:write"), "more than a viewer may do"),
        (("create", "x", "--expires", "soon"), "'soon' is no time from now"),
        (("revoke", "nobody"), "no API key 'nobody' in workspace 'default'"),
    ):
        refused = cli("keys", *arguments)
        assert (refused.code, told in refused.err) == (2, True), refused.err
    assert len(cli.ok("keys").rows) == 1
