"""`campaignbase webhooks` from the first endpoint to a replay, against a receiver on loopback."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.cli import Cli, cli
from tests.support.receiver import Receiver, receiving

from campaignbase.core.webhook_signature import SignatureError, verify

__all__ = ["cli"]


def verified(receiver: Receiver, secret: str) -> list[dict[str, object]]:
    """What it was sent; SignatureError when one message is not signed with that secret."""
    return [
        json.loads(request.body)
        for request in receiver.seen
        if verify(secret, request.headers, request.body, now=int(request.headers["webhook-timestamp"]))
    ]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGNBASE_WEBHOOKS_LOCAL", "1")


def test_a_rule_tells_an_endpoint(cli: Cli, local: None, receiver: Receiver) -> None:
    added = cli.ok("webhooks", "add", "crm", receiver.url, "--event", "content.labeled", "--json").json
    assert added["webhook"]["events"] == ["content.labeled"]
    condition = '{"contains_keyword": "sale"}'
    then = '{"webhook": "crm", "add_category": "offer"}'
    cli.ok("rules", "add", "sales", "--if", condition, "--then", then)
    cli.write("posts.csv", "text\nSummer sale starts on Friday\n")
    cli.ok("ingest", "posts.csv", "--text-column", "text")
    done = cli.ok("worker", "--once")
    assert "webhooks: 2 delivered, 0 failed tries" in done.err
    messages = verified(receiver, added["secret"])
    assert sorted(str(message["type"]) for message in messages) == ["content.labeled", "rule.matched"]
    for message in messages:
        data = message["data"]
        assert isinstance(data, dict)
        assert (data["text"], data["primary_category"]) == ("Summer sale starts on Friday", "offer")
    log = cli.ok("webhooks", "deliveries", "crm")
    assert [row[3] for row in log.rows] == ["delivered", "delivered"]


def test_a_failed_delivery_is_seen_and_replayed(cli: Cli, local: None, receiver: Receiver) -> None:
    secret = cli.ok("webhooks", "add", "crm", receiver.url).out.strip()
    receiver.status = 410
    failed = cli("webhooks", "test", "crm")
    assert failed.code == 1
    assert "'crm' did not accept it: answered 410" in failed.err
    [row] = cli.ok("webhooks").rows
    assert row[:5] == ["crm", "no", "", "1", "it answered 410 Gone"]
    refused = cli("webhooks", "test", "crm")
    assert refused.code == 2
    assert "webhook 'crm' is disabled; enable it: campaignbase webhooks enable crm" in refused.err
    receiver.status = 200
    cli.ok("webhooks", "enable", "crm")
    assert "1 delivery waits again" in cli.ok("webhooks", "replay", "crm").err
    cli.ok("worker", "--once")
    [sent] = cli.ok("webhooks", "deliveries", "--json").json["deliveries"]
    assert (sent["state"], sent["last_status"]) == ("delivered", 200)
    assert len({request.headers["webhook-id"] for request in receiver.seen}) == 1
    assert cli.ok("webhooks", "replay", sent["id"], "--json").json == {"replayed": 1}
    assert len(verified(receiver, secret)) == 2


def test_what_never_reached_the_receiver_is_not_its_word(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, local: None, receiver: Receiver
) -> None:
    cli.ok("webhooks", "add", "crm", receiver.url)
    monkeypatch.delenv("CAMPAIGNBASE_WEBHOOKS_LOCAL")  # from now on we refuse the address ourselves
    refused = cli("webhooks", "test", "crm")
    assert refused.code == 1
    assert "the message did not reach 'crm': url: must start with https://" in refused.err
    assert receiver.seen == []


def test_a_rotated_secret_signs_beside_the_old_one(cli: Cli, local: None, receiver: Receiver) -> None:
    old = cli.ok("webhooks", "add", "crm", receiver.url).out.strip()
    new = cli.ok("webhooks", "rotate", "crm").out.strip()
    assert old != new
    assert "'crm' answered 204 in" in cli.ok("webhooks", "test", "crm").err
    assert verified(receiver, old)
    assert verified(receiver, new)
    receiver.seen.clear()
    last = cli.ok("webhooks", "rotate", "crm", "--overlap", "0").out.strip()
    cli.ok("webhooks", "test", "crm", "--json")
    assert verified(receiver, last)
    with pytest.raises(SignatureError):
        verified(receiver, new)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["add", "crm", "http://127.0.0.1:9/"], "webhook 'crm': url: must start with https://"),
        (["add", "crm", "https://h.acme.com/", "--event", "x"], "webhook 'crm': events: unknown event 'x';"),
        (["test", "crm"], "no webhook 'crm'; there is: none"),
        (["rotate", "crm"], "no webhook 'crm'; there is: none"),
        (["remove", "crm", "--yes"], "no webhook 'crm'; there is: none"),
        (["disable", "crm"], "no webhook 'crm'; there is: none"),
        (["deliveries", "crm"], "no webhook 'crm'; there is: none"),
        (
            ["deliveries", "--state", "lost"],
            "--state 'lost': expected one of waiting, leased, delivered, dead",
        ),
        (["replay", "crm"], "no webhook and no delivery 'crm'; see: campaignbase webhooks deliveries"),
    ],
)
def test_what_is_wrong_is_named(cli: Cli, arguments: list[str], message: str) -> None:
    cli.ok("workspace", "create", "other")
    refused = cli("webhooks", *arguments)
    assert refused.code == 2
    assert message in refused.err
    assert cli.ok("webhooks", "--json").json == {"webhooks": []}


def test_an_endpoint_is_removed_unless_a_rule_names_it(cli: Cli) -> None:
    cli.ok("webhooks", "add", "crm", "https://hooks.acme.com/")
    cli.ok("rules", "add", "sales", "--if", '{"language": "en"}', "--then", '{"webhook": "crm"}')
    assert "cannot be deleted" in cli("webhooks", "remove", "crm", "--yes").err
    cli.ok("rules", "remove", "sales", "--yes")
    assert cli.ok("webhooks", "remove", "crm", "--yes", "--json").json == {"removed": "crm"}


def test_loopback_is_not_for_a_database_elsewhere(cli: Cli, local: None) -> None:
    refused = cli("worker", "--once", "--database", "postgresql://me:secret@db.example.com/x")
    assert refused.code in (3, 4)
    assert "secret" not in refused.err
    added = cli(
        "webhooks", "add", "x", "http://localhost/", "--database", "postgresql://me:s@db.example.com/x"
    )
    assert added.code == 3
    assert (
        "CAMPAIGNBASE_WEBHOOKS_LOCAL lets every workspace of Postgres postgresql://me@db.example.com/x"
        in added.err
    )


def test_a_switch_that_is_no_switch_is_refused(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGNBASE_WEBHOOKS_LOCAL", "perhaps")
    refused = cli("webhooks")
    assert refused.code == 2
    assert refused.err.startswith("error: CAMPAIGNBASE_WEBHOOKS_LOCAL: Input should be a valid boolean")


def test_the_file_holds_no_secret_of_an_endpoint_that_is_gone(cli: Cli, tmp_path: Path) -> None:
    secret = cli.ok("webhooks", "add", "crm", "https://hooks.acme.com/").out.strip()
    cli.ok("webhooks", "remove", "crm", "--yes")
    assert cli.ok("webhooks", "deliveries", "--json").json == {"deliveries": []}
    assert secret not in cli.ok("webhooks", "--json").out
