"""The command line with a key: who embeds what, and what is said when that cannot be."""

from collections.abc import Iterator

import pytest
from tests.support.cli import Cli, cli
from tests.support.fake_openai import KEY, FakeOpenAI, Fault

__all__ = ["cli"]

SALE = "Spring sale: 20% off everything"
HOSTED, SHIPPED = "text-embedding-3-small", "campaignbase-static-1"


@pytest.fixture
def server(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    cli.ok("workspace", "budget", "--set", "1")
    with FakeOpenAI() as opened:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", opened.url)
        yield opened


def ingest(cli: Cli, text: str = SALE) -> None:
    cli.ok("ingest", cli.write_lines("a.jsonl", {"text": text}))


def test_a_new_workspace_is_embedded_and_searched_by_openai(cli: Cli, server: FakeOpenAI) -> None:
    result = cli.ok("ingest", cli.write_lines("a.jsonl", {"text": SALE}, {"text": "Meet our new baker"}))
    assert f"texts of new workspaces are sent to {server.url} to be embedded" in result.err
    assert cli.query("select embedding_model from workspaces") == [(HOSTED,)]
    assert SALE in server.texts
    assert "new arrival" in " ".join(server.texts)  # a category's name, spoken

    found = cli.ok("search", "sale", "--json").json["hits"]
    assert found[0]["text"] == SALE
    assert server.texts[-1] == "sale"
    assert KEY not in result.err


def test_a_key_that_appears_later_changes_nothing(
    cli: Cli, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    ingest(cli)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    ingest(cli, "Another text")
    cli.ok("search", "sale")
    assert server.calls == []
    assert cli.query("select distinct embedding_model from content_assets") == [(SHIPPED,)]


def test_a_key_that_is_gone_is_named_and_nothing_is_written(
    cli: Cli, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(cli)
    monkeypatch.delenv("OPENAI_API_KEY")
    for command in (["search", "sale"], ["ingest", cli.write_lines("b.jsonl", {"text": "More"})]):
        result = cli(*command)
        assert result.code == 3
        assert f"workspace 'default' holds vectors by '{HOSTED}'; set OPENAI_API_KEY in the" in result.err
        assert "then run this again\n" in result.err
    assert cli.count() == 1
    waiting = cli.ok("worker", "--once")
    assert "its rows wait for a worker that has it" in waiting.err


def test_a_worker_without_the_key_labels_what_has_a_vector(
    cli: Cli, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(cli)
    ((key,),) = cli.query("select id from content_assets")
    monkeypatch.delenv("OPENAI_API_KEY")
    result = cli.ok("categorize", key)
    assert "1 asset labeled, 0 assets left for review" in result.err
    assert cli.query("select embedding_model from content_assets") == [(HOSTED,)]


def test_an_account_without_money_is_asked_once_and_said_clearly(cli: Cli, server: FakeOpenAI) -> None:
    server.script(*[Fault("no_money")] * 20)
    ingest(cli)
    result = cli("doctor", "--no-speed", "--json")
    assert result.code == 1
    (check,) = [
        check for check in result.json["checks"] if check["name"] == "embedder" and check["level"] == "fail"
    ]
    assert "429 insufficient_quota" in check["detail"]
    assert check["hint"] == "top up or raise the limit, then: campaignbase worker --replay"
    ((dead,),) = cli.query("select count(*) from jobs where state = 'dead'")
    assert dead > 0

    server.forget()
    cli.ok("worker", "--once", "--replay")
    assert cli.query("select count(*) from jobs") == [(0,)]
    assert cli.query("select embedding_model from content_assets") == [(HOSTED,)]


def test_a_wrong_key_stops_at_once_and_costs_no_row_anything(
    cli: Cli, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong")
    result = cli("ingest", cli.write_lines("a.jsonl", {"text": SALE}))
    assert result.code == 3
    assert "set a valid OPENAI_API_KEY" in result.err
    assert cli.query("select distinct state, failures from jobs") == [("waiting", 0)]


def test_doctor_says_which_embedder_and_why(
    cli: Cli, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    def embedders() -> list[str]:
        checks = cli("doctor", "--no-speed", "--json").json["checks"]
        return [check["detail"].split(";")[0] for check in checks if check["name"] == "embedder"]

    assert embedders() == [
        f"{HOSTED} of new workspaces, because OPENAI_API_KEY is set",
        f"{SHIPPED} of workspaces it began",
    ]
    monkeypatch.delenv("OPENAI_API_KEY")
    assert embedders() == [f"{SHIPPED} of new workspaces, as no OPENAI_API_KEY is set"]


def test_the_demo_stays_on_this_machine(cli: Cli, server: FakeOpenAI) -> None:
    cli.ok("demo")
    assert server.calls == []
