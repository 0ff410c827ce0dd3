"""Invitations from the command line to a mail server and back to who was invited."""

import re
import signal

import psycopg
import pytest
from tests.integration.test_cli_worker import ended, read_until, start
from tests.support.cli import Cli, cli
from tests.support.fake_smtp import closed_port, fake_smtp
from tests.support.postgres import Database

from campaignbase.schema import apply

__all__ = ["cli"]

LINK = "https://app.example.com/join?token={token}"
FROM = {"CAMPAIGNBASE_MAIL_FROM": "Fernway <hello@fernway.example>"}


def set_mail(monkeypatch: pytest.MonkeyPatch, port: int) -> dict[str, str]:
    variables = {
        **FROM, "CAMPAIGNBASE_SMTP_URL": f"smtp://127.0.0.1:{port}", "CAMPAIGNBASE_INVITE_LINK": LINK,
    }  # fmt: skip
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


def doctor(cli: Cli, database: Database) -> str:
    """What it says of a database that knows its migrations."""
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        connection.execute("create schema if not exists supabase_migrations")
        history = "supabase_migrations.schema_migrations"
        connection.execute(f"create table if not exists {history} (version text)".encode())
        for migration in apply.migrations():
            connection.execute(f"insert into {history} values (%s)".encode(), [migration.version])
        connection.execute("grant usage on schema supabase_migrations to postgres")
        connection.execute(f"grant select on {history} to postgres".encode())
    return cli("doctor", "--no-speed", "--database", database.url).out


def test_an_invitation_leaves_and_its_link_is_good(
    cli: Cli, pg_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    pg_database.create_user("ada@example.com")
    bo = pg_database.create_user("bo@example.com")
    at = ("--database", pg_database.url)
    with fake_smtp() as smtp:
        set_mail(monkeypatch, smtp.port)
        invited = cli.ok("workspace", "invite", "ada", "bo@example.com", "--role", "viewer", *at)
        assert re.fullmatch(r"https://app\.example\.com/join\?token=[0-9a-f]{96}\n", invited.out)
        assert "a worker sends the mail" in invited.err
        assert "mail waits" in cli.ok("workspace", "members", "ada", *at).out
        said = doctor(cli, pg_database)
        assert "takes mails from hello@fernway.example; 1 invitation to be mailed" in said
        assert "invitations: 1 mailed, 0 failed tries" in cli.ok("worker", "--once", *at).err
        cli.ok("worker", "--once", *at)
        assert cli.ok("workspace", "members", "ada", *at).rows[1][2].endswith(", mailed")
    [received] = smtp.received
    assert (received.sender, received.to) == ("hello@fernway.example", ["bo@example.com"])
    with pg_database.connect() as connection:
        connection.execute("update auth.users set email_confirmed_at = now()")
    token = received.text.partition("?token=")[2].split()[0]
    with pg_database.connect_as("authenticated", {"sub": bo}) as session:
        joined = session.execute("select role from public.accept_invitation(%s)", [token]).fetchone()
    assert joined == ("viewer",)


def test_a_worker_mails_what_comes_and_survives_a_server_that_is_away(
    cli: Cli, pg_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    pg_database.create_user("ada@example.com")
    at = ("--database", pg_database.url)
    cli.ok("workspace", "invite", "ada", "bo@example.com", *at)
    with start(*at, **set_mail(monkeypatch, closed_port())) as process:
        said = read_until(process, "cannot reach mail server")
        assert "Connection refused; check host and port in CAMPAIGNBASE_SMTP_URL" in said
        assert "invitations: 0 mailed, 1 failed try" in ended(process)
    listed = cli.ok("workspace", "members", "ada", *at).out
    assert "mail waits: cannot reach mail server" in listed
    with pg_database.connect() as connection:
        connection.execute("update private.invitations set mail_after = now()")
    with fake_smtp() as smtp, start(*at, **set_mail(monkeypatch, smtp.port)) as process:
        read_until(process, "waiting for work")
        while not smtp.received:
            assert process.poll() is None
        assert "invitations: 1 mailed, 0 failed tries" in ended(process, signal.SIGTERM)
        assert len(smtp.received) == 1


def test_without_a_mail_server_nothing_is_claimed_and_it_is_said(cli: Cli, pg_database: Database) -> None:
    pg_database.create_user("ada@example.com")
    at = ("--database", pg_database.url)
    invited = cli.ok("workspace", "invite", "ada", "bo@example.com", *at)
    assert "CAMPAIGNBASE_SMTP_URL is not set here: the mail waits" in invited.err
    assert re.fullmatch(r"[0-9a-f]{96}\n", invited.out)
    assert "invitations:" not in cli.ok("worker", "--once", *at).err
    said = doctor(cli, pg_database)
    assert "no mail server is set; 1 invitation to be mailed" in said
    assert "fix: set CAMPAIGNBASE_SMTP_URL and CAMPAIGNBASE_MAIL_FROM" in said
    with psycopg.connect(pg_database.url) as connection:
        assert connection.execute("select mail_attempt from private.invitations").fetchall() == [(0,)]


@pytest.mark.parametrize(
    ("variables", "words", "code"),
    [
        ({"CAMPAIGNBASE_SMTP_URL": "smtp://h"}, "CAMPAIGNBASE_MAIL_FROM is not", 3),
        ({"CAMPAIGNBASE_SMTP_URL": "mail.example.com", **FROM}, "is not the URL of a mail server", 2),
        ({"CAMPAIGNBASE_SMTP_URL": "smtp://h", "CAMPAIGNBASE_MAIL_FROM": "me"}, "'me' is not an address", 2),
        (
            {"CAMPAIGNBASE_SMTP_URL": "smtp://h", **FROM, "CAMPAIGNBASE_INVITE_LINK": "https://x"},
            "{token}",
            2,
        ),
    ],
)
def test_what_is_set_wrong_is_told_before_any_work(
    cli: Cli, pg_database: Database, monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str], words: str, code: int,
) -> None:  # fmt: skip
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    at = ("--database", pg_database.url)
    refused = cli("worker", "--once", *at)
    assert (refused.code, words in refused.err) == (code, True), refused.err
    assert words in doctor(cli, pg_database).replace("\n", " ")
